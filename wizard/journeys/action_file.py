"""The record of actions: a line of JSON for each request of a fix, before it leaves and after its answer. No secret.

The file is 0600, and only ever added to: a line is synced before the request leaves, so that after a kill at any moment
it says what may have been done. Several programs may add to one file.
"""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Final

from wizard.core.errors import NotRecorded
from wizard.core.fixes import Action, read_action
from wizard.core.own_files import is_own, open_own, set_mode

ACTIONS: Final = "actions.jsonl"
LARGEST: Final = 5_000_000
"""Bytes that are read, from the end."""


class ActionFile:
    """The record of one machine, or of one journey that the operator keeps elsewhere.

    Args:
        path: where; its folder is there once a journey is saved.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, action: Action) -> None:
        """Add a line, and return once the disk has it.

        Raises:
            NotRecorded: it cannot be written.
        """
        left = memoryview((json.dumps(action.as_json()) + "\n").encode())
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = open_own(self.path, flags)
            try:
                set_mode(handle, 0o600)
                if _is_torn(handle):
                    left = memoryview(b"\n" + left)
                while left:  # a disk that is nearly full takes a part, and says so at the next
                    left = left[os.write(handle, left) :]
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise NotRecorded(
                f"{self.path} cannot be written ({error.strerror}), and nothing is changed without it"
            ) from None

    def read(self, tenant_id: str, client_id: str) -> list[Action]:
        """Return the lines of one onboarding, oldest first; a torn one is left out.

        Args:
            tenant_id: of the tenant in which the app is registered.
            client_id: of the app; lines from before there was one count as its own.
        """
        actions = [each for line in self._lines() if (each := _action(line)) is not None]
        names = {client_id.lower(), ""}
        return [each for each in actions if each.tenant_id == tenant_id and each.client_id.lower() in names]

    def _lines(self) -> list[bytes]:
        try:
            handle = open_own(self.path, os.O_RDONLY)
        except OSError:
            return []
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode) or not is_own(status):
                return []
            os.lseek(handle, max(0, status.st_size - LARGEST), os.SEEK_SET)
            return os.read(handle, LARGEST).splitlines()
        finally:
            os.close(handle)


def _is_torn(handle: int) -> bool:
    """Return whether a file's last line is torn: another one behind it would be lost with it."""
    os.lseek(handle, max(0, os.fstat(handle).st_size - 1), os.SEEK_SET)
    return os.read(handle, 1) not in (b"", b"\n")


def _action(line: bytes) -> Action | None:
    try:
        return read_action(json.loads(line))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
