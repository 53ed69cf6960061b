"""Consents at customers: each way in which it can stand has its own what, why and who, and nobody's grant is lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.faults.mutations import Mutator, answers_through
from tests.jobs.customers import (
    AZURE,
    FOREIGN,
    GRAPH,
    Partner,
    Scopes,
    begin_anew,
    granted,
    open_partner,
    partner_scene,
)
from tests.rehearsals.stored_journeys import CLIENT, Stored, stored
from tests.rehearsals.test_revoke import Killed
from tests.sampling import every
from wizard.core import retries
from wizard.core.errors import NotRecorded, ServiceRefusal
from wizard.core.findings import Outcome
from wizard.core.fixes import unfinished
from wizard.core.secret import Secret
from wizard.core.waiting import Cancel
from wizard.jobs.customer_run import member_of
from wizard.jobs.fleet import Member, Result, ask_all
from wizard.microsoft.customer_consents import ConsentRequest, CustomerConsents
from wizard.microsoft.http_adapter import HttpAdapter
from wizard.microsoft.http_response import HttpResponse
from wizard.rehearsal.choices import Service
from wizard.rehearsal.customer_facts import ALL_CASES, CustomerCase, Customers, ForeignGrant
from wizard.rehearsal.customer_tenants import CustomerTenant, GrantThere
from wizard.tokens import customers
from wizard.tokens.customer_access import Came, Customer
from wizard.tokens.customer_grants import ApiGrant, GrantReader
from wizard.tokens.customer_states import CustomerState
from wizard.tokens.customers import CustomerConsent

STATES = {
    CustomerCase.CONSENTED: CustomerState.CONSENTED,
    CustomerCase.NOT_CONSENTED: CustomerState.CONSENTED,
    CustomerCase.NO_GRANT: CustomerState.CONSENTED,
    CustomerCase.NO_PRINCIPAL: CustomerState.NO_PRINCIPAL,
    CustomerCase.RESOURCE_ABSENT: CustomerState.API_ABSENT,
    CustomerCase.NOT_IN_GROUP: CustomerState.NO_ACCESS,
    CustomerCase.GUEST: CustomerState.NO_ACCESS,
    CustomerCase.POLICY: CustomerState.POLICY,
    CustomerCase.MFA_ASKED: CustomerState.POLICY,
    CustomerCase.APP_OFF: CustomerState.APP_OFF,
    CustomerCase.FORBIDDEN: CustomerState.NO_ROLE,
    CustomerCase.NOT_A_CUSTOMER: CustomerState.NOT_A_CUSTOMER,
    CustomerCase.WRONG_SCOPE: CustomerState.WRONG_REQUEST,
    CustomerCase.READ_ONLY: CustomerState.READ_ONLY,
    CustomerCase.ENDED: CustomerState.ENDED,
}
"""How it stands after a consent, by how it stood before."""
LOOKED = {CustomerCase.NOT_CONSENTED: CustomerState.NOT_CONSENTED, CustomerCase.NO_GRANT: CustomerState.NO_GRANT}
"""Where a look finds something else: what a consent would put right."""
UNTOLD = {CustomerCase.FORBIDDEN, CustomerCase.NOT_A_CUSTOMER, CustomerCase.WRONG_SCOPE, CustomerCase.READ_ONLY}
"""Where nothing but the consent itself tells: to a look nobody has consented yet."""
Act = Callable[[CustomerConsent], Came]


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stored]:
    """One cloud for all: each test has customers of its own."""
    folder = tmp_path_factory.mktemp("partner")
    with pytest.MonkeyPatch.context() as patch, stored(partner_scene(), patch, folder) as played:
        yield played


@pytest.fixture
def partner(journey: Stored, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Partner:
    begin_anew(journey)
    for name, value in journey.cloud.environment.items():
        monkeypatch.setenv(name, value)
    return open_partner(journey, tmp_path / "state")


def known(partner: Partner) -> dict[str, Customer]:
    """Every customer that the run finds, and those that only an operator names."""
    listed = partner.run.listed()
    assert listed.unread == []
    return {name: each.customer for name, each in listed.known.items()}


def everybodys_grants(partner: Partner) -> dict[str, Scopes]:
    return {name: granted(each) for name, each in partner.journey.cloud.state.customers.all.items()}


def at_each(partner: Partner, customers: list[Customer], act: Act) -> dict[str, tuple[Result, Came]]:
    """Do it at each, side by side, as the command does."""
    by_id, came = {each.tenant_id: each for each in customers}, dict[str, tuple[Result, Came]]()

    def ask(member: Member) -> Result:
        came[member.tenant_id] = partner.run.asked(by_id[member.tenant_id], act)
        return came[member.tenant_id][0]

    results = {each.member.tenant_id: each for each in ask_all(map(member_of, customers), ask, 8, Cancel())}
    assert {name: each.mistake for name, each in results.items() if each.mistake} == {}
    return came


def require_own_texts(came: dict[str, tuple[Result, Came]], number: int) -> None:
    """Each state that does not simply hold says what, why, what to do and who, in words of its own."""
    said = defaultdict[CustomerState, set[tuple[str, ...]]](set)
    for result, each in came.values():
        for finding in result.findings:
            assert finding.message
            assert finding.actions
            assert finding.who
            said[each.state].add((finding.title, *map(str, finding.who), finding.administrator))
    assert {state: texts for state, texts in said.items() if len(texts) != 1} == {}
    assert len({text for texts in said.values() for text in texts}) == len(said) == number


def customers_in_every_state(partner: Partner, number: int) -> dict[str, CustomerCase]:
    """Let there be so many, one case after the other, in turn with what others have granted; return the cases."""
    for each in range(number):
        turn, place = divmod(each, len(ALL_CASES))
        partner.add(ALL_CASES[place], each, FOREIGN if turn % 2 == 0 else ())
    return {name: each.customer.case for name, each in partner.journey.cloud.state.customers.all.items()}


@pytest.mark.parametrize("number", [len(ALL_CASES), pytest.param(210, marks=pytest.mark.system)])
def test_each_state_has_its_own_what_why_and_who_and_no_grant_is_lost(number: int, partner: Partner) -> None:
    cases = customers_in_every_state(partner, number)
    before, listed = everybodys_grants(partner), known(partner)
    assert {name for name, case in cases.items() if case is CustomerCase.NOT_A_CUSTOMER} == cases.keys() - listed.keys()

    customers = [listed.get(name, Customer(name)) for name in cases]
    looked = at_each(partner, customers, CustomerConsent.look)

    assert everybodys_grants(partner) == before, "a look changes nothing"
    assert partner.actions == []
    for name, (_, each) in looked.items():
        if (case := cases[name]) not in UNTOLD:
            assert each.state is LOOKED.get(case, STATES[case])
    require_own_texts(looked, 9)

    came = at_each(partner, customers, CustomerConsent.consent)

    assert {name: each.state for name, (_, each) in came.items()} == {
        name: STATES[case] for name, case in cases.items()
    }
    require_own_texts(came, 10)
    after = everybodys_grants(partner)
    lost = {
        (name, api): scopes - after[name].get(api, frozenset())
        for name, grants in before.items()
        for api, scopes in grants.items()
        if not scopes <= after[name].get(api, frozenset())
    }
    assert lost == {}
    untouched = {name for name, case in cases.items() if STATES[case] not in {CustomerState.CONSENTED}}
    assert {name for name in untouched if before[name] != after[name]} == set()
    assert partner.kept.customers() == []
    assert not any(each.startswith(("DELETE", "POST 429")) for each in partner.sent())


def narrow(
    partner: Partner, foreign: tuple[ForeignGrant, ...] = FOREIGN, number: int = 1
) -> tuple[CustomerTenant, Customer]:
    """A customer whose consent for Graph lacks a permission that is wanted now."""
    tenant = partner.add(CustomerCase.CONSENTED, number, foreign)
    tenant.grants[GRAPH] = GrantThere(frozenset({"Directory.Read.All", "User.Read"}))
    return tenant, Customer(tenant.customer.tenant_id, "Northwind")


def test_a_consent_is_widened_with_everything_that_others_were_granted_posted_again(partner: Partner) -> None:
    tenant, customer = narrow(partner)
    before, personal = granted(tenant), list(tenant.personal)

    _, came = partner.run.asked(customer, CustomerConsent.consent)

    assert came.state is CustomerState.CONSENTED
    wanted = frozenset({"Directory.Read.All", "RoleManagement.Read.Directory"})
    assert granted(tenant) == before | {GRAPH: before[GRAPH] | wanted}
    assert tenant.personal == personal
    assert partner.sent() == ["DELETE 204", *["POST 201"] * 4]
    assert partner.kept.customers() == []
    said = [(each.method, each.state.value, each.check) for each in partner.actions]
    assert said == [(method, state, "customers") for method in ("DELETE", *["POST"] * 4) for state in ("sent", "made")]
    assert unfinished(partner.actions) is None, "a wizard has nothing to go on with"


def test_a_second_consent_finds_nothing_to_send(partner: Partner) -> None:
    _, customer = narrow(partner)

    partner.run.asked(customer, CustomerConsent.consent)
    sent = len(partner.sent())
    _, came = partner.run.asked(customer, CustomerConsent.consent)

    assert (came.state, came.plan, len(partner.sent())) == (CustomerState.CONSENTED, None, sent)


def test_a_grant_that_nobody_can_name_stops_before_the_removal(partner: Partner) -> None:
    gone = ForeignGrant("eeeeeeee-0000-4000-8000-000000000001", ("Read.All",), is_known=False)
    tenant, customer = narrow(partner, (*FOREIGN, gone))
    before = granted(tenant)

    result, came = partner.run.asked(customer, CustomerConsent.consent)

    assert came.state is CustomerState.UNIDENTIFIED
    assert "Nothing was removed" in result.findings[0].message
    assert (granted(tenant), partner.sent(), partner.kept.customers()) == (before, [], [])


def test_a_grant_that_nobody_can_name_is_no_obstacle_where_nothing_is_removed(partner: Partner) -> None:
    gone = ForeignGrant("eeeeeeee-0000-4000-8000-000000000001", ("Read.All",), is_known=False)
    tenant = partner.add(CustomerCase.NO_GRANT, 1, (gone,))
    before = granted(tenant)

    _, came = partner.run.asked(Customer(tenant.customer.tenant_id), CustomerConsent.consent)

    assert came.state is CustomerState.CONSENTED
    assert granted(tenant) == before | {AZURE: frozenset({"user_impersonation"})}


def test_a_permission_that_is_not_taken_leaves_what_was_granted_before(partner: Partner) -> None:
    tenant, customer = narrow(partner)
    before = granted(tenant)
    graph, azure = partner.run.access.wanted
    wrong = replace(graph, scopes=(*graph.scopes, "No.Such.Permission"))
    partner.run.access = replace(partner.run.access, wanted=(wrong, azure))

    _, came = partner.run.asked(customer, CustomerConsent.consent)

    assert came.state is CustomerState.WRONG_REQUEST
    assert granted(tenant) == before
    assert partner.kept.customers() == []


def test_a_consent_that_is_there_already_is_believed_after_a_look_alone(partner: Partner) -> None:
    tenant = partner.add(CustomerCase.NOT_CONSENTED, 1)
    tenant.grants[AZURE] = GrantThere(frozenset({"user_impersonation"}))  # and none for Graph: nothing can be read

    _, came = partner.run.asked(Customer(tenant.customer.tenant_id), CustomerConsent.consent)

    assert came.state is CustomerState.CONSENTED
    assert partner.sent() == ["POST 201", "POST 409"]


def test_a_consent_takes_its_time_to_be_seen_and_is_waited_for(partner: Partner) -> None:
    world = partner.journey.cloud.state.world
    partner.journey.in_world(consent=replace(world.consent, grant_delay=40))
    tenant = partner.add(CustomerCase.NOT_CONSENTED, 1)

    _, came = partner.run.asked(Customer(tenant.customer.tenant_id), CustomerConsent.consent)

    assert came.state is CustomerState.CONSENTED
    partner.journey.in_world(consent=replace(world.consent, grant_delay=7200))
    late = partner.add(CustomerCase.NOT_CONSENTED, 2)
    result, came = partner.run.asked(Customer(late.customer.tenant_id), CustomerConsent.consent)
    assert (came.state, result.outcome) == (CustomerState.NOT_SEEN, "provisional"), "could not tell is no success"


def test_a_customer_that_is_removed_meanwhile_is_said_and_its_grants_stay_kept(partner: Partner) -> None:
    tenant, customer = narrow(partner)
    tenant.customer = replace(tenant.customer, gone_after=1)  # the DELETE is its last request
    before = granted(tenant)

    result, came = partner.run.asked(customer, CustomerConsent.consent)

    assert result.outcome == "failed"
    assert came.is_kept
    assert "is kept" in result.findings[0].message
    assert partner.kept.read(customer.tenant_id) is not None
    tenant.customer = replace(tenant.customer, gone_after=0)
    assert partner.run.asked(customer, CustomerConsent.restore)[1].was_restored
    assert granted(tenant) == before


def test_what_was_removed_before_an_outage_is_put_back_first_at_the_next_start(partner: Partner) -> None:
    tenant, customer = narrow(partner)
    before = granted(tenant)
    tenant.customer = replace(tenant.customer, fails=100)
    result, came = partner.run.asked(customer, CustomerConsent.consent)
    assert (result.outcome, came.is_kept, granted(tenant)) == ("unreachable", True, {})
    kept = partner.kept.folder / f"{customer.tenant_id}.json"
    assert kept.stat().st_mode & 0o777 == 0o600

    tenant.customer = replace(tenant.customer, fails=0)
    partner.since = len(partner.journey.cloud.log)
    _, came = partner.run.asked(customer, CustomerConsent.consent)

    assert (came.state, came.was_restored, came.is_kept) == (CustomerState.CONSENTED, True, False)
    assert all(scopes <= granted(tenant)[api] for api, scopes in before.items())
    assert before[GRAPH] < granted(tenant)[GRAPH]
    put_back = len(before)
    assert partner.sent() == [*["POST 201"] * put_back, "DELETE 204", *["POST 201"] * put_back]


def test_a_consent_that_fails_once_is_made_again(partner: Partner) -> None:
    tenant = partner.add(CustomerCase.NOT_CONSENTED, 1)
    tenant.customer = replace(tenant.customer, fails=1)

    _, came = partner.run.asked(Customer(tenant.customer.tenant_id), CustomerConsent.consent)

    assert came.state is CustomerState.CONSENTED
    assert partner.sent() == ["POST 500", "POST 201", "POST 201"]


def test_what_is_kept_and_cannot_be_read_stops_everything_at_this_customer(partner: Partner) -> None:
    tenant, customer = narrow(partner)
    partner.kept.folder.mkdir(parents=True)
    (partner.kept.folder / f"{customer.tenant_id}.json").write_text('{"grants": [{}]}')

    with pytest.raises(NotRecorded, match="before you move it away"):
        partner.run.asked(customer, CustomerConsent.consent)

    assert partner.sent() == []
    assert granted(tenant)


def test_nothing_is_removed_where_nothing_can_be_kept(partner: Partner) -> None:
    tenant, customer = narrow(partner)
    partner.kept.folder.parent.mkdir(parents=True, exist_ok=True)
    partner.kept.folder.write_text("a file")

    with pytest.raises(NotRecorded, match=r"cannot be (read|written)"):
        partner.run.asked(customer, CustomerConsent.consent)

    assert (partner.sent(), bool(granted(tenant))) == ([], True)


def test_a_removal_leaves_the_service_principal_and_what_single_users_have_granted(partner: Partner) -> None:
    tenant, customer = narrow(partner)

    result, came = partner.run.asked(customer, CustomerConsent.remove)

    assert (came.state, result.outcome, granted(tenant)) == (CustomerState.REMOVED, "proven", {})
    assert tenant.has_principal
    assert tenant.personal
    assert partner.run.asked(customer, CustomerConsent.remove)[1].state is CustomerState.REMOVED, "twice is once"


def test_customers_of_both_services_are_one_list_and_a_repeated_page_is_said(partner: Partner) -> None:
    facts = Customers(generated=45, page=15)
    partner.journey.in_world(customers=facts)
    for each in facts.everybody():
        partner.journey.cloud.state.customers.add(each)

    listed = partner.run.listed()

    assert listed.unread == []
    assert len(listed.known) == 45 - 3, "who is no customer is in neither list"
    only_graph = [each for each in listed.known.values() if each.listed_by == ("gdap",)]
    assert len(only_graph) == 7
    assert {each.relationship for each in listed.known.values()} == {"active", "read-only", "expired"}
    partner.journey.in_world(customers=replace(facts, repeats_page=True))
    again = partner.run.listed()
    assert [each.title for each in again.unread] == ["Partner Center's customers could not be read whole"]
    assert "the same page" in again.unread[0].message
    assert again.exit_code == 3
    assert len(again.known) >= 42, "what the other service lists is there"


def test_without_the_right_to_read_relationships_that_is_said_and_the_others_are_listed(partner: Partner) -> None:
    partner.add(CustomerCase.CONSENTED, 1)
    with partner.journey.cloud.state.lock:
        partner.journey.cloud.state.set_grant(CLIENT, Service.GRAPH, frozenset({"User.Read"}))

    listed = partner.run.listed()

    assert [each.listed_by for each in listed.known.values()] == [("partner_center",)]
    assert [each.check for each in listed.unread] == ["customers.gdap"]
    assert listed.exit_code == 1
    assert listed.unread[0].outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(("code", "status"), [("", 403), ("900308", 403), ("1000", 404)])
@pytest.mark.parametrize("is_done", [True, False])
def test_a_removal_that_is_said_to_be_refused_costs_no_grant_whether_it_was_done_or_not(
    code: str, status: int, is_done: bool, partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant, customer = narrow(partner)
    before, send = granted(tenant), CustomerConsents.send

    def refused(consents: CustomerConsents, request: ConsentRequest, access_token: Secret) -> HttpResponse:
        if request.method == "DELETE" and not is_done:
            raise ServiceRefusal("partner_center", code, "", "", status=status)
        answer = send(consents, request, access_token)
        if request.method == "DELETE":
            raise ServiceRefusal("partner_center", code, "", "", status=status)
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(CustomerConsents, "send", refused)
        result, came = partner.run.asked(customer, CustomerConsent.consent)
    assert (result.outcome, came.is_kept) == ("failed", is_done or not code)

    _, came = partner.run.asked(customer, CustomerConsent.consent)

    assert (came.state, came.was_restored, came.is_kept) == (CustomerState.CONSENTED, is_done or not code, False)
    after = granted(tenant)
    assert {api: scopes - after[api] for api, scopes in before.items() if not scopes <= after[api]} == {}


def test_what_is_kept_of_a_customer_is_not_written_over_with_less(
    partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant, customer = narrow(partner)
    before, read = granted(tenant), GrantReader.grants

    def as_long_ago(reader: GrantReader, access_token: Secret) -> tuple[ApiGrant, ...]:
        """Graph once the removal was made: it shows a moment at which one consent was there again."""
        found = read(reader, access_token)
        changed = partner.sent("DELETE")
        return (
            tuple(replace(each, scopes=("User.Read",)) for each in found if each.app_id == GRAPH) if changed else found
        )

    with monkeypatch.context() as patch:
        patch.setattr(GrantReader, "grants", as_long_ago)
        result, came = partner.run.asked(customer, CustomerConsent.consent)
        assert (came.state, result.outcome, came.is_kept) == (CustomerState.NOT_SEEN, "provisional", True)
        assert partner.sent("DELETE") == ["DELETE 204"]
    kept = partner.kept.read(customer.tenant_id)
    assert kept is not None
    assert {each.app_id: frozenset(each.scopes) for each in kept} == before


def test_what_a_look_of_an_earlier_moment_shows_is_not_taken_for_all_there_is(
    partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = partner.add(CustomerCase.CONSENTED, 1, FOREIGN)
    before, customer, read = granted(tenant), Customer(tenant.customer.tenant_id), GrantReader.grants

    def late(reader: GrantReader, access_token: Secret) -> tuple[ApiGrant, ...]:
        found = [each for each in read(reader, access_token) if each.app_id != AZURE]
        graph = [replace(each, scopes=("Directory.Read.All",)) for each in found if each.app_id == GRAPH]
        return tuple(graph if partner.sent("POST") else found)

    with monkeypatch.context() as patch:
        patch.setattr(GrantReader, "grants", late)
        _, came = partner.run.asked(customer, CustomerConsent.consent)

    assert (came.state, partner.sent()) == (CustomerState.NOT_SEEN, ["POST 409"])
    assert granted(tenant) == before


def test_a_look_right_after_everything_was_put_back_is_not_taken_for_all_there_is(
    partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant, customer = narrow(partner)
    before, read, looks = granted(tenant), GrantReader.grants, list[int]()
    partner.kept.keep(customer.tenant_id, tuple(ApiGrant(api, tuple(scopes)) for api, scopes in before.items()))

    def late(reader: GrantReader, access_token: Secret) -> tuple[ApiGrant, ...]:
        looks.append(1)
        found = read(reader, access_token)
        return tuple(each for each in found if each.app_id == GRAPH) if len(looks) == 2 else found

    with monkeypatch.context() as patch:
        patch.setattr(GrantReader, "grants", late)
        _, came = partner.run.asked(customer, CustomerConsent.consent)

    assert (came.state, came.was_restored) == (CustomerState.CONSENTED, True)
    after = granted(tenant)
    assert {api: scopes - after[api] for api, scopes in before.items() if not scopes <= after[api]} == {}


def test_what_is_kept_goes_once_all_of_it_is_seen_at_a_customer_that_takes_nothing_any_more(partner: Partner) -> None:
    tenant = partner.add(CustomerCase.FORBIDDEN, 1, FOREIGN)
    tenant.grants[GRAPH] = GrantThere(frozenset({"Directory.Read.All"}))
    before, customer = granted(tenant), Customer(tenant.customer.tenant_id)
    partner.kept.keep(customer.tenant_id, tuple(ApiGrant(api, tuple(scopes)) for api, scopes in before.items()))

    _, came = partner.run.asked(customer, CustomerConsent.consent)

    assert (came.state, came.is_kept, came.was_restored) == (CustomerState.NO_ROLE, False, False)
    assert granted(tenant) == before


PLACES = [(number, answered) for number in range(5) for answered in (True, False)]
"""The requests of a consent that is widened, each killed once its answer has come, or before it leaves."""


@pytest.mark.parametrize(("number", "answered"), every(3, PLACES))
def test_killed_at_any_request_the_next_run_loses_nobodys_grant(
    number: int, answered: bool, partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant, customer = narrow(partner)
    before, left = granted(tenant), [number]
    send = HttpAdapter.send

    def send_or_end(adapter: HttpAdapter, request: requests.PreparedRequest, *rest: object, **more: Any) -> Any:
        is_change = "/applicationconsents" in str(request.url)
        is_last = is_change and left[0] == 0
        left[0] -= is_change
        if is_last and not answered:
            raise Killed
        answer = send(adapter, request, *rest, **more)
        if is_last:
            raise Killed
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(HttpAdapter, "send", send_or_end)
        with pytest.raises(Killed):
            partner.run.asked(customer, CustomerConsent.consent)
    assert partner.kept.customers() == [customer.tenant_id]

    _, came = partner.run.asked(customer, CustomerConsent.consent)

    assert (came.state, came.was_restored, came.is_kept) == (CustomerState.CONSENTED, True, False)
    after = granted(tenant)
    assert {api: scopes - after[api] for api, scopes in before.items() if not scopes <= after[api]} == {}
    assert after[GRAPH] > before[GRAPH]


SEEDS = [
    range(3),
    pytest.param(range(3, 24), marks=pytest.mark.system),
    *(pytest.param(range(first, first + 24), marks=pytest.mark.soak) for first in range(24, 400, 24)),
]


@pytest.mark.parametrize("seeds", SEEDS, ids=str)
def test_no_changed_answer_of_a_service_ends_in_a_crash_or_costs_a_grant(
    seeds: range, partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "RETRY_PAUSES", (2.0,))
    monkeypatch.setattr(customers, "SEEN_AFTER", (2.0,))
    for seed in seeds:
        tenant, customer = narrow(partner, number=seed)
        before, mutator = granted(tenant), Mutator(seed)
        with monkeypatch.context() as here:
            answers_through(mutator.strike, here)
            partner.run.asked(customer, CustomerConsent.consent)

        _, came = partner.run.asked(customer, CustomerConsent.consent)

        after = granted(tenant)
        said = f"seed {seed}, {mutator.kind}, {mutator.struck[:1]}"
        assert came.state is CustomerState.CONSENTED, said
        assert {api for api, scopes in before.items() if not scopes <= after.get(api, frozenset())} == set(), said
