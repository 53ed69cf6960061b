"""What commands share: the clouds, the port, the session, the saved journey, signals and exit codes."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wizard.commands.options import TO_EXPLAIN
from wizard.core.ending_signals import ENDING_SIGNALS
from wizard.core.errors import BadInput, Cancelled
from wizard.journeys.entry import fitting
from wizard.journeys.index import OLD_FORM
from wizard.journeys.journey_folder import JourneyFolder
from wizard.journeys.leftovers import sweep_state
from wizard.journeys.saved_journey import JourneyFile, SavedJourney
from wizard.journeys.session import Session
from wizard.journeys.state_folder import state_folder
from wizard.microsoft.clouds import Cloud, built_in_clouds, read_cloud_file
from wizard.onboarding.sign_in.methods import require_known_flow

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping
    from types import FrameType

    from wizard.core.answers import Answers
    from wizard.journeys.entry import Entry

LISTED: Final = 20
"""Onboardings that an error lists where several fit."""
EXIT_CODES: Final = {"proven": 0, "provisional": 1, "failed": 1, "unreachable": 3}
"""By the outcome of a journey, as `outcome_of` names it."""


def open_session(options: argparse.Namespace, answers: Answers) -> Session:
    """Return the session that --cloud-file, --journey, --tenant and --port ask for; no journey is locked yet.

    Raises:
        BadInput: an option, or the cloud, profile or sign-in flow of the answers, is wrong.
    """
    if not options.journey:
        sweep_state(Path(state_folder(os.environ)))
    session = Session(
        read_clouds(options),
        file=JourneyFile(Path(options.journey)) if options.journey else None,
        folder=JourneyFolder(Path(state_folder(os.environ))),
        is_named=bool(options.journey),
        port=free_port(options),
    )
    if wanted := wanted_onboarding(options):
        session.file = JourneyFile(Path(the_one(session.entries(), wanted).path))
    session.cloud(answers.cloud)
    session.profile(answers.profile)
    require_known_flow(answers.sign_in_flow)  # also if a saved journey is resumed
    return session


def read_clouds(options: argparse.Namespace) -> Mapping[str, Cloud]:
    """Return the clouds to choose from, by name: the built-in ones, and those of --cloud-file."""
    added = read_cloud_file(Path(options.cloud_file)) if options.cloud_file else {}
    return {**built_in_clouds(), **added}


def wanted_onboarding(options: argparse.Namespace) -> str:
    """Return the onboarding that is named, behind the command or by --tenant; "" where none is.

    Raises:
        BadInput: both are given, or one of them beside --journey.
    """
    named = [each for each in (getattr(options, "name", None), options.tenant) if each]
    if len(named) > 1 or (named and options.journey):
        raise BadInput("--tenant", "one of NAME, --tenant and --journey says which onboarding is meant")
    return named[0] if named else ""


def the_one(entries: list[Entry], wanted: str) -> Entry:
    """Return the onboarding of this name, tenant or app; raise `BadInput` that lists them where that is not one."""
    found = fitting(entries, wanted) if wanted else entries
    if len(found) == 1:
        return found[0]
    if not found:
        raise BadInput(
            "--tenant", f"no onboarding has this name, tenant or app; partner-wizard status lists them ({TO_EXPLAIN})"
        )
    lines = [f"  {each.name}  {each.tenant or 'no tenant yet'}, {each.stands}" for each in found[:LISTED]]
    if more := len(found) - LISTED:
        lines += [f"  and {more} more: partner-wizard status lists them"] if more > 0 else []
    raise BadInput("--tenant", "\n".join([f"{len(found)} onboardings fit; name one of them:", *lines]))


def journey_file(options: argparse.Namespace) -> JourneyFile:
    """Return the file of the onboarding that is meant; raise `BadInput` where that is not one."""
    if options.journey:
        wanted_onboarding(options)
        return JourneyFile(Path(options.journey))
    folder = JourneyFolder(Path(state_folder(os.environ)))
    wanted, entries = wanted_onboarding(options), folder.entries()
    return JourneyFile(Path(the_one(entries, wanted).path) if wanted or entries else folder.old_form)


def name_of(path: Path) -> str:
    """Return what the onboarding of a file is called on the command line."""
    return path.name if path.name == OLD_FORM else path.stem


def read_saved_journey(options: argparse.Namespace) -> SavedJourney:
    """Return the saved journey that is meant; raise `BadInput` if there is none, or if it could be several."""
    file = journey_file(options)
    saved = file.read()
    if saved is None:
        where = file.path if options.journey else file.path.parent
        raise BadInput(
            options.command, f"there is no journey in {where}; partner-wizard, or partner-wizard run, begins one"
        )
    return saved


def free_port(options: argparse.Namespace) -> int:
    """Return the port of --port, 0 for any; raise `BadInput` if another program has it."""
    if options.port:
        from wizard.microsoft.loopback import require_free_port

        require_free_port(options.port, "--port")
    return options.port or 0


@contextmanager
def stop_on_signals(session: Session) -> Iterator[None]:
    """Let INT, TERM, HUP and QUIT end the session's waits; the command then exits with 128 + the signal's number."""
    received: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        session.stop()

    before = {number: signal.signal(number, stop) for number in ENDING_SIGNALS}
    try:
        yield
    except Cancelled:
        raise SystemExit(128 + (received[0] if received else signal.SIGINT)) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
