"""What happened, told to the frame: workers and widgets post these, handlers own every change of state."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from textual.message import Message

from screens.scene_note import Stage
from wizard.core.errors import BadInput
from wizard.core.events import Event
from wizard.core.findings import Finding
from wizard.core.inbox import AlreadyGranted, Purpose, RedirectResponse
from wizard.onboarding.journey import Journey

if TYPE_CHECKING:
    from wizard.explain import Explanation


@dataclass
class Told(Message):
    """A running check told something."""

    event: Event


@dataclass
class Scrolled(Message):
    """Another part of a page is seen, or there is more or less of it."""


@dataclass
class JourneyOpened(Message):
    """A journey is open: a new one, or the saved one where `is_resumed`."""

    journey: Journey
    is_resumed: bool


@dataclass
class OpeningFailed(Message):
    """No journey could be opened; `why` is a sentence."""

    why: str


@dataclass
class RunEnded(Message):
    """The checks of a step came to an end.

    Args:
        step: the step's id.
        was_stopped: whether the operator ended it.
        mistake: the field that lacks a fit value, if that ended it.
        trouble: a sentence about an error nobody expected, "" where there was none.
    """

    step: str
    was_stopped: bool = False
    mistake: BadInput | None = None
    trouble: str = ""


@dataclass
class StepChosen(Message):
    """A step was chosen in the rail; "done" is the last page."""

    step: str


@dataclass
class CheckChosen(Message):
    """A line of the check list was chosen.

    Args:
        check: its id.
        finding: what was found, None while nothing was.
        since: when it began, while it is being checked.
    """

    check: str
    finding: Finding | None
    since: datetime | None = None


@dataclass
class AnswerChanged(Message):
    """An answer was changed, and un-proved the checks `gone`."""

    key: str
    gone: tuple[str, ...]


@dataclass
class LastFieldEntered(Message):
    """Enter was pressed in the last field of a form."""


@dataclass
class ConsentAnswered(Message):
    """The operator handed in an answer of the consent page, or says that there is none to hand in."""

    answer: RedirectResponse | AlreadyGranted


@dataclass
class SignInAnswered(Message):
    """The operator handed in the address that a browser ended on, for the sign-in of this purpose."""

    purpose: Purpose
    answer: RedirectResponse = field(repr=False)


@dataclass
class LinkToBeOpened(Message):
    """Enter was pressed where an address is pasted, and there was none."""


@dataclass
class LinkOpened(Message):
    """A browser took the link `url`, or none did."""

    url: str
    is_open: bool


@dataclass
class SceneStarted(Message):
    """Another scene of the rehearsal is on."""

    stage: Stage


@dataclass
class SceneFailed(Message):
    """A scene could not be started; `why` names kind and place of the error."""

    why: str


@dataclass
class StageOpened(Message):
    """What the wizard works on is there."""

    stage: Stage


@dataclass
class StageFailed(Message):
    """What the wizard works on could not be opened."""

    error: Exception


@dataclass
class TextRead(Message):
    """A text that was handed in is read.

    Args:
        number: which of those handed in.
        explanation: of it.
        is_ours: whether it names what the open journey is about.
    """

    number: int
    explanation: Explanation
    is_ours: bool = False
