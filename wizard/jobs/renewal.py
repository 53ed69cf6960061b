"""The renewal of one onboarding's stored token: redeemed, proven, written, read back; older versions go last.

Nothing that is stored changes before the new token is proven by the journey's own checks. Entra keeps a redeemed token
alive (protocol 8), so that a run which ends anywhere leaves a newest version that works. On a service that revokes it,
a run that ended between the answer and the write leaves one that does not: the next run says that somebody has to sign
in, and disables nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wizard.core.events import CheckEnded, CheckStarted
from wizard.core.findings import Finding, Outcome
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
    JobCheck,
    with_renewal,
)
from wizard.jobs.renewal_reading import StoredToken, check_due, check_ends, check_unattended, redeem_as_recorded
from wizard.jobs.renewal_writing import Replacement
from wizard.onboarding.health import ask_of_what_is_stored
from wizard.onboarding.journey import run_check
from wizard.onboarding.memory import Memory
from wizard.onboarding.steps.tenant import check_tenant_exists

if TYPE_CHECKING:
    from datetime import datetime

    from wizard.onboarding.journey import Journey
    from wizard.onboarding.step import Check
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
        self.findings: dict[str, Finding] = {}
        self.state = RenewalState.STOPPED
        self.due_at: datetime | None = None
        self.replacement: Replacement | None = None
        self._profile = with_renewal(journey.profile)
        self._onboarding = journey.onboarding
        earlier = journey.onboarding.memory.actions
        journey.onboarding.memory = Memory(actions=earlier)

    def run(self) -> None:
        """Renew the token, as far as nothing stops it. Raises `Cancelled`."""
        onboarding = self._onboarding
        if not onboarding.facts.tenant_id and not self._holds("tenant.exists"):
            return
        stored = StoredToken(onboarding)
        if not self._opens(STORED, stored.check):
            return
        if stored.is_another_tools:
            self.state = RenewalState.ANOTHER_TOOLS
            return
        if not self._opens(UNATTENDED, lambda: check_unattended(onboarding)):
            return
        if not self._opens(DUE, lambda: check_due(onboarding, stored, self.rule, is_forced=self.is_forced)):
            return
        self.due_at = stored.due_at
        self._opens(ENDS, lambda: check_ends(onboarding))
        if not stored.is_due:
            self.state = RenewalState.NOT_DUE
            return
        if self._is_proven():
            self._replace(stored)

    @property
    def outcome(self) -> str:
        """ "proven", "failed" or "unreachable", as a summary line says it.

        A check that fails is certain, and comes before a service that could not be reached.
        """
        closing = [each for each in self.findings.values() if not self._check(each.check).opens_gate(each)]
        if any(not finding.unreachable for finding in closing):
            return "failed"
        return "unreachable" if closing else "proven"

    # --- inside -------------------------------------------------------------------------------------------------

    def _is_proven(self) -> bool:
        """Redeem the stored token, and ask of what came all that is asked after a sign-in."""
        facts = self._onboarding.facts
        credential = () if facts.client_type == "public" else ("app.credential",)
        named = [name for name in (*credential, *PROOF) if name in self._profile.checks]
        return all(map(self._holds, named)) and self._opens(PROVEN, self._check_proven)

    def _replace(self, stored: StoredToken) -> None:
        """Write the new token, read it back, and disable older versions."""
        replacement = self.replacement = Replacement(self._onboarding, stored.found, self.rule.keep)
        if not self._opens(WRITTEN, replacement.write):
            return
        if replacement.version and self._opens(READ_BACK, replacement.check_read_back) and not replacement.has_lost:
            self.state = RenewalState.RENEWED
            self._opens(OLDER, replacement.disable_older)
        if replacement.has_lost:
            self.state = RenewalState.RENEWED_BY_ANOTHER

    def _check_proven(self) -> Finding:
        """What could not be told by one check was told by another; and what came is another token than the stored."""
        open_checks = [name for name, each in self.findings.items() if self._is_open(name, each)]
        return Replacement.check_token(self._onboarding, open_checks)

    def _is_open(self, check_id: str, finding: Finding) -> bool:
        """Return whether a check could not tell, and none that settles it holds."""
        if finding.outcome is not Outcome.UNKNOWN:
            return False
        settler = self._check(check_id).settled_by
        asked = self._check(settler).health_rule.covered_by or settler if settler else ""
        return not (asked in self.findings and self.findings[asked].outcome is Outcome.HOLDS)

    def _holds(self, check_id: str) -> bool:
        """Ask one of the journey's checks; return whether the renewal may go on."""
        check, onboarding = self._check(check_id), self._onboarding
        if check.skipped_because(onboarding) or check.health_rule.skipped_because(onboarding):
            return True
        if run := ASKED_OTHERWISE.get(check_id):
            check = replace(check, health_rule=replace(check.health_rule, run=run))
        return self._asked(check, lambda: ask_of_what_is_stored(self._profile, check, onboarding))

    def _opens(self, check: JobCheck, ask: Callable[[], Finding]) -> bool:
        """Ask one of the renewal's own checks; return whether it may go on."""
        run = lambda: run_check(self._profile, check.id, lambda _onboarding: ask(), self._onboarding)  # noqa: E731
        return self._asked(self._check(check.id), run)

    def _asked(self, check: Check, ask: Callable[[], Finding]) -> bool:
        onboarding = self._onboarding
        onboarding.cancel.check()
        onboarding.emit(CheckStarted(check.id))
        finding = self.findings[check.id] = ask()
        onboarding.emit(CheckEnded(finding))
        return check.opens_gate(finding)

    def _check(self, check_id: str) -> Check:
        return self._profile.checks[check_id]
