"""Refresh tokens that are there before the journey begins: of whom, for which app, and how old."""

from __future__ import annotations

from dataclasses import dataclass, field

from wizard.rehearsal.choices import Home


@dataclass(frozen=True, slots=True)
class IssuedBefore:
    """The sign-in behind a refresh token that is there before the journey begins.

    Args:
        to: key of the person in `people` who signed in.
        mfa: whether with MFA.
        client_id: the app it was issued to, "" for the world's.
        tenant: the tenant that the sign-in was made in.
        idle_days: days since the token was used last.
    """

    to: str = "integration"
    mfa: bool = True
    client_id: str = ""
    tenant: Home = Home.CONTOSO
    idle_days: float = 0


@dataclass(frozen=True, slots=True)
class TokenAtHand:
    """A refresh token that the operator has from elsewhere, in `file` of the cloud's folder."""

    file: str
    issued: IssuedBefore = field(default_factory=IssuedBefore)
