"""Reads the locks: what is pinned in each, for which machine, with which hashes, and because of what."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "locks"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DEPENDENCIES: list[str] = PROJECT["project"]["dependencies"]
EXTRAS: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]
GROUPS: dict[str, list[str]] = PROJECT["dependency-groups"]
WANTED = {
    "product": DEPENDENCIES,
    "alerts": [*DEPENDENCIES, *EXTRAS["alerts"]],
    "rehearsal": [*DEPENDENCIES, *EXTRAS["rehearsal"], *GROUPS["build"]],
    "dev": [*DEPENDENCIES, *EXTRAS["rehearsal"], *EXTRAS["alerts"], *EXTRAS["dev"][1:], *GROUPS["build"]],
    "build": GROUPS["build"],
    "tools": GROUPS["tools"],
}
"""What each lock is for: the requirements of pyproject.toml that it has to meet."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One release.

    Args:
        requirement: its name, version and for which machines.
        hashes: of its files.
        reasons: what it is there for.
    """

    requirement: Requirement
    hashes: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def version(self) -> str:
        """The version alone."""
        (only,) = self.requirement.specifier
        assert only.operator == "==", self.requirement
        return only.version

    def is_for(self, machine: Mapping[str, str]) -> bool:
        """Whether it is installed there: what a machine does not say is as on this one."""
        marker = self.requirement.marker
        return marker is None or marker.evaluate(dict(machine))


@cache
def pins_of(lock: str) -> dict[str, Pin]:
    """Return the pins of a lock, by name."""
    entries: list[list[str]] = []
    for line in (LOCKS / f"{lock}.txt").read_text(encoding="utf-8").splitlines():
        if line[:1] not in ("#", " ", ""):
            entries.append([])
        if entries:
            entries[-1].append(line.strip().rstrip("\\").strip())
    found: dict[str, Pin] = {}
    for first, *others in entries:
        requirement = Requirement(first)
        hashes = tuple(each.removeprefix("--hash=") for each in others if each.startswith("--hash="))
        said = [each.lstrip("# ").removeprefix("via").strip() for each in others if each.startswith("#")]
        reasons = tuple(each for each in said if each and not each.startswith("-c "))
        found[canonicalize_name(requirement.name)] = Pin(requirement, hashes, reasons)
    return found


def closure(requirements: Iterable[str]) -> dict[str, list[Requirement]]:
    """Return all that these need on this machine, as what is installed here declares it: by name, who asks for what."""
    asked: dict[str, list[Requirement]] = {}
    waiting = [(Requirement(each), "") for each in requirements]
    seen = set()
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        asked.setdefault(name, []).append(requirement)
        for wanted in ("", *requirement.extras):
            if (name, wanted) not in seen:
                seen.add((name, wanted))
                waiting += [(Requirement(each), wanted) for each in _needs(name)]
    return asked


@cache
def _needs(name: str) -> tuple[str, ...]:
    return tuple(metadata.requires(name) or ())
