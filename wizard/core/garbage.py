"""When Python looks for garbage: seldom while modules load, where there is none, and not once more at the end."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

USUAL: Final = gc.get_threshold()
SELDOM: Final = 100_000
"""New objects after which garbage is looked for: loading everything makes 80,000, and at Python's own 700 that is a
hundred looks at them, which find nothing."""


def with_few_collections(call: Callable[[], int]) -> int:
    """Return what `call` returns; what is left then is not looked through: the system takes all memory back at once."""
    gc.set_threshold(SELDOM, *USUAL[1:])
    try:
        return call()
    finally:
        gc.freeze()


def collect_as_usual() -> None:
    """Look for garbage as often as Python does by itself from now on, but not among what is loaded already."""
    gc.freeze()
    gc.set_threshold(*USUAL)
