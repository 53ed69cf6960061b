"""The wizard on a terminal: starts the frame, and leaves the terminal as it was, whatever ends it."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import textual.constants
from textual import events, on
from textual._compositor import CompositorUpdate
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.driver import Driver
from textual.theme import Theme
from textual.widgets import Input

import assets
from screens.crash import farewell
from screens.first_page import FirstPage
from screens.frugal import Difference, SentLines
from screens.key_order import KeyOrder
from screens.pasted import readable
from wizard.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.console import RenderableType
    from textual.screen import Screen

    from screens.messages import SceneStarted, StageFailed, StageOpened
    from screens.scene_note import Stage, Stages
    from screens.wizard_screen import WizardScreen
    from wizard.core.errors import WizardError

__all__ = ["WizardApp", "run_wizard"]

KEY_CAPS = {"escape": "Esc", "pageup": "PgUp", "pagedown": "PgDn"}


def run_wizard(open_stage: Callable[[], Stage], *, mouse: bool = True, stages: Stages | None = None) -> int:
    """Show the wizard until it is left.

    Args:
        open_stage: gives what the wizard works on; called once something is on the terminal, because it takes a moment.
        mouse: whether the wizard uses the mouse; without, the terminal's own selection does.
        stages: the scenes that a rehearsal's one can be exchanged for.

    Returns:
        The exit code: 0 when the journey is proven, 1 when not, 128 + n when signal n ended it.

    Raises:
        WizardError: the stage could not be opened; the terminal is as it was.
    """
    app = WizardApp(open_stage, stages=stages)
    app.run(mouse=mouse)
    let_go_of_lost_terminal()
    if app.refusal is not None:
        raise app.refusal
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
    """The application; takes what `run_wizard` takes.

    `refusal` is why the stage could not be opened, None where it could.
    """

    CSS_PATH = Path(assets.__file__).parent / "wizard.tcss"
    TITLE = "partner-wizard"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", priority=True),
        Binding("ctrl+l", "redraw", "Redraw", show=False),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False),
    ]

    def __init__(self, open_stage: Callable[[], Stage], *, stages: Stages | None = None) -> None:
        # A log of Textual's would hold every key typed into a password field.
        setattr(textual.constants, "LOG_FILE", None)  # noqa: B010  # Final for type checkers
        super().__init__()
        self.animation_level = "none"
        self._sent = SentLines()
        self._key_order = KeyOrder(self, way_out="ctrl+q")
        self.register_theme(Theme(**json.loads((Path(assets.__file__).parent / "high-contrast.json").read_bytes())))
        self.stylesheet.set_variables(self.get_css_variables())  # TEXTUAL_THEME may name it
        self._open_stage = open_stage
        self._stages = stages
        self._stage: Stage | None = None
        self._frame: WizardScreen | None = None
        self.refusal: WizardError | None = None

    def get_driver_class(self) -> type[Driver]:
        """The driver that takes every byte, where Textual would take its own for this kind of terminal."""
        if sys.platform == "win32" or textual.constants.DRIVER is not None:
            return super().get_driver_class()
        from screens.terminal_driver import TerminalDriver

        return TerminalDriver

    @property
    def frame(self) -> WizardScreen:
        """The one screen of the wizard; dialogs come and go above it."""
        if self._frame is None:
            self._stage = self._stage or self._open_stage()
            self._stage.session.is_attended = True
            self._frame = _wizard_screen(self._stage, self._stages)
        return self._frame

    def get_default_screen(self) -> Screen[None]:
        """On a terminal a page that is drawn at once; the frame covers it as soon as it is loaded."""
        return self.frame if self.is_headless else FirstPage(self.open_stage)

    def open_stage(self) -> None:
        """Open the stage in a thread of its own, so that keys and signals are heard meanwhile."""

        def work() -> None:
            from screens.messages import StageFailed, StageOpened

            try:
                stage = self._open_stage()
            except Exception as error:  # noqa: BLE001  # raised again on the drawing thread
                self.post_message(StageFailed(error))
            else:
                self.post_message(StageOpened(stage))

        self.run_worker(work, name="stage", thread=True, exit_on_error=False)

    def on_stage_opened(self, event: StageOpened) -> None:
        """Show the frame."""
        self._stage = event.stage
        self.push_screen(self.frame)

    def on_stage_failed(self, event: StageFailed) -> None:
        """End: there is nothing to show."""
        from wizard.core.errors import WizardError

        if not isinstance(event.error, WizardError):
            raise event.error
        self.refusal = event.error
        self.exit(event.error.exit_code, return_code=event.error.exit_code)

    async def on_scene_started(self, event: SceneStarted) -> None:
        """Another scene of the rehearsal is on: a new frame takes the place of the old one and all that it held."""
        old = self.frame
        old.session.stop()
        self._stage, self._frame = event.stage, None
        while self.screen is not old:
            await self.pop_screen()
        if len(self.screen_stack) > 1:
            await self.switch_screen(self.frame)
        else:  # the screen below all others cannot be exchanged, only covered
            await self.push_screen(self.frame)

    async def on_event(self, event: events.Event) -> None:
        """Each key in its turn. A paste is cleaned before any field sees it, the palette's too; unless it is hidden."""
        if self._key_order.holds(event):
            return
        if isinstance(event, events.Paste) and not getattr(self.screen, "hides_pastes", False):
            event.text = clean(readable(event.text), len(event.text) + 1)
        await super().on_event(event)

    @on(CommandPalette.Opened)
    def _palette_opened(self) -> None:
        """Let its cursor stand still, as those of all fields do: each blink would go over the line."""
        self.screen.query_one(Input).cursor_blink = False

    def get_key_display(self, binding: Binding) -> str:
        """Keys as they stand on the keyboard: F5, Esc, Ctrl+Q."""
        return "+".join(KEY_CAPS.get(part, part.capitalize()) for part in binding.key.split("+"))

    def leave(self, code: int) -> None:
        """End the wizard with an exit code, at once."""
        if self._frame is None:
            self.exit(code, return_code=code)
        else:
            self._frame.leave(code)

    async def action_quit(self) -> None:
        """Quit; asks only when a token in memory would be lost."""
        if self._frame is None:
            self.leave(1)
        else:
            await self._frame.quit()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the command palette offers: the actions of the page, every step, the theme."""
        if self._frame is not None and screen is self._frame:
            yield from self._frame.commands()
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

    def _handle_exception(self, error: Exception) -> None:
        """While the wizard is being left, a run may still tell things to widgets that are gone: no error, then."""
        if not self._exit:
            super()._handle_exception(error)

    def _print_error_renderables(self) -> None:
        """The last words; a terminal that is gone takes none, which is no error."""
        with suppress(OSError):
            super()._print_error_renderables()

    def _fatal_error(self) -> None:
        """Textual's crash page prints local variables; ours prints the kind and place of the error (T2)."""
        if self._stage is not None:
            self._stage.session.stop()
        if not self._exit_renderables:
            self._exit_renderables.append(farewell(self._exception, is_saved=self._is_saved))
        self._close_messages_no_wait()

    def panic(self, *_renderables: object) -> None:
        """As `_fatal_error`, for errors that would draw themselves."""
        self._return_code = 1
        self._fatal_error()

    @property
    def _is_saved(self) -> bool:
        """Whether what is proven can be gone on with: there is a journey, and it is written down."""
        stage, frame = self._stage, self._frame
        is_kept = stage is not None and stage.scene is None and stage.session.file is not None
        if not is_kept or frame is None or frame.is_unsaved:
            return False
        return frame.journey is not None or frame.saved is not None


def _wizard_screen(stage: Stage, stages: Stages | None) -> WizardScreen:
    from screens.machine import this_machine
    from screens.wizard_screen import WizardScreen

    frame = WizardScreen(stage.session, stage.defaults, stage.scene, stage.watch)
    frame.stages = stages
    frame.machine = stage.machine or this_machine()
    return frame
