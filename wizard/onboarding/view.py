"""A journey as it stands at one moment, for whoever draws or reports it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wizard.core.answers import Answers
from wizard.core.facts import Facts
from wizard.core.findings import Finding, Skipped
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
        has_token: whether a sign-in is in memory.
        rejected_for: the account that was expected when another one signed in, else "".
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

    def tries_vault_first(self, step_id: str) -> bool:
        """Return whether another vault was chosen for a token in memory: it is tried, then stored into, in one go."""
        step, lock = self.profile.step(step_id), self.lock(step_id)
        return step.stores and self.has_token and lock is not None and self.profile.step_of(lock.check).signs_in
