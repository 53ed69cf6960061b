"""Try every property: a share of each within an hour, or, with --full, all of each, going on where a run was ended.

`SEED=…` repeats a run; it is printed first. What a whole run has tried is in `.soak/SEED.jsonl`, and not tried again.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.soak.soak_plugin import FULL, SEED, UNTIL

FOLDER = Path(".soak")
LAST_BEGINS = 50 * 60
"""Seconds after which a bounded run begins no further case, so that it ends within the hour."""


def seed_of(given: str, *, is_full: bool, folder: Path = FOLDER) -> str:
    """Return the seed that was given; else that of the whole run that was begun last, or a new one."""
    begun = sorted(folder.glob("*.jsonl"), key=lambda each: each.stat().st_mtime) if is_full else []
    return given or (begun[-1].stem if begun else str(secrets.randbelow(1_000_000)))


def main(arguments: Sequence[str]) -> int:
    """Run pytest with what was chosen; return its exit code."""
    is_full = "--full" in arguments
    seed = seed_of(os.environ.get("SEED", ""), is_full=is_full)
    settings = {SEED: seed, UNTIL: "" if is_full else str(time.time() + LAST_BEGINS), FULL: ""}
    if is_full:
        FOLDER.mkdir(exist_ok=True)
        settings[FULL] = str((FOLDER / f"{seed}.jsonl").resolve())
    print(f"SEED={seed}", flush=True)
    numbers = ["-n", "auto", "--dist", "loadgroup", "-rs", f"--randomly-seed={int(seed) % 2**32}"]
    more = [each for each in arguments if each != "--full"]
    command = [sys.executable, "-m", "pytest", "-p", "tests.soak.soak_plugin", *numbers, *more]
    return subprocess.run(command, env=os.environ | settings, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
