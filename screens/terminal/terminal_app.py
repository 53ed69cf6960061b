"""An application that sends a terminal only what has changed, takes keys in their order, and leaves it as it was."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import textual.constants
from textual import events, on
from textual._compositor import CompositorUpdate  # Textual 8.2: the type `App._display` tells screen updates by
from textual.app import App
from textual.command import CommandPalette
from textual.driver import Driver
from textual.widgets import Input

from screens.terminal.changed_lines import Difference, SentLines
from screens.terminal.key_order import KeyOrder
from screens.terminal.paste_bytes import readable
from wizard.core.text import clean

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.screen import Screen


class TerminalApp(App[int]):
    """Textual's application as the wizard needs it; the wizard's own part is in a subclass."""

    def __init__(self) -> None:
        # A log of Textual's would hold every key typed into a password field.
        setattr(textual.constants, "LOG_FILE", None)  # noqa: B010  # Final for type checkers
        super().__init__()
        self.animation_level = "none"
        self._sent = SentLines()
        self._key_order = KeyOrder(self, way_out="ctrl+q")

    # --- for the subclass -----------------------------------------------------------------------------------------

    def leave(self, code: int) -> None:
        """End the application with an exit code, at once."""
        self.exit(code, return_code=code)

    def stop_work(self) -> None:
        """End what runs in threads: the application stops by an error."""

    def last_words(self, error: BaseException | None) -> str:
        """Return the line that is left on the terminal when the application stops by an error."""
        raise NotImplementedError

    # --- keys -----------------------------------------------------------------------------------------------------

    def get_driver_class(self) -> type[Driver]:
        """Return the driver that takes every byte, where Textual would take its own for this kind of terminal."""
        if sys.platform == "win32" or textual.constants.DRIVER is not None:
            return super().get_driver_class()
        from screens.terminal.driver import TerminalDriver

        return TerminalDriver

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

    # --- what is sent ---------------------------------------------------------------------------------------------

    @on(Driver.SignalResume)
    def _resumed(self) -> None:
        """After a suspension the terminal shows something else."""
        self.action_redraw()

    def action_redraw(self) -> None:
        """Draw the whole screen again, for a terminal that something else has written to."""
        self._sent.forget()
        self.refresh(layout=True)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        # Textual 8.2: every drawing comes by here; it would send whole regions, not what has changed in them.
        if isinstance(renderable, CompositorUpdate) and not self.is_headless:
            renderable = Difference(self._sent, screen._compositor.render_strips())
        super()._display(screen, renderable)

    # --- the end --------------------------------------------------------------------------------------------------

    def fail(self, error: Exception) -> None:
        """Stop by an error nobody expected."""
        self._handle_exception(error)

    def _handle_exception(self, error: Exception) -> None:
        # Textual 8.2: while the application ends, a run may still post to widgets that are gone: no error, then.
        if not self._exit:
            super()._handle_exception(error)

    def _print_error_renderables(self) -> None:
        # Textual 8.2: prints the last words; a terminal that is gone takes none, which is no error.
        with suppress(OSError):
            super()._print_error_renderables()

    def _fatal_error(self) -> None:
        # Textual 8.2: its crash page prints local variables; ours prints the kind and place of the error (T2).
        self.stop_work()
        if not self._exit_renderables:
            self._exit_renderables.append(self.last_words(self._exception))
        self._close_messages_no_wait()

    def panic(self, *_renderables: object) -> None:
        """Stop as `_fatal_error` does, for errors that would draw themselves."""
        self._return_code = 1
        self._fatal_error()


def let_go_of_lost_terminal() -> None:
    """After a hang-up nothing can be written any more; Python would end with 120 for what is still in its buffers."""
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is None:
            continue
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
