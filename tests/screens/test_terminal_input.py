"""What a terminal sends is parted into keys and pastes, wherever it is cut, and no byte is lost or fatal."""

from __future__ import annotations

import random

import pytest
from textual.events import Paste

from screens.terminal.arrivals import PASTE_BEGINS, PASTE_ENDS, Arrivals
from screens.terminal.paste_bytes import as_it_came, as_text, readable

PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x1b[200~\x11\x1b\x1b[A\xff\xc3" + bytes(range(256))
SENT = (
    b"caf\xc3\xa9 \xe9x\x1b[A" + PASTE_BEGINS + PICTURE + PASTE_ENDS + b"y" + PASTE_BEGINS + b"z" + PASTE_ENDS + b"\x1b"
)


def arrived(*pieces: bytes) -> tuple[str, list[str | bytes]]:
    """The text for the parser, and the pastes, of what arrives in these pieces."""
    arrivals, text, pastes = Arrivals(), "", []
    for piece in pieces:
        for each in arrivals.take(piece):
            assert each != ""
            if isinstance(each, Paste):
                pastes.append(as_it_came(each.text))
            else:
                text += each
    return text, pastes


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6, 7, 16, 4096])
def test_keys_and_pastes_are_the_same_wherever_the_bytes_are_cut(size: int) -> None:
    pieces = [SENT[at : at + size] for at in range(0, len(SENT), size)]

    text, pastes = arrived(*pieces)

    marks = (PASTE_BEGINS + PASTE_ENDS).decode()
    assert text == f"café \ufffdx\x1b[A{marks}y{marks}\x1b"
    assert pastes == [PICTURE, "z"]


def test_random_bytes_bring_no_error_and_every_paste_comes_whole() -> None:
    chance = random.Random(4)
    for _ in range(200):
        pasted = [chance.randbytes(chance.randrange(400)).replace(b"\x1b", b"") for _ in range(3)]
        sent = b"".join(chance.randbytes(9).replace(b"\x1b", b"") + PASTE_BEGINS + each + PASTE_ENDS for each in pasted)
        cuts = sorted(chance.randrange(len(sent)) for _ in range(5))
        pieces = [sent[start:end] for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True)]

        _, pastes = arrived(*pieces)

        assert [each if isinstance(each, bytes) else each.encode() for each in pastes] == pasted


def test_a_megabyte_in_small_pieces_is_no_slower_than_its_length() -> None:
    arrivals, pastes = Arrivals(), 0
    for piece in (PASTE_BEGINS, *[b"\x1b[201" * 100] * 2_000, PASTE_ENDS):
        pastes += sum(isinstance(each, Paste) for each in arrivals.take(piece))

    assert pastes == 1


def test_a_paste_of_text_stays_text_and_another_keeps_its_bytes() -> None:
    assert as_it_came(as_text("café".encode())) == "café"
    assert as_it_came(as_text(b"caf\xe9")) == b"caf\xe9"
    assert readable(as_text(b"caf\xe9 \xc3\xa9")) == "caf\ufffd é"
