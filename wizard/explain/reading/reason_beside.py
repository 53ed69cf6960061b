"""Finds the sentence that stands beside a code or a status and says why: what it says is read, and never "not said"."""

from __future__ import annotations

import re
from typing import Final

from wizard.catalogue.prose import is_prose
from wizard.core.late_pattern import late_pattern
from wizard.core.text import clean_line
from wizard.explain.reading.nearby_words import message_in

_REACH: Final = 700
"""Characters behind a code or a status in which its reason stands."""
_FEWEST: Final = 4
"""Words of a sentence that says why."""
# The message behind a code in a body that is cut, or was pasted in part.
_MESSAGE: Final = late_pattern(
    r"[\"']?\s{0,4}[,;]?\s{0,9}\\?[\"']?(?:message|description|detail)\\?[\"']?\s{0,4}[:=]\s{0,4}\\?[\"']\s{0,4}([^\"\n]{8,500})",
    re.IGNORECASE,
)
# Exchange, behind Graph, puts its own reason into a pair of brackets.
_IN_BRACKETS: Final = late_pattern(r"\[Status Code: ?\w{2,40}; ?reason: ?([^\]\n]{8,400})", re.IGNORECASE)
# A row of a table of errors, a name with its sentence, or a sentence behind a label.
_IN_A_LINE: Final = late_pattern(
    r"\n[ \t>|]{0,20}(?:\d{1,4}[ \t]{1,12})?(?:[45]\d\d[ \t]{1,12})?(?:(?:[A-Z][a-z]{1,20}){2,6}|\d{2,6}"
    r"|(?:error ?)?(?:message|reason|detail|details|description))[\"']? ?: [\"']?"
    r"((?!\[|\{|\(?[45]\d\d\b|https?:|At )[A-Z'\"][^\n]{14,300})",
    re.IGNORECASE,
)
_MESSAGE_ANYWHERE: Final = late_pattern(
    r"[\"'](?:message|description|detail|error_description)[\"']\s{0,4}:\s{0,4}[\"']([^\"\n]{14,400})[\"']",
    re.IGNORECASE,
    needs=("message", "description", "detail"),
)
_CMDLET: Final = late_pattern(r"\b[A-Z][a-z]{1,20}-Partner\w{0,60} ?: \Z", needs=("-Partner",))
_SAYS_NOTHING: Final = late_pattern(
    r"remote server returned|response status code does not|bad request|one or more errors occurred|unexpected error"
    r"|invalid status code|an error (?:has )?occurred|see (?:inner|the) |check your|status code",
    re.IGNORECASE,
)
# What PowerShell and .NET print behind any error is no reason.
_OF_A_SHELL: Final = late_pattern(
    r"\s*(?:CategoryInfo|FullyQualifiedErrorId|PositionMessage|StackTrace|ScriptStackTrace|RequestId|Date|TargetSite"
    r"|Source|HResult|InnerException)\b",
    re.IGNORECASE,
)


def find_reason(text: str, end: int, *, is_status: bool) -> str:
    """Return the sentence that says why beside what ends at a place of a text, "" for none.

    Args:
        text: of any length.
        end: where the code or the status ends.
        is_status: whether it is a status, whose reason may stand in a line of its own.
    """
    return _reason_of_status(text, end) if is_status else _reason_of_code(text, end)


def find_sentence_of_number(text: str, start: int, end: int, message: str) -> str:
    """Return the sentence that belongs to a number which is not of Entra, "" for none.

    Args:
        text: the whole.
        start: where the number begins.
        end: where it ends.
        message: what follows it.
    """
    if words := _find_sentence_of_cmdlet(text, start, end):
        return message_in(words, words, has_ids=False)
    if "essage:" not in message:
        return ""
    from wizard.explain.reading.vague_codes import labelled_message  # a code alone has none

    return labelled_message(message)


def _find_sentence_of_cmdlet(text: str, start: int, end: int) -> str:
    """Return the sentence behind the number of a Partner Center cmdlet's error, "" where a number is none of one."""
    if not _CMDLET.search(text[max(0, start - 80) : start]):
        return ""
    line = text[end : end + _REACH].partition("\n")[0].partition('"')[0].lstrip(" :.-")
    return line if is_prose(line) else ""


def _reason_of_code(text: str, end: int) -> str:
    """Return the message that belongs to a code."""
    found = _MESSAGE.match(text, end)
    if found is None:
        return ""
    inner = _IN_BRACKETS.search(found[1])
    return _as_sentence(inner[1] if inner else found[1])


def _reason_of_status(text: str, end: int) -> str:
    """Return the sentence near a status that says why."""
    near = text[end : end + _REACH]
    for found in _IN_A_LINE.finditer(near):
        line = found.group().strip()
        if not _OF_A_SHELL.match(line) and not _SAYS_NOTHING.search(line) and (reason := _as_sentence(found[1])):
            return reason
    found_message = _MESSAGE_ANYWHERE.search(near)
    reason = _as_sentence(found_message[1]) if found_message else ""
    return "" if _SAYS_NOTHING.search(reason) else reason


def _as_sentence(words: str) -> str:
    words = clean_line(words, 400).rstrip(" ,'\"]")
    return words if len(words.split()) >= _FEWEST and is_prose(words) else ""
