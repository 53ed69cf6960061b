"""What has become of the last sign-in's token, as far as the saved journey knows: kept in the vault, or gone."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from wizard.core.findings import Outcome
from wizard.journeys.resuming import gate_of, is_still_to_be_proven, is_to_be_proven_again
from wizard.onboarding.token_place import TAKEN_OVER

if TYPE_CHECKING:
    from wizard.journeys.saved_journey import SavedJourney
    from wizard.onboarding.profile import Profile


class LastSignIn(Enum):
    """Where the token is."""

    NOTHING_LOST = auto()
    """Nobody had signed in, the token is proven in the vault, or it was there before."""
    LOST = auto()
    """It was only in memory."""
    TO_BE_PROVEN = auto()
    """It was written to the vault; its proof there did not come to its end."""
    STORED = auto()
    """It was written to the vault, and its proof there failed."""
    UNCERTAIN = auto()
    """Writing it was tried, and no answer tells whether it was written."""


def last_sign_in(saved: SavedJourney, profile: Profile) -> LastSignIn:
    """Return what has become of the token of a saved journey's last sign-in."""
    findings = saved.findings
    if gate_of(saved, profile).is_proven:
        return LastSignIn.NOTHING_LOST
    signed_in = [findings[each.id] for each in profile.checks.values() if each.signs_in and each.id in findings]
    if not any(each.outcome is Outcome.HOLDS for each in signed_in):
        return LastSignIn.NOTHING_LOST
    stored = [findings.get(check.id) for step in profile.steps if step.stores for check in step.checks]
    if stored and all(each is not None and each.outcome is Outcome.HOLDS for each in stored):
        return LastSignIn.NOTHING_LOST
    if saved.facts.flow == TAKEN_OVER or is_to_be_proven_again(saved, profile):
        return LastSignIn.NOTHING_LOST
    if is_still_to_be_proven(saved, profile):
        return LastSignIn.TO_BE_PROVEN
    if saved.facts.secret_version:
        return LastSignIn.STORED
    was_tried = any(each is not None and each.unreachable for each in stored)
    return LastSignIn.UNCERTAIN if was_tried else LastSignIn.LOST


def describe_last_sign_in(last: LastSignIn, saved: SavedJourney, profile: Profile) -> str:
    """Return a sentence that says it, and whether another sign-in is needed; "" where nothing was lost."""
    if last is LastSignIn.NOTHING_LOST or profile.sign_in is None:
        return ""
    again = f"step {profile.number_of(profile.sign_in.id)} opens again, with a new sign-in"
    facts = saved.facts
    where = f"{facts.vault_url.removeprefix('https://')} as {facts.secret_name}"
    match last:
        case LastSignIn.TO_BE_PROVEN:
            number = profile.number_of(profile.sign_in.id)
            return (
                f"The token of the last sign-in is kept in {where}, and its proof was cut off: step {number} opens "
                "again, and proves what is stored. Nobody has to sign in."
            )
        case LastSignIn.STORED:
            return f"The token of the last sign-in is kept in {where}, but not proven: {again}."
        case LastSignIn.UNCERTAIN:
            return f"Whether the token of the last sign-in reached the vault is not known: {again}."
    return f"The token of the last sign-in was only in memory: {again}."
