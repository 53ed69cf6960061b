"""The gate between the steps: which are passed, which is open, and which check keeps one closed. Changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from wizard.core.findings import Finding, Outcome, Skipped

if TYPE_CHECKING:
    from wizard.onboarding.profile import Profile
    from wizard.onboarding.step import Check, Step


class State(StrEnum):
    """The state of a step. A step after a closed gate is `LOCKED`."""

    LOCKED = "locked"
    OPEN = "open"
    PROVEN = "proven"
    PROVISIONAL = "provisional"
    FAILED = "failed"
    NOT_NEEDED = "not_needed"


PASSABLE = frozenset({State.PROVEN, State.PROVISIONAL, State.NOT_NEEDED})
"""States after which the next step is open."""


@dataclass(frozen=True, slots=True)
class Lock:
    """Why a step is locked: the check, and what is known of it."""

    check: str
    title: str
    finding: Finding | None


class Gate:
    """What follows from the findings of one onboarding.

    Args:
        profile: gives the steps.
        findings: what was found, by check id.
        skipped: the checks that do not apply, by id.
    """

    profile: Profile
    findings: Mapping[str, Finding]
    skipped: Mapping[str, Skipped]

    def outcome(self, check_id: str) -> Outcome | None:
        """Return how a check stands now, with what a later check has settled; None while it was not asked."""
        finding = self.findings.get(check_id)
        if finding is None:
            return None
        settler = self.profile.checks[check_id].settled_by
        if finding.outcome is Outcome.UNKNOWN and settler:
            return Outcome.HOLDS if self.outcome(settler) is Outcome.HOLDS else Outcome.UNKNOWN
        return finding.outcome

    def is_settled(self, check_id: str) -> bool:
        """Return whether a check could not tell by itself, and a later one has settled it."""
        finding = self.findings.get(check_id)
        return finding is not None and finding.outcome is Outcome.UNKNOWN and self.outcome(check_id) is Outcome.HOLDS

    def settled_by(self, check_id: str) -> str:
        """Return the id of the check that settled this one, "" where it needed none or none has."""
        return self.profile.checks[check_id].settled_by if self.is_settled(check_id) else ""

    def state(self, step_id: str) -> State:
        """Return the state of a step; raises KeyError."""
        step = self.profile.step(step_id)
        if self.lock(step_id) is not None and not step.not_needed:
            return State.LOCKED
        return self._own_state(step)

    def is_passed(self, step_id: str) -> bool:
        """Return whether the checks of a step itself let the next one open, whatever comes before it."""
        return self._own_state(self.profile.step(step_id)) in PASSABLE

    def lock(self, step_id: str) -> Lock | None:
        """Return the first check of an earlier step that keeps this one closed, None if it is open; raises KeyError."""
        for earlier in self.profile.steps:
            if earlier.id == step_id:
                return None
            if self._own_state(earlier) not in PASSABLE:
                check = self._closing_check(earlier)
                return Lock(check.id, check.title, self.findings.get(check.id))
        raise KeyError(step_id)

    @property
    def is_proven(self) -> bool:
        """Whether every step is proven and nothing is provisional any more."""
        return all(self._own_state(each) in (State.PROVEN, State.NOT_NEEDED) for each in self.profile.steps)

    @property
    def open_step(self) -> Step:
        """The step to work on: the first that is not passed, else the last."""
        steps = self.profile.steps
        return next((each for each in steps if self._own_state(each) not in PASSABLE), steps[-1])

    def step_to_work_on(self, step_id: str) -> Step | None:
        """Return what follows a step: the next one that is not passed; else the one after it, None after the last."""
        is_open_later = self.profile.number_of(self.open_step.id) > self.profile.number_of(step_id)
        is_passed = self._own_state(self.open_step) in PASSABLE
        return self.open_step if is_open_later and not is_passed else self.profile.step_after(step_id)

    def blocking(self, step_id: str) -> Finding | None:
        """Return the finding that keeps a step from passing, None where there is none yet."""
        for check in self.profile.step(step_id).checks:
            finding = self.findings.get(check.id)
            if finding is not None and not check.opens_gate(finding):
                return finding
        return None

    def _own_state(self, step: Step) -> State:
        if step.not_needed:
            return State.NOT_NEEDED
        found = [(check, self.findings[check.id]) for check in step.checks if check.id in self.findings]
        if any(not check.opens_gate(finding) for check, finding in found):
            return State.FAILED
        if any(not check.advisory for check in step.checks if not self._is_done(check)):
            return State.OPEN
        unsettled = any(check.settled_by and self.outcome(check.id) is Outcome.UNKNOWN for check, _ in found)
        return State.PROVISIONAL if unsettled else State.PROVEN

    def _is_done(self, check: Check) -> bool:
        return check.id in self.findings or check.id in self.skipped

    def _closing_check(self, step: Step) -> Check:
        for check in step.checks:
            finding = self.findings.get(check.id)
            is_missing = not check.advisory and not self._is_done(check)
            if is_missing or (finding and not check.opens_gate(finding)):
                return check
        return step.checks[0]
