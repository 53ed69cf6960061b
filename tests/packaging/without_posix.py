"""Takes away from this process what Python on Windows does not have, and makes it fail where Windows fails.

Run as a program: `python -m tests.packaging.without_posix import` imports every module; with other words it is
`partner-wizard`. It is no Windows: paths, processes and the console are this system's. What it shows is that no module
needs what is taken away, and that no file is moved or removed while this process has it open.
"""

from __future__ import annotations

import errno
import importlib
import json
import os
import pkgutil
import shutil
import signal
import socket
import sys
import time
import types
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

MODULES: Final = ("fcntl", "termios", "pwd", "grp", "spwd", "tty", "pty", "resource", "syslog", "readline", "curses")
SIGNALS: Final = (
    "SIGHUP", "SIGQUIT", "SIGTSTP", "SIGCONT", "SIGSTOP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGCHLD", "SIGALRM",
    "SIGKILL", "SIGPIPE", "SIGTTIN", "SIGTTOU",
)  # fmt: skip
OF_OS: Final = (
    "getuid", "geteuid", "getgid", "getegid", "setuid", "fchmod", "fchown", "chown", "fork", "forkpty", "openpty",
    "killpg", "getpgrp", "setsid", "tcgetpgrp", "tcsetpgrp", "ttyname", "ctermid", "mkfifo", "mknod", "uname",
    "statvfs", "sysconf", "register_at_fork", "WNOHANG", "getloadavg", "pread", "pwrite",
    "O_NOFOLLOW", "O_DIRECTORY", "O_NONBLOCK", "O_CLOEXEC", "O_SYNC",
)  # fmt: skip
OF_SOCKET: Final = ("AF_UNIX", "SO_REUSEPORT")
OF_PYTHON: Final = (
    "asyncio",
    "multiprocessing",
    "selectors",
    "shutil",
    "subprocess",
    "tempfile",
    "uuid",
    "platformdirs.unix",
)
"""Modules of Python, and of a library, with a side for each system; loaded before, they do not take the wrong one."""
OF_POSIX_ALONE: Final = {"screens.terminal.driver"}
"""The driver of a POSIX terminal: the app loads it where there is one, and Textual's own for Windows there."""


def take_away() -> None:
    """Take it all away, from this project and from the libraries that it loads."""
    for name in OF_PYTHON:
        importlib.import_module(name)
    _put_msvcrt_there()
    shutil._use_fd_functions = False  # type: ignore[attr-defined]  # Python 3.13's own, as on Windows
    socket.socketpair = partial(socket.socketpair, socket.AF_UNIX)  # asyncio's own, which needs no such family there
    for name in MODULES:
        sys.modules[name] = None  # type: ignore[assignment]  # which makes an import fail
    for name in SIGNALS:
        if hasattr(signal, name):
            delattr(signal, name)
    for name in OF_OS:
        if hasattr(os, name):
            delattr(os, name)
    for name in OF_SOCKET:
        if hasattr(socket, name):
            delattr(socket, name)
    for name in ("rename", "replace", "unlink", "remove"):
        setattr(os, name, _refusing(getattr(os, name)))
    os.open = _opening_files_alone(os.open)
    os.kill = _ending


def _put_msvcrt_there() -> None:
    """Lock as `msvcrt` does: a byte, by handle, until it is closed; who has to wait tries ten times."""
    import fcntl

    flock, exclusive = fcntl.flock, fcntl.LOCK_EX | fcntl.LOCK_NB
    msvcrt: Any = types.ModuleType("msvcrt")
    msvcrt.LK_LOCK, msvcrt.LK_NBLCK = 1, 2

    def locking(handle: int, mode: int, octets: int) -> None:
        assert octets == 1
        assert os.lseek(handle, 0, os.SEEK_CUR) > 1_000_000_000, "a lock over what others read"
        for attempt in range(10 if mode == msvcrt.LK_LOCK else 1):
            try:
                return flock(handle, exclusive)
            except OSError:
                if attempt:
                    time.sleep(1)
        raise OSError(errno.EACCES, "Permission denied")

    msvcrt.locking = locking
    sys.modules["msvcrt"] = msvcrt


def _ending(process: int, number: int) -> None:
    """End, as a process does there that is sent whatever signal."""
    os.write(2, b"a process was sent signal %d, which ends it there\n" % number)
    os._exit(1)


