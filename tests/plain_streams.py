"""Streams that a plain run writes to, as tests make them."""

from __future__ import annotations

import io


class TerminalStream(io.StringIO):
    """A stream that is a terminal of no known size."""

    def isatty(self) -> bool:
        return True
