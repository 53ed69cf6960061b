"""Signs and words of the states of steps."""

from __future__ import annotations

from typing import Final

from wizard.core.wording import FAILS_SIGN, HOLDS_SIGN, LATER_SIGN
from wizard.onboarding.gate import State
from wizard.onboarding.profile import Profile

STATE_SIGNS: Final = {
    State.LOCKED: "○",
    State.OPEN: "○",
    State.PROVEN: HOLDS_SIGN,
    State.PROVISIONAL: LATER_SIGN,
    State.FAILED: FAILS_SIGN,
    State.NOT_NEEDED: "–",
}
STATE_WORDS: Final = {
    State.LOCKED: "locked",
    State.OPEN: "open",
    State.PROVEN: "proven",
    State.PROVISIONAL: "to confirm",
    State.FAILED: "failed",
    State.NOT_NEEDED: "not needed",
}
STATE_STYLES: Final = {
    State.LOCKED: "$quiet",
    State.OPEN: "$foreground",
    State.PROVEN: "$good",
    State.PROVISIONAL: "$fine",
    State.FAILED: "$bad",
    State.NOT_NEEDED: "$quiet",
}
SHOWN_SIGN: Final = "●"
"""Of the step that is shown, while nothing is known of it."""
CHECKING_SIGN: Final = "▸"
CHECKING_WORD: Final = "checking"


def progress_of(profile: Profile, page_id: str) -> str:
    """Return "2 of 5" for a step's page, "" for one that is no step's, or comes before the first."""
    ids = [step.id for step in profile.steps]
    number = profile.number_of(page_id) if page_id in ids else 0
    return f"{number} of {len(ids) - 1}" if number else ""


def changed_words(gone: int, *, keeps_token: bool) -> str:
    """Return what follows from a changed answer, which has un-proved so many checks.

    Args:
        gone: their number.
        keeps_token: whether another vault was chosen for a token in memory.
    """
    again = f"Changed: what hangs on it has to be checked again ({gone} check{'s' if gone > 1 else ''})."
    kept = " The vault is tried first, then the token is stored; nobody has to sign in again."
    return again + kept * keeps_token
