"""What commands share: the clouds, the port, the session, the saved journey, signals and exit codes."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wizard.core.ending_signals import ENDING_SIGNALS
from wizard.core.errors import BadInput, Cancelled
from wizard.journeys.saved_journey import JourneyFile, SavedJourney, default_path
from wizard.journeys.session import Session
from wizard.microsoft.clouds import Cloud, built_in_clouds, read_cloud_file
from wizard.onboarding.sign_in.methods import require_known_flow

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping
    from types import FrameType

    from wizard.core.answers import Answers

EXIT_CODES: Final = {"proven": 0, "provisional": 1, "failed": 1, "unreachable": 3}
"""By the outcome of a journey, as `outcome_of` names it."""


def open_session(options: argparse.Namespace, answers: Answers) -> Session:
    """Return the session that --cloud-file, --journey and --port ask for.

    Raises:
        BadInput: an option, or the cloud, profile or sign-in flow of the answers, is wrong.
    """
    session = Session(read_clouds(options), file=journey_file(options), port=free_port(options))
    session.cloud(answers.cloud)
    session.profile(answers.profile)
    require_known_flow(answers.sign_in_flow)  # also if a saved journey is resumed
    return session


def read_clouds(options: argparse.Namespace) -> Mapping[str, Cloud]:
    """Return the clouds to choose from, by name: the built-in ones, and those of --cloud-file."""
    added = read_cloud_file(Path(options.cloud_file)) if options.cloud_file else {}
    return {**built_in_clouds(), **added}


def journey_file(options: argparse.Namespace) -> JourneyFile:
    """Return the file of --journey, else the one in its usual place."""
    return JourneyFile(Path(options.journey or default_path(os.environ)))


def read_saved_journey(options: argparse.Namespace) -> SavedJourney:
    """Return the saved journey; raise `BadInput` if there is none."""
    file = journey_file(options)
    saved = file.read()
    if saved is None:
        raise BadInput(
            options.command, f"there is no journey in {file.path}; partner-wizard, or partner-wizard run, begins one"
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
