"""The folder of the saved journeys: one file for each cloud, tenant, app and profile, below the state folder.

    journeys/contoso.com-1f2e3d4c5b.json    one onboarding; beside it its lock, contoso.com-1f2e3d4c5b.lock
    journeys/draft-9a8b7c6d.json            one whose tenant or app is not known yet
    index.txt                               what `status` shows of each; a cache
    journey.json                            the one journey of an earlier version

A name begins with the tenant, cut to what every file system takes, and ends with a hash of the whole key: so any domain
fits, and two keys never share a file. A draft moves to the name of its key as soon as tenant and app are answered, and
an onboarding whose key changes moves likewise; where that name is taken, it stays where it is and nothing is replaced.
The single file of an earlier version stays in its place: it can be gone on with there, and is never moved.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wizard.core.errors import BadInput
from wizard.journeys.entry import entries_of
from wizard.journeys.index import FOLDER, OLD_FORM, Index

if TYPE_CHECKING:
    from wizard.core.answers import Answers
    from wizard.journeys.entry import Entry

DRAFT: Final = "draft-"
LONGEST_START: Final = 60
"""Characters of a tenant's name in that of its file."""


class JourneyFolder:
    """Where the onboardings of this machine are kept.

    Args:
        state: the state folder; it is made once something is saved.
    """

    def __init__(self, state: Path) -> None:
        self.state = state

    def entries(self) -> list[Entry]:
        """Return a line for every onboarding; raise `BadInput` where the folder cannot be read."""
        try:
            return entries_of(Index(str(self.state)))
        except OSError as error:
            raise BadInput(str(error.filename or self.state), f"cannot be read: {error.strerror}") from None

    def keeps(self, path: Path) -> bool:
        """Return whether a file has its name from its key, and may move: neither --journey's nor that of old form."""
        return path.parent == self.state / FOLDER

    def path_of(self, answers: Answers) -> Path | None:
        """Return where the onboarding of these answers belongs; None while its tenant or app is not known."""
        key = (answers.cloud, answers.tenant.lower(), answers.client_id.lower(), answers.profile)
        if not answers.tenant or not answers.client_id:
            return None
        start = re.sub(r"[^a-z0-9.-]", "-", key[1])[:LONGEST_START].strip(".-") or "tenant"
        return self.state / FOLDER / f"{start}-{hashlib.sha256(chr(10).join(key).encode()).hexdigest()[:10]}.json"

    def draft(self) -> Path:
        """Return a place for an onboarding of which tenant or app are not known yet."""
        return self.state / FOLDER / f"{DRAFT}{secrets.token_hex(4)}.json"

    def is_draft(self, path: Path) -> bool:
        """Return whether a file is one of these places."""
        return self.keeps(path) and path.name.startswith(DRAFT)

    def kept(self, answers: Answers, tenant_id: str = "") -> Path | None:
        """Return the file in which the onboarding of these answers is kept already, None where there is none.

        Args:
            answers: with cloud, tenant, app and profile.
            tenant_id: of the tenant, where it is known: it may be kept under another of its names.
        """
        path = self.path_of(answers)
        if path is None or path.exists():
            return path
        names = {answers.tenant.lower(), tenant_id.lower()} - {""}
        for each in self.entries():
            is_alike = (each.cloud, each.app.lower(), each.profile) == (
                answers.cloud, answers.client_id.lower(), answers.profile,
            )  # fmt: skip
            if is_alike and not names.isdisjoint((each.tenant.lower(), each.tenant_id.lower())):
                return Path(each.path)
        return None

    @property
    def old_form(self) -> Path:
        """The single file of an earlier version."""
        return self.state / OLD_FORM
