"""Whether a service's own sentence says what its code usually means; where it says something else, it goes first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Final

from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.own_sentence import read_sentence
from wizard.core.findings import Retry
from wizard.core.late_pattern import late_pattern

_STEM: Final = 5
"""Letters by which two words are taken for the same."""
_FEWEST: Final = 5
"""Words that say something, without which a sentence is too short to be compared."""
_WORD: Final = late_pattern(r"[a-z]{3,40}")
_HUMP: Final = late_pattern(r"(?<=[a-z])(?=[A-Z])")
_SAYS_NOTHING: Final = late_pattern(
    r"(?:the|and|for|are|was|were|been|not|with|this|that|from|has|have|had|can|could|may|must|should|will|would|you|your|its"
    r"|their|there|than|then|here|reque|error|pleas|provi|using|used|use|does|did|servi|azure|micro|entra|trace|corre"
    r"|times|code|messa|statu|reaso|follo|detai|more|infor|see)"
)
"""Beginnings of words that stand in any sentence."""
_IN_MOST: Final = frozenset(
    ("user", "users", "accou", "app", "apps", "appli", "token", "clien", "resou", "tenan", "acces", "value")
)
"""Words that stand in most sentences: they say something only where the title is about just that."""
_OF_ANY_REFUSAL: Final = late_pattern(
    r"(?:denie|deny|forbi|unaut|refus|faile|failu|fails|fail|inval|bad|retur|respo|remot|serve|http|excep|occur|opera"
    r"|check|crede|try|again|insuf|privi|compl|autho|allow|could|canno|unabl|indic|succe|one|throw|type|unkno|inter|get|post"
    r"|unexp|odata)"
)
"""Beginnings of words that only say that something was refused."""
_MAY_PASS: Final = late_pattern(
    r"\b(?:try|retry)(?: the request| this)?(?: again)? (?:later|after|in (?:a few|some|\d{1,4}))\b|\bretry-after\b"
    r"|\btemporar(?:y|ily)\b|\btransient\b",
    re.IGNORECASE,
)
_MAY_HELP: Final = "If it was right before, wait some minutes and try again: the text says that this may pass."


def says_something_else(title: str, known: Iterable[str], sentence: str) -> bool:
    """Return whether a sentence has not one telling word in common with what is known of its code.

    Args:
        title: of the code's entry.
        known: the entry's other texts, and its name.
        sentence: the service's own.
    """
    said = _telling(sentence)
    telling = said - _IN_MOST
    if len(telling) < _FEWEST or not said.isdisjoint(_stems_of((title,))):
        return False
    return telling.isdisjoint(_stems_of(tuple(known)))


def says_why(known: Iterable[str], sentence: str) -> bool:
    """Return whether a sentence says why something was refused, which its code does not, and what to do about it.

    Args:
        known: the texts of the code's entry.
        sentence: the service's own.
    """
    said = _telling(sentence) - _IN_MOST
    return len(said - _stems_of(tuple(known))) >= 2 and read_sentence(sentence) is not None


def tell_sentence_first(diagnosis: Diagnosis, sentence: str, name: str) -> Diagnosis:
    """Return what the sentence says, and after it what the code usually means.

    Args:
        diagnosis: of the code.
        sentence: the service's own.
        name: of the service.
    """
    read = read_sentence(sentence)
    says = f"Its own sentence says {read.says}." if read else "Its own sentence says something else than usual."
    usual = f" {diagnosis.code} usually means: {_lower_first(diagnosis.title)}." if diagnosis.code else ""
    first = f"{read.act}." if read else "Go by its own sentence, which names what was refused."
    others = tuple(f"If it is the usual cause: {_lower_first(act)}" for act in diagnosis.actions[:1] if diagnosis.code)
    return replace(
        diagnosis,
        title=f"{name} refused, and its own sentence says why",
        cause=f"{says}{usual}",
        actions=(first, *others),
        who=read.who if read else diagnosis.who,
        retry=read.retry if read else None,
        administrator=read.administrator if read else diagnosis.administrator,
    )


def follow_retry(diagnosis: Diagnosis, sentence: str) -> Diagnosis:
    """Return a diagnosis that says that waiting may help, where the service says so itself."""
    if diagnosis.retry not in (Retry.AFTER_FIX, None) or not _MAY_PASS.search(sentence):
        return diagnosis
    return replace(diagnosis, actions=(*diagnosis.actions, _MAY_HELP), retry=Retry.WAIT)


def _stems(text: str) -> set[str]:
    stems = {word[:_STEM] for word in _WORD.findall(_HUMP.sub(" ", text).lower())}
    return {stem for stem in stems if not _SAYS_NOTHING.fullmatch(stem)}


def _telling(sentence: str) -> set[str]:
    """Return the words of a sentence that say more than that something was refused."""
    return {stem for stem in _stems(sentence) if not _OF_ANY_REFUSAL.fullmatch(stem)}


@lru_cache(200)
def _stems_of(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_stems(" ".join(texts)))


def _lower_first(title: str) -> str:
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]
