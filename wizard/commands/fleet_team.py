"""Who asks the onboardings of `--all`: threads of this process, or processes of its own where there are many."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final, Self

from wizard.commands.fleet_process import Order
from wizard.core.system_limits import cores, memory_limit
from wizard.jobs.fleet import ask_all, results_of
from wizard.jobs.fleet_processes import Processes, how_many

if TYPE_CHECKING:
    from wizard.commands.fleet_members import Ask, Fleet
    from wizard.commands.telling import Telling
    from wizard.jobs.alert_run import Seen
    from wizard.jobs.fleet import Member, Result

FROM: Final = 100
"""Onboardings from which on processes pay: each takes two seconds of a core until it has asked its first."""


class Team:
    """Threads, or processes, that ask onboardings. Leaving the context ends them.

    Args:
        fleet: opens an onboarding.
        ask: asks it.
        workers: how many are asked side by side.
        telling: is told what their vaults keep of alerts.
    """

    def __init__(self, fleet: Fleet, ask: Ask, workers: int, telling: Telling) -> None:
        self._fleet, self._ask, self._workers, self._telling = fleet, ask, workers, telling
        self._number = how_many(workers, cores(), memory_limit())
        each = -(-workers // max(1, self._number))
        order = Order(fleet.clouds, fleet.state, fleet.answers, ask, telling.to_look_for, each)
        self._processes = Processes(order, fleet.wire, fleet.session.clock, self._saw, say)
        self._expected = 0

    def __enter__(self) -> Self:
        self._processes.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._processes.__exit__(*error)

    def expect(self, onboardings: int = 1) -> None:
        """Prepare for so many more; processes load what they need while the rest is still looked for."""
        self._expected += onboardings
        if self._expected >= FROM:
            self._processes.have(self._number)

    def results(self, members: list[Member]) -> Iterator[Result]:
        """Yield how it ends for each, as it does. Raises `Cancelled` once the session was stopped."""
        self.expect(len(members) - self._expected)
        cancel = self._fleet.session.cancel
        if self._processes.ids:
            yield from results_of(members, self._processes.begin, self._workers, cancel)
        else:
            asked = partial(self._fleet.asked, ask=self._ask, look=self._telling.look)
            yield from ask_all(members, asked, self._workers, cancel)

    def _saw(self, member: Member, seen: Seen) -> None:
        self._telling.saw(seen, member.name, partial(self._fleet.loaded, member))


def say(text: str) -> None:
    """Write a line about the run itself, beside its results."""
    print(text, file=sys.stderr, flush=True)
