"""Where everything is kept that outlives a process. Imports nothing: `status` is to answer at once."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

OWN_FOLDER = "partner-wizard"


def state_folder(environ: Mapping[str, str]) -> str:
    """Return the state folder: $XDG_STATE_HOME/partner-wizard, else ~/.local/state/partner-wizard."""
    base = environ.get("XDG_STATE_HOME", "")
    if not base.startswith("/"):
        base = os.path.join(os.path.expanduser(environ.get("HOME", "~")), ".local", "state")
    return os.path.join(base, OWN_FOLDER)
