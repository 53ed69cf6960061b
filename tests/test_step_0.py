"""Step 0 in words: each trouble on the way names its place and its setting; the clock; the vault's identities."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.screens.stubs import StubServices
from wizard.core.answers import Answers
from wizard.core.errors import Unreachable
from wizard.core.findings import Finding, Outcome, Retry, Who
from wizard.core.trouble import Trouble
from wizard.core.waiting import Cancel
from wizard.microsoft.clouds import built_in_clouds
from wizard.microsoft.host_probe import HostProbe
from wizard.microsoft.identities import Identity, Usable
from wizard.microsoft.peer_certificate import PeerCertificate
from wizard.microsoft.proxy_route import ProxyRoute
from wizard.onboarding.finding_builders import not_reached
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.host import FIXED_BY_NETWORK_TEAM, host_finding
from wizard.onboarding.probes.host_troubles import TROUBLES
from wizard.onboarding.steps import start

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
HOST = "graph.microsoft.com"
DIRECT = ProxyRoute()
PROXIED = ProxyRoute("proxy.contoso.com:3128", "HTTPS_PROXY", False, "http://proxy.contoso.com:3128")
INSPECTED = PeerCertificate(
    "TLS 1.3", "Contoso Inspection CA", NOW - timedelta(days=9), NOW + timedelta(days=9), (HOST,)
)


class StillClock:
    """A clock that stands, and keeps how long was waited."""

    waited = 0.0

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    def wait(self, seconds: float, cancel: Cancel) -> None:
        self.waited += seconds


def onboarding(**answers: Any) -> Onboarding:
    stub = StubServices(built_in_clouds()["global"])
    stub.now = lambda: NOW
    return Onboarding(Answers(**answers), stub, StillClock(), Cancel())


def stub_of(here: Onboarding) -> StubServices:
    assert isinstance(here.services, StubServices)
    return here.services


def words(finding: Finding) -> str:
    return f"{finding.message} {finding.remedy}"


@pytest.mark.parametrize(
    ("probe", "said"),
    [
        (HostProbe(HOST, DIRECT, Trouble.NAME), ("does not resolve", HOST, "HTTPS_PROXY=")),
        (HostProbe(HOST, DIRECT, Trouble.CONNECT, addresses=("192.0.2.7",)), ("192.0.2.7", "firewall", f"{HOST}:443")),
        (HostProbe(HOST, DIRECT, Trouble.TIMEOUT, addresses=("192.0.2.7",)),
         ("no answer in time", "192.0.2.7", "firewall")),
        (HostProbe(HOST, PROXIED, Trouble.TIMEOUT), ("no answer in time", "proxy.contoso.com:3128", "HTTPS_PROXY")),
        (HostProbe(HOST, PROXIED, Trouble.PROXY),
         ("proxy.contoso.com:3128", "could not be reached", f"NO_PROXY,{HOST}")),
        (HostProbe(HOST, PROXIED, Trouble.PROXY_407), ("asks for a user name", "407", "user name, colon, password, @")),
        (HostProbe(HOST, replace(PROXIED, has_password=True), Trouble.PROXY_407),
         ("did not accept the user name", "407")),
        (HostProbe(HOST, PROXIED, Trouble.TUNNEL, "it answered 403"), ("403", "allow CONNECT to")),
        (HostProbe(HOST, PROXIED, Trouble.TUNNEL, "the proxy could not reach it (it answered 502)"),
         ("502", "the name graph.")),
        (HostProbe(HOST, DIRECT, Trouble.TLS, peer_certificate=INSPECTED),
         ("Contoso Inspection CA", "a proxy or antivirus on the way", "`export REQUESTS_CA_BUNDLE=")),
        (HostProbe(HOST, DIRECT, Trouble.TLS, peer_certificate=INSPECTED, trust="REQUESTS_CA_BUNDLE",
                   bundle="/etc/contoso.pem"),
         ("REQUESTS_CA_BUNDLE names /etc/contoso.pem, which does not hold Contoso Inspection CA",)),
        (HostProbe(HOST, DIRECT, Trouble.CA_FILE, trust="REQUESTS_CA_BUNDLE", bundle="/etc/none.pem"),
         ("REQUESTS_CA_BUNDLE names /etc/none.pem, which is not there", "Correct REQUESTS_CA_BUNDLE")),
        (HostProbe(HOST, DIRECT, Trouble.TLS_EXPIRED, peer_certificate=INSPECTED),
         ("2026-11-21 10:00 UTC", "until 2026-11-30", "clock")),
        (HostProbe(HOST, DIRECT, Trouble.CLOCK, peer_certificate=INSPECTED),
         ("from 2026-11-12", "set the clock: `sudo ")),
        (HostProbe(HOST, DIRECT, Trouble.TLS_HOST, peer_certificate=INSPECTED, addresses=("192.0.2.7",)),
         ("192.0.2.7", "hosts file")),
        (HostProbe(HOST, DIRECT, Trouble.ELSEWHERE, "the answer leads to portal.fabrikam.com"),
         ("portal.fabrikam.com", "browser")),
        (HostProbe(HOST, DIRECT, Trouble.CUT, "the connection broke off"), ("the connection broke off", "check again")),
    ],
)  # fmt: skip
def test_each_trouble_names_the_place_and_the_setting_that_fixes_it(probe: HostProbe, said: tuple[str, ...]) -> None:
    finding = host_finding(probe, "Graph's host", NOW)

    assert finding.outcome is Outcome.FAILS
    assert finding.unreachable
    assert finding.evidence["kind"] == probe.trouble
    assert finding.who == ((Who.OPERATOR, Who.ADMIN) if probe.trouble in FIXED_BY_NETWORK_TEAM else (Who.OPERATOR,))
    assert finding.title
    for text in said:
        assert text in words(finding)


def test_no_two_troubles_say_the_same() -> None:
    route = replace(PROXIED, has_password=True)
    host_probes = [
        HostProbe(HOST, route, kind, "why", peer_certificate=INSPECTED, trust="REQUESTS_CA_BUNDLE") for kind in TROUBLES
    ]
    said = {host_finding(probe, "Graph's host", NOW).message for probe in host_probes}

    assert len(said) == len(TROUBLES) - 1, "a certificate past its end and one not begun are told alike, with its dates"


def test_a_well_known_signer_is_not_called_an_antivirus() -> None:
    signed = replace(INSPECTED, issuer="DigiCert Inc, DigiCert Global G3 TLS ECC SHA384 2020 CA1")
    probe = HostProbe(
        HOST, DIRECT, Trouble.TLS, peer_certificate=signed, trust="REQUESTS_CA_BUNDLE", bundle="/etc/contoso.pem"
    )

    message = host_finding(probe, "Graph's host", NOW).message
    assert "antivirus" not in message
    assert "/etc/contoso.pem" in message


def test_a_host_that_answers_is_told_with_its_way_its_issuer_and_its_end() -> None:
    probe = HostProbe(HOST, PROXIED, status=401, peer_certificate=INSPECTED, milliseconds=42)

    finding = host_finding(probe, "Graph's host", NOW)

    assert finding.outcome is Outcome.HOLDS
    assert finding.evidence == {
        "host": HOST,
        "reached": "through the proxy proxy.contoso.com:3128 (HTTPS_PROXY)",
        "addresses": "resolved by the proxy",
        "tls": "TLS 1.3",
        "certificate_issuer": "Contoso Inspection CA",
        "certificate_valid_until": "2026-11-30",
        "answered": "HTTP 401",
        "took": "42 ms",
    }
    assert "Contoso Inspection CA until 2026-11-30" in finding.message


BUSY = HostProbe(HOST, DIRECT, Trouble.BUSY, "answered HTTP 503", 503)


def test_of_a_busy_host_nobody_can_tell_and_the_gate_stays_closed() -> None:
    (check,) = [each for each in start.START.checks if each.id == "start.partner_center"]

    finding = host_finding(BUSY, "Partner Center's host", NOW)

    assert finding.outcome is Outcome.UNKNOWN
    assert finding.unreachable
    assert finding.retry is Retry.WAIT
    assert "HTTP 503" in finding.message
    assert "check again" in finding.remedy
    assert not check.opens_gate(finding)


@pytest.mark.parametrize(("asked", "waited"), [(None, 2.0 + 5.0 + 10.0 + 20.0), (30.0, 4 * 30.0)])
def test_a_busy_host_is_asked_again_with_patience_and_the_next_is_not(asked: float | None, waited: float) -> None:
    here = onboarding()
    stub_of(here).host_probes = {name: replace(BUSY, retry_after=asked) for name in ("login", "graph")}

    assert start.check_login_host(here).outcome is Outcome.UNKNOWN
    graph = start.check_graph_host(here)

    assert stub_of(here).calls == ["look at login"] * 5 + ["look at graph"]
    assert here.clock.waited == waited  # type: ignore[attr-defined]
    assert graph.outcome is Outcome.UNKNOWN
    assert not graph.unreachable
    assert "can do without" in graph.message


def test_a_busy_host_that_answers_at_the_second_time_holds() -> None:
    here, host_probes = onboarding(), [BUSY, HostProbe(HOST, DIRECT, status=401)]

    def probe(service: str, host: str) -> HostProbe:
        return host_probes.pop(0)

    here.services.host_prober.probe = probe  # type: ignore[method-assign]

    assert start.check_partner_center_host(here).outcome is Outcome.HOLDS
    assert here.clock.waited == 2.0  # type: ignore[attr-defined]


def test_graph_and_the_vault_can_be_done_without_for_now() -> None:
    here = onboarding(vault_url="https://contoso-partner.vault.azure.net")
    stub_of(here).host_probes = {name: HostProbe(HOST, DIRECT, Trouble.NAME) for name in ("graph", "vault", "login")}

    assert start.check_login_host(here).outcome is Outcome.FAILS
    for check in (start.check_graph_host, start.check_vault_host):
        finding = check(here)
        assert finding.outcome is Outcome.WARNS
        assert not finding.unreachable
        assert finding.remedy


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "not known yet"),
        ("https://vault.example.com", "no vault of this cloud"),
        ("https://contoso-partner.vault.azure.net", ""),
    ],
)
def test_a_vault_is_asked_only_where_its_address_is_one_of_this_cloud(url: str, why: str) -> None:
    (check,) = [each for each in start.START.checks if each.id == "start.vault"]

    said = check.skipped_because(onboarding(vault_url=url))

    assert why in said
    assert bool(said) == bool(why)


def test_a_line_that_breaks_is_tried_once_more_and_the_second_host_not() -> None:
    here = onboarding()
    stub_of(here).host_probes = {
        name: HostProbe(HOST, DIRECT, Trouble.CUT, "it broke off") for name in ("login", "graph")
    }

    start.check_login_host(here)
    start.check_graph_host(here)

    assert stub_of(here).calls == ["look at login", "look at login", "look at graph"]
    assert here.clock.waited == 2.0  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("ahead", "outcome", "said"),
    [
        (timedelta(), Outcome.HOLDS, "agrees"),
        (timedelta(seconds=55), Outcome.HOLDS, "agrees"),
        (timedelta(minutes=3), Outcome.WARNS, "3 min behind"),
        (timedelta(minutes=-3), Outcome.WARNS, "3 min ahead"),
        (timedelta(minutes=6), Outcome.FAILS, "6 min behind"),
        (timedelta(hours=-1), Outcome.FAILS, "1 h 0 min ahead"),
        (timedelta(days=3, hours=4), Outcome.FAILS, "3 days 4 h behind"),
    ],
)
def test_the_clock_is_compared_with_the_time_of_the_answers(ahead: timedelta, outcome: Outcome, said: str) -> None:
    here = onboarding()
    stub_of(here).clock_ahead = ahead
    start.check_login_host(here)

    finding = start.check_clock(here)

    assert finding.outcome is outcome
    assert said in finding.message
    if outcome is not Outcome.HOLDS:
        assert "`sudo " in finding.remedy
        assert finding.who


def test_one_old_answer_of_a_cache_does_not_make_the_clock_wrong() -> None:
    here = onboarding()
    stub_of(here).clock_ahead = timedelta(hours=-2)
    start.check_login_host(here)
    stub_of(here).clock_ahead = timedelta()
    start.check_partner_center_host(here)

    assert start.check_clock(here).outcome is Outcome.HOLDS


def test_without_a_time_to_compare_with_nobody_can_tell_and_the_use_of_the_token_settles_it() -> None:
    here = onboarding()
    stub_of(here).host_probes["login"] = HostProbe(HOST, DIRECT, status=200)
    start.check_login_host(here)
    (check,) = [each for each in start.START.checks if each.id == "start.clock"]

    finding = start.check_clock(here)

    assert finding.outcome is Outcome.UNKNOWN
    assert "date -u" in finding.remedy
    assert check.opens_gate(finding), "the hosts were reached: the way goes on"
    assert check.settled_by == "user.redeems"


CODE = Identity("device-code", "Sign-in with a code", Usable.YES, "somebody signs in when the vault is tried")
CLI = Identity("cli", "Azure CLI", Usable.YES, "admin@contoso.com, tenant contoso", True)
NO_CLI = Identity("cli", "Azure CLI", Usable.NO, "nobody is signed in to it: run az login", True)
POWERSHELL = Identity("", "Azure PowerShell", Usable.PERHAPS, "pwsh is there", True)


@pytest.mark.parametrize(
    ("wanted", "found", "outcome", "said"),
    [
        ("default", (NO_CLI, CODE), Outcome.WARNS, "sign in with a code"),
        ("default", (CLI, CODE), Outcome.HOLDS, "admin@contoso.com"),
        ("default", (NO_CLI, POWERSHELL, CODE), Outcome.UNKNOWN, "pwsh is there"),
        ("default", (replace(CLI, is_default=False), CODE), Outcome.WARNS, "Nothing is set up"),
        ("cli", (NO_CLI, CODE), Outcome.WARNS, "run az login"),
        ("device-code", (NO_CLI, CODE), Outcome.HOLDS, "sign-in with a code"),
    ],
)
def test_an_identity_holds_where_the_chosen_one_can_be_used(
    wanted: str, found: tuple[Identity, ...], outcome: Outcome, said: str
) -> None:
    here = onboarding(vault_identity=wanted)
    here.services.identities.find_all = lambda wanted: found  # type: ignore[method-assign]

    finding = start.check_vault_identity(here)

    assert finding.outcome is outcome
    assert said in words(finding)
    assert finding.evidence == {each.name: str(each) for each in found}


@pytest.mark.parametrize("kind", sorted(set(Trouble) - {Trouble.ELSEWHERE}))
def test_a_service_that_is_not_reached_later_is_told_in_the_words_of_the_catalogue(kind: Trouble) -> None:
    finding = not_reached(Unreachable(HOST, kind, "as the test says"))

    assert finding.outcome is Outcome.UNKNOWN
    assert finding.unreachable
    assert finding.title
    assert finding.remedy
    assert finding.retry is not None


def test_a_kind_that_the_catalogue_does_not_know_still_says_where_to_look() -> None:
    finding = not_reached(Unreachable(HOST, Trouble.ELSEWHERE, "as the test says"))

    assert "HTTPS_PROXY" in finding.remedy
    assert finding.who
