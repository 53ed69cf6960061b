"""Draws every state into build/pictures, the README's into assets/pictures, and records a journey."""

from __future__ import annotations

import asyncio
import gc
import shutil
from pathlib import Path

import tests.conftest
from tests.pictures.drawing import ASSETS, as_png, draw_all, draw_for_readme
from tests.pictures.recording import record

BUILD = Path(__file__).parents[2] / "build" / "pictures"


def main() -> None:
    """Everything that `make pictures` makes."""
    tests.conftest.freeze_environment()
    gc.disable()  # wizards are thrown away whole, and looking for them costs a quarter of the time
    ASSETS.mkdir(exist_ok=True)
    for name, svg in asyncio.run(draw_for_readme()).items():
        (ASSETS / name).write_text(svg, encoding="utf-8")
    (ASSETS / "journey.svg").write_text(record(), encoding="utf-8")
    print(f"{ASSETS}: {', '.join(sorted(path.name for path in ASSETS.iterdir()))}")
    shutil.rmtree(BUILD, ignore_errors=True)
    pictures = asyncio.run(draw_all(BUILD))
    print(f"{BUILD / 'index.html'}: {len(pictures)} pictures")
    print("each as PNG too" if as_png(pictures) else "no PNG: that takes chromium and chromedriver")


if __name__ == "__main__":
    main()
