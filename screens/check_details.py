"""What is said of one check, and of one diagnosis, in the order a person reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from textual.content import Content

from screens.drawing import bold, commands_in, lines_of, plain
from wizard.catalogue import Diagnosis, OutgoingMessage, diagnose_finding, write_message
from wizard.core.findings import Finding, Outcome
from wizard.core.wording import OUTCOME_SIGNS, OUTCOME_WORDS, clock_time, people, retry_in_words
from wizard.onboarding.profile import Profile
from wizard.onboarding.view import JourneyView
from wizard.reporting.journey_report import about_journey


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an answer; a command stands on one of its own, so that it can be copied."""

    text: Content
    is_command: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A diagnosis as it is shown.

    Args:
        diagnosis: what went wrong.
        name: a few words for it in a list.
        handover: whom to send it to, and the message.
        lines: all that is known of it, in the order it is read.
        step: the id of the step where it is fixed, "" where none.
    """

    diagnosis: Diagnosis
    name: str
    handover: OutgoingMessage
    lines: tuple[Line, ...]
    step: str

    @property
    def copied(self) -> str:
        """The whole of it as plain text."""
        return "\n".join(line.text.plain for line in self.lines)

    @property
    def commands(self) -> list[str]:
        """The commands that fix it."""
        return commands_in(self.diagnosis.remedy)

    @property
    def is_for_somebody(self) -> bool:
        """Whether there is something to ask of a person."""
        return bool(self.diagnosis.who or self.diagnosis.remedy)


def answer_of_check(view: JourneyView, finding: Finding) -> Answer:
    """What a check found, where it does not simply hold."""
    profile = view.profile
    diagnosis = diagnose_finding(finding, profile.checks[finding.check].question)
    sign, word = OUTCOME_SIGNS[finding.outcome], OUTCOME_WORDS[finding.outcome]
    settler = view.settled_by(finding.check)
    confirmed = f"✓ confirmed since by: {profile.checks[settler].question}" if settler else ""
    heading = f"{sign} {word}" + (f" · {diagnosis.title}" if finding.title else "")
    answer = _answer(profile, diagnosis, heading, about_journey(view), confirmed, finding.check)
    return replace(answer, step=profile.step_of(finding.back_to).id) if finding.back_to else answer


def answer_of(profile: Profile, diagnosis: Diagnosis, known: dict[str, str], notes: Iterable[str] = ()) -> Answer:
    """What a diagnosis says.

    Args:
        profile: gives the step where it is fixed.
        diagnosis: of a text at hand.
        known: what is known of the journey.
        notes: what is to be known beside it.
    """
    return _answer(profile, diagnosis, diagnosis.title, known, notes=tuple(notes))


def step_title(profile: Profile, step_id: str) -> str:
    """ "Step 4, Integration user"; "" where there is no such step."""
    title = next((step.title for step in profile.steps if step.id == step_id), "")
    return f"Step {profile.number_of(step_id)}, {title}" if title else ""


def details_of(
    view: JourneyView, check: str, since: datetime | None = None, waits_for: str = ""
) -> tuple[str, Content]:
    """Title and text on a check that holds, that is being checked, or that was not asked.

    Args:
        view: the journey it belongs to.
        check: its id.
        since: when it began, where it is being checked now.
        waits_for: what is waited for then, as a sentence.
    """
    finding = view.findings.get(check)
    title = view.profile.checks[check].question
    if since is not None:
        now = f"▸ It is being checked now, since {clock_time(since)}."
        return title, plain("\n".join([now, *([waits_for] if waits_for else []), "", f"For support: {check}"]))
    if finding is None:
        skipped = view.skipped.get(check)
        return title, plain(
            f"{f'Not needed: {skipped.reason}.' if skipped else 'Not asked yet.'}\n\nFor support: {check}"
        )
    lines = [
        bold(f"{OUTCOME_SIGNS[finding.outcome]} {OUTCOME_WORDS[finding.outcome]}"),
        plain(finding.message),
        *_pairs("What was seen", finding.evidence.items()),
        *_pairs("For support", {"check": finding.check, **finding.ids.present()}.items()),
    ]
    return title, Content("\n").join(lines)


def is_to_explain(finding: Finding | None) -> bool:
    """Whether there is more to say of a finding than that it holds."""
    return finding is not None and finding.outcome is not Outcome.HOLDS


def _answer(
    profile: Profile,
    diagnosis: Diagnosis,
    heading: str,
    known: dict[str, str],
    confirmed: str = "",
    check: str = "",
    notes: tuple[str, ...] = (),
) -> Answer:
    handover = write_message(diagnosis, known)
    who = people(diagnosis.who)
    facts = [(name, text) for name, text in (
        ("Send this to", handover.to if who else ""),
        ("Does trying again help", retry_in_words(diagnosis.retry) if diagnosis.remedy else ""),
        ("Belongs to", step_title(profile, diagnosis.step)),
    ) if text]  # fmt: skip
    ids = {**({"check": check} if check else {}), **diagnosis.ids.present()}
    lines = [Line(each) for each in (bold(heading), *_present(confirmed), plain(diagnosis.cause))]
    if diagnosis.remedy:
        lines += [Line(plain("")), Line(bold(f"What to do{f' ({who})' if who else ''}"))]
        lines += [Line(line, is_command) for line, is_command in lines_of(diagnosis.remedy)]
    rest = [plain(""), *(_named(name, text) for name, text in facts)]
    if diagnosis.code or diagnosis.service_text:
        rest.append(plain(""))
    if diagnosis.code:
        times = f" ({diagnosis.count} times in this text)" if diagnosis.count > 1 else ""
        rest.append(_named("Code", diagnosis.code + times))
    if diagnosis.service_text:
        rest.append(
            _named(
                "The text says" if diagnosis.is_recognised_by_wording else "The service said", diagnosis.service_text
            )
        )
    rest += _pairs("What was seen", diagnosis.evidence)
    rest += _pairs("For support", ids.items())
    if diagnosis.link:
        rest += [plain(""), bold("Microsoft's page"), plain(diagnosis.link)]
    if notes:
        rest += [plain(""), bold("Mind"), *(plain(f"· {note}") for note in notes)]
    step = diagnosis.step if step_title(profile, diagnosis.step) else ""
    return Answer(diagnosis, _name(diagnosis), handover, (*lines, *(Line(each) for each in rest)), step)


def _name(diagnosis: Diagnosis) -> str:
    times = f" · {diagnosis.count} times" if diagnosis.count > 1 else ""
    return f"{diagnosis.title}{f' · {diagnosis.code}' if diagnosis.code else ''}{times}"


def _named(name: str, text: str) -> Content:
    return Content.assemble(bold(f"{name}: "), plain(text))


def _present(text: str) -> list[Content]:
    return [plain(text)] if text else []


def _pairs(heading: str, pairs: Iterable[tuple[str, object]]) -> list[Content]:
    lines = [plain(f"{name.replace('_', ' ')}: {value}") for name, value in pairs]
    return [plain(""), bold(heading), *lines] if lines else []
