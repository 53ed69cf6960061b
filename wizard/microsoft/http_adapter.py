"""What sends every request of the session, within its limits, and records it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import requests

from wizard.core.errors import ForeignHost, Unreachable
from wizard.core.findings import SupportIds
from wizard.core.text import clean_line
from wizard.core.trouble import Trouble
from wizard.core.waiting import Cancel
from wizard.microsoft.exchanges import Exchange
from wizard.microsoft.http_response import url_host
from wizard.microsoft.network_errors import read_network_error
from wizard.microsoft.response_sanitizer import sanitize_response
from wizard.microsoft.transport import ANSWER_LIMIT, CONNECT_LIMIT, FreshConnections
from wizard.microsoft.wire_redaction import redact_answer, remember_request_secrets

if TYPE_CHECKING:
    from wizard.microsoft.http import Http

SIZE_CAP: Final = 2_000_000
"""Bytes of an answer, unpacked; no answer of these services comes near."""


@dataclass(frozen=True, slots=True)
class PendingRequest:
    """A request under way: to which host, since when, and when it is given up at the latest (aware, UTC)."""

    host: str
    since: datetime
    until: datetime


class HttpAdapter(FreshConnections):
    """Sends every request of the session: in a thread of its own, so that a cancel never waits for a slow service."""

    def __init__(self, http: Http) -> None:
        super().__init__()
        self._http = http

    def send(self, request: requests.PreparedRequest, *_unused: object, **options: Any) -> requests.Response:
        """As the session asks for it.

        Raises:
            ForeignHost: the host is none that may be asked.
            Unreachable: there is no file with the authorities to trust.
            Cancelled: the cancel signal was set.
        """
        http, url = self._http, request.url or ""
        host, scheme = url_host(url), urlsplit(url).scheme
        if not http.is_allowed(host, scheme):
            raise ForeignHost(clean_line(host, 200))
        cancel: Cancel = getattr(http._own, "cancel", http.cancel)
        cancel.check()
        verify = http.cloud.ca_bundle or options.get("verify", True)
        if isinstance(verify, str) and not Path(verify).exists():  # requests would raise a bare OSError
            where = "ca_bundle of the cloud file" if http.cloud.ca_bundle else "REQUESTS_CA_BUNDLE"
            detail = f"no certificate can be checked: {where} names {verify}, which is not there"
            raise Unreachable(host, Trouble.TLS, detail)
        limit: float | None = getattr(http._own, "limit", None)
        settled: dict[str, Any] = {
            "timeout": (limit, limit) if limit else (CONNECT_LIMIT, ANSWER_LIMIT),
            "verify": verify if verify is not False else True,  # no way to switch the check off
            "proxies": options.get("proxies"),
            "stream": True,
        }
        exchange: list[requests.Response | BaseException] = []
        # Settled here: the thread goes on after its request was given up, when others are watching other requests.
        watch: Callable[[requests.Response], None] | None = getattr(http._own, "watch", None)
        given_up = threading.Event()

        def go() -> None:
            try:
                response = super(HttpAdapter, self).send(request, **settled)
                if watch is not None and not given_up.is_set():
                    watch(response)
                _read_capped(response)
                exchange.append(response)
            except BaseException as error:  # noqa: BLE001  # carried over to the caller's thread
                exchange.append(error)

        thread = threading.Thread(target=go, name="http", daemon=True)
        now, longest = http.clock.now(), limit or ANSWER_LIMIT + CONNECT_LIMIT
        http.pending_request = PendingRequest(host, now, now + timedelta(seconds=longest))
        remember_request_secrets(http.redactor, request, options.get("proxies"))
        since = time.monotonic()
        thread.start()
        waited = 0.0
        while thread.is_alive() and not cancel.is_set and waited < longest:
            thread.join(0.1)
            waited += 0.1
        given_up.set()
        http.pending_request = None
        result = exchange[0] if exchange else None
        http.exchanges.append(_exchange(http, request, result, now, time.monotonic() - since))
        cancel.check()
        if result is None:
            raise requests.exceptions.ReadTimeout("no whole answer within the limit", request=request)
        if isinstance(result, BaseException):
            raise result
        sanitize_response(result, host, grants=host == http.cloud.login or host in http._identity_hosts)
        if host in http._sanitizers:
            http._sanitizers[host](result)
        return result


def _exchange(
    http: Http,
    request: requests.PreparedRequest,
    result: requests.Response | BaseException | None,
    at: datetime,
    seconds: float,
) -> Exchange:
    """Read an answer before anybody else does, take secrets out of a refusal, and give the record of the exchange."""
    url = request.url or ""
    host, path = url_host(url), clean_line(http.redactor.redact(urlsplit(url).path), 300)
    status, error, ids = 0, "no whole answer within the limit", SupportIds()
    if isinstance(result, requests.Response):
        status = result.status_code
        error, ids = redact_answer(http.redactor, result)
    elif result is not None:
        error = clean_line(http.redactor.redact(read_network_error(result, host).detail))
    return Exchange(request.method or "", host, path, status, http.reason, at, seconds, error, ids)


def _read_capped(response: requests.Response) -> None:
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_content(65_536):
        size += len(chunk)
        if size > SIZE_CAP:
            response.close()
            raise requests.exceptions.ContentDecodingError("the answer is too large")
        chunks.append(chunk)
    response._content = b"".join(chunks)  # how requests itself marks a body as read
    response._content_consumed = True  # type: ignore[attr-defined]