def _is_open(path: Any) -> bool:
    """Return whether this process has the file of a path open."""
    try:
        wanted = os.lstat(path)
    except OSError:
        return False
    for number in os.listdir("/proc/self/fd"):
        try:
            found = os.fstat(int(number))
        except OSError:
            continue
        if os.path.samestat(found, wanted):
            return True
    return False


def _refusing(change: Any) -> Any:
    def changed(*paths: Any, **options: Any) -> Any:
        if any(_is_open(path) for path in paths):
            raise PermissionError(errno.EACCES, "The process cannot access the file", str(paths[0]))
        if change.__name__ == "rename" and os.path.lexists(paths[1]):
            raise FileExistsError(errno.EEXIST, "Cannot create a file when that file already exists", str(paths[1]))
        return change(*paths, **options)

    return changed


def _opening_files_alone(open_file: Any) -> Any:
    def opened(path: Any, flags: int, *arguments: Any, **options: Any) -> Any:
        if os.path.isdir(path):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return open_file(path, flags, *arguments, **options)

    return opened


def import_all() -> dict[str, str]:
    """Import every module, and return why which could not be, by name."""
    failed = {}
    for package in ("wizard", "screens"):
        for found in pkgutil.walk_packages([str(Path(__file__).parents[2] / package)], f"{package}."):
            if found.name not in OF_POSIX_ALONE and not found.name.endswith("__main__"):
                try:
                    importlib.import_module(found.name)
                except Exception as error:  # noqa: BLE001  # each is told
                    failed[found.name] = repr(error)
    return failed


def keep_files() -> dict[str, object]:
    """Keep, lock, move and read again what the program keeps, and return what came of it."""
    from tests.journeys.kept import APP, here, keep
    from wizard.core.answers import Answers
    from wizard.core.errors import BadInput
    from wizard.core.files import sweep_leftovers
    from wizard.journeys.index import NOTHING, Index
    from wizard.journeys.kept_grants import KeptGrants
    from wizard.journeys.pace_file import PaceFile
    from wizard.journeys.saved_journey import JourneyFile, JourneyInUse
    from wizard.journeys.state_folder import state_folder

    def is_refused(act: Any, error: type[Exception]) -> bool:
        try:
            act()
        except error:
            return True
        return False

    state = Path(state_folder(os.environ))
    said: dict[str, object] = {}
    path = keep("contoso.com")
    keep("contoso.com", passed=("tenant",))
    file = JourneyFile(path)
    file.lock()
    said["a second wizard is told"] = is_refused(JourneyFile(path).lock, JourneyInUse)
    moved = path.with_name("moved.json")
    said["an open journey moves"] = file.move_to(moved) and moved.exists() and not path.exists()
    file.unlock()
    said["it is free again"] = not is_refused((again := JourneyFile(moved)).lock, JourneyInUse)
    again.unlock()
    said["no lock is left behind"] = not list(path.parent.glob("*.lock"))
    elsewhere = JourneyFile(state.parent / "elsewhere" / "journey.json")
    elsewhere.path.parent.mkdir()
    elsewhere.path.parent.chmod(0o777)  # as Windows says of every folder
    said["a folder of the operator's is used"] = not is_refused(elsewhere.lock, BadInput)
    said["the list of onboardings has it"] = len(Index(str(state)).rows()) == 1
    said["the list is kept"] = Index(str(state))._read() != NOTHING
    pace, moment = PaceFile(state / "redeemed.json"), datetime(2026, 11, 21, tzinfo=UTC)
    said["a redemption is noted"] = (pace.seconds_left("a", moment), pace.seconds_left("a", moment) > 0, pace.is_kept)
    grants = KeptGrants(state, APP)
    grants.keep(APP, ())
    grants.keep(APP, ())
    left, being_written = (state / f".left.json.{number}" for number in (os.getpid(), 1))
    for each in (left, being_written):
        each.touch()
    os.utime(left, (0, 0))
    sweep_leftovers(state)
    said["what was left is swept"] = not left.exists() and being_written.exists()
    said["grants are kept"] = grants.read(APP) == ()
    with grants.locked():
        said["a second run is told"] = is_refused(lambda: grants.locked().__enter__(), BadInput)
    link = here().path_of(Answers(tenant="fabrikam.com", client_id=APP)) or moved
    link.symlink_to(moved)
    said["a link is not followed"] = is_refused(JourneyFile(link).read, BadInput)
    return said


if __name__ == "__main__":
    take_away()
    if sys.argv[1:] == ["import"]:
        failed = import_all()
        print(json.dumps({"failed": failed, "kept": keep_files()}))
        sys.exit(0)
    from wizard.__main__ import main

    sys.exit(main())
