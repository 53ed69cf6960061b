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
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import Any, Final

LONGEST_LINE: Final = 2_000
"""Bytes of what is sent in which a host is looked for."""
THROUGH_PROXY: Final = re.compile(r"\A(?:CONNECT |[A-Z]{1,10} https?://)([A-Za-z0-9.-]{1,253})")
"""How what is sent to a proxy begins, and the host behind it."""
OF_FILES: Final = ("template", "keyfile", "subfile", "pgp_key", "pgp_privkey")
"""What apprise calls the files of this machine that an address may have it read, and some of them sent."""
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
SECONDS_FOR_ONE: Final = 30.0
"""That an address may say nothing."""
SECONDS_FOR_ALL: Final = 80.0
"""Until those that still say something are given up: before the whole process is, with what the others took."""
STACK: Final = 4 * 2**20
"""Bytes for each thread."""
MEMORY: Final = 400_000_000
"""Bytes: libraries read an answer whole, and one may have no end."""


def main() -> int:
    """Send what standard input says, and write how it went."""
    from wizard.core.process import guard_memory
    from wizard.microsoft.transport import follow_no_redirect

    guard_memory()
    limit_memory()
    follow_no_redirect()
    order = json.load(sys.stdin)
    os.environ.update(order["environment"])  # of this process alone: /proc shows only what it was started with
    hosts: dict[str, None] = {}
    note_hosts(hosts)
    pool = ThreadPoolExecutor(len(order["alerts"]))  # one that does not answer keeps none from the others
    sent = outcomes([pool.submit(send_one, each) for each in order["alerts"]], SECONDS_FOR_ALL)
    json.dump({"sent": sent, "hosts": list(hosts)}, sys.stdout)
    sys.stdout.flush()
    return 0


def limit_memory() -> None:
    """Keep an answer without an end from taking the memory of the machine; whoever reads it gets an error."""
    with suppress(ImportError, OSError, ValueError):  # Windows; or less is allowed already
        import resource

        threading.stack_size(STACK)  # that of the shell may be huge, and each thread's counts
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def outcomes(begun: list[Future[dict[str, Any]]], seconds: float) -> list[dict[str, Any]]:
    """Return how each ended, once all have or `seconds` are over: then some are given up, and go on."""
    ended, _ = wait(begun, seconds)
    return [_outcome(each) if each in ended else _failed(f"it did not end in {seconds:.0f} seconds") for each in begun]


def _outcome(ended: Future[dict[str, Any]]) -> dict[str, Any]:
    error = ended.exception()
    return ended.result() if error is None else _failed(f"what it answered could not be read ({type(error).__name__})")


def _failed(why: str) -> dict[str, Any]:
    return {"is_sent": False, "why": why}


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
        return _failed("it is no address that apprise understands")
    if not service.verify_certificate:
        return _failed("it turns the check of certificates off")
    if service.password and is_open(service):
        return _failed("its scheme sends a password unencrypted; take the one with TLS, such as jsons or mailtos")
    if alert.get("is_in_vault") and any(getattr(service, name, None) for name in OF_FILES):
        return _failed("it names a file, which an address in a vault may not")
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


def is_open(service: Any) -> bool:
    """Return whether everybody on the way to another machine reads what is sent: plain http, or mail without TLS."""
    if service.host in LOOPBACK:
        return False
    if hasattr(service, "secure_mode"):  # mail, whose address may turn TLS off by itself (T22)
        return str(service.secure_mode) == "insecure"
    schemes = service.protocol or ()
    return service.schema in {"http", *((schemes,) if isinstance(schemes, str) else schemes)}


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
    os._exit(main())  # those that were given up are not waited for
