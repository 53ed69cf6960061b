"""What has been made in Azure while the cloud runs: role assignments, access policies, resource groups, vaults."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wizard.rehearsal.clock import RehearsalClock


@dataclass(frozen=True, slots=True)
class MadeAssignment:
    """A role that was given: the assignment's name, to whom, which (by its id), on what; since when, and seen when."""

    name: str
    principal_id: str
    role_id: str
    scope: str
    made_at: datetime
    seen_from: datetime


@dataclass(frozen=True, slots=True)
class MadeVault:
    """A vault that was made: its resource id, its location, and when it is ready, and its address resolves."""

    id: str
    location: str
    ready_from: datetime
    address_from: datetime


@dataclass(slots=True)
class AzureState:
    """The state of Azure. Whoever uses it holds the lock of `CloudState`."""

    clock: RehearsalClock
    assignments: list[MadeAssignment] = field(default_factory=list)
    policies: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    """What access policies allow on secrets, by vault and object id."""
    groups: dict[str, dict[str, str]] = field(default_factory=dict)
    """Locations of the resource groups that were made, by subscription and name."""
    vaults: dict[str, MadeVault] = field(default_factory=dict)
    registered_from: dict[str, datetime] = field(default_factory=dict)
    """From when on a subscription takes requests about vaults."""

    def later(self, seconds: float) -> datetime:
        """Return the moment so many seconds from now."""
        return self.clock.now() + timedelta(seconds=seconds)

    def is_registered(self, subscription: str) -> bool:
        """Return whether a registration that was asked for is done."""
        return subscription in self.registered_from and self.registered_from[subscription] <= self.clock.now()

    def has_address(self, label: str, exists: bool) -> bool:
        """Return whether the address of a vault resolves; `exists` says whether it was there from the start."""
        made = self.vaults.get(label)
        return exists if made is None else made.address_from <= self.clock.now()

    def is_there(self, label: str, exists: bool) -> bool:
        """Return whether Azure has a vault; `exists` as before."""
        return exists or label in self.vaults
