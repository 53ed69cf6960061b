"""The integration user signs in in a browser: the ways the answer comes back, and what is no answer."""

from __future__ import annotations

import re
import socket
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.harness import SECRET_NAME, Rehearsed, in_world, rehearsed
from tests.rehearsals.browser_sign_ins import NATIVE, behaving, in_a_browser, pasting
from wizard.core.errors import BadInput
from wizard.core.events import BrowserPrompt, Event, PromptClosed, SubmissionRejected
from wizard.core.findings import Outcome
from wizard.core.inbox import NewLink, Purpose, RedirectResponse
from wizard.onboarding.journey import Journey
from wizard.onboarding.sign_in.flow_check import FLOW_FIELD, other_flow
from wizard.onboarding.sign_in.methods import sign_in_label
from wizard.onboarding.sign_in.token_checks import check_refresh_token
from wizard.plain.line_writer import LineWriter
from wizard.plain.prompter import Prompter
from wizard.rehearsal import Scene, load_scene
from wizard.rehearsal.choices import BrowserResult, UserAction
from wizard.rehearsal.world import ClientType
from wizard.reporting.journey_report import how_obtained

Open = Callable[[Scene], AbstractContextManager[Rehearsed]]


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Open:
    return lambda scene: rehearsed(scene, monkeypatch)


def redemptions(here: Rehearsed) -> list[Any]:
    return [each for each in here.requests(r"/token$") if "code_verifier" in each.form]


def rejected(here: Rehearsed) -> str:
    return " ".join(event.why for event in here.emitted(SubmissionRejected))


# --- how the answer comes back ----------------------------------------------------------------------------------------


def test_the_answer_is_caught_on_this_machine_and_its_code_redeemed_once(on: Open) -> None:
    with on(in_a_browser()) as here, warnings.catch_warnings():
        warnings.simplefilter("error")  # MSAL's about the response mode among them
        here.run()

        assert here.journey.is_proven, here.journey.findings
        (link,) = here.emitted(BrowserPrompt)
        assert link.redirect_uri == f"http://localhost:{link.port}"
        assert [event.why for event in here.emitted(PromptClosed)] == ["it is used"]
        assert len(redemptions(here)) == 1
        facts = here.journey.onboarding.facts
        assert (facts.flow, facts.client_type) == ("auth_code", "public")
        assert here.cloud.vault.versions(SECRET_NAME)[-1]["tags"]["flow"] == "auth_code"  # type: ignore[index]


def test_the_link_asks_for_a_new_sign_in_with_mfa_as_this_account_and_with_pkce(on: Open) -> None:
    with on(in_a_browser()) as here:
        here.run()
        asked = {name: value[0] for name, value in parse_qs(urlsplit(here.emitted(BrowserPrompt)[0].url).query).items()}

    assert asked["prompt"] == "login"
    assert asked["login_hint"] == "partner-integration@contoso.com"
    assert asked["response_mode"] == "query"
    assert asked["code_challenge_method"] == "S256"
    assert '"mfa"' in asked["claims"]
    assert {"state", "nonce", "code_challenge"} <= asked.keys()


def test_an_address_is_pasted_where_no_browser_reaches_this_machine(on: Open) -> None:
    with on(pasting()) as here:
        here.run()

        assert here.journey.is_proven, here.journey.findings
        (link,) = here.emitted(BrowserPrompt)
        assert (link.redirect_uri, link.port) == (NATIVE, 0)


# --- secret or public -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scene", "client_type"), [("all-holds-secret", "secret"), ("all-holds-certificate", "certificate")]
)
def test_under_web_the_credential_goes_along(on: Open, scene: str, client_type: str) -> None:
    web = in_a_browser(scene, web_redirect_uris=("http://localhost",), public_redirect_uris=())
    with on(web) as here:
        here.run()

        assert here.journey.is_proven, here.journey.findings
        assert here.journey.onboarding.facts.client_type == client_type
        assert len(redemptions(here)) == 1


@pytest.mark.parametrize("survives", [True, False], ids=["the code survives", "the code is spent"])
def test_a_platform_that_was_not_known_is_met_after_the_link(on: Open, survives: bool) -> None:
    scene = in_a_browser("all-holds-secret")  # a secret is at hand, and http://localhost stands under desktop
    scene = in_world(scene, client_type=ClientType(code_survives=survives))
    with on(scene) as here:
        here.run()

        assert here.journey.is_proven, here.journey.findings
        assert here.journey.onboarding.facts.client_type == "public"
        assert len(here.emitted(BrowserPrompt)) == (1 if survives else 2)
        said = rejected(here)
        assert bool(re.search("counts as a public client.*has used up the code", said)) is not survives


