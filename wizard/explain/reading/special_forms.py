"""Asks the readers of what has a form of its own, each only where its form can stand: it is loaded then."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from wizard.catalogue.check_titles import step_titles
from wizard.core.late_pattern import holds_any, late_pattern, lowered
from wizard.explain.results import LocatedDiagnosis

MOST_TOKENS: Final = 1_000
"""Tokens, codes and secrets of a form that are looked at."""
_IN_VALUES: Final = ("0.A", "1.A", "~")
"""One of these stands in every code or secret that is known by its own form."""
_IN_NAMES: Final = ("token", "code", "secret")
"""One of these, in small letters, stands in every name of a value."""
_HEAD_OF_A_TOKEN: Final = late_pattern(r"e[wy][A-Za-z0-9_-]{6}", needs=("ew", "ey"))


def is_of_ours(text: str) -> bool:
    """Return whether lines of our own may stand in a text: they name a check, such as user.signed_in."""
    return holds_any(text, (f"{step}." for step in step_titles()))


def find_own_findings(text: str) -> list[LocatedDiagnosis]:
    """Return each finding in our own lines and reports that asks for something."""
    if "[" not in text or not is_of_ours(text):
        return []
    from wizard.explain import own_output

    return own_output.find_own_findings(text)


def blank_routine_lines(text: str) -> str:
    """Return `text` with blanks, as many, for what our own output says besides findings that ask for something."""
    if not is_of_ours(text):
        return text
    from wizard.explain import own_output

    return own_output.blank_routine_lines(text)


def find_browser_addresses(text: str, now: datetime) -> list[LocatedDiagnosis]:
    """Return a diagnosis for each answer of a consent or sign-in page, and for each link to such a page."""
    if "://" not in text and "=" not in text:
        return []
    from wizard.explain.addresses import browser_addresses

    return browser_addresses.find_browser_addresses(text, now)


def find_challenges(text: str) -> list[LocatedDiagnosis]:
    """Return a diagnosis for each claims challenge that stands in a header or a query."""
    if "claims" not in lowered(text):
        return []
    from wizard.explain import claims_challenge

    return claims_challenge.find_challenges(text)


def find_tokens(text: str, now: datetime) -> list[LocatedDiagnosis]:
    """Return a diagnosis for each token, code and client secret in a text."""
    is_named = (":" in text or "=" in text) and holds_any(lowered(text), _IN_NAMES)
    if not (is_named or holds_any(text, _IN_VALUES) or _HEAD_OF_A_TOKEN.search(text)):
        return []
    from wizard.explain.token_reader import token_finder

    return token_finder.find_tokens(text, now, MOST_TOKENS)
