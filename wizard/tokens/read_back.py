"""A token that was written, as the vault returns it: the same version, enabled, the same value; or what differs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from wizard.core.retries import WaitContext, with_retries

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.key_vault import KeyVault


class Difference(Enum):
    """What differs from what was written."""

    MISSING = auto()
    SUPERSEDED = auto()
    DISABLED = auto()
    EMPTY = auto()
    CHANGED = auto()


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What the vault returned.

    Args:
        value: if nothing differs.
        difference: None for none.
        newest: the newest version, "" if there is none.
    """

    value: Secret | None
    difference: Difference | None
    newest: str


def read_back(waiter: WaitContext, vault: KeyVault, name: str, version: str, value: Secret) -> ReadBack:
    """Read the newest version of a secret, and compare it with what was written.

    Args:
        waiter: waits between tries.
        vault: holds the secret.
        name: of the secret.
        version, value: as they were written.

    Raises:
        ServiceRefusal: the vault does not let it be read.
        Unreachable: it could not be asked, after several tries.
        Cancelled: the waiter's signal was set.
    """
    found = with_retries(waiter, "reading the token back", lambda: vault.read(name))
    if found is None:
        return ReadBack(None, Difference.MISSING, "")
    difference = None
    if found.version != version:
        difference = Difference.SUPERSEDED
    elif not found.enabled:
        difference = Difference.DISABLED
    elif not found.value:
        difference = Difference.EMPTY
    elif found.value != value:
        difference = Difference.CHANGED
    return ReadBack(None if difference else found.value, difference, found.version)
