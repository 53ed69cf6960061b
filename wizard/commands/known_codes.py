"""What `partner-wizard explain` says of a code that stands alone, out of assets/codes.txt: nothing is looked up.

`python -m tests.documented` makes that file of what the command says. Loaded first of all, so it imports hardly
anything.
"""

from __future__ import annotations

import os
import sys

from wizard.core.assets import read_asset
from wizard.core.columns import columns_of, lay_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wizard.core.columns import Paragraph

_CODE = "@"
"""Stands before each code that a page is of."""
_BETWEEN = "\t"
"""Stands between the parts of a paragraph."""


def explain_code(word: str) -> int | None:
    """Print what is said of a code; return 0, or 1 if nobody reads it.

    None where nothing was printed: `word` is no code that is known, or is the name of a file.
    """
    if not is_word(word) or os.path.lexists(word):
        return None
    lines = list(lay_out(page_of(word), columns_of(sys.stdout, os.environ)))
    if not lines:
        return None
    try:
        sys.stdout.write("\n".join([*lines, ""]))
        sys.stdout.flush()
    except OSError as error:
        from wizard.core.streams import end_of_output

        return end_of_output(error)
    return 0


def is_word(text: str) -> bool:
    """Return whether a text can be a code: letters, digits and low lines alone."""
    return text.isascii() and text.replace("_", "").isalnum()


def page_of(word: str) -> Iterator[Paragraph | str]:
    """Yield what is said of a code, nothing where it is not known."""
    code = word.upper() if word[:6].upper() == "AADSTS" else word
    _, found, behind = read_asset("codes.txt").partition(f"\n{_CODE}{code}\n")
    if not found:
        return
    for line in behind.partition(f"\n\n{_CODE}")[0].rstrip("\n").split("\n"):
        if not line.startswith(_CODE):
            first, separator, others = line.partition(_BETWEEN)
            rest, _, words = others.partition(_BETWEEN)
            yield (first, rest, words) if separator else line


def written(pages: Iterable[tuple[list[str], list[Paragraph | str]]]) -> str:
    """Return the text of the file.

    Args:
        pages: the codes that a page is of, and the page.
    """
    lines = [""]
    for codes, page in pages:
        lines += [f"{_CODE}{code}" for code in codes]
        lines += [each if isinstance(each, str) else _BETWEEN.join(each) for each in page]
        lines.append("")
    return "\n".join(lines)
