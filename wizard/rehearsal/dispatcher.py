"""The way of every request: it is read and logged, a fault of the scene may strike it, and its service answers it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from email.utils import format_datetime
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wizard.rehearsal.choices import Service
from wizard.rehearsal.clock import RehearsalClock
from wizard.rehearsal.estate import Estate
from wizard.rehearsal.fault_injection import abort_connection, breaks_off, error_response
from wizard.rehearsal.host_names import HostNames
from wizard.rehearsal.request_log import LoggedRequest, RequestLog

_MAX_BODY_BYTES = 1_000_000


class Dispatcher:
    """The ASGI application that uvicorn serves.

    Args:
        estate: tells whose a request is, which faults may strike it and what answers it.
        names: tells the service by the Host header.
        log: gets every request.
        clock: the cloud's clock, for the Date header.
        date_ahead: returns how far the Date header is ahead of that clock.
    """

    def __init__(
        self,
        estate: Estate,
        names: HostNames,
        log: RequestLog,
        clock: RehearsalClock,
        date_ahead: Callable[[], timedelta] = timedelta,
    ) -> None:
        self._estate = estate
        self._names = names
        self._log = log
        self._clock = clock
        self._date_ahead = date_ahead

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        body = await _whole_body(receive)
        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        host = headers.get("host", "")
        service = self._names.service_of(host)
        if service is Service.VAULT and len(scope["path"]) > 1:
            scope["path"] = scope["path"].rstrip("/")  # the client asks for the newest version as /secrets/name/
        logged_send = self._logged(scope, host, headers, body, send)
        resident = self._estate.resident(service, scope["path"], headers.get("authorization", ""))
        fault = resident.injector.next_fault(service, scope["method"], scope["path"])
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        if fault is not None and breaks_off(fault):
            self._log_request(scope, host, headers, body, 0)
            await abort_connection(fault, send)
        elif fault is not None and fault.status:
            await error_response(fault)(scope, _replay(body), logged_send)
        elif service is None:
            await _send_text(logged_send, 421, b"This cloud does not answer for that host.")
        else:
            app: ASGIApp = self._estate.application(resident, service)
            await app(scope, _replay(body), logged_send)

    def _logged(self, scope: Scope, host: str, headers: Mapping[str, str], body: bytes, send: Send) -> Send:
        """Return a `send` that logs the request once its status is known, and adds the Date header."""

        async def logged_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._log_request(scope, host, headers, body, message["status"])
                message.setdefault("headers", [])
                date = format_datetime(self._clock.now() + self._date_ahead(), usegmt=True)
                message["headers"] = [*message["headers"], (b"date", date.encode())]
            await send(message)

        return logged_send

    def _log_request(self, scope: Scope, host: str, headers: Mapping[str, str], body: bytes, status: int) -> None:
        query = _names_of(scope["query_string"])
        is_form = headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        form = _names_of(body) if is_form else ()
        self._log.add(LoggedRequest(scope["method"], host, scope["path"], query, form, status, self._clock.now()))


def _names_of(form: bytes) -> tuple[str, ...]:
    return tuple(name for name, _ in parse_qsl(form.decode("latin-1"), keep_blank_values=True))


async def _whole_body(receive: Receive) -> bytes:
    body = b""
    while len(body) <= _MAX_BODY_BYTES:
        message = await receive()
        body += message.get("body", b"")
        if message["type"] != "http.request" or not message.get("more_body"):
            break
    return body


def _replay(body: bytes) -> Receive:
    """Return a `receive` that gives a body that was read already."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _send_text(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
