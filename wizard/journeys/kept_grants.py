"""What is granted at customers while it is removed for a moment: a file a customer, 0600, in the state folder.

It is there from before the removal until everything was seen to be granted again. What it says is put back first at the
next start, whatever that is for. No secret is in it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from wizard.core.errors import BadInput, NotRecorded
from wizard.core.files import read_own_file, sweep_leftovers, write_in_one_stroke
from wizard.core.own_files import lock_file, open_own, sync_folder
from wizard.core.shapes import is_guid
from wizard.tokens.customer_grants import ApiGrant, read_grant

FOLDER: Final = "customers"
LARGEST: Final = 1_000_000
"""Bytes of a file."""


class KeptGrants:
    """The files of one app.

    Args:
        state: the state folder.
        client_id: of the app.
    """

    def __init__(self, state: Path, client_id: str) -> None:
        self.folder = state / FOLDER / client_id.lower()

    def customers(self) -> list[str]:
        """Return the ids of the customers of which something is kept."""
        with suppress(OSError):
            names = (path.stem for path in self.folder.iterdir() if path.suffix == ".json")
            return sorted(name for name in names if is_guid(name))
        return []

    def read(self, customer_id: str) -> tuple[ApiGrant, ...] | None:
        """Return what is kept of a customer, None where nothing is.

        Raises:
            NotRecorded: the file cannot be read, or is none of this program's: what it kept is not thrown away.
        """
        path = self._path(customer_id)
        try:
            grants = _grants_in(read_own_file(path, LARGEST))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise NotRecorded(f"{path} cannot be read ({error.strerror})") from None
        if grants is None:
            raise NotRecorded(f"{path} does not say what was granted there; see what it is before you move it away")
        return grants

    def keep(self, customer_id: str, grants: tuple[ApiGrant, ...]) -> None:
        """Keep what is granted at a customer, and return once the disk has it; raise `NotRecorded` if that fails."""
        path = self._path(customer_id)
        content = json.dumps({"customer": customer_id, "grants": [each.as_json() for each in grants]}).encode()
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_in_one_stroke(path, content)
            sync_folder(self.folder)  # a file that is not in it is none after a power cut
        except OSError as error:
            raise NotRecorded(f"{path} cannot be written ({error.strerror}), and nothing is removed before") from None

    def drop(self, customer_id: str) -> None:
        """Keep it no longer."""
        with suppress(OSError):
            self._path(customer_id).unlink(missing_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let no other process change consents of this app meanwhile.

        Raises:
            BadInput: another one does, or the folder cannot be used.
        """
        path = self.folder / "lock"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = open_own(path, os.O_RDWR | os.O_CREAT)
        except OSError as error:
            raise BadInput("customers", f"{path} cannot be used: {error.strerror}") from None
        try:
            lock_file(handle)
        except OSError:
            os.close(handle)
            raise BadInput("customers", "another run changes consents of this app; end it first") from None
        sweep_leftovers(self.folder)
        try:
            yield
        finally:
            os.close(handle)

    def _path(self, customer_id: str) -> Path:
        return self.folder / f"{customer_id.lower()}.json"


def _grants_in(content: bytes) -> tuple[ApiGrant, ...] | None:
    try:
        body = json.loads(content)
        grants = [read_grant(each) for each in body["grants"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return tuple(each for each in grants if each is not None) if all(grants) else None
