"""The gate once more, by the words of the design alone: which steps are passed, and which is open."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from wizard.core.findings import Finding, Outcome
from wizard.onboarding.finding_builders import STOPPED_AT
from wizard.onboarding.journey import Journey
from wizard.onboarding.profile import Profile
from wizard.onboarding.step import Check


@dataclass(frozen=True, slots=True)
class OwnGate:
    """What follows from findings: a required check holds, or is settled later; an advisory one closes nothing."""

    profile: Profile
    findings: Mapping[str, Finding]
    skipped: Collection[str]

    @classmethod
    def of(cls, journey: Journey) -> OwnGate:
        """Return the gate of what a journey has found."""
        return cls(journey.profile, journey.findings, journey.skipped)

    def passes(self, step: str) -> bool:
        """Return whether every check of a step lets the next one open."""
        return all(self._lets_pass(check) for check in self.profile.step(step).checks)

    def is_open(self, step: str) -> bool:
        """Return whether every step before this one is passed."""
        ids = [each.id for each in self.profile.steps]
        return all(self.passes(each) for each in ids[: ids.index(step)])

    @property
    def is_proven(self) -> bool:
        """Whether every step is passed, and what was to be settled later is."""
        checks = [check for step in self.profile.steps for check in step.checks]
        return all(self.passes(step.id) for step in self.profile.steps) and all(map(self._is_settled, checks))

    def _lets_pass(self, check: Check) -> bool:
        finding = self.findings.get(check.id)
        if finding is None:
            return check.advisory or check.id in self.skipped
        if finding.outcome is Outcome.FAILS:
            return check.advisory and not check.stops_if_fails
        if finding.outcome is Outcome.UNKNOWN and not check.advisory:
            return bool(check.settled_by) and not finding.unreachable and STOPPED_AT not in finding.evidence
        return True

    def _is_settled(self, check: Check) -> bool:
        finding = self.findings.get(check.id)
        if finding is None or finding.outcome is not Outcome.UNKNOWN or not check.settled_by:
            return True
        settler = self.findings.get(check.settled_by)
        if settler is None:
            return False
        later = self.profile.checks[check.settled_by]
        is_unknown = settler.outcome is Outcome.UNKNOWN and later.settled_by
        return settler.outcome is Outcome.HOLDS or bool(is_unknown and self._is_settled(later))
