"""An onboarding of this machine in one line: what it is about, and where it stands."""

from __future__ import annotations

from typing import NamedTuple

from wizard.journeys.index import OLD_FORM, Index


class Entry(NamedTuple):
    """An onboarding; "" means not known. Times are ISO 8601 in UTC.

    Args:
        path: of its file.
        name: what it is called on the command line.
        cloud: by name.
        profile: by name.
        tenant: as the operator calls it.
        tenant_id: as Entra calls it.
        app: the client id.
        app_name: what people call the app.
        saved_at: when something was last found.
        outcome: "proven", "provisional", "failed", "unreachable" as a summary says it; "revoked", or "revoking" where
            that is not proven yet; or "unreadable".
        step: the id of the step to work on; "" where all are proven.
        stands: where it stands, in words: "proven", or the step and what is wrong there; or why it cannot be read.
        expires_at: when the stored token ends at the latest, unless a program renews it.
        expires_why: why.
    """

    path: str
    name: str
    cloud: str = ""
    profile: str = ""
    tenant: str = ""
    tenant_id: str = ""
    app: str = ""
    app_name: str = ""
    saved_at: str = ""
    outcome: str = "unreadable"
    step: str = ""
    stands: str = ""
    expires_at: str = ""
    expires_why: str = ""

    @property
    def is_old_form(self) -> bool:
        """Whether this is the one journey that earlier versions kept."""
        return self.name == OLD_FORM


def entries_of(index: Index) -> list[Entry]:
    """Return every onboarding that an index knows."""
    return [Entry(index.path(place), *words) for place, words in index.rows().items()]


def fitting(entries: list[Entry], wanted: str) -> list[Entry]:
    """Return the onboardings of this name, tenant (domain or id) or app; a name stands for that one alone."""
    sought = wanted.strip().lower()
    if named := [each for each in entries if each.name.lower() == sought]:
        return named
    return [each for each in entries if sought in (each.tenant.lower(), each.tenant_id.lower(), each.app.lower())]
