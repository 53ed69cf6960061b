"""Protects this process: what it keeps in memory stays there."""

from __future__ import annotations

import os
import resource
import sys
from contextlib import suppress

PR_SET_DUMPABLE = 4
"""The option of prctl(2), from linux/prctl.h."""


def guard_memory() -> None:
    """Keep secrets in this process's memory alone.

    No core dump, not even one that is piped to a program, for which the limit does not count; no other process of this
    user that reads the memory (Linux). No file of Textual's with every key, nor of ssl's with the keys of every
    connection, from which a record of the network gives each token; programs that are started (az) write none either.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if sys.platform == "linux":
        with suppress(ImportError, OSError, AttributeError):  # a libc without prctl, or a Python without ctypes
            import ctypes

            ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    os.environ.pop("TEXTUAL_LOG", None)
    os.environ.pop("TEXTUAL", None)
    if os.environ.pop("SSLKEYLOGFILE", ""):
        print(
            "partner-wizard: SSLKEYLOGFILE is ignored: the keys of connections that carry secrets are not written",
            file=sys.stderr,
        )
