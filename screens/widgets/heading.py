"""The heading: the program's name, and at the other end what it works on."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from screens.drawing import bold, plain

NOT_SAVED = "! not saved"


class Heading(Static):
    """One line. What it works on gives way where there is no room for both."""

    def __init__(self) -> None:
        super().__init__(id="heading", markup=False)
        self._subject = plain("")
        self._place = ""
        self._says_place = False

    def show(self, subject: str, place: str = "", *, is_unsaved: bool) -> None:
        """Show what is worked on, such as "contoso.com · Global", how far it is, and whether it cannot be saved."""
        self._place = place
        warning = plain(f"{NOT_SAVED}  " if is_unsaved else "").stylize("bold $warn")
        self._subject = warning + plain(subject)
        self.refresh()

    def say_place(self, *, is_said: bool) -> None:
        """Say how far it is, where nothing else does."""
        if is_said != self._says_place:
            self._says_place = is_said
            self.refresh()

    def render(self) -> Content:
        """Return the name at the left, the rest at the right."""
        place = f"  {self._place}" if self._says_place and self._place else ""
        name = bold("partner-wizard").stylize("$accent") + Content(place)
        width = self.content_size.width
        subject = self._subject.truncate(max(0, width - name.cell_length - 2), ellipsis=True)
        return name + Content(" " * max(1, width - name.cell_length - subject.cell_length)) + subject
