"""Fits advice to what came with a text: where no ID came, none can be looked up or handed on."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from wizard.catalogue.diagnosis import Diagnosis
from wizard.core.late_pattern import late_pattern

_AN_ID: Final = late_pattern(
    r"\b(?:correlation|request|trace)[ -](?:ID|id|Id)s?\b|\bMS-(?:Correlation|Request)Id\b"
    r"|\b(?:the|with an?) IDs?\b(?! of the)",
    needs=("ID", "id"),
)
_LOOK_UP: Final = late_pattern(r"\b(look(?:s)? up) the correlation ID\b", needs=("correlation ID",))
_IS_SENT: Final = ("support", "Give ", "give ", "gives ", "Send ", "send ")
_OF_A_REQUEST: Final = (
    "Send ",
    "Let the ",
    "Have the ",
    "In the program",
    "In a request",
    "Or send ",
    "Print the names",
    "Request ",
)
_FEWEST_WORDS: Final = 6
"""A text of fewer words is a code that somebody typed: its IDs stand where it came from."""
_BEGINNING: Final = 400
"""Characters in which words are counted."""


def is_more_than_a_code(text: str) -> bool:
    """Return whether a text has room for the IDs of its error, and is no code that somebody typed."""
    return len(text[:_BEGINNING].split(None, _FEWEST_WORDS)) >= _FEWEST_WORDS


def is_of_a_request(diagnosis: Diagnosis) -> bool:
    """Return whether an act of a diagnosis is for whoever writes the request."""
    return any(act.startswith(_OF_A_REQUEST) or "of your own" in act for act in diagnosis.actions)


def fit_to_ids(diagnosis: Diagnosis) -> Diagnosis:
    """Return a diagnosis whose acts ask for no ID that did not come with the text.

    Args:
        diagnosis: of a text that is more than a code, with the ids that were found.
    """
    ids = diagnosis.ids
    if ids.correlation_id or ids.request_id or ids.trace_id:
        return diagnosis
    acts = tuple(_without_ids(act) for act in diagnosis.actions)
    return diagnosis if acts == diagnosis.actions else replace(diagnosis, actions=acts)


def _without_ids(act: str) -> str:
    found = _AN_ID.search(act)
    if found is None:
        return act
    if _LOOK_UP.search(act):
        return _LOOK_UP.sub(r"\1 the failed sign-in by its account and time", act)
    if not any(word in act for word in _IS_SENT):
        return act
    return f"{act.removesuffix('.')}; this text has no ID, a new attempt gives one."
