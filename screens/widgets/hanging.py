"""Lines that hang under their beginning: a sign or a number, and a text whose further lines stand under its first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from screens.drawing import plain


def hang(sign: Content, text: Content, width: int, *, indent: str = "", gap: int = 1) -> list[Content]:
    """Return `text` in lines of at most `width` cells, all of them behind `sign`.

    Args:
        sign: stands before the first line; the others are indented by as much.
        text: what is wrapped.
        width: in cells, of whole lines.
        indent: what stands before the sign.
        gap: blanks between the sign and the text.
    """
    lead = len(indent) + sign.cell_length + gap
    wrapped = text.wrap(max(10, width - lead)) or [Content()]
    first = Content(indent) + sign + Content(" " * gap) + wrapped[0]
    return [first, *(Content(" " * lead) + line for line in wrapped[1:])]


class Hanging(Static):
    """Texts, each behind a sign.

    Args:
        items: a sign and a text each.
        gap: blanks between them.
    """

    def __init__(
        self,
        items: Sequence[tuple[Content, Content]] = (),
        *,
        id: str | None = None,  # noqa: A002  # Textual's name
        classes: str | None = None,
        gap: int = 1,
    ) -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self._items = tuple(items)
        self._gap = gap

    def show_items(self, items: Sequence[tuple[Content, Content]]) -> None:
        """Show these instead."""
        if self._items != tuple(items):
            self._items = tuple(items)
            self.refresh(layout=True)

    def render(self) -> Content:
        """Return the items for the width there is."""
        return Content("\n").join(self._lines(self.content_size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002  # Textual asks so
        """Return how many lines the items take."""
        return len(self._lines(width))

    def rows_at(self, width: int) -> int:
        """Return how many lines the items take in so many columns."""
        return len(self._lines(width))

    def _lines(self, width: int) -> list[Content]:
        return [line for sign, text in self._items for line in hang(sign, text, width, gap=self._gap)]


class Numbered(Hanging):
    """Things to do, numbered, the likeliest first."""

    def __init__(self, items: Sequence[Content] = (), *, id: str | None = None, first: int = 1) -> None:  # noqa: A002  # Textual's name
        super().__init__(_numbered(items, first), id=id, gap=2)

    def show(self, items: Sequence[Content], first: int = 1) -> None:
        """Show these instead."""
        self.show_items(_numbered(items, first))


def bullets(texts: Iterable[str], *, id: str | None = None, classes: str | None = None) -> Hanging:  # noqa: A002  # Textual's name
    """Return texts, each behind a dot."""
    return Hanging([(plain("·").stylize("$quiet"), plain(text)) for text in texts], id=id, classes=classes)


def named(pairs: Iterable[tuple[str, str]], *, id: str | None = None, classes: str | None = None) -> Hanging:  # noqa: A002  # Textual's name
    """Return texts, each behind its name; they stand in a column."""
    present = [(name, text) for name, text in pairs if text]
    longest = max((len(name) for name, _ in present), default=0)
    items = [(plain(name.ljust(longest)).stylize("$quiet"), plain(text)) for name, text in present]
    return Hanging(items, id=id, classes=classes, gap=2)


def _numbered(items: Sequence[Content], first: int) -> list[tuple[Content, Content]]:
    return [(plain(str(number)).stylize("bold $accent"), item) for number, item in enumerate(items, first)]
