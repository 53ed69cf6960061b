"""The gallery kept as text: a file for each state at each size, and one for what is left of it without colour."""

from __future__ import annotations

from pathlib import Path

from tests.screens.driving import Driver
from tests.screens.gallery.drawn import as_text, changed_lines, strips_of, without_colour
from tests.screens.gallery.state import State, brought

FOLDER = Path(__file__).parents[1] / "snapshots"
FOCUS = "--- what says where the focus is"


async def drawings(which: State) -> dict[str, str]:
    """What `FOLDER` should hold of a state, by the names of files. Colour changes no character, so none is drawn."""
    drawn: dict[str, str] = {}
    first, *others = which.sizes
    async with brought(which, first, colour=False) as driver:
        strips = strips_of(driver.app)
        drawn[_file(which, first)] = as_text(strips)
        if not which.is_remade:
            for size in others:
                await driver.pilot.resize_terminal(*size)
                await driver.pilot.pause()
                drawn[_file(which, size)] = as_text(strips_of(driver.app))
        drawn[f"no-colour/{which.name}.txt"] = f"{without_colour(strips)}\n{await focus_of(driver)}"
    for size in others if which.is_remade else []:
        async with brought(which, size, colour=False) as driver:
            drawn[_file(which, size)] = as_text(strips_of(driver.app))
    return {name: text + "\n" for name, text in drawn.items()}


async def focus_of(driver: Driver) -> str:
    """What looks otherwise, without colour, as soon as nothing is in focus. The state is gone after this."""
    focused, before = driver.app.focused, strips_of(driver.app)
    if focused is None:
        return f"{FOCUS}: it is nowhere"
    name = f"#{focused.id}" if focused.id else type(focused).__name__
    driver.app.screen.set_focus(None)
    await driver.pilot.pause()
    return "\n".join([f"{FOCUS}: {name}", *changed_lines(before, strips_of(driver.app))])


def _file(which: State, size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}/{which.name}.txt"
