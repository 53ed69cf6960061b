"""Keys, pastes and clicks one after the other: none is handled before all that the one before it led to is done."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from textual import events
from textual._queue import Queue  # Textual 8.2: what a message queue is; it has no public name
from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

AT_ONCE: Final = 100
"""Turns of the event loop that are taken as quickly as it goes; a screen is drawn later than that."""
PAUSE: Final = 0.001
"""Seconds between the turns after these."""
PATIENCE: Final = 10_000
"""Turns after which a page is taken to hang. Every task that can go on does so in each, however slow the machine is."""


class KeyOrder:
    """Holds what a person does until it is its turn.

    Textual gives a key to the widget that has the focus when the key arrives; a Tab, Enter or F-key moves the focus by
    messages that are handled after that. What comes in one read with it, as a paste or a quick hand sends it, would
    reach the field before: a secret the one that is drawn.

    Args:
        app: what the keys are for.
        way_out: a key that still gets its turn while the page hangs; every other one is dropped then, because nobody
            could say where it would go.
    """

    def __init__(self, app: App[int], way_out: str) -> None:
        self._app = app
        self._way_out = way_out
        self._held: deque[events.Event] = deque()
        self._in_turn: deque[events.Event] = deque()
        self._typed_into: Widget | None = None
        self._task: asyncio.Task[None] | None = None
        self._busy: MessagePump = app

    def holds(self, event: events.Event) -> bool:
        """Whether an event has to wait; it is posted to the application again when its turn has come."""
        if self._in_turn and event is self._in_turn[0]:
            self._in_turn.popleft()
            return False
        is_of_a_person = isinstance(event, events.InputEvent | events.Paste)
        if not is_of_a_person or event.is_forwarded:  # one that has come back from its widget
            return False
        self._held.append(event)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._give_turns(), name="keys in their order")
        return True

    async def _give_turns(self) -> None:
        while self._held:
            is_at_rest = self._follows_typing(self._held[0]) or await self._come_to_rest()
            if not self._app.is_running:
                return
            if is_at_rest:
                self._give_turn(self._held.popleft())
            else:
                ways_out = [each for each in self._held if isinstance(each, events.Key) and each.key == self._way_out]
                self._held.clear()
                for each in ways_out:
                    self._give_turn(each)

    def _give_turn(self, event: events.Event) -> None:
        focused = self._app.focused
        is_typed = isinstance(event, events.Key) and event.is_printable and isinstance(focused, Input)
        self._typed_into = focused if is_typed else None
        self._in_turn.append(event)
        self._app.post_message(event)

    def _follows_typing(self, event: events.Event) -> bool:
        """Whether what came before was a character for a field, which moves nothing: the field has them in order."""
        is_for_focus = isinstance(event, events.Key | events.Paste)
        return is_for_focus and self._typed_into is not None and self._typed_into is self._app.focused

    async def _come_to_rest(self) -> bool:
        """Wait until nothing is left to do; False where that does not come about."""
        for turn in range(PATIENCE):
            if not self._app.is_running or self._is_at_rest():
                return True
            await asyncio.sleep(0 if turn < AT_ONCE else PAUSE)
        return False

    def _is_at_rest(self) -> bool:
        """Whether nobody handles a message or has one to handle, and nothing is to be done after the next drawing."""
        if _is_busy(self._busy):
            return False
        for pump in (self._app, *self._app._registry):  # Textual 8.2: every widget there is, mounted or not
            if _is_busy(pump):
                self._busy = pump  # most likely it still is at the next turn
                return False
        return not any(map(_waits_for_drawing, self._app.screen_stack)) and not _has_no_place_yet(self._app.screen)


def _is_busy(pump: MessagePump) -> bool:
    """Whether a widget, screen or application handles a message, or has one to handle."""
    # Textual 8.2: whether a pump is idle is known by its task and the waiters of its queue; nothing public says it.
    has_ended = pump._closed or (pump._task is None and not isinstance(pump, App))
    queue: Queue[Message | None] = pump._message_queue
    return not has_ended and (bool(queue.values) or not queue.ready_event._waiters)


def _has_no_place_yet(screen: Screen[object]) -> bool:
    """Whether a field is new to the screen: Tab goes by where fields stand, and passes it by until it is laid out."""
    # Textual 8.2: set from the change of a style to the next layout.
    return screen._layout_required and not all(each.virtual_region for each in screen.focus_chain)


def _waits_for_drawing(screen: Screen[object]) -> bool:
    """Whether something is to be done once the screen is drawn: more than the footer, which shows the new focus."""
    # Textual 8.2: what `call_after_refresh` has put off.
    return any(getattr(callback, "func", None) != screen.refresh_bindings for callback, _ in screen._callbacks)
