"""The guard before drawing: text as literal content, without markup and without bytes that move a terminal (T1)."""

from __future__ import annotations

from typing import Final

from textual.content import Content

from wizard.text import clean

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
    parts = clean(text, LONGEST_SHOWN).split("`")
    if len(parts) % 2 == 0:
        return plain(text)
    lines = [Content()]
    for index, part in enumerate(parts):
        if index % 2 and " " in part:
            lines += [Content(part).stylize("bold"), Content()]
        elif index % 2:
            lines[-1] += Content(f"“{part}”")
        else:
            lines[-1] += Content(part if lines[-1].plain else part.lstrip(" .,;"))
    return Content("\n").join([line.rstrip() for line in lines if line.plain.strip()])


def in_brackets(words: str) -> Content:
    """The words of a button, so that it is a button without colour too."""
    return plain(f"[{words}]")
