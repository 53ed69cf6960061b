"""A profile: the steps of one kind of onboarding, in order, and what follows from them."""

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
        name: as `profile` of an answers file gives it.
        steps: in order; the first has number 0, and comes before what an operator calls the first.
    """

    name: str
    steps: tuple[Step, ...]

    @cached_property
    def checks(self) -> Mapping[str, Check]:
        """Every check by its id, in the order they are asked."""
        return {check.id: check for step in self.steps for check in step.checks}

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Every field by its key; one that several steps ask is the first's."""
        return {field.key: field for step in reversed(self.steps) for field in reversed(step.fields)}

    @cached_property
    def sign_in(self) -> Check | None:
        """The check that gets what the integration user signs in with; None where nobody signs in."""
        return next((check for check in self.checks.values() if check.begins_sign_in), None)

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {step.id: number for number, step in enumerate(self.steps)}

    def step(self, step_id: str) -> Step:
        """The step with this id; raises KeyError."""
        return self.steps[self._numbers[step_id]]

    def step_of(self, check_id: str) -> Step:
        """The step that a check belongs to; raises KeyError."""
        return self.step(check_id.partition(".")[0])

    def number_of(self, name: str) -> int:
        """The number of a step, by its id or that of a check; raises KeyError."""
        return self._numbers[name.partition(".")[0]]

    def step_after(self, step_id: str) -> Step | None:
        """The step behind this one, None behind the last."""
        return next(iter(self.steps[self.number_of(step_id) + 1 :]), None)

    def steps_behind(self, check_id: str) -> tuple[str, ...]:
        """The ids of the steps behind the one that a check belongs to."""
        return tuple(each.id for each in self.steps[self.number_of(check_id) + 1 :])

    def checks_behind(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        """The checks that `ids` name: a check's id for it and all that follow in its step, a step's id for all."""
        named: list[str] = []
        for each in self.steps:
            reached = each.id in ids
            for check in each.checks:
                reached = reached or check.id in ids
                if reached:
                    named.append(check.id)
        return tuple(named)


CSP: Final = Profile("csp", (START, TENANT, APP, CONSENT, USER, STORE))
PROFILES: Final[Mapping[str, Profile]] = {each.name: each for each in (CSP,)}
"""The profiles there are, by name."""
