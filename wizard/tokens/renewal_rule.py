"""When a stored token is renewed: some days after it was written, or before it ends; never at each call.

Each renewal leaves a version in the vault that can be disabled and not deleted, and a secret with more than 500 of them
cannot be backed up (protocol 11.8). A week leaves 52 a year, and twelve weeks in which failing renewals can be noticed
before 90 idle days end the token.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from wizard.tokens.record import IDLE_LIFE

if TYPE_CHECKING:
    from wizard.core.answers import Answers
    from wizard.core.facts import Facts
    from wizard.microsoft.key_vault import StoredSecret

AFTER_DAYS: Final = 7
BEFORE_DAYS: Final = 30
KEEP: Final = 2
"""What holds unless somebody says something else: the newest version, and the one that a program may just have read."""
CLOCK_SKEW: Final = timedelta(hours=1)
"""By which a version may seem to be written in the future before this machine's clock is doubted."""

TYPED_SECRET: Final = (
    "No job can renew it yet: the client secret is never kept. partner-wizard help renewal says where a job finds it."
)
"""What to say at the end of a journey whose client secret somebody has typed."""


@dataclass(frozen=True, slots=True)
class RenewalRule:
    """When a token is due, and how many of its versions stay enabled.

    Args:
        after: since it was written.
        before: before it ends by 90 idle days.
        keep: the newest versions that stay enabled.
    """

    after: timedelta = timedelta(days=AFTER_DAYS)
    before: timedelta = timedelta(days=BEFORE_DAYS)
    keep: int = KEEP

    def due_at(self, written_at: datetime) -> datetime:
        """Return from when on a token that was written at a moment is due."""
        return min(written_at + self.after, written_at + IDLE_LIFE - self.before)


def reaches_credential(answers: Answers, facts: Facts) -> bool:
    """Return whether a job finds what the app proves itself with by what is saved: a client secret itself never is."""
    return facts.client_type == "public" or answers.credential != "secret"


def written_at(found: StoredSecret) -> datetime | None:
    """Return when a version was written, by the vault's own clock; by its end where the vault does not say it."""
    if found.created_at is not None:
        return found.created_at
    return found.expires_at - IDLE_LIFE if found.expires_at is not None else None
