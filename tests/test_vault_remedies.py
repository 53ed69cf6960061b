"""A vault's refusal names the very command: its vault, its secret, and the address and caller the service named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.screens.driving import FILLED
from tests.screens.stubs import StubSession
from wizard.core.answers import Answers
from wizard.core.errors import ServiceRefusal
from wizard.core.facts import Facts
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.vault_access import vault_refused

CALLER = "22222222-bbbb-4bbb-8bbb-000000000002"


def remedy(code: str, said: str, answers: Answers = FILLED) -> str:
    """What to do about a refusal with this code and text."""
    session = StubSession()
    onboarding: Onboarding = session._onboarding(answers, Facts(), lambda _event: None)
    return vault_refused(onboarding, ServiceRefusal("key_vault", code, "Forbidden", said, status=403)).remedy


def test_the_firewalls_remedy_names_the_vault_and_the_address() -> None:
    text = remedy("ForbiddenByFirewall", "Client address is not authorized.\nClient address: 192.0.2.7\nCaller: x")

    assert "az keyvault network-rule add --name contoso-partner --ip-address 192.0.2.7`" in text


def test_the_roles_remedy_names_the_vault_and_the_caller() -> None:
    text = remedy("ForbiddenByRbac", f"Caller: appid={FILLED.client_id};oid={CALLER}\nVault: x")

    assert f"--assignee {CALLER} --scope $(az keyvault show --name contoso-partner --query id -o tsv)" in text


def test_a_deleted_secrets_remedy_names_the_secret() -> None:
    text = remedy("ObjectIsDeletedButRecoverable", "", replace(FILLED, vault_secret="our-token"))

    assert "az keyvault secret recover --vault-name contoso-partner --name our-token`" in text


@pytest.mark.parametrize("said", ["", "Client address: $(reboot)", "Client address: 1.2.3", "Client address: ::::"])
def test_what_is_no_address_gets_into_no_command(said: str) -> None:
    assert "--ip-address <the address the service named>`" in remedy("ForbiddenByFirewall", said)
