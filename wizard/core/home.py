"""The home folder, also where the environment does not say it. Imports nothing: `status` is to answer at once."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def home_folder(environ: Mapping[str, str]) -> str:
    """Return HOME if it is a path; else what the system has for this user, "/" where it has nothing."""
    home = environ.get("HOME", "")
    if os.path.isabs(home):
        return home
    try:
        import pwd
    except ImportError:  # Windows, where ~ does not depend on HOME
        return os.path.expanduser("~")

    try:
        home = pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return "/"
    return home if home.startswith("/") else "/"
