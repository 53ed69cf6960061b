"""The verdict: what the checks of a step came to, when, and what to do next; between the fields and the list."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.drawing import bold, plain, prose
from wizard.catalogue import diagnose_finding, forward_to
from wizard.core.findings import Finding, Outcome
from wizard.core.wording import OUTCOME_SIGNS, OUTCOME_WORDS, clock_time, people
from wizard.onboarding.gate import PASSABLE
from wizard.onboarding.step import Step
from wizard.onboarding.view import JourneyView

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

    def show(self, view: JourneyView, step: Step, asked_at: datetime | None) -> None:
        """Draw what is known; `asked_at` is when the checks of this page ended, None where they did not."""
        when = f" · {clock_time(asked_at)}" if asked_at else ""
        blocking = view.blocking(step.id)
        for name, line in (("to", _to(view, blocking)), ("said", _said(blocking))):
            rest = self.query_one(f"#verdict-{name}", Static)
            rest.update(line)
            rest.display = bool(line.plain)
        if blocking:
            (head, text), state = _failure(view, blocking, when), blocking.outcome.value
        elif view.state(step.id) in PASSABLE:
            (head, text), state = _success(view, step, when), "holds"
        else:
            (head, text), state = (plain(""), plain("")), "waiting"
        self.set_classes(f"-{state}")
        self.says_something = bool(head.plain)
        self.query_one("#verdict-head", Static).update(head)
        self.query_one("#verdict-text", Static).update(text)


def _failure(view: JourneyView, finding: Finding, when: str) -> tuple[Content, Content]:
    """What failed, what to do, and who can."""
    code = f" · {finding.code}" if finding.code else ""
    sign, word = OUTCOME_SIGNS[finding.outcome], OUTCOME_WORDS[finding.outcome]
    lines = [prose(finding.message)]
    if finding.remedy:
        who = people(finding.who)
        lines.append(Content.assemble(bold(f"What to do{f' ({who})' if who else ''}: "), prose(finding.remedy)))
    question = view.profile.checks[finding.check].question
    return bold(f"{sign} {question}: {word}{code}{when}"), Content("\n").join(lines)


def _to(view: JourneyView, finding: Finding | None) -> Content:
    """Whom to send it to, where that is somebody else; as much of it as a line holds."""
    if finding is None:
        return plain("")
    when, to = forward_to(diagnose_finding(finding, view.profile.checks[finding.check].question))
    return Content.assemble(bold(f"{when}: "), plain(to)) if to else plain("")


def _said(finding: Finding | None) -> Content:
    """The beginning of what the service said."""
    said = str(finding.evidence.get("service_said", "")) if finding else ""
    rest = " … (F3 shows all)" if len(said) > LONGEST_SAID else ""
    return plain(f"The service said: {said[:LONGEST_SAID].rstrip()}{rest}" if said else "")


def _success(view: JourneyView, step: Step, when: str) -> tuple[Content, Content]:
    """Where it goes on; how many hold, and which are confirmed later."""
    asked = [view.findings[check.id] for check in step.checks if check.id in view.findings]
    later = [found for found in asked if is_confirmed_later(view, found)]
    read = [found for found in asked if found.outcome is Outcome.WARNS]
    held = [found for found in asked if found.outcome is Outcome.HOLDS or view.is_settled(found.check)]
    unknown = len(asked) - len(held) - len(later) - len(read)
    words = [f"All {len(held)} checks hold" if len(held) == len(asked) else f"{len(held)} of {len(asked)} checks hold"]
    if later:
        settlers = {view.profile.checks[found.check].settled_by for found in later}
        steps = " and ".join(sorted({str(view.profile.number_of(check)) for check in settlers}))
        words.append(f"step {steps} will confirm {len(later)}")
    if unknown:
        words.append(f"{unknown} could not be told (?)")
    if read:
        words.append(f"{len(read)} to be read (!)")
    return bold(f"✓ {_onward(view, step)}"), plain(f"{', '.join(words)}{when}")


def _onward(view: JourneyView, step: Step) -> str:
    following = view.profile.step_after(step.id)
    if following is None:
        known = f"{step.success_summary[:1].upper()}{step.success_summary[1:]}. " if step.success_summary else ""
        return f"{known}F6 shows all that was proven."
    number = view.profile.number_of(following.id)
    if step.signs_in and view.has_token:
        return f"All is well, but the token is only in memory yet. Go on to step {number} now (F6): it is stored there."
    return f"Nothing stands in the way of step {number}. Go on with F6."


def is_confirmed_later(view: JourneyView, finding: Finding) -> bool:
    """Whether a finding could not tell by its nature, and a later step is going to."""
    check = view.profile.checks[finding.check]
    is_open = finding.outcome is Outcome.UNKNOWN and check.opens_gate(finding)
    return is_open and not check.advisory and not view.is_settled(finding.check)
