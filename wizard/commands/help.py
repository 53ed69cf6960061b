"""`partner-wizard help`: the topics of the help, one of them, or the options of a command."""

from __future__ import annotations

import argparse
import io
import json
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from difflib import get_close_matches
from itertools import groupby
from typing import Final

from wizard.catalogue.check_titles import title_of_check
from wizard.catalogue.help_topics import Topic, topics
from wizard.catalogue.prose import wrap_prose
from wizard.commands.options import SHARED_BY, TO_EXPLAIN, build_parser
from wizard.commands.terminal_support import turn_off_color
from wizard.core.errors import BadInput
from wizard.core.findings import Outcome

LIST_WIDTH: Final = 80
"""Columns for which the list is made; it is the same everywhere."""
COMMANDS: Final = tuple(name for name in SHARED_BY if name)
_NAME: Final = re.compile(r"[a-z-]{1,30}")
"""What may be repeated of a topic that does not exist: anything else may be a secret."""


def main(options: argparse.Namespace) -> int:
    """Show what is asked for, or list the topics; return the exit code.

    Raises:
        BadInput: there is no such topic or command.
    """
    if options.no_color:
        turn_off_color()
    name = "-".join(options.topic).lower()
    if not name:
        _list_topics(as_json=options.json)
    elif topic := find_topic(name):
        _show(topic, as_json=options.json)
    elif name in COMMANDS:
        _show_usage(name, as_json=options.json)
    else:
        raise BadInput("TOPIC", _unknown(name))
    print(end="", flush=True)  # a reader that has gone away is noticed here, and not when the interpreter ends
    return 0


def find_topic(name: str) -> Topic | None:
    """Return the topic of this name; for the id of a check, such as "user.mfa", the page of its step."""
    return topics().get(name.partition(".")[0] if title_of_check(name, Outcome.HOLDS) else name)


def _list_topics(*, as_json: bool) -> None:
    if as_json:
        for topic in topics().values():
            print(json.dumps({"topic": topic.name, "title": topic.title, "summary": topic.summary}))
        return
    for line in _listed():
        print(line)


def _listed() -> Iterator[str]:
    yield "partner-wizard help TOPIC shows a page, help COMMAND a command's options."
    longest = max(map(len, topics()))
    for group, named in groupby(topics().values(), lambda topic: topic.group):
        yield from ("", group)
        yield from (f"  {topic.name:{longest}}  {topic.summary}" for topic in named)
    yield ""
    yield from wrap_prose(f"Commands: {', '.join(COMMANDS)}", LIST_WIDTH, "", "  ")


def _show(topic: Topic, *, as_json: bool) -> None:
    if as_json:
        _print_json(topic.name, topic.title, topic.text)
    elif sys.stdout.isatty():
        from wizard.commands.markdown_output import print_markdown

        print_markdown(f"# {topic.title}\n\n{topic.text}")
    else:
        print(f"# {topic.title}\n\n{topic.text}")


def _show_usage(command: str, *, as_json: bool) -> None:
    """Print what `partner-wizard COMMAND --help` prints."""
    usage = io.StringIO()
    try:
        with redirect_stdout(usage):
            build_parser().parse_args([command, "--help"])
    except SystemExit:
        pass  # argparse ends the program after its help
    if as_json:
        _print_json(command, f"partner-wizard {command}", usage.getvalue().strip())
    else:
        print(usage.getvalue(), end="")


def _print_json(name: str, title: str, text: str) -> None:
    print(json.dumps({"topic": name, "title": title, "text": text}))


def _unknown(name: str) -> str:
    """Return that there is no such topic, and which one may have been meant."""
    said = f"there is no topic {name}" if _NAME.fullmatch(name) else "there is no topic of that name"
    close = get_close_matches(name, [*topics(), *COMMANDS], n=1)
    meant = f"; did you mean {close[0]}?" if close else "."
    return f"{said}{meant} partner-wizard help lists the topics ({TO_EXPLAIN})"
