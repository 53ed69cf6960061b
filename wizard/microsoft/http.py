"""The one HTTP path: every request of the product, MSAL's and azure-core's included, leaves through `Http.session`.

Here, and only here: the CA bundle and proxy, the time limits, the size cap, cancelling, the list of hosts that may be
asked, and the record of what was asked and why.
"""

from __future__ import annotations

import json
import logging
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import requests

from wizard import __version__
from wizard.core.errors import Busy, ForeignHost, Unreachable
from wizard.core.findings import SupportIds
from wizard.core.text import clean_line
from wizard.core.trouble import Trouble
from wizard.core.waiting import Cancel, Clock
from wizard.microsoft.clouds import Cloud
from wizard.microsoft.exchanges import Exchange, latest_exchanges
from wizard.microsoft.network_errors import ANSWER_LIMIT, read_network_error, translating_network_errors
from wizard.microsoft.response_sanitizer import sanitize_response
from wizard.microsoft.transport import FreshConnections, OwnAuthorization
from wizard.microsoft.wire_redaction import decode_body, redact_answer, remember_request_secrets
from wizard.redaction.redactor import Redactor

CONNECT_LIMIT: Final = 10.0
"""Seconds to reach a host."""
SIZE_CAP: Final = 2_000_000
"""Bytes of an answer, unpacked; no answer of these services comes near."""
LONGEST_RETRY_AFTER: Final = 300.0
"""Seconds a Retry-After is believed."""

IMDS_HOST: Final = "169.254.169.254"
"""The managed-identity endpoint of virtual machines: no host of the cloud, asked only for the vault identity."""


@dataclass(frozen=True, slots=True)
class PendingRequest:
    """A request under way: to which host, since when, and when it is given up at the latest (aware, UTC)."""

    host: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer, read whole. `body` is its JSON, None where it is none. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: object


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page as a browser gets it. `location`: where it is sent on to, "" where it stays. `text` is not cleaned."""

    status: int
    location: str
    text: str


class Http:
    """The session, and the rules every request obeys.

    Args:
        cloud: its hosts may be asked, no others but those of `allow`.
        clock: measures waits.
        cancel: ends a request within a fraction of a second; none leaves after it.
    """

    pending_request: PendingRequest | None = None
    """The request under way, for whoever watches; None between requests."""
    earlier_exchanges: tuple[Exchange, ...] = ()
    """What earlier runs of the same journey asked."""

    def __init__(self, cloud: Cloud, clock: Clock, cancel: Cancel) -> None:
        silence_library_loggers()
        self.cloud = cloud
        self.clock = clock
        self.cancel = cancel
        self.exchanges: list[Exchange] = []
        self.redactor = Redactor()
        self._reason = "not said"
        self._allowed = set(cloud.hosts)
        self._sanitizers: dict[str, Callable[[requests.Response], None]] = {}
        self._identity_hosts: set[str] = set()
        self._own = threading.local()
        self.session = OwnAuthorization()
        self.session.headers["User-Agent"] = f"partner-wizard/{__version__}"
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.session.max_redirects = 3
        if cloud.proxy:
            self.session.proxies = {"https": cloud.proxy, "http": cloud.proxy}
            self.session.trust_env = False
        path = _OnePath(self)
        self.session.mount("https://", path)
        self.session.mount("http://", path)

    def allow(self, host: str, sanitize_response: Callable[[requests.Response], None] | None = None) -> None:
        """Let requests to `host` (with a port where it is not 443) leave as well.

        Args:
            settle: makes its answers fit to be read, or raises; before any library reads them.
        """
        self._allowed.add(host.lower())
        if sanitize_response is not None:
            self._sanitizers[host.lower()] = sanitize_response

    def allow_identity_endpoint(self, host: str) -> None:
        """Let requests to a managed-identity endpoint leave as well; it is on this machine, and speaks plain http."""
        if host:
            self._identity_hosts.add(host)

    def use_cancel(self, cancel: Cancel) -> None:
        """Let the present thread's requests listen to `cancel`, whatever signal the next run has."""
        self._own.cancel = cancel

    @contextmanager
    def time_limit(self, seconds: float) -> Iterator[None]:
        """Give the present thread's requests made inside up after `seconds`, each."""
        self._own.limit = seconds
        try:
            yield
        finally:
            self._own.limit = None

    @contextmanager
    def observed_by(self, watch: Callable[[requests.Response], None]) -> Iterator[None]:
        """Give `watch` the answers to the present thread's requests made inside, each while its connection is open."""
        self._own.watch = watch
        try:
            yield
        finally:
            self._own.watch = None

    def is_allowed(self, host: str, scheme: str) -> bool:
        """Whether a request to `host` may leave; plain http goes to a managed-identity endpoint alone."""
        return (host in self._allowed and scheme == "https") or host in self._identity_hosts

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every host asked so far, in the order of the first request."""
        return tuple(dict.fromkeys(exchange.host for exchange in self.exchanges))

    @property
    def recorded_exchanges(self) -> tuple[Exchange, ...]:
        """The latest exchanges of this run and of earlier ones, as they are kept."""
        return latest_exchanges((*self.earlier_exchanges, *self.exchanges))

    @contextmanager
    def attributed_to(self, reason: str) -> Iterator[None]:
        """Note `reason` with every request made inside; an inner reason wins."""
        before, self._reason = self._reason, reason
        try:
            yield
        finally:
            self._reason = before

    @property
    def reason(self) -> str:
        """Why the request being made is made."""
        return self._reason

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        """Make one request and read its answer, whatever its status below 500 but 429.

        Raises:
            Busy: 429 or 5xx.
            Unreachable: no answer, a body that is cut or too large, or a redirect: none is followed.
            ServiceRefusal: a token was granted that cannot be sent on.
            Cancelled: the cancel signal was set.
        """
        with translating_network_errors(url_host(url)):
            response = self.session.request(
                method, url, params=params, data=form, headers=dict(headers or {}), allow_redirects=False
            )
        raise_if_busy(response)
        raise_if_redirected(response)
        return HttpResponse(
            response.status_code, {name.lower(): value for name, value in response.headers.items()}, read_json(response)
        )

    def request_page(self, url: str) -> WebPage:
        """What a browser would be shown, or where it would be sent; nothing is followed.

        Raises:
            Busy: 429 or 5xx.
            Unreachable: no answer.
            Cancelled: the cancel signal was set.
        """
        with translating_network_errors(url_host(url)):
            response = self.session.request("GET", url, headers={"Accept": "text/html"}, allow_redirects=False)
        raise_if_busy(response)
        location = response.headers.get("Location", "") if 300 <= response.status_code < 400 else ""
        return WebPage(response.status_code, location, "" if location else decode_body(response.content))


class _OnePath(FreshConnections):
    """Sends every request of the session: in a thread of its own, so that a cancel never waits for a slow service."""

    def __init__(self, http: Http) -> None:
        super().__init__()
        self._http = http

    def send(self, request: requests.PreparedRequest, *_unused: object, **options: Any) -> requests.Response:
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
                response = super(_OnePath, self).send(request, **settled)
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


def url_host(url: str) -> str:
    """The host of `url`, lower case, with its port where it is not the scheme's own."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    host = (parts.hostname or "").lower()
    return host if port in (None, 443) or (port == 80 and parts.scheme == "http") else f"{host}:{port}"