def test_a_port_catches_nothing_where_the_redirect_uri_does_not_lead_to_this_machine(on: Open) -> None:
    with on(in_a_browser(redirect_uri=NATIVE, public_redirect_uris=(NATIVE, "http://localhost"))) as here:
        here.journey.onboarding.port, here.journey.onboarding.is_attended = 8400, False

        assert here.run() == "user.way"
        assert "http://localhost" in here.journey.findings["user.way"].remedy
        assert not here.emitted(BrowserPrompt)


def test_what_was_learnt_for_a_browser_is_not_said_of_a_device_code(on: Open) -> None:
    scene = load_scene("all-holds-public")
    with on(replace(scene, answers={**scene.answers, "sign_in": {"flow": "device-code"}})) as here:
        here.journey.onboarding.learn(redirect_platform="desktop")
        here.run()

        facts = here.journey.onboarding.facts
        assert (facts.flow, facts.redirect_platform) == ("device_code", "")
        assert how_obtained(here.journey.view()).startswith("a sign-in with a device code on ")


def test_under_single_page_application_the_refusal_is_said(on: Open) -> None:
    with on(in_a_browser(spa_redirect_uris=("http://localhost",), public_redirect_uris=())) as here:
        assert here.run() == "user.signed_in"
        assert here.journey.findings["user.signed_in"].code == "AADSTS9002327"


def test_a_redirect_uri_that_is_not_registered_is_said_before_a_link_is_shown(on: Open) -> None:
    with on(in_a_browser(redirect_uri="http://localhost/other")) as here:
        assert here.run() == "user.redirect_uri"
        found = here.journey.findings["user.redirect_uri"]
        assert (found.outcome, found.code) == (Outcome.FAILS, "AADSTS50011")
        assert not here.emitted(BrowserPrompt)


# --- what is no answer ------------------------------------------------------------------------------------------------

NAMED = {
    BrowserResult.ANOTHER_RUN: ("another run", 1),
    BrowserResult.WITHOUT_CODE: ("no code in this address", 1),
    BrowserResult.USED: ("lasts about a minute, and can be used once", 2),
    BrowserResult.TOO_OLD: ("lasts about a minute, and can be used once", 2),
}


@pytest.mark.parametrize("odd", NAMED, ids=lambda answer: answer.value)
def test_what_is_no_answer_is_named_and_the_next_one_is_taken(on: Open, odd: BrowserResult) -> None:
    says, links = NAMED[odd]
    with on(pasting(odd)) as here:
        here.run()

        assert here.journey.is_proven, here.journey.findings
        assert says in rejected(here)
        assert len(here.emitted(BrowserPrompt)) == links
        assert len(redemptions(here)) == links, "a code is redeemed once, and what is no answer not at all"


@pytest.mark.parametrize(
    ("odd", "code"),
    [(BrowserResult.ERROR, "AADSTS65004"), (BrowserResult.ANOTHER_TENANT, "AADSTS700005")],
    ids=lambda each: str(each),
)
def test_what_entra_refuses_ends_the_sign_in_with_its_words(on: Open, odd: BrowserResult, code: str) -> None:
    with on(pasting(odd)) as here:
        assert here.run() == "user.signed_in"
        assert here.journey.findings["user.signed_in"].code == code


def test_the_answer_to_an_earlier_link_of_this_run_is_named_and_not_redeemed(on: Open) -> None:
    with on(behaving(pasting(), user=UserAction.NOBODY)) as here:
        handed_in: list[str] = []

        def paste(event: Event) -> None:
            """Asks for a new link at the first, pastes the first one's answer at the second, and then nothing."""
            if not isinstance(event, BrowserPrompt):
                return
            state = parse_qs(urlsplit(event.url).query)["state"][0]
            address = f"{NATIVE}?code={'c' * 50}&state={state}"
            if not handed_in:
                here.journey.submit(Purpose.INTEGRATION_USER, NewLink())
            else:
                here.journey.submit(Purpose.INTEGRATION_USER, RedirectResponse(handed_in[0]))
            handed_in.append(address)

        tell_as_well(here.journey, paste)
        here.run()

        assert len(here.emitted(BrowserPrompt)) == 2
        assert "answer to an earlier link of this run" in rejected(here)
        assert redemptions(here) == []


def test_nobody_comes(on: Open) -> None:
    with on(behaving(in_a_browser(), user=UserAction.NOBODY)) as here:
        assert here.run() == "user.signed_in"
        found = here.journey.findings["user.signed_in"]
        assert found.outcome is Outcome.FAILS
        assert found.message == "Nobody signed in in the browser within 15 minutes."
        assert redemptions(here) == []


