"""What is said of one check, and of one diagnosis, in the order a person reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from textual.content import Content

from screens.drawing import bold, plain
from screens.failure import Failure, parts_of
from wizard.catalogue import Diagnosis, OutgoingMessage, diagnose_finding, with_names, write_message
from wizard.catalogue.diagnosis_words import times
from wizard.core.findings import WORST_FIRST, Finding, Item, Outcome
from wizard.core.timestamps import clock_time
from wizard.core.wording import (
    FAILS_SIGN,
    HOLDS_SIGN,
    OUTCOME_SIGNS,
    OUTCOME_WORDS,
    item_in_words,
    people,
    retry_in_words,
    upper_first,
)
from wizard.onboarding.profile import Profile
from wizard.onboarding.view import JourneyView
from wizard.reporting.journey_report import about_journey


@dataclass(frozen=True, slots=True)
class Answer:
    """A diagnosis as it is shown.

    Args:
        diagnosis: what went wrong.
        name: a few words for it in a list.
        handover: whom to send it to, and the message.
        failure: what is wrong, why, what to do, and who can.
        details: what is known beside it, each by its name: the service's own words, ids.
        step: the id of the step where it is fixed, "" where none.
        confirmed: that a later check has settled it, in a sentence; else "".
    """

    diagnosis: Diagnosis
    name: str
    handover: OutgoingMessage
    failure: Failure
    details: tuple[tuple[str, str], ...]
    step: str
    confirmed: str = ""

    @property
    def copied(self) -> str:
        """The whole of it as plain text; a command stands on a line of its own."""
        failure = self.failure
        code = f" · {failure.code}" if failure.code else ""
        lines = [f"{failure.sign} {failure.title}{code}", *filter(None, (self.confirmed, failure.cause))]
        if failure.actions:
            lines += ["", "What to do"]
        for number, action in enumerate(failure.actions, 1):
            act = parts_of(action)
            lines += [f"{number}. {act.words.plain}", *act.commands, *filter(None, [act.more.plain])]
        lines += ["", *([f"Send this to: {failure.who}"] if failure.who else [])]
        lines += [f"{name}:{chr(10) if chr(10) in text else ' '}{text}" for name, text in self.details]
        return "\n".join(lines)

    @property
    def commands(self) -> list[str]:
        """The commands that fix it and can be run as they stand."""
        return self.failure.commands

    @property
    def is_for_somebody(self) -> bool:
        """Whether there is something to ask of a person."""
        return bool(self.diagnosis.who or self.diagnosis.actions)


def answer_of_check(view: JourneyView, finding: Finding) -> Answer:
    """What a check found, where it does not simply hold."""
    profile = view.profile
    settler = view.settled_by(finding.check)
    confirmed = f"{HOLDS_SIGN} confirmed since by: {profile.checks[settler].title}" if settler else ""
    answer = _answer(
        profile, diagnose_finding(finding), OUTCOME_SIGNS[finding.outcome], about_journey(view), check=finding.check
    )
    is_unknown = finding.outcome in (Outcome.UNKNOWN, Outcome.WARNS)
    if finding.items:
        seen = _lines(answer.diagnosis.evidence[: -len(finding.open_items) or None])
        others = tuple((name, seen if name == "Seen" else text) for name, text in answer.details)
        answer = replace(answer, details=(("Found", _items(finding.items)), *(each for each in others if each[1])))
    answer = replace(answer, failure=replace(answer.failure, is_unknown=is_unknown), confirmed=confirmed)
    return replace(answer, step=profile.step_of(finding.back_to).id) if finding.back_to else answer


def answer_of(profile: Profile, diagnosis: Diagnosis, known: dict[str, str], notes: Iterable[str] = ()) -> Answer:
    """What a diagnosis says.

    Args:
        profile: gives the step where it is fixed.
        diagnosis: of a text at hand.
        known: what is known of the journey.
        notes: what is to be known beside it.
    """
    sign = (HOLDS_SIGN if diagnosis.is_healthy else "·") if diagnosis.is_description else FAILS_SIGN
    return _answer(profile, diagnosis, sign, known, notes=tuple(notes))


def step_title(profile: Profile, step_id: str) -> str:
    """ "Step 4, Integration user"; "" where there is no such step."""
    is_known = any(step.id == step_id for step in profile.steps)
    return upper_first(profile.full_name(step_id)) if is_known else ""


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
    title = view.profile.checks[check].title
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
        *([plain(""), bold("What was looked at"), plain(_items(finding.items))] if finding.items else []),
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
    sign: str,
    known: dict[str, str],
    *,
    check: str = "",
    notes: tuple[str, ...] = (),
) -> Answer:
    handover = write_message(diagnosis, known)
    who = handover.to if people(diagnosis.who) else ""
    acts = diagnosis.actions
    actions = tuple(with_names(act, known) for act in acts) if check else acts  # a paste may be about anybody's vault
    failure = Failure(sign, diagnosis.title, diagnosis.code, diagnosis.cause, actions, who)
    ids = {**({"check": check} if check else {}), **diagnosis.ids.present()}
    said = "The text says" if diagnosis.is_recognised_by_wording else "Service said"
    details = (
        ("Checked", profile.checks[check].title if check else ""),
        ("Try again", retry_in_words(diagnosis.retry) if diagnosis.actions else ""),
        ("Belongs to", step_title(profile, diagnosis.step)),
        ("Found", f"{times(diagnosis)} in this text" if diagnosis.count > 1 else ""),
        (said, diagnosis.service_text),
        ("Seen", _lines(diagnosis.evidence)),
        ("For support", _lines(ids.items())),
        ("Read more", diagnosis.link),
        ("Mind", "\n".join(notes)),
    )
    step = diagnosis.step if step_title(profile, diagnosis.step) else ""
    present = tuple((name, text) for name, text in details if text)
    return Answer(diagnosis, _name(diagnosis), handover, failure, present, step)


def _name(diagnosis: Diagnosis) -> str:
    often = f" · {times(diagnosis)}" if diagnosis.count > 1 else ""
    return f"{diagnosis.title}{f' · {diagnosis.code}' if diagnosis.code else ''}{often}"


def _items(items: Iterable[Item]) -> str:
    """Return a line for each thing that a check looked at, the worst first."""
    return "\n".join(map(item_in_words, sorted(items, key=lambda item: WORST_FIRST.index(item.outcome))))


def _lines(pairs: Iterable[tuple[str, object]]) -> str:
    return "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in pairs)


def _pairs(heading: str, pairs: Iterable[tuple[str, object]]) -> list[Content]:
    lines = _lines(pairs)
    return [plain(""), bold(heading), plain(lines)] if lines else []
