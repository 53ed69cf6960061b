"""The health check: every check that can be asked about what is stored, without a person and without writing."""

from __future__ import annotations

from dataclasses import replace

from wizard.core.acts import as_actions
from wizard.core.answers import SECRET_FIELDS
from wizard.core.events import CheckEnded, CheckSkipped, CheckStarted
from wizard.core.findings import Finding, NotAsked, Outcome, Skipped
from wizard.onboarding.gate import State
from wizard.onboarding.journey import Journey, run_check
from wizard.onboarding.memory import Memory
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.profile import Profile
from wizard.onboarding.step import Check, Step

NEVER_KEPT = {"client_secret": "the client secret", "passphrase": "the certificate's passphrase"}


def ask_of_what_is_stored(profile: Profile, check: Check, onboarding: Onboarding) -> Finding:
    """Return what a check finds about what is stored, as its rule says to ask it. Raises `Cancelled`.

    Nothing follows from it: the next check is asked with the same stored token.
    """
    rule = check.health_rule
    finding = replace(run_check(profile, check.id, rule.run or check.run, onboarding), back_to="", then=None)
    if finding.outcome is Outcome.FAILS and rule.actions:
        return replace(finding, actions=as_actions(finding.actions, rule.actions))
    return finding


class HealthCheck:
    """Asks a stored journey's checks again. The journey's own findings, and its file, stay as they are.

    Args:
        journey: as it was saved; its onboarding says what is stored, and is given the events.
        is_of_vault: whether the vault alone tells of it: every step was passed, or there would be no token.
    """

    def __init__(self, journey: Journey, *, is_of_vault: bool = False) -> None:
        self.journey = journey
        self._is_of_vault = is_of_vault
        self.findings: dict[str, Finding] = {}
        self.skipped: dict[str, Skipped] = {}
        self._profile = journey.profile
        journey.onboarding.memory = Memory(read_secrets={})

    def run_checks(self) -> None:
        """Ask every check of the steps that were passed. Raises `Cancelled`."""
        for step in self._profile.steps:
            for check in step.checks:
                if self._was_passed(step):
                    self._ask(check)
                elif not self._is_known(check.id):
                    self._skip(check.id, Skipped(NotAsked.EARLIER_CHECK, f"the step “{step.title}” is not done yet"))

    @property
    def outcome(self) -> str:
        """ "proven", "failed", "unreachable" or "provisional", as a summary line says it.

        A check that fails is certain, and comes before a service that could not be reached. What could not be asked
        leaves the whole provisional.
        """
        closing = [
            finding for finding in self.findings.values() if not self._profile.checks[finding.check].opens_gate(finding)
        ]
        stopped = [self.journey.blocking(step.id) for step in self._profile.steps if not self._was_passed(step)]
        if any(not finding.unreachable for finding in [*closing, *filter(None, stopped)]):
            return "failed"
        if closing:
            return "unreachable"
        return "provisional" if any(self._is_open(check_id) for check_id in self._profile.checks) else "proven"

    @property
    def not_asked(self) -> dict[str, dict[str, str]]:
        """The checks that were not asked, by id, as JSON writes them."""
        return {check_id: skipped.as_json() for check_id, skipped in self.skipped.items()}

    @property
    def missing_input(self) -> dict[str, list[str]]:
        """What was missing, as a reason, and the ids of the checks that could not be asked without it."""
        checks: dict[str, list[str]] = {}
        for check_id, skipped in self.skipped.items():
            if skipped.kind is NotAsked.MISSING_INPUT:
                checks.setdefault(skipped.reason, []).append(check_id)
        return checks

    @property
    def states(self) -> dict[str, str]:
        """How each step stands now, by its id, in the words of a journey."""
        return {step.id: self._state(step).value for step in self._profile.steps}

    def _state(self, step: Step) -> State:
        if step.not_needed or not self._was_passed(step):
            return self.journey.state(step.id)
        found = [(check, self.findings[check.id]) for check in step.checks if check.id in self.findings]
        if any(not check.opens_gate(finding) for check, finding in found):
            return State.FAILED
        return State.PROVISIONAL if any(self._is_open(check.id) for check in step.checks) else State.PROVEN

    # --- inside -------------------------------------------------------------------------------------------------

    def _was_passed(self, step: Step) -> bool:
        """Return whether a step was passed; one that asks for nothing needs nothing that was saved."""
        return not step.fields or self._is_of_vault or self.journey.is_passed(step.id)

    def _ask(self, check: Check) -> None:
        """Ask a check after those it needs, once."""
        if self._is_known(check.id):
            return
        if skipped := self._not_asked(check):
            self._skip(check.id, skipped)
            return
        onboarding = self.journey.onboarding
        onboarding.cancel.check()
        onboarding.emit(CheckStarted(check.id))
        finding = ask_of_what_is_stored(self._profile, check, onboarding)
        if reason := self._missing_secret(finding):
            self._skip(check.id, Skipped(NotAsked.MISSING_INPUT, reason))
            return
        self.findings[check.id] = finding
        onboarding.emit(CheckEnded(finding))

    def _not_asked(self, check: Check) -> Skipped | None:
        """Return why a check cannot be asked, None where it can; the checks it needs are asked first."""
        onboarding, rule = self.journey.onboarding, check.health_rule
        own_reason = "" if rule.applies_anyway else check.skipped_because(onboarding)
        if reason := own_reason or rule.skipped_because(onboarding):
            return Skipped(NotAsked.DOES_NOT_APPLY, reason)
        if rule.covered_by and rule.is_covered(onboarding):
            return Skipped(NotAsked.COVERED, f"{rule.covered_by} covers it")
        if reason := rule.missing_input(onboarding):
            return Skipped(NotAsked.MISSING_INPUT, reason)
        for needed in filter(self._profile.checks.__contains__, rule.needs(onboarding)):
            self._ask(self._profile.checks[needed])
            if self._is_missing(needed):
                return self.skipped[needed]
            finding = self.findings.get(needed)
            if finding and not self._profile.checks[needed].opens_gate(finding):
                return Skipped(NotAsked.EARLIER_CHECK, f"{needed} comes first")
        return None

    def _is_known(self, check_id: str) -> bool:
        return check_id in self.findings or check_id in self.skipped

    def _is_missing(self, check_id: str) -> bool:
        """Return whether a check that applies, and that no other covers, could not be asked."""
        skipped = self.skipped.get(check_id)
        return skipped is not None and skipped.kind in {NotAsked.EARLIER_CHECK, NotAsked.MISSING_INPUT}

    def _is_covered(self, check_id: str) -> bool:
        skipped = self.skipped.get(check_id)
        return skipped is not None and skipped.kind is NotAsked.COVERED

    def _missing_secret(self, finding: Finding) -> str:
        """Return why a check could not be asked that needs a secret nobody has given here, else ""."""
        field = str(finding.evidence.get("field", ""))
        if field not in SECRET_FIELDS or getattr(self.journey.onboarding.answers, field):
            return ""
        return f"{NEVER_KEPT.get(field, field)} is never kept; give it by --answers FILE"

    def _skip(self, check_id: str, skipped: Skipped) -> None:
        self.skipped[check_id] = skipped
        self.journey.onboarding.emit(CheckSkipped(check_id, skipped))

    def _is_open(self, check_id: str) -> bool:
        """Return whether a required check could not be asked, or could not tell and nothing has settled it."""
        check, finding = self._profile.checks[check_id], self.findings.get(check_id)
        if check.advisory:
            return False
        if self._is_missing(check_id):
            return True
        if self._is_covered(check_id):
            covering = self.findings.get(check.health_rule.covered_by)
            return covering is None or not self._profile.checks[covering.check].opens_gate(covering)
        return finding is not None and finding.outcome is Outcome.UNKNOWN and not self._is_settled(check)

    def _is_settled(self, check: Check) -> bool:
        return bool(check.settled_by) and self._outcome(check.settled_by) is Outcome.HOLDS

    def _outcome(self, check_id: str) -> Outcome | None:
        """Return how a check stands, with what another covers or settles; None where it was not asked."""
        check = self._profile.checks[check_id]
        finding = self.findings.get(check_id)
        if finding is None:
            return self._outcome(check.health_rule.covered_by) if self._is_covered(check_id) else None
        return Outcome.HOLDS if finding.outcome is Outcome.UNKNOWN and self._is_settled(check) else finding.outcome
