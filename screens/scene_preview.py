"""What is said of a scene before it is played: in a line where there is little room, else from beginning to end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from textual.content import Content

from screens.drawing import bold, plain
from screens.scenes import SceneInfo
from wizard.core.wording import upper_first

ADVICE: Final = "In real life "
"""How the sentences begin, in what to watch for, that say what to do about it outside a rehearsal."""


def short_preview(scene: SceneInfo) -> Content:
    """Return what to watch for."""
    return bold("Watch for: ") + plain(scene.watch_for)


def full_preview(scene: SceneInfo) -> Content:
    """Return what happens, where it stops, who can put it right, and how it then ends; each under a heading."""
    parts = [bold(heading) + plain(f"\n{text}") for heading, text in _parts(scene)]
    return Content("\n\n").join(parts)


def _parts(scene: SceneInfo) -> Iterator[tuple[str, str]]:
    happens, _, advice = scene.watch_for.partition(ADVICE)
    yield "Watch for", happens.strip()
    if scene.stops_at:
        yield "Where it stops", scene.stops_at
    if scene.fixed_by:
        yield "Who can fix it", f"{upper_first(scene.fixed_by)}. Rehearse the repair, and you read: “{scene.fix}”"
    yield "How it ends", _ending(scene)
    if advice:
        yield ADVICE.strip(), upper_first(advice)
    if scene.name:
        at_step = " --at-step" if scene.step else ""
        yield "On the command line", f"partner-wizard rehearse {scene.name}{at_step}"


def _ending(scene: SceneInfo) -> str:
    if not scene.stops_at:
        return "Nothing stops the journey: it goes on until the token is stored and proven."
    again = "After another sign-in" if scene.asks_sign_in_again else "After the repair"
    return f"{again} the check holds, and the journey goes on until the token is stored and proven."
