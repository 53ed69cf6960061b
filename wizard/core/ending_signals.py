"""The signals that end the program, which gives the terminal back before it exits with 128 + the signal's number."""

from __future__ import annotations

import signal
from typing import Final

_NAMES: Final = ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM")
ENDING_SIGNALS: Final = tuple(getattr(signal, name) for name in _NAMES if hasattr(signal, name))
"""Those that this system has: Windows knows no SIGHUP and no SIGQUIT."""
