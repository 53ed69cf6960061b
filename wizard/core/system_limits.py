"""What of this machine the program may use: cores, and memory, within the limits of a container or a service."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from math import ceil
from pathlib import Path
from typing import Final

CONTROL_GROUPS: Final = Path("/sys/fs/cgroup")
"""Where Linux keeps the limits of a group of processes (version 2)."""
OWN_GROUP: Final = Path("/proc/self/cgroup")


def cores(groups: Path = CONTROL_GROUPS, own: Path = OWN_GROUP) -> int:
    """Return how many cores the program may keep busy, at least one."""
    known = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    for text in _limits("cpu.max", groups, own):
        quota, _, period = text.partition(" ")
        if quota.isdecimal() and period.isdecimal() and int(period):
            known = min(known, ceil(int(quota) / int(period)))
    return max(known, 1)


def memory_limit(groups: Path = CONTROL_GROUPS, own: Path = OWN_GROUP) -> int | None:
    """Return the bytes above which the system ends a process of the program's, None where no limit is known."""
    return min((int(text) for text in _limits("memory.max", groups, own) if text.isdecimal()), default=None)


def _limits(name: str, groups: Path, own: Path) -> Iterator[str]:
    """Yield what the program's own group, and each above it, says of a limit."""
    with suppress(OSError, ValueError):
        path = own.read_text().rpartition("0::")[2].strip()
        group = groups / path.lstrip("/")
        for each in (group, *group.parents):
            if each == groups.parent or ".." in each.parts:
                return
            with suppress(OSError):
                yield (each / name).read_text().strip()
