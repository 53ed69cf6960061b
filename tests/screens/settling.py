"""A pause of the pilot that ends when nothing is left to do, and of drawing and styles only what a test looks at.

Textual's own pause watches how busy the process is: it takes up to a second where another thread works, and ends too
early on a machine that gives the process no time.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import textual.app
import textual.pilot
from rich.console import RenderableType
from textual._compositor import Compositor
from textual._context import active_app
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.screen import Screen

from tests.patience import PATIENCE

DRAWN_IN = 1 / 60
"""Seconds after which a screen that has something to draw draws it, and a change of size is passed on."""

messages_held = 0
"""How many messages a test keeps back, as yet: a pause does not end before they have come."""


async def wait_for_idle(min_sleep: float = 0.0, max_sleep: float = 0.0) -> None:
    """Wait until no task can go on and no screen has anything to draw; fail where that is never so.

    Args:
        min_sleep: seconds that it takes at least.
        max_sleep: given by Textual, and not heeded: a slow machine has the time it needs.
    """
    began = time.monotonic()
    while True:
        await asyncio.sleep(DRAWN_IN)
        await _no_task_can_go_on(began + PATIENCE)
        since = time.monotonic() - began
        if since >= min_sleep and not _is_to_be_drawn():
            return
        assert since < PATIENCE, "a screen is drawn all the time"


async def _no_task_can_go_on(ends: float) -> None:
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(0.001 if messages_held else 0)
        if not messages_held and not loop._ready:  # type: ignore[attr-defined]
            return
        assert time.monotonic() < ends, "there is always something left to do"


def _is_to_be_drawn() -> bool:
    """Whether the timer runs with which a screen draws what has changed; one that has been left draws nothing more."""
    app = active_app.get()
    return not app._exit and any(each.is_running and each._update_timer._active.is_set() for each in app.screen_stack)


render_update = Compositor.render_update


def draw_only_when_looked_at(
    compositor: Compositor, full: bool = False, screen_stack: list[Screen[object]] | None = None, simplify: bool = False
) -> RenderableType | None:
    """Draw nothing between: without a terminal Textual draws each change, and shows it to nobody.

    That is a third of all its work. A test that looks at a screen asks for its lines, which are drawn then; only what
    stands behind a dialog is taken from what was drawn before.
    """
    if full or screen_stack or not active_app.get().is_headless:
        return render_update(compositor, full, screen_stack, simplify)
    compositor._dirty_regions.clear()
    return None


parse_rules = Stylesheet._parse_rules
parsed: dict[tuple[object, ...], list[RuleSet]] = {}


def parse_rules_once(sheet: Stylesheet, css: str, *rest: Any, **more: Any) -> list[RuleSet]:
    """Parse each style sheet once a process, not once a wizard."""
    key = (frozenset(sheet._variables.items()), css, rest, tuple(more.items()))
    if key not in parsed:
        parsed[key] = parse_rules(sheet, css, *rest, **more)
    return parsed[key]


def install() -> None:
    """Let every pilot pause so, and every screen be drawn and styled so."""
    for module in (textual.pilot, textual.app):
        vars(module)["wait_for_idle"] = wait_for_idle
    setattr(Compositor, "render_update", draw_only_when_looked_at)  # noqa: B010  # its parameter types are private
    setattr(Stylesheet, "_parse_rules", parse_rules_once)  # noqa: B010
    setattr(RuleSet, "__hash__", object.__hash__)  # noqa: B010  # its own, id() in Python, is called 300 times a style
