"""The app's keys as Graph shows them beside those that the vault keeps: in use, left over, old, expired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from wizard.core.errors import BadInput, ServiceRefusal, Unreachable
from wizard.core.findings import Finding, Who
from wizard.core.retries import with_retries
from wizard.core.timestamps import day, timestamp
from wizard.core.wording import counted
from wizard.microsoft.graph import Unread
from wizard.onboarding.finding_builders import could_not_tell, fails, holds, warns
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_access import refusal_of_app_at_home
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.probes.graph_reading import read_registration, untold
from wizard.onboarding.probes.known_credential import key_ids_of
from wizard.onboarding.probes.successor_fixes import INSTEAD, KEY_TAG, REPLACES_TAG, KeyPlace, key_label, key_mark
from wizard.onboarding.probes.vault_access import open_vault, vault_refused
from wizard.onboarding.probes.vault_checks import foreign_version

if TYPE_CHECKING:
    from wizard.core.answers import Answers
    from wizard.core.secret import Secret
    from wizard.microsoft.key_vault import StoredSecret
    from wizard.microsoft.registration import AppCertificate, AppRegistration, AppSecret

    Key = AppSecret | AppCertificate

PLACES: Final = {
    "vault_secret": "partner-center-client-secret",
    "vault_certificate": "partner-center-app-certificate",
}
"""Where the vault keeps a new credential of each kind, if the answers do not say it."""
KINDS: Final = {"secret": "vault_secret", "certificate": "vault_certificate"}
"""What a credential is renewed as, by the word for it: the answer `credential`. A typed one goes into the vault."""
LONGEST_RUN: Final = timedelta(minutes=30)
"""By then a run has stored the key that it has made, or will never do so; a certificate begins ten minutes early."""
STAYS: Final = timedelta(hours=24)
"""How long a former key stays beside a new one: other programs may have it."""


@dataclass(slots=True)
class StoredKeys:
    """The keys of the app, and what the vault keeps of them.

    Args:
        onboarding: whose they are.
        kind: what the credential is to be: a value of `KINDS`.
        name: of the secret in the vault.
        registration: as Graph shows the app.
        versions: of the secret in the vault, the latest first, without values.
        newest: its newest version, None for none.
        in_use: the ids of the keys that what the answers name may be, by the credential itself.
    """

    onboarding: Onboarding
    kind: str
    name: str
    registration: AppRegistration = field(init=False)
    versions: list[StoredSecret] = field(init=False, default_factory=list)
    newest: StoredSecret | None = field(init=False, default=None)
    in_use: frozenset[str] = field(init=False, default=frozenset())
    _replaced: str = field(init=False, default="")

    @classmethod
    def of(cls, onboarding: Onboarding, wanted: str) -> StoredKeys:
        """Return the keys of an onboarding, unread; `wanted` is a key of `KINDS`, "" for the kind that it has."""
        answers = onboarding.answers
        now = answers.credential
        kind = KINDS[wanted] if wanted else KINDS.get(now, now)
        return cls(onboarding, kind, answers.credential_name if now == kind else PLACES.get(kind, ""))

    def unread(self) -> StoredKeys:
        """Return the same keys, to be read again."""
        return StoredKeys(self.onboarding, self.kind, self.name)

    @property
    def is_move(self) -> bool:
        """Whether the credential is to be of another kind, or in another place, than the answers say."""
        return self.onboarding.answers.credential != self.kind

    @property
    def place(self) -> KeyPlace:
        """Where a new key goes."""
        return KeyPlace(self.name, self.newest, self._replaced)

    @property
    def keys(self) -> tuple[Key, ...]:
        """Every secret and certificate of the app."""
        return (*self.registration.secrets, *self.registration.certificates)

    @property
    def used(self) -> Key | None:
        """The key that the newest version holds, None where none of the app's is known to be it."""
        mark = self.newest.tags.get(KEY_TAG, "") if self.newest else ""
        mark = mark or ("" if self.is_move else self._replaced)
        return next((each for each in self.keys if mark and key_mark(each) == mark), None)

    @property
    def ends_at(self) -> datetime | None:
        """When what is stored ends; None where nobody says it."""
        used = self.used
        if used is not None and used.expires_at is not None:
            return used.expires_at
        return self.newest.expires_at if self.newest else None

    @property
    def since(self) -> datetime | None:
        """Since when programs get the newest version."""
        return self.newest.created_at if self.newest else None

    def named_in(self, answers: Answers) -> Answers:
        """Return answers that name it."""
        return replace(answers, credential=self.kind, credential_name=self.name)

    def check(self) -> Finding:
        """Graph shows the app's keys, and the vault what it keeps of them; the newest version is nobody else's."""
        onboarding = self.onboarding
        if self.kind not in PLACES:
            return fails("The app has no credential that could be renewed: it is a public client.", (), Who.OPERATOR)
        found = read_registration(onboarding)
        if isinstance(found, Unread):
            return untold(onboarding, found)
        self.registration = found
        try:
            return self._read_vault()
        except ServiceRefusal as refusal:
            return vault_refused(onboarding, refusal, secret=self.name)

    def _read_vault(self) -> Finding:
        onboarding, vault, name = self.onboarding, open_vault(self.onboarding), self.name
        self.versions = with_retries(onboarding, "listing the versions", lambda: vault.versions(name))
        self.newest = self._read_newest()
        if self.newest and not onboarding.owner.owns(self.newest) and (self.is_move or _is_marked(self.newest)):
            return foreign_version(name, self.newest)
        self.in_use = ids_in_use(onboarding, self.registration)
        self._replaced = mark_in_use(onboarding, self.registration)
        used, count = self.used, counted(len(self.keys), "key")
        if self.newest is None:
            return holds(f"The app has {count}; the vault has no {name} yet.", keys=len(self.keys))
        which = f"“{used.name or used.key_id}”" if used else "not known by its tags or its first characters"
        return holds(f"The app has {count}; the one in {name} is {which}.", keys=len(self.keys))

    def check_due(self, before: timedelta, *, is_forced: bool) -> tuple[bool, datetime | None, Finding]:
        """Return whether the credential is to be renewed, from when on, and the finding that says so.

        Args:
            before: its end it is due, or half its life before where that is shorter.
            is_forced: whether it is due whatever the rule says.
        """
        now, ends, used = self.onboarding.clock.now(), self.ends_at, self.used
        if is_forced:
            return True, None, holds("It is renewed now, because you said so (--force).")
        if self.is_move and (used is None or ends is None):
            return True, None, holds(f"The credential is to be in {self.name} of the vault.")
        if ends is None:
            acts = ("Renew it once with --force: its end is then known.",)
            return False, None, could_not_tell("Neither Graph nor the vault says when it ends.", acts, Who.OPERATOR)
        made = used.created_at if used else self.since
        due = ends - (min(before, (ends - made) / 2) if made else before)
        if now >= due:
            said = f"It is due since {day(due)}: the credential ends on {day(ends)}."
            return True, due, holds(said, due_at=timestamp(due), ends_at=timestamp(ends))
        said = f"It is not due until {day(due)}: the credential ends on {day(ends)}."
        return False, due, holds(said, due_at=timestamp(due), ends_at=timestamp(ends))

    def has_moved(self) -> bool:
        """Return whether the vault has another newest version by now than when it was read.

        Raises:
            ServiceRefusal: the vault does not give it.
            Unreachable: it could not be asked.
        """
        newest = self._read_newest()
        return (newest.version if newest else "") != (self.newest.version if self.newest else "")

    def check_given(self, value: Secret | None) -> Finding | None:
        """Return why programs do not get a value as the newest version, None where they do; None is any value.

        Raises:
            ServiceRefusal, Unreachable: as `has_moved`.
        """
        newest = self._read_newest()
        if newest is None or (value is not None and newest.value != value):
            acts = ("Find out who else writes it.", "Then run it again: keys that are not in use are listed then.")
            said = f"The newest version of {self.name} is not the one written. Nothing was removed."
            return warns(said, acts, Who.ADMIN, title="Another run has written the credential")
        self.newest = newest
        return None

    def works_without(self, removed: Sequence[Key]) -> bool:
        """Return whether the key in use is known, valid, and none of those to be removed."""
        used, now = self.used, self.onboarding.clock.now()
        return used is not None and used not in removed and used.expires_at is not None and used.expires_at > now

    def _read_newest(self) -> StoredSecret | None:
        vault = open_vault(self.onboarding)
        return with_retries(self.onboarding, "reading the app's credential", lambda: vault.read(self.name))

    # --- what is not in use -----------------------------------------------------------------------------------------

    def left(self) -> Iterator[Key]:
        """Yield the keys that follow a version of this secret and are in none: nobody knows their value."""
        stored = {each.tags.get(KEY_TAG) for each in self.versions}
        for each in self.keys:
            if self._follows(each) and key_mark(each) not in stored and each.key_id not in self.in_use:
                yield each

    def superseded(self) -> Iterator[Key]:
        """Yield the keys in whose place the newest version has come, as the vault says it."""
        newest = self.newest
        if newest is None:
            return
        known = {each.tags.get(KEY_TAG, "") for each in self.versions if each.version != newest.version}
        known |= {tag for each in self.versions if (tag := each.tags.get(REPLACES_TAG, ""))}
        used = newest.tags.get(KEY_TAG, "")
        for each in self.keys:
            if used and key_mark(each) in known - {used} and each.key_id not in self.in_use:
                yield each

    def is_superseded_by_graph(self, key: Key) -> bool:
        """Return whether the app's own keys say too that a key's place was taken: nobody can by the vault alone."""
        places = [each.name.partition(INSTEAD)[2] for each in self.keys if self._follows(each) and each != key]
        return self._follows(key) or any(place and key_mark(key).startswith(place) for place in places)

    def _follows(self, key: Key) -> bool:
        versions = ("", *(each.version for each in self.versions))
        return key.name.partition(INSTEAD)[0] in {key_label(self.name, version) for version in versions}

    def expired(self) -> Iterator[Key]:
        """Yield the keys that have expired, whoever made them."""
        now, used = self.onboarding.clock.now(), self.used
        for each in self.keys:
            if each.expires_at and each.expires_at <= now and each != used:
                yield each


def mark_in_use(onboarding: Onboarding, registration: AppRegistration) -> str:
    """Return which key the answers name, by the credential itself; "" where that is not one, or Entra refuses it."""
    found = ids_in_use(onboarding, registration)
    every: tuple[Key, ...] = (*registration.secrets, *registration.certificates)
    named = [key_mark(each) for each in every if each.key_id in found]
    if len(named) != 1:
        return ""
    try:  # a value may begin as a key does that it is not
        return "" if refusal_of_app_at_home(onboarding) else named[0]
    except (BadInput, Unreachable):
        return ""


def ids_in_use(onboarding: Onboarding, registration: AppRegistration) -> frozenset[str]:
    """Return the ids of the keys that the credential may be which the answers name."""
    try:
        return key_ids_of(client_credential(onboarding), registration)
    except (BadInput, ServiceRefusal, Unreachable):
        return frozenset()


def _is_marked(version: StoredSecret) -> bool:
    return bool(version.tags.get("tenant_id") or version.tags.get("client_id"))
