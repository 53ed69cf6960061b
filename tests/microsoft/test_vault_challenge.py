"""A vault gets a token after a challenge that is its own, and each call of ours asks it once: no library repeats it."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests
from azure.core.credentials import AccessToken
from azure.keyvault.secrets._shared import http_challenge_cache
from requests.adapters import BaseAdapter
from urllib3.response import HTTPResponse

from wizard.core.errors import Busy, Unreachable
from wizard.core.secret import Secret
from wizard.core.waiting import Cancel, SystemClock
from wizard.microsoft.clouds import built_in_clouds
from wizard.microsoft.http import Http
from wizard.microsoft.key_vault import EARLIEST, KeyVault

HOST = "contoso-partner.vault.azure.net"
LOGIN = "https://login.microsoftonline.com/11111111-aaaa-4aaa-8aaa-000000000001"
OWN = f'Bearer authorization="{LOGIN}", resource="https://vault.azure.net"'
VALUE = "1.AX-the-token-that-is-kept"


class Vault(BaseAdapter):
    """Answers in memory: a challenge to whoever brings no token, then as it was told."""

    def __init__(self, challenge: str, status: int = 200) -> None:
        super().__init__()
        self.challenge, self.status = challenge, status
        self.sent: list[requests.PreparedRequest] = []

    def send(self, request: requests.PreparedRequest, *_options: Any, **_more: Any) -> requests.Response:
        self.sent.append(request)
        is_known = "Authorization" in request.headers
        headers: Mapping[str, str] = {"Retry-After": "1"} if is_known else {"WWW-Authenticate": self.challenge}
        answer = requests.Response()
        answer.status_code = self.status if is_known else 401
        answer.headers.update({"Content-Type": "application/json", **headers})
        answer.raw = HTTPResponse(
            io.BytesIO(b'{"error": {"code": "x"}}'), headers, answer.status_code, preload_content=False
        )
        answer.request, answer.url = request, str(request.url)
        return answer

    def close(self) -> None:
        pass


class Identity:
    """Gives a token to whoever asks, and says for what."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def get_token(self, *scopes: str, **_options: Any) -> AccessToken:
        self.asked += scopes
        return AccessToken("a-token-of-the-vault", int(time.time()) + 3600)


@pytest.fixture(autouse=True)
def unknown_vault() -> Iterator[None]:
    http_challenge_cache.clear()
    yield
    http_challenge_cache.clear()


def reached(vault: Vault) -> tuple[KeyVault, Identity]:
    http, identity = Http(built_in_clouds()["global"], SystemClock(), Cancel()), Identity()
    made = KeyVault(http, f"https://{HOST}", identity)
    http.session.mount("https://", vault)
    return made, identity


FOREIGN = {
    "another service": "https://graph.microsoft.com",
    "a look-alike": "https://vault.azure.net.evil.example",
    "a name before": "https://evil-vault.azure.net",
    "another cloud": "https://vault.azure.cn",
    "a service of the same domain": "https://management.azure.net",
    "http": "http://vault.azure.cn",
    "no address": "vault",
}


@pytest.mark.parametrize("resource", FOREIGN.values(), ids=FOREIGN)
def test_a_vault_whose_challenge_names_another_service_gets_no_token(resource: str) -> None:
    """T11: the SDK sends neither token nor value before it."""
    vault = Vault(OWN.replace("https://vault.azure.net", resource))
    made, identity = reached(vault)

    with pytest.raises(Unreachable) as refused:
        made.write("partner-center-refresh-token", Secret(VALUE), {}, EARLIEST)

    assert refused.value.detail
    assert identity.asked == []
    assert [each for each in vault.sent if "Authorization" in each.headers or VALUE in str(each.body)] == []


def test_a_value_is_sent_after_the_challenge_alone() -> None:
    """T11."""
    vault = Vault(OWN, 403)
    made, identity = reached(vault)

    with pytest.raises(Exception, match="x"):
        made.write("partner-center-refresh-token", Secret(VALUE), {}, EARLIEST)

    first, second = vault.sent
    assert (VALUE in str(first.body), VALUE in str(second.body)) == (False, True)
    assert identity.asked == ["https://vault.azure.net/.default"]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("call", ["read", "versions", "is_soft_deleted"])
def test_a_busy_vault_is_asked_once_by_each_call(call: str, status: int) -> None:
    """T13: azure-core would ask ten times by itself, and nobody would see the wait."""
    vault = Vault(OWN, status)
    made, _ = reached(vault)

    with pytest.raises(Busy):
        getattr(made, call)("partner-center-refresh-token")

    assert len([each for each in vault.sent if "Authorization" in each.headers]) == 1
