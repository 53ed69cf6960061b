"""What azure-identity, or a program that it calls, says of a failed sign-in reaches a finding without its secrets."""

from __future__ import annotations

from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError

from wizard.core.errors import ServiceRefusal
from wizard.core.waiting import Cancel, SystemClock
from wizard.microsoft.azure_credentials import create_credential
from wizard.microsoft.clouds import built_in_clouds
from wizard.microsoft.http import Http
from wizard.microsoft.key_vault import KeyVault
from wizard.microsoft.sign_in_targets import VAULT

KNOWN = "fabrikam value one"
SAID = f"AzureCliCredential: az login -u x -p Tr0ub4dor-3-horse failed for '{KNOWN}'. " + "Please run 'az login'. "


class Refusing:
    """An identity that cannot sign in."""

    def get_token(self, *_scopes: str, **_options: Any) -> Any:
        raise ClientAuthenticationError(message=SAID)


def http() -> Http:
    made = Http(built_in_clouds()["global"], SystemClock(), Cancel())
    made.redactor.remember(KNOWN)
    return made


def is_clean(refusal: ServiceRefusal) -> None:
    assert "Tr0ub4dor" not in refusal.description
    assert KNOWN not in refusal.description
    assert "•••" in refusal.description


def test_a_sign_in_that_fails_names_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    path = http()
    vault = KeyVault(path, "https://contoso-partner.vault.azure.net", Refusing())

    def refuse(*_names: Any, **_options: Any) -> Any:
        Refusing().get_token()

    monkeypatch.setattr(vault._client, "get_secret", refuse)
    with pytest.raises(ServiceRefusal) as refused:
        vault.read("partner-center-refresh-token")
    is_clean(refused.value)
    assert "Please run 'az login'" in refused.value.description


def test_settings_that_are_wrong_name_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_options: Any) -> Any:
        raise ValueError(f"AZURE_X={KNOWN} --password Tr0ub4dor-3-horse")

    monkeypatch.setattr("azure.identity.AzureCliCredential", refuse)
    with pytest.raises(ServiceRefusal) as refused:
        create_credential(http(), "cli", VAULT)
    is_clean(refused.value)
