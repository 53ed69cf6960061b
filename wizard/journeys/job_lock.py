"""The lock by which the jobs of one onboarding take turns on a machine: two renewals at once would each use the token.

It is another one than the journey's own: a wizard that stays open keeps no job from its work.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wizard.core.errors import BadInput
from wizard.core.retries import wait
from wizard.journeys.saved_journey import JourneyFile, JourneyInUse

if TYPE_CHECKING:
    from wizard.core.events import Emit
    from wizard.core.waiting import Cancel, Clock

LONGEST_JOB: Final = timedelta(minutes=15)
"""How long a job waits for the one before it."""
PAUSE: Final = 2.0


@dataclass(frozen=True, slots=True)
class Turn:
    """What a job waits with for its turn, as `retries` has it."""

    clock: Clock
    cancel: Cancel
    emit: Emit


@contextmanager
def job_turn(path: Path | None, waiter: Turn) -> Iterator[None]:
    """Wait for the turn of a job, and keep it meanwhile; without a folder that can be written there are no turns.

    Args:
        path: where the journey is kept, or would be; None where nobody can say that.
        waiter: waits for the job before.

    Raises:
        JourneyInUse: the job before has not ended for a long time.
        Cancelled: the waiter's signal was set.
    """
    lock = JourneyFile(path.with_name(f"{path.stem}.job.json")) if path is not None else None
    until = waiter.clock.now() + LONGEST_JOB
    while lock is not None:
        try:
            lock.lock()
        except BadInput:
            lock = None
        except JourneyInUse:
            if waiter.clock.now() >= until:
                raise
            wait(waiter, "another job of this onboarding", PAUSE, until)
        else:
            break
    try:
        yield
    finally:
        if lock is not None:
            lock.unlock()