def read_json(response: requests.Response) -> object:
    """The JSON of a body, None where it is none. Takes a UTF-8 BOM (protocol 4.1); keeps no copy in an error (T4)."""
    try:
        return json.loads(response.content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None


def raise_if_busy(response: requests.Response) -> None:
    """Raise `Busy` for 429 and 5xx, before any library makes something else of it (T5)."""
    if response.status_code == 429 or response.status_code >= 500:
        raise Busy(url_host(response.url or ""), response.status_code, retry_after(response.headers.get("Retry-After")))


def raise_if_redirected(response: requests.Response) -> None:
    """Raise `Unreachable` for a redirect: none of these services redirects a request, and none is followed."""
    if 300 <= response.status_code < 400:
        to = redirect_target(response)
        led = f", to {to}" if to else ""
        detail = f"answered with a redirect (HTTP {response.status_code}{led}), which is not followed"
        raise Unreachable(url_host(response.url or ""), Trouble.REDIRECT, detail)


def redirect_target(response: requests.Response) -> str:
    """The host and path that a redirect names, "" where it names none, or none that can be read."""
    try:
        target = urlsplit(urljoin(response.url or "", response.headers.get("Location", "")))
        return clean_line((target.hostname or "") + target.path, 120) if response.headers.get("Location") else ""
    except ValueError:
        return ""


def retry_after(header: str | None) -> float | None:
    """Seconds that a Retry-After asks for: a number, or a date (RFC 9110, 10.2.3)."""
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return None if math.isnan(seconds) else min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def silence_library_loggers() -> None:
    """Keep MSAL's and Azure's loggers off the screen and away from any handler: they log whole answers (T4, T10)."""
    for name in ("msal", "azure", "urllib3", "requests"):
        logger = logging.getLogger(name)
        logger.handlers = [logging.NullHandler()]
        logger.propagate = False
        logger.setLevel(logging.CRITICAL + 1)
