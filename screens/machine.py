"""The machine that the wizard runs on, as far as a sign-in in a browser needs to know it."""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from wizard.core.text import clean_line

OPENS_WITHIN: Final = 15.0
"""Seconds after which a browser that neither came nor failed is taken not to come."""
_OPEN: Final = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"


def open_in_browser(address: str) -> bool:
    """Open `address` in this machine's browser; gives whether one took it. Takes some seconds where it is started.

    In a process of its own, without the terminal: what a browser writes would go over the screen, and one for
    terminals would take the keys. Isolated, so that no module of the working folder is loaded.
    """
    try:
        ended = subprocess.run(  # noqa: S603  # no shell reads it, and the address is an argument of its own
            [sys.executable, "-I", "-c", _OPEN, address],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            timeout=OPENS_WITHIN,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 0


@dataclass(frozen=True, slots=True)
class Machine:
    """What can be done on a machine.

    Args:
        user: who runs the wizard.
        host: the machine's name.
        is_remote: whether the wizard is used over SSH.
        has_browser: whether a browser can be opened here, in sight of the person.
        shows_links: whether the terminal takes a link behind a text (OSC 8).
        open_address: opens an address in the browser; gives whether one took it. Called in a thread of its own.
    """

    user: str
    host: str
    is_remote: bool
    has_browser: bool
    shows_links: bool
    open_address: Callable[[str], bool] = open_in_browser

    def forwarding(self, port: int) -> str:
        """The command that, run on the person's own machine, leads its `port` to this one's."""
        return f"ssh -L {port}:localhost:{port} {self.user}@{self.host}"


def machine_of(environ: Mapping[str, str], platform: str, user: str, host: str) -> Machine:
    """The machine that these variables, and this `sys.platform`, tell of."""
    is_remote = bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))
    has_desktop = platform in {"darwin", "win32"} or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))
    terminal = environ.get("TERM", "")
    # GNU screen draws what is too long of a link as text; it and tmux may both call themselves "screen".
    is_screen = bool(environ.get("STY")) or (terminal.startswith("screen") and not environ.get("TMUX"))
    shows_links = not is_screen and not terminal.startswith(("linux", "vt", "dumb"))
    return Machine(clean_line(user), clean_line(host), is_remote, has_desktop and not is_remote, shows_links)


def this_machine() -> Machine:
    """The machine that the wizard runs on."""
    try:
        user = getpass.getuser()
    except (ImportError, KeyError, OSError):  # who has no name on this machine
        user = "you"
    return machine_of(os.environ, sys.platform, user, socket.gethostname())
