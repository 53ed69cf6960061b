"""The saved journey: answers, facts and findings on disk, so that it can be resumed. Never a secret.

The file is 0600 in a folder 0700, written to a temporary file, synced and renamed, so that a reader finds the old or
the new state and never half of one (T12). A lock keeps two wizards from working on the same journey; on two journeys
they work side by side.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO, Any, Final

from wizard.core.answers import SECRET_FIELDS, Answers
from wizard.core.errors import BadInput, WizardError
from wizard.core.facts import Facts
from wizard.core.files import read_own_file, sweep_leftovers, write_in_one_stroke
from wizard.core.findings import (
    Finding,
    Item,
    ItemKind,
    NotAsked,
    Outcome,
    Retry,
    Skipped,
    SupportIds,
    Who,
)
from wizard.core.own_files import HAS_OWNERS, is_own, lock_file, open_own
from wizard.core.text import clean_line
from wizard.journeys.state_folder import OWN_FOLDER
from wizard.microsoft.exchanges import Exchange, latest_exchanges, read_exchange
from wizard.onboarding.journey import Journey

VERSION: Final = 1
LARGEST: Final = 1_000_000
"""Bytes of a file."""


NEWER: Final = "was written by a newer version of partner-wizard"
OPEN_WITH_IT: Final = "open it with that version, or move it away and start again"


class _UnknownMember(Exception):
    """An answer or a fact that this version does not know."""


class JourneyInUse(WizardError):
    """Another process has the lock of the journey."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class SavedJourney:
    """What was on disk; an earlier version may have found something of checks that no longer exist.

    `revoked_at` is when its end began, "" for one that goes on; `is_end_proven` whether the stored token has ended.
    """

    answers: Answers
    facts: Facts
    findings: dict[str, Finding]
    skipped: dict[str, Skipped]
    saved_at: str
    exchanges: tuple[Exchange, ...] = ()
    revoked_at: str = ""
    is_end_proven: bool = False


class JourneyFile:
    """The file of one journey.

    Args:
        path: where; its folder is made, 0700, if it is missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[str] | None = None
        self._written: _State | None = None

    def lock(self) -> None:
        """Lock the journey until `unlock` or the end of the process.

        Raises:
            JourneyInUse: another process has the lock.
            BadInput: the folder cannot be used, or is not the user's own.
        """
        while self._lock is None:
            try:
                self._prepare_folder()
                handle = open_own(self._lock_path, os.O_RDWR | os.O_CREAT)
            except OSError as error:
                raise BadInput("--journey", f"{self.path} cannot be locked: {error.strerror}") from None
            file = os.fdopen(handle, "w")
            try:
                lock_file(handle)
            except OSError:
                file.close()
                raise JourneyInUse(f"another partner-wizard uses {self.path}; end it first") from None
            if _is_at(file, self._lock_path):
                self._lock = file
                if not self._is_in_own_folder:  # that one is swept as a whole
                    sweep_leftovers(self.path.parent, self.path.name)
            else:
                file.close()  # its journey moved away between the two calls, and its lock with it

    def unlock(self) -> None:
        """Let other processes lock it."""
        if self._lock is not None:
            if not HAS_OWNERS:  # Windows removes no open file, also where somebody has opened it since
                self._lock.close()
            with suppress(OSError):
                self._lock_path.unlink()
            self._lock.close()
            self._lock = None
        self._written = None

    def read(self) -> SavedJourney | None:
        """Return the saved journey, None if there is none; raise `BadInput` for a file that is not one."""
        self._require_own_folder()
        try:
            data = json.loads(read_own_file(self.path, LARGEST))
            version = data["version"]
            if version == VERSION:
                return _from_json(data)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise BadInput(str(self.path), f"cannot be opened ({error.strerror}); expected a regular file") from None
        except _UnknownMember as unknown:
            raise BadInput(str(self.path), f"{NEWER} (it has “{unknown}”); {OPEN_WITH_IT}") from None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise BadInput(str(self.path), "is not a saved journey; move it away and start again") from None
        if type(version) is int and version > VERSION:
            raise BadInput(str(self.path), f"{NEWER} (form {version}, this one reads form {VERSION}); {OPEN_WITH_IT}")
        raise BadInput(str(self.path), "is not a saved journey; move it away and start again")

    def write(self, journey: Journey, saved_at: str) -> None:
        """Write the journey's state in one stroke, unless it stands there already.

        Raises:
            OSError: it cannot be written.
        """
        state = _State.of(journey)
        if state == self._written and self.path.exists():
            return
        self._written = None
        self._replace(state.as_json(saved_at))
        self._written = state

    def mark_revoked(self, at: str, *, is_end_proven: bool) -> None:
        """Write into the journey that it is revoked; all else that it says stays.

        Args:
            at: when that began.
            is_end_proven: whether the stored token has ended.

        Raises:
            OSError: it cannot be read or written.
        """
        self._written = None
        content = json.loads(read_own_file(self.path, LARGEST))
        self._replace(content | {"revoked_at": at, "is_end_proven": is_end_proven})

    def _replace(self, content: Mapping[str, object]) -> None:
        self._prepare_folder()
        write_in_one_stroke(self.path, json.dumps(content).encode())

    def remove(self) -> None:
        """Forget the journey."""
        self._written = None
        self.path.unlink(missing_ok=True)

    def discard(self) -> None:
        """Forget the journey, and a name that is not used again."""
        self.remove()
        self.unlock()

    def move_to(self, path: Path) -> bool:
        """Move the journey to another name in its folder, and lock it there; return whether nothing was in the way."""
        there = JourneyFile(path)
        try:
            there.lock()
        except JourneyInUse:
            return False
        try:
            is_free = not path.exists()
            if is_free and self.path.exists():
                self.path.rename(path)
        except OSError:
            is_free = False
        if not is_free:
            there.unlock()
            return False
        self.unlock()
        self.path, self._lock = path, there._lock
        return True

    @property
    def _lock_path(self) -> Path:
        return self.path.with_suffix(".lock")

    def _prepare_folder(self) -> None:
        """Make the folder, 0700; one that exists keeps its mode, unless its name says that it is ours."""
        folder = self.path.parent
        if folder.parent.name == OWN_FOLDER:
            folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_new = not folder.exists()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._require_own_folder()
        if (is_new or self._is_in_own_folder) and stat.S_IMODE(folder.lstat().st_mode) & 0o077:
            folder.chmod(0o700)

    def _require_own_folder(self) -> None:
        """Raise `BadInput` for a folder in which others may put something in the journey's place."""
        folder = self.path.parent
        try:
            status = folder.lstat()
        except OSError:
            return  # there is none, or what is in it cannot be opened either
        if not stat.S_ISDIR(status.st_mode) or not is_own(status):
            raise BadInput(str(folder), "is not a folder of yours")
        if HAS_OWNERS and status.st_mode & stat.S_IWOTH and not self._is_in_own_folder:
            raise BadInput(str(folder), "is a folder that everybody may write to; keep the journey in another one")

    @property
    def _is_in_own_folder(self) -> bool:
        """Whether the name of its folder says that it is the program's own, which is made the owner's alone."""
        folder = self.path.parent
        return OWN_FOLDER in (folder.name, folder.parent.name)


