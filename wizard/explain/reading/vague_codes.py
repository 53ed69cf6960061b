"""Reads the sentence beside a code that says little, such as Conflict: it may be that of a code that says more."""

from __future__ import annotations

from typing import Final

from wizard.catalogue.lookup import look_up, tells_a_cause
from wizard.core.errors import ServiceRefusal
from wizard.core.late_pattern import late_pattern
from wizard.core.text import clean_line
from wizard.explain.reading.wordings import find_messages, is_outer

_SAYS_LITTLE: Final = frozenset(
    {
        *("conflict", "conflicterror", "forbidden", "unauthorized", "notfound", "badrequest", "badparameter"),
        *("request_badrequest", "unknownerror", "generalexception", "invalidrequest", "internalservererror"),
    }
)
_LABELLED: Final = late_pattern(r"[ \t]{0,8}\r?\n[ \t]{0,8}(?:Error ?)?[Mm]essage: {0,3}([^\n]{3,400})")
_MOST: Final = 600
"""Characters of a sentence that are read."""


def code_of_sentence(refusal: ServiceRefusal) -> str:
    """Return the key of the entry that a refusal's sentence is of, where its code says less; "" where it does not."""
    code = (refusal.code or refusal.error).lower()
    words = refusal.description[:_MOST]
    if refusal.service == "entra" or not words or (code not in _SAYS_LITTLE and look_up(refusal.service, code)):
        return ""
    if code and look_up(refusal.service, code) and tells_a_cause(refusal.service, code, words):
        return ""
    return next((key for key in _keys_of(refusal.service, words) if key.lower() != code), "")


def _keys_of(service: str, words: str) -> list[str]:
    return [key for _, _, whose, key in find_messages(words) if whose == service and not is_outer(whose, key)]


def labelled_message(words: str) -> str:
    """Return the service's own message where it stands behind its label, in the line after a code; "" if it does not.

    Args:
        words: what stands behind the code.
    """
    found = _LABELLED.match(words)
    return clean_line(found[1]) if found else ""
