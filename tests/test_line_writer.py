"""What plain lines say to whoever has to sign in, and what JSON Lines say to a program."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from tests.test_journey import ALL, holding, journey_with
from wizard.core.answers import Answers
from wizard.core.events import (
    BrowserPrompt,
    CheckEnded,
    CheckSkipped,
    DeviceCodePrompt,
    Event,
    PromptClosed,
    SubmissionRejected,
)
from wizard.core.findings import Finding, NotAsked, Outcome, Skipped
from wizard.core.wording import sign_in_of
from wizard.plain.line_writer import LineWriter

UNTIL = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
URL = "https://login.microsoftonline.com/x/oauth2/v2.0/authorize?client_id=a"


def said(event: Event) -> str:
    err = io.StringIO()
    LineWriter(out=io.StringIO(), err=err).emit(event)
    return err.getvalue()


@pytest.mark.parametrize(
    ("purpose", "account", "words"),
    [
        ("vault", "", "Sign in with an account that may open the vault, at this address:"),
        ("graph", "", "Sign in with an account that may read the tenant's policies, at this address:"),
        ("integration_user", "i@contoso.com", "Sign in as i@contoso.com, in a private window, at this address:"),
    ],
)
def test_a_link_says_who_signs_in_at_it_and_how_its_page_calls_the_app(purpose: str, account: str, words: str) -> None:
    event = BrowserPrompt(purpose, account, URL, "http://localhost:8400", UNTIL, port=8400, app="Microsoft Azure CLI")
    lines = said(event).splitlines()
    assert lines[:3] == [words, URL, "The page calls the app Microsoft Azure CLI."]


def test_a_code_says_who_signs_in_with_it() -> None:
    event = DeviceCodePrompt("vault", "", "https://microsoft.com/devicelogin", "ABCD1234", UNTIL)
    assert said(event).startswith("Sign in with an account that may open the vault:\n")


def test_a_submission_that_is_rejected_is_a_line_of_json_and_a_sentence_for_the_person() -> None:
    out, err = io.StringIO(), io.StringIO()

    LineWriter(out=out, err=err, as_json=True).emit(SubmissionRejected("vault", "The link was another one."))

    assert json.loads(out.getvalue()) == {
        "type": "submission_rejected",
        "for": "vault",
        "message": "The link was another one.",
    }
    assert err.getvalue() == "The link was another one.\n"


def test_what_stopped_a_run_stands_last_and_a_failure_below_what_is_not_known() -> None:
    out = io.StringIO()
    lines = LineWriter(out=out, err=io.StringIO())
    journey = journey_with(holding("start", "tenant"))
    for check, outcome in (("app.credential", Outcome.FAILS), ("app.exists", Outcome.UNKNOWN)):
        lines.emit(CheckEnded(Finding(check, outcome, "As the test says.")))
    lines.emit(CheckEnded(Finding("app.well_formed", Outcome.HOLDS, "It is.")))
    lines.emit(CheckSkipped("app.graph_identity", Skipped(NotAsked.DOES_NOT_APPLY, "app.credential comes first")))
    lines.summary(journey, "failed")

    begins = [line.partition(":")[0] for line in out.getvalue().splitlines() if line and not line.startswith(" ")]
    assert begins == [
        *("✓ app.well_formed", "· app.graph_identity", "failed", "hosts asked"),
        *("? app.exists", "✗ app.credential"),
    ]
    assert out.getvalue().count("✗ app.credential") == 1


@pytest.mark.parametrize("as_json", [False, True])
def test_whoever_watches_learns_the_same_from_plain_lines_as_from_json(as_json: bool) -> None:
    watched: list[Mapping[str, object]] = []
    lines = LineWriter(out=io.StringIO(), err=io.StringIO(), as_json=as_json, watch=watched.append)

    for outcome in Outcome:
        lines.emit(CheckEnded(Finding("tenant.exists", outcome, "It was asked.")))
    lines.summary(journey_with(holding(*ALL)), "failed")

    assert [line["outcome"] for line in watched] == [*(each.value for each in Outcome), "failed"]
    assert [line["type"] for line in watched] == [*["finding"] * len(Outcome), "summary"]


def test_what_stopped_nothing_stands_above_the_summary() -> None:
    out = io.StringIO()
    lines = LineWriter(out=out, err=io.StringIO())
    lines.emit(CheckEnded(Finding("app.public_client", Outcome.UNKNOWN, "As the test says.")))
    lines.summary(journey_with(holding(*ALL)), "proven")

    begins = [line.partition(":")[0] for line in out.getvalue().splitlines() if line and not line.startswith(" ")]
    assert begins == ["? app.public_client", "proven", "hosts asked"]


def test_a_step_that_is_done_is_a_line_with_what_was_answered() -> None:
    out = io.StringIO()
    lines = LineWriter(out=out, err=io.StringIO())
    journey = journey_with(holding(*ALL), Answers(tenant="contoso.com"))
    for step in journey.profile.steps[:2]:
        lines.step_done(journey, step)

    assert out.getvalue().splitlines() == [
        "◇ Start  every host answers, and the clock is right",
        "◇ Tenant  contoso.com",
    ]


def test_json_has_each_finding_at_once_and_no_lines_of_steps() -> None:
    out = io.StringIO()
    lines = LineWriter(out=out, err=io.StringIO(), as_json=True)
    journey = journey_with(holding(*ALL))
    lines.emit(CheckEnded(Finding("app.credential", Outcome.FAILS, "As the test says.")))
    assert json.loads(out.getvalue())["check"] == "app.credential"
    lines.step_done(journey, journey.profile.steps[1])
    lines.show_failures()

    assert len(out.getvalue().splitlines()) == 1


@pytest.mark.parametrize(
    ("closed", "words"),
    [
        (PromptClosed("it is used", sign_in_of("integration_user", "ada@x.com")), "The sign-in of ada@x.com has"),
        (PromptClosed("it is used", sign_in_of("vault", "")), "The sign-in for the key vault has arrived; its code or"),
        (PromptClosed("it can no longer be used"), "shown before is no longer valid: it can no longer be used.\n"),
    ],
)  # fmt: skip
def test_the_end_of_a_prompt_says_which_answer_has_arrived(closed: PromptClosed, words: str) -> None:
    assert words in said(closed)
