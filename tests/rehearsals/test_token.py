"""`partner-wizard token`: what it writes and where, what it redeems, and how it says that there is none."""

from __future__ import annotations

import json
import os
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any, TextIO, cast

import pytest

from tests.in_process import CliResult, call_cli
from tests.rehearsals.stored_journeys import CLIENT, DAY, TENANT, Stored, stored
from wizard.commands.rehearse import PacedClock
from wizard.commands.stored_answers import refuse_a_person
from wizard.commands.token import why_not_to, write_token
from wizard.core.errors import BadInput, Unreachable
from wizard.core.jwt import payload_segment, read_segment
from wizard.core.secret import Secret
from wizard.core.waiting import Cancel, SystemClock
from wizard.journeys.saved_journey import SavedJourney
from wizard.journeys.session import Session
from wizard.microsoft.clouds import built_in_clouds, read_cloud_file
from wizard.microsoft.token_response import AccessClaims, TokenResponse
from wizard.plain.line_writer import LineWriter
from wizard.rehearsal.choices import Service
from wizard.rehearsal.customer_facts import Customer
from wizard.rehearsal.customer_tenants import GrantThere
from wizard.rehearsal.issued_tokens import read_access_token
from wizard.tokens.access_token import redeem_for
from wizard.tokens.named_apis import HOST_KEYS, audience_of
from wizard.tokens.pace import PaceInMemory
from wizard.tokens.record import Owner


def asked(journey: Stored, *more: str, resource: str = "partner-center") -> CliResult:
    """The command, on a played journey."""
    given = ["--journey", str(journey.path), "--cloud-file", str(journey.cloud.cloud_file)]
    return call_cli("token", "--resource", resource, *given, *more)


def noted() -> Path:
    """Where the command keeps when it redeemed what."""
    return Path.home() / ".local" / "state" / "partner-wizard" / "redeemed.json"


def with_answers(journey: Stored, tmp_path: Path, more: str = "") -> str:
    """The scene's answers file, which says where the app's credential is."""
    path = tmp_path / "more.toml"
    path.write_text(journey.cloud.answers_file.read_text() + more)
    return str(path)


def in_memory(journey: Stored, saved: SavedJourney | None = None, pace: PaceInMemory | None = None) -> tuple[int, Any]:
    """The command's own function, on the cloud's clock; returns the exit code and what it wrote."""
    cloud, out = read_cloud_file(journey.cloud.cloud_file), StringIO()
    session = Session(cloud, clock=PacedClock(journey.cloud.clock))
    audience = audience_of(next(iter(cloud.values())), "partner-center", ())
    lines = LineWriter(out=StringIO(), err=StringIO())
    with redirect_stdout(out), redirect_stderr(StringIO()):
        code = write_token(session, saved or journey.at_hand, audience, "", pace or PaceInMemory(), lines)
    return code, json.loads(out.getvalue())


