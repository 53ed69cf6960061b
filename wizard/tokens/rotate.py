"""A stored token's successor: written only behind the version that it came from, and older ones disabled last.

Key Vault takes no precondition with a new version. So the newest one is read right before each write, and afterwards
again by `read_back`: whichever run finds another's version there has lost, writes nothing more and disables nothing.
What is written is always a token that was proven, so that the newest version is good whoever wins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from wizard.core.retries import WaitContext, with_retries
from wizard.tokens.record import Owner, account_of

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.key_vault import KeyVault, StoredSecret

ROTATED_FROM: Final = "rotated_from"
"""The tag that names the version whose token was redeemed for this one."""
MOST_TAGS: Final = 15
"""Tags that a version can have (protocol 2.3)."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Another version is the newest by now, or there is none: nothing was written."""

    newest: StoredSecret | None


@dataclass(slots=True)
class Succession:
    """One token that is to follow a version.

    Args:
        name: of the secret.
        former: the version whose token was redeemed for it.
        value: the token.
        sending: called right before a write leaves.
        was_attempted: whether a write was sent, so that its answer may have been lost.
    """

    name: str
    former: str
    value: Secret
    sending: Callable[[], None] = lambda: None
    was_attempted: bool = field(default=False, init=False)

    def write(self, waiter: WaitContext, vault: KeyVault, tags: Mapping[str, str], expires_at: datetime) -> str | Moved:
        """Write it if the former version is still the newest, and return the id of its own; once, if answers are lost.

        Args:
            waiter: waits between tries.
            vault: takes it.
            tags: of the version.
            expires_at: of the version (aware, UTC).

        Raises:
            ServiceRefusal: the vault does not take it, or the newest version cannot be read any more.
            Unreachable: the answer is missing; whether it is written is not known.
            Cancelled: the waiter's signal was set.
        """

        def once() -> str | Moved:
            newest = vault.read(self.name)
            if newest is not None and self.was_attempted and newest.value == self.value:
                return newest.version
            if newest is None or newest.version != self.former:
                return Moved(newest)
            self.sending()
            self.was_attempted = True
            return vault.write(self.name, self.value, tags, expires_at)

        return with_retries(waiter, "writing the renewed token", once)


def successor_tags(former: StoredSecret, ours: Mapping[str, str]) -> dict[str, str]:
    """Return the tags of a successor: ours, and those that others gave to the version before, as far as they fit."""
    kept = {name: value for name, value in former.tags.items() if name not in ours and name != ROTATED_FROM}
    room = MOST_TAGS - len(ours) - 1
    return dict(list(kept.items())[: max(0, room)]) | dict(ours) | {ROTATED_FROM: former.version}


@dataclass(frozen=True, slots=True)
class OlderVersions:
    """What a secret has besides the version that was written.

    Args:
        to_disable: enabled ones of the same owner and account, older than those that are kept; the oldest first.
        newer: one of the same owner that was made after it, None where there is none.
        foreign: how many enabled ones are not this owner's: they are left alone.
        total: how many versions there are.
    """

    to_disable: tuple[str, ...]
    newer: StoredSecret | None
    foreign: int
    total: int


def older_versions(
    versions: list[StoredSecret], owner: Owner, account: str, written: str, former: str, keep: int
) -> OlderVersions:
    """Return which versions may be disabled now that a token was written and read back.

    One that was made within the same second as the one that was written may be newer: it is left alone.

    Args:
        versions: of the secret, as the vault lists them.
        owner: whose token it is.
        account: the kind of account.
        written: the version that was written.
        former: the one that it came from: it is the first that is kept behind it.
        keep: how many stay enabled, with the one that was written.
    """
    own = next((each for each in versions if each.version == written), None)
    ours = [each for each in versions if each.enabled and owner.owns(each) and account_of(each) == account]
    foreign = sum(each.enabled for each in versions) - len(ours)
    if own is None or own.created_at is None:
        return OlderVersions((), None, foreign, len(versions))
    made_at = own.created_at
    newer = [each for each in ours if each.created_at and each.created_at > made_at]
    older = [each for each in ours if each.created_at and each.created_at < made_at]
    older.sort(key=lambda each: (each.version == former, each.created_at), reverse=True)
    old = tuple(each.version for each in reversed(older[max(0, keep - 1) :]))
    return OlderVersions(old if not newer else (), newer[0] if newer else None, foreign, len(versions))
