"""Sweeps the state folder of what processes left in it that were killed: files half written, locks of nothing."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from wizard.core.errors import BadInput
from wizard.core.files import sweep_leftovers
from wizard.journeys.index import FOLDER
from wizard.journeys.saved_journey import JourneyFile, JourneyInUse


def sweep_state(state: Path) -> None:
    """Remove from the state folder what no process that lives can still be writing, or has locked.

    Args:
        state: the folder; it need not exist.
    """
    for folder in (state, state / FOLDER):
        sweep_leftovers(folder)
    for lock in (state / FOLDER).glob("*.lock"):
        journey = lock.with_name(f"{lock.stem.removesuffix('.job')}.json")
        if not journey.exists():
            with suppress(JourneyInUse, BadInput):
                file = JourneyFile(lock.with_suffix(".json"))
                file.lock()
                file.unlock()