@pytest.fixture
def journey(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    with stored("all-holds-public", monkeypatch, tmp_path) as played:
        yield played


def test_a_token_is_written_in_the_form_of_the_azure_cli(journey: Stored) -> None:
    ended = asked(journey)

    assert ended.returncode == 0, ended.stderr
    (line,) = ended.stdout.splitlines()
    written = json.loads(line)
    assert list(written) == ["accessToken", "expiresOn", "expires_on", "tenant", "tokenType"]
    assert (written["tenant"], written["tokenType"]) == (TENANT, "Bearer")
    assert 3000 < written["expires_on"] - time.time() < 6000
    local = datetime.strptime(written["expiresOn"], "%Y-%m-%d %H:%M:%S.%f").astimezone(UTC)
    assert int(local.timestamp()) == written["expires_on"]
    claims = read_access_token(f"Bearer {written['accessToken']}")
    assert claims
    assert claims["aud"] == f"https://{journey.cloud.names.partner_center}"
    assert (claims["appid"], claims["tid"]) == (CLIENT, TENANT)
    assert ended.stderr == ""


def test_it_keeps_nothing_and_prints_no_refresh_token(journey: Stored, tmp_path: Path) -> None:
    before, kept = journey.versions(), journey.path.read_bytes()

    ended = asked(journey)

    assert journey.versions() == before
    assert journey.path.read_bytes() == kept
    with journey.cloud.state.lock:
        issued = list(journey.cloud.state.refresh_tokens)
    assert len(issued) > 1, "a redemption gives a new refresh token"
    for text in (ended.stdout, ended.stderr, *(path.read_text() for path in tmp_path.rglob("*.json"))):
        assert not any(token in text for token in issued)


def test_only_the_vault_and_the_token_endpoint_are_asked(journey: Stored) -> None:
    before = len(journey.cloud.log)

    assert asked(journey).returncode == 0

    made = [(each.method, each.path.rpartition("/")[2]) for each in journey.cloud.log[before:]]
    assert made.count(("POST", "token")) == 2, "the vault's identity, and the redemption"
    assert len([each for each in made if each[1] != "openid-configuration"]) == 3, made


def grant(journey: Stored, service: Service) -> None:
    """An administrator lets the app use another API."""
    with journey.cloud.state.lock:
        api = journey.cloud.state.resources[service]
        journey.cloud.state.set_grant(CLIENT, service, api.scopes)


@pytest.mark.parametrize(
    ("resource", "service"),
    [("graph", Service.GRAPH), ("referrals", Service.REFERRALS)],
)
def test_what_the_app_may_not_use_is_told_apart_from_a_token_that_has_ended(
    resource: str, service: Service, journey: Stored
) -> None:
    ended = asked(journey, resource=resource)
    said = json.loads(ended.stdout)
    assert ended.returncode == 1
    assert (said["type"], said["code"]) == ("no_token", "not_consented")
    assert said["service_code"] == "AADSTS65001"
    assert said["actions"]
    assert "not_consented" in ended.stderr
    noted().unlink()

    grant(journey, service)
    given = json.loads(asked(journey, resource=resource).stdout)

    claims = read_access_token(f"Bearer {given['accessToken']}")
    assert claims
    assert claims["aud"] == journey.cloud.state.resources[service].audience


def test_another_resource_is_given_if_the_answers_file_lists_it(journey: Stored, tmp_path: Path) -> None:
    other = journey.cloud.state.resources[Service.VAULT].audience
    grant(journey, Service.VAULT)

    refused = asked(journey, resource=other)
    listed = with_answers(journey, tmp_path, f'\n[token]\nresources = ["{other}"]\n')
    given = asked(journey, "--answers", listed, resource=other)

    assert refused.returncode == 2
    assert "one that the answers file lists" in refused.stderr
    assert refused.stdout == ""
    assert given.returncode == 0, given.stderr


@pytest.mark.parametrize("value", ['"https://a"', "[1]", '["http://contoso.com"]', '["https://a b"]', '["contoso"]'])
def test_a_list_of_resources_is_one_of_application_id_uris(value: str, journey: Stored, tmp_path: Path) -> None:
    listed = with_answers(journey, tmp_path, f"\n[token]\nresources = {value}\n")

    ended = asked(journey, "--answers", listed)

    assert ended.returncode == 2
    assert "token.resources: expected a list" in ended.stderr


def test_the_same_token_is_not_redeemed_twice_within_a_minute(journey: Stored) -> None:
    grant(journey, Service.GRAPH)
    first, before = asked(journey), len(journey.cloud.log)
    second = asked(journey)
    other = asked(journey, resource="graph")

    assert (first.returncode, second.returncode, other.returncode) == (0, 1, 0)
    said = json.loads(second.stdout)
    assert said["code"] == "asked_too_often"
    assert 0 < said["retry_after"] <= 60
    assert "AADSTS50196" in second.stderr
    redeemed = [each for each in journey.cloud.log[before:] if "refresh_token" in each.form]
    assert len(redeemed) == 1, "of the other API alone"
    kept = noted()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert all(isinstance(at, float) for at in json.loads(kept.read_text()).values())
    assert CLIENT not in kept.read_text()


def test_after_a_minute_it_is_redeemed_again(journey: Stored) -> None:
    pace = PaceInMemory()

    assert in_memory(journey, pace=pace)[0] == 0
    assert in_memory(journey, pace=pace)[1]["code"] == "asked_too_often"
    journey.cloud.clock.advance(60)
    assert in_memory(journey, pace=pace)[0] == 0


def test_a_token_that_nobody_used_for_90_days_takes_a_new_sign_in(journey: Stored) -> None:
    journey.cloud.clock.advance(91 * DAY)

    code, said = in_memory(journey)

    assert (code, said["code"], said["service_code"]) == (1, "sign_in_again", "AADSTS700082")
    assert any("ign in again" in act for act in said["actions"])


def test_a_secret_that_has_expired_is_told_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-secret", monkeypatch, tmp_path) as journey:
        assert in_memory(journey)[0] == 0
        app = journey.cloud.state.apps[CLIENT]
        app.secrets = [replace(each, expires_at=journey.cloud.clock.now()) for each in app.secrets]

        code, said = in_memory(journey)

    assert (code, said["code"], said["service_code"]) == (1, "app_credential", "AADSTS7000222")


def test_a_secret_that_was_typed_has_to_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-secret", monkeypatch, tmp_path) as journey:
        before = len(journey.cloud.log)
        ended = asked(journey)
        assert len(journey.cloud.log) == before
        given = asked(journey, "--answers", str(journey.cloud.answers_file))

    assert ended.returncode == 2
    assert "never kept" in ended.stderr
    assert "vault_secret" in ended.stderr
    assert given.returncode == 0, given.stderr


def test_what_the_vault_does_not_give_is_told_apart(journey: Stored) -> None:
    journey.cloud.vault.delete("partner-center-refresh-token")

    code, said = in_memory(journey)

    assert (code, said["code"]) == (1, "stored_token")


def test_a_secret_that_somebody_else_wrote_under_the_name_is_sent_to_no_service(journey: Stored) -> None:
    journey.cloud.vault.add_aged_version("partner-center-refresh-token", "another program's password", 0, True, {})
    before = len(journey.cloud.log)

    code, said = in_memory(journey)

    sign_ins = [each.path for each in journey.cloud.log[before:] if each.path.endswith("/oauth2/v2.0/token")]
    assert (code, said["code"]) == (1, "stored_token")
    assert "tags tenant_id and client_id" in " ".join(said["actions"])
    assert len(sign_ins) <= 1, "the vault's identity alone signs in"


def test_a_service_that_is_not_reached_is_exit_code_3(journey: Stored) -> None:
    journey.in_world(network=replace(journey.cloud.state.world.network, blocked=(Service.LOGIN,)))

    code, said = in_memory(journey)

    assert (code, said["code"]) == (3, "unreachable")


def test_each_name_means_a_host_of_the_cloud() -> None:
    clouds = built_in_clouds()

    assert [audience_of(clouds["global"], name, ()) for name in HOST_KEYS] == [
        "https://api.partnercenter.microsoft.com",
        "https://api.partner.microsoft.com",
        "https://graph.microsoft.com",
        "https://management.azure.com",
    ]
    assert audience_of(clouds["china"], "graph", ()) == "https://microsoftgraph.chinacloudapi.cn"
    with pytest.raises(BadInput, match="has no host for referrals"):
        audience_of(clouds["china"], "referrals", ())


def test_a_customer_without_consent_is_told_apart_and_one_that_consents_gets_its_own_token(journey: Stored) -> None:
    ended = asked(journey, "--customer", "fabrikam.com")

    said = json.loads(ended.stdout)
    assert (ended.returncode, said["code"]) == (1, "customer_refused")
    redeemed = journey.cloud.log[-1]
    assert redeemed.path.startswith("/22222222-bbbb-4bbb-8bbb-000000000002/")

    with journey.cloud.state.lock:
        tenant = journey.cloud.state.customers.add(Customer(CUSTOMER, "fabrikam.com", "Fabrikam"))
        partner_center = journey.cloud.state.resources[Service.PARTNER_CENTER]
        tenant.grants[partner_center.app_id] = GrantThere(partner_center.scopes)
    noted().unlink()  # a minute later
    given = asked(journey, "--customer", "fabrikam.com")
    found = json.loads(given.stdout)
    assert (given.returncode, found.get("tenant")) == (0, CUSTOMER), found
    assert read_segment(payload_segment(found["accessToken"]))["tid"] == CUSTOMER
    own = json.loads(asked(journey).stdout)
    assert own["tenant"] == TENANT, "each tenant has its own, and its own minute"


@pytest.mark.parametrize("customer", ["not a tenant", "https://fabrikam.com", "a@fabrikam.com"])
def test_a_customer_is_a_tenant(customer: str, journey: Stored) -> None:
    ended = asked(journey, "--customer", customer)

    assert ended.returncode == 2
    assert "--customer: expected" in ended.stderr


def test_a_person_as_vault_identity_is_wrong_usage(journey: Stored) -> None:
    saved = replace(journey.saved, answers=replace(journey.saved.answers, vault_identity="browser"))

    with pytest.raises(BadInput, match="asks nobody"):
        refuse_a_person(saved.answers)


@pytest.mark.parametrize(("mode", "is_refused"), [(0o600, False), (0o640, True), (0o644, True), (0o604, True)])
def test_a_file_that_others_may_read_gets_no_token(mode: int, is_refused: bool, tmp_path: Path) -> None:
    path = tmp_path / "token.json"
    path.touch()
    path.chmod(mode)
    with path.open("w") as stream:
        assert bool(why_not_to(stream)) is is_refused


def test_a_named_pipe_that_others_may_read_and_a_file_of_somebody_else_get_no_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "pipe").chmod(0o644)
    with (tmp_path / "pipe").open("r+b", buffering=0) as stream:
        assert "named pipe that others" in why_not_to(cast(TextIO, stream))
        (tmp_path / "pipe").chmod(0o600)
        assert why_not_to(cast(TextIO, stream)) == ""
    (tmp_path / "file").touch(0o600)
    with (tmp_path / "file").open("w") as stream:
        monkeypatch.setattr("os.getuid", lambda: 4_000_000)
        assert "somebody else" in why_not_to(stream)
        monkeypatch.setattr("os.getuid", lambda: 0)
        assert why_not_to(stream) == "", "a shell of another user has opened it"


