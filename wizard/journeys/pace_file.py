"""When tokens were redeemed last, in a file of this machine: times alone, no token and no name of anything."""

from __future__ import annotations

import json
import os
import stat
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from wizard.core.own_files import is_own, lock_file, open_own
from wizard.tokens.pace import still_to_wait

NAME: Final = "redeemed.json"
LARGEST: Final = 100_000
"""Bytes of the file; more is another file."""


class PaceFile:
    """Notes in a file, 0600, that processes lock while they look at it.

    A file that cannot be used is none: then nothing is known of earlier redemptions, and nothing is kept from one to
    the next, which `is_kept` says.

    Args:
        path: where; its folder is made, 0700, if it is missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.is_kept = True

    def seconds_left(self, what: str, now: datetime) -> int:
        """Return how long to wait, in seconds; 0 where it may be redeemed now, which is noted."""
        moment = now.timestamp()
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = open_own(self._path, os.O_RDWR | os.O_CREAT)
        except OSError:
            self.is_kept = False
            return 0
        with os.fdopen(handle, "r+b") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or not is_own(status) or status.st_size > LARGEST:
                self.is_kept = False
                return 0
            try:
                lock_file(file.fileno(), waits=True)
            except OSError:  # on Windows, another process did not let go of it
                self.is_kept = False
                return 0
            noted = _times(file.read())
            if left := still_to_wait(noted.get(what, -1.0), moment):
                return left
            recent = {name: at for name, at in noted.items() if still_to_wait(at, moment)}
            try:
                file.seek(0)
                file.write(json.dumps({**recent, what: moment}).encode())
                file.truncate()
                file.flush()
            except OSError:
                self.is_kept = False
        return 0


def _times(content: bytes) -> dict[str, float]:
    """Return what a file says; nothing where it was torn: it is written over."""
    with suppress(ValueError, OverflowError, RecursionError):
        read = json.loads(content)
        if isinstance(read, dict):
            return {str(name): float(at) for name, at in read.items() if isinstance(at, int | float)}
    return {}
