"""Protects this process: what it keeps in memory stays there."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from wizard.core.own_files import HAS_OWNERS

PR_SET_DUMPABLE = 4
"""The option of prctl(2), from linux/prctl.h."""

OF_TEXTUAL = ("TEXTUAL_LOG", "TEXTUAL", "TEXTUAL_SCREENSHOT", "TEXTUAL_PRESS")
"""Variables by which Textual would write every key, or what is shown with its codes, to a file; or press keys."""
NO_OWNERS = "partner-wizard: Python sees no owners of files on this system: what is kept is as private as its folder"
"""Said once a run: no access list is looked at, so nothing is promised."""


def guard_memory() -> None:
    """Keep secrets in this process's memory alone, and what it writes ours.

    No core dump, not even one that is piped to a program, for which the limit does not count; no other process of this
    user that reads the memory (Linux). No file of Textual's with every key, or with what is shown; nor of ssl's with
    the keys of every connection, from which a record of the network gives each token; programs that are started (az)
    write none either.
    """
    with suppress(ImportError):  # Windows writes no core dump; what it may keep of a crash is the system's own
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if not HAS_OWNERS:
        print(NO_OWNERS, file=sys.stderr)
    if sys.platform == "linux":
        with suppress(ImportError, OSError, AttributeError):  # a libc without prctl, or a Python without ctypes
            import ctypes

            ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    os.umask(os.umask(0o077) & 0o077)  # one that takes our own rights would lock us out of what we write
    ignore_textual()
    if os.environ.pop("SSLKEYLOGFILE", ""):
        print(
            "partner-wizard: SSLKEYLOGFILE is ignored: the keys of connections that carry secrets are not written",
            file=sys.stderr,
        )


def ignore_textual() -> None:
    """Take away what would have Textual write to a file; it looks at its variables when it is loaded."""
    for each in OF_TEXTUAL:
        os.environ.pop(each, None)
