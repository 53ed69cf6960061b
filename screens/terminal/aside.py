"""Leaving the screen for a moment: what a terminal's own mouse is to select is printed on it as bare text."""

from __future__ import annotations

import asyncio
import os
import select
import sys
from contextlib import suppress
from typing import Final

LOOKS_AGAIN_AFTER: Final = 0.1
"""Seconds between looks at the keyboard."""


def print_bare(text: str) -> None:
    """Print a text where the screen was: on standard error, which the screen is drawn on as well."""
    print(text, file=sys.__stderr__, flush=True)


async def until_enter() -> None:
    """Wait until a line is entered, or the terminal is gone; signals and what runs in threads go on meanwhile."""
    if sys.__stdin__ is None:
        return
    with suppress(OSError, ValueError):
        if sys.platform == "win32":  # which waits for sockets alone
            await asyncio.to_thread(sys.__stdin__.readline)
            return
        keyboard = sys.__stdin__.fileno()
        while not select.select([keyboard], [], [], 0)[0]:
            await asyncio.sleep(LOOKS_AGAIN_AFTER)
        os.read(keyboard, 4_096)
