"""What an identity of the operator signs in to: the vault, and Microsoft Graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class SignInTarget:
    """What an identity signs in to.

    Args:
        purpose: as events of a sign-in name it.
        service: as refusals name it.
        client_id: the app that a person signs in to; both are Microsoft's own, and known in every tenant.
    """

    purpose: str
    service: str
    client_id: str


VAULT: Final = SignInTarget("vault", "key_vault", "04b07795-8ddb-461a-bbee-02f9e1bf7b46")
"""As Microsoft Azure CLI, which azure-identity signs in as too."""
GRAPH: Final = SignInTarget("graph", "graph", "14d82eec-204b-4c2f-b7e8-296a70dab67e")
"""As Microsoft Graph Command Line Tools."""
