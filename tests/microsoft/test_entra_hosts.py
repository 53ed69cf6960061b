"""Which hosts the app's credential is sent to: those of the cloud, whatever the environment asks MSAL for."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from wizard.core.errors import ServiceRefusal
from wizard.core.secret import Secret
from wizard.core.waiting import Cancel, SystemClock
from wizard.microsoft.clouds import built_in_clouds
from wizard.microsoft.credentials import ClientSecret
from wizard.microsoft.entra import Entra
from wizard.microsoft.http import Http

TENANT = "11111111-aaaa-4aaa-8aaa-000000000001"


@pytest.mark.parametrize("region", ["", "westeurope"])
def test_a_region_in_the_environment_sends_the_credential_to_no_other_host(
    region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if region:
        monkeypatch.setenv("MSAL_FORCE_REGION", region)
    http, asked = Http(built_in_clouds()["global"], SystemClock(), Cancel()), []

    def answer(method: str, url: str, **_options: Any) -> requests.Response:
        asked.append((method, urlsplit(url).hostname))
        host = f"https://login.microsoftonline.com/{TENANT}"
        discovered: dict[str, object] = {
            "authorization_endpoint": f"{host}/authorize",
            "token_endpoint": f"{host}/token",
            "issuer": host,
            "tenant_discovery_endpoint": f"{host}/v2.0/.well-known/openid-configuration",
            "metadata": [],
        }
        given = requests.Response()
        given.status_code = 200 if method == "GET" else 401
        given._content = json.dumps(discovered if method == "GET" else {"error": "invalid_client"}).encode()
        return given

    monkeypatch.setattr(http.session, "request", answer)

    with pytest.raises(ServiceRefusal):
        Entra(http).acquire_app_token(TENANT, "app", ClientSecret(Secret("a secret")), "https://graph.microsoft.com")

    assert {host for _, host in asked} == {"login.microsoftonline.com"}
    assert asked[-1][0] == "POST"
