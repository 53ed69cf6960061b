"""The guard before drawing: text as literal content, without markup and without bytes that move a terminal (T1)."""

from __future__ import annotations

from typing import Final

from textual.content import Content

from wizard.core.text import clean

COPIED: Final = "Sent to your terminal's clipboard. If not there, select it."
"""What follows a copy in a dialog; short enough to stand beside two buttons at 80 columns."""
LONGEST_SHOWN: Final = 20_000
"""Characters of a text that are drawn; a consent message or a report page is shorter."""


def plain(text: str) -> Content:
    """`text` as it may be drawn: cleaned again, whoever cleaned it before, and never read as markup."""
    return Content(clean(text, LONGEST_SHOWN))


def bold(text: str) -> Content:
    """`text` as it may be drawn, in bold."""
    return plain(text).stylize("bold")


def prose(text: str) -> Content:
    """`text` as it may be drawn; a command, which stands in `…`, gets a line of its own so that it can be copied."""
    return Content("\n").join([line for line, _ in lines_of(text)])


def pointed(line: Content, *, has_colour: bool) -> Content:
    """A line that the arrows point to."""
    return line.stylize("bold on $focus-surface") if has_colour else Content(line.plain).stylize("bold reverse")


def lines_of(text: str) -> list[tuple[Content, bool]]:
    """The lines of `text` as they may be drawn, and of each whether it is a command, which stands in `…`."""
    parts = clean(text, LONGEST_SHOWN).split("`")
    if len(parts) % 2 == 0:
        return [(plain(text), False)]
    lines: list[tuple[Content, bool]] = [(Content(), False)]
    for index, part in enumerate(parts):
        if index % 2 and " " in part:
            lines += [(Content(part).stylize("bold"), True), (Content(), False)]
            continue
        line, _ = lines.pop()
        shown = f"“{part}”" if index % 2 else part if line.plain else part.lstrip(" .,;")
        lines.append((line + Content(shown), False))
    return [(line.rstrip(), is_command) for line, is_command in lines if line.plain.strip()]
