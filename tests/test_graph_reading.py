"""Graph is asked each question once in a journey; an answer that is missing says why, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

import pytest

from tests.made_tokens import made
from tests.test_step_0 import StillClock
from wizard.core.answers import Answers
from wizard.core.errors import Busy, ServiceRefusal, Unreachable
from wizard.core.facts import Facts
from wizard.core.findings import Item, ItemKind, Outcome
from wizard.core.secret import Secret
from wizard.core.trouble import Trouble
from wizard.core.waiting import Cancel
from wizard.microsoft.clouds import built_in_clouds
from wizard.microsoft.graph import JsonObject, Page, Question, Unread, Why
from wizard.microsoft.registration import registration_question
from wizard.microsoft.services import Services, SignInPrompts
from wizard.onboarding.finding_builders import of_items
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.graph_reading import (
    app_cannot_read_itself,
    app_may_not_read,
    ask_list,
    ask_object,
    read_grants,
    read_registration,
    unread_item,
    untold,
)

TENANT = "11111111-aaaa-4aaa-8aaa-000000000001"
CLIENT = "33333333-cccc-4ccc-8ccc-000000000003"
GRAPH = "graph.microsoft.com"
QUESTION = Question("the list", "/v1.0/list", "Application.Read.All", "in Entra > Apps")
OTHER = Question("the other list", "/v1.0/other", "Application.Read.All", "in Entra > Apps")
REFUSED = ServiceRefusal("entra", "AADSTS7000215", "invalid_client", "no")
DENIED = ServiceRefusal("graph", "Authorization_RequestDenied", "", "no", status=403)


class StubGraph(Services):
    """Graph that gives an answer after the other, and raises those that are errors."""

    def __init__(self, answers: Sequence[Page | Unread | JsonObject | Exception]) -> None:
        self.cloud = built_in_clouds()["global"]
        self.waiting = list(answers)
        self.asked: list[str] = []
        self.graph = self  # type: ignore[assignment]

    def graph_token(self, identity: str, tenant_id: str, prompts: SignInPrompts | None = None) -> Secret:
        return Secret(f"token of {identity}")

    def read_object(self, _token: Secret, question: Question) -> JsonObject | Unread:
        return cast("JsonObject | Unread", self._next(question.path))

    def read_page(self, _token: Secret, question: Question, link: str = "") -> Page | Unread:
        return cast("Page | Unread", self._next(link or question.path))

    def _next(self, where: str) -> object:
        self.asked.append(where)
        answer = self.waiting.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def onboarding(*answers: Page | Unread | JsonObject | Exception, **given: Any) -> tuple[Onboarding, StubGraph]:
    stub = StubGraph(answers)
    values = {"client_id": CLIENT, "graph_identity": "cli", "credential": "none"} | given
    made = Onboarding(Answers(**values), stub, StillClock(), Cancel())
    made.facts = Facts(tenant_id=TENANT)
    return made, stub


def page(*names: str, link: str = "") -> Page:
    return Page(tuple({"id": name} for name in names), link)


def busy() -> Busy:
    return Busy(GRAPH, 429, None)


def test_a_list_is_read_to_its_end_and_asked_once() -> None:
    here, graph = onboarding(page("a", "b", link="https://next/2"), page("c"))

    first = ask_list(here, QUESTION)

    assert first == ({"id": "a"}, {"id": "b"}, {"id": "c"})
    assert ask_list(here, QUESTION) is first
    assert graph.asked == ["/v1.0/list", "https://next/2"]


def test_a_list_of_which_a_page_is_missing_was_not_read() -> None:
    here, _graph = onboarding(page("a", link="https://next/2"), Unread(QUESTION, Why.FORBIDDEN, DENIED))

    answer = ask_list(here, QUESTION)

    assert isinstance(answer, Unread)
    assert answer.why is Why.FORBIDDEN


def test_a_list_without_an_end_was_not_read() -> None:
    here, graph = onboarding(*(page("a", link="https://next/again") for _ in range(100)))

    answer = ask_list(here, QUESTION)

    assert isinstance(answer, Unread)
    assert answer.why is Why.MALFORMED
    assert len(graph.asked) < 100


def test_each_page_is_tried_again_while_graph_is_busy() -> None:
    here, graph = onboarding(busy(), page("a", link="https://next/2"), busy(), busy(), page("b"))

    assert ask_list(here, QUESTION) == ({"id": "a"}, {"id": "b"})
    assert graph.asked == ["/v1.0/list"] * 2 + ["https://next/2"] * 3
    assert cast(StillClock, here.clock).waited == timedelta(seconds=2 + 2 + 5).total_seconds()


def test_a_busy_graph_is_throttled_and_the_next_question_is_asked_all_the_same() -> None:
    here, graph = onboarding(*(busy() for _ in range(5)), page("a"))

    answer = ask_list(here, QUESTION)

    assert isinstance(answer, Unread)
    assert answer.why is Why.THROTTLED
    assert ask_list(here, OTHER) == ({"id": "a"},)
    assert graph.asked == ["/v1.0/list"] * 5 + ["/v1.0/other"]


def test_a_graph_out_of_reach_is_waited_for_once_and_not_for_each_question() -> None:
    here, graph = onboarding(Unreachable(GRAPH, Trouble.NAME, "does not resolve"))

    answers = [ask_list(here, QUESTION), ask_object(here, OTHER)]

    assert [each.why for each in answers if isinstance(each, Unread)] == [Why.UNREACHABLE] * 2
    assert graph.asked == ["/v1.0/list"]


def test_one_answer_that_cannot_be_read_keeps_no_other_question_from_being_asked() -> None:
    garbled = Unreachable(GRAPH, Trouble.ANSWER, "the answer is garbled: it cannot be unpacked")
    here, graph = onboarding(*(garbled for _ in range(5)), page("a"))

    assert isinstance(ask_list(here, QUESTION), Unread)
    assert ask_list(here, OTHER) == ({"id": "a"},)
    assert graph.asked[-1] == "/v1.0/other"


def test_a_step_that_is_run_again_asks_again_and_another_one_does_not() -> None:
    here, graph = onboarding(page("a"), page("b"))
    memory = here.memory

    memory.begin_step("app")
    assert ask_list(here, QUESTION) == ({"id": "a"},)
    memory.begin_step("consent")
    assert ask_list(here, QUESTION) == ({"id": "a"},)
    memory.begin_step("app")
    assert ask_list(here, QUESTION) == ({"id": "b"},)
    assert len(graph.asked) == 2


@pytest.mark.parametrize(
    ("why", "times"), [(Why.NOT_THERE, 2), (Why.THROTTLED, 2), (Why.FORBIDDEN, 1), (Why.MALFORMED, 1)]
)
def test_the_next_step_asks_again_for_what_may_be_there_by_then(why: Why, times: int) -> None:
    """Consent makes service principals; who may not read still may not."""
    here, graph = onboarding(Unread(QUESTION, why), page("a"))

    here.memory.begin_step("app")
    ask_list(here, QUESTION)
    here.memory.begin_step("consent")
    ask_list(here, QUESTION)

    assert len(graph.asked) == times


def test_a_grant_that_is_waited_for_is_asked_again_and_the_newest_answer_stays() -> None:
    def one(*scopes: str) -> Page:
        return Page(({"resourceId": "api", "consentType": "AllPrincipals", "scope": " ".join(scopes)},), "")

    here, graph = onboarding(one(), one("A"))

    read_grants(here)
    read_grants(here, again=True)
    grants = read_grants(here)

    assert not isinstance(grants, Unread)
    assert grants[0].scopes == ("A",)
    assert len(graph.asked) == 2


def test_one_grant_of_an_odd_form_leaves_all_grants_untold() -> None:
    good = {"resourceId": "api", "consentType": "AllPrincipals", "scope": "A"}
    here, _graph = onboarding(Page((good, {"consentType": "Sometimes"}), ""))

    answer = read_grants(here)

    assert isinstance(answer, Unread)
    assert answer.why is Why.MALFORMED


def test_what_may_not_be_read_could_not_be_told_and_says_what_it_takes_and_where_to_look() -> None:
    here, _graph = onboarding(Unread(registration_question(CLIENT), Why.FORBIDDEN, DENIED))
    answer = read_registration(here)

    assert isinstance(answer, Unread)
    finding = untold(here, answer)
    assert finding.outcome is Outcome.UNKNOWN
    assert "HTTP 403, Authorization_RequestDenied" in finding.message
    assert finding.actions[0] == "Look it up in entra.microsoft.com > App registrations > the app."
    assert "Application.Read.All" in finding.actions[1]
    assert unread_item(answer).kind is ItemKind.UNREAD
    assert unread_item(answer).outcome is Outcome.UNKNOWN


def test_a_graph_out_of_reach_is_said_as_any_host_is() -> None:
    here, _graph = onboarding()
    finding = untold(here, Unread(QUESTION, Why.UNREACHABLE, Unreachable(GRAPH, Trouble.NAME, "does not resolve")))

    assert finding.unreachable


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"graph_identity": "none"}, "no Graph identity is chosen, and the app has no credential"),
        ({"graph_identity": "none", "credential": "secret"}, "no Graph identity is chosen, and the app itself may not"),
        ({"credential": "secret"}, ""),
    ],
)
def test_without_a_graph_identity_the_app_that_may_not_read_itself_is_not_asked_for_more(
    given: dict[str, str], why: str
) -> None:
    here, _graph = onboarding(**given)
    question = registration_question(CLIENT)
    here.memory.graph.answers[TENANT, question.path] = Unread(question, Why.FORBIDDEN, DENIED)

    assert app_may_not_read(here).startswith(why)
    assert bool(app_may_not_read(here)) is bool(why)


@pytest.mark.parametrize(
    ("token", "why"),
    [
        (None, ""),
        (Secret("of no known form"), ""),
        (Secret(made({"roles": ["Application.Read.All"]})), ""),
        (Secret(made({"roles": ["PartnerSecurity.Read.All"]})), "the app itself may not read Graph"),
        (Secret(made({"aud": "graph"})), "the app itself may not read Graph"),
        (
            ServiceRefusal("entra", "AADSTS7000215", "invalid_client", "no"),
            "Entra does not accept the app's credential",
        ),
    ],
)
def test_before_its_credential_is_tried_an_app_reads_itself_only_where_its_token_may(
    token: Secret | ServiceRefusal | None, why: str
) -> None:
    here, _graph = onboarding(graph_identity="none", credential="secret")
    if token is not None:
        here.memory.probes.app_tokens[TENANT, f"https://{here.services.cloud.graph}"] = token

    assert app_cannot_read_itself(here).endswith(why)
    assert bool(app_cannot_read_itself(here)) is bool(why)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([], Outcome.HOLDS),
        ([Outcome.HOLDS], Outcome.HOLDS),
        ([Outcome.HOLDS, Outcome.WARNS], Outcome.WARNS),
        ([Outcome.WARNS, Outcome.UNKNOWN], Outcome.UNKNOWN),
        ([Outcome.UNKNOWN, Outcome.FAILS, Outcome.HOLDS], Outcome.FAILS),
    ],
)
def test_a_finding_is_as_bad_as_the_worst_of_its_items(outcomes: list[Outcome], expected: Outcome) -> None:
    finding = of_items("Seen.", tuple(Item("it", each, "so", ItemKind.MISSING) for each in outcomes), "Do it.")

    assert finding.outcome is expected
    assert bool(finding.actions) is (expected is not Outcome.HOLDS)
