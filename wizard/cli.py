"""The command line: reads the options and calls one command. Nothing heavy is imported before a command is known."""

from __future__ import annotations

import io
import os
import sys

from wizard.commands.options import read_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def main(arguments: list[str] | None = None) -> int:
    """Run the command that the arguments name; return the exit code."""
    try:
        options = read_options(arguments)
        _prepare(options)
        code = _call(options)
        sys.stdout.flush()  # if the reader has gone, it fails here and not while Python ends
        return code
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        from wizard.core.streams import end_of_output, is_of_output

        return end_of_output(error) if is_of_output(error) else _report_error(error)
    except Exception as error:  # noqa: BLE001  # the last resort: a traceback could show a secret
        return _report_error(error)


def _prepare(options: argparse.Namespace) -> None:
    from wizard.core.home import home_folder
    from wizard.core.process import guard_memory

    guard_memory()
    if "HOME" in os.environ:
        os.environ["HOME"] = home_folder(os.environ)  # "" would make ~ the root of the file system, for us and for az
    _write_what_can_be_read(is_ascii=getattr(options, "ascii", False))


def _call(options: argparse.Namespace) -> int:
    if options.command == "run":
        from wizard.commands import run

        return run.main(options)
    if options.command == "check":
        from wizard.commands import check

        return check.main(options)
    if options.command == "renew":
        from wizard.commands import renew

        return renew.main(options)
    if options.command == "alerts":
        from wizard.commands import alerts

        return alerts.main(options)
    if options.command == "token":
        from wizard.commands import token

        return token.main(options)
    if options.command == "customers":
        from wizard.commands import customers

        return customers.main(options)
    if options.command == "revoke":
        from wizard.commands import revoke

        return revoke.main(options)
    if options.command == "status":
        from wizard.commands import status

        return status.main(options)
    if options.command == "explain":
        from wizard.commands import explain

        return explain.main(options)
    if options.command == "help":
        from wizard.commands import help as help_command

        return help_command.main(options)
    if options.command == "support-bundle":
        from wizard.commands import support_bundle

        return support_bundle.main(options)
    if options.command == "report":
        from wizard.commands import report

        return report.main(options)
    if options.command == "completion":
        from wizard.commands import completion

        return completion.main(options)
    if options.command == "rehearse":
        draws = not (options.list or options.serve or options.unattended)
        if draws and not _can_draw("partner-wizard rehearse --unattended"):
            return 2
        from wizard.commands import rehearse

        return rehearse.main(options)
    if not _can_draw("partner-wizard run"):
        return 2
    from wizard.commands import full_screen

    return full_screen.main(options)


def _write_what_can_be_read(*, is_ascii: bool) -> None:
    """Let a stream whose encoding lacks a sign, or that is to be ASCII, get the sign's ASCII twin, and not crash."""
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue
        if not is_ascii and stream.encoding.lower().startswith("utf"):
            stream.reconfigure(errors="replace")
            continue
        from wizard.core.ascii_signs import ASCII_TWIN

        stream.reconfigure(encoding="ascii" if is_ascii else None, errors=ASCII_TWIN)


def _can_draw(alternative: str) -> bool:
    """Return whether screens can be drawn here; if not, say why, and name the command to use."""
    from wizard.commands.terminal_support import screen_obstacle

    why = screen_obstacle()
    if why:
        print(f"partner-wizard: {why}, so the screens cannot be shown. Use: {alternative}", file=sys.stderr)
    return not why


def _report_error(error: Exception) -> int:
    """Write one sentence for an error of ours; for any other its place alone, never its text or locals (T2, T4)."""
    from wizard.core.errors import SAVED, WizardError, place_of
    from wizard.core.text import clean

    if isinstance(error, WizardError):
        print(f"partner-wizard: {clean(str(error))}", file=sys.stderr)
        return error.exit_code
    saved = f"; {SAVED}" if SAVED in getattr(error, "__notes__", ()) else ""
    print(
        f"partner-wizard: stopped unexpectedly ({place_of(error)}){saved}. "
        "If it happens again, partner-wizard support-bundle makes an archive for whoever looks after the program.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
