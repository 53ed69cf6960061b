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
from textual.command import CommandList, CommandPalette
from textual.css.query import NoMatches
from textual.driver import Driver
from textual.widgets import Input
from textual.worker import WorkerFailed

from screens.terminal import aside
from screens.terminal.ascii_filter import AsciiFilter
from screens.terminal.changed_lines import SentLines
from screens.terminal.key_order import KeyOrder
from screens.terminal.paste_bytes import readable
from wizard.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType
    from textual.filter import LineFilter
    from textual.screen import Screen


class TerminalApp(App[int]):
    """Textual's application as the wizard needs it; the wizard's own part is in a subclass.

    Args:
        is_ascii: whether every sign is drawn as its ASCII twin.
    """

    def __init__(self, *, is_ascii: bool = False) -> None:
        # A log of Textual's would hold every key typed into a password field.
        setattr(textual.constants, "LOG_FILE", None)  # noqa: B010  # Final for type checkers
        super().__init__()
        self.animation_level = "none"
        self.is_ascii = is_ascii
        self._ascii_filters = [AsciiFilter()] if is_ascii else []
        self._sent = SentLines()
        self._is_aside = False
        self._is_ending = False
        self._key_order = KeyOrder(self, way_out="ctrl+q")
        self.variables_parsed: dict[str, str] = {}

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
        """Each key in its turn. A paste is cleaned before a field sees it that does not do so; unless it is hidden."""
        if self._key_order.holds(event):
            return
        if isinstance(event, events.Paste) and not getattr(self.screen, "hides_pastes", False):
            event.text = readable(event.text)
            if not getattr(self.focused, "cleans_pastes", False):
                event.text = clean(event.text, len(event.text) + 1)
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

    async def step_aside(self, text: str) -> None:
        """Leave the screen, and print a text on the bare terminal until Enter is pressed.

        Raises:
            SuspendNotSupported: this terminal cannot be left.
        """
        with self.suspend():
            self._is_aside = True
            try:
                aside.print_bare(text)
                await aside.until_enter()
            finally:
                self._is_aside = False
        self.action_redraw()

    def refresh_css(self, animate: bool = True) -> None:
        """Parse the styles again where a variable has changed: Textual 8.2 does so once in each start."""
        if self.get_css_variables() == self.variables_parsed:
            self.stylesheet.update(self, animate=animate)
        else:
            self.variables_parsed = self.get_css_variables()
            super().refresh_css(animate)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what every drawn line goes through."""
        return [*super().get_line_filters(), *self._ascii_filters]

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        # Textual 8.2: every drawing comes by here; it would send whole regions, not what has changed in them.
        if self._is_aside:
            return
        if isinstance(renderable, CompositorUpdate) and not self.is_headless:
            difference = self._sent.difference(renderable, screen._compositor.render_strips)
            if difference.is_empty and self.cursor_position == self._previous_cursor_position:
                return
            renderable = difference
        super()._display(screen, renderable)

    # --- the end --------------------------------------------------------------------------------------------------

    def fail(self, error: Exception) -> None:
        """Stop by an error nobody expected."""
        self._handle_exception(error)

    def _handle_exception(self, error: Exception) -> None:
        # Textual 8.2: while the application ends, a run may still post to widgets that are gone, and a page that is
        # being composed looks for its parts: no error, then.
        is_ending = self._exit or (self._is_ending and isinstance(error, NoMatches))
        if not is_ending and not _is_late_search(error):
            super()._handle_exception(error)

    async def _shutdown(self) -> None:
        # Textual 8.2: widgets are taken apart in it, whoever has ended the application.
        self._is_ending = True
        await super()._shutdown()

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


def _is_late_search(error: Exception) -> bool:
    """Return whether the command palette was left just before its search began, which looks for its list first.

    Textual 8.2 begins the search in a worker of its own; the palette's widgets may be gone by then.
    """
    cause = error.error if isinstance(error, WorkerFailed) else None
    return isinstance(cause, NoMatches) and CommandList.__name__ in str(cause)


def let_go_of_lost_terminal() -> None:
    """After a hang-up nothing can be written any more; Python would end with 120 for what is still in its buffers."""
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is None:
            continue
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
