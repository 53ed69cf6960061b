"""A pause of the pilot that ends when nothing is left to do.

Textual's own pause watches how busy the process is: it takes up to a second where another thread works, and ends too
early on a machine that gives the process no time.
"""

from __future__ import annotations

import asyncio
import time

import textual.app
import textual.pilot
from textual._context import active_app

DRAWN_IN = 1 / 60
"""Seconds after which a screen that has something to draw draws it, and a change of size is passed on."""

LONGEST = 20.0
"""Seconds after which a pause ends whatever there is to do."""

messages_held = 0
"""How many messages a test keeps back, as yet: a pause does not end before they have come."""


async def wait_for_idle(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
    """Wait until no task can go on and no screen has anything to draw.

    Args:
        min_sleep: seconds that it takes at least.
        max_sleep: seconds that it takes at most where something is drawn all the time, on a machine that draws a screen
            in the time it has for that; a slower one has longer.
    """
    began = time.monotonic()
    for _ in range(round(max_sleep / DRAWN_IN)):
        await asyncio.sleep(DRAWN_IN)
        await _no_task_can_go_on(began + LONGEST)
        since = time.monotonic() - began
        if since >= LONGEST or (since >= min_sleep and not _is_to_be_drawn()):
            return


async def _no_task_can_go_on(ends: float) -> None:
    loop = asyncio.get_running_loop()
    while time.monotonic() < ends:
        await asyncio.sleep(0.001 if messages_held else 0)
        if not messages_held and not loop._ready:  # type: ignore[attr-defined]
            return


def _is_to_be_drawn() -> bool:
    """Whether the timer runs with which a screen draws what has changed."""
    return any(screen._update_timer._active.is_set() for screen in active_app.get().screen_stack)


def install() -> None:
    """Let every pilot pause so."""
    for module in (textual.pilot, textual.app):
        vars(module)["wait_for_idle"] = wait_for_idle
