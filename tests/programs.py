"""Programs of the machine that tests use."""

from __future__ import annotations

import os
import shutil


def found(name: str) -> str | None:
    """Where a program is, None where it is not; also where the path of a user often does not lead, as for sshd."""
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
