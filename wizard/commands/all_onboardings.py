"""`--all` of `check` and `renew`: every onboarding, side by side, each result as it comes."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final

from wizard.commands.context import read_clouds, stop_on_signals
from wizard.commands.fleet_members import Ask, Fleet
from wizard.commands.fleet_team import Team, say
from wizard.commands.progress_bar import progress_of
from wizard.commands.stored_answers import FIXED
from wizard.commands.telling import Telling
from wizard.core.answers import Answers
from wizard.core.errors import BadInput
from wizard.core.events import CheckEnded
from wizard.core.files import read_file
from wizard.core.findings import Outcome
from wizard.core.garbage import collect_as_usual
from wizard.core.wording import OUTCOME_SIGNS, counted
from wizard.jobs.fleet import Member, Result, Shard, Totals, read_shard
from wizard.jobs.fleet_in_vaults import read_places
from wizard.jobs.fleet_results import ResultsFile
from wizard.jobs.run_record import RunRecord
from wizard.journeys.journey_folder import JourneyFolder
from wizard.journeys.leftovers import sweep_state
from wizard.journeys.session import Session
from wizard.journeys.state_folder import state_folder
from wizard.plain.answers_file import key_of, read_answers
from wizard.plain.line_writer import LineWriter
from wizard.plain.page_width import page_width_of
from wizard.reporting.fleet_record import COMMANDS

WORKERS: Final = 16
FORGED: Final = "says of {name} what no run writes; begin again without --resume"
LARGEST_LIST: Final = 10_000_000
"""Bytes of a file that names secrets."""
DOING: Final = {
    "check": "Checking",
    "renew": "Renewing",
    "renew --credential": "Renewing the app's credential of",
}
NOT_WITH_ALL: Final = ("name", "tenant", "journey")
SIGNS: Final = {
    "proven": OUTCOME_SIGNS[Outcome.HOLDS],
    "failed": OUTCOME_SIGNS[Outcome.FAILS],
    "provisional": OUTCOME_SIGNS[Outcome.UNKNOWN],
    "unreachable": OUTCOME_SIGNS[Outcome.UNKNOWN],
}


class Ledger:
    """Whoever is told how each onboarding ended: the totals, the file of results, the record, metrics and alerts.

    Args:
        options: of the command.
        fleet: opens an onboarding once more, where alerts want to know what its vault keeps.
        shard: which part of the fleet the run is.
        session: whose clock they use.

    Raises:
        BadInput: a file that an option names cannot be used.
    """

    def __init__(self, options: argparse.Namespace, fleet: Fleet, shard: Shard, session: Session) -> None:
        part = f" {shard.index + 1}/{shard.count}" if shard.count > 1 else ""
        self.totals = Totals()
        self.telling = Telling(options, f"--all{part}", session)
        self.lines = LineWriter(as_json=options.json, width_of=partial(page_width_of, no_color=options.no_color))
        self._fleet, self._clock, self._goes_on = fleet, session.clock, options.resume
        self._results = ResultsFile(Path(options.results), done_in(options)) if options.results else None
        scope = " ".join(sorted(options.vault or ()))
        is_kept = _what(options) in COMMANDS
        self._record = RunRecord(fleet.state, options.command, scope, shard.count > 1) if is_kept else None

    def take_up(self, members: Iterable[Member]) -> set[str]:
        """Take up what a run that was ended has found already; return the names of those that it asked.

        Raises:
            BadInput: the file of results cannot be used, or says what no run writes.
        """
        if self._results is None:
            return set()
        done = self._results.open(self._clock.now(), goes_on=self._goes_on)
        by_name = {each.name: each for each in members if each.name in done}
        for name, lines in self._results.earlier():
            if name in by_name:
                earlier = Result(by_name[name], done[name], lines)
                if self.telling.alerts and done[name] != "proven":
                    self._fleet.look_at(by_name[name], self.telling.look)
                try:
                    self._tell(earlier)
                except (LookupError, TypeError, ValueError, AttributeError):
                    raise BadInput("--resume", f"{self._results.path} {FORGED.format(name=name)}") from None
        self.totals.earlier = len(by_name)
        return set(by_name)

    def keep_unseen(self) -> None:
        """Let no onboarding count as gone: a vault did not tell which it has."""
        if self._record is not None:
            self._record.is_part = True

    def add(self, result: Result) -> None:
        """Take note of how it ended for one, and write it."""
        self._tell(result)
        _write(result, self.lines)
        if self._results is not None and not self._results.trouble:
            self._results.add(result)
            if self._results.trouble:
                self.lines.say(f"partner-wizard: {self._results.trouble}; they are written here alone from now on.")

    def end(self) -> int:
        """Write what all of them came to; return the exit code."""
        trouble = self._results is not None and self._results.trouble
        code = self.telling.end(self.totals.exit_code or (1 if trouble else 0), self.totals, self.lines)
        self.lines.write(self.totals.as_json(), _in_words(self.totals))
        if self._record is not None and (why := self._record.end(self._clock.now())):
            self.lines.say(f"partner-wizard: {why}; status and report --all show an earlier run.")
        if self._results is not None:
            self._results.end(self.totals)
            self._results.close()
        return code

    def _tell(self, result: Result) -> None:
        self.totals.ended[result.outcome] += 1
        self.telling.add(result)
        if self._record is not None:
            self._record.add(result)


def main(options: argparse.Namespace, ask: Ask) -> int:
    """Check or renew every onboarding, of this machine or of some vaults; return the exit code.

    Args:
        options: of the command.
        ask: does it for one.

    Raises:
        BadInput: an option does not go with --all.
        SystemExit: a signal has ended it; what had ended before was written.
    """
    collect_as_usual()
    _refuse_what_names_one(options)
    shard = read_shard(options.shard, os.environ)
    answers = read_answers(Path(options.answers), os.environ) if options.answers else (Answers(), set[str]())
    _refuse_answers_of_one(answers[1])
    session = Session()
    sweep_state(Path(state_folder(os.environ)))
    fleet = Fleet(read_clouds(options), JourneyFolder(Path(state_folder(os.environ))), answers, session)
    ledger = Ledger(options, fleet, shard, session)
    workers = options.workers or WORKERS
    with stop_on_signals(session), Team(fleet, ask, workers, ledger.telling) as team:

        def found_one(tenant_id: str) -> None:
            if not options.resume and shard.holds(Member("", "", tenant_id)):  # else most of them may be done
                team.expect()

        found, silent, unfinished = _members(options, fleet, found_one)
        if silent:
            ledger.keep_unseen()
        members = [each for each in found if shard.holds(each)]
        done = ledger.take_up(members)
        left = [each for each in members if each.name not in done]
        say(_opening(_what(options), len(left), workers, shard, len(done), unfinished))
        with progress_of(len(left)) as advance:
            for result in chain(silent, team.results(left)):
                ledger.add(result)
                advance()
        return ledger.end()


def _members(
    options: argparse.Namespace, fleet: Fleet, found: Callable[[str], None]
) -> tuple[list[Member], list[Result], int]:
    """Return who is to be asked, a result for each vault that does not tell, and how many are not onboarded yet."""
    if options.vault:
        places = read_places(options.vault, _names_in(options.secrets))
        return *fleet.members_in_vaults(places, options.workers or WORKERS, found), 0
    members, unfinished = fleet.members(with_token=options.command == "renew")
    return members, [], unfinished


def _what(options: argparse.Namespace) -> str:
    """Return what is done: "check", "renew", or "renew --credential"."""
    of_credential = getattr(options, "credential", None) is not None
    return "renew --credential" if of_credential else str(options.command)


def done_in(options: argparse.Namespace) -> str:
    """Return what is done, with the options that change what "proven" says of an onboarding."""
    more = [f"--{name.replace('_', '-')}" for name in ("force", "dry_run", "yes") if getattr(options, name, False)]
    return " ".join([_what(options), *more])


def _refuse_what_names_one(options: argparse.Namespace) -> None:
    for name in NOT_WITH_ALL:
        if getattr(options, name):
            raise BadInput("--all", "takes every onboarding; leave out the one that is named")
    if options.secrets and not options.vault:
        raise BadInput("--secrets", "names secrets of vaults; name those with --vault")
    if options.resume and not options.results:
        raise BadInput("--resume", "goes on with a file of results; name it with --results FILE")


def _refuse_answers_of_one(given: set[str]) -> None:
    for name in FIXED:
        if name in given and name != "cloud":
            raise BadInput(
                key_of(name), "is of one onboarding; with --all, the answers file says what all of them share"
            )


def _names_in(path: str | None) -> list[str]:
    """Return the lines of a file that names secrets, none without one."""
    if not path:
        return []
    try:
        return read_file(Path(path), LARGEST_LIST).decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BadInput("--secrets", f"{path} cannot be read: {why}") from None


def _opening(command: str, left: int, workers: int, shard: Shard, earlier: int, unfinished: int) -> str:
    """Return the line that says what is about to be done."""
    doing = DOING[command]
    part = f", part {shard.index + 1} of {shard.count}" if shard.count > 1 else ""
    parts = [f"{doing} {counted(left, 'onboarding')}{part}, at most {workers} at a time."]
    if earlier:
        parts.append(f"{earlier} more were done before the last run ended.")
    if unfinished:
        parts.append(f"Not finished, and left out: {unfinished}; partner-wizard status lists them.")
    return " ".join(parts)


def _write(result: Result, lines: LineWriter) -> None:
    """Write how it ended for one: in a line, and what does not hold below it."""
    member = result.member
    named = f"{member.tenant} ({member.name})" if member.tenant else member.name
    text = f"{SIGNS[result.outcome]} {named}: {result.outcome}" + (f": {result.mistake}" if result.mistake else "")
    if lines.as_json:
        for line in result.as_json():
            lines.write(line, "")
        return
    lines.note(text)
    if result.outcome == "proven":
        return
    for why, number in result.not_asked.items():
        lines.note(f"    not known: {counted(number, 'check')} could not be asked, because {why}.")
    failing = [each for each in result.findings if each.outcome is Outcome.FAILS]
    for finding in failing or [each for each in result.findings if each.outcome is Outcome.UNKNOWN]:
        lines.emit(CheckEnded(finding))
    lines.show_failures(is_last=False)


def _in_words(totals: Totals) -> str:
    """Return the last line: how many ended how."""
    counts = [f"{number} {outcome}" for outcome, number in sorted(totals.ended.items()) if number]
    return f"{counted(totals.ended.total(), 'onboarding')}: {', '.join(counts) or 'none to ask'}"
