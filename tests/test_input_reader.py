"""What is typed or pasted at a terminal that shows none of it: the keys, and what a read may cut in two."""

from __future__ import annotations

import pytest

from wizard.plain.input_reader import LONGEST, TypedLine

ADDRESS = "http://localhost:8400/?code=1.AXkA-c4n4ry&state=kU3vQzTq5nWb8xYd"


def typed(*reads: bytes | str) -> TypedLine:
    line = TypedLine()
    for each in reads:
        line.take(each.encode() if isinstance(each, str) else each)
    return line


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("nea\x7fw\r", "new"),
        ("nea\bw\r", "new"),
        ("\x7f\x7fnew\r", "new"),
        ("wrong\x15new\r", "new"),
        ("wrong\r\x15new\r", "new"),
        ("  new \t\r", "new"),
        ("\x00n\x01e\x07w\x1f\r", "new"),
        ("ne\x1b[A\x1b[1;5D\x1bOFw\x1b\r", "new"),
        (f"\x1b[200~{ADDRESS}\x1b[201~\r", ADDRESS),
        (f"\x1b[200~{ADDRESS}\r\x1b[201~", ADDRESS),
        (f"{ADDRESS}\n", ADDRESS),
        ("müller\r", "müller"),
    ],
    ids=repr,
)
def test_keys_make_the_line_that_a_terminal_would_have_shown(keys: str, text: str) -> None:
    line = typed(keys)
    assert line.ends_with_enter
    assert line.pop() == text


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"], ids=repr)
def test_the_line_ends_within_a_paste_are_kept_and_those_around_it_are_not(end: str) -> None:
    assert typed(end, ADDRESS[:30] + end, ADDRESS[30:] + end + end).pop().split() == [ADDRESS[:30], ADDRESS[30:]]


@pytest.mark.parametrize("cut", range(1, 60))
def test_no_cut_between_two_reads_changes_what_was_typed(cut: int) -> None:
    keys = f"\x1b[200~{ADDRESS[:20]}ü—€🙂\x1b[201~\x1b[Dx\x7f\r".encode()
    line = typed(keys[:cut], keys[cut:])
    assert line.ends_with_enter
    assert line.pop() == ADDRESS[:20] + "ü—€🙂"


def test_what_is_no_utf8_is_replaced_and_ends_nothing() -> None:
    assert typed(b"a\xff\xc3", b"b\r").pop() == "a\ufffd\ufffdb"


def test_a_line_that_is_too_long_is_kept_up_to_the_limit_and_enter_still_ends_it() -> None:
    line = typed("x" * (LONGEST + 5_000), "y")
    assert not line.ends_with_enter
    line.take(b"\r")
    assert line.ends_with_enter
    assert line.pop() == "x" * LONGEST


def test_enter_is_the_last_key_only_until_another_one_follows() -> None:
    line = typed("new\r")
    assert line.ends_with_enter
    line.take(b"\x7f")
    assert not line.ends_with_enter
    line.take(b"er\r")
    assert line.pop() == "newer"


def test_nothing_is_left_of_a_line_that_was_taken() -> None:
    line = typed(ADDRESS + "\r")
    line.pop()
    assert not line.ends_with_enter
    assert ADDRESS not in repr(vars(line))
    assert typed("\r").pop() == ""
