"""The command line: parse, call one function, print. Nothing heavy is imported before a command is known."""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from wizard import __version__

EXITS_OF_BUNDLE = "exit codes: 0 the bundle is written · 2 there is no journey, or it cannot be written there"
EPILOG = """exit codes: 0 proven · 1 a check fails or something is still provisional · 2 wrong usage or bad input ·
3 a service could not be reached · 129, 130, 131, 143 hung up, interrupted, quit, terminated"""
EXPLAINED = "exit codes: 0 something was explained · 2 nothing in it could be explained, or wrong usage"
DISCREET = "an option is not understood (a text that begins with a dash goes behind --, or into standard input)"
TO_EXPLAIN = "to explain an error: partner-wizard explain"
PR_SET_DUMPABLE = 4
"""Of prctl(2); from linux/prctl.h."""
_NAME = re.compile(r"[a-z-]{1,20}|--[a-z-]{1,30}")


class _Command(argparse.ArgumentParser):
    """A parser that repeats nothing but names of commands and options: anything else may be a secret.

    A discreet one, whose words are a paste, repeats nothing at all.
    """

    is_discreet = False

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and exit with 2; a message of argparse's that quotes a value is said without it."""
        if self.is_discreet:
            message = DISCREET
        elif message.startswith("ambiguous option"):
            message = "an option is cut so short that it may be one of several: write it out"
        elif re.search(r"invalid \S{1,60} value: |ignored explicit argument ", message):
            message = message.partition(": ")[0] + ": its value is not understood"
        super().error(message)

    def _check_value(self, action: argparse.Action, value: object) -> None:
        """Refuse an unknown command, or a word of a choice that is not offered."""
        if action.choices is not None and value not in action.choices:
            offered = ", ".join(map(str, action.choices))
            name = value if _NAME.fullmatch(str(value)) else "of that name"
            self.error(f"there is no command {name}; commands: {offered} ({TO_EXPLAIN})")


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top_options, options = _common(None), _common(argparse.SUPPRESS)
    top = _Command(
        prog="partner-wizard",
        parents=[top_options],
        description="Partner Center onboarding under the Secure Application Model, each step proven before the next.",
        epilog=EPILOG,
    )
    _may_name_port(top, None)
    top.add_argument("--version", action="version", version=f"partner-wizard {__version__}")
    commands = top.add_subparsers(
        dest="command", metavar="COMMAND", title="commands (none: the wizard)", parser_class=_Command
    )
    run = commands.add_parser("run", parents=[options], help="the same journey in plain lines", epilog=EPILOG)
    run.add_argument(
        "--answers", type=Path, metavar="FILE", help="answers in TOML; without a terminal nothing is asked"
    )
    _may_name_port(run)
    run.add_argument("--restart", action="store_true", help="forget the saved journey, and begin again")
    rehearse = commands.add_parser(
        "rehearse", parents=[options], help="the wizard on the rehearsal cloud", epilog=EPILOG
    )
    rehearse.add_argument("scene", nargs="?", metavar="SCENE", default="all-holds-public", help="see --list")
    _may_name_port(rehearse)
    rehearse.add_argument("--list", action="store_true", help="name the scenes")
    rehearse.add_argument("--serve", action="store_true", help="serve the cloud alone, and print its cloud file")
    rehearse.add_argument("--unattended", action="store_true", help="in plain lines, without waiting")
    rehearse.add_argument("--by-hand", action="store_true", help="nobody acts by himself; open the pages yourself")
    rehearse.add_argument("--production-names", action="store_true", help="under the names of the global cloud")
    check = commands.add_parser(
        "check",
        parents=[options],
        help="every check that can be made of what is stored, without a person",
        epilog=EPILOG,
    )
    check.add_argument(
        "--answers", type=Path, metavar="FILE", help="where the app's credential is, and as whom to open the vault"
    )
    explain = commands.add_parser(
        "explain",
        parents=[options],
        help="what an error, a code, an answer or a token means; offline",
        epilog=EXPLAINED,
    )
    explain.is_discreet = True
    explain.add_argument(
        "text", nargs="*", metavar="TEXT|FILE|-", help="what to explain; - or nothing reads standard input"
    )
    explain.add_argument("--message", action="store_true", help="the message for the person who can mend it")
    commands.add_parser("report", parents=[options], help="what the saved journey has proven", epilog=EPILOG)
    bundle = commands.add_parser(
        "support-bundle",
        parents=[options],
        help="a redacted archive of the journey for support",
        epilog=EXITS_OF_BUNDLE,
    )
    bundle.add_argument("file", nargs="?", type=Path, metavar="FILE.zip", help="a new file; none: one is named here")
    bundle.add_argument("--user-names", action="store_true", help="leave user names readable in it")
    return top


def _may_name_port(command: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    command.add_argument(
        "--port",
        type=_port,
        metavar="NUMBER",
        default=default,
        help="of this machine, where a sign-in in a browser comes back (for ssh -L); none: any free one",
    )


def _port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 0 < int(text) < 65_536:
        raise ValueError(text)
    return int(text)


def _common(default: object) -> _Command:
    """Options that may stand before and after the command; behind it, absent ones leave the former alone."""
    common = _Command(add_help=False)
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
    options, unknown = parser().parse_known_args(arguments)
    if options.command == "explain" and not any(word.startswith("-") for word in unknown):
        options.text += unknown  # words behind an option
    elif unknown:
        names = " ".join(word for word in unknown if _NAME.fullmatch(word))
        said = f"an option or a word is not known{f': {names}' if names else ''} ({TO_EXPLAIN})"
        parser().error(DISCREET if options.command == "explain" else said)
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
    """Keep secrets in this process's memory alone.

    No core dump, not even one that is piped to a program, for which the limit does not count; no other process of this
    user that reads the memory (Linux). No file of Textual's with every key, nor of ssl's with the keys of every
    connection, from which a record of the network gives each token; programs that are started (az) write none either.
    """
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if sys.platform == "linux":
        with suppress(ImportError, OSError, AttributeError):  # a libc without it, or a Python without ctypes
            import ctypes

            ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    os.environ.pop("TEXTUAL_LOG", None)
    os.environ.pop("TEXTUAL", None)
    if os.environ.pop("SSLKEYLOGFILE", ""):
        print(
            "partner-wizard: SSLKEYLOGFILE is ignored: the keys of connections that carry secrets are not written",
            file=sys.stderr,
        )


def _call(options: argparse.Namespace) -> int:
    if options.command == "run":
        from wizard.commands import run

        return run.main(options)
    if options.command == "check":
        from wizard.commands import check

        return check.main(options)
    if options.command == "explain":
        from wizard.commands import explain

        return explain.main(options)
    if options.command == "support-bundle":
        from wizard.commands import support_bundle

        return support_bundle.main(options)
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
    from wizard.core.errors import WizardError, place_of
    from wizard.core.text import clean

    if isinstance(error, WizardError):
        print(f"partner-wizard: {clean(str(error))}", file=sys.stderr)
        return error.exit_code
    print(
        f"partner-wizard: stopped unexpectedly ({place_of(error)}); what is proven is saved. "
        "If it happens again, partner-wizard support-bundle makes an archive for whoever looks after the program.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
