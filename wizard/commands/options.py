"""The options of the command line: which there are, which command takes which, and what is refused.

Loaded for `--help` and `--version`, so it imports as little as it can.
"""

from __future__ import annotations

import argparse
import re
import sys

from wizard import __version__
from wizard.commands.command_help import SENTENCES, epilog
from wizard.commands.job_options import OF_FLEETS, add_customer_options, add_fleet, add_side_by_side

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, NoReturn

NOT_REPEATED = "an option is not understood (a text that begins with a dash goes behind --, or into standard input)"
TO_EXPLAIN = "to explain an error: partner-wizard explain"

SHARED: dict[str, dict[str, Any]] = {
    "json": {"action": "store_true", "help": "JSON instead of plain lines"},
    "journey": {"metavar": "FILE", "help": "the file that keeps the journey"},
    "tenant": {
        "metavar": "TENANT",
        "help": "the onboarding of this tenant (domain or id), or of a name that status lists",
    },
    "cloud_file": {"metavar": "FILE", "help": "more clouds to choose from, in the form of clouds.toml"},
    "port": {
        "metavar": "NUMBER",
        "help": "port of this machine that a sign-in in a browser comes back to (for ssh -L); without it, any free one",
    },
    "no_color": {"action": "store_true", "help": "no colour (NO_COLOR does the same)"},
    "ascii": {"action": "store_true", "help": "ASCII characters only, for fonts and logs that have no others"},
    "no_mouse": {"action": "store_true", "help": "leave the mouse to the terminal"},
}
"""Options of several commands; they may stand before the command as well."""

SHARED_BY: dict[str, tuple[str, ...]] = {
    "": ("journey", "tenant", "cloud_file", "port", "no_color", "ascii", "no_mouse"),
    "run": ("json", "journey", "tenant", "cloud_file", "port", "no_color", "ascii"),
    "rehearse": ("json", "port", "no_color", "ascii", "no_mouse"),
    "status": ("json", "ascii"),
    "check": ("json", "journey", "tenant", "cloud_file", "no_color", "ascii"),
    "renew": ("json", "journey", "tenant", "cloud_file", "no_color", "ascii"),
    "alerts": ("json", "journey", "tenant", "cloud_file", "ascii"),
    "token": ("journey", "tenant", "cloud_file", "no_color", "ascii"),
    "customers": ("json", "journey", "tenant", "cloud_file", "no_color", "ascii"),
    "revoke": ("json", "journey", "tenant", "cloud_file", "no_color", "ascii"),
    "explain": ("json", "ascii"),
    "report": ("json", "journey", "tenant", "cloud_file", "ascii"),
    "support-bundle": ("json", "journey", "tenant", "cloud_file", "ascii"),
    "help": ("json", "no_color", "ascii"),
    "completion": (),
}
"""Which of them a command takes, "" for the wizard: those that it reads."""

REHEARSE_MODES: dict[str, tuple[str, ...]] = {
    "list": ("json", "ascii"),
    "serve": ("by_hand", "production_names", "json", "ascii"),
    "unattended": ("by_hand", "production_names", "at_step", "repair", "json", "port", "no_color", "ascii"),
    "": ("by_hand", "production_names", "at_step", "port", "no_color", "ascii", "no_mouse"),
}
"""Which options `rehearse` reads with --list, --serve, --unattended, and on the screens."""

SHELLS = ("bash", "zsh", "fish")
"""Those that `completion` writes a script for."""

UNITS = ("systemd", "cron", "kubernetes", "container-apps", "windows-task", "container")
"""Kinds of units that `renew --install` prints."""

ALERT_ACTIONS = ("test", "list", "mute")
"""What `alerts` does."""

CREDENTIAL_KINDS = ("secret", "certificate", "federated")
"""What `renew --credential` can make of the app's credential."""

MORE_WORDS = {"explain": "text", "customers": "customer"}
"""What takes any number of words, by its command; argparse leaves those behind an option."""

LONGEST_NAME = 60
"""Characters of what was typed that are compared with what is offered."""
_NAME = re.compile(r"[a-z-]{1,20}|--[a-z-]{1,30}")


