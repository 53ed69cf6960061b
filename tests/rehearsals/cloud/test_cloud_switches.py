"""Switches of a world that no scene of the table turns, each at work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from tests.rehearsals.cloud.bare_client import Client, claims_of, code_of
from wizard.rehearsal import RehearsalCloud, load_scene
from wizard.rehearsal.choices import CredentialCheck, MfaHeader, Separator
from wizard.rehearsal.cloud_state import AZURE_CLI, GRAPH_TOOLS
from wizard.rehearsal.world import StoredSecret

Start = Callable[..., Client]
SECRET = "/secrets/partner-center-refresh-token"


@pytest.fixture
def start() -> Iterator[Callable[..., Client]]:
    """Starts a scene whose world is changed: start("policy", requires_mfa=True)."""
    with ExitStack() as stack:

        def starter(part: str, scene: str = "all-holds-public", **values: Any) -> Client:
            told = load_scene(scene)
            changed = replace(told.world, **{part: replace(getattr(told.world, part), **values)})
            client = Client(stack.enter_context(RehearsalCloud(replace(told, world=changed))))
            stack.callback(client.http.close)
            return client

        yield starter


def test_refresh_fails_once_device_code_is_blocked(start: Start) -> None:
    client = start("policy", device_code_blocked_on_refresh=True)
    tokens = client.signed_in()
    answer = client.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"], scope=client.scope)
    assert (answer.json()["error"], code_of(answer)) == ("invalid_grant", 530036)


@pytest.mark.parametrize("app", ["", AZURE_CLI, GRAPH_TOOLS], ids=["the app", "the vault's", "Graph's"])
def test_security_defaults_refuse_every_app_s_code_once_somebody_has_signed_in(start: Start, app: str) -> None:
    client = start("policy", security_defaults=True)
    client.consented()
    form = {"client_id": app, "scope": f"https://{client.names.vault_suffix}/.default"} if app else {}
    waiting = client.devicecode(**form).json()
    by = {"client_id": app} if app else {}
    assert code_of(client.poll(waiting, **by)) == 70016
    answer = client.poll(client.issued(**form), **by)
    assert (answer.status_code, answer.json()["error"], code_of(answer)) == (400, "invalid_grant", 530035)


def test_security_defaults_bite_when_the_tenant_is_a_day_old(start: Start) -> None:
    client = start("tenant", "security-defaults", age_hours=23)
    client.consented()
    assert client.poll(client.issued()).status_code == 200
    client.cloud.clock.advance(3_600)
    assert code_of(client.poll(client.issued())) == 530035


def test_security_defaults_ask_for_mfa(start: Start) -> None:
    client = start("policy", "security-defaults", honours_claims=False)
    said = {"user_code": client.devicecode(claims="").json()["user_code"], "who": "integration", "step": "password"}
    assert "Approve the sign-in request" in client.http.post(f"https://{client.names.login}/device", data=said).text


def test_an_idle_refresh_token_dies_after_90_days_and_use_prolongs_it(start: Start) -> None:
    client = start("policy")
    token = client.signed_in()["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": token, "scope": client.scope}
    for _ in range(2):
        client.cloud.clock.advance(89 * 86_400)
        assert client.token(**form).status_code == 200
    client.cloud.clock.advance(90 * 86_400)
    assert code_of(client.token(**form)) == 700082


def test_a_refresh_token_serves_every_resource_that_is_granted(start: Start) -> None:
    client = start("app", granted=True)
    token = client.poll(client.issued()).json()["refresh_token"]
    graph = client.token(
        grant_type="refresh_token", refresh_token=token, scope=f"https://{client.names.graph}/User.Read"
    )
    access = graph.json()["access_token"]
    assert claims_of(access)["aud"] == f"https://{client.names.graph}"
    url = f"https://{client.names.graph}/v1.0/me/memberOf"
    groups = client.http.get(url, headers={"Authorization": f"Bearer {access}"}).json()["value"]
    assert [group["displayName"] for group in groups] == ["AdminAgents"]
    vault = client.token(
        grant_type="refresh_token", refresh_token=token, scope=f"https://{client.names.vault_suffix}/.default"
    )
    assert code_of(vault) == 65001


def test_the_client_type_can_strike_at_once(start: Start) -> None:
    client = start("client_type", "client-type-7000218-no-secret", checked_at=CredentialCheck.DEVICE_CODE_REQUEST)
    assert code_of(client.devicecode()) == 7000218


def test_error_descriptions_in_one_line(start: Start) -> None:
    text = start("policy", error_separator=Separator.SPACES).discovery("nowhere.example").json()["error_description"]
    assert "\r\n" not in text
    assert " Trace ID: " in text


def test_mfa_that_a_policy_asks_for_needs_no_claims(start: Start) -> None:
    client = start("policy", requires_mfa=True, honours_claims=False)
    assert claims_of(client.signed_in(claims="")["access_token"])["amr"] == ["pwd", "mfa"]


def test_the_mfa_header_may_be_absent(start: Start) -> None:
    client = start("partner_center", mfa_header=MfaHeader.ABSENT)
    assert "isMfaCompliant" not in client.partner_center(client.signed_in()["access_token"]).headers


def test_not_a_partner_may_be_a_401(start: Start) -> None:
    client = start("partner_center", is_partner=False, refusal_code="800001")
    answer = client.partner_center(client.signed_in()["access_token"])
    answer.encoding = "utf-8-sig"
    assert (answer.status_code, answer.json()["code"]) == (401, 800001)


def test_vault_roles_arrive_late(start: Start) -> None:
    client = start("vault", role_delay=60)
    assert client.vault("GET", SECRET).json()["error"]["innererror"]["code"] == "ForbiddenByRbac"
    client.cloud.clock.advance(61)
    assert client.vault("GET", SECRET).status_code == 404


def test_a_disabled_version_is_not_read(start: Start) -> None:
    stored = StoredSecret("partner-center-refresh-token", "value", enabled=False)
    answer = start("vault", secrets=(stored,)).vault("GET", SECRET)
    assert (answer.status_code, answer.json()["error"]["innererror"]["code"]) == (403, "SecretDisabled")


def test_a_user_may_open_the_vault_with_a_device_code(start: Start) -> None:
    """The operator signs in as azure-identity's own client does; the administrator may use the vault."""
    client = start("policy")
    cli = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
    scope = f"https://{client.names.vault_suffix}/.default offline_access"
    code = client.devicecode(client_id=cli, scope=scope).json()
    client.cloud.people.on_event({"type": "sign_in", "for": "vault", "user_code": code["user_code"]})
    client.cloud.clock.advance(12.1)
    token = client.poll(code, client_id=cli).json()["access_token"]
    url = f"https://contoso-partner.{client.names.vault_suffix}{SECRET}?api-version=7.4"
    assert client.http.get(url, headers={"Authorization": f"Bearer {token}"}).status_code == 404
