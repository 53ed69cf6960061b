"""The gate: which step is open, what keeps the next one closed, and what a changed answer un-proves."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from itertools import product

import pytest

from wizard.core.answers import Answers, Field, tenant_error
from wizard.core.errors import BadInput
from wizard.core.events import CheckSkipped, Event
from wizard.core.facts import Facts
from wizard.core.findings import Finding, NotAsked, Outcome, Skipped, Who
from wizard.core.trouble import Trouble
from wizard.core.waiting import Cancel, SystemClock
from wizard.microsoft.clouds import built_in_clouds
from wizard.microsoft.host_probe import HostProbe
from wizard.microsoft.proxy_route import ProxyRoute
from wizard.microsoft.services import Services
from wizard.onboarding.finding_builders import fails, holds
from wizard.onboarding.gate import State
from wizard.onboarding.journey import Journey, StepLocked
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.profile import CSP, EVERY_CHECK, PROFILES, STEPS, Profile
from wizard.onboarding.step import Check, Step


def journey_with(outcomes: dict[str, Outcome], answers: Answers | None = None) -> Journey:
    clock, cancel = SystemClock(), Cancel()
    services = Services(built_in_clouds()["global"], clock, cancel)
    findings = {check: Finding(check, outcome, "as the test says") for check, outcome in outcomes.items()}
    return Journey(Onboarding(answers or Answers(), services, clock, cancel), CSP, findings)


def holding(*step_ids: str) -> dict[str, Outcome]:
    return {check.id: Outcome.HOLDS for step in CSP.steps if step.id in step_ids for check in step.checks}


ALL = tuple(step.id for step in CSP.steps)


def test_at_first_only_the_first_step_is_open_and_the_lock_names_its_check() -> None:
    journey = journey_with({})

    assert journey.state("start") is State.OPEN
    assert [journey.state(step) for step in ALL[1:]] == [State.LOCKED] * 5
    lock = journey.lock("store")
    assert lock is not None
    assert lock.check == "start.login"


def test_a_journey_is_proven_when_every_check_holds() -> None:
    journey = journey_with(holding(*ALL))

    assert journey.is_proven
    assert {journey.state(step) for step in ALL} == {State.PROVEN}


@pytest.mark.parametrize(
    "check", [check for check in CSP.checks.values() if not check.advisory], ids=lambda check: check.id
)
def test_a_failing_check_closes_the_gate_behind_its_step(check: object) -> None:
    failing = check.id  # type: ignore[attr-defined]
    journey = journey_with(holding(*ALL) | {failing: Outcome.FAILS})
    step_id = failing.partition(".")[0]

    assert journey.state(step_id) is State.FAILED
    assert not journey.is_proven
    for later in ALL[ALL.index(step_id) + 1 :]:
        lock = journey.lock(later)
        assert lock is not None
        assert lock.check == failing


@pytest.mark.parametrize(
    "check", [check for check in CSP.checks.values() if not check.advisory], ids=lambda check: check.id
)
def test_could_not_tell_is_never_success(check: object) -> None:
    unsure, settler = check.id, check.settled_by  # type: ignore[attr-defined]
    outcomes = holding(*ALL) | {unsure: Outcome.UNKNOWN}
    if settler:
        outcomes[settler] = Outcome.WARNS
    journey = journey_with(outcomes)

    assert not journey.is_proven
    assert journey.state(unsure.partition(".")[0]) in {State.PROVISIONAL, State.FAILED}


@pytest.mark.parametrize(
    "check", [check for check in CSP.checks.values() if check.settled_by], ids=lambda check: check.id
)
def test_a_check_settled_later_opens_the_gate_and_is_proven_by_the_other(check: object) -> None:
    unsure, settler = check.id, check.settled_by  # type: ignore[attr-defined]
    step_id = unsure.partition(".")[0]
    before = journey_with(holding(*ALL[: ALL.index(step_id) + 1]) | {unsure: Outcome.UNKNOWN})
    if settler.partition(".")[0] != step_id:
        assert before.state(step_id) is State.PROVISIONAL

    after = journey_with(holding(*ALL) | {unsure: Outcome.UNKNOWN})

    assert after.is_settled(unsure)
    assert after.settled_by(unsure) == settler
    assert after.is_proven


def test_every_settler_is_a_check_that_comes_later() -> None:
    order = list(CSP.checks)

    for check in CSP.checks.values():
        if check.settled_by:
            assert order.index(check.settled_by) > order.index(check.id)


def test_a_step_has_one_number_and_what_comes_before_the_first_has_0() -> None:
    assert [CSP.number_of(step.id) for step in CSP.steps] == [0, 1, 2, 3, 4, 5]
    assert CSP.number_of("store.read_back") == 5
    following = CSP.step_after("start")
    assert following is not None
    assert following.id == "tenant"
    assert CSP.step_after("store") is None


def test_in_step_0_every_host_is_asked_even_where_the_first_cannot_be_reached() -> None:
    asked: list[str] = []
    journey = journey_with({}, Answers(vault_identity="device-code"))

    def probe(service: str, host: str) -> HostProbe:
        asked.append(service)
        return HostProbe(host, ProxyRoute(), trouble=Trouble.NAME if service == "login" else None)

    journey.onboarding.services.host_prober.probe = probe  # type: ignore[method-assign]
    journey.run("start")

    assert asked == ["login", "partner_center", "graph"]
    assert journey.findings["start.partner_center"].outcome is Outcome.HOLDS
    lock = journey.lock("tenant")
    assert lock is not None
    assert lock.check == "start.login"


def test_another_vault_identity_lets_step_0_stay_proven_and_forgets_what_it_said_of_the_former() -> None:
    journey = journey_with(holding(*ALL))

    journey.change("vault_identity", "device-code")

    assert "start.vault_identity" not in journey.findings
    assert journey.state("start") is State.PROVEN


def test_an_advisory_check_closes_nothing() -> None:
    for check in CSP.checks.values():
        if check.advisory and not check.stops_if_fails:
            assert journey_with(holding(*ALL) | {check.id: Outcome.FAILS}).is_proven


def test_an_advisory_check_that_stops_closes_the_gate_by_a_failure_alone() -> None:
    stopping = [check for check in CSP.checks.values() if check.stops_if_fails]
    assert [check.id for check in stopping] == ["app.credential_policy", "app.keys", "user.account_in_graph"]
    for check, outcome in product(stopping, Outcome):
        journey = journey_with(holding(*ALL) | {check.id: outcome})
        assert journey.is_proven is (outcome is not Outcome.FAILS)
        assert (journey.blocking(check.id.partition(".")[0]) is None) is (outcome is not Outcome.FAILS)


def test_a_locked_step_does_not_run() -> None:
    with pytest.raises(StepLocked, match=r"step store is locked by start\.login"):
        journey_with({}).run("store")


def test_a_check_that_does_not_apply_is_kept_and_one_behind_a_closed_gate_is_not() -> None:
    step = Step(
        "harbour",
        "Harbour",
        "Harbour",
        "A ship comes in.",
        fields=(),
        checks=(
            Check(
                "harbour.pilot",
                "A pilot is there",
                "No pilot is there",
                "Sea",
                holds_for,
                skipped_because=lambda _: "the ship is small",
            ),
            Check(
                "harbour.tide",
                "The tide is high",
                "The tide is low",
                "Sea",
                lambda _: fails("No.", "Wait.", Who.OPERATOR),
            ),
            Check("harbour.quay", "A quay is free", "No quay is free", "Quay", holds_for),
        ),
    )
    events: list[Event] = []
    journey = Journey(
        replace(journey_with({}).onboarding, emit=events.append), Profile(replace(CSP.spec, name="harbour"), (step,))
    )

    assert journey.run("harbour") is State.FAILED

    small = Skipped(NotAsked.DOES_NOT_APPLY, "the ship is small")
    unreached = Skipped(NotAsked.EARLIER_CHECK, "harbour.tide comes first")
    skipped = {event.check: event.skipped for event in events if isinstance(event, CheckSkipped)}
    assert skipped == {"harbour.pilot": small, "harbour.quay": unreached}
    assert journey.view().skipped == {"harbour.pilot": small}


def holds_for(_onboarding: Onboarding) -> Finding:
    return holds("It is so.")


def test_a_step_without_its_answers_does_not_run_and_names_the_field() -> None:
    with pytest.raises(BadInput) as mistake:
        journey_with(holding("start")).run("tenant")

    assert mistake.value.field == "tenant"


def test_changing_the_tenant_unproves_everything_and_forgets_the_facts() -> None:
    journey = journey_with(holding(*ALL), Answers(tenant="contoso.com"))
    journey.onboarding.learn(tenant_id="a", secret_version="b", user_name="c", consent_how="d")

    gone = journey.change("tenant", "fabrikam.com")

    assert set(gone) == {check for check in CSP.checks if not check.startswith("start.")}
    assert journey.state("tenant") is State.OPEN
    facts = journey.onboarding.facts
    assert (facts.tenant_id, facts.secret_version, facts.user_name, facts.consent_how) == ("", "", "", "")


def test_changing_the_vault_keeps_consent_and_the_sign_in_in_memory() -> None:
    journey = journey_with(holding(*ALL), Answers(vault_url="https://contoso-a.vault.azure.net"))
    tokens = object()
    journey.onboarding.memory.sign_in.tokens = tokens  # type: ignore[assignment]

    gone = journey.change("vault_url", "https://contoso-b.vault.azure.net")

    assert "consent.granted" not in gone
    assert "user.vault_reachable" in gone
    assert "store.written" in gone
    assert journey.onboarding.memory.sign_in.tokens is tokens


def test_changing_the_credential_keeps_consent() -> None:
    journey = journey_with(holding(*ALL), Answers(credential="secret"))

    gone = journey.change("credential", "none")

    assert "app.exists" in gone
    assert "consent.granted" not in gone


def test_the_same_answer_again_unproves_nothing() -> None:
    journey = journey_with(holding(*ALL), Answers(tenant="contoso.com"))

    assert journey.change("tenant", "contoso.com") == ()
    assert journey.is_proven


def test_a_malformed_answer_is_refused_and_the_former_one_kept() -> None:
    journey = journey_with(holding(*ALL), Answers(tenant="contoso.com"))

    with pytest.raises(BadInput) as mistake:
        journey.change("tenant", "not a tenant")

    assert mistake.value.field == "tenant"
    assert journey.onboarding.answers.tenant == "contoso.com"
    assert journey.is_proven


def test_what_a_field_unproves_exists() -> None:
    for field in [field for step in STEPS.values() for field in step.fields]:
        assert all(name in EVERY_CHECK or name in STEPS for name in field.unproves)
    for profile in PROFILES.values():
        for field in [field for step in profile.steps for field in step.fields]:
            assert profile.checks_from(field.unproves)


def test_every_step_says_why_and_every_check_asks_something_else() -> None:
    for step in CSP.steps:
        assert step.why.count(".") >= 2
    titles = [check.title for check in CSP.checks.values()]
    assert len(set(titles)) == len(titles)


def test_every_fact_belongs_to_one_step() -> None:
    for profile in PROFILES.values():
        named = [name for step in profile.steps for name in step.facts]
        assert len(named) == len(set(named))

    assert {name for step in STEPS.values() for name in step.facts} == {each.name for each in fields(Facts)}


@pytest.mark.parametrize("step", CSP.steps, ids=lambda step: step.id)
def test_the_facts_of_a_step_go_when_it_is_unproven_and_no_others(step: Step) -> None:
    one = Field("tenant", "Tenant", "", validate=tenant_error, unproves=(step.id,))
    steps = tuple(replace(each, fields=(one,) if each is CSP.steps[0] else ()) for each in CSP.steps)
    journey = journey_with(holding(*ALL))
    journey.profile = replace(CSP, steps=steps)
    known = {each.name: ("a",) if isinstance(each.default, tuple) else "a" for each in fields(Facts)}
    journey.onboarding.learn(**known)

    journey.change("tenant", "contoso.com")

    facts = asdict(journey.onboarding.facts)
    assert {name for name, value in facts.items() if not value} == set(step.facts)


def test_a_later_disproof_reopens_the_earlier_step() -> None:
    journey = journey_with(
        holding("start", "tenant", "app", "consent"),
        Answers(integration_user="partner-integration@contoso.com", vault_url="https://contoso-a.vault.azure.net"),
    )
    journey.onboarding.learn(consent_how="the operator's word")
    refusal = Finding("", Outcome.FAILS, "no consent", code="AADSTS65001", back_to="consent.granted")
    user = next(step for step in CSP.steps if step.id == "user")
    closing = [check for check in user.checks if not check.advisory]
    changed = replace(user, checks=(replace(closing[0], run=lambda _onboarding: refusal), *closing[1:]))
    journey.profile = replace(CSP, steps=tuple(changed if each is user else each for each in CSP.steps))

    journey.run("user")

    assert journey.findings["consent.granted"].code == "AADSTS65001"
    assert journey.onboarding.facts.consent_how == ""
    lock = journey.lock("store")
    assert lock is not None
    assert lock.check == "consent.granted"


def test_a_check_that_a_later_one_has_disproved_is_remembered_by_this_process() -> None:
    journey = journey_with({})
    assert journey.onboarding.memory.disproved == set()

    journey._apply(Finding("user.scope", Outcome.FAILS, "No.", back_to="consent.granted"))

    assert journey.onboarding.memory.disproved == {"consent.granted"}
    assert journey.findings["consent.granted"].outcome is Outcome.FAILS
