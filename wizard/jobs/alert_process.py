"""The process that sends alerts: it holds no token, and learns what to send from its standard input alone.

Started by `alert_sending`. Nothing secret is in its arguments or in the environment that it is started with: addresses,
texts, and a proxy that may have a password, come in as JSON. It says, as JSON, which address took its alert, and which
hosts were asked.
"""

from __future__ import annotations

import json
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

LONGEST_LINE: Final = 2_000
"""Bytes of what is sent in which a host is looked for."""
THROUGH_PROXY: Final = re.compile(r"\A(?:CONNECT |[A-Z]{1,10} https?://)([A-Za-z0-9.-]{1,253})")
"""How what is sent to a proxy begins, and the host behind it."""
OF_FILES: Final = ("template", "keyfile", "subfile", "pgp_key")
"""What apprise calls the files of this machine that an address may have it read, and some of them sent."""
SECONDS_FOR_ONE: Final = 30.0
"""Until an address is given up for this run."""


def main() -> int:
    """Send what standard input says, and write how it went."""
    from wizard.core.process import guard_memory

    guard_memory()
    order = json.load(sys.stdin)
    os.environ.update(order["environment"])  # of this process alone: /proc shows only what it was started with
    hosts: dict[str, None] = {}
    note_hosts(hosts)
    with ThreadPoolExecutor(len(order["alerts"])) as pool:  # one that does not answer keeps none from the others
        sent = list(pool.map(send_one, order["alerts"]))
    json.dump({"sent": sent, "hosts": list(hosts)}, sys.stdout)
    return 0


def send_one(alert: dict[str, Any]) -> dict[str, Any]:
    """Return whether an address took its alert, and what apprise says of it where it did not (T22).

    Args:
        alert: "address", "subject", "text" and "level"; "is_in_vault" where the vault says it.
    """
    from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType, OverflowMode, PersistentStoreMode

    asset = AppriseAsset(
        app_id="partner-wizard",
        app_desc="Partner Center onboarding",
        app_url="",
        storage_mode=PersistentStoreMode.MEMORY.value,
        secure_logging=True,
        service_timeout=SECONDS_FOR_ONE,
    )
    service = Apprise.instantiate(alert["address"], asset=asset, suppress_exceptions=True)
    if service is None:
        return {"is_sent": False, "why": "it is no address that apprise understands"}
    if not service.verify_certificate:
        return {"is_sent": False, "why": "it turns the check of certificates off"}
    if alert.get("is_in_vault") and any(getattr(service, name, None) for name in OF_FILES):
        return {"is_sent": False, "why": "it names a file, which an address in a vault may not"}
    if "overflow=" not in alert["address"].lower():
        service.overflow_mode = OverflowMode.SPLIT  # a chat takes two thousand characters at a time
    services = Apprise(asset=asset)
    services.add(service)
    result = services.notify(
        body=alert["text"],
        title=alert["subject"],
        notify_type=NotifyType(alert["level"]),
        body_format=NotifyFormat.TEXT,  # apprise escapes it for whatever the service takes
        interpret_escapes=False,
    )
    why = [str(entry.message) for entry in result.logs()]
    return {"is_sent": bool(result), "why": why[-1] if why else "it did not take it"}


def note_hosts(hosts: dict[str, None]) -> None:
    """Take note of every host that is asked from now on, also of those behind a proxy."""

    def asked(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.getaddrinfo" and isinstance(arguments[0], str):
            hosts[arguments[0]] = None
        elif event == "http.client.send" and isinstance(data := arguments[1], bytes) and (host := host_behind(data)):
            hosts[host] = None

    sys.addaudithook(asked)


def host_behind(sent: bytes) -> str:
    """Return the host that a proxy is asked for, "" where it is none that is asked."""
    found = THROUGH_PROXY.match(sent[:LONGEST_LINE].decode("latin-1"))
    return found[1] if found else ""


if __name__ == "__main__":
    sys.exit(main())
