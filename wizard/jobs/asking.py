"""The checks of one run of a job: each asked in its turn, told in events, and whether the job may go on after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from wizard.core.events import CheckEnded, CheckStarted
from wizard.core.findings import Finding, Outcome
from wizard.onboarding.health import ask_of_what_is_stored
from wizard.onboarding.journey import run_check

if TYPE_CHECKING:
    from wizard.jobs.renewal_checks import JobCheck
    from wizard.onboarding.onboarding_context import Onboarding
    from wizard.onboarding.profile import Profile
    from wizard.onboarding.step import Check


@dataclass(slots=True)
class Asking:
    """What a job asks, and what was found.

    Args:
        profile: knows the checks, also the job's own.
        onboarding: what they work on.
        findings: what was found, by the id of the check.
    """

    profile: Profile
    onboarding: Onboarding
    findings: dict[str, Finding] = field(default_factory=dict)

    @property
    def closing(self) -> list[Finding]:
        """The findings that end the job."""
        return [each for each in self.findings.values() if not self.check(each.check).opens_gate(each)]

    @property
    def outcome(self) -> str:
        """ "proven", "failed" or "unreachable", as a summary line says it.

        A check that fails is certain, and comes before a service that could not be reached.
        """
        closing = self.closing
        if any(not finding.unreachable for finding in closing):
            return "failed"
        return "unreachable" if closing else "proven"

    def check(self, check_id: str) -> Check:
        """Return a check by its id."""
        return self.profile.checks[check_id]

    def holds(self, check_id: str, run: Callable[[Onboarding], Finding] | None = None) -> bool:
        """Ask one of the journey's checks of what is stored; return whether the job may go on.

        Args:
            check_id: of the check.
            run: how the job asks it; None: as `partner-wizard check` does.

        Raises:
            Cancelled: the cancel signal was set.
        """
        check, onboarding = self.check(check_id), self.onboarding
        if check.skipped_because(onboarding) or check.health_rule.skipped_because(onboarding):
            return True
        if run:
            check = replace(check, health_rule=replace(check.health_rule, run=run))
        return self._asked(check, lambda: ask_of_what_is_stored(self.profile, check, onboarding))

    def opens(self, check: JobCheck, ask: Callable[[], Finding]) -> bool:
        """Ask one of the job's own checks; return whether it may go on. Raises `Cancelled`."""
        run = lambda: run_check(self.profile, check.id, lambda _onboarding: ask(), self.onboarding)  # noqa: E731
        return self._asked(self.check(check.id), run)

    def is_open(self, check_id: str) -> bool:
        """Return whether a check could not tell, and none that settles it holds."""
        if self.findings[check_id].outcome is not Outcome.UNKNOWN:
            return False
        settler = self.check(check_id).settled_by
        asked = self.check(settler).health_rule.covered_by or settler if settler else ""
        return not (asked in self.findings and self.findings[asked].outcome is Outcome.HOLDS)

    def _asked(self, check: Check, ask: Callable[[], Finding]) -> bool:
        onboarding = self.onboarding
        onboarding.cancel.check()
        onboarding.emit(CheckStarted(check.id))
        finding = self.findings[check.id] = ask()
        onboarding.emit(CheckEnded(finding))
        return check.opens_gate(finding)
