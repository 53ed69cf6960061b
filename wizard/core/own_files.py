"""What a system offers for files that are one user's own: opened without following a link, locked, private, synced.

Windows has neither owners nor modes that Python sees: what is kept is as private as the folder it lies in, which
`guard_memory` says. Loads nothing at first: `status` is to answer at once.
"""

from __future__ import annotations

import os
import sys

BINARY = getattr(os, "O_BINARY", 0)
"""Windows would turn line ends over, and stop reading at a Ctrl+Z."""
CLOSED_IN_OTHERS = getattr(os, "O_CLOEXEC", 0)
OWN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | CLOSED_IN_OTHERS | BINARY
"""No link is followed, no pipe is waited for, no program that is started gets it."""
AS_FOLDER = getattr(os, "O_DIRECTORY", 0)
"""0 where a folder cannot be opened."""
LOCKED_AT = 0x7FFF_FFFE
"""The byte that is locked where a lock keeps others from reading what it covers: behind all that a file holds."""
HAS_OWNERS = hasattr(os, "getuid")
CAN_ASK_FOR_PROCESSES = hasattr(os, "killpg")
"""Windows ends a process with whatever signal it is sent, 0 too."""


def open_own(path: str | os.PathLike[str], flags: int, mode: int = 0o600) -> int:
    """Open a file that may not be a link, and return its handle; raise `OSError` as `os.open` does.

    Args:
        path: where.
        flags: how; `OWN` is added.
        mode: of a file that is made, where the system has modes.
    """
    if not hasattr(os, "O_NOFOLLOW") and os.path.islink(path):
        import errno

        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    return os.open(path, flags | OWN, mode)


def is_own(status: os.stat_result) -> bool:
    """Return whether a file is this user's; where files have no owners that can be asked for, it counts as such."""
    return not HAS_OWNERS or status.st_uid == os.getuid()


def is_root() -> bool:
    """Return whether this user may write to any file: a shell of another one may have opened what we write to."""
    return HAS_OWNERS and os.getuid() == 0


def set_mode(handle: int, mode: int) -> None:
    """Set the mode of an open file, where the system has modes."""
    if hasattr(os, "fchmod"):
        os.fchmod(handle, mode)


def lock_file(handle: int, *, waits: bool = False) -> None:
    """Lock an open file until it is closed.

    Args:
        handle: of the file.
        waits: whether to wait until no other process has it.

    Raises:
        OSError: another process has it; or, on Windows, has not let go of it for ten seconds.
    """
    try:
        import fcntl
    except ImportError:
        import msvcrt

        place = os.lseek(handle, 0, os.SEEK_CUR)
        os.lseek(handle, LOCKED_AT, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_LOCK if waits else msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        finally:
            os.lseek(handle, place, os.SEEK_SET)
    else:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))


def sync_folder(path: str | os.PathLike[str]) -> None:
    """Return once the disk has the names in a folder, where the system can be asked for that; raise `OSError`."""
    if AS_FOLDER:
        handle = os.open(path, os.O_RDONLY | AS_FOLDER | CLOSED_IN_OTHERS)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def changed_at(status: os.stat_result) -> int:
    """Return when a file last changed, in ns: on Windows `st_ctime_ns` says when it was made."""
    return status.st_mtime_ns if sys.platform == "win32" else status.st_ctime_ns


def is_running(process: int) -> bool | None:
    """Return whether a process runs, None where that cannot be asked."""
    if not CAN_ASK_FOR_PROCESSES:
        return None
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
