"""The wizard on a terminal: starts the frame, and leaves the terminal as it was, whatever ends it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import textual.constants
from textual import on
from textual._compositor import CompositorUpdate
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.driver import Driver

import assets
from screens.crash import farewell
from screens.first_page import FirstPage
from screens.frugal import Difference, SentLines
from screens.scene_note import SceneNote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType
    from textual.screen import Screen

    from screens.wizard_screen import WizardScreen
    from wizard.answers import Answers
    from wizard.session import Session

__all__ = ["SceneNote", "WizardApp", "run_wizard"]

ENDING_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)


def run_wizard(
    session: Session,
    *,
    defaults: Answers,
    scene: SceneNote | None = None,
    mouse: bool = True,
    watch: Callable[[Mapping[str, object]], None] | None = None,
) -> int:
    """Show the wizard until it is left.

    Args:
        session: opens journeys; its journey file keeps them.
        defaults: the answers a new journey begins with.
        scene: what to say of a rehearsal.
        mouse: whether the wizard uses the mouse; without, the terminal's own selection does.
        watch: is given what a person has to act on, as `run --json` says it.

    Returns:
        The exit code: 0 when the journey is proven, 1 when not, 128 + n when signal n ended it.
    """
    app = WizardApp(session, defaults=defaults, scene=scene, watch=watch)
    app.run(mouse=mouse)
    let_go_of_lost_terminal()
    return app.return_code if app.return_code is not None else 1


def let_go_of_lost_terminal() -> None:
    """After a hang-up nothing can be written any more; Python would end with 120 for what is still in its buffers."""
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is None:
            continue
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class WizardApp(App[int]):
    """The application; takes what `run_wizard` takes."""

    CSS_PATH = Path(assets.__file__).parent / "wizard.tcss"
    TITLE = "partner-wizard"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", priority=True),
        Binding("ctrl+l", "redraw", "Redraw", show=False),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False),
    ]

    def __init__(
        self,
        session: Session,
        *,
        defaults: Answers,
        scene: SceneNote | None = None,
        watch: Callable[[Mapping[str, object]], None] | None = None,
    ) -> None:
        # A log of Textual's would hold every key typed into a password field.
        setattr(textual.constants, "LOG_FILE", None)  # noqa: B010  # Final for type checkers
        super().__init__()
        self.animation_level = "none"
        self._sent = SentLines()
        self.session = session
        session.somebody_answers = True
        self._make_frame = partial(_wizard_screen, session, defaults, scene, watch)

    @cached_property
    def frame(self) -> WizardScreen:
        """The one screen of the wizard; dialogs come and go above it."""
        return self._make_frame()

    def get_default_screen(self) -> Screen[None]:
        """On a terminal a page that is drawn at once; the frame covers it as soon as it is loaded."""
        return self.frame if self.is_headless else FirstPage(self.open_frame)

    def open_frame(self) -> None:
        """Show the frame."""
        self.push_screen(self.frame)

    def on_mount(self) -> None:
        """Let signals end the wizard in order: nothing goes on, the terminal is restored."""
        if self.is_headless:
            return
        loop = asyncio.get_running_loop()
        for number in ENDING_SIGNALS:
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, self.leave, 128 + number)

    def get_key_display(self, binding: Binding) -> str:
        """Function keys as they stand on the keyboard."""
        shown = super().get_key_display(binding)
        return shown.upper() if shown[:1] == "f" and shown[1:].isdecimal() else shown

    def leave(self, code: int) -> None:
        """End the wizard with an exit code, at once."""
        self.frame.leave(code)

    async def action_quit(self) -> None:
        """Quit; asks only when a token in memory would be lost."""
        await self.frame.quit()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the command palette offers: the actions of the page, every step, the theme."""
        if screen is self.frame:
            yield from self.frame.commands()
        yield SystemCommand("Theme", "Choose another theme", self.action_change_theme)

    @on(Driver.SignalResume)
    def _resumed(self) -> None:
        """After a suspension the terminal shows something else."""
        self._sent.forget()
        self.refresh(layout=True)

    def action_redraw(self) -> None:
        """Draw the whole screen anew, for a terminal that something else has written to."""
        self._sent.forget()
        self.refresh(layout=True)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Send what has changed on the terminal, not the regions that were drawn anew."""
        if isinstance(renderable, CompositorUpdate) and not self.is_headless:
            renderable = Difference(self._sent, screen._compositor.render_strips())
        super()._display(screen, renderable)

    def _fatal_error(self) -> None:
        """Textual's crash page prints local variables; ours prints the kind and place of the error (T2)."""
        self.session.stop()
        if not self._exit_renderables:
            self._exit_renderables.append(farewell(self._exception))
        self._close_messages_no_wait()

    def panic(self, *_renderables: object) -> None:
        """As `_fatal_error`, for errors that would draw themselves."""
        self._return_code = 1
        self._fatal_error()


def _wizard_screen(
    session: Session,
    defaults: Answers,
    scene: SceneNote | None,
    watch: Callable[[Mapping[str, object]], None] | None,
) -> WizardScreen:
    from screens.wizard_screen import WizardScreen

    return WizardScreen(session, defaults, scene, watch)
