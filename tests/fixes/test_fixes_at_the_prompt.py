"""A fix of a warning at the prompt of `run`: asked once its step has passed, made after a yes alone."""

from __future__ import annotations

import io
import os
import pty
import sys

import pytest

from tests.fixes.vaults import changes, in_azure, stopped
from wizard.core.findings import Outcome
from wizard.plain.line_writer import LineWriter
from wizard.plain.prompter import Prompter


@pytest.mark.parametrize(("word", "sent"), [("no", 0), ("", 0), ("yes", 1)])
def test_it_is_shown_and_made_after_a_yes_alone(word: str, sent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    said = io.StringIO()
    with stopped(in_azure(), monkeypatch) as played:
        played.journey.change("vault_reader", "55555555-eeee-4eee-8eee-000000000003")
        played.run()
        keys_end, terminal_end = pty.openpty()
        with os.fdopen(terminal_end) as stdin, os.fdopen(keys_end, "w") as keys:
            monkeypatch.setattr(sys, "stdin", stdin)
            print(word, file=keys, flush=True)
            lines = LineWriter(said, said)
            Prompter(lines, set(), played.session).offer_fixes(played.journey, lines, "store")

        assert "Make this change, as the app 44444444-dddd-4ddd-8ddd-000000000004?" in said.getvalue()
        assert len(changes(played)) == sent
        outcome = played.journey.findings["store.reader"].outcome
        assert outcome is (Outcome.HOLDS if sent else Outcome.WARNS)
