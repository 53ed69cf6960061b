"""A profile: the steps of one kind of onboarding, in order, and what can be looked up in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from wizard.onboarding.steps.app_registration import APP
from wizard.onboarding.steps.consent import CONSENT
from wizard.onboarding.steps.start import START
from wizard.onboarding.steps.store import STORE
from wizard.onboarding.steps.tenant import TENANT
from wizard.onboarding.steps.user import USER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.core.answers import Field
    from wizard.onboarding.step import Check, Step


@dataclass(frozen=True)
class Profile:
    """The steps of one kind of onboarding.

    Args:
        name: as `profile` in an answers file names it.
        steps: in order; the first has number 0, because it asks the operator nothing.
    """

    name: str
    steps: tuple[Step, ...]

    @cached_property
    def checks(self) -> Mapping[str, Check]:
        """Every check by its id, in the order in which they run."""
        return {check.id: check for step in self.steps for check in step.checks}

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Every field by its key; for one that several steps ask, that of the first."""
        return {field.key: field for step in reversed(self.steps) for field in reversed(step.fields)}

    @cached_property
    def sign_in(self) -> Check | None:
        """The check that gets what the integration user signs in with; None where nobody signs in."""
        return next((check for check in self.checks.values() if check.begins_sign_in), None)

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {step.id: number for number, step in enumerate(self.steps)}

    def step(self, step_id: str) -> Step:
        """Return the step with this id; raises KeyError."""
        return self.steps[self._numbers[step_id]]

    def step_of(self, check_id: str) -> Step:
        """Return the step that a check belongs to; raises KeyError."""
        return self.step(check_id.partition(".")[0])

    def number_of(self, name: str) -> int:
        """Return the number of a step, by its id or that of a check; raises KeyError."""
        return self._numbers[name.partition(".")[0]]

    def step_after(self, step_id: str) -> Step | None:
        """Return the step after this one, None after the last."""
        return next(iter(self.steps[self.number_of(step_id) + 1 :]), None)

    def steps_after(self, check_id: str) -> tuple[str, ...]:
        """Return the ids of the steps after the one that a check belongs to."""
        return tuple(each.id for each in self.steps[self.number_of(check_id) + 1 :])

    def checks_from(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        """Return the ids of checks, in order: all of a step that is named, and a named check with the rest of its step.

        Args:
            ids: of steps and of checks.
        """
        named: list[str] = []
        for step in self.steps:
            is_named = step.id in ids
            for check in step.checks:
                is_named = is_named or check.id in ids
                if is_named:
                    named.append(check.id)
        return tuple(named)


CSP: Final = Profile("csp", (START, TENANT, APP, CONSENT, USER, STORE))
PROFILES: Final[Mapping[str, Profile]] = {each.name: each for each in (CSP,)}
"""All profiles, by name."""
