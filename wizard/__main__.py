"""`partner-wizard`, and `python -m wizard`: the version is said before anything is loaded."""

from __future__ import annotations

import sys

from wizard import __version__


def main() -> int:
    """Run the command line and return the exit code."""
    if sys.argv[1:] == ["--version"]:
        print(f"partner-wizard {__version__}")
        return 0
    from wizard.core.garbage import with_few_collections

    return with_few_collections(_command_line)


def _command_line() -> int:
    from wizard.cli import main

    return main()


if __name__ == "__main__":
    sys.exit(main())
