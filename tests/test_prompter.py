"""Answers typed or pasted at the prompt of `run` are taken as they are meant, and what was changed is said."""

from __future__ import annotations

import io
import os
import pty
import sys
from collections.abc import Iterator
from typing import TextIO

import pytest

from wizard.core.answers import Answers
from wizard.journeys.session import Session
from wizard.plain.line_writer import LineWriter
from wizard.plain.prompter import Prompter

GUID = "33333333-cccc-4ccc-8ccc-000000000003"


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[TextIO]:
    """A terminal at standard input, which gives one line at a time: what is written here is read there."""
    keys_end, terminal_end = pty.openpty()
    with os.fdopen(terminal_end) as stdin, os.fdopen(keys_end, "w") as keys:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield keys


def subject_of(keyboard: TextIO, *typed: str) -> tuple[Answers, str]:
    """Tenant and app as they are taken, and what was said meanwhile."""
    said = io.StringIO()
    for line in typed:
        print(line, file=keyboard, flush=True)
    answers = Prompter(LineWriter(err=said), {"profile", "cloud"}, Session()).complete_subject(Answers())
    return answers, said.getvalue()


def test_a_paste_is_taken_as_meant_and_says_so(keyboard: TextIO) -> None:
    answers, said = subject_of(keyboard, "https://contoso.com/", f" {{{GUID}}}\u200b")
    assert (answers.tenant, answers.client_id) == ("contoso.com", GUID)
    assert "Partner tenant: taken as contoso.com: the scheme and the slash are left off.\n" in said
    around = "the blanks and the invisible characters around it are left off; the braces are left off."
    assert f"Application id: taken as {GUID}: {around}\n" in said


def test_what_fits_is_taken_without_a_word_and_what_has_two_readings_is_asked_again(keyboard: TextIO) -> None:
    answers, said = subject_of(keyboard, "a@contoso.com <b@fabrikam.com>", "contoso.com", GUID)
    assert (answers.tenant, answers.client_id) == ("contoso.com", GUID)
    assert said.count("taken as") == 0
    assert "Partner tenant: expected only the part after the @" in said


def test_an_empty_application_id_waits_for_the_graph_identity(keyboard: TextIO) -> None:
    answers, said = subject_of(keyboard, "contoso.com", "")
    assert (answers.tenant, answers.client_id) == ("contoso.com", "")
    assert "None yet? Leave it empty" in said
