"""Fits advice to a ready-made program that a text names: its settings can be changed, its requests by its maker."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from wizard.catalogue.diagnosis import Diagnosis
from wizard.core.assets import read_asset
from wizard.core.late_pattern import late_pattern

_PART: Final = 20_000
"""Characters at the beginning in which a program is looked for."""
_OWN_CODE: Final = late_pattern(
    r"\b(?:my|our|own|this) (?:\w{1,20} )?(?:code|script|program|function)\b|Traceback \(most recent"
    r"|\bimport (?:msal|requests|axios)\b|\b(?:Public|Confidential)ClientApplication\b",
    re.IGNORECASE,
)
_OF_ONES_OWN: Final = late_pattern(
    r"\b[Ii](?:n|f it is) an? (?:program|request) of your own,? |\bFor a program of your own "
    r"|, in a program of your own\b"
)
_OF_A_REQUEST: Final = late_pattern(
    r"(?:Send|Print the names|Let the (?:program|library)|Have the program|In the program|In a request to|Or send"
    r"|Request) "
)
_ON_THE_WIRE: Final = late_pattern(
    r"URL-encod|names of the fields|urlencoded|\bencode|\bbod(?:y|ies)\b|\bheaders?\b|\bPOST\b|\bBasic\b"
    r"|\bas a form\b|\blibrary\b|\bURL-decoded\b"
    r"|`(?:code_challenge|code_verifier|response_type|login_hint|state|sid|claims|client_assertion)\b"
)
_WORKS: Final = late_pattern(
    r"\b(?:works?|worked|working|fine|succeeds?|succeeded)(?: \w{1,10})? (?:in|with|from|using|via) \Z"
)
_IT_WORKS: Final = late_pattern(r":? (?:it )?(?:works?|worked|succeeds?|succeeded)\b")
_BESIDE: Final = 40
"""Characters before a program's name, in which the text may say that it is not the one that fails."""
_OF_SUPPORT: Final = late_pattern(r"\b(?:support|again|provider)\b")
_BEGINNING: Final = late_pattern(r"^(?:Let|Have) the program |^(Send|Request) ")


@dataclass(frozen=True, slots=True)
class Program:
    """A ready-made program.

    Args:
        name: as in a sentence.
        words: in small letters, each of which names it.
        settings: where its settings are, in words.
        by_hand: whether whoever runs it writes each request.
    """

    name: str
    words: tuple[str, ...]
    settings: str
    by_hand: bool


def find_program(text: str) -> Program | None:
    """Return the one ready-made program that a text names; None for none, for several, and beside code of one's own.

    Args:
        text: as `read_paste` gives it.
    """
    part = text[:_PART]
    folded = part.lower()
    named = [each for each in _programs() if any(_stands(word, folded) for word in each.words)][:2]
    return named[0] if len(named) == 1 and not _OWN_CODE.search(part) else None


def fit_to_program(diagnosis: Diagnosis, program: Program) -> Diagnosis:
    """Return a diagnosis whose acts are for the program's settings or its maker, and write no request by hand.

    Args:
        diagnosis: of the text that names the program.
        program: that the text names.
    """
    if program.by_hand:
        acts = tuple(_by_hand(act, program) for act in diagnosis.actions)
        return diagnosis if acts == diagnosis.actions else replace(diagnosis, actions=acts)
    acts = tuple(_of_settings(act, program) for act in diagnosis.actions)
    if acts == diagnosis.actions:
        return diagnosis
    last = (
        f"Look for what this needs in {program.settings}; if it is set there, update {program.name}, "
        "or send this text to its maker: the request is the program's own."
    )
    return replace(diagnosis, actions=(*filter(None, acts), last))


def _of_settings(act: str, program: Program) -> str:
    """Return an act as the program's settings have it, "" where only who writes the request can follow it."""
    if _OF_ONES_OWN.search(act):
        return ""
    if not _OF_A_REQUEST.match(act) or _OF_SUPPORT.search(act):
        return act
    if _ON_THE_WIRE.search(act):
        return ""
    found = _BEGINNING.match(act)
    if found is None or (found[1] == "Request" and "`" not in act):
        return act
    verb = f"{found[1].lower()} " if found[1] else ""
    return f"Have {program.name} {verb}{act[found.end() :]}"


def _by_hand(act: str, program: Program) -> str:
    return _OF_ONES_OWN.sub(lambda found: _in(found[0], program.name), act)


def _in(words: str, name: str) -> str:
    return f", in {name}" if words.startswith(",") else f"In {name} "


def _stands(word: str, folded: str) -> bool:
    """Return whether a word stands in a text by itself, and not as what works in the place of what fails."""
    at = folded.find(word)
    while at >= 0:
        end = at + len(word)
        if not folded[max(at - 1, 0) : at].isalnum() and not folded[end : end + 1].isalpha():
            return not (_WORKS.search(folded[max(at - _BESIDE, 0) : at]) or _IT_WORKS.match(folded, end))
        at = folded.find(word, end)
    return False


@cache
def _programs() -> tuple[Program, ...]:
    data = tomllib.loads(read_asset("programs.toml"))
    return tuple(
        Program(each["name"], tuple(each["words"]), each["settings"], each.get("by_hand", False))
        for each in data["program"]
    )
