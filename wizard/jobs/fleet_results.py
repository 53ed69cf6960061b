"""The results of a run over many onboardings, on disk as JSON Lines, so that a run which was killed can go on.

An onboarding's lines are written in one go, its summary last, and synced: a reader finds all of them or, at the very
end of the file, a part that counts for nothing. The last line of a finished run is its total.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from wizard.core.errors import BadInput
from wizard.core.own_files import is_own, lock_file, open_own
from wizard.core.timestamps import read_timestamp, timestamp
from wizard.jobs.fleet import ONBOARDING, OUTCOMES, Result, Totals

RESUMED_WITHIN: Final = timedelta(days=1)
"""A run that began earlier is not gone on with: what it found is no longer news."""
LARGEST: Final = 2_000_000_000
"""Bytes."""
FLAGS: Final = os.O_RDWR | os.O_CREAT
OPTION: Final = "--results"


class ResultsFile:
    """Where results are kept.

    Args:
        path: of the file; it is made, 0600.
        command: what is done, such as "check", with whatever changes what a result means; results of another one are
            not gone on with.
        kind: of what they are about, as `Member.kind`.
    """

    def __init__(self, path: Path, command: str, kind: str = ONBOARDING) -> None:
        self.path, self._command, self._kind = path, command, kind
        self.trouble = ""
        """Why results can no longer be written, "" while they can; the run goes on."""
        self._handle: int | None = None
        self._whole = 0

    def open(self, now: datetime, *, goes_on: bool) -> dict[str, str]:
        """Open the file, and return the outcomes that a run which was ended has found already, by name.

        Args:
            now: aware, in UTC.
            goes_on: whether such a run is gone on with; else the file begins again.

        Raises:
            BadInput: the file cannot be used, another run writes it, or it holds something else.
        """
        try:
            handle = self._handle = open_own(self.path, FLAGS)
        except OSError as error:
            raise BadInput(OPTION, f"{self.path} cannot be opened: {error.strerror}") from None
        try:
            return self._taken_up(handle, now, goes_on=goes_on)
        except BadInput:
            self.close()
            raise

    def _taken_up(self, handle: int, now: datetime, *, goes_on: bool) -> dict[str, str]:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or not is_own(status) or status.st_size > LARGEST:
            raise BadInput(OPTION, f"{self.path} is not a regular file of yours")
        try:
            lock_file(handle)
        except OSError:
            raise BadInput(OPTION, f"another run writes {self.path}; end it first") from None
        with open(handle, "rb", closefd=False) as lines:
            first = lines.readline()
            if first and not self._is_ours(_read(first)):
                raise BadInput(OPTION, f"{self.path} holds something else; name another file")
            done, whole = _left(first, lines, now, self._kind) if goes_on else ({}, 0)
        self._whole = whole
        os.ftruncate(handle, whole)
        os.lseek(handle, whole, os.SEEK_SET)
        if not whole:
            self._write([{"type": "fleet", "command": self._command, "started_at": timestamp(now)}])
        return done

    def earlier(self) -> Iterator[tuple[str, tuple[Mapping[str, object], ...]]]:
        """Yield what the run that is gone on with said of each onboarding: its name and its lines, the summary last.

        Nothing is added meanwhile.
        """
        if self._handle is None:
            return
        said: list[Mapping[str, object]] = []
        read, before = 0, os.lseek(self._handle, 0, os.SEEK_CUR)
        os.lseek(self._handle, 0, os.SEEK_SET)
        try:
            with open(self._handle, "rb", closefd=False) as lines:  # what was looked at, whatever has its name by now
                for text in lines:
                    read += len(text)
                    if read > self._whole:
                        return
                    said.append(line := _read(text))
                    if line.get("type") == "summary":
                        yield str(line.get(self._kind)), tuple(said[1:] if said[0].get("type") == "fleet" else said)
                        said = []
        finally:
            os.lseek(self._handle, before, os.SEEK_SET)

    def add(self, result: Result) -> None:
        """Write the lines of an onboarding; a disk that takes no more is said once, in `trouble`."""
        self._write(result.as_json())

    def end(self, totals: Totals) -> None:
        """Write the last line."""
        self._write([totals.as_json()])

    def close(self) -> None:
        """Let other runs have the file."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _write(self, lines: list[dict[str, object]]) -> None:
        if self._handle is None or self.trouble:
            return
        before = os.lseek(self._handle, 0, os.SEEK_CUR)
        left = memoryview(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
        try:
            while left:
                left = left[os.write(self._handle, left) :]
            os.fsync(self._handle)
        except OSError as error:
            self.trouble = f"{self.path} takes no more results: {error.strerror}"
            os.ftruncate(self._handle, before)

    def _is_ours(self, first: Mapping[str, object]) -> bool:
        return first.get("type") == "fleet" and first.get("command") == self._command


def _left(first: bytes, lines: Iterable[bytes], now: datetime, kind: str) -> tuple[dict[str, str], int]:
    """Return what a run that was ended has found, and how many bytes of its file are whole; nothing of a finished one.

    Args:
        first: the first line, which says when the run began.
        lines: those behind it.
        now: aware, in UTC.
        kind: of what they are about.
    """
    began = read_timestamp(str(_read(first).get("started_at", "")))
    if began is None or not timedelta() <= now - began <= RESUMED_WITHIN:
        return {}, 0
    done: dict[str, str] = {}
    read = whole = len(first)
    for text in lines:
        read += len(text)
        line = _read(text)
        if line.get("type") == "total":
            return {}, 0
        if line.get("type") == "summary" and line.get("outcome") in OUTCOMES:
            done[str(line.get(kind))] = str(line["outcome"])
            whole = read
    return done, whole


def _read(text: bytes) -> Mapping[str, object]:
    """Return a line, an empty one for what is none or is cut."""
    if not text.endswith(b"\n"):
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
