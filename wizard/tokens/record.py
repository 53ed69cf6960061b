"""What the tags of a stored token say: whose it is, and how it was obtained. Ids, and no names of persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from wizard.core.shapes import is_guid
from wizard.core.text import clean_line
from wizard.core.timestamps import read_timestamp, timestamp

if TYPE_CHECKING:
    from wizard.microsoft.key_vault import StoredSecret

IDLE_LIFE: Final = timedelta(days=90)
"""A refresh token expires after 90 idle days (protocol 8)."""

ACCOUNT_TAG: Final = "account"
"""The tag that names the kind of account; without it, it is the primary one's."""
PRIMARY: Final = "primary"
PROFILE_TAG: Final = "profile"
"""The tag that names the kind of onboarding."""
FORM_TAG: Final = "partner_wizard_form"
"""The tag by which a later version of this program says that its tags mean something else; there is none of it yet."""
CLIENT_KINDS: Final = frozenset({"public", "secret", "certificate", "federated"})


@dataclass(frozen=True, slots=True)
class Owner:
    """The tenant and the app that a token belongs to."""

    tenant_id: str
    client_id: str

    @property
    def tags(self) -> dict[str, str]:
        """The tags that mark a secret as this owner's."""
        return {"tenant_id": self.tenant_id, "client_id": self.client_id.lower()}

    def owns(self, secret: StoredSecret) -> bool:
        """Return whether a secret carries these tags."""
        return all(secret.tags.get(name) == value for name, value in self.tags.items())


def account_of(found: StoredSecret) -> str:
    """Return the kind of account that a version is of."""
    return found.tags.get(ACCOUNT_TAG, PRIMARY)


@dataclass(frozen=True, slots=True)
class Record:
    """What the tags of a version say besides whose it is; "" for what they do not say, or not in a form that is known.

    Args:
        client_type: how the client that redeems it proves itself.
        flow: how its user signed in.
        obtained_at: when, ISO 8601 in UTC.
        user_id: of its user.
        is_later_form: whether a later version of this program wrote it.
    """

    client_type: str = ""
    flow: str = ""
    obtained_at: str = ""
    user_id: str = ""
    is_later_form: bool = False


def read_record(found: StoredSecret) -> Record:
    """Return what the tags of a version say; whoever may write to the vault may write anything there."""
    said = {name: clean_line(value, 60) for name, value in found.tags.items()}
    obtained, kind, user = read_timestamp(said.get("obtained_at", "")), said.get("client_type"), said.get("user_id", "")
    return Record(
        kind if kind in CLIENT_KINDS else "",
        said.get("flow", ""),
        timestamp(obtained) if obtained else "",
        user if is_guid(user) else "",
        FORM_TAG in found.tags,
    )
