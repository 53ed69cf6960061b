"""A profile: the steps of one kind of onboarding, in order, and what can be looked up in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from wizard.core.wording import upper_first
from wizard.onboarding.profile_spec import DEFAULT_PROFILE, ProfileSpec, built_in_profiles
from wizard.onboarding.steps.access import ACCESS
from wizard.onboarding.steps.app_registration import APP
from wizard.onboarding.steps.consent import CONSENT
from wizard.onboarding.steps.start import START
from wizard.onboarding.steps.store import STORE
from wizard.onboarding.steps.tenant import TENANT
from wizard.onboarding.steps.user import USER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.core.answers import Answers, Field
    from wizard.onboarding.step import Check, Step


@dataclass(frozen=True)
class Profile:
    """The steps of one kind of onboarding.

    Args:
        spec: what its data says.
        steps: in order; the first has number 0, because it asks the operator nothing.
    """

    spec: ProfileSpec
    steps: tuple[Step, ...]

    @property
    def name(self) -> str:
        """As `profile` in an answers file names it."""
        return self.spec.name

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

    def short_name(self, name: str) -> str:
        """Return "step 4" of a step, by its id or that of a check; "Start" of the one that comes before step 1."""
        number = self.number_of(name)
        return f"step {number}" if number else self.step_of(name).title

    def full_name(self, name: str) -> str:
        """Return "step 4, Integration user" of a step, by its id or that of a check; "Start" as in `short_name`."""
        number, title = self.number_of(name), self.step_of(name).title
        return f"step {number}, {title}" if number else title

    def step_after(self, step_id: str) -> Step | None:
        """Return the step to walk after this one, None after the last."""
        return next((each for each in self.steps[self.number_of(step_id) + 1 :] if not each.not_needed), None)

    def steps_after(self, check_id: str) -> tuple[str, ...]:
        """Return the ids of the steps after the one that a check belongs to."""
        return tuple(each.id for each in self.steps[self.number_of(check_id) + 1 :])

    def hangs_on(self, key: str, answers: Answers) -> tuple[str, ...]:
        """Return the ids of the checks that a change of an answer un-proves, in order; raises KeyError.

        A field that several steps ask (the vault's) un-proves from the first step in which these answers ask it.
        """
        asked_in = [step.id for step in self.steps if key in {field.key for field in step.asked_fields(answers)}]
        return self.checks_from((*self.fields[key].unproves, *(asked_in if len(asked_in) > 1 else ())))

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


STEPS: Final[Mapping[str, Step]] = {each.id: each for each in (START, TENANT, APP, CONSENT, USER, STORE, ACCESS)}
"""Every step, by its id, with the checks and fields of every facet."""


def make_profile(spec: ProfileSpec) -> Profile:
    """Return the profile that its data describes; raise KeyError for a step that there is not."""
    steps = [_step_of(spec, STEPS[name]) for name in spec.steps]
    ids = {check.id for step in steps for check in step.checks}
    return Profile(
        spec, tuple(replace(step, checks=tuple(_settled(each, ids) for each in step.checks)) for step in steps)
    )


def _step_of(spec: ProfileSpec, step: Step) -> Step:
    """Return a step with what belongs to a profile."""
    if step.id in spec.not_needed:
        return replace(step, fields=(), checks=(), facts=(), not_needed=spec.not_needed[step.id])
    fields = tuple(
        replace(each, help=spec.help[each.key]) if each.key in spec.help else each
        for each in step.fields
        if spec.has(each.facet)
    )
    checks = tuple(_named(each, spec) for each in step.checks if spec.has(each.facet))
    return replace(step, fields=fields, checks=checks, why=spec.why.get(step.id, step.why))


def _named(check: Check, spec: ProfileSpec) -> Check:
    title, failing_title = (upper_first(text.format(api=spec.api.title)) for text in (check.title, check.failing_title))
    return replace(check, title=title, failing_title=failing_title)


def _settled(check: Check, ids: set[str]) -> Check:
    """Return a check that is settled, and covered, by one that the profile has; by none where it has none of them."""
    rule = check.health_rule
    covered_by = _first_of((rule.covered_by, *rule.or_covered_by), ids)
    settled_by = _first_of((check.settled_by, *check.or_settled_by), ids)
    return replace(check, settled_by=settled_by, health_rule=replace(rule, covered_by=covered_by))


def _first_of(names: tuple[str, ...], ids: set[str]) -> str:
    return next((each for each in names if each in ids), "")


PROFILES: Final[Mapping[str, Profile]] = {name: make_profile(spec) for name, spec in built_in_profiles().items()}
"""All profiles, by name."""
CSP: Final = PROFILES[DEFAULT_PROFILE]
EVERY_CHECK: Final[Mapping[str, Check]] = {
    check.id: next(each.checks[check.id] for each in PROFILES.values() if check.id in each.checks)
    for step in STEPS.values()
    for check in step.checks
}
"""The checks of all profiles by id, in the order of the steps; one of several profiles as the first of them has it."""
