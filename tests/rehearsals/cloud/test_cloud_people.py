"""The people of a scene who sign in in a browser: here, or elsewhere with an address to paste."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.harness import in_world
from tests.rehearsals.cloud.bare_client import Client, claims_of
from wizard.rehearsal import RehearsalCloud, load_scene
from wizard.rehearsal.choices import AdminAction, BrowserLocation, BrowserResult, UserAction
from wizard.rehearsal.cloud_state import AZURE_CLI, GRAPH_TOOLS
from wizard.rehearsal.world import Behaviour

Start = Callable[..., Client]
CodesOf = Callable[..., tuple[Client, list[dict[str, str]]]]
DELAY = 12.1


def show(client: Client, link: str, purpose: str = "integration_user") -> None:
    client.cloud.people.on_event({"type": "sign_in", "for": purpose, "method": "browser", "url": link})


def parameters(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


@pytest.fixture
def elsewhere() -> Iterator[CodesOf]:
    """Starts a cloud whose people paste: elsewhere("used", "right"); gives a client and what they submit."""
    with ExitStack() as stack:

        def starter(*answers: str, **behaviour: Any) -> tuple[Client, list[dict[str, str]]]:
            told = load_scene("all-holds-public")
            given = tuple(map(BrowserResult, answers or ("right",)))
            people = replace(
                told.world.behaviour, browser=BrowserLocation.ELSEWHERE, browser_results=given, **behaviour
            )
            changed = in_world(told, behaviour=people, app=replace(told.world.app, granted=True))
            client = Client(stack.enter_context(RehearsalCloud(changed)))
            stack.callback(client.http.close)
            submitted: list[dict[str, str]] = []
            client.cloud.people.submit = lambda purpose, address: submitted.append(
                {"purpose": purpose, **parameters(address)}
            )
            return client, submitted

        yield starter


def test_the_integration_user_s_browser_comes_back_to_this_machine(start: Start, caught: tuple[int, list[str]]) -> None:
    port, paths = caught
    client = start()
    client.consented()
    show(client, client.authorize_link(redirect_uri=f"http://localhost:{port}"))
    client.cloud.clock.advance(11)
    assert paths == []
    client.cloud.clock.advance(1.1)
    assert paths[1:] == ["/done"], "it goes where the answer sends it"
    answer = parameters(paths[0])
    assert answer["state"] == "some-state"
    token = client.redeem(answer["code"], redirect_uri=f"http://localhost:{port}").json()["access_token"]
    assert (claims_of(token)["upn"], claims_of(token)["amr"]) == ("partner-integration@contoso.com", ["pwd", "mfa"])


@pytest.mark.parametrize(("purpose", "app"), [("vault", AZURE_CLI), ("graph", GRAPH_TOOLS)])
@pytest.mark.parametrize("user", ["decline", "nobody"])
def test_the_administrator_opens_vault_and_graph_whatever_the_integration_user_does(
    elsewhere: CodesOf, purpose: str, app: str, user: str
) -> None:
    client, submitted = elsewhere("used", user=UserAction(user))
    scope = f"https://{client.names.vault_suffix if purpose == 'vault' else client.names.graph}/.default"
    show(client, client.authorize_link(client_id=app, scope=scope), purpose)
    client.cloud.clock.advance(DELAY)
    assert [each["purpose"] for each in submitted] == [purpose]
    answer = client.redeem(submitted[0]["code"], client_id=app)
    assert claims_of(answer.json()["access_token"])["upn"] == "admin@contoso.com"


def test_nobody_signs_in_where_the_user_is_away(elsewhere: CodesOf) -> None:
    client, submitted = elsewhere(user=UserAction.NOBODY)
    show(client, client.authorize_link())
    client.cloud.clock.advance(1_000)
    assert submitted == []


def test_who_declines_brings_the_error(elsewhere: CodesOf) -> None:
    client, submitted = elsewhere(user=UserAction.DECLINE)
    show(client, client.authorize_link())
    client.cloud.clock.advance(DELAY)
    assert (submitted[0]["error"], submitted[0]["state"]) == ("access_denied", "some-state")


@pytest.mark.parametrize(
    "change",
    [
        {"redirect_uri": "https://example.com/"},
        {"client_id": "33333333-cccc-4ccc-8ccc-00000000ffff"},
        {"tenant": "contoso-typo.com"},
    ],
)
def test_nothing_comes_back_from_an_error_page(elsewhere: CodesOf, change: dict[str, str]) -> None:
    client, submitted = elsewhere()
    show(client, client.authorize_link(**change))
    client.cloud.clock.advance(DELAY)
    assert submitted == []


@pytest.mark.parametrize("link", ["https://example.com/contoso.com/oauth2/v2.0/authorize", "https://{login}/device"])
def test_a_link_to_another_page_is_left_alone(elsewhere: CodesOf, link: str) -> None:
    client, submitted = elsewhere()
    show(client, f"{link.format(login=client.names.login)}?{urlsplit(client.authorize_link()).query}")
    client.cloud.clock.advance(DELAY)
    assert submitted == []


@pytest.mark.parametrize("odd", ["another-run", "without-code"])
def test_an_answer_that_leaves_the_link_of_use_is_followed_by_the_right_one(elsewhere: CodesOf, odd: str) -> None:
    client, submitted = elsewhere(odd, "right")
    show(client, client.authorize_link())
    client.cloud.clock.advance(DELAY)
    assert len(submitted) == 1
    assert ("code" in submitted[0]) == (odd == "another-run")
    assert (submitted[0]["state"] == "some-state") == (odd == "without-code")
    client.cloud.clock.advance(DELAY)
    assert submitted[1]["state"] == "some-state"
    assert client.redeem(submitted[1]["code"]).status_code == 200
    client.cloud.clock.advance(100)
    assert len(submitted) == 2


@pytest.mark.parametrize(("odd", "later", "code"), [("used", 0, 54005), ("too-old", 90, 70008)])
def test_a_code_of_no_use_is_followed_by_the_right_one_once_a_new_link_is_shown(
    elsewhere: CodesOf, odd: str, later: int, code: int
) -> None:
    client, submitted = elsewhere(odd, "right")
    show(client, client.authorize_link())
    client.cloud.clock.advance(DELAY)
    assert len(submitted) == (0 if later else 1)
    client.cloud.clock.advance(later)
    assert submitted[0]["state"] == "some-state"
    assert client.redeem(submitted[0]["code"]).json()["error_codes"] == [code]
    client.cloud.clock.advance(100)
    assert len(submitted) == 1
    show(client, client.authorize_link(state="new-state"))
    client.cloud.clock.advance(DELAY)
    assert submitted[1]["state"] == "new-state"
    assert client.redeem(submitted[1]["code"]).status_code == 200


def test_a_code_of_another_tenant_comes_with_the_right_state(elsewhere: CodesOf) -> None:
    client, submitted = elsewhere("another-tenant")
    show(client, client.authorize_link())
    client.cloud.clock.advance(DELAY)
    assert submitted[0]["state"] == "some-state"
    assert client.redeem(submitted[0]["code"]).json()["error_codes"] == [700005]


def test_an_error_may_come_instead_of_a_code(elsewhere: CodesOf) -> None:
    client, submitted = elsewhere("error")
    show(client, client.authorize_link())
    client.cloud.clock.advance(DELAY)
    assert (submitted[0]["error"], submitted[0]["state"]) == ("access_denied", "some-state")
    assert submitted[0]["error_description"].startswith("AADSTS65004")


def test_a_link_that_a_newer_one_replaced_is_not_answered(elsewhere: CodesOf) -> None:
    client, submitted = elsewhere()
    show(client, client.authorize_link(state="older"))
    client.cloud.clock.advance(5)
    show(client, client.authorize_link(state="newer"))
    client.cloud.clock.advance(100)
    assert [each["state"] for each in submitted] == ["newer"]


def test_the_last_answer_is_that_of_every_further_link(elsewhere: CodesOf) -> None:
    client, submitted = elsewhere("right")
    for number in range(2):
        show(client, client.authorize_link(state=str(number)))
        client.cloud.clock.advance(DELAY)
    assert [each["state"] for each in submitted] == ["0", "1"]


def test_who_must_change_the_password_first_stays_on_the_page(start: Start, caught: tuple[int, list[str]]) -> None:
    client = start("password-must-change")
    show(client, client.authorize_link(redirect_uri=f"http://localhost:{caught[0]}"))
    client.cloud.clock.advance(DELAY)
    assert caught[1] == []


def test_after_how_many_seconds_somebody_acts_is_told_but_not_where_nobody_does() -> None:
    behaviour = Behaviour(admin_delay=6, user_delay=9)
    silent = replace(behaviour, admin=AdminAction.NOBODY, user=UserAction.NOBODY)

    assert behaviour.delays == {"consent": 6, "integration_user": 9, "vault": 9, "graph": 9}
    assert silent.delays == {"vault": 9, "graph": 9}
