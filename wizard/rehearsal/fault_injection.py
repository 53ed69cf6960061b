"""Where a scene's faults are injected: which request one strikes, and what is sent instead of the answer."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Iterable
from fnmatch import fnmatchcase

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Send

from wizard.rehearsal.choices import FaultBody, Service
from wizard.rehearsal.world import Fault

_HTML = "<html><head><title>Service Unavailable</title></head><body><h2>Service Unavailable</h2></body></html>"


class FaultInjector:
    """The faults of a scene, and how many requests each has matched."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self._lock = threading.Lock()
        self._faults = list(faults)
        self._matched = [0] * len(self._faults)

    def next_fault(self, service: Service | None, method: str, path: str) -> Fault | None:
        """Count a request, and return the fault that strikes it.

        Args:
            service: the service it is for, None for a host that the cloud does not answer for.
            method: its HTTP method.
            path: without the query.

        Returns:
            The first fault that is due, or None if the request is answered well.
        """
        with self._lock:
            due_fault: Fault | None = None
            for number, fault in enumerate(self._faults):
                if not _matches(fault, service, method, path):
                    continue
                self._matched[number] += 1
                turn = self._matched[number] - fault.after
                if due_fault is None and turn > 0 and (not fault.times or turn <= fault.times):
                    due_fault = fault
            return due_fault

    def repair(self) -> None:
        """Let no fault strike any more."""
        with self._lock:
            self._faults, self._matched = [], []

    def change(self, faults: Iterable[Fault]) -> None:
        """Let other faults strike, as if no request had been matched yet; the same ones go on."""
        with self._lock:
            others = list(faults)
            if others != self._faults:
                self._faults, self._matched = others, [0] * len(others)


def _matches(fault: Fault, service: Service | None, method: str, path: str) -> bool:
    return fault.service is service and fault.method in ("", method) and fnmatchcase(path, fault.path)


def breaks_off(fault: Fault) -> bool:
    """Return whether a fault breaks the connection off, so that there is no whole answer."""
    return fault.body in (FaultBody.CUT, FaultBody.RESET)


def error_response(fault: Fault) -> Response:
    """Return the error that a fault with a status is answered with, in the form of its service."""
    headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after else {}
    if fault.body is FaultBody.HTML:
        return HTMLResponse(_HTML, fault.status, headers)
    return JSONResponse(_error_body(fault), fault.status, headers)


def _error_body(fault: Fault) -> dict[str, object]:
    busy = fault.status == 429
    if fault.service is Service.VAULT:
        code = "Throttled" if busy else "ServiceUnavailable"
        message = "Request was not processed because too many requests were received." if busy else "Try again later."
        return {"error": {"code": code, "message": message}}
    if fault.service is Service.PARTNER_CENTER:
        message = f"Rate limit is exceeded. Try again in {fault.retry_after} seconds." if busy else "Try again later."
        return {"statusCode": fault.status, "message": message}
    if fault.service is Service.LOGIN:
        words = "AADSTS90055: The service is busy." if busy else "AADSTS90033: A transient error has occurred."
        return {"error": "temporarily_unavailable", "error_description": words}
    if fault.status == 403:
        words = "Insufficient privileges to complete the operation."
        return {"error": {"code": "Authorization_RequestDenied", "message": words}}
    return {"error": {"code": "TooManyRequests" if busy else "ServiceUnavailable", "message": "Try again later."}}


async def abort_connection(fault: Fault, send: Send) -> None:
    """Break the connection off: with `RESET` before any answer, with `CUT` in the middle of one.

    Raises:
        RuntimeError: the server gives no access to its connection.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if not isinstance(transport, asyncio.Transport):
        raise RuntimeError("uvicorn gave no transport to break off")
    if fault.body is FaultBody.CUT:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"4096")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"id": "cut o', "more_body": True})
        await asyncio.sleep(0.02)
    else:
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
