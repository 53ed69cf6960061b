"""What has been told of an onboarding, in the tags of its token in the vault: a job may have no disk.

Whoever may list the vault's secrets can read tags (protocol 11.8): there are ids and times here, and nothing else.
A renewal carries them on to the next version, as it does with every tag that is not its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

from wizard.core.errors import BadInput, ServiceRefusal, Unreachable
from wizard.core.text import clean_line
from wizard.jobs.alert_causes import CREDENTIAL
from wizard.jobs.alert_memory import EVERYBODY, Memory, Told
from wizard.onboarding.probes.vault_access import open_vault
from wizard.onboarding.token_place import secret_name_of
from wizard.tokens.record import Owner
from wizard.tokens.rotate import MOST_TAGS

if TYPE_CHECKING:
    from wizard.microsoft.key_vault import StoredSecret
    from wizard.onboarding.onboarding_context import Onboarding

TOLD_TAG: Final = "partner_wizard_alerts"
MUTED_TAG: Final = "partner_wizard_muted"
LONGEST: Final = 256
"""Characters of a tag (protocol 11.8)."""
COMMANDS: Final = {"c": "check", "r": "renew", "k": CREDENTIAL}
_FIRST: Final = datetime(2026, 1, 1, tzinfo=UTC)
_ENTRY: Final = re.compile(r"([crk])([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{6})((?:[0-9a-f]{4}){0,12})")
"""A command, a cause, the minute in which it was told last, and the keys of the addresses that were told."""


class AlertTags:
    """The tags of one onboarding's token.

    Args:
        opens: returns the onboarding as a job loads it; its vault is asked once more, and written to where something is
            news.
        name: what the onboarding is called on the command line.
        command: that tells what it finds; "" for none.
    """

    def __init__(self, opens: Callable[[], Onboarding], name: str, command: str = "") -> None:
        self._opened, self._name, self._command = cache(opens), name, command
        self.tags: dict[str, str] = {}
        """Those that are ours, as they were read."""

    def read(self) -> bool:
        """Read the tags; return whether they could be read, and are of this onboarding's own token."""
        found = None
        with suppress(Unreachable, ServiceRefusal):
            found = self._own()
        self.tags = _ours(found) if found else {}
        return found is not None

    def put_into(self, memory: Memory, addresses: Iterable[str]) -> None:
        """Put what the tags say where a run looks for it; `addresses` are their keys."""
        keys = list(addresses)
        for letter, cause, at, told in _entries(self.tags.get(TOLD_TAG, "")):
            run = f"{COMMANDS[letter]} {self._name}"
            others = told if COMMANDS[letter] != self._command else ()  # another command may tell other addresses
            for key in {*keys, *others}:
                runs = memory.of.setdefault(key, {})
                runs[run] = {**runs.get(run, {}), cause: Told("", at if key in told else None)}
        for letter, cause, until, _ in _entries(self.tags.get(MUTED_TAG, "")):
            if until is not None:
                memory.mute(f"{COMMANDS[letter]} {self._name}", cause, "", until)

    def write(self, memory: Memory) -> str:
        """Write what is remembered if it is news, and return why it could not be written, "" where it is."""
        wanted = self._wanted(memory)
        if wanted == self.tags:
            return ""
        try:
            found = self._own()
            if found is None:
                return f"{self._name}: the newest version is not its own any more"
            tags = {name: text for name, text in found.tags.items() if name not in (TOLD_TAG, MUTED_TAG)} | wanted
            if len(tags) > MOST_TAGS:
                return f"{self._name}: its token has {MOST_TAGS} tags already; name a file with state"
            onboarding = self._opened()
            open_vault(onboarding).set_tags(_secret_name(onboarding), found.version, tags)
        except BadInput as error:
            return clean_line(f"{self._name}: {error}", 300)
        except (Unreachable, ServiceRefusal) as error:
            return clean_line(f"{self._name}: {error}; it takes set on secrets, or name a file with state", 300)
        self.tags = wanted
        return ""

    def _own(self) -> StoredSecret | None:
        """Return the newest version, None where it is not this onboarding's own: that is left as it is."""
        onboarding = self._opened()
        if not onboarding.answers.vault_url:
            return None
        with onboarding.services.attributed_to("alerts"):
            found = open_vault(onboarding).read(_secret_name(onboarding))
        owner = Owner(onboarding.facts.tenant_id, onboarding.answers.client_id)
        return found if found is not None and owner.owns(found) else None

    def _wanted(self, memory: Memory) -> dict[str, str]:
        """Return our tags as they are to be."""
        told: dict[tuple[str, str], dict[str, datetime]] = {}
        muted: list[str] = []
        for letter, command in COMMANDS.items():
            for key, runs in memory.of.items():
                for cause, each in runs.get(f"{command} {self._name}", {}).items():
                    if key == EVERYBODY:
                        muted += [_entry(letter, cause, each.muted_until)]
                        continue
                    at = told.setdefault((letter, cause), {})
                    if each.told_at:
                        at[key] = each.told_at
        newest = sorted(told.items(), key=lambda item: max(item[1].values(), default=_FIRST), reverse=True)
        entries = [_entry(letter, cause, max(at.values(), default=None), at) for (letter, cause), at in newest]
        tags = {TOLD_TAG: _joined(entries), MUTED_TAG: _joined(muted)}
        return {name: text for name, text in tags.items() if text}


def _secret_name(onboarding: Onboarding) -> str:
    return secret_name_of(onboarding.answers, onboarding.facts)


def _ours(found: StoredSecret) -> dict[str, str]:
    return {name: found.tags[name] for name in (TOLD_TAG, MUTED_TAG) if found.tags.get(name)}


def _entry(letter: str, cause: str, at: datetime | None, keys: Mapping[str, object] | None = None) -> str:
    minutes = int((at - _FIRST) / timedelta(minutes=1)) if at else 0
    return f"{letter}{cause.replace('-', '')}{minutes:06x}{''.join(sorted(keys or ()))}"


def _entries(text: str) -> Iterable[tuple[str, str, datetime | None, frozenset[str]]]:
    """Yield what a tag says, in the order in which it stands there; whoever may write to the vault may write it."""
    for word in text[:LONGEST].split():
        if found := _ENTRY.fullmatch(word):
            minutes, keys = int(found[4], 16), re.findall("....", found[5])
            at = _FIRST + timedelta(minutes=minutes) if minutes else None
            yield found[1], f"{found[2]}-{found[3]}", at, frozenset(keys)


def _joined(entries: list[str]) -> str:
    """Return as many entries as a tag takes, the first ones."""
    text = ""
    for entry in entries:
        longer = f"{text} {entry}".strip()
        if len(longer) > LONGEST:
            break
        text = longer
    return text
