"""What is worth an alert in how a run ended for one onboarding, each with an id that stays until it changes.

An id is two short digests: of where it is (command, onboarding, check), and of what it is (code, or what was found).
Neither holds a name. What was not asked says nothing: a cause of before goes only where its check holds again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from wizard.catalogue.check_titles import is_advisory
from wizard.core.findings import Outcome
from wizard.core.text import clean_line
from wizard.core.timestamps import day, read_timestamp
from wizard.core.wording import counted

if TYPE_CHECKING:
    from wizard.jobs.fleet import Result

MOST: Final = 8
"""Causes of one onboarding that are told; a check that fails keeps most of those behind it from being asked."""
CREDENTIAL: Final = "renew-credential"
"""The command `renew --credential`: it asks other things than `renew`, and remembers them apart."""
_EXPIRES: Final = "expires"
_UNREACHABLE: Final = "unreachable"
_MISTAKE: Final = "mistake"
_GOOD: Final = frozenset({Outcome.HOLDS.value, Outcome.WARNS.value})


class Kind(StrEnum):
    """What sort of a cause it is."""

    STOPPED = "stopped"
    """A check fails, or could not be asked."""
    REFUSED = "refused"
    """A check fails because a service refused, with a code."""
    EXPIRES = "expires"
    """What is stored ends soon."""
    UNREACHABLE = "unreachable"
    """A service could not be reached, in two runs that follow each other."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What is worth an alert.

    Args:
        place: where it is: eight hexadecimal digits.
        what: what it is there: four more.
        kind: what sort it is.
        onboarding: what it is called on the command line.
        tenant: as the operator calls it.
        title: what it is, in a line; no secret.
        line: the finding, as JSON says it; empty where there is none.
    """

    place: str
    what: str
    kind: Kind
    onboarding: str
    tenant: str
    title: str
    line: Mapping[str, Any]

    @property
    def id(self) -> str:
        """What it is muted by."""
        return f"{self.place}-{self.what}"


@dataclass(frozen=True, slots=True)
class Found:
    """What a run says of one onboarding.

    Args:
        command: that found it: what "check" says is not over because "renew" is content.
        onboarding: what it is called on the command line.
        tenant: as the operator calls it.
        about: what it is about, as a person reads it; no name of a person.
        causes: those that are there.
        settled: the places where there is none, by checks that were asked, and what is true there.
        is_all_settled: whether there is none anywhere else: everything that is required holds.
    """

    command: str
    onboarding: str
    tenant: str
    about: Mapping[str, str]
    causes: tuple[Cause, ...]
    settled: Mapping[str, str]
    is_all_settled: bool

    @property
    def key(self) -> str:
        """What it is remembered by."""
        return f"{self.command} {self.onboarding}"

    def is_settled(self, cause: str) -> bool:
        """Return whether a cause of before, by its id, is gone, or is another one now."""
        place = cause.partition("-")[0]
        if any(each.place == place for each in self.causes):
            return all(each.id != cause for each in self.causes)
        return self.is_all_settled or place in self.settled

    def in_its_place(self, cause: str) -> str:
        """Return what is true in the place of a cause of before that is gone, in a few words."""
        return self.settled.get(cause.partition("-")[0]) or "Everything that is required holds"

    def is_changed(self, cause: str) -> bool:
        """Return whether something else is in the place of a cause of before."""
        return any(each.place == cause.partition("-")[0] for each in self.causes)


def find_causes(command: str, result: Result, now: datetime, before: timedelta) -> Found:
    """Return what is worth an alert in how it ended.

    Args:
        command: "check", "renew" or `CREDENTIAL`: what one does not ask, another may.
        result: how it ended.
        now: aware.
        before: how long before its end it is told.
    """
    member = result.member

    def place(where: str) -> str:
        return _digest(8, command, member.name, member.tenant_id, where)

    def cause(where: str, what: str, kind: Kind, title: str, line: Mapping[str, Any]) -> Cause:
        title = clean_line(title, 200)
        return Cause(place(where), _digest(4, what), kind, member.name, member.tenant, title, line)

    causes: list[Cause] = []
    good: dict[str, str] = {}
    summary: Mapping[str, Any] = {}
    for line in result.lines:
        if line["type"] == "summary":
            summary = line
        elif line["type"] == "finding" and line["outcome"] in _GOOD:
            good[place(str(line["check"]))] = clean_line(str(line["title"]), 200)
        elif line["type"] == "finding" and _stops(line):
            code = str(line["code"])
            kind, title = (Kind.REFUSED if code else Kind.STOPPED), str(line["title"] or line["check"])
            causes.append(cause(str(line["check"]), _what(line), kind, f"{title} ({code})" if code else title, line))
    if result.mistake and not summary.get("steps"):
        kind = Kind.UNREACHABLE if result.outcome == "unreachable" else Kind.STOPPED
        what = "" if kind is Kind.UNREACHABLE else re.sub(r"[0-9]+", "", result.mistake)
        where = _UNREACHABLE if kind is Kind.UNREACHABLE else _MISTAKE
        causes.append(cause(where, what, kind, f"It could not be asked: {result.mistake}", {}))
    else:
        good[place(_MISTAKE)] = "It can be asked again"
    if result.outcome == "unreachable" and not result.mistake:
        causes.append(cause(_UNREACHABLE, "", Kind.UNREACHABLE, *_silence(result)))
    elif not _unknown(result):
        good[place(_UNREACHABLE)] = "Every service answers"
    ends_at, why = _end(summary)
    if ends_at is not None and ends_at - now <= before:
        left = max(0, (ends_at - now).days)
        title = f"It ends on {day(ends_at)}, in {counted(left, 'day')}{f': {why}' if why else ''}"
        causes.append(cause(_EXPIRES, f"{day(ends_at)} {why}", Kind.EXPIRES, title, {}))
    elif ends_at is not None:
        good[place(_EXPIRES)] = f"It ends on {day(ends_at)}"
    about = _about(result, summary)
    told = tuple(causes[:MOST])
    return Found(command, member.name, member.tenant, about, told, good, result.outcome == "proven")


def _stops(line: Mapping[str, Any]) -> bool:
    """Return whether a finding fails, and is more than advice."""
    return line["outcome"] == Outcome.FAILS.value and not is_advisory(str(line["check"]))


def _what(line: Mapping[str, Any]) -> str:
    """Return what tells a failure from another one of the same check."""
    items = sorted(f"{each['kind']} {each['subject']}" for each in line.get("items", ()) if each["outcome"] == "fails")
    return "\n".join([str(line["code"] or line["title"]), *items])


def _silence(result: Result) -> tuple[str, Mapping[str, Any]]:
    """Return what could not be told because somebody did not answer, and the finding."""
    unknown = _unknown(result)
    title = str(unknown[-1]["message"]) if unknown else ""
    return f"A service could not be reached{f': {title}' if title else ''}", unknown[-1] if unknown else {}


def _unknown(result: Result) -> list[Mapping[str, Any]]:
    return [each for each in result.lines if each["type"] == "finding" and each["outcome"] == Outcome.UNKNOWN.value]


def _end(summary: Mapping[str, Any]) -> tuple[datetime | None, str]:
    expires = summary.get("expires")
    if not isinstance(expires, Mapping):
        return None, ""
    return read_timestamp(str(expires.get("at", ""))), clean_line(str(expires.get("why", "")), 120)


def _about(result: Result, summary: Mapping[str, Any]) -> dict[str, str]:
    secret = summary.get("secret")
    in_vault = secret if isinstance(secret, Mapping) else {}
    named = {
        "tenant": result.member.tenant,
        "tenant id": result.member.tenant_id,
        "onboarding": result.member.name,
        "vault": str(in_vault.get("vault", "")),
        "secret": str(in_vault.get("name", "")),
    }
    return {name: value for name, value in named.items() if value}


def _digest(digits: int, *parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:digits]
