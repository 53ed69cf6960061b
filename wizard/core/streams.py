"""The three standard streams where they are not what a program expects: closed, read by nobody, or full."""

from __future__ import annotations

import errno
import os
import sys

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENXIO})


def open_missing() -> None:
    """Open each stream that the program was started without, as `>&-` does, on nothing.

    Otherwise the next file that is opened takes its number, and gets what a program started from here writes there.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            os.dup2(opened := os.open(os.devnull, os.O_RDWR), number)
            os.set_inheritable(number, True)  # it has no name
            if opened != number:
                os.close(opened)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8"))


def end_of_output(error: OSError) -> int | None:
    """Return the exit code if standard output is what failed, and let Python end without another try; else None.

    A reader that has gone, as `head` goes, is told nothing; anything else is said. A file of the program's own that
    cannot be written never comes as far as here.
    """
    if error.errno in FULL and error.filename is None:
        print(f"partner-wizard: the output cannot be written: {error.strerror}", file=sys.stderr)
    elif not isinstance(error, BrokenPipeError):
        return None
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
