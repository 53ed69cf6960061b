"""Whether screens can be drawn here, and how."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def screen_obstacle() -> str:
    """Return why no screen can be drawn, "" if one can. Textual draws on standard error and reads standard input."""
    for stream, name in ((sys.__stdin__, "standard input"), (sys.__stderr__, "standard error")):
        if stream is None or stream.closed or not stream.isatty():
            return f"{name} is not a terminal"
    if os.environ.get("TERM", "") in {"", "dumb"}:
        return "this terminal cannot draw (TERM is empty or dumb)"
    return ""


def turn_off_color() -> None:
    """Let Textual draw without colour; it reads the variable when its app is made."""
    os.environ["NO_COLOR"] = "1"


def is_ascii(options: argparse.Namespace) -> bool:
    """Return whether to draw ASCII alone: by --ascii, or because the terminal's encoding has no other signs."""
    encoding = getattr(sys.__stderr__, "encoding", None) or "ascii"
    return bool(options.ascii) or not encoding.lower().startswith("utf")
