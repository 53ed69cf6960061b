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


def in_brackets(words: str) -> Content:
    """The words of a button, so that it is a button without colour too."""
    return plain(f"[{words}]")
