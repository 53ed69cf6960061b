"""Reads a text: first what has a form of its own, layer by layer, then what stands in the free text that is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from wizard.explain.reading.diagnosis_cache import DiagnosisCache
from wizard.explain.reading.extraction import Extraction
from wizard.explain.reading.free_text import PART_WITH_MESSAGES, FreeText
from wizard.explain.results import Detection

_SHORT: Final = 200
"""Characters of a text in which no second error is looked for."""


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What became of a text: what was found, in its order, and what it looked like.

    Args:
        detections: what was found, in the order of the text.
        is_log: whether it has records.
        answers: how many HTTP answers with headers it holds.
        has_private_key: whether a private key was taken out of it.
        is_partly_read: whether messages without a code were looked for only at its beginning and its end.
        unread: the words of further errors in it that are not known, as they may be shown.
    """

    detections: tuple[Detection, ...]
    is_log: bool
    answers: int
    has_private_key: bool
    is_partly_read: bool
    unread: tuple[str, ...] = ()


def read_text(text: str, now: datetime) -> ReadResult:
    """Return everything that is found in `text`, in its order. Takes time in proportion to its length.

    Args:
        text: as `read_paste` gives it.
        now: aware; tokens are compared with it.
    """
    cache = DiagnosisCache()
    extraction = Extraction(now, cache)
    left = extraction.undo(text)
    free_text = FreeText(left, cache, extraction.cut)
    free_text.find(extraction.extracted)
    return ReadResult(
        tuple(free_text.in_order()),
        free_text.is_log,
        extraction.answers,
        extraction.has_private_key,
        len(left) > 2 * PART_WITH_MESSAGES,
        () if free_text.is_log or len(left) < _SHORT else _find_unread(left, free_text.places()),
    )


def _find_unread(text: str, places: list[int]) -> tuple[str, ...]:
    from wizard.explain.reading.unread_errors import find_unread  # a code alone, or a line, has nothing besides

    return find_unread(text, places)
