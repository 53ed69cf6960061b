"""What widgets and threads tell the shell; its handlers own every change of what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual.message import Message

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from screens.controller import Settle
    from screens.launch import Launch
    from screens.notices import GoTo
    from wizard.explain import Explanation

DONE: Final = "done"
"""The id of the last page, which is no step's."""


@dataclass
class Delivered(Message):
    """A thread of the controller has finished something."""

    settle: Settle


@dataclass
class Scrolled(Message):
    """Another part of a page is seen, or there is more or less of it."""


@dataclass
class OffersChanged(Message):
    """A page offers something else now; `focus`: the button that Enter is meant for gets the focus."""

    focus: bool = False


@dataclass
class EnterChanged(Message):
    """Enter does something else now, although the focus is where it was."""


@dataclass
class NavigateToStep(Message):
    """A page, or a run, leads to a step, and perhaps starts its checks; also while checks run."""

    go_to: GoTo


@dataclass
class JourneyChosen(Message):
    """A person chose the onboarding whose file is `path`."""

    path: Path


@dataclass
class StepSelected(Message):
    """A person chose a step, in the rail or by a button; `DONE` is the last page. Refused while checks run."""

    step: str


@dataclass
class CheckChosen(Message):
    """A line of the check list was chosen: the check's id, and when it began where it is being checked."""

    check: str
    since: datetime | None = None


@dataclass
class AnswerChanged(Message):
    """An answer was changed, and un-proved the checks `gone`, if there were any."""

    key: str
    gone: tuple[str, ...]


@dataclass
class AnswerEdited(Message):
    """The text in the field `key` is another than the answer, and not handed in yet; or the answer again."""

    key: str
    is_changed: bool


@dataclass
class LastFieldEntered(Message):
    """Enter was pressed in the last field of a form."""


@dataclass
class LinkOpened(Message):
    """A browser took the link `url`, or none did."""

    url: str
    is_open: bool


@dataclass
class SceneStarted(Message):
    """Another scene of the rehearsal is played."""

    launch: Launch


@dataclass
class SceneFailed(Message):
    """A scene could not be started; `why` names kind and place of the error."""

    why: str


@dataclass
class Launched(Message):
    """What the wizard works on is there."""

    launch: Launch


@dataclass
class LaunchFailed(Message):
    """What the wizard works on could not be opened."""

    error: Exception


@dataclass
class TextRead(Message):
    """A text that was submitted is read.

    Args:
        number: which of those submitted.
        explanation: of it.
        is_ours: whether it names what the open journey is about.
    """

    number: int
    explanation: Explanation
    is_ours: bool = False
