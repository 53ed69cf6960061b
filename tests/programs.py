"""Programs of the machine that tests use."""

from __future__ import annotations

import os
import shutil


def find_program(name: str) -> str | None:
    """Return the path of a program, None if it is not installed; looks in /usr/sbin as well, where sshd is."""
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
