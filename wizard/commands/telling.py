"""What a run of `check` or `renew` tells others, beside what it prints: its metrics, and alerts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.core.errors import BadInput, Cancelled
from wizard.core.text import clean
from wizard.jobs.fleet import Member, Result, ended_by
from wizard.jobs.metrics import Metrics

if TYPE_CHECKING:
    import argparse

    from wizard.jobs.alert_run import AlertLook, AlertRun, Seen
    from wizard.jobs.fleet import Totals
    from wizard.journeys.saved_journey import SavedJourney
    from wizard.journeys.session import Session
    from wizard.onboarding.onboarding_context import Onboarding
    from wizard.plain.line_writer import LineWriter


class Telling:
    """Collects what a run finds, and tells it at its end.

    Args:
        options: of the command.
        run: which run of it: the name of the one onboarding, or "--all" with its part.
        session: whose clock says when it is, and whose cancel signal ends it.

    Raises:
        BadInput: an option names what cannot be written, or alerts cannot be sent from here.
    """

    def __init__(self, options: argparse.Namespace, run: str, session: Session) -> None:
        self._clock, self._session = session.clock, session
        dry = getattr(options, "dry_run", False)
        self._metrics = Metrics(Path(options.metrics), options.command, run) if options.metrics else None
        self._alerts = _alerts_of(options, session) if options.answers and not dry else None
        self._said: list[Mapping[str, object]] = []

    @property
    def is_asked(self) -> bool:
        """Whether anything is to be told."""
        return self._metrics is not None or self._alerts is not None

    @property
    def alerts(self) -> bool:
        """Whether alerts are sent."""
        return self._alerts is not None

    def look(self, session: Session, name: str) -> None:
        """Read what was told of an onboarding before, in the thread that has asked it and by its own sign-in.

        Args:
            session: that has loaded it.
            name: what it is called on the command line.
        """
        if self._alerts is not None and session.loaded is not None:
            self._alerts.look(session.loaded, name)

    @property
    def to_look_for(self) -> AlertLook | None:
        """What another process is to read for each onboarding that it asks, None where no alerts are sent."""
        return self._alerts.to_look_for if self._alerts is not None else None

    def saw(self, seen: Seen, name: str, opens: Callable[[], Onboarding]) -> None:
        """Take note of what another process has read; `opens` loads the onboarding of this name."""
        if self._alerts is not None:
            self._alerts.saw(seen, name, opens)

    def watch(self, line: Mapping[str, object]) -> None:
        """Take note of a line of one onboarding."""
        if self.is_asked:
            self._said.append(line)

    def add(self, result: Result) -> None:
        """Take note of how it ended for one of many."""
        if self._metrics is not None:
            self._metrics.add(result)
        if self._alerts is not None:
            self._alerts.add(result)

    @contextmanager
    def errors_of_one(self, name: str, saved: SavedJourney, lines: LineWriter) -> Iterator[None]:
        """Tell of an error that ends the run of one onboarding, and raise it again; arguments as for `end_of_one`."""
        try:
            yield
        except Cancelled:
            raise
        except Exception as error:
            self.add(ended_by(_member(name, saved), error))
            self.end(1, None, lines)
            raise

    def end_of_one(self, code: int, name: str, saved: SavedJourney, lines: LineWriter) -> int:
        """Tell what the lines of one onboarding said; return the exit code.

        Args:
            code: of the run itself.
            name: what the onboarding is called on the command line.
            saved: the onboarding.
            lines: where it is written what came of it.
        """
        if self._said:
            self.look(self._session, name)
            self.add(Result(_member(name, saved), str(self._said[-1]["outcome"]), tuple(self._said)))
        return self.end(code, None, lines)

    def end(self, code: int, totals: Totals | None, lines: LineWriter) -> int:
        """Tell what was found; return the exit code.

        That of the run itself, unless it is 0: then 3 where an alert could not be sent, and 1 where a file could not be
        written.

        Args:
            code: of the run itself.
            totals: of all onboardings; None where it was one.
            lines: where it is written what came of it.
        """
        failures = 0
        if self._alerts is not None:
            from wizard.jobs.alert_run import Told

            try:
                told = self._alerts.tell()
            except BadInput as error:  # what was told can no longer be read: nobody is told, and the run has its result
                told = Told(trouble=clean(str(error)))
            failures = len(told.failed)
            lines.write(told.as_json(), told.in_words())
            code = code or (3 if failures else bool(told.trouble))
        if self._metrics is not None and (trouble := self._metrics.write(self._clock.now(), totals, failures)):
            lines.say(f"partner-wizard: {trouble}; what it says is of an earlier run.")
            code = code or 1
        return int(code)


def _member(name: str, saved: SavedJourney) -> Member:
    return Member(name, saved.answers.tenant, saved.facts.tenant_id, "")


def _alerts_of(options: argparse.Namespace, session: Session) -> AlertRun | None:
    """Return the alerts of a run, None where its answers file says nothing of them."""
    from wizard.plain.alert_settings import read_alert_settings

    settings = read_alert_settings(Path(options.answers), os.environ)
    if settings is None:
        return None
    from wizard.jobs.alert_causes import CREDENTIAL
    from wizard.jobs.alert_run import AlertRun

    is_rotation = getattr(options, "credential", None) is not None
    command = CREDENTIAL if is_rotation else options.command
    return AlertRun(settings, command, os.environ, session.clock, session.cancel)
