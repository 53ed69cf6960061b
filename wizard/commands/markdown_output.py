"""Markdown drawn on a terminal: bold headings, tables, and code without a background."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions
from rich.markdown import CodeBlock, Heading, Markdown, MarkdownElement, TableElement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

WIDEST: Final = 100
"""Columns of prose."""
_OF_NAMES: Final = 0.45
"""Of a table's width, what its first column may take."""
_STYLES: Final = Theme(
    {
        "markdown.h1": "bold underline",
        "markdown.h2": "bold",
        "markdown.h3": "bold",
        "markdown.code": "cyan",
        "markdown.code_block": "cyan",
        "markdown.table.header": "bold",
        "markdown.table.border": "dim",
        "markdown.item.bullet": "none",
    }
)


class _LeftHeading(Heading):
    """A heading at the left margin, with a blank line above."""

    LEVEL_ALIGN: ClassVar = {}


class _IndentedCode(CodeBlock):
    """A block of code, indented; it can be copied without a frame."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Padding]:
        yield Padding(Text(str(self.text).rstrip(), style="markdown.code_block"), (0, 0, 0, 4))


class _WholeTable(TableElement):
    """A table that cuts nothing: a long word goes on in the next line, and the first column wraps only if it must."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Table]:
        tables = [each for each in super().__rich_console__(console, options) if isinstance(each, Table)]
        for table in tables:
            for column in table.columns:
                column.overflow = "fold"
            names = table.columns[0]
            widest = max(cell_len(str(cell)) for cell in names.cells)
            names.no_wrap = widest <= options.max_width * _OF_NAMES
        yield from tables


class _Page(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _LeftHeading,
        "fence": _IndentedCode,
        "code_block": _IndentedCode,
        "table_open": _WholeTable,
    }


def print_markdown(source: str) -> None:
    """Print Markdown on standard output as wide as the terminal, up to 100 columns; NO_COLOR leaves the colours out."""
    console = Console(theme=_STYLES, highlight=False)
    console.print(_Page(source, hyperlinks=False), width=min(WIDEST, console.width))