def _is_at(file: IO[str], path: Path) -> bool:
    """Return whether an open file is the one of this name."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.lstat())
    except FileNotFoundError:
        return False


@dataclass(frozen=True, slots=True)
class _State:
    """What is kept of a journey, as it was when it was looked at."""

    answers: dict[str, Any]
    facts: Facts
    findings: dict[str, Finding]
    skipped: dict[str, Skipped]
    exchanges: tuple[Exchange, ...]

    @classmethod
    def of(cls, journey: Journey) -> _State:
        onboarding = journey.onboarding
        answers = {name: getattr(onboarding.answers, name) for name in _names_of(Answers) if name not in SECRET_FIELDS}
        exchanges = onboarding.services.http.recorded_exchanges
        return cls(answers, onboarding.facts, dict(journey.findings), dict(journey.skipped), exchanges)

    def as_json(self, saved_at: str) -> dict[str, Any]:
        return {
            "version": VERSION,
            "saved_at": saved_at,
            "answers": self.answers,
            "facts": {name: getattr(self.facts, name) for name in _names_of(Facts)},
            "findings": [_finding_as_json(finding) for finding in self.findings.values()],
            "skipped": {check: skipped.as_json() for check, skipped in self.skipped.items()},
            "exchanges": [exchange.as_json() for exchange in self.exchanges],
        }


def _names_of(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _finding_as_json(finding: Finding) -> dict[str, Any]:
    return {
        **finding.as_json(),
        "ids": {name: getattr(finding.ids, name) for name in _names_of(SupportIds)},
        "back_to": finding.back_to,
        "unreachable": finding.unreachable,
        "administrator": finding.administrator,
    }


def _from_json(data: Any) -> SavedJourney:
    answers = _typed(Answers, data["answers"])
    facts = _typed(Facts, data["facts"])
    findings = {item["check"]: read_finding(item) for item in data["findings"]}
    skipped = {str(check): _skipped(each) for check, each in data["skipped"].items()}
    exchanges = latest_exchanges([read_exchange(item) for item in data.get("exchanges", [])])
    end = str(data.get("revoked_at", "")), data.get("is_end_proven") is True
    return SavedJourney(answers, facts, findings, skipped, str(data["saved_at"]), exchanges, *end)


def _skipped(data: dict[str, Any]) -> Skipped:
    return Skipped(NotAsked(data["kind"]), str(data["reason"]))


def _typed(kind: type[Any], data: dict[str, Any]) -> Any:
    """Return an Answers or Facts from JSON; raise `ValueError` for a value that is not of its default's type."""
    known = {field.name: field for field in fields(kind) if field.name not in SECRET_FIELDS}
    values: dict[str, Any] = {}
    for name, value in data.items():
        if name in SECRET_FIELDS:
            raise ValueError(name)
        if name not in known:
            raise _UnknownMember(clean_line(name, 60))
        default = known[name].default
        if isinstance(default, tuple):
            value = tuple(str(item) for item in value)
        elif default is None:
            if not isinstance(value, bool | None):
                raise ValueError(name)
        elif type(value) is not type(default):
            raise ValueError(name)
        values[name] = value
    return kind(**values)


def read_finding(item: Mapping[str, Any]) -> Finding:
    """Return a finding from JSON, also as a line of `check` says it; raise `ValueError` or `KeyError` for none."""
    return Finding(
        str(item["check"]),
        Outcome(item["outcome"]),
        str(item["message"]),
        {str(name): value for name, value in item["evidence"].items() if isinstance(value, str | int | bool)},
        tuple(str(act) for act in item["actions"]),
        tuple(Who(who) for who in item["who"]),
        str(item["code"]),
        SupportIds(**{name: str(value) for name, value in item["ids"].items()}),
        str(item.get("back_to", "")),
        bool(item.get("unreachable", False)),
        str(item["title"]),
        Retry(item["retry"]) if item.get("retry") else None,
        str(item.get("link", "")),
        str(item.get("administrator", "")),
        items=tuple(_item(each) for each in item.get("items", [])),
    )


def _item(data: dict[str, Any]) -> Item:
    subject, message, link = (str(data[name]) for name in ("subject", "message", "link"))
    return Item(subject, Outcome(data["outcome"]), message, ItemKind(data["kind"]), link, str(data.get("id", "")))
