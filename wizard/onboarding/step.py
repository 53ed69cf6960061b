"""What an onboarding is made of: steps, and the checks of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from wizard.core.answers import Answers, Field
from wizard.core.findings import Finding, Outcome, Who
from wizard.core.inbox import Purpose
from wizard.core.trouble import Trouble
from wizard.core.wording import check_title
from wizard.onboarding.finding_builders import STOPPED_AT
from wizard.onboarding.health_rule import HealthRule
from wizard.onboarding.onboarding_context import Onboarding


@dataclass(frozen=True, slots=True)
class Check:
    """A named question with a `Finding` for an answer.

    Args:
        id: "step.name".
        title: what is true where it holds, in a few words; "{api}" stands for the title of the profile's API.
        failing_title: what is wrong where it fails, in the same way.
        group: the heading under which a list shows it; checks of one group follow each other.
        run: answers it; may raise ServiceRefusal (fails) or Unreachable (could not tell).
        settled_by: the id of the check that settles it later; such a check may end UNKNOWN and the next step opens,
            unless it could not tell because a service could not be reached, or because it stopped unexpectedly.
        or_settled_by: ids of those that settle it in a profile without that one.
        advisory: whether the next step opens whatever it finds.
        stops_if_fails: whether an advisory check keeps the next step closed all the same where it fails.
        saves_at_once: whether its finding is saved at once, because what it found cannot be asked for again.
        fields_to_fix: keys of the fields to look at first where it fails by what the operator entered.
        begins_sign_in: whether it gets what somebody signs in with; without a token, it and all after it are open.
        signs_in: whether somebody has signed in where it holds.
        spares_sign_in: whether nobody has to sign in where it applies.
        accepts: what a person can submit while it waits; None where it waits for nobody.
        drops_facts: names of the facts that go when a later check disproves it.
        skipped_because: "" where it applies, else why it does not.
        health_rule: how `partner-wizard check` asks it.
        facet: of the profiles that it belongs to, "" for every one.
    """

    id: str
    title: str
    failing_title: str
    group: str
    run: Callable[[Onboarding], Finding]
    settled_by: str = ""
    or_settled_by: tuple[str, ...] = ()
    advisory: bool = False
    stops_if_fails: bool = False
    saves_at_once: bool = False
    fields_to_fix: tuple[str, ...] = ()
    begins_sign_in: bool = False
    signs_in: bool = False
    spares_sign_in: bool = False
    accepts: Purpose | None = None
    drops_facts: tuple[str, ...] = ()
    skipped_because: Callable[[Onboarding], str] = lambda _onboarding: ""
    health_rule: HealthRule = field(default_factory=HealthRule)
    facet: str = ""

    def title_for(self, outcome: Outcome) -> str:
        """Return what heads a finding of this check that has no title of its own."""
        return check_title(outcome, self.title, self.failing_title)

    def fields_at_fault(self, finding: Finding) -> tuple[str, ...]:
        """Return the keys of the fields that may fix a finding that closes the gate; none where no field can."""
        if named := finding.evidence.get("field"):
            return (str(named),)
        is_unknown_name = finding.unreachable and finding.evidence.get("kind") == Trouble.NAME
        is_operators = not finding.unreachable and Who.OPERATOR in finding.who
        return self.fields_to_fix if is_unknown_name or is_operators else ()

    def opens_gate(self, finding: Finding) -> bool:
        """Return whether the next step may open with this finding."""
        if self.stops_if_fails and finding.outcome is Outcome.FAILS:
            return False
        if self.advisory or finding.outcome in (Outcome.HOLDS, Outcome.WARNS):
            return True
        was_answered = not finding.unreachable and STOPPED_AT not in finding.evidence
        return finding.outcome is Outcome.UNKNOWN and bool(self.settled_by) and was_answered


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it asks, what must hold, in which order.

    Args:
        id: a word, such as "tenant".
        title: a few words.
        short_title: one word, for a line that names every step.
        why: two sentences for a newcomer.
        fields: what the operator is asked.
        checks: in the order they run; a check that closes the gate ends the run.
        facts: names of the `Facts` it learns; they go when it is un-proven.
        unproves: ids of steps that build on a run of this one, and have to be run again after it.
        runs_every_check: whether the checks after one that closes the gate run as well: none needs another.
        reopens_on_resume: whether a new process has to run it again: what it found was in memory alone.
        reopened_note: a sentence on that, where there is more to say than that it is open.
        stores: whether it stores what a sign-in gave, which stays in memory until then.
        is_anonymous: whether it sends no credential, so that a service which answers 401 can be reached.
        run_label: the words of the button that starts the checks.
        run_hint: what that button does where it does more than to ask, "" where not.
        form_title: a few words above its fields.
        success_summary: what is known where every check holds, in a few words; said after the last step, and where the
            next one opens by itself.
        not_needed: why a profile does not need it: a sentence; "" where it is walked.
    """

    id: str
    title: str
    short_title: str
    why: str
    fields: tuple[Field, ...]
    checks: tuple[Check, ...]
    facts: tuple[str, ...] = ()
    unproves: tuple[str, ...] = ()
    runs_every_check: bool = False
    reopens_on_resume: Callable[[Answers], bool] = lambda _answers: False
    reopened_note: str = ""
    stores: bool = False
    is_anonymous: bool = False
    run_label: str = "Check"
    run_hint: str = ""
    success_summary: str = ""
    form_title: str = ""
    not_needed: str = ""

    @property
    def signs_in(self) -> bool:
        """Whether somebody signs in here."""
        return any(check.begins_sign_in for check in self.checks)

    def asked_fields(self, answers: Answers) -> tuple[Field, ...]:
        """Return the fields that these answers make necessary."""
        return tuple(field.as_asked(answers) for field in self.fields if field.asked_if(answers))
