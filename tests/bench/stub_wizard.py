"""The wizard on stub services that answer at once, with every answer filled in: what is drawn is its own."""

from __future__ import annotations

import sys

from screens.app import run_wizard
from screens.launch import Launch
from tests.screens.driving import FILLED
from tests.screens.stubs import StubSession


def main() -> int:
    """Show the wizard; nobody signs in."""
    return run_wizard(lambda: Launch(StubSession(checks_machine=True), FILLED))


if __name__ == "__main__":
    sys.exit(main())
