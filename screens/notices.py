"""What the controller tells whoever draws; each carries the journey as it stood then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from wizard.core.errors import BadInput
    from wizard.core.events import Event
    from wizard.onboarding.view import JourneyView


@dataclass(frozen=True, slots=True)
class JourneyOpened:
    """A journey is open.

    Args:
        view: of it.
        is_entered: whether it is gone on with now; else it was opened to tell where it goes on.
        notice: what is said on its page, "" for nothing.
    """

    view: JourneyView
    is_entered: bool
    notice: str = ""


@dataclass(frozen=True, slots=True)
class OpeningFailed:
    """No journey could be opened; `why` is a sentence."""

    why: str


@dataclass(frozen=True, slots=True)
class Progress:
    """A running check has emitted an event."""

    event: Event
    view: JourneyView


@dataclass(frozen=True, slots=True)
class GoTo:
    """A step to go to.

    Args:
        step: its id.
        notice: what is said on its page, "" for nothing.
        runs: whether its checks are started there.
        continues_at: the step whose checks are started if this one is passed, "" for none.
    """

    step: str
    notice: str = ""
    runs: bool = False
    continues_at: str = ""


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The checks of a step came to an end.

    Args:
        step: the step's id.
        view: the journey after it.
        was_stopped: whether the operator ended it.
        mistake: the field that lacks a fit value, if that ended it.
        unexpected_error: in words, from a capital letter and without a full stop; "" if there was none.
        go_to: what follows, None where the page stays.
        fixed: what fixes came to that were made first, in sentences; "" where there were none.
    """

    step: str
    view: JourneyView
    was_stopped: bool = False
    mistake: BadInput | None = None
    unexpected_error: str = ""
    go_to: GoTo | None = None
    fixed: str = ""


Notice: TypeAlias = JourneyOpened | OpeningFailed | Progress | RunEnded
