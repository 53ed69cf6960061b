"""Answers that go wrong: busy, broken, HTML instead of JSON, cut off, late."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Iterable
from fnmatch import fnmatchcase

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Send

from wizard.rehearsal.world import Body, Fault, Service

_HTML = "<html><head><title>Service Unavailable</title></head><body><h2>Service Unavailable</h2></body></html>"


class Faults:
    """The faults of a scene and how often each has struck."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self._lock = threading.Lock()
        self._faults = list(faults)
        self._met = [0] * len(self._faults)

    def next(self, service: Service | None, method: str, path: str) -> Fault | None:
        """The fault that strikes this request, counting it; None where it is answered well."""
        with self._lock:
            struck: Fault | None = None
            for number, fault in enumerate(self._faults):
                if not _meets(fault, service, method, path):
                    continue
                self._met[number] += 1
                due = self._met[number] - fault.after
                if struck is None and due > 0 and (not fault.times or due <= fault.times):
                    struck = fault
            return struck

    def mend(self) -> None:
        """No fault strikes any more."""
        with self._lock:
            self._faults, self._met = [], []


def _meets(fault: Fault, service: Service | None, method: str, path: str) -> bool:
    return fault.service is service and fault.method in ("", method) and fnmatchcase(path, fault.path)


def spoilt_answer(fault: Fault) -> Response:
    """The answer of a fault that has one, in the words of its service."""
    headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after else {}
    if fault.body is Body.HTML:
        return HTMLResponse(_HTML, fault.status, headers)
    return JSONResponse(_words(fault), fault.status, headers)


def _words(fault: Fault) -> dict[str, object]:
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
    return {"error": {"code": "TooManyRequests" if busy else "ServiceUnavailable", "message": "Try again later."}}


async def break_off(fault: Fault, send: Send) -> None:
    """Resets the connection, before any answer or in the middle of one."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if not isinstance(transport, asyncio.Transport):
        raise RuntimeError("the server's transport is out of reach")
    if fault.body is Body.CUT:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"4096")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"id": "cut o', "more_body": True})
        await asyncio.sleep(0.02)
    else:
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
