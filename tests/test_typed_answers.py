"""A line as somebody types or pastes it where nothing is shown."""

from __future__ import annotations

import pytest

from wizard.typed_answers import Typed

UP, PASTE, END = "\x1b[A", "\x1b[200~", "\x1b[201~"


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (["new\r"], "new"),
        (["nex\x7fw\n"], "new"),
        (["old\x15new\n"], "new"),
        ([f"{UP}\x1b[1;5Cne\x1bOPw\n"], "new"),
        ([f"{PASTE}http://localhost/?a\nb{END}\n"], "http://localhost/?a\nb"),
        ([PASTE[:3], PASTE[3:] + "http", END[:1], END[1:] + "\n"], "http"),
        (["\x1b", "\n"], ""),
    ],
    ids=["as it is", "Backspace", "Ctrl+U", "arrows and F1", "a paste", "marks that come in parts", "Escape"],
)
def test_what_is_typed_is_taken_without_the_keys_that_only_move(keys: list[str], line: str) -> None:
    typed = Typed()
    for each in keys:
        typed.take(each)
    assert typed.ends_with_enter
    assert typed.submit() == line
