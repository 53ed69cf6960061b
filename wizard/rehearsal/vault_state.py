"""A vault in memory: secrets with their versions, soft-deleted ones, and who may do what."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wizard.rehearsal.clock import RehearsalClock
from wizard.rehearsal.world import Vault


@dataclass(slots=True)
class Version:
    """One version of a secret; times in whole seconds since 1970."""

    version: str
    value: str = field(repr=False)
    created: int
    updated: int
    enabled: bool = True
    tags: Mapping[str, str] = field(default_factory=dict)
    content_type: str = ""
    exp: int | None = None
    nbf: int | None = None


_RIGHTS_MISSING = frozenset({"", "ForbiddenByRbac", "ForbiddenByPolicy"})


class VaultState:
    """A vault of the cloud. A caller in another thread holds the lock of `CloudState`."""

    def __init__(self, vault: Vault, clock: RehearsalClock) -> None:
        self.settings = vault
        self.is_repaired = False
        self._clock = clock
        self._secrets: dict[str, list[Version]] = {}
        self._deleted: dict[str, list[Version]] = {}
        self._first_request: datetime | None = None
        self._right_from: datetime | None = None
        for name in vault.deleted:
            self._deleted[name.lower()] = [self._made("an earlier value", clock.now() - timedelta(days=3))]

    def change(self, vault: Vault) -> None:
        """Let other settings hold; a deleted secret that these do not name is purged."""
        for name in set(self.settings.deleted) - set(vault.deleted):
            self._deleted.pop(name.lower(), None)
        self.settings = vault

    def versions(self, name: str) -> list[dict[str, object]]:
        """Return the versions of a secret, oldest first, for people and tests: version, value, enabled, tags, exp."""
        return [
            {"version": item.version, "value": item.value, "enabled": item.enabled, "tags": dict(item.tags),
             "exp": item.exp}
            for item in list(self._secrets.get(name.lower(), []))
        ]  # fmt: skip

    def names(self) -> list[str]:
        """Return the names of all secrets that are not deleted."""
        return list(self._secrets)

    def history(self, name: str) -> list[Version]:
        """Return the versions of a secret, oldest first; [] if it does not exist."""
        return self._secrets.get(name.lower(), [])

    def deleted_history(self, name: str) -> list[Version]:
        """Return the versions of a soft-deleted secret, oldest first; [] if there is none."""
        return self._deleted.get(name.lower(), [])

    def put(self, name: str, version: Version) -> None:
        """Add the newest version of a secret."""
        self._secrets.setdefault(name.lower(), []).append(version)

    def add_aged_version(self, name: str, value: str, age_days: float, enabled: bool, tags: Mapping[str, str]) -> None:
        """Add a version as if it had been written `age_days` ago."""
        made = self._made(value, self._clock.now() - timedelta(days=age_days))
        made.enabled, made.tags = enabled, dict(tags)
        self.put(name, made)

    def delete(self, name: str) -> None:
        """Soft-delete a secret."""
        self._deleted[name.lower()] = self._secrets.pop(name.lower())

    def recover(self, name: str) -> None:
        """Bring a soft-deleted secret back."""
        self._secrets[name.lower()] = self._deleted.pop(name.lower())

    def give_right(self) -> None:
        """Let the operator in, who got a role or an access policy now; it takes the vault's `role_delay`."""
        self._right_from = self._clock.now() + timedelta(seconds=self.settings.role_delay)

    def take_right(self) -> None:
        """Let what `give_right` gave be gone."""
        self._right_from = None

    def refusal_code(self, method: str, path: str, name: str) -> str:
        """Return the inner error code that refuses a request, "" if none does."""
        now, vault = self._clock.now(), self.settings
        if self._first_request is None:
            self._first_request = now
        if self.is_repaired:
            return ""
        if self._right_from is not None and now >= self._right_from:
            return vault.refusal_code if vault.refusal_code not in _RIGHTS_MISSING else ""
        if vault.refusal_code:
            return vault.refusal_code
        if now < self._first_request + timedelta(seconds=vault.role_delay):
            return "ForbiddenByRbac"
        on_secret = path.startswith("/secrets/") and name.lower() == vault.role_on_secret.lower()
        if vault.role_on_secret and not on_secret:
            return "ForbiddenByRbac"
        if _right(method, path) in vault.rights_missing:
            return "ForbiddenByPolicy"
        if vault.put_refusal_code and method == "PUT" and name.lower() == vault.put_refused_secret.lower():
            return vault.put_refusal_code
        return ""

    def _made(self, value: str, at: datetime) -> Version:
        moment = int(at.timestamp())
        return Version(new_version(), value, moment, moment)


def _right(method: str, path: str) -> str:
    """Return the right on secrets that a request takes, by its name in an access policy (protocol 2.3)."""
    if method in ("GET", "HEAD"):
        return "list" if path.rstrip("/").endswith(("/secrets", "/versions")) else "get"
    return "delete" if method == "DELETE" else "recover" if path.endswith("/recover") else "set"


def new_version() -> str:
    """Return a version id: 32 hexadecimal digits."""
    return secrets.token_hex(16)
