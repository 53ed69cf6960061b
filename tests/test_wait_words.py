"""What is said of a wait: the same words on the screen and in plain lines."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest

from wizard.core.events import Waiting
from wizard.core.trouble import Trouble
from wizard.core.wait_words import headline, in_a_line, schedule, trouble_of
from wizard.plain.line_writer import LineWriter

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
AGAIN = NOW + timedelta(seconds=30)
END = NOW + timedelta(minutes=2)
TROUBLE = "login.microsoftonline.com is not answering (HTTP 503)"


@pytest.mark.parametrize(
    ("kind", "detail", "said"),
    [
        (Trouble.BUSY, "answered HTTP 503", "is not answering (HTTP 503)"),
        (Trouble.BUSY, "answered HTTP 429", "is busy (HTTP 429)"),
        (Trouble.CUT, "the connection broke off", "is not answering (the connection broke off)"),
        (Trouble.ANSWER, "gave a page", "is not answering as it should (gave a page)"),
    ],
)
def test_trouble_names_the_host_and_what_came_back(kind: Trouble, detail: str, said: str) -> None:
    assert trouble_of("vault.example", kind, detail) == f"vault.example {said}"


def test_a_wait_without_trouble_says_for_what_and_how_long() -> None:
    waiting = Waiting("the grant to show in Graph", NOW, END, AGAIN, advice="Consent takes effect with delay.")

    assert headline(waiting) == "Waiting for the grant to show in Graph"
    assert schedule(waiting, NOW) == "Trying again in 30 s · 2:00 left"
    assert in_a_line(waiting) == (
        "Waiting for the grant to show in Graph, at most until 10:02:00 UTC. Consent takes effect with delay."
    )


def test_trouble_stands_first_and_a_try_has_its_number() -> None:
    waiting = Waiting("reading the vault", NOW, AGAIN, AGAIN, TROUBLE, next_try=2, tries=5)

    assert headline(waiting) == TROUBLE
    assert schedule(waiting, NOW) == "Trying again in 30 s · try 2 of 5"
    assert schedule(waiting, AGAIN) == "Trying again now · try 2 of 5"
    assert in_a_line(waiting) == f"! {TROUBLE}. Trying again at 10:00:30 UTC, try 2 of 5: reading the vault."


def test_a_number_that_nobody_counts_is_left_out() -> None:
    waiting = Waiting("the sign-in", NOW, END, AGAIN, TROUBLE, "The code stays good.")

    assert schedule(waiting, NOW) == "Trying again in 30 s · 2:00 left"
    assert in_a_line(waiting) == f"! {TROUBLE}. The code stays good. Trying again, at most until 10:02:00 UTC."


def test_plain_lines_say_it_once_however_often_it_is_told() -> None:
    err = io.StringIO()
    lines = LineWriter(io.StringIO(), err)
    for seconds in (5, 10, 15):
        again = NOW + timedelta(seconds=seconds)
        lines.emit(Waiting("the sign-in", NOW, END, again, TROUBLE, "The code stays good."))

    assert err.getvalue() == f"! {TROUBLE}. The code stays good. Trying again, at most until 10:02:00 UTC.\n"
