"""The onboardings of this machine, a line each; only those in sight are drawn: two thousand cost what twenty do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from wizard.core.text import clean_line
from wizard.core.timestamps import day
from wizard.core.wording import FAILS_SIGN, HOLDS_SIGN, LATER_SIGN
from wizard.journeys.entry import Entry

SIGNS: Final = {
    "proven": HOLDS_SIGN,
    "provisional": LATER_SIGN,
    "failed": FAILS_SIGN,
    "unreachable": "?",
    "unreadable": "!",
}
LOOKS: Final = {
    "proven": "good",
    "provisional": "fine",
    "failed": "bad",
    "unreachable": "warn",
    "unreadable": "warn",
}
"""How the sign of an outcome is drawn."""


class OnboardingList(ScrollView, can_focus=False):
    """A list to point into; what has the focus moves the mark, and filters the lines.

    Args:
        entries: to list.
        pointed: the path of the one that is pointed at first; else the first one.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"onboardings--{look}" for look in (*LOOKS.values(), "name", "quiet", "pointed"))
    }

    class Pointed(Message):
        """Another line is pointed at, or none."""

    def __init__(self, entries: Sequence[Entry], pointed: str = "") -> None:
        super().__init__(id="onboardings")
        self._all = entries
        self._words = [_words(each) for each in entries]
        self._found: Sequence[Entry] = entries
        self._at = next((at for at, each in enumerate(entries) if each.path == pointed), 0)

    @property
    def pointed(self) -> Entry | None:
        """The onboarding that is pointed at, None where none is listed."""
        return self._found[self._at] if self._found else None

    @property
    def found(self) -> int:
        """How many are listed."""
        return len(self._found)

    def on_mount(self) -> None:
        """Make room for all of them."""
        self._fit()

    def on_resize(self, _event: events.Resize) -> None:
        """There is more room, or less."""
        self._fit()

    def narrow(self, text: str) -> None:
        """List those that have all these words, and point to the same one if it is among them, else to the first."""
        wanted, pointed = text.casefold().split(), self.pointed
        if wanted:
            pairs = zip(self._all, self._words, strict=True)
            self._found = [each for each, words in pairs if all(word in words for word in wanted)]
        else:
            self._found = self._all
        self._at = next((at for at, each in enumerate(self._found) if each is pointed), 0)
        self._fit()
        self.post_message(self.Pointed())

    def move(self, by: int) -> None:
        """Point to another line, so many further down."""
        at = max(0, min(len(self._found) - 1, self._at + by))
        if self._found and at != self._at:
            self._at = at
            self._fit()
            self.post_message(self.Pointed())

    @property
    def page(self) -> int:
        """How many lines are seen at once."""
        return max(1, self.scrollable_content_region.height)

    def on_click(self, event: events.Click) -> None:
        """A click points."""
        self.move(event.y + self.scroll_offset.y - self._at)

    def render_line(self, y: int) -> Strip:
        """Return a line in sight."""
        at, width = y + self.scroll_offset.y, self.scrollable_content_region.width
        if at >= len(self._found):
            return Strip.blank(width, self.rich_style)
        entry, is_pointed = self._found[at], at == self._at
        segments = [Segment(text, self._style(look, is_pointed=is_pointed)) for text, look in _columns(entry, width)]
        return Strip(segments, width)

    def _style(self, look: str, *, is_pointed: bool) -> Style:
        return self.get_component_rich_style(f"onboardings--{'pointed' if is_pointed else look}")

    def _fit(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._found))
        self.scroll_to_region(Region(0, self._at, 1, 1), animate=False, immediate=True)
        self.refresh()


def _columns(entry: Entry, width: int) -> list[tuple[str, str]]:
    """Return the parts of a line with how each is drawn: sign, tenant, where it stands and when the token ends."""
    name = (width - 4) * 2 // 5
    ends = f" until {day(entry.expires_at)}" if entry.expires_at else ""
    look = LOOKS.get(entry.outcome, "quiet")
    return [
        (f"{SIGNS.get(entry.outcome, '·')} ", look),
        (f"{_cut(entry.tenant or entry.name, name)}  ", "name"),
        (_cut(entry.stands + ends, width - name - 4), look if entry.outcome in ("failed", "unreadable") else "quiet"),
    ]


def _cut(text: str, width: int) -> str:
    """Return a text that takes just so many cells; what is cut off leaves an ellipsis."""
    shown = clean_line(text)
    fitting = set_cell_size(shown, width)
    return fitting if fitting.startswith(shown) else f"{set_cell_size(shown, width - 1)}…"


def _words(entry: Entry) -> str:
    """Return what can be looked for of an onboarding."""
    parts = (entry.name, entry.tenant, entry.tenant_id, entry.app, entry.app_name, entry.cloud, entry.stands)
    return "\n".join(parts).casefold()
