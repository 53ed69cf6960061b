"""What plain lines say to whoever has to sign in, and what JSON Lines say to a program."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest

from wizard.core.events import BrowserPrompt, DeviceCodePrompt, Event, SubmissionRejected
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
