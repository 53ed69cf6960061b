"""Sends alerts through apprise, in a process of its own that holds no token and reads no `.netrc`."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from wizard.core.errors import BadInput
from wizard.core.text import clean_line
from wizard.core.waiting import POLL_INTERVAL

if TYPE_CHECKING:
    from wizard.core.waiting import Cancel
    from wizard.jobs.alert_message import Alert
    from wizard.jobs.alerting import Address
    from wizard.redaction.redactor import Redactor

MODULE: Final = "wizard.jobs.alert_process"
LIMIT: Final = 90.0
"""Seconds until all addresses that have not answered are given up for this run."""
PROXIES: Final = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
AUTHORITIES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
NOWHERE: Final = os.devnull
"""In the place of a home folder: nothing can lie in it, neither a `.netrc` (T16) nor a configuration of apprise."""
LEAST_PART: Final = 6
"""Characters of a part of an address that counts as a secret."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How it went.

    Args:
        failed: by the name of an address, why its alert was not taken; no secret.
        hosts: that were asked.
    """

    failed: Mapping[str, str]
    hosts: tuple[str, ...]


def require_apprise() -> None:
    """Raise `BadInput` where the extra that sends alerts is not installed; nothing of it is loaded."""
    if importlib.util.find_spec("apprise") is None:
        raise BadInput("alerts", "need the extra of that name: pipx install 'partner-wizard[alerts]'")


def remember_address(address: str, redactor: Redactor) -> None:
    """Have a redactor know an address, and what is secret in it on its own: it may come back in parts."""
    redactor.remember(address)
    try:
        parts = urlsplit(address)
        texts = [parts.username or "", parts.password or "", *parts.path.split("/"), *parts.query.split("&")]
    except ValueError:
        return
    if not set(parts.netloc) & {".", "@"}:
        texts.append(parts.netloc)  # no host: a token
    for text in texts:
        value = text.rpartition("=")[2]
        for each in (value, unquote(value)):
            if len(each) >= LEAST_PART:
                redactor.remember(each)


def send_alerts(
    alerts: Sequence[tuple[Address, Alert]], environ: Mapping[str, str], redactor: Redactor, cancel: Cancel
) -> Delivery:
    """Send each alert to its address, and return how it went.

    Args:
        alerts: with their addresses.
        environ: the environment's variables: proxies, and whom to trust.
        redactor: knows the addresses.
        cancel: ends it.

    Raises:
        Cancelled: the cancel signal was set.
    """
    unknown = {address.name: "it could not be read from the vault" for address, _ in alerts if address.value is None}
    known = [(address, address.value, alert) for address, alert in alerts if address.value is not None]
    if not known:
        return Delivery(unknown, ())
    orders = [
        {
            "address": value.reveal(),
            "is_in_vault": bool(address.vault_secret),
            "subject": alert.subject,
            "text": alert.text,
            "level": alert.level,
        }
        for address, value, alert in known
    ]
    said = _answer_to(json.dumps({"environment": _of_network(environ), "alerts": orders}), cancel)
    if said is None:
        return Delivery(unknown | {each.name: "the process that sends did not end well" for each, _, _ in known}, ())
    failed = unknown | {
        address.name: clean_line(redactor.redact(str(each["why"])), 200)
        for (address, _, _), each in zip(known, said["sent"], strict=True)
        if not each["is_sent"]
    }
    return Delivery(failed, tuple(clean_line(redactor.redact(str(host)), 253) for host in said["hosts"] if host))


def _answer_to(order: str, cancel: Cancel) -> dict[str, Any] | None:
    """Return what the process answers, None where it ended with an error or not at all."""
    environment = {"HOME": NOWHERE, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LC_ALL": "C.UTF-8"}
    process = subprocess.Popen(  # noqa: S603  # our own interpreter and module; no word of it comes from outside
        [sys.executable, "-P", "-m", MODULE],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env=environment, cwd="/", text=True, start_new_session=True,
    )  # fmt: skip
    said: list[str] = []

    def talk() -> None:
        out, _ = process.communicate(order)
        said.append(out)

    talking = threading.Thread(target=talk, name="alerts", daemon=True)
    talking.start()
    left = LIMIT
    while talking.is_alive() and left > 0 and not cancel.is_set:
        talking.join(POLL_INTERVAL)
        left -= POLL_INTERVAL
    if talking.is_alive():
        process.kill()
        talking.join(POLL_INTERVAL)
    cancel.check()
    try:
        answer = json.loads(said[0]) if process.returncode == 0 else None
    except (ValueError, IndexError):
        return None
    return answer if isinstance(answer, dict) else None


def _of_network(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what says how to reach a host, and whom to trust: as for every other request of the program."""
    names = [*PROXIES, *(name.upper() for name in PROXIES), *AUTHORITIES]
    found = {name: environ[name] for name in names if environ.get(name)}
    bundle = found.get("REQUESTS_CA_BUNDLE") or found.get("CURL_CA_BUNDLE", "")
    if bundle and "SSL_CERT_FILE" not in found and "SSL_CERT_DIR" not in found:
        found["SSL_CERT_DIR" if Path(bundle).is_dir() else "SSL_CERT_FILE"] = bundle  # for mail, which uses ssl itself
    return found
