"""What sends every request of the session, within its limits, and records it."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

from wizard.core.errors import Unreachable
from wizard.core.findings import SupportIds
from wizard.core.text import clean_line
from wizard.core.trouble import Trouble
from wizard.core.waiting import POLL_INTERVAL, Cancel
from wizard.microsoft.exchanges import Exchange
from wizard.microsoft.http_response import retry_after, url_host
from wizard.microsoft.network_errors import TooLarge, read_network_error
from wizard.microsoft.transport import ANSWER_LIMIT, CONNECT_LIMIT
from wizard.microsoft.wire_redaction import redact_answer, remember_request_secrets

if TYPE_CHECKING:
    from wizard.microsoft.http import Http
    from wizard.microsoft.wire import Wire
    from wizard.redaction.redactor import Redactor

SIZE_CAP: Final = 2_000_000
"""Bytes of an answer, unpacked; no answer of these services comes near."""


@dataclass(frozen=True, slots=True)
class PendingRequest:
    """A request under way: to which host, since when, and when it is given up at the latest (aware, UTC)."""

    host: str
    since: datetime
    until: datetime


class HttpAdapter(BaseAdapter):
    """Sends every request of the session, in a thread of its own: a cancel never waits for a slow service.

    Args:
        http: what may be asked, within which limits, and where it is recorded.
        wire: the connections, and what services have asked of everybody who uses them.
    """

    def __init__(self, http: Http, wire: Wire) -> None:
        super().__init__()
        self._http, self._wire = http, wire

    def send(self, request: requests.PreparedRequest, *_unused: object, **options: Any) -> requests.Response:
        """Send a request, and return the answer, read whole and sanitized.

        Of the session's options only `verify` and `proxies` count: the time limits are those of the `RequestScope`.

        Raises:
            ForeignHost: the host is none that may be asked.
            Unreachable: the file with the authorities to trust is not there, or the answer cannot be read.
            ServiceRefusal: the answer grants a token that cannot be sent on.
            Cancelled: the cancel signal was set.
            requests.exceptions.RequestException: what went wrong on the way.
        """
        http, host = self._http, url_host(request.url or "")
        http.allowed_hosts.require(request.url or "")
        cancel = http.scope.cancel or http.cancel
        cancel.check()
        self._wire.wait_until_free(host, http.clock, cancel)
        limit = http.scope.time_limit
        settings: dict[str, Any] = {
            "timeout": (limit, limit) if limit else (CONNECT_LIMIT, ANSWER_LIMIT),
            "verify": _authorities(http.cloud.ca_bundle, options.get("verify", True), host),
            "proxies": options.get("proxies"),
            "stream": True,
        }
        remember_request_secrets(http.redactor, request, options.get("proxies"))
        now, longest = http.clock.now(), limit or ANSWER_LIMIT + CONNECT_LIMIT
        http.pending_request = PendingRequest(host, now, now + timedelta(seconds=longest))
        since = time.monotonic()
        result = self._send_in_thread(request, settings, longest, cancel)
        http.pending_request = None
        seconds = time.monotonic() - since
        error, ids = _redact_result(http.redactor, result, host)
        http.record(_exchange_of(http, request, result, now, seconds, error, ids))
        cancel.check()
        if result is None:
            raise requests.exceptions.ReadTimeout("no whole answer within the limit", request=request)
        if isinstance(result, BaseException):
            raise result
        asked = retry_after(result.headers.get("Retry-After"))
        is_throttled = result.status_code == 429 or (result.status_code == 503 and asked is not None)
        self._wire.answered(host, http.clock, is_throttled=is_throttled, retry_after=asked)
        http.allowed_hosts.sanitize(result, host)
        return result

    def close(self) -> None:
        """Leave the connections open: others use them."""

    def _send_in_thread(
        self, request: requests.PreparedRequest, settings: dict[str, Any], longest: float, cancel: Cancel
    ) -> requests.Response | BaseException | None:
        """Return the answer, read whole, or the error; None where the cancel signal, or the limit, came first."""
        # Read here: the thread goes on after its request was given up, when others observe other requests.
        observer = self._http.scope.observer
        is_given_up = False

        def send_and_read() -> requests.Response:
            response = self._wire.connections.send(request, **settings)
            if observer is not None and not is_given_up:
                observer(response)
            _read_capped(response)
            return response

        work = self._wire.threads.begin(send_and_read)
        waited = 0.0
        while not (has_ended := work.has_ended_within(POLL_INTERVAL)) and not cancel.is_set and waited < longest:
            waited += POLL_INTERVAL
        is_given_up = True
        if not has_ended:
            return None
        try:
            return work.result()
        except BaseException as error:  # noqa: BLE001  # told by whoever records the request
            return error


def _authorities(of_cloud: str, of_session: object, host: str) -> object:
    """Return whom to trust: a file, or True for the usual ones; there is no way to switch the check off.

    Raises:
        Unreachable: the file is not there; requests would raise a bare OSError.
    """
    verify = of_cloud or of_session
    if isinstance(verify, str) and not os.path.exists(verify):  # noqa: PTH110  # for each request: pathlib takes longer
        where = "ca_bundle of the cloud file" if of_cloud else "REQUESTS_CA_BUNDLE"
        detail = f"no certificate can be checked: {where} names {verify}, which is not there"
        raise Unreachable(host, Trouble.TLS, detail)
    return verify if verify is not False else True


def _redact_result(
    redactor: Redactor, result: requests.Response | BaseException | None, host: str
) -> tuple[str, SupportIds]:
    """Take secrets out of an answer before anybody else reads it; return its error, "" for none, and its ids."""
    if isinstance(result, requests.Response):
        return redact_answer(redactor, result)
    if result is None:
        return "no whole answer within the limit", SupportIds()
    return clean_line(redactor.redact(read_network_error(result, host).detail)), SupportIds()


def _exchange_of(
    http: Http,
    request: requests.PreparedRequest,
    result: requests.Response | BaseException | None,
    at: datetime,
    seconds: float,
    error: str,
    ids: SupportIds,
) -> Exchange:
    """Return the record of a request; nothing in it is secret."""
    url = request.url or ""
    path = clean_line(http.redactor.redact(urlsplit(url).path), 300)
    status = result.status_code if isinstance(result, requests.Response) else 0
    return Exchange(request.method or "", url_host(url), path, status, http.reason, at, seconds, error, ids)


def _read_capped(response: requests.Response) -> None:
    chunks: list[bytes] = []
    size = 0
    try:
        for chunk in response.iter_content(65_536):
            size += len(chunk)
            if size > SIZE_CAP:
                raise TooLarge(is_packed="Content-Encoding" in response.headers, cap=SIZE_CAP)
            chunks.append(chunk)
    except BaseException:
        response.close()  # what was not read to its end keeps its connection open
        raise
    response._content = b"".join(chunks)  # how requests itself marks a body as read
    response._content_consumed = True  # type: ignore[attr-defined]