def test_a_token_of_another_sign_in_is_refused(on: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    from wizard.rehearsal import authorization_endpoint

    issue = authorization_endpoint.issue_code

    def with_another_nonce(cloud: Any, asked: Any, *rest: Any) -> str:
        return issue(cloud, replace(asked, nonce="0" * 64), *rest)

    monkeypatch.setattr(authorization_endpoint, "issue_code", with_another_nonce)
    with on(in_a_browser()) as here:
        assert here.run() == "user.signed_in"
        assert here.journey.findings["user.signed_in"].code == "nonce_mismatch"


def test_the_wrong_account_is_refused_and_nothing_is_stored(on: Open) -> None:
    with on(behaving(in_a_browser(), signs_in_as="adele")) as here:
        assert here.run() == "user.account"
        assert here.cloud.vault.versions(SECRET_NAME) == []


def tell_as_well(journey: Journey, also: Callable[[Event], None]) -> None:
    emit = journey.onboarding.emit

    def both(event: Event) -> None:
        emit(event)
        also(event)

    journey.onboarding.emit = both


# --- changing over from a code ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "code"), [({"security_defaults": True}, "AADSTS530035"), ({"device_code_blocked": True}, "AADSTS53003")]
)
def test_a_code_that_is_refused_names_the_browser_which_then_gets_through(
    on: Open, policy: dict[str, bool], code: str
) -> None:
    known = load_scene("all-holds-public")
    with on(in_world(known, policy=replace(known.world.policy, **policy))) as here:  # type: ignore[arg-type]
        assert here.run() == "user.signed_in"
        refusal = here.journey.findings["user.signed_in"]
        assert refusal.code == code
        assert other_flow(refusal) == "browser"
        assert sign_in_label("browser") == "Sign in in a browser"

        here.journey.change(FLOW_FIELD, other_flow(refusal))
        here.run()

        assert here.journey.is_proven, here.journey.findings
        assert here.journey.onboarding.facts.flow == "auth_code"


def test_without_a_refresh_token_the_browser_is_named_after_a_code_alone(on: Open) -> None:
    with on(in_a_browser()) as here:
        here.run()
        onboarding = here.journey.onboarding
        answer = onboarding.memory.sign_in.tokens
        assert answer
        onboarding.memory.sign_in.tokens = replace(answer, refresh_token=None)
        assert other_flow(check_refresh_token(onboarding)) == ""
        onboarding.learn(flow="device_code")
        assert other_flow(check_refresh_token(onboarding)) == "browser"


def test_at_a_prompt_the_other_way_is_taken_on_the_word_alone(on: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    with on(load_scene("security-defaults")) as here:
        here.run()
        person = Prompter(LineWriter(), set(), here.session)
        asked: list[str] = []
        typed = ["maybe", "browser"]

        def line(prompt: str) -> str:
            asked.append(prompt)
            return typed.pop(0)

        monkeypatch.setattr(person, "_read_line", line)
        failed = here.journey.blocking("user")

        assert person.ask(here.journey, failed) is True
        assert here.journey.onboarding.answers.sign_in_flow == "browser"
        assert len(asked) == 2, "a word that is none is asked again"
        assert asked[0].startswith("sign in in a browser instead (browser), check again")


def test_an_answer_to_a_link_of_an_earlier_run_of_the_checks_is_still_known_as_ours(on: Open) -> None:
    with on(behaving(pasting(), user=UserAction.NOBODY)) as here:
        here.run()  # nobody comes
        (first,) = here.emitted(BrowserPrompt)
        state = parse_qs(urlsplit(first.url).query)["state"][0]

        def paste(event: Event) -> None:
            if isinstance(event, BrowserPrompt):
                here.journey.submit(
                    Purpose.INTEGRATION_USER, RedirectResponse(f"{NATIVE}?code={'c' * 50}&state={state}")
                )

        tell_as_well(here.journey, paste)
        here.run()

        assert "answer to an earlier link of this run" in rejected(here)


def test_a_port_that_is_taken_meanwhile_is_wrong_usage_and_no_finding(on: Open) -> None:
    with on(in_a_browser()) as here, socket.socket() as taken:
        while here.journey.open_step.id != "user":
            here.journey.run(here.journey.open_step.id)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        here.journey.onboarding.port = taken.getsockname()[1]
        with pytest.raises(BadInput, match="--port"):
            here.journey.run("user")