class _Help(argparse.HelpFormatter):
    """Fills a text to the width of the terminal, but for lines that are indented: each is an example."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        parts = re.split(r"^(  .*|)\n", text + "\n", flags=re.MULTILINE)
        return "\n".join(
            part if index % 2 else super(_Help, self)._fill_text(part, width, indent)
            for index, part in enumerate(parts)
            if part or index % 2
        )


class _Parser(argparse.ArgumentParser):
    """A parser that repeats nothing but names of commands and options: anything else may be a secret.

    One that `repeats_nothing` takes a paste, and does not even repeat these.
    """

    repeats_nothing = False

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and exit with 2; a message of argparse's that quotes a value is said without it."""
        if self.repeats_nothing:
            message = NOT_REPEATED
        elif message.startswith("ambiguous option"):
            message = "an option is cut so short that it may be one of several: write it out"
        elif re.search(r"invalid \S{1,60} value: |ignored explicit argument ", message):
            message = message.partition(": ")[0] + ": its value is not understood"
        super().error(message)

    def _print_message(self, message: str, file: Any = None) -> None:
        """Write a message; that help cannot be written is raised, where argparse would keep silent of it."""
        if file is not sys.stdout:
            super()._print_message(message, file)
        elif message:
            print(message, end="", flush=True)

    def _check_value(self, action: argparse.Action, value: object) -> None:
        """Refuse an unknown command, or a word of a choice that is not offered."""
        if action.choices is None or value in action.choices:
            return
        offered = list(map(str, action.choices))
        name = value if _NAME.fullmatch(str(value)) else "of that name"
        if isinstance(action, argparse._SubParsersAction):
            meant = did_you_mean(str(value), offered)
            self.error(f"there is no command {name};{meant} commands: {', '.join(offered)} ({TO_EXPLAIN})")
        self.error(f"{action.metavar or action.dest}: expected one of {', '.join(offered)}")


def did_you_mean(typed: str, offered: Iterable[str]) -> str:
    """Return " did you mean …?" with what is offered and most like a mistyped name, "" if nothing is."""
    from difflib import get_close_matches

    likely = get_close_matches(typed[:LONGEST_NAME], list(offered), n=1)
    return f" did you mean {likely[0]}?" if likely else ""


