"""The product's unattended journey, loaded and ended as `partner-wizard` does it."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import elsewhere
from wizard.core.garbage import with_few_collections

if TYPE_CHECKING:
    from wizard.core.waiting import Cancel


class CloudClock:
    """The cloud's clock as the product's."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The time in the cloud."""
        return datetime.now(UTC) + self._ahead

    def monotonic(self) -> float:
        """The same in seconds."""
        return self.now().timestamp()

    def wait(self, seconds: float, cancel: Cancel) -> None:
        """Move the cloud's clock."""
        cancel.check()
        elsewhere.wait(seconds)
        self._ahead += timedelta(seconds=seconds)


def main() -> int:
    """Make the journey."""
    from wizard.commands.plain_run import run_in_plain_lines
    from wizard.journeys.saved_journey import JourneyFile
    from wizard.journeys.session import Session
    from wizard.journeys.state_folder import state_folder
    from wizard.microsoft.clouds import built_in_clouds
    from wizard.plain.answers_file import read_answers

    elsewhere.time_requests()
    answers, given = read_answers(Path(sys.argv[1]), os.environ)
    session = Session(
        built_in_clouds(), file=JourneyFile(Path(state_folder(os.environ), "journey.json")), clock=CloudClock()
    )
    code = run_in_plain_lines(session, answers, given, as_json=True)
    elsewhere.finish()
    return code


if __name__ == "__main__":
    sys.exit(with_few_collections(main))
