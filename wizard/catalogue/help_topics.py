"""The topics of the help, from assets/help: one file a topic; topics.toml has groups, order and summaries."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from wizard.core.late_pattern import late_pattern

_MARK: Final = late_pattern(r"^<!-- /?[a-z]+ -->\n", re.MULTILINE)
"""Where a generated part begins or ends."""
_LINK: Final = late_pattern(r"\[([^\[\]]+)\]\([a-z-]+\.md\)")
"""A link to another topic, whose text names the command that shows it."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A page of the help.

    Args:
        name: of its file, and of the topic on the command line.
        group: the heading under which it is listed.
        summary: what the page tells, in a few words.
    """

    name: str
    group: str
    summary: str

    @property
    def title(self) -> str:
        """The heading of the page."""
        return _read(self.name)[0]

    @property
    def text(self) -> str:
        """What stands below the heading, as Markdown in lines of up to 120 characters; a row of a table is one line."""
        return _read(self.name)[1]


@cache
def topics() -> dict[str, Topic]:
    """Return every topic by its name, in the order in which they are listed."""
    listed = tomllib.loads(_source("topics.toml"))
    return {name: Topic(name, group, summary) for group, named in listed.items() for name, summary in named.items()}


@cache
def _read(name: str) -> tuple[str, str]:
    """Return title and text of a page, without what only its file needs: marks, and the targets of links."""
    heading, _, text = _source(f"{name}.md").partition("\n")
    return heading.removeprefix("# "), _LINK.sub(r"\1", _MARK.sub("", text)).strip()


def _source(name: str) -> str:
    return files("assets").joinpath("help", name).read_text(encoding="utf-8")
