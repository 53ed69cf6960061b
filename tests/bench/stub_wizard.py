"""The wizard on stub services that answer at once, with every answer filled in: what is drawn is its own."""

from __future__ import annotations

import sys
from typing import Final

from wizard.core.garbage import collect_as_usual, with_few_collections

INTERVAL: Final = 5.0
"""Seconds between two polls, as Entra asks for."""


def main() -> int:
    """Show the wizard; nobody signs in."""
    from screens.app import run_wizard
    from screens.launch import Launch
    from tests.screens.driving import FILLED
    from tests.screens.stubs import StubSession

    def launch() -> Launch:
        collect_as_usual()
        session = StubSession(checks_machine=True)
        session.stub.interval = INTERVAL
        return Launch(session, FILLED)

    return run_wizard(launch)


if __name__ == "__main__":
    sys.exit(with_few_collections(main))
