"""What the tags of a stored token say: whose it is, and how it was obtained. Ids, and no names of persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wizard.microsoft.key_vault import StoredSecret

IDLE_LIFE: Final = timedelta(days=90)
"""A refresh token expires after 90 idle days (protocol 8)."""


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
