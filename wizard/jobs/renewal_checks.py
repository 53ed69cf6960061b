"""What a renewal asks, each by its id and with the words above its finding; and what it asks as the journey does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from wizard.onboarding.step import Check, Step

if TYPE_CHECKING:
    from wizard.core.findings import Finding
    from wizard.onboarding.onboarding_context import Onboarding
    from wizard.onboarding.profile import Profile


@dataclass(frozen=True, slots=True)
class JobCheck:
    """A check that a job alone asks: its id, and its title where it holds and where it does not."""

    id: str
    title: str
    failing_title: str
    is_advisory: bool = False


STORED: Final = JobCheck("renew.stored", "The stored token can be renewed", "The stored token cannot be renewed")
UNATTENDED: Final = JobCheck(
    "renew.unattended", "A job can reach the app's credential", "No job can reach the app's credential"
)
DUE: Final = JobCheck("renew.due", "When the token is to be renewed is known", "The token is overdue")
ENDS: Final = JobCheck(
    "renew.ends",
    "No end is near that a renewal does not move",
    "An end is near that no renewal moves",
    is_advisory=True,
)
PROVEN: Final = JobCheck("renew.proven", "The new token is proven", "The new token is not proven")
WRITTEN: Final = JobCheck("renew.written", "The new token is in the vault", "The new token is not written")
READ_BACK: Final = JobCheck(
    "renew.read_back", "The new token reads back as written", "The new token does not read back as written"
)
OLDER: Final = JobCheck(
    "renew.older", "Older versions are disabled", "Not every older version is disabled", is_advisory=True
)
RENEWAL_CHECKS: Final = (STORED, UNATTENDED, DUE, ENDS, PROVEN, WRITTEN, READ_BACK, OLDER)
"""In the order in which they are asked; the journey's own checks of a token stand between ENDS and PROVEN."""
KEY_KNOWN: Final = JobCheck(
    "renew.credential", "The app's credential can be renewed", "The app's credential cannot be renewed"
)
KEY_LEFT: Final = JobCheck(
    "renew.left_keys",
    "No key of the app is left that nobody can know",
    "A key of the app is left that nobody can know",
    is_advisory=True,
)
KEY_DUE: Final = JobCheck(
    "renew.credential_due", "When the credential is to be renewed is known", "The end of the credential is not known"
)
KEY_MADE: Final = JobCheck(
    "renew.credential_made", "A new credential is proven and stored", "No new credential was stored"
)
KEY_USED: Final = JobCheck(
    "renew.credential_used", "Programs get the new credential, and Entra takes it", "Programs do not get the credential"
)
KEYS_OLD: Final = JobCheck(
    "renew.old_keys", "No old key of the app is left", "An old key of the app is left", is_advisory=True
)
ROTATION_CHECKS: Final = (KEY_KNOWN, KEY_LEFT, KEY_DUE, KEY_MADE, KEY_USED, KEYS_OLD)
"""Those of `renew --credential`, in the order in which they are asked; the renewal's stand before KEY_MADE."""
STEP_ID: Final = "renew"
PROOF: Final = (
    "store.redeems",
    "user.tenant",
    "user.account",
    "user.audience",
    "user.scope",
    "user.refresh_token",
    "user.mfa",
    "user.client_type",
    "store.partner_center",
    "store.mfa_compliant",
    "store.referrals",
)
"""The journey's checks that a token passes before it follows a stored one, as far as its profile has them."""


def with_renewal(profile: Profile) -> Profile:
    """Return a profile that also knows the checks of a job, for their titles."""
    return replace(profile, steps=(*profile.steps, _STEP))


def _asked_by_the_job(_onboarding: Onboarding) -> Finding:
    raise LookupError("a renewal asks it itself")


_STEP: Final = Step(
    STEP_ID,
    "Renewal",
    "Renew",
    "The stored token is used for a new one, which takes its place once it is proven.",
    fields=(),
    checks=tuple(
        Check(each.id, each.title, each.failing_title, "Renewal", _asked_by_the_job, advisory=each.is_advisory)
        for each in (*RENEWAL_CHECKS, *ROTATION_CHECKS)
    ),
)
