"""Where everything is kept that outlives a process. Imports next to nothing: `status` is to answer at once.

platformdirs says the same of both systems, and takes longer to load than `status` to answer.
"""

from __future__ import annotations

import os

from wizard.core.home import home_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

OWN_FOLDER = "partner-wizard"


def state_folder(environ: Mapping[str, str], system: str = os.name) -> str:
    """Return the state folder: $XDG_STATE_HOME/partner-wizard, else ~/.local/state/partner-wizard.

    On Windows %LOCALAPPDATA%\\partner-wizard, which is not carried from one machine to the next: locks are not, either.

    Args:
        environ: the variables.
        system: as `os.name` names it.
    """
    base = environ.get("XDG_STATE_HOME", "")
    if os.path.isabs(base):
        return os.path.join(base, OWN_FOLDER)
    if system == "nt":
        base = environ.get("LOCALAPPDATA", "") or os.path.join(os.path.expanduser("~"), "AppData", "Local")
    else:
        base = os.path.join(home_folder(environ), ".local", "state")
    return os.path.join(base, OWN_FOLDER)
