"""Which alerts leave: each cause once until it changes, then a reminder, and an all-clear when it is gone.

Pure: what was told is given, and so is the time. Each address is decided for on its own, so that one which refuses is
tried again, and the others are not told twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from wizard.jobs.alert_causes import Cause, Found, Kind
from wizard.jobs.alert_memory import Causes, Told

if TYPE_CHECKING:
    from pathlib import Path

    from wizard.core.secret import Secret

BEFORE: Final = timedelta(days=14)
"""How long before its end what is stored is told of, unless the answers file says otherwise."""
REMIND: Final = timedelta(days=7)
"""After how long a cause is told again."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where alerts go.

    Args:
        name: where its value is, such as "env ALERT_MAIL": this is shown.
        value: of it, for apprise: this is a secret; None where it is in the vault.
        vault_secret: the secret in the vault that holds it, "" where it is somewhere else.
    """

    name: str
    value: Secret | None
    vault_secret: str = ""


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """What the answers file says of alerts.

    Args:
        addresses: where they go.
        state: the file that remembers what was told; None: the tags of each token do.
        before: how long before its end what is stored is told of.
        remind: after how long a cause is told again; zero: never.
        names: whether names of persons are told.
    """

    addresses: tuple[Address, ...]
    state: Path | None
    before: timedelta = BEFORE
    remind: timedelta = REMIND
    names: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """A cause of before that is gone, in whose place nothing else is."""

    id: str
    onboarding: str
    tenant: str
    title: str


@dataclass(slots=True)
class News:
    """What an address is to be told.

    Args:
        new: with what each is about.
        again: told before, and still there.
        gone: told before.
    """

    new: list[tuple[Cause, Found]] = field(default_factory=list)
    again: list[tuple[Cause, Found]] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.new or self.again or self.gone)


@dataclass(frozen=True, slots=True)
class Decided:
    """What is told of one onboarding, and what is remembered afterwards.

    Args:
        news: what is told.
        if_sent: what is remembered once it is.
        if_not: what is remembered where it could not be sent, so that the next run tries again.
    """

    news: News
    if_sent: Causes
    if_not: Causes


def decide(found: Found, known: Causes | None, now: datetime, remind: timedelta) -> Decided:
    """Return what an address is told of one onboarding.

    Args:
        found: what the run says of it.
        known: what the address was told before, and what is muted; None where that could not be read: it is told again.
        now: aware.
        remind: after how long a cause is told again; zero: never.
    """
    news, told = News(), known or {}
    sent, unsent = dict(told), dict(told)
    for cause in found.causes:
        before = told.get(cause.id)
        if before is not None and before.muted_until is not None and before.muted_until > now:
            continue
        title = f"{found.tenant or found.onboarding}: {cause.title}"
        if before is None and known is not None and cause.kind is Kind.UNREACHABLE:
            sent[cause.id] = unsent[cause.id] = Told(title)  # one that comes and goes is told by no run
        elif before is None or before.told_at is None:
            news.new.append((cause, found))
            sent[cause.id] = Told(title, now)
        elif remind and now - before.told_at >= remind:
            news.again.append((cause, found))
            sent[cause.id] = Told(title, now)
    for cause_id, before in told.items():
        if not found.is_settled(cause_id):
            continue
        del sent[cause_id]
        is_told = before.told_at is not None
        if is_told and not found.is_changed(cause_id) and not (before.muted_until and before.muted_until > now):
            news.gone.append(Gone(cause_id, found.onboarding, found.tenant, _over(before, cause_id, found)))
        else:
            del unsent[cause_id]
    return Decided(news, sent, unsent)


def _over(before: Told, cause: str, found: Found) -> str:
    """Return what is over: tags remember no titles, and it is said what is true instead."""
    return before.title or f"{found.tenant or found.onboarding}: {found.in_its_place(cause)}"


def all_news(each: Iterable[News]) -> News:
    """Return the news of many onboardings as those of one message."""
    found = News()
    for news in each:
        found.new += news.new
        found.again += news.again
        found.gone += news.gone
    return found
