"""`partner-wizard`, and `python -m wizard`: what comes before the command line is read, and after all is done."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

from wizard import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

COLLECT_AFTER = 10_000
"""New objects after which Python looks for garbage: after its own 700 it would look hundreds of times while modules
load, and find none."""


def main() -> int:
    """Run the command line and return the exit code; `--version` is answered before anything is loaded."""
    if sys.argv[1:] == ["--version"]:
        print(f"partner-wizard {__version__}")
        return 0
    return with_few_collections(_command_line)


def with_few_collections(call: Callable[[], int]) -> int:
    """Return what `call` returns; garbage is looked for less often in it, and not once more when the process ends.

    That last look would go through every module, and only put off the end: the system takes all memory back at once.
    """
    gc.set_threshold(COLLECT_AFTER)
    try:
        return call()
    finally:
        gc.freeze()


def _command_line() -> int:
    from wizard.cli import main

    return main()


if __name__ == "__main__":
    sys.exit(main())
