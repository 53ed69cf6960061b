"""What is kept on this machine: the saved journey, or a line for each of several. Knows no Textual."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wizard.core.errors import BadInput
from wizard.journeys.last_sign_in import describe_last_sign_in
from wizard.journeys.saved_journey import JourneyFile
from wizard.reporting.fleet_record import COMMANDS, read_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wizard.journeys.entry import Entry
    from wizard.journeys.saved_journey import SavedJourney
    from wizard.journeys.session import Session


class KeptJourneys:
    """The journeys that can be gone on with.

    Args:
        session: opens them.
        place: the options that name the journey's file and its cloud, as they were typed.
    """

    def __init__(self, session: Session, place: tuple[str, ...]) -> None:
        self._session = session
        self._place = place
        self._is_chosen = session.file is not None
        self.entries: Sequence[Entry] = ()
        """Every onboarding of this machine, where there are several and none was named."""
        self.saved: SavedJourney | None = None
        self.unreadable = ""
        """Why the saved journey cannot be used."""
        self.has_several = False
        """Whether a command has to name the one that is meant."""
        self.look()

    def look(self) -> None:
        """Look for what is saved."""
        self.saved, self.unreadable = None, ""
        try:
            found = self._session.entries()
            self.has_several = len(found) > 1
            self.entries = found if self.has_several and not self._is_chosen else ()
            if len(found) == 1 and self._session.file is None:
                self._session.file = JourneyFile(Path(found[0].path))
            self.saved = self._session.saved()
        except BadInput as mistake:
            self.unreadable = str(mistake)
        except OSError as error:
            self.unreadable = f"{error.filename}: {error.strerror}"

    @property
    def present(self) -> Path | None:
        """The file of the journey that is chosen or open."""
        return self._session.file.path if self._session.file is not None else None

    @property
    def runs(self) -> list[str]:
        """What the last runs over many onboardings found, in a few lines; none where there was none."""
        folder = self._session.folder
        if folder is None or self._session.is_named:
            return []
        return [line for command in COMMANDS for line in read_lines(str(folder.state), command)]

    @property
    def is_old_form(self) -> bool:
        """Whether that is the single file of an earlier version."""
        folder = self._session.folder
        return folder is not None and not self._session.is_named and self.present == folder.old_form

    @property
    def shares_its_folder(self) -> bool:
        """Whether others may work on it beside this wizard, so that it has to be locked before it is opened."""
        return self._session.folder is not None and not self._session.is_named

    @property
    def own_folder(self) -> Path | None:
        """Where the program may write beside the journeys, None where nothing is kept."""
        folder, present = self._session.folder, self.present
        if folder is not None and present is not None and folder.keeps(present):
            return folder.state
        return present.parent if present is not None else None

    @property
    def place(self) -> tuple[str, ...]:
        """The options that name this journey and its cloud to another command."""
        if self.present is None or self._is_chosen or not self.has_several:
            return self._place
        name = self.present.name if self.is_old_form else self.present.stem
        return ("--tenant", name, *self._place)

    @property
    def last_sign_in(self) -> str:
        """What has become of the saved journey's token, as a sentence; "" where nothing was lost."""
        if self.saved is None:
            return ""
        profile = self._session.profile(self.saved.answers.profile)
        return describe_last_sign_in(self._session.last_sign_in(self.saved), self.saved, profile)
