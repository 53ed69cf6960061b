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


def is_of_output(error: OSError) -> bool:
    """Return whether standard output is what failed: a file of the program's own that does is told where it is used."""
    return isinstance(error, BrokenPipeError) or (error.errno in FULL and error.filename is None)


def end_of_output(error: OSError) -> int:
    """Return the exit code where standard output takes nothing more, and let Python end without another try.

    A reader that has gone, as `head` goes, is told nothing; anything else is said. Any other error is raised again.
    """
    if not is_of_output(error):
        raise error
    if not isinstance(error, BrokenPipeError):
        print(f"partner-wizard: the output cannot be written: {error.strerror}", file=sys.stderr)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
