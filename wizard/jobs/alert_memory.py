"""What has been told already, to each address on its own: kept in a file, so that a cause is told once."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wizard.core.errors import BadInput
from wizard.core.files import read_own_file, sweep_leftovers, write_in_one_stroke
from wizard.core.own_files import lock_file, open_own
from wizard.core.timestamps import read_timestamp, timestamp
from wizard.core.waiting import POLL_INTERVAL

if TYPE_CHECKING:
    from wizard.core.waiting import Cancel, Clock

KEY: Final = "alerts.state"
EVERYBODY: Final = ""
"""In the place of an address: what is muted, is muted for all."""
LARGEST: Final = 50_000_000
"""Bytes of a file."""
LONGEST_WAIT: Final = 120.0
"""Seconds until another run has told what it found."""
CAUSE: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}")
_FORM: Final = "alerts of partner-wizard, form 1"


@dataclass(frozen=True, slots=True)
class Told:
    """What is remembered of a cause.

    Args:
        title: what it is, in a line.
        told_at: when it was told last, aware; None where it was seen once and has not been told.
        muted_until: aware; None where it is not muted.
    """

    title: str = ""
    told_at: datetime | None = None
    muted_until: datetime | None = None


Causes = Mapping[str, Told]
"""By id."""


@dataclass(slots=True)
class Memory:
    """What is remembered: by address, then by command and onboarding.

    Args:
        of: by the key of an address; `EVERYBODY` holds what is muted.
    """

    of: dict[str, dict[str, Causes]] = field(default_factory=dict)

    def causes(self, address: str, run: str) -> Causes:
        """Return what an address was told by a command of an onboarding, and what is muted."""
        told = dict(self.of.get(address, {}).get(run, {}))
        for cause, muted in self.of.get(EVERYBODY, {}).get(run, {}).items():
            before = told.get(cause, Told(muted.title))
            told[cause] = Told(before.title, before.told_at, muted.muted_until)
        return told

    def keep(self, address: str, run: str, causes: Causes) -> None:
        """Remember what an address was told by a command of an onboarding, in the place of what was remembered."""
        kept = {cause: Told(each.title, each.told_at) for cause, each in causes.items() if not _is_mute_alone(each)}
        self.of.setdefault(address, {})[run] = kept
        if not kept:
            del self.of[address][run]

    def mute(self, run: str, cause: str, title: str, until: datetime) -> None:
        """Tell nobody of a cause until a day."""
        muted = self.of.setdefault(EVERYBODY, {}).setdefault(run, {})
        self.of[EVERYBODY][run] = {**muted, cause: Told(title, None, until)}

    def forget_mutes(self, now: datetime) -> None:
        """Forget what is muted no longer."""
        muted = self.of.get(EVERYBODY, {})
        for run, causes in list(muted.items()):
            left = {cause: each for cause, each in causes.items() if each.muted_until and each.muted_until > now}
            muted[run] = left
            if not left:
                del muted[run]


def _is_mute_alone(told: Told) -> bool:
    return told.muted_until is not None and told.told_at is None


class MemoryFile:
    """Keeps it in a file, 0600, that one run at a time reads and writes.

    Args:
        path: of the file; it is made.
        clock: measures how long another run is waited for.
        cancel: ends that wait.
    """

    def __init__(self, path: Path, clock: Clock, cancel: Cancel) -> None:
        self.path, self._clock, self._cancel = path, clock, cancel
        self._lock: int | None = None

    def require_usable(self) -> None:
        """Raise `BadInput` where it can be none: before a run, and not at its end."""
        if not self.path.parent.is_dir():
            raise BadInput(KEY, f"the folder of {self.path} is not there")
        if not os.access(self.path.parent, os.W_OK):
            raise BadInput(KEY, f"the folder of {self.path} cannot be written to")
        self.read()

    def open(self) -> Memory:
        """Return what is remembered, once no other run has the file; `close` lets others have it.

        Raises:
            BadInput: the file cannot be used, or another run does not end.
            Cancelled: the cancel signal was set.
        """
        flags = os.O_RDWR | os.O_CREAT
        try:
            self._lock = open_own(self.path.with_name(f".{self.path.name}.lock"), flags)
        except OSError as error:
            raise BadInput(KEY, f"{self.path} cannot be used: {error.strerror}") from None
        ends = self._clock.monotonic() + LONGEST_WAIT
        while True:
            try:
                lock_file(self._lock)
            except OSError:
                if self._clock.monotonic() >= ends:
                    raise BadInput(KEY, f"another run does not let go of {self.path}") from None
                self._clock.wait(POLL_INTERVAL, self._cancel)
            else:
                return self.read()

    def close(self) -> None:
        """Let others have the file."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def read(self) -> Memory:
        """Return what is remembered, nothing where there is no file; raise `BadInput` for what is none of ours."""
        try:
            return _memory_of(self.path, json.loads(read_own_file(self.path, LARGEST)))
        except FileNotFoundError:
            return Memory()
        except OSError as error:
            raise BadInput(KEY, f"{self.path} cannot be read: {error.strerror}") from None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise BadInput(KEY, f"{self.path} holds something else; name another file, or move it away") from None

    def write(self, memory: Memory) -> str:
        """Write in one stroke, and return why it could not be written, "" where it is."""
        text = json.dumps({"form": _FORM, "told": _as_json(memory)}, indent=1)
        sweep_leftovers(self.path.parent, self.path.name)
        try:
            write_in_one_stroke(self.path, text.encode())
        except OSError as error:
            return f"{self.path} cannot be written: {error.strerror}"
        return ""


def _as_json(memory: Memory) -> dict[str, Any]:
    return {
        address: {name: {cause: _told_as_json(each) for cause, each in causes.items()} for name, causes in told.items()}
        for address, told in memory.of.items()
        if told
    }


def _told_as_json(told: Told) -> dict[str, str]:
    moments = {"told_at": told.told_at, "muted_until": told.muted_until}
    return {"title": told.title, **{name: timestamp(moment) for name, moment in moments.items() if moment}}


def _memory_of(path: Path, data: dict[str, Any]) -> Memory:
    """Return what a file says; raise `ValueError` for what is none of ours, `BadInput` for a newer version's."""
    form = str(data.get("form"))
    if form != _FORM:
        if form.startswith(_FORM.rstrip("1")):
            raise BadInput(KEY, f"{path} was written by a newer version of partner-wizard; name another file")
        raise ValueError
    return Memory({
        str(address): {
            str(name): {str(cause): _told(each) for cause, each in causes.items() if CAUSE.fullmatch(cause)}
            for name, causes in told.items()
        }
        for address, told in data["told"].items()
    })  # fmt: skip


def _told(data: dict[str, Any]) -> Told:
    told, muted = (read_timestamp(str(data.get(name, ""))) for name in ("told_at", "muted_until"))
    return Told(str(data.get("title", "")), told, muted)
