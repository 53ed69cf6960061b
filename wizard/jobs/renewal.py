"""The renewal of one onboarding's stored token: redeemed, proven, written, read back; older versions go last.

Nothing that is stored changes before the new token is proven by the journey's own checks. Entra keeps a redeemed token
alive (protocol 8), so that a run which ends anywhere leaves a newest version that works. On a service that revokes it,
a run that ended between the answer and the write leaves one that does not: the next run says that somebody has to sign
in, and disables nothing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wizard.jobs.asking import Asking
from wizard.jobs.renewal_checks import (
    DUE,
    ENDS,
    OLDER,
    PROOF,
    PROVEN,
    READ_BACK,
    STORED,
    UNATTENDED,
    WRITTEN,
    with_renewal,
)
from wizard.jobs.renewal_reading import StoredToken, check_due, check_ends, check_unattended, redeem_as_recorded
from wizard.jobs.renewal_writing import Replacement
from wizard.onboarding.memory import Memory
from wizard.onboarding.steps.tenant import check_tenant_exists
from wizard.tokens.rotate import ROTATED_FROM

if TYPE_CHECKING:
    from datetime import datetime

    from wizard.core.findings import Finding
    from wizard.onboarding.journey import Journey
    from wizard.tokens.renewal_rule import RenewalRule


ASKED_OTHERWISE: Final = {"store.redeems": redeem_as_recorded, "tenant.exists": check_tenant_exists}
"""How a renewal asks these: of the token, and of the tenant, no more may be known than their names."""


class RenewalState(StrEnum):
    """How a renewal ended; the words of JSON."""

    NOT_DUE = "not_due"
    RENEWED = "renewed"
    RENEWED_BY_ANOTHER = "renewed_by_another"
    """Another run, or a wizard, has written a newer version meanwhile."""
    ANOTHER_TOOLS = "another_tools"
    """Another tool keeps the token, and renews it."""
    STOPPED = "stopped"
    """A finding says why."""


class Renewal:
    """Renews the stored token of a journey if it is due. The journey's findings stay as they are.

    Args:
        journey: its onboarding says what is stored, and is given the events; its facts are those of the newest version
            afterwards.
        rule: when the token is due, and how many versions stay.
        is_forced: whether it is due whatever the rule says.
    """

    def __init__(self, journey: Journey, rule: RenewalRule, *, is_forced: bool = False) -> None:
        self.journey, self.rule, self.is_forced = journey, rule, is_forced
        self.asking = Asking(with_renewal(journey.profile), journey.onboarding)
        self.state = RenewalState.STOPPED
        self.due_at: datetime | None = None
        self.replacement: Replacement | None = None
        self._onboarding = journey.onboarding
        earlier = journey.onboarding.memory
        journey.onboarding.memory = Memory(actions=earlier.actions, new_credential=earlier.new_credential)

    @property
    def is_due(self) -> bool:
        """Whether the token was to be renewed."""
        return self.state is not RenewalState.NOT_DUE

    def run(self) -> None:
        """Renew the token, as far as nothing stops it. Raises `Cancelled`."""
        onboarding = self._onboarding
        if not onboarding.facts.tenant_id and not self._holds("tenant.exists"):
            return
        stored = StoredToken(onboarding)
        if not self.asking.opens(STORED, stored.check):
            return
        if stored.is_another_tools:
            self.state = RenewalState.ANOTHER_TOOLS
            return
        if not self.asking.opens(UNATTENDED, lambda: check_unattended(onboarding)):
            return
        if not self.asking.opens(DUE, lambda: check_due(onboarding, stored, self.rule, is_forced=self.is_forced)):
            return
        self.due_at = stored.due_at
        self.asking.opens(ENDS, lambda: check_ends(onboarding))
        if not stored.is_due:
            self.state = RenewalState.NOT_DUE
            self._tidy(stored)
            return
        if self._is_proven():
            self._replace(stored)

    @property
    def outcome(self) -> str:
        """ "proven", "failed" or "unreachable", as a summary line says it."""
        return self.asking.outcome

    # --- inside -------------------------------------------------------------------------------------------------

    def _is_proven(self) -> bool:
        """Redeem the stored token, and ask of what came all that is asked after a sign-in."""
        facts = self._onboarding.facts
        credential = () if facts.client_type == "public" else ("app.credential",)
        named = [name for name in (*credential, *PROOF) if name in self.asking.profile.checks]
        return all(map(self._holds, named)) and self.asking.opens(PROVEN, self._check_proven)

    def _tidy(self, stored: StoredToken) -> None:
        """Disable what a run that was killed has left enabled behind the newest version."""
        replacement = self.replacement = Replacement(self._onboarding, stored.found, self.rule.keep)
        former = stored.found.tags.get(ROTATED_FROM, "")
        self.asking.opens(OLDER, lambda: replacement.disable_older(stored.found.version, former))

    def _replace(self, stored: StoredToken) -> None:
        """Write the new token, read it back, and disable older versions."""
        replacement = self.replacement = Replacement(self._onboarding, stored.found, self.rule.keep)
        if not self.asking.opens(WRITTEN, replacement.write):
            return
        if (
            replacement.version
            and self.asking.opens(READ_BACK, replacement.check_read_back)
            and not replacement.has_lost
        ):
            self.state = RenewalState.RENEWED
            self.asking.opens(OLDER, lambda: replacement.disable_older(replacement.version, stored.found.version))
        if replacement.has_lost:
            self.state = RenewalState.RENEWED_BY_ANOTHER

    def _check_proven(self) -> Finding:
        """What could not be told by one check was told by another; and what came is another token than the stored."""
        open_checks = [name for name in self.asking.findings if self.asking.is_open(name)]
        return Replacement.check_token(self._onboarding, open_checks)

    def _holds(self, check_id: str) -> bool:
        return self.asking.holds(check_id, ASKED_OTHERWISE.get(check_id))
