"""A token that is written to a vault once, even if an answer is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from wizard.core.retries import WaitContext, with_retries

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.key_vault import KeyVault


@dataclass(slots=True)
class SecretWrite:
    """One value for one secret of one vault.

    Args:
        host: of the vault.
        name: of the secret.
        value: what is written.
        was_attempted: whether a write was sent, so that its answer may have been lost.
    """

    host: str
    name: str
    value: Secret
    was_attempted: bool = field(default=False, init=False)

    def send(self, waiter: WaitContext, vault: KeyVault, tags: Mapping[str, str], expires_at: datetime) -> str:
        """Write it, unless an earlier try did, and return the id of its version.

        Args:
            waiter: waits between tries.
            vault: takes the secret.
            tags: of the version.
            expires_at: of the version (aware, UTC).

        Raises:
            ServiceRefusal: the vault does not take it.
            Unreachable: the answer is missing; whether it is written is known at the next call.
            Cancelled: the waiter's signal was set.
        """

        def once() -> str:
            if self.was_attempted and (found := vault.read(self.name)) and found.value == self.value:
                return found.version
            self.was_attempted = True
            return vault.write(self.name, self.value, tags, expires_at)

        return with_retries(waiter, "writing the token", once)
