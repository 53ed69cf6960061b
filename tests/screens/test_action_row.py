"""The buttons that there is room for: none runs into the next, and what has no other place stays longest."""

from __future__ import annotations

import pytest

from screens.widgets.action_row import AROUND, fitting

LABELS = {
    "check": "Check and sign in",
    "fix": "Fix it",
    "rehearse-repair": "Rehearse the repair",
    "details": "Details",
    "message": "Message to send",
    "back": "Back",
}
SIXTY, EIGHTY, MIDDLE = 50, 65, 54
"""Cells for buttons beside “PgDn”: at 60 and 80 columns, and between rail and help at 120."""


@pytest.mark.parametrize("room", [SIXTY, MIDDLE, EIGHTY, 120])
@pytest.mark.parametrize("absent", ["", "fix", "rehearse-repair", "message"])
def test_what_is_shown_fits(room: int, absent: str) -> None:
    shown = fitting({name: words for name, words in LABELS.items() if name != absent}, "check", room)
    assert sum(len(words) + AROUND for words in shown.values()) <= room
    assert {"check", "fix", "rehearse-repair"} - {absent} <= shown.keys()


def test_details_give_way_to_the_message_which_has_no_other_place_at_80_columns() -> None:
    shown = fitting(LABELS, "check", EIGHTY)
    assert [*shown] == ["check", "fix", "rehearse-repair", "message", "back"]
    assert shown["rehearse-repair"] == "Repair", "the footer has the words whole"


def test_words_are_whole_where_there_is_room() -> None:
    assert fitting(LABELS, "check", 120) == LABELS
