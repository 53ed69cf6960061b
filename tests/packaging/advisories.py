"""Says whether a source of advisories can be reached, for `make audit`: exit 0 if it can, 3 if it cannot.

A source that answers is asked of a release that has an advisory: a proxy's own page, or an empty list, is no source.
"""

from __future__ import annotations

import sys
import threading
from typing import Final

SOURCE: Final = "https://api.osv.dev/v1/query"
KNOWN_BAD: Final = {"package": {"name": "requests", "ecosystem": "PyPI"}, "version": "2.32.3"}
"""Of CVE-2024-47081."""
LIMIT: Final = 5.0
"""Seconds, the resolver's included."""
UNREACHED: Final = 3


def trouble_with(source: str, limit: float) -> str:
    """Return why no advisories can be had from there; "" if they can.

    Args:
        source: the address that is asked.
        limit: seconds until it counts as not reached.
    """
    found = [f"no answer within {limit:g} s"]
    asking = threading.Thread(target=lambda: found.insert(0, _answer_of(source, limit)), daemon=True)
    asking.start()
    asking.join(limit)
    return found[0]


def _answer_of(source: str, limit: float) -> str:
    import requests

    try:
        answer = requests.post(source, json=KNOWN_BAD, timeout=limit, allow_redirects=False)
        known = answer.status_code == 200 and bool(answer.json().get("vulns"))
    except (requests.RequestException, AttributeError) as why:
        return type(why).__name__
    return "" if known else f"it answered {answer.status_code}, and not with the advisory of a release that has one"


def main() -> int:
    """Ask, and say what came of it if nothing did."""
    trouble = trouble_with(SOURCE, LIMIT)
    if trouble:
        print(f"pip-audit: skipped. No advisory source could be reached ({SOURCE}: {trouble}).")
        print("What is installed was compared with the floors of pyproject.toml alone (tests/packaging/test_locks.py).")
    return UNREACHED if trouble else 0


if __name__ == "__main__":
    sys.exit(main())
