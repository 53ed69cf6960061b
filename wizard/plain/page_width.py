"""Lines as a terminal shows them best: wrapped to its width with hanging indents, in colour where it has some."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TextIO

from wizard.catalogue.prose import wrap_prose
from wizard.core.columns import columns_of
from wizard.core.wording import FAILS_SIGN, HOLDS_SIGN

FIELD_INDENT: Final = "    "
"""What stands before "to do: …" and the other fields below a finding."""
_BEGINNING: Final = re.compile(rf" *(?:(?:[{HOLDS_SIGN}{FAILS_SIGN}!?▸·◇◆•-]|\d{{1,2}}\.?) +)?")
"""What the lines below the first one hang under: blanks, and the sign or number of an item."""
_COLORS: Final = {HOLDS_SIGN: "32", "◇": "32", FAILS_SIGN: "1;31", "!": "33", "?": "36", "◆": "1;36", "·": "2"}
"""The colour of a line's sign: as on the screens, green is proven, amber warns, red fails."""
_SIGN: Final = re.compile(rf"^( *)([{re.escape(''.join(_COLORS))}])(?= )")


@dataclass(frozen=True, slots=True)
class PageWidth:
    """How lines are laid out.

    Args:
        columns: to wrap at; 0 leaves lines as they are, as files and other programs want them.
        has_color: whether signs are coloured.
    """

    columns: int = 0
    has_color: bool = False

    def lay_out(self, text: str) -> str:
        """Return a text of several lines, laid out."""
        return "\n".join(laid_out for line in text.split("\n") for laid_out in self._lines(line))

    def _lines(self, line: str) -> list[str]:
        if self.columns and len(line) > self.columns and (beginning := _BEGINNING.match(line)):
            first = beginning[0]
            hangs_under = len(first) + (2 if first == FIELD_INDENT else 0)
            lines = wrap_prose(line[len(first) :], self.columns, first, " " * hangs_under)
        else:
            lines = [line]
        return [self._in_color(lines[0]), *lines[1:]] if lines and self.has_color else lines

    @staticmethod
    def _in_color(line: str) -> str:
        return _SIGN.sub(lambda found: f"{found[1]}\x1b[{_COLORS[found[2]]}m{found[2]}\x1b[0m", line, count=1)


def page_width_of(stream: TextIO, environ: Mapping[str, str] = os.environ, *, no_color: bool = False) -> PageWidth:
    """Return how to lay out lines on a stream: only a terminal has a width and colours.

    Args:
        stream: that is written to.
        environ: the environment's variables; NO_COLOR with any value, and TERM=dumb, mean no colour.
        no_color: of --no-color.
    """
    if not stream.isatty():
        return PageWidth()
    is_plain = no_color or bool(environ.get("NO_COLOR")) or environ.get("TERM", "dumb") in {"", "dumb"}
    return PageWidth(columns_of(stream, environ), has_color=not is_plain)
