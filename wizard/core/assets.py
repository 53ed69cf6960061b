"""Reads the data that comes with the program; `importlib.resources` takes longer to load than a file to read."""

from __future__ import annotations

import assets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def read_asset(name: str) -> str:
    """Return the text of a file of the package `assets`.

    Args:
        name: of the file, such as "checks.json".
    """
    loader: Any = assets.__loader__
    return str(loader.get_data(f"{assets.__path__[0]}/{name}"), "utf-8")
