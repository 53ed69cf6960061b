"""The verdict: what the checks of a step came to, when, and what to do next; between the fields and the list."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.plain import bold, plain, prose
from screens.words import CHECK_SIGNS, CHECK_WORDS, clock_time, people
from wizard.catalogue import diagnose_finding
from wizard.catalogue.recipients import forward_to
from wizard.core.findings import Finding, Outcome
from wizard.onboarding.gate import PASSABLE
from wizard.onboarding.journey import Journey
from wizard.onboarding.step import Step

LONGEST_SAID: Final = 110
"""Characters of a service's own words that are shown here; the details show them all."""


class Verdict(Vertical):
    """A headline and what belongs to it; nothing until checks have come to an end."""

    def __init__(self) -> None:
        super().__init__(id="verdict")
        self.says_something = False

    def compose(self) -> ComposeResult:
        """The headline, and the rest."""
        yield Static(id="verdict-head", markup=False)
        yield Static(id="verdict-text", markup=False)
        yield Static(id="verdict-to", markup=False)
        yield Static(id="verdict-said", markup=False)

    def show(self, journey: Journey, step: Step, asked_at: datetime | None) -> None:
        """Draw what the journey knows; `asked_at` is when the checks of this page ended, None where they did not."""
        when = f" · {clock_time(asked_at)}" if asked_at else ""
        blocking = journey.blocking(step.id)
        for name, line in (("to", _to(journey, blocking)), ("said", _said(blocking))):
            rest = self.query_one(f"#verdict-{name}", Static)
            rest.update(line)
            rest.display = bool(line.plain)
        if blocking:
            (head, text), state = _failure(journey, blocking, when), blocking.outcome.value
        elif journey.state(step.id) in PASSABLE:
            (head, text), state = _success(journey, step, when), "holds"
        else:
            (head, text), state = (plain(""), plain("")), "waiting"
        self.set_classes(f"-{state}")
        self.says_something = bool(head.plain)
        self.query_one("#verdict-head", Static).update(head)
        self.query_one("#verdict-text", Static).update(text)


def _failure(journey: Journey, finding: Finding, when: str) -> tuple[Content, Content]:
    """What failed, what to do, and who can."""
    code = f" · {finding.code}" if finding.code else ""
    sign, word = CHECK_SIGNS[finding.outcome], CHECK_WORDS[finding.outcome]
    lines = [prose(finding.message)]
    if finding.remedy:
        who = people(finding.who)
        lines.append(Content.assemble(bold(f"What to do{f' ({who})' if who else ''}: "), prose(finding.remedy)))
    question = journey.profile.checks[finding.check].question
    return bold(f"{sign} {question}: {word}{code}{when}"), Content("\n").join(lines)


def _to(journey: Journey, finding: Finding | None) -> Content:
    """Whom to send it to, where that is somebody else; as much of it as a line holds."""
    if finding is None:
        return plain("")
    when, to = forward_to(diagnose_finding(finding, journey.profile.checks[finding.check].question))
    return Content.assemble(bold(f"{when}: "), plain(to)) if to else plain("")


def _said(finding: Finding | None) -> Content:
    """The beginning of what the service said."""
    said = str(finding.evidence.get("service_said", "")) if finding else ""
    rest = " … (F3 shows all)" if len(said) > LONGEST_SAID else ""
    return plain(f"The service said: {said[:LONGEST_SAID].rstrip()}{rest}" if said else "")


def _success(journey: Journey, step: Step, when: str) -> tuple[Content, Content]:
    """Where it goes on; how many hold, and which are confirmed later."""
    asked = [journey.findings[check.id] for check in step.checks if check.id in journey.findings]
    later = [found for found in asked if is_confirmed_later(journey, found)]
    read = [found for found in asked if found.outcome is Outcome.WARNS]
    held = [found for found in asked if found.outcome is Outcome.HOLDS or journey.is_settled(found.check)]
    unknown = len(asked) - len(held) - len(later) - len(read)
    words = [f"All {len(held)} checks hold" if len(held) == len(asked) else f"{len(held)} of {len(asked)} checks hold"]
    if later:
        settlers = {journey.profile.checks[found.check].settled_by for found in later}
        steps = " and ".join(sorted({str(journey.profile.number_of(check)) for check in settlers}))
        words.append(f"step {steps} will confirm {len(later)}")
    if unknown:
        words.append(f"{unknown} could not be told (?)")
    if read:
        words.append(f"{len(read)} to be read (!)")
    return bold(f"✓ {_onward(journey, step)}"), plain(f"{', '.join(words)}{when}")


def _onward(journey: Journey, step: Step) -> str:
    following = journey.profile.step_after(step.id)
    if following is None:
        known = f"{step.all_hold[:1].upper()}{step.all_hold[1:]}. " if step.all_hold else ""
        return f"{known}F6 shows all that was proven."
    number = journey.profile.number_of(following.id)
    if step.signs_in and journey.onboarding.memory.sign_in.tokens is not None:
        return f"All is well, but the token is only in memory yet. Go on to step {number} now (F6): it is stored there."
    return f"Nothing stands in the way of step {number}. Go on with F6."


def is_confirmed_later(journey: Journey, finding: Finding) -> bool:
    """Whether a finding could not tell by its nature, and a later step is going to."""
    check = journey.profile.checks[finding.check]
    is_open = finding.outcome is Outcome.UNKNOWN and check.opens_gate(finding)
    return is_open and not check.advisory and not journey.is_settled(finding.check)
