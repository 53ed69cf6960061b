"""Markdown in which nothing but our own marks is markup: names and words of services make no link, picture or HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ID = r"[a-z]+\.[a-z_]+(?: [A-Za-z0-9_]+)?\](?![(\[:])"
"""Of a check, with a code: by it `explain` knows what was pasted, and it is markup of no kind."""
_MARKUP = re.compile(rf"\\*(?:<|\[(?!{_ID}))")


def as_page(lines: Iterable[str]) -> str:
    """Return a page of Markdown; none of our own brackets is markup."""
    return _MARKUP.sub(_escaped, "\n".join(lines))


def _escaped(found: re.Match[str]) -> str:
    """Return a bracket as a text, behind what backslashes there are before it, each as a text as well."""
    before, bracket = found[0][:-1], found[0][-1]
    return f"{before * 2}\\{bracket}"
