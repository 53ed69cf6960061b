"""The answers that a journey begins with: what another tenant shares with the one at hand, and proposals."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wizard.core.answers import Answers
from wizard.onboarding.proposals import with_proposals

if TYPE_CHECKING:
    from wizard.onboarding.profile import Profile

KEPT_FOR_ANOTHER: Final = ("cloud", "profile", "home_tenant", "vault_url", "vault_identity", "consent_redirect_uri")
"""What a second onboarding takes over from the first."""


def for_another(at_hand: Answers, defaults: Answers, chosen: Collection[str]) -> Answers:
    """Return the answers of another tenant's onboarding.

    Args:
        at_hand: of the journey that is open.
        defaults: of a journey begun now.
        chosen: the names of those among them that were chosen on the first page.
    """
    kept = {name: getattr(at_hand, name) for name in KEPT_FOR_ANOTHER}
    return replace(Answers(), **kept | {name: getattr(defaults, name) for name in chosen})


def begun(answers: Answers, profile: Profile) -> Answers:
    """Return answers with what their kind proposes in the place of what nobody has chosen."""
    return with_proposals(profile.spec, answers)
