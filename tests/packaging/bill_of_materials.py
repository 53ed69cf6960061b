"""Makes of what cyclonedx-py writes the bill of materials that the wheel carries: the same on every machine.

Run by `make lock` with any Python: it reads standard input, and writes standard output.
"""

from __future__ import annotations

import json
import sys
from typing import Any

ADDRESSES = "externalReferences"
"""Where a part comes from, on whose pages: not for a list of what is in the wheel."""


def without_addresses(bill: dict[str, Any]) -> dict[str, Any]:
    """Return the bill without addresses, in its parts and in the tools that wrote it."""
    return {key: _cleaned(value) for key, value in bill.items() if key != ADDRESSES}


def _cleaned(value: object) -> object:
    if isinstance(value, dict):
        return without_addresses(value)
    return [_cleaned(each) for each in value] if isinstance(value, list) else value


if __name__ == "__main__":
    json.dump(without_addresses(json.load(sys.stdin)), sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")
