"""The command line: parse, call one function, print. Nothing heavy is imported before a command is known."""

from __future__ import annotations

import argparse
import io
import os
import sys
from pathlib import Path

from wizard import __version__

EPILOG = """exit codes: 0 proven · 1 a check fails or something is still provisional · 2 wrong usage or bad input ·
3 a service could not be reached · 129, 130, 143 hung up, interrupted, terminated"""


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top_options, options = _common(None), _common(argparse.SUPPRESS)
    top = argparse.ArgumentParser(
        prog="partner-wizard",
        parents=[top_options],
        description="Partner Center onboarding under the Secure Application Model, each step proven before the next.",
        epilog=EPILOG,
    )
    top.add_argument("--version", action="version", version=f"partner-wizard {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", title="commands (none: the wizard)")
    run = commands.add_parser("run", parents=[options], help="the same journey in plain lines", epilog=EPILOG)
    run.add_argument(
        "--answers", type=Path, metavar="FILE", help="answers in TOML; without a terminal nothing is asked"
    )
    run.add_argument("--anew", action="store_true", help="forget the saved journey, and begin again")
    rehearse = commands.add_parser(
        "rehearse", parents=[options], help="the wizard on the rehearsal cloud", epilog=EPILOG
    )
    rehearse.add_argument("scene", nargs="?", metavar="SCENE", default="all-holds-public", help="see --list")
    rehearse.add_argument("--list", action="store_true", help="name the scenes")
    rehearse.add_argument("--serve", action="store_true", help="serve the cloud alone, and print its cloud file")
    rehearse.add_argument("--unattended", action="store_true", help="in plain lines, without waiting")
    rehearse.add_argument("--by-hand", action="store_true", help="nobody acts by himself; open the pages yourself")
    rehearse.add_argument("--production-names", action="store_true", help="under the names of the global cloud")
    commands.add_parser("report", parents=[options], help="what the saved journey has proven", epilog=EPILOG)
    return top


def _common(default: object) -> argparse.ArgumentParser:
    """Options that may stand before and after the command; behind it, absent ones leave the former alone."""
    common = argparse.ArgumentParser(add_help=False)
    flag = False if default is None else default
    file = {"type": Path, "metavar": "FILE", "default": default}
    common.add_argument("--json", action="store_true", default=flag, help="JSON instead of plain lines")
    common.add_argument("--no-color", action="store_true", default=flag, help="no colour (NO_COLOR does the same)")
    common.add_argument("--cloud-file", **file, help="clouds of your own, in the form of clouds.toml")  # type: ignore[arg-type]
    common.add_argument("--journey", **file, help="where the journey is kept")  # type: ignore[arg-type]
    common.add_argument("--no-mouse", action="store_true", default=flag, help="leave the mouse to the terminal")
    return common


def main(arguments: list[str] | None = None) -> int:
    """The entry point; gives the exit code."""
    options = parser().parse_args(arguments)
    if options.no_color:
        os.environ["NO_COLOR"] = "1"
    guard_memory()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a sign gets another, not a crash
    try:
        return _call(options)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001  # the last resort: a traceback could show a secret
        return _say(error)


def guard_memory() -> None:
    """Keep secrets in this process's memory alone: no core dump, and no key log of Textual's (it writes passwords)."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    os.environ.pop("TEXTUAL_LOG", None)
    os.environ.pop("TEXTUAL", None)


def _call(options: argparse.Namespace) -> int:
    if options.command == "run":
        from wizard.commands import run

        return run.main(options)
    if options.command == "report":
        from wizard.commands import report

        return report.main(options)
    if options.command == "rehearse":
        if not (options.list or options.serve or options.unattended) and (why := no_screen()):
            return _no_screen(why, "partner-wizard rehearse --unattended")
        from wizard.commands import rehearse

        return rehearse.main(options)
    if why := no_screen():
        return _no_screen(why, "partner-wizard run")
    from wizard.commands import wizard

    return wizard.main(options)


def no_screen() -> str:
    """Why no screen can be drawn here, "" when one can. Textual draws on standard error and reads standard input."""
    for stream, name in ((sys.__stdin__, "standard input"), (sys.__stderr__, "standard error")):
        if stream is None or stream.closed or not stream.isatty():
            return f"{name} is no terminal"
    if os.environ.get("TERM", "") in {"", "dumb"}:
        return "this terminal cannot draw (TERM is empty or dumb)"
    return ""


def _no_screen(why: str, instead: str) -> int:
    print(f"partner-wizard: {why}, so the screens cannot be shown. Use: {instead}", file=sys.stderr)
    return 2


def _say(error: Exception) -> int:
    """One sentence for an error of ours; for any other its place alone, never its text or locals (T2, T4)."""
    from wizard.errors import WizardError
    from wizard.text import clean

    if isinstance(error, WizardError):
        print(f"partner-wizard: {clean(str(error))}", file=sys.stderr)
        return error.exit_code
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
    print(
        f"partner-wizard: stopped unexpectedly ({type(error).__name__} at {place}); what is proven is saved",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
