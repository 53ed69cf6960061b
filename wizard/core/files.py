"""Reads files whole, and no more of them than is asked for; writes one in one stroke, and sweeps what a kill left.

A name may stand for anything: a folder, a pipe at which nobody writes, a device without an end, a link to somebody
else's file. An error that is raised says it in words, as its `strerror`.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from wizard.core.own_files import BINARY, CLOSED_IN_OTHERS, is_own, is_running, open_own, set_mode

READING: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | CLOSED_IN_OTHERS | BINARY
LONGEST_STROKE: Final = 3600.0
"""Seconds after which a file that is being written has been left, where its process cannot be asked for."""
_NEW: Final = re.compile(r"\.(.+)\.([0-9]{1,10})", re.DOTALL)
"""The name of a file that is being written: that of the file to be, and the process."""


def read_file(path: Path, largest: int) -> bytes:
    """Return a file that the operator names; links are followed.

    Args:
        path: of the file.
        largest: bytes that it may have.

    Raises:
        OSError: it is not there, is no regular file, or is larger.
    """
    return _read(os.open(path, READING), path, largest)


def read_own_file(path: Path, largest: int) -> bytes:
    """Return a file that the program keeps.

    Args:
        path: of the file.
        largest: bytes that it may have.

    Raises:
        OSError: it is not there, is a link, no regular file or somebody else's, or is larger.
    """
    return _read(open_own(path, os.O_RDONLY), path, largest, must_be_own=True)


def _read(handle: int, path: Path, largest: int, *, must_be_own: bool = False) -> bytes:
    try:
        status = os.fstat(handle)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is a pipe or a device, not a file", str(path))
        if must_be_own and not is_own(status):
            raise OSError(errno.EPERM, "it belongs to somebody else", str(path))
        if status.st_size > largest:
            raise OSError(errno.EFBIG, f"it is too large, more than {largest:,} bytes", str(path))
        with open(handle, "rb", closefd=False) as file:  # what was looked at, and nothing else
            return file.read(largest)
    finally:
        os.close(handle)


def write_in_one_stroke(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file so that a reader finds the old one or the new one, and never a part (T12).

    Args:
        path: of the file; its folder is there.
        content: all of it.
        mode: that it gets, whatever the umask is.

    Raises:
        OSError: it cannot be written; then nothing is left of it.
    """
    new = path.with_name(f".{path.name}.{os.getpid()}")  # such a name is none of those that collectors and lists read
    with suppress(FileNotFoundError):
        new.unlink()
    handle = open_own(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        with os.fdopen(handle, "wb") as file:
            set_mode(handle, mode)
            file.write(content)
            file.flush()
            os.fsync(handle)
        new.replace(path)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise


def sweep_leftovers(folder: Path, name: str = "") -> None:
    """Remove from a folder what processes were writing when they were killed; whatever cannot be removed stays.

    Args:
        folder: need not exist.
        name: of the one file that counts; "" for all of a folder that is the program's own.
    """
    with suppress(OSError):
        for each in list(folder.iterdir()):
            found = _NEW.fullmatch(each.name)
            if found and name in ("", found[1]) and _is_left(each, int(found[2])):
                with suppress(OSError):
                    each.unlink()


def _is_left(file: Path, process: int) -> bool:
    runs = is_running(process)
    return time.time() - file.lstat().st_mtime > LONGEST_STROKE if runs is None else not runs
