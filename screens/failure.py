"""What is said of a check that does not hold: title, cause, things to do, who can; the same on page and in Details."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content

from screens.drawing import lines_of
from wizard.catalogue import diagnose_finding, forward_to, with_names, write_message
from wizard.core.acts import gaps_of
from wizard.core.findings import Finding, Outcome
from wizard.core.wording import OUTCOME_SIGNS, people, upper_first
from wizard.onboarding.view import JourneyView
from wizard.reporting.journey_report import about_journey


@dataclass(frozen=True, slots=True)
class Failure:
    """A check that does not hold, as it is shown.

    Args:
        sign: of the outcome.
        title: what is wrong, in a few words.
        code: the service's, or "".
        cause: why, in a sentence or two; "" where the title says it.
        actions: what to do, the likeliest first; a command stands in `…`.
        who: who can do it, in words; "" where nobody is named.
        is_unknown: whether it could not be told.
        message: what can be sent to them, "" where the operator alone can fix it.
    """

    sign: str
    title: str
    code: str
    cause: str
    actions: tuple[str, ...]
    who: str
    is_unknown: bool = False
    message: str = ""

    @property
    def commands(self) -> list[str]:
        """The commands that fix it and can be run as they stand, in their order."""
        return [command for action in self.actions for command in parts_of(action).commands if not gaps_of(command)]


def failure_of(view: JourneyView, finding: Finding) -> Failure:
    """Return what is shown of a finding that closes the gate."""
    check = view.profile.checks[finding.check]
    title = finding.title or check.title
    cause = _cause(finding.message, title)
    diagnosis = diagnose_finding(finding)
    _, to = forward_to(diagnosis)
    known = about_journey(view)
    return Failure(
        OUTCOME_SIGNS[finding.outcome],
        title,
        finding.code,
        cause,
        tuple(with_names(action, known) for action in finding.actions),
        upper_first(to or people(finding.who)),
        finding.outcome is Outcome.UNKNOWN,
        write_message(diagnosis, known).text if to else "",
    )


def _cause(message: str, title: str) -> str:
    """Return what a message says beyond a title, "" where that is nothing."""
    rest = message.removeprefix(f"{title}. ")
    if rest.rstrip(".") == title:
        return ""
    beyond = rest.removeprefix(f"{title}, and ")
    return rest if beyond == rest else upper_first(beyond)


@dataclass(frozen=True, slots=True)
class Act:
    """Something to do: words that lead to commands, the commands, and what follows on them."""

    words: Content
    commands: list[str]
    more: Content


def parts_of(action: str) -> Act:
    """Return something to do in its parts; a sentence that a command stood in the middle of is two."""
    lines = lines_of(action)
    commands = [line.plain for line, is_command in lines if is_command]
    at = next((at for at, (_, is_command) in enumerate(lines) if is_command), len(lines))
    before = Content(" ").join([line for line, _ in lines[:at]])
    behind = Content(" ").join([line for line, is_command in lines[at:] if not is_command])
    more = behind.plain.lstrip(" :;,.")
    words = before + Content(":") if commands and before.plain[-1:].isalnum() else before
    return Act(words, commands, Content(upper_first(more)))
