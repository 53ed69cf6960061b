"""The words around a code: what tells its causes apart, and what of them is the service's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Final

from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.prose import is_prose
from wizard.core.late_pattern import late_pattern
from wizard.core.text import clean_line
from wizard.explain.reading.marks import strip_marks
from wizard.redaction.secret_patterns import redact_patterns

_AFTER_A_MESSAGE = late_pattern(
    r"[\"'](?=[,}]|[ \t]{0,8}(?:\n|$))|`(?!\w)|(?<=[\w.!?'\")])[*_]{1,3}(?=\s|$)|\s\(_ssl\.c:"
    r"|\n\s{0,8}(?:at |in |bei |vid |File |Traceback|Troubleshooting details"
    r"|\+ |>>>|[-*] |[0-9]{1,2}[.)](?:\s|$)|[\w-]{2,30}:(?:\s|$))",
    re.IGNORECASE,
)
# Three points behind a quotation mark stand for a name that somebody took out.
_SENTENCE_ENDS = late_pattern(r"[.!?](?<!['\"]\.\.\.)(?=[\"')\]]{0,2}(?:\s|$))")
# What a service says to do stands in sentences behind the first one.
_MORE_TO_DO = late_pattern(
    r"\s{1,9}(?:Please\s(?:contact|use|try|retry|ensure|make|check|verify|ask|provide|refer|sign|send|request|register|add"
    r"|include|see)|Contact\s(?:your|the)\s|Ensure\s|Make\ssure\s"
    r"|Send\san?\s|Try\sagain|Sign\sin\sagain|Use\s(?:the|an?)\s)(?:[^.!?]|[.](?=[^\s\"')\]])){0,300}[.!?]"
    r"(?=[\"')\]]{0,2}(?:\s|$))|\s{1,9}Use\s(?:an?\s)?(?:different|another)\s[^.!?\n]{1,60}(?:[.](?=\S)[^.!?\n]{1,60}){0,6}"
    r"|\s{1,9}[^.!?\n]{1,200}\b(?:vendor|administrator|admin)\b[^.!?\n]{1,200}[.!?](?=\s|$)"
    r"|\s{1,9}(?:Sign|Log)\s(?:in|out)\b[^.!?\n]{1,200}|\s{1,9}[^.!?\n]{1,120}\bneeds?\sto\sbe\s[^.!?\n]{1,200}[.!?](?=\s|$)"
)
# "Invalid request." alone says nothing: what was invalid stands in the next sentence.
_GOES_ON = late_pattern(
    r"\s{1,9}(?:The|Request)\s[^.!?\n]{1,200}(?:[.](?=\S)[^.!?\n]{1,60}){0,6}[.](?=[\"'`)\]]{0,2}(?:\s|$))"
)
_FEWEST_OF_A_SENTENCE: Final = 3
# No service says "I": there somebody's own words begin.
_A_PERSON = late_pattern(r"\s{1,9}(?:(?:and|but|so|then|when) )?I(?:'m|'ve)?\s(?=[a-z])")
_SOMEBODYS = late_pattern(r"\b(?:I|[Ww]e|[Mm]y|[Oo]ur)\b")
# A program's own exception, that says only where the reason stands: in the one that it wraps.
_A_WRAPPER = late_pattern(r"\binner ?exception\b", re.IGNORECASE)
_THE_WRAPPED = late_pattern(
    r"(?:\bInner ?Exception\b[^\n]{0,80}\n(?:[^\n]{0,200}\n){0,6}?\s{0,40}Message\s{0,20}:|--->[^:\n]{1,120}:"
    r"|\bInner ?Exception\s{0,20}:)\s{1,9}",
    re.IGNORECASE,
)
_MAY_PASS = late_pattern(r"\b(temporarily_unavailable|server_error)[\"']?[:,]?\s{0,2}[(\"'`]{0,2}\Z", re.IGNORECASE)
_QUOTES: Final = ("'", '"', "`")
_MOST_OF_A_LINE: Final = 300
_MOST_OF_A_WRAPPER: Final = 1_500
"""Characters behind a wrapping exception in which the wrapped one is looked for."""
_MOST_OF_A_NAME: Final = 4
"""Words from which on a match is a sentence, and not a name that somebody mentions."""


def line_around(text: str, start: int, end: int) -> str:
    """Return the line that a code stands in, "" if nothing stands beside it.

    Args:
        text: the whole text.
        start: where the code begins in it, in characters.
        end: where it ends.
    """
    before = text[max(0, start - _MOST_OF_A_LINE) : start].rpartition("\n")[2]
    after = text[end : end + _MOST_OF_A_LINE].partition("\n")[0]
    line = clean_line(strip_marks(f"{before}{text[start:end]}{after}"))
    return "" if line == text[start:end] else line


def message_in(words: str, without_ids: str, *, has_ids: bool) -> str:
    """Return the service's own message out of the words behind its code.

    Args:
        words: cleaned.
        without_ids: the same words without the ids that stand in them: up to the first of these it is the message.
        has_ids: whether there were any; if not, only the first sentence is certain, and those that say what to do.
    """
    characters = enumerate(zip(words, without_ids, strict=False))
    end_of_same = next((at for at, (one, other) in characters if one != other), min(len(words), len(without_ids)))
    if words[end_of_same : end_of_same + 1].isalnum():  # what follows the ids may begin with the same letter as they
        end_of_same = max(words.rfind(blank, 0, end_of_same) for blank in " \n") + 1
    message = _A_PERSON.split(_before_what_follows(words[:end_of_same]), maxsplit=1)[0]
    if has_ids:
        return message.strip()
    first = _SENTENCE_ENDS.search(message)
    end = first.end() if first else len(message)
    if len(message[:end].split()) < _FEWEST_OF_A_SENTENCE and (whole := _GOES_ON.match(message, end)):
        end = whole.end()
    while more := _MORE_TO_DO.match(message, end):
        end = more.end()
    return message[:end].strip()


def take_deciding_sentence(quoted: str, message: str, tells_a_cause: Callable[[str], bool]) -> str:
    """Return the sentences by which the cause of a code is told, where the first ones of its message say less.

    Args:
        quoted: the first sentences, as `message_in` gives them.
        message: all that stands behind the code.
        tells_a_cause: whether a sentence tells one of the causes of the code.
    """
    if not quoted or tells_a_cause(quoted):
        return quoted
    line = _A_PERSON.split(_before_what_follows(message.strip().partition("\n")[0]), maxsplit=1)[0]
    ends = [0, *(found.end() for found in _SENTENCE_ENDS.finditer(line))]
    deciding = [(at, end) for at, end in pairwise(ends) if tells_a_cause(line[at:end])]
    said = line[deciding[0][0] : deciding[-1][1]].strip() if deciding else ""
    return said if said and not _SOMEBODYS.search(said) else quoted


def class_before(text: str, start: int) -> str:
    """Return the class of OAuth by which Entra says that its fault may pass, "" where none stands before a number."""
    found = _MAY_PASS.search(text[max(0, start - 40) : start])
    return found[1].lower() if found else ""


def _before_what_follows(words: str) -> str:
    """Return the words up to the end of the value or paragraph that they stand in; a name quoted in them is none."""
    for end in _AFTER_A_MESSAGE.finditer(words):
        quote, before = words[end.start()], words[: end.start()]
        opened = len(re.findall(rf"(?<!\w){quote}(?=\S)", before)) if quote in _QUOTES else 0
        if not opened or opened <= len(re.findall(rf"(?<=\S){quote}(?!\w)", before)):
            return before
    return words


def quote_match(diagnosis: Diagnosis, text: str, start: int, end: int) -> Diagnosis:
    """Return a diagnosis with the words by which it was recognised, whole, and no others of the text.

    Args:
        diagnosis: gets them.
        text: the whole text.
        start: where the match begins in it, in characters; a word that begins before it is taken whole.
        end: where it ends.
    """
    while start > 0 and end - start < _MOST_OF_A_LINE and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and end - start < _MOST_OF_A_LINE and _goes_on(text[end : end + 2]):
        end += 1
    if len(text[start:end].split()) >= _MOST_OF_A_NAME:  # the sentence is the program's or the service's
        rest = _AFTER_A_MESSAGE.split(text[end : end + _MOST_OF_A_LINE].partition("\n\n")[0], maxsplit=1)[0]
        stop = _SENTENCE_ENDS.search(rest)
        rest = rest[: stop.end()] if stop else ""
        if text.count('"', start, end) % 2 != (rest.count('"') % 2):  # the text quotes the sentence
            rest = rest.rpartition('"')[0]
        end += len(rest)
    words = redact_patterns(clean_line(strip_marks(_wrapped_message(text, start, end) or text[start:end])))
    return replace(diagnosis, service_text=words if is_prose(words) else "")


def _wrapped_message(text: str, start: int, end: int) -> str:
    """Return the sentence of the exception that a program's own one wraps, "" where the match names none."""
    line = text[start : end + _MOST_OF_A_LINE].partition("\n")[0]
    if not _A_WRAPPER.search(line):
        return ""
    found = _THE_WRAPPED.search(text, end, end + _MOST_OF_A_WRAPPER)
    if found is None:
        return ""
    rest = text[found.end() : found.end() + _MOST_OF_A_LINE].partition("\n\n")[0]
    stop = _SENTENCE_ENDS.search(rest)
    return rest[: stop.end()] if stop else rest.partition("\n")[0]


def _goes_on(following: str) -> bool:
    """Return whether a word, a user name or a host goes on with these two characters."""
    return following[:1].isalnum() or (following[:1] in tuple("@._-") and following[1:].isalnum())
