"""`--all` of `check` and `renew`: every onboarding, side by side, each result as it comes."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wizard.commands.context import read_clouds, stop_on_signals
from wizard.commands.progress_bar import progress_of
from wizard.commands.stored_answers import FIXED, refuse_a_person, with_credential_of
from wizard.commands.telling import Telling
from wizard.core.answers import Answers, vault_host
from wizard.core.errors import BadInput, ServiceRefusal, Unreachable, WizardError
from wizard.core.events import CheckEnded, Event
from wizard.core.facts import Facts
from wizard.core.findings import Finding, Outcome
from wizard.core.garbage import collect_as_usual
from wizard.core.text import clean
from wizard.core.wording import OUTCOME_SIGNS, counted
from wizard.jobs.fleet import Member, Result, Shard, Totals, ask_all, read_shard
from wizard.jobs.fleet_in_vaults import members_in, read_places
from wizard.jobs.fleet_results import ResultsFile
from wizard.jobs.run_record import RunRecord
from wizard.journeys.journey_folder import JourneyFolder
from wizard.journeys.saved_journey import JourneyFile, SavedJourney
from wizard.journeys.session import Session
from wizard.journeys.state_folder import state_folder
from wizard.microsoft.wire import Wire
from wizard.onboarding.profile import PROFILES
from wizard.plain.answers_file import key_of, read_answers
from wizard.plain.line_writer import LineWriter
from wizard.plain.page_width import page_width_of
from wizard.tokens.renewal_rule import reaches_credential

if TYPE_CHECKING:
    from wizard.microsoft.clouds import Cloud

Ask = Callable[[Session, SavedJourney, LineWriter], int]
"""Checks, or renews, one onboarding: in this session, as it is stored, and says so in lines."""

Look = Callable[[Session, str], None]
"""Looks at what the vault of an onboarding keeps: is given the session that opened it, and its name."""

WORKERS: Final = 16
NOT_WITH_ALL: Final = ("name", "tenant", "journey")
SIGNS: Final = {
    "proven": OUTCOME_SIGNS[Outcome.HOLDS],
    "failed": OUTCOME_SIGNS[Outcome.FAILS],
    "provisional": OUTCOME_SIGNS[Outcome.UNKNOWN],
    "unreachable": OUTCOME_SIGNS[Outcome.UNKNOWN],
}


@dataclass(slots=True)
class Fleet:
    """Every onboarding of this machine, or of some vaults.

    Args:
        clouds: by name, what they may be in.
        folder: keeps them.
        answers: what they have in common, and the names of those that an answers file gives.
        session: whose cancel signal ends the whole, and whose clock all of them use.
    """

    clouds: Mapping[str, Cloud]
    folder: JourneyFolder
    answers: tuple[Answers, set[str]]
    session: Session
    _wire: Wire = field(default_factory=lambda: Wire(is_shared=True))

    def members(self, *, with_token: bool) -> tuple[list[Member], int]:
        """Return those that can be asked, in the order of their names, and how many are not onboarded yet.

        Args:
            with_token: whether an onboarding that stores none is left out.
        """
        members, unfinished = [], 0
        for entry in self.folder.entries():
            profile = PROFILES.get(entry.profile)
            if entry.outcome in {"revoked", "revoking"} or (with_token and profile and not profile.spec.has("user")):
                continue
            if profile and profile.spec.has("user") and not entry.expires_at:
                unfinished += 1
                continue
            members.append(Member(entry.name, entry.tenant, entry.tenant_id, entry.path))
        return members, unfinished

    def members_in_vaults(self, places: Mapping[str, list[str]]) -> tuple[list[Member], list[Result]]:
        """Return the onboardings whose tokens some vaults keep, and a result for each vault that does not tell them.

        Args:
            places: addresses of vaults, and the names of secrets there; none: the vault is asked which there are.

        Raises:
            BadInput: the identity of the vaults takes a person.
            Cancelled: the session was stopped.
        """
        members: list[Member] = []
        silent: list[Result] = []
        for url, names in places.items():
            host = vault_host(url)
            shared = replace(self.answers[0], vault_url=url, cloud=self._cloud_of(host))
            refuse_a_person(shared, "--all", ("vault_identity",))
            vault = Member(host.partition(".")[0], host, "")
            try:
                members += members_in(self._session().load(SavedJourney(shared, Facts(), {}, {}, "")).onboarding, names)
            except Unreachable as error:
                silent.append(Result(vault, "unreachable", mistake=clean(str(error))))
            except ServiceRefusal as refusal:
                silent.append(Result(vault, "failed", mistake=f"does not tell its secrets: {clean(str(refusal))}"))
        return members, silent

    def _cloud_of(self, host: str) -> str:
        """Return the cloud that the answers file names, else the first whose vaults end as this one does."""
        answers, given = self.answers
        fitting = (each.name for each in self.clouds.values() if each.holds_vault(host))
        return answers.cloud if "cloud" in given else next(fitting, answers.cloud)

    def _session(self, file: JourneyFile | None = None) -> Session:
        return Session(
            self.clouds, clock=self.session.clock, file=file, folder=self.folder, cancel=self.session.cancel,
            wire=self._wire,
        )  # fmt: skip

    def asked(self, member: Member, ask: Ask, look: Look) -> Result:
        """Return how it ends for one of them.

        Args:
            member: which one.
            ask: asks it.
            look: is called with the session that has asked it, and with its name.

        Raises:
            WizardError: its file, or its answers, cannot be used.
            Cancelled: the session was stopped.
        """
        session, saved = self._opened(member)
        said: list[Mapping[str, object]] = []
        findings: list[Finding] = []

        def also(event: Event) -> None:
            if isinstance(event, CheckEnded) and event.finding.outcome is not Outcome.HOLDS:
                findings.append(event.finding)

        lines = LineWriter(out=io.StringIO(), err=io.StringIO(), as_json=True, watch=said.append, also=also)
        ask(session, self._with_shared_answers(saved), lines)
        look(session, member.name)
        return Result(member, str(said[-1]["outcome"]), tuple(said), tuple(findings))

    def look_at(self, member: Member, look: Look) -> None:
        """Look at one that an earlier run has asked, as after asking it; one that cannot be opened is left out."""
        with suppress(WizardError):
            session, saved = self._opened(member)
            session.load(self._with_shared_answers(saved))
            look(session, member.name)

    def _opened(self, member: Member) -> tuple[Session, SavedJourney]:
        file = JourneyFile(Path(member.path)) if member.path else None
        session, saved = self._session(file), file.read() if file else member.found
        if saved is None:
            raise BadInput(member.name, "its file is gone")
        return session, saved

    def _with_shared_answers(self, saved: SavedJourney) -> SavedJourney:
        """Return an onboarding with the identities of the answers file, and its credential where none is at hand."""
        answers, given = self.answers
        if reaches_credential(saved.answers, saved.facts):
            given = given - {"credential"}
        return replace(saved, answers=with_credential_of(saved.answers, answers, given))


def main(options: argparse.Namespace, ask: Ask) -> int:
    """Check or renew every onboarding of this machine; return the exit code.

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
    clouds, session = read_clouds(options), Session()
    fleet = Fleet(clouds, JourneyFolder(Path(state_folder(os.environ))), answers, session)
    part = f" {shard.index + 1}/{shard.count}" if shard.count > 1 else ""
    telling = Telling(options, f"--all{part}", session)
    silent: list[Result] = []
    if options.vault:
        unfinished, places = 0, read_places(options.vault, _names_in(options.secrets))
        with stop_on_signals(session):
            members, silent = fleet.members_in_vaults(places)
    else:
        members, unfinished = fleet.members(with_token=options.command == "renew")
    members = [each for each in members if shard.holds(each)]
    results = ResultsFile(Path(options.results), options.command) if options.results else None
    record = RunRecord(
        state_folder(os.environ), options.command, " ".join(sorted(options.vault or ())), is_part=shard.count > 1
    )
    totals = Totals()
    done = results.open(session.clock.now(), goes_on=options.resume) if results else {}
    by_name = {each.name: each for each in members if each.name in done}
    totals.ended.update(done[name] for name in by_name)
    totals.earlier = len(by_name)
    for name, said in results.earlier() if results else ():
        if name in by_name:
            earlier = Result(by_name[name], done[name], said)
            if telling.alerts and done[name] != "proven":
                fleet.look_at(by_name[name], telling.look)
            telling.add(earlier)
            record.add(earlier)
    left = [each for each in members if each.name not in done]
    workers = options.workers or WORKERS
    _say(_opening(options.command, len(left), workers, shard, totals.earlier, unfinished))
    with stop_on_signals(session), progress_of(len(left)) as advance:
        lines = LineWriter(as_json=options.json, width_of=partial(page_width_of, no_color=options.no_color))
        asked = partial(fleet.asked, ask=ask, look=telling.look)
        for result in chain(silent, ask_all(left, asked, workers, session.cancel)):
            totals.ended[result.outcome] += 1
            telling.add(result)
            record.add(result)
            _write(result, lines)
            if results is not None and not results.trouble:
                results.add(result)
                if results.trouble:
                    lines.say(f"partner-wizard: {results.trouble}; they are written here alone from now on.")
            advance()
        code = totals.exit_code or (1 if results is not None and results.trouble else 0)
        code = telling.end(code, totals, lines)
        lines.write(totals.as_json(), _in_words(totals))
    if trouble := record.end(session.clock.now()):
        lines.say(f"partner-wizard: {trouble}; status and report --all show an earlier run.")
    if results is not None:
        results.end(totals)
        results.close()
    return code


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
        return Path(path).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BadInput("--secrets", f"{path} cannot be read: {why}") from None


def _opening(command: str, left: int, workers: int, shard: Shard, earlier: int, unfinished: int) -> str:
    """Return the line that says what is about to be done."""
    doing = {"check": "Checking", "renew": "Renewing"}[command]
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
    for number, line in enumerate(result.as_json()):
        lines.write(line, "" if number else text)
    if lines.as_json or result.outcome == "proven":
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


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
