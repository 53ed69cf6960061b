"""What an integration account needs, line by line, in the order in which it is done: where, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wizard.core.findings import Who
from wizard.onboarding.onboarding_context import Onboarding

SIGN_IN_PAGE: Final = "https://aka.ms/mfasetup"
"""Where a new account changes its first password, and registers a second factor (protocol 4.7)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is to be done for a new integration account.

    Args:
        subject: what it is about, in a word or two.
        act: what to do, with the place.
        missing: what is so while it is not done; follows on the subject.
        who: can do it.
        link: the address where it is done.
    """

    subject: str
    act: str
    missing: str
    who: Who
    link: str


def role_of(onboarding: Onboarding) -> str:
    """Return the role in Partner Center that the integration user needs in this kind of onboarding (protocol 4.5)."""
    return "Admin agent" if onboarding.spec.has("customers") else "Referrals admin or Referrals user"


def account_lines(onboarding: Onboarding) -> tuple[Line, ...]:
    """Return what a new integration account needs: the account, its role, first sign-in with a second factor, MFA."""
    cloud, name, role = onboarding.services.cloud, onboarding.answers.integration_user, role_of(onboarding)
    return (
        Line(
            "the account",
            f"Make {name}: partner.microsoft.com > Account settings > User management > Add user > Create new users. "
            "For programs alone: nobody's own, no guest. Its first password is shown once, at the end.",
            "is still to be made",
            Who.ADMIN,
            cloud.portal_partner_center,
        ),
        Line(
            "its role",
            f"Choose {role} for it there, and no role of an administrator.",
            f"is still to be given: {role}, and nothing else",
            Who.ADMIN,
            cloud.portal_partner_center,
        ),
        Line(
            "its first sign-in",
            f"Hand the first password to whoever signs in as it, who does so at {SIGN_IN_PAGE} in a private window, "
            "changes the password, and registers a second factor.",
            "is still to be done: another password, and a second factor",
            Who.INTEGRATION_USER,
            SIGN_IN_PAGE,
        ),
        Line(
            "MFA",
            "Have MFA required of it: entra.microsoft.com > Entra ID > Conditional Access > Policies, or security "
            "defaults, which refuse device codes.",
            "is still to be required",
            Who.ADMIN,
            cloud.portal_entra,
        ),
    )
