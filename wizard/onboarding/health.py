"""The check of what is stored: every check that can be asked without a person and without writing, each for itself."""

from __future__ import annotations

from dataclasses import replace

from wizard.core.answers import SECRET_FIELDS
from wizard.core.events import CheckEnded, CheckSkipped, CheckStarted
from wizard.core.findings import Finding, Outcome
from wizard.onboarding.gate import State
from wizard.onboarding.journey import Journey, run_check
from wizard.onboarding.memory import Memory
from wizard.onboarding.step import Check, Step

NEVER_KEPT = {"client_secret": "the client secret", "passphrase": "the certificate's passphrase"}


class HealthCheck:
    """Asks a stored journey's checks again. The journey's own findings, and its file, stay as they are.

    Args:
        journey: as it was saved; its onboarding says what is stored, and is told to.
    """

    def __init__(self, journey: Journey) -> None:
        self.journey = journey
        self.findings: dict[str, Finding] = {}
        self.not_asked: dict[str, str] = {}
        self._profile = journey.profile
        self._missed: set[str] = set()
        self._left: set[str] = set()
        self._lacking: list[str] = []
        journey.onboarding.memory = Memory()

    def run_checks(self) -> None:
        """Ask every check of the steps that were passed. Raises `Cancelled`."""
        for step in self._profile.steps:
            for check in step.checks:
                if self._is_asked(step):
                    self._ask(check)
                elif not self._is_known(check.id):
                    self._miss(check.id, f"the step “{step.title}” is not done yet")

    @property
    def outcome(self) -> str:
        """ "proven", "failed", "unreachable" or "provisional", as a summary line says it.

        A check that fails is certain, and comes before a service that could not be reached. What could not be asked
        leaves the whole provisional.
        """
        closing = [
            finding for finding in self.findings.values() if not self._profile.checks[finding.check].opens_gate(finding)
        ]
        stopped = [self.journey.blocking(step.id) for step in self._profile.steps if not self._is_asked(step)]
        if any(not finding.unreachable for finding in [*closing, *filter(None, stopped)]):
            return "failed"
        if closing:
            return "unreachable"
        return "provisional" if any(self._is_open(check_id) for check_id in self._profile.checks) else "proven"

    @property
    def missing_input(self) -> dict[str, list[str]]:
        """What was not at hand, and the checks that could not be asked for want of it."""
        grounds = {
            why: [each for each in self._lacking if self.not_asked[each] == why] for why in self.not_asked.values()
        }
        return {why: checks for why, checks in grounds.items() if checks}

    @property
    def states(self) -> dict[str, str]:
        """How each step stands now, by its id, in the words of a journey."""
        return {step.id: self._state(step).value for step in self._profile.steps}

    def _state(self, step: Step) -> State:
        if not self._is_asked(step):
            return self.journey.state(step.id)
        found = [(check, self.findings[check.id]) for check in step.checks if check.id in self.findings]
        if any(not check.opens_gate(finding) for check, finding in found):
            return State.FAILED
        return State.PROVISIONAL if any(self._is_open(check.id) for check in step.checks) else State.PROVEN

    # --- inside -------------------------------------------------------------------------------------------------

    def _is_asked(self, step: Step) -> bool:
        """Whether a step was passed; one that asks for nothing hangs on nothing that was saved."""
        return not step.fields or self.journey.is_passed(step.id)

    def _ask(self, check: Check) -> None:
        """Ask a check after those it needs, once."""
        onboarding, how = self.journey.onboarding, check.health_rule
        if self._is_known(check.id):
            return
        if why := check.skipped_because(onboarding):
            self._skip(check.id, why)
            return
        if why := how.unless(onboarding):
            self._left |= {check.id} if how.left_to else set()
            self._skip(check.id, why)
            return
        if lacking := how.lacks(onboarding):
            self._lack(check.id, lacking)
            return
        for need in how.needs(onboarding):
            self._ask(self._profile.checks[need])
            if need in self._lacking:
                self._lack(check.id, self.not_asked[need])
                return
            if why := self._why_it_ends(need):
                self._miss(check.id, why)
                return
        onboarding.cancel.check()
        onboarding.emit(CheckStarted(check.id))
        # Nothing follows from it here: the next check is asked of the same stored token.
        finding = replace(run_check(self._profile, check.id, how.run or check.run, onboarding), back_to="", then=None)
        if never_kept := self._wants_secret(finding):
            self._lack(check.id, never_kept)
            return
        if finding.outcome is Outcome.FAILS and how.remedy:
            finding = replace(finding, remedy=f"{finding.remedy} {how.remedy}".strip())
        self.findings[check.id] = finding
        onboarding.emit(CheckEnded(finding))

    def _is_known(self, check_id: str) -> bool:
        return check_id in self.findings or check_id in self.not_asked

    def _why_it_ends(self, need: str) -> str:
        """Why nothing that needs `need` can be asked, "" where it can."""
        if need in self._missed:
            return self.not_asked[need]
        finding = self.findings.get(need)
        return f"{need} comes first" if finding and not self._profile.checks[need].opens_gate(finding) else ""

    def _wants_secret(self, finding: Finding) -> str:
        """Why a check could not be asked that wanted a secret nobody has given here, else ""."""
        field = str(finding.evidence.get("field", ""))
        if field not in SECRET_FIELDS or getattr(self.journey.onboarding.answers, field):
            return ""
        return f"{NEVER_KEPT.get(field, field)} is never kept; give it by --answers FILE"

    def _skip(self, check_id: str, why: str) -> None:
        self.not_asked[check_id] = why
        self.journey.onboarding.emit(CheckSkipped(check_id, f"not asked: {why}"))

    def _lack(self, check_id: str, why: str) -> None:
        self._lacking.append(check_id)
        self._miss(check_id, why)

    def _miss(self, check_id: str, why: str) -> None:
        self._missed.add(check_id)
        self._skip(check_id, why)

    def _is_open(self, check_id: str) -> bool:
        """Whether a check that is required could not be asked, or could not tell and nothing has settled it."""
        check, finding = self._profile.checks[check_id], self.findings.get(check_id)
        if check.advisory:
            return False
        if check_id in self._missed:
            return True
        if check_id in self._left:
            told = self.findings.get(check.health_rule.left_to)
            return told is None or not self._profile.checks[told.check].opens_gate(told)
        return finding is not None and finding.outcome is Outcome.UNKNOWN and not self._is_settled(check)

    def _is_settled(self, check: Check) -> bool:
        return bool(check.settled_by) and self._outcome(check.settled_by) is Outcome.HOLDS

    def _outcome(self, check_id: str) -> Outcome | None:
        """How a check stands, with what another has told or settled, as a journey says it; None: it was not asked."""
        check = self._profile.checks[check_id]
        finding = self.findings.get(check_id)
        if finding is None:
            return self._outcome(check.health_rule.left_to) if check_id in self._left else None
        return Outcome.HOLDS if finding.outcome is Outcome.UNKNOWN and self._is_settled(check) else finding.outcome
