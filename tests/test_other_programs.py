"""Which other programs of a partner will be refused: named by their latest day, and never by a guess."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.rehearsals.stored_journeys import stored
from tests.screens.stubs import StubPartnerCenter, StubServices
from wizard.core.answers import Answers
from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Finding, Outcome, SupportIds
from wizard.core.secret import Secret
from wizard.core.waiting import Cancel, SystemClock
from wizard.microsoft.clouds import built_in_clouds
from wizard.microsoft.mfa_report import AppUse, MfaReport
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.other_programs import MOST_LISTED, check_other_programs
from wizard.onboarding.profile import PROFILES

OWN = "33333333-cccc-4ccc-8ccc-000000000003"
PATH = "/v1/applicationmfaadoptionstatus"


def use(number: int, name: str = "", requests: int = 10, with_mfa: int = 0, app_id: str = "") -> AppUse:
    return AppUse(app_id or f"33333333-cccc-4ccc-8ccc-{number:012}", name, "2026-11-20", requests, with_mfa)


@dataclass
class Reporting(StubPartnerCenter):
    """Answers with a report, or refuses it."""

    answer: MfaReport | ServiceRefusal | None

    def read_mfa_report(self, access_token: Secret) -> MfaReport | None:
        if isinstance(self.answer, ServiceRefusal):
            raise self.answer
        return self.answer


def found(answer: MfaReport | ServiceRefusal | None) -> Finding:
    """What the check finds if Partner Center answers so."""
    services = StubServices(built_in_clouds()["global"])
    services.partner_center = Reporting(answer)
    onboarding = Onboarding(Answers(client_id=OWN.upper()), services, SystemClock(), Cancel())
    onboarding.memory.sign_in.tokens = services.token()
    return check_other_programs(onboarding)


def test_programs_without_mfa_are_named_the_busiest_first_with_what_to_do() -> None:
    finding = found(MfaReport((use(1, "Contoso Reports", 3), use(2, requests=9), use(4, "Contoso Shop", 5, 5))))

    assert finding.outcome is Outcome.FAILS
    assert {item.outcome for item in finding.items} == {Outcome.FAILS}
    assert (
        f"2 other apps of this partner still called Partner Center without MFA: {use(2).app_id}, Contoso Reports."
        in (finding.message)
    )
    assert finding.evidence == {"apps": 2}
    assert [(item.subject, item.message) for item in finding.items] == [
        (f"MFA of {use(2).app_id}", "9 of 9 requests without it on 2026-11-20"),
        (f"MFA of Contoso Reports ({use(1).app_id})", "3 of 3 requests without it on 2026-11-20"),
    ]
    assert finding.actions
    assert finding.who


def test_a_program_that_has_mfa_at_times_is_warned_of() -> None:
    finding = found(MfaReport((use(1, "Contoso Billing", 14, 7),)))

    assert (finding.outcome, finding.items[0].outcome) == (Outcome.WARNS, Outcome.WARNS)


def test_the_app_of_this_onboarding_is_none_of_the_others() -> None:
    assert found(MfaReport((use(0, app_id=OWN),))).outcome is Outcome.HOLDS


def test_many_programs_are_counted_and_only_some_are_named() -> None:
    finding = found(MfaReport(tuple(use(number, f"App {number}") for number in range(100, 130))))

    assert "30 other apps" in finding.message
    assert "and 27 more" in finding.message
    assert finding.evidence["apps"] == 30
    assert len(finding.items) == MOST_LISTED


@pytest.mark.parametrize("report", [None, MfaReport((), 1), MfaReport((use(1, with_mfa=10),), 2)])
def test_what_cannot_be_read_is_no_all_clear(report: MfaReport | None) -> None:
    finding = found(report)

    assert finding.outcome is Outcome.UNKNOWN
    assert "Security requirements status" in finding.remedy


def test_what_can_be_read_is_told_beside_what_cannot() -> None:
    finding = found(MfaReport((use(1, "Contoso Reports"),), 1))

    assert finding.outcome is Outcome.FAILS
    assert "1 row of the report cannot be read" in finding.message


@pytest.mark.parametrize(
    ("code", "status"), [("2032", 403), ("900150", 403), ("", 404), ("60003", 404), ("900420", 401)]
)
def test_a_refusal_to_read_could_not_be_told_with_how_to_look_by_hand(code: str, status: int) -> None:
    ids = SupportIds(correlation_id="ours")

    finding = found(ServiceRefusal("partner_center", code, "", "Access denied.", status=status, ids=ids))

    assert (finding.outcome, finding.code, finding.ids) == (Outcome.UNKNOWN, code or str(status), ids)
    assert "API requests summary" in finding.remedy


def test_a_refusal_for_lack_of_mfa_is_this_token_s_own_trouble() -> None:
    finding = found(ServiceRefusal("partner_center", "900421", "", "MFA is required.", status=401))

    assert (finding.outcome, finding.code) == (Outcome.FAILS, "900421")


def test_only_whoever_answers_for_the_partner_s_other_programs_is_told_of_them() -> None:
    assert [name for name, each in PROFILES.items() if "user.other_programs" in each.checks] == ["csp"]


def test_journey_and_health_check_ask_once_each_and_neither_is_stopped_by_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("other-programs-refused", monkeypatch, tmp_path) as journey:

        def asked() -> int:
            return len([each for each in journey.cloud.log if each.path == PATH])

        assert (journey.ended_at, asked()) == ("store.mfa_compliant", 1)

        checked = journey.check()

        assert (checked.exit, asked()) == (0, 2)
        assert checked.findings["user.other_programs"].outcome is Outcome.FAILS
