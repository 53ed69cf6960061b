"""A token of this machine's identity is asked for once for all onboardings that share the wire."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

from tests.harness import wait_for
from tests.microsoft.test_polling import FakeClock
from tests.patience import PATIENCE
from wizard.core.errors import Cancelled
from wizard.core.waiting import Cancel
from wizard.microsoft.azure_credentials import create_credential
from wizard.microsoft.clouds import built_in_clouds
from wizard.microsoft.http import Http
from wizard.microsoft.sign_in_targets import VAULT
from wizard.microsoft.wire import Wire

SCOPE = "https://vault.azure.net/.default"
HOUR = 3_600.0


class Identity:
    """An identity of azure-identity: each sign-in gives another token, which is good for an hour."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.asked: list[dict[str, Any]] = []
        self.does: Callable[[], object] = lambda: None

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        self.asked.append(options)
        self.does()
        return AccessToken(f"token-{len(self.asked)}-of-{scopes[0]}", int(self.clock.now().timestamp() + HOUR))


@pytest.fixture
def identity(monkeypatch: pytest.MonkeyPatch) -> Identity:
    made = Identity(FakeClock())
    monkeypatch.setattr("azure.identity.ManagedIdentityCredential", lambda **_options: made)
    return made


def credential_of(identity: Identity, wire: Wire, *, cloud: str = "global", client_id: str = "") -> tuple[Any, Http]:
    http = Http(built_in_clouds()[cloud], identity.clock, Cancel(), wire)
    return create_credential(http, "managed", VAULT, client_id), http


def test_sixteen_that_want_it_at_once_are_one_sign_in_and_each_hides_it(identity: Identity) -> None:
    wire = Wire(is_shared=True)
    made = [credential_of(identity, wire) for _ in range(16)]
    with ThreadPoolExecutor(16) as pool:
        tokens = set(pool.map(lambda each: each[0].get_token(SCOPE).token, made))
    assert tokens == {f"token-1-of-{SCOPE}"}
    assert len(identity.asked) == 1
    assert all("token-1" not in http.redactor.redact(f"token-1-of-{SCOPE}") for _, http in made)


def test_another_tenant_scope_cloud_or_identity_is_another_token(identity: Identity) -> None:
    wire = Wire(is_shared=True)
    first, china = credential_of(identity, wire)[0], credential_of(identity, wire, cloud="china")[0]
    other = credential_of(identity, wire, client_id="33333333-cccc-4ccc-8ccc-000000000003")[0]
    asked: list[Callable[[], AccessToken]] = [
        lambda: first.get_token(SCOPE),
        lambda: first.get_token(SCOPE, tenant_id="fabrikam"),
        lambda: first.get_token("https://graph.microsoft.com/.default"),
        lambda: china.get_token(SCOPE),
        lambda: other.get_token(SCOPE),
    ]
    tokens = {each().token for each in asked}
    assert len(tokens) == len(identity.asked) == len(asked)
    assert {each().token for each in asked} == tokens


def test_a_token_that_ends_soon_or_was_refused_is_asked_for_again(identity: Identity) -> None:
    credential, _ = credential_of(identity, Wire(is_shared=True))
    credential.get_token(SCOPE)
    identity.clock.at += HOUR - 400
    assert credential.get_token(SCOPE).token.startswith("token-1-")
    identity.clock.at += 60
    assert credential.get_token(SCOPE).token.startswith("token-2-")
    assert credential.get_token(SCOPE, claims="{}").token.startswith("token-3-")


def test_a_sign_in_that_fails_is_that_ones_alone_and_the_next_one_tries(identity: Identity) -> None:
    wire = Wire(is_shared=True)

    def refuse() -> None:
        if len(identity.asked) == 1:
            raise ClientAuthenticationError(message="not now")

    identity.does = refuse
    with pytest.raises(ClientAuthenticationError):
        credential_of(identity, wire)[0].get_token(SCOPE)
    assert credential_of(identity, wire)[0].get_token(SCOPE).token.startswith("token-2-")


def test_whoever_waits_for_the_answer_of_another_can_be_stopped(identity: Identity) -> None:
    wire, may_answer = Wire(is_shared=True), threading.Event()
    identity.does = may_answer.wait
    first, (second, http) = credential_of(identity, wire)[0], credential_of(identity, wire)
    with ThreadPoolExecutor(2) as pool:
        asking = pool.submit(first.get_token, SCOPE)
        wait_for(lambda: identity.asked, "the first one asks")
        waiting = pool.submit(second.get_token, SCOPE)
        http.cancel.set()
        try:
            with pytest.raises(Cancelled):
                waiting.result(PATIENCE)
        finally:
            may_answer.set()
        assert asking.result(PATIENCE).token.startswith("token-1-")
    assert len(identity.asked) == 1


def test_alone_nothing_is_kept_but_by_azure_identity_itself(identity: Identity) -> None:
    credential, _ = credential_of(identity, Wire())
    assert [credential.get_token(SCOPE).token[:7] for _ in range(2)] == ["token-1", "token-2"]
