"""Keeps the gallery as text in tests/screens/snapshots. Names of states keep those alone."""

from __future__ import annotations

import asyncio
import gc
import sys
import time

import tests.conftest
from tests.screens import settling
from tests.screens.gallery import GALLERY
from tests.screens.gallery.snapshots import FOLDER, drawings


async def keep(names: list[str]) -> int:
    """Write the files of the named states, or of all, and remove those of none; gives how many could not be drawn."""
    written, failed = set(), 0
    for name in names or GALLERY:
        try:
            drawn = await drawings(GALLERY[name])
        except Exception as error:  # noqa: BLE001  # the other states can be kept all the same
            failed += 1
            print(f"✗ {name}: {type(error).__name__}: {error}")
            continue
        for file, text in drawn.items():
            path = FOLDER / file
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
                print(f"written: {path.relative_to(FOLDER)}")
            written.add(path)
    for path in [] if names or failed else set(FOLDER.rglob("*.txt")) - written:
        path.unlink()
        print(f"gone: {path.relative_to(FOLDER)}")
    return failed


if __name__ == "__main__":
    began = time.monotonic()
    tests.conftest.freeze_environment()
    settling.install()
    gc.disable()  # wizards are thrown away whole, and looking for them costs a quarter of the time
    failures = asyncio.run(keep(sys.argv[1:]))
    print(f"{time.monotonic() - began:.0f} s")
    sys.exit(failures > 0)