def read_options(arguments: list[str] | None) -> argparse.Namespace:
    """Return what the command line says: the command and the options that it reads, and no others.

    Args:
        arguments: without the program's name; None for those of this process.

    Raises:
        SystemExit: with 2 for wrong usage, which is then said on standard error; with 0 after --help and --version.
    """
    parser = build_parser()
    options, unknown = parser.parse_known_args(arguments)
    command = options.command or ""
    if command in MORE_WORDS and not any(word.startswith("-") for word in unknown):
        getattr(options, MORE_WORDS[command]).extend(unknown)  # words behind an option
    elif unknown:
        parser.error(_what_is_unknown(parser, command, unknown))
    for name, settings in SHARED.items():
        if name in SHARED_BY[command]:
            vars(options).setdefault(name, False if settings.get("action") else None)
        elif hasattr(options, name):
            parser.error(_does_not_apply(name, command))
    if command == "rehearse":
        _refuse_what_a_mode_ignores(parser, options)
    elif not getattr(options, "all", True) and getattr(options, "action", "") != "list":
        for name in OF_FLEETS:
            if getattr(options, name, None):
                parser.error(f"{_flag(name)} goes with --all")
    return options


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the commands and their options."""
    top = _Parser(
        prog="partner-wizard",
        description=SENTENCES[""],
        epilog=epilog(""),
        formatter_class=_Help,
    )
    _add_shared(top, SHARED, shown=SHARED_BY[""])
    top.add_argument("--version", action="version", version=f"partner-wizard {__version__}", help="print the version")
    commands = top.add_subparsers(
        dest="command", metavar="COMMAND", title="commands (none: the wizard)", parser_class=_Parser
    )

    def add_name(parser: _Parser) -> None:
        parser.add_argument("name", nargs="?", metavar="NAME", help="as --tenant")

    def command(name: str, summary: str) -> _Parser:
        parser = commands.add_parser(
            name, help=summary, description=SENTENCES[name], epilog=epilog(name), formatter_class=_Help
        )
        _add_shared(parser, SHARED_BY[name], shown=SHARED_BY[name])
        return parser

    run = command("run", "the same journey in plain lines")
    add_name(run)
    run.add_argument("--answers", metavar="FILE", help="answers in TOML; without a terminal nothing is asked")
    once_more = run.add_mutually_exclusive_group()
    once_more.add_argument("--again", action="store_true", help="prove again what is stored, perhaps with a new secret")
    once_more.add_argument("--restart", action="store_true", help="forget the saved journey, and begin again")
    run.add_argument("--dry-run", action="store_true", help="show in full what fixes would send; none is made")
    run.add_argument(
        "--apply", metavar="FIX", action="append", help="make this fix if a check offers it; may be repeated"
    )
    run.add_argument("--yes", action="store_true", help="with --apply: also what gives somebody more rights")
    rehearse = command("rehearse", "the wizard on the rehearsal cloud")
    rehearse.add_argument("scene", nargs="?", metavar="SCENE", default="all-holds-public", help="see --list")
    mode = rehearse.add_mutually_exclusive_group()
    mode.add_argument("--list", action="store_true", help="list the scenes")
    mode.add_argument("--serve", action="store_true", help="serve the cloud alone, and print its cloud file")
    mode.add_argument("--unattended", action="store_true", help="run in plain lines, without waiting")
    rehearse.add_argument("--by-hand", action="store_true", help="nobody acts for you; open the pages yourself")
    rehearse.add_argument(
        "--at-step",
        metavar="STEP",
        nargs="?",
        const="own",
        help="begin at this step, by number or name, with what comes before it proven; without one, at the scene's own",
    )
    rehearse.add_argument("--repair", action="store_true", help="with --unattended: repair what fails, and go on")
    rehearse.add_argument("--production-names", action="store_true", help="answer to the names of the global cloud")
    command("status", "every onboarding of this machine in a line, without asking anybody")
    check = command("check", "every check that can be made of what is stored, without a person")
    add_name(check)
    check.add_argument("--answers", metavar="FILE", help="where the app's credential is, and as whom to open the vault")
    renew = command("renew", "a new token in the place of the stored one, if it is due; for cron")
    add_name(renew)
    renew.add_argument("--answers", metavar="FILE", help="where the app's credential is, and as whom to open the vault")
    renew.add_argument(
        "--install", metavar="KIND", choices=UNITS, help=f"print a ready unit that does it daily: {', '.join(UNITS)}"
    )
    renew.add_argument("--force", action="store_true", help="renew it now, whatever the rule says")
    renew.add_argument(
        "--keep", metavar="NUMBER", type=_count, help="how many versions stay enabled; without it, as the rule says"
    )
    renew.add_argument(
        "--credential",
        metavar="KIND",
        nargs="?",
        const="",
        choices=("", *CREDENTIAL_KINDS),
        help="the app's own secret or certificate instead, before it ends; with a KIND, move to that: "
        f"{', '.join(CREDENTIAL_KINDS)}",
    )
    renew.add_argument("--dry-run", action="store_true", help="with --credential: show what it would send")
    renew.add_argument("--yes", action="store_true", help="with --credential: remove old and expired keys now")
    for taker in (check, renew):
        taker.add_argument(
            "--metrics", metavar="FILE", help="write what was found for a node exporter's textfile collector"
        )
        add_fleet(taker)
    alerts = command("alerts", "who is told of what ends, stops or is refused: test, list, mute")
    alerts.add_argument("action", metavar="ACTION", choices=ALERT_ACTIONS, help=", ".join(ALERT_ACTIONS))
    alerts.add_argument("cause", nargs="?", metavar="CAUSE", help="with mute: its id, as an alert and list name it")
    alerts.add_argument("--until", metavar="DAY", help="with mute: the day on which it is told again")
    alerts.add_argument("--answers", metavar="FILE", help="where alerts go, under [alerts]")
    token = command("token", "a short-lived access token for any program, to a pipe")
    add_name(token)
    token.add_argument(
        "--resource",
        metavar="API",
        default="partner-center",
        help="partner-center (unless named), referrals, graph, management, or one that the answers file lists",
    )
    token.add_argument("--customer", metavar="CUSTOMER", help="in the tenant of this customer (domain or id)")
    token.add_argument(
        "--serve",
        metavar="PLACE",
        help="give tokens to every program of yours that asks at this socket, or at this port of loopback with a key",
    )
    token.add_argument("--answers", metavar="FILE", help="where the app's credential is, and which other APIs")
    token.add_argument("--force", action="store_true", help="even to a terminal, or to a file that others may read")
    customers = command("customers", "customers' tenants: what the app is granted there, roles, tokens")
    add_customer_options(customers)
    many = customers.add_argument_group("every customer")
    many.add_argument("--all", action="store_true", help="every one of them, side by side; one that fails stops none")
    add_side_by_side(many)
    revoke = command("revoke", "the end of an onboarding in order: token, sessions, consent, credentials")
    add_name(revoke)
    rights = "where the app's credential is, and as whom the vault and Graph are opened"
    revoke.add_argument("--answers", metavar="FILE", help=rights)
    revoke.add_argument("--delete", action="store_true", help="delete the secret as well, with all its versions")
    revoke.add_argument("--yes", action="store_true", help="make every part without asking")
    explain = command("explain", "what an error, a code, an answer or a token means; offline")
    explain.repeats_nothing = True
    explain.add_argument(
        "text", nargs="*", metavar="TEXT|FILE|-", help="what to explain; - or nothing reads standard input"
    )
    explain.add_argument("--message", action="store_true", help="the message for the person who can fix it")
    report = command("report", "what the saved journey has proven")
    add_name(report)
    report.add_argument("--all", action="store_true", help="what the last check --all and renew --all have found")
    report.add_argument("--csv", action="store_true", help="with --all: a row for each onboarding")
    bundle = command("support-bundle", "a redacted archive of the journey for support")
    bundle.add_argument("file", nargs="?", metavar="FILE.zip", help="a new file; without it, one in this folder")
    bundle.add_argument("--user-names", action="store_true", help="leave user names readable")
    completion = command("completion", "a script that completes commands in bash, zsh or fish")
    completion.add_argument("shell", metavar="SHELL", choices=SHELLS, help=", ".join(SHELLS))
    help_ = command("help", "how something works: steps, checks, clouds, identities, …")
    help_.add_argument("topic", nargs="*", metavar="TOPIC", help="a topic, or a command; without one, the list")
    return top


def options_of(parser: argparse.ArgumentParser, command: str) -> list[str]:
    """Return the options that a command takes, "" for the wizard."""
    (commands,) = (each for each in parser._actions if isinstance(each, argparse._SubParsersAction))
    taker = commands.choices[command] if command else parser
    return [name for action in taker._actions for name in action.option_strings if action.help != argparse.SUPPRESS]


def _add_shared(parser: argparse.ArgumentParser, names: Iterable[str], *, shown: Iterable[str]) -> None:
    """Add options that, if they are absent behind the command, leave what stands before it alone."""
    for name in names:
        settings = dict(SHARED[name], default=argparse.SUPPRESS)
        if name not in shown:
            settings["help"] = argparse.SUPPRESS
        if name == "port":
            settings["type"] = _port
        parser.add_argument(_flag(name), **settings)


def _port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 0 < int(text) < 65_536:
        raise ValueError(text)
    return int(text)


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 0 < int(text) <= 100:
        raise ValueError(text)
    return int(text)


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _what_is_unknown(parser: argparse.ArgumentParser, command: str, unknown: list[str]) -> str:
    """Return what is wrong with words that the parser knows nothing of."""
    if command == "explain":
        return NOT_REPEATED
    for name in SHARED:
        if _flag(name) in {word.partition("=")[0] for word in unknown}:
            return _does_not_apply(name, command)
    names = [name for word in unknown if _NAME.fullmatch(name := word.partition("=")[0])]
    name = next((each for each in names if each.startswith("--")), names[0] if names else "")
    meant = did_you_mean(name, options_of(parser, command))
    return f"an option or a word is not known{f': {name}' if name else ''}{f';{meant}' if meant else ''} ({TO_EXPLAIN})"


def _does_not_apply(name: str, command: str) -> str:
    of = f"partner-wizard {command}" if command else "the wizard on its screens"
    return f"{_flag(name)} does not apply to {of}"


def _refuse_what_a_mode_ignores(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    mode = next((name for name in ("list", "serve", "unattended") if getattr(options, name)), "")
    for name in _flags_given(options):
        if name not in REHEARSE_MODES[mode]:
            of = f"partner-wizard rehearse --{mode}" if mode else "a rehearsal on screens; add --unattended"
            parser.error(f"{_flag(name)} does not apply to {of}")


def _flags_given(options: argparse.Namespace) -> Iterator[str]:
    """Yield the options of `rehearse` that were given, without those that choose a mode."""
    for name, value in vars(options).items():
        if value and name not in {"command", "scene", *REHEARSE_MODES}:
            yield name