def test_a_terminal_gets_no_token_and_a_pipe_does() -> None:
    master, slave = os.openpty()
    reads, writes = os.pipe()
    try:
        with os.fdopen(slave, "w") as terminal, os.fdopen(writes, "w") as pipe:
            assert "is a terminal" in why_not_to(terminal)
            assert why_not_to(pipe) == ""
        with Path(os.devnull).open("w") as nothing:
            assert why_not_to(nothing) == ""
    finally:
        os.close(master)
        os.close(reads)


def test_where_nothing_can_be_kept_that_is_said_and_the_token_is_given(
    journey: Stored, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))

    ended = asked(journey)

    assert ended.returncode == 0, ended.stderr
    assert "accessToken" in ended.stdout
    assert "cannot be kept here" in ended.stderr


@dataclass
class Answering:
    """Services of which Entra answers with a token of one tenant."""

    tenant_id: str
    cloud: Any = field(default_factory=lambda: built_in_clouds()["global"])
    asked: list[tuple[object, ...]] = field(default_factory=list)

    @property
    def entra(self) -> Any:
        return self

    def redeem_refresh_token(self, *given: object) -> TokenResponse:
        self.asked.append(given)
        claims = AccessClaims(tenant_id=self.tenant_id)
        return TokenResponse(Secret("access"), Secret("refresh"), (), claims, expires_in=3600)


@dataclass
class Waiter:
    clock: Any = field(default_factory=SystemClock)
    cancel: Cancel = field(default_factory=Cancel)
    emit: Any = lambda _event: None


CUSTOMER = "22222222-bbbb-4bbb-8bbb-000000000002"


def test_for_a_customer_it_is_redeemed_in_the_customers_tenant() -> None:
    services = Answering(CUSTOMER)
    given = (Waiter(), services, Owner(CUSTOMER, CLIENT), None, Secret("stored"), "https://graph.microsoft.com")

    token = redeem_for(*given)  # type: ignore[arg-type]

    assert services.asked == [(CUSTOMER, CLIENT, None, Secret("stored"), "https://graph.microsoft.com/.default")]
    assert token.as_json()["tenant"] == CUSTOMER


def test_a_token_of_another_tenant_than_the_one_asked_is_given_to_nobody() -> None:
    given = (
        Waiter(),
        Answering(TENANT),
        Owner(CUSTOMER, CLIENT),
        None,
        Secret("stored"),
        "https://graph.microsoft.com",
    )

    with pytest.raises(Unreachable, match="another tenant"):
        redeem_for(*given)  # type: ignore[arg-type]
