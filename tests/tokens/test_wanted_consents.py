"""What an app wants at customers is data; what is wrong with a file of one's own is said before anybody is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from tests.each import for_each
from wizard.core.errors import BadInput
from wizard.core.request_rate import RequestRate
from wizard.core.waiting import Cancel
from wizard.tokens.consent_plan import lost, plan_of
from wizard.tokens.customer_grants import ApiGrant
from wizard.tokens.wanted_consents import built_in_wanted, read_wanted

GRAPH = "00000003-0000-0000-c000-000000000000"
AZURE = "797f4846-ba00-4fd7-ba43-dac1f8f63013"
WITH_GRAPH = f'[[api]]\napp_id = "{GRAPH}"\nhost = "graph"\nscopes = ["Directory.Read.All"]\n'


def test_what_is_built_in_is_graph_and_azure() -> None:
    assert [(each.app_id, each.host) for each in built_in_wanted()] == [(GRAPH, "graph"), (AZURE, "resource_manager")]


@for_each(
    [
        ("no toml [", "is not TOML"),
        ("", "expected [[api]]"),
        ('[[api]]\napp_id = "x"\nscopes = ["A"]', "a GUID"),
        (f'{WITH_GRAPH}[[api]]\napp_id = "00000002-0000-0000-c000-000000000000"\nscopes = ["A"]', "has retired"),
        (f'[[api]]\napp_id = "{AZURE}"\nscopes = ["user_impersonation"]', "lacks Directory.Read.All"),
        (f"{WITH_GRAPH}{WITH_GRAPH}", "names an API twice"),
        (f'{WITH_GRAPH}[[api]]\napp_id = "{AZURE}"\nscopes = ["a, b"]', "by name"),
        (f'{WITH_GRAPH}[[api]]\napp_id = "{AZURE}"\nhost = "evil.example"\nscopes = ["a"]', "resource_manager"),
        (f'{WITH_GRAPH}secret = "x"', "nothing else"),
    ],
    names=lambda case: case[1],
)
def test_what_is_wrong_with_a_file_is_said(text: str, says: str) -> None:
    with pytest.raises(BadInput) as error:
        read_wanted(text, "wanted.toml")
    assert says in str(error.value)


def test_graph_comes_first_whatever_the_order_of_the_file() -> None:
    azure = f'[[api]]\napp_id = "{AZURE}"\nscopes = ["user_impersonation"]\n'
    assert [each.app_id for each in read_wanted(azure + WITH_GRAPH, "wanted.toml")] == [GRAPH, AZURE]


def test_only_what_is_widened_is_removed_first() -> None:
    wanted = built_in_wanted()
    graph = ApiGrant(GRAPH, wanted[0].scopes)
    foreign = ApiGrant("f" * 36, ("Their.Scope",))

    added = plan_of([graph, foreign], wanted)
    widened = plan_of([ApiGrant(GRAPH, ("User.Read",)), foreign], wanted)

    assert (added.deletes, [each.app_id for each in added.posts]) == (False, [AZURE])
    assert widened.deletes
    assert [each.app_id for each in widened.posts] == [GRAPH, foreign.app_id, AZURE]
    assert lost([ApiGrant(GRAPH, ("User.Read",)), foreign], widened.posts) == ()
    assert plan_of([graph, foreign], wanted, {AZURE}).posts == ()


@dataclass
class Standing:
    """A clock that moves by waits alone."""

    at: float = 0
    waits: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    def monotonic(self) -> float:
        return self.at

    def wait(self, seconds: float, cancel: Cancel) -> None:
        cancel.check()
        self.waits.append(seconds)
        self.at += seconds


def test_no_more_requests_leave_in_a_second_than_are_allowed() -> None:
    clock = Standing()
    rate, left = RequestRate(40, clock), list[float]()

    for _ in range(400):
        rate.wait_for_turn(Cancel())
        left.append(clock.at)

    assert max(sum(start <= each < start + 1 for each in left) for start in left) <= 41
    assert clock.at == pytest.approx(399 / 40)
    clock.at += 100
    rate.wait_for_turn(Cancel())
    assert len(clock.waits) == 399, "who comes late does not wait"
