"""A journey as it stands at one moment, for whoever draws or reports it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wizard.core.answers import Answers
from wizard.core.facts import Facts
from wizard.core.findings import Finding, Skipped
from wizard.core.fixes import Action, Fix
from wizard.onboarding.gate import Gate
from wizard.onboarding.profile import Profile


@dataclass(frozen=True)
class JourneyView(Gate):
    """A journey that no run changes any more.

    Args:
        profile: gives the steps.
        findings: what was found, by check id; read-only.
        skipped: the checks that do not apply, by id; read-only.
        answers: of the operator.
        facts: what was learnt.
        cloud_title: as people call the cloud.
        foreseen: checks that would be skipped as things stand, by id, with the reason; read-only.
        has_token: whether a token is in memory that is not stored yet.
        rejected_for: the account that was expected when another one signed in, else "".
        actions: the record of what fixes have changed.
        fix_accounts: who would make a fix, by its API; none while nobody is signed in for it; read-only.
        fix_hosts: the host that takes the requests of each API, by its name; read-only.
    """

    profile: Profile
    findings: Mapping[str, Finding]
    skipped: Mapping[str, Skipped]
    answers: Answers
    facts: Facts
    cloud_title: str
    foreseen: Mapping[str, str]
    has_token: bool = False
    rejected_for: str = ""
    actions: tuple[Action, ...] = ()
    fix_accounts: Mapping[str, str] = field(default_factory=dict)
    fix_hosts: Mapping[str, str] = field(default_factory=dict)

    def fixes(self, step_id: str) -> tuple[Fix, ...]:
        """Return the fixes that the findings of a step offer, in the order of its checks, each once."""
        found = [self.findings[check.id] for check in self.profile.step(step_id).checks if check.id in self.findings]
        return tuple({fix.name: fix for each in found for fix in each.fixes}.values())

    def hangs_on(self, check_id: str, key: str) -> bool:
        """Return whether a check is asked again once the answer to a field changes; raises KeyError."""
        return check_id in self.profile.hangs_on(key, self.answers)

    def needs_person(self, step_id: str) -> bool:
        """Return whether somebody has to sign in when this step is checked now."""
        step = self.profile.step(step_id)
        is_spared = any(check.spares_sign_in and check.id not in self.foreseen for check in step.checks)
        return step.signs_in and not self.has_token and not is_spared

    def tries_vault_first(self, step_id: str) -> bool:
        """Return whether another vault was chosen for a token in memory: it is tried, then stored into, in one go."""
        step, lock = self.profile.step(step_id), self.lock(step_id)
        return step.stores and self.has_token and lock is not None and self.profile.step_of(lock.check).signs_in
