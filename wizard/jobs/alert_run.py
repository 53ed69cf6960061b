"""Alerts of one run: what it found is told to each address, and what was told is remembered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from wizard.jobs.alert_addresses import Addresses
from wizard.jobs.alert_causes import Found, find_causes
from wizard.jobs.alert_memory import Memory, MemoryFile
from wizard.jobs.alert_message import Alert, write_alert
from wizard.jobs.alert_sending import Delivery, require_apprise, send_alerts
from wizard.jobs.alert_tags import AlertTags
from wizard.jobs.alerting import Address, AlertSettings, Decided, all_news, decide
from wizard.redaction.redactor import Redactor

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.core.waiting import Cancel, Clock
    from wizard.jobs.fleet import Result
    from wizard.onboarding.onboarding_context import Onboarding

Send = Callable[[Sequence[tuple[Address, Alert]], Mapping[str, str], Redactor, "Cancel"], Delivery]
NOTHING_ASKED: Final = Delivery({}, ())


@dataclass(frozen=True, slots=True)
class Told:
    """What came of the alerts of a run.

    Args:
        sent: how many alerts were taken.
        failed: by the name of an address, why its alert was not taken.
        hosts: that were asked.
        trouble: why what was told is not remembered, "" where it is.
    """

    sent: int = 0
    failed: Mapping[str, str] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()
    trouble: str = ""

    def as_json(self) -> dict[str, object]:
        """Return it as a line of `check --json`, a form that scripts rely on."""
        return {
            "type": "alerts",
            "sent": self.sent,
            "failed": [{"address": name, "why": why} for name, why in self.failed.items()],
            "hosts": list(self.hosts),
            "error": self.trouble,
        }

    def in_words(self, *, again: bool = True) -> str:
        """Return it in lines for a person, "" where there is nothing to tell; `again`: whether the next run tries."""
        lines = [f"alerts: {self.sent} sent, {len(self.failed)} failed"] if self.sent or self.failed else []
        then = "; the next run tries again" if again else ""
        lines += [f"    {name}: {why}{then}" for name, why in self.failed.items()]
        lines += [f"    hosts asked for alerts: {', '.join(self.hosts)}"] if self.hosts else []
        if self.trouble:
            lines.append(f"    what was told is not remembered, and the next run tells it again: {self.trouble}")
        return "\n".join(lines)


def told_of(alerts: Sequence[tuple[Address, Alert]], delivery: Delivery, trouble: str = "") -> Told:
    """Return what came of alerts."""
    return Told(len(alerts) - len(delivery.failed), delivery.failed, delivery.hosts, trouble)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a vault keeps of alerts.

    Args:
        tags: what was told of an onboarding, None where its token's tags could not be read, or are not asked.
        values: of addresses that are in the vault, by name.
    """

    tags: dict[str, str] | None
    values: dict[str, Secret]


@dataclass(frozen=True, slots=True)
class AlertLook:
    """Reads what vaults keep of alerts, each by the sign-in of the onboarding that was asked just now.

    Args:
        addresses: of the run.
        command: whose tags are read; "": a file remembers what was told.
    """

    addresses: tuple[Address, ...]
    command: str

    def into(self, onboarding: Onboarding, name: str, known: Addresses) -> Seen:
        """Return what the vault of an onboarding keeps.

        Args:
            onboarding: as the run has loaded it.
            name: what it is called on the command line.
            known: addresses whose values were found so far, and get those that are found now.
        """
        known.look_into(onboarding)
        tags = AlertTags(lambda: onboarding, name, self.command)
        found = tags.tags if self.command and tags.read() else None
        return Seen(found, {each.name: each.value for each in known.all if each.vault_secret and each.value})


