"""The cloud's front door: every request is read, logged, perhaps spoilt by a fault, and handed to its service."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wizard.rehearsal.clock import RehearsalClock
from wizard.rehearsal.faults import Faults, break_off, spoilt_answer
from wizard.rehearsal.names import Names
from wizard.rehearsal.world import Service

_LONGEST_BODY = 1_000_000


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request the cloud answered; of query and form only the names. Status 0: the connection was broken off."""

    method: str
    host: str
    path: str
    query: tuple[str, ...]
    form: tuple[str, ...]
    status: int
    at: datetime


class Log:
    """The requests answered so far; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._exchanges: list[Exchange] = []

    def add(self, exchange: Exchange) -> None:
        """Adds a request."""
        with self._lock:
            self._exchanges.append(exchange)

    def all(self) -> list[Exchange]:
        """A copy."""
        with self._lock:
            return list(self._exchanges)


class Front:
    """The ASGI application that uvicorn serves."""

    def __init__(
        self,
        services: Mapping[Service, Starlette],
        names: Names,
        faults: Faults,
        log: Log,
        clock: RehearsalClock,
        clock_ahead: timedelta = timedelta(),
    ) -> None:
        self._services = services
        self._names = names
        self._faults = faults
        self._log = log
        self._clock = clock
        self._ahead = clock_ahead

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            return
        body = await _whole_body(receive)
        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        host = headers.get("host", "")
        service = self._names.service_of(host)
        if service is Service.VAULT and len(scope["path"]) > 1:
            scope["path"] = scope["path"].rstrip("/")  # the client asks for the newest version as /secrets/name/
        fault = self._faults.next(service, scope["method"], scope["path"])
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        sender = self._logged(scope, host, headers, body, send)
        if fault is not None and fault.body in ("cut", "reset"):
            self._note(scope, host, headers, body, 0)
            await break_off(fault, send)
        elif fault is not None and fault.status:
            await spoilt_answer(fault)(scope, _replay(body), sender)
        elif service is None:
            await _plain(sender, 421, b"This cloud does not answer for that host.")
        else:
            app: ASGIApp = self._services[service]
            await app(scope, _replay(body), sender)

    def _logged(self, scope: Scope, host: str, headers: Mapping[str, str], body: bytes, send: Send) -> Send:
        async def sender(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._note(scope, host, headers, body, message["status"])
                message.setdefault("headers", [])
                date = format_datetime(self._clock.now() + self._ahead, usegmt=True)
                message["headers"] = [*message["headers"], (b"date", date.encode())]
            await send(message)

        return sender

    def _note(self, scope: Scope, host: str, headers: Mapping[str, str], body: bytes, status: int) -> None:
        query = tuple(name for name, _ in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        form: tuple[str, ...] = ()
        if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            form = tuple(name for name, _ in parse_qsl(body.decode("latin-1"), keep_blank_values=True))
        self._log.add(Exchange(scope["method"], host, scope["path"], query, form, status, self._clock.now()))


async def _whole_body(receive: Receive) -> bytes:
    body = b""
    while len(body) <= _LONGEST_BODY:
        message = await receive()
        body += message.get("body", b"")
        if message["type"] != "http.request" or not message.get("more_body"):
            break
    return body


def _replay(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _plain(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
