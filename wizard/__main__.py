"""`partner-wizard`, and `python -m wizard`: version, status and a code are said before anything else is loaded."""

from __future__ import annotations

import gc
import sys

from wizard import __version__


def main() -> int:
    """Run the command line and return the exit code."""
    if None in (sys.stdin, sys.stdout, sys.stderr):
        from wizard.core.streams import open_missing

        open_missing()
    if sys.argv[1:] == ["--version"]:
        return _say_version()
    if getattr(sys.stdout, "encoding", "") == "utf-8" and (said := _say_at_once(sys.argv[1:])) is not None:
        return said
    from wizard.core.garbage import with_few_collections

    return with_few_collections(_command_line)


def _say_version() -> int:
    try:
        print(f"partner-wizard {__version__}", flush=True)
    except OSError as error:
        from wizard.core.streams import end_of_output

        return end_of_output(error)
    return 0


def _say_at_once(arguments: list[str]) -> int | None:
    """Return the exit code of what is answered before the command line is read; None where it has to be read."""
    if arguments == ["status"]:
        gc.disable()  # there is none in so short a time, and looking for it takes a tenth of it
        from wizard.commands.status import show

        return show(as_json=False)
    if len(arguments) == 2 and arguments[0] == "explain":
        gc.disable()
        from wizard.commands.known_codes import explain_code

        said = explain_code(arguments[1])
        gc.enable()
        return said
    return None


def _command_line() -> int:
    from wizard.cli import main

    return main()


if __name__ == "__main__":
    sys.exit(main())