class AlertRun:
    """Collects what a run finds, and tells it at its end.

    Args:
        settings: of the answers file.
        command: "check" or "renew".
        environ: the environment's variables.
        clock: says when it is.
        cancel: ends it.
        send: sends alerts; None: through apprise.

    Raises:
        BadInput: apprise is not there, or the memory cannot be used: said before anybody is asked.
    """

    def __init__(
        self,
        settings: AlertSettings,
        command: str,
        environ: Mapping[str, str],
        clock: Clock,
        cancel: Cancel,
        send: Send | None = None,
    ) -> None:
        require_apprise()
        self._settings, self._command, self._environ = settings, command, environ
        self._clock, self._cancel, self._send = clock, cancel, send or send_alerts
        self._file = MemoryFile(settings.state, clock, cancel) if settings.state else None
        if self._file:
            self._file.require_usable()
        self._found: list[Found] = []
        self._tags: dict[str, AlertTags] = {}
        self._redactor = Redactor()
        self._addresses = Addresses(settings.addresses, self._redactor)

    @property
    def to_look_for(self) -> AlertLook:
        """What is to be read for each onboarding, in the process that asks it."""
        return AlertLook(self._settings.addresses, "" if self._file else self._command)

    def look(self, onboarding: Onboarding, name: str) -> None:
        """Read what its vault keeps: what was told of it, in the tags of its token, and addresses.

        In the thread that has asked it, and by its own sign-in.

        Args:
            onboarding: as the run has loaded it.
            name: what it is called on the command line.
        """
        self.saw(self.to_look_for.into(onboarding, name, self._addresses), name, lambda: onboarding)

    def saw(self, seen: Seen, name: str, opens: Callable[[], Onboarding]) -> None:
        """Take note of what a vault keeps.

        Args:
            seen: what that is.
            name: what the onboarding is called on the command line.
            opens: loads the onboarding, where something is to be written.
        """
        self._addresses.take(seen.values)
        if seen.tags is not None:
            tags = self._tags[f"{self._command} {name}"] = AlertTags(opens, name, self._command)
            tags.tags = seen.tags

    def add(self, result: Result) -> None:
        """Take note of how it ended for one onboarding."""
        self._found.append(find_causes(self._command, result, self._clock.now(), self._settings.before))

    def tell(self) -> Told:
        """Send what is news to each address, and remember it; what was not taken is tried again by the next run.

        Raises:
            BadInput: the memory can no longer be used.
            Cancelled: the cancel signal was set.
        """
        now = self._clock.now()
        memory = self._file.open() if self._file else self._memory_of_tags()
        try:
            memory.forget_mutes(now)
            decided = {address.name: self._decide(address, memory, now) for address in self._addresses.all}
            alerts = [
                (address, write_alert(news, self._command, self._redactor, names=self._settings.names))
                for address in self._addresses.all
                if (news := all_news(each.news for each in decided[address.name]))
            ]
            gone = self._send(alerts, self._environ, self._redactor, self._cancel) if alerts else NOTHING_ASKED
            for address in self._addresses.all:
                for found, each in zip(self._found, decided[address.name], strict=True):
                    causes = each.if_not if address.name in gone.failed else each.if_sent
                    memory.keep(key_of(address), found.key, causes)
            trouble = self._file.write(memory) if self._file else self._write_tags(memory)
        finally:
            if self._file:
                self._file.close()
        return told_of(alerts, gone, trouble)

    def _decide(self, address: Address, memory: Memory, now: datetime) -> list[Decided]:
        key, remind = key_of(address), self._settings.remind
        return [
            decide(each, memory.causes(key, each.key) if self._file or each.key in self._tags else None, now, remind)
            for each in self._found
        ]

    def _memory_of_tags(self) -> Memory:
        memory = Memory()
        for tags in self._tags.values():
            tags.put_into(memory, map(key_of, self._settings.addresses))
        return memory

    def _write_tags(self, memory: Memory) -> str:
        """Write what is news to each token's tags, and return what went wrong, in a line."""
        troubles = [trouble for tags in self._tags.values() if (trouble := tags.write(memory))]
        more = f", and {len(troubles) - 1} more" if len(troubles) > 1 else ""
        return f"{troubles[0]}{more}" if troubles else ""


def key_of(address: Address) -> str:
    """Return what an address is remembered by: out of where it was found, and not of what it is."""
    return hashlib.sha256(address.name.encode("utf-8", "surrogatepass")).hexdigest()[:4]
