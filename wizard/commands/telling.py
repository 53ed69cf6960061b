"""What a run of `check` or `renew` tells others, beside what it prints: its metrics."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.jobs.fleet import Member, Result
from wizard.jobs.metrics import Metrics

if TYPE_CHECKING:
    import argparse

    from wizard.core.waiting import Clock
    from wizard.jobs.fleet import Totals
    from wizard.journeys.saved_journey import SavedJourney
    from wizard.plain.line_writer import LineWriter


class Telling:
    """Collects what a run finds, and tells it at its end.

    Args:
        options: of the command.
        run: which run of it: the name of the one onboarding, or "--all" with its part.
        clock: says when it is.

    Raises:
        BadInput: an option names what cannot be written.
    """

    def __init__(self, options: argparse.Namespace, run: str, clock: Clock) -> None:
        self._clock = clock
        self._metrics = Metrics(Path(options.metrics), options.command, run) if options.metrics else None
        self._said: list[Mapping[str, object]] = []

    @property
    def is_asked(self) -> bool:
        """Whether anything is to be told."""
        return self._metrics is not None

    def watch(self, line: Mapping[str, object]) -> None:
        """Take note of a line of one onboarding."""
        if self.is_asked:
            self._said.append(line)

    def add(self, result: Result) -> None:
        """Take note of how it ended for one of many."""
        if self._metrics is not None:
            self._metrics.add(result)

    def end_of_one(self, code: int, name: str, saved: SavedJourney, lines: LineWriter) -> int:
        """Tell what the lines of one onboarding said; return the exit code.

        Args:
            code: of the run itself.
            name: what the onboarding is called on the command line.
            saved: the onboarding.
            lines: where trouble is written.
        """
        if self._said:
            member = Member(name, saved.answers.tenant, saved.facts.tenant_id, "")
            self.add(Result(member, str(self._said[-1]["outcome"]), tuple(self._said)))
        return self.end(code, None, lines)

    def end(self, code: int, totals: Totals | None, lines: LineWriter) -> int:
        """Tell what was found; return the exit code: 1 in place of 0 where it could not be told.

        Args:
            code: of the run itself.
            totals: of all onboardings; None where it was one.
            lines: where trouble is written.
        """
        if self._metrics is None:
            return code
        trouble = self._metrics.write(self._clock.now(), totals, 0)
        if trouble:
            lines.say(f"partner-wizard: {trouble}; what it says is of an earlier run.")
        return code or bool(trouble)
