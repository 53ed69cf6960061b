"""What the program runs on: versions, terminal, locale, clock, and which settings of the environment are there."""

from __future__ import annotations

import os
import platform
import re
import shutil
import ssl
import sys
import time
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final
from urllib.parse import urlsplit

from wizard import __version__
from wizard.core.late_pattern import late_pattern
from wizard.core.timestamps import timestamp

LIBRARIES: Final = (
    *("textual", "msal", "azure-identity", "azure-keyvault-secrets", "azure-core", "requests", "urllib3", "certifi"),
    *("cryptography", "PyJWT", "qrcode"),
)
SETTINGS: Final = late_pattern(
    r"(https?|all|no)_proxy|(requests|curl)_ca_bundle|ssl_cert_(file|dir)|no_color|xdg_state_home|tz"
    r"|(azure|msi|identity|imds)_\w+",
    re.IGNORECASE,
)
"""Variables whose presence says something; of their values only a proxy's host and port are reported."""


def environment(environ: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Return what a support engineer asks for first, without a secret.

    Args:
        environ: the environment's variables.
        now: aware.
    """
    return {
        "program": {"partner-wizard": __version__, **{name: _version(name) for name in LIBRARIES}},
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "openssl": ssl.OPENSSL_VERSION,
        "system": _system(),
        "terminal": _terminal(environ),
        "locale": {
            **{name: environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if name in environ},
            "file_names": sys.getfilesystemencoding(),
        },
        "time_zone": {"name": time.tzname[0], "utc_offset_seconds": _offset(now)},
        "utc_clock": timestamp(now),
        "settings_present": sorted(name for name, value in environ.items() if value and SETTINGS.fullmatch(name)),
        "proxies": {
            name: _host_and_port(environ[name])
            for name in sorted(environ)
            if environ[name] and re.fullmatch(r"(https?|all)_proxy", name, re.IGNORECASE)
        },
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _system() -> str:
    try:
        named = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:
        named = ""
    return " · ".join(each for each in (named, platform.system(), platform.release(), platform.machine()) if each)


def _terminal(environ: Mapping[str, str]) -> dict[str, Any]:
    size = shutil.get_terminal_size((0, 0))
    return {
        **{name: environ[name] for name in ("TERM", "COLORTERM", "TERM_PROGRAM") if name in environ},
        "columns": size.columns,
        "lines": size.lines,
        "standard_input_is_terminal": _is_terminal(sys.__stdin__),
        "standard_error_is_terminal": _is_terminal(sys.__stderr__),
        "over_ssh": "SSH_CONNECTION" in environ,
        "in_tmux_or_screen": "TMUX" in environ or "STY" in environ,
        "user_is_root": hasattr(os, "geteuid") and os.geteuid() == 0,
    }


def _is_terminal(stream: Any) -> bool:
    return stream is not None and not stream.closed and bool(stream.isatty())


def _offset(now: datetime) -> int:
    offset = now.astimezone().utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _host_and_port(address: str) -> str:
    """Return the host and port of a proxy's address, never its user name and password."""
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "not readable"
    return f"{parts.hostname}{port}" if parts.hostname else "not readable"
