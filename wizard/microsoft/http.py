"""The one HTTP path: every request of the product, MSAL's and azure-core's included, leaves through `Http.session`.

`AllowedHosts` says which hosts may be asked, `RequestScope` what a thread's requests go by, and `HttpAdapter` sends
them: CA bundle, time limits, size cap, cancelling and the record of what was asked and why have no other place.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from typing import Final

from wizard import __version__
from wizard.core.waiting import Cancel, Clock
from wizard.microsoft.allowed_hosts import AllowedHosts
from wizard.microsoft.clouds import Cloud
from wizard.microsoft.exchanges import KEPT, Exchange, latest_exchanges
from wizard.microsoft.http_adapter import HttpAdapter, PendingRequest
from wizard.microsoft.http_response import (
    HttpResponse,
    WebPage,
    raise_if_busy,
    raise_if_redirected,
    read_json,
    url_host,
)
from wizard.microsoft.network_errors import translating_network_errors
from wizard.microsoft.request_scope import RequestScope
from wizard.microsoft.transport import OwnAuthorization
from wizard.microsoft.wire import Wire
from wizard.microsoft.wire_redaction import decode_body
from wizard.redaction.redactor import Redactor

MOST_EXCHANGES: Final = 2_000
"""Exchanges of a run that are held at the most; a journey has some hundred."""
IMDS_HOST: Final = "169.254.169.254"
"""The managed-identity endpoint of virtual machines: no host of the cloud, asked only for the vault identity."""


class Http:
    """The session, and the rules that every request obeys.

    Args:
        cloud: its hosts may be asked; others only once they are among `allowed_hosts`.
        clock: measures waits.
        cancel: ends a request within a fraction of a second; none leaves after it.
        wire: the connections that several share; None for its own.
    """

    pending_request: PendingRequest | None = None
    """The request under way, for whoever watches; None between requests."""
    earlier_exchanges: tuple[Exchange, ...] = ()
    """What earlier runs of the same journey asked."""

    def __init__(self, cloud: Cloud, clock: Clock, cancel: Cancel, wire: Wire | None = None) -> None:
        silence_library_loggers()
        self.cloud = cloud
        self.clock = clock
        self.cancel = cancel
        self.allowed_hosts = AllowedHosts(cloud)
        self.scope = RequestScope()
        self.exchanges: list[Exchange] = []  # the latest
        self._hosts: dict[str, None] = {}
        self.redactor = Redactor()
        self.reason = "not said"
        self.session = OwnAuthorization()
        self.session.headers["User-Agent"] = f"partner-wizard/{__version__}"
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.session.max_redirects = 3
        if cloud.proxy:
            self.session.proxies = {"https": cloud.proxy, "http": cloud.proxy}
            self.session.trust_env = False
        self.wire = wire or Wire()
        adapter = HttpAdapter(self, self.wire)
        self.session.mount("https://", adapter)
        self.session.mount("http://", adapter)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every host asked so far, in the order of the first request."""
        return tuple(self._hosts)

    def record(self, exchange: Exchange) -> None:
        """Take note of a request that was made; of a run over many customers the latest are kept."""
        self._hosts[exchange.host] = None
        self.exchanges.append(exchange)
        if len(self.exchanges) > MOST_EXCHANGES:
            del self.exchanges[:-KEPT]

    @property
    def recorded_exchanges(self) -> tuple[Exchange, ...]:
        """The latest exchanges of this run and of earlier ones, as they are kept."""
        return latest_exchanges((*self.earlier_exchanges, *self.exchanges))

    @contextmanager
    def attributed_to(self, reason: str) -> Iterator[None]:
        """Record `reason` with every request made inside; an inner reason wins."""
        before, self.reason = self.reason, reason
        try:
            yield
        finally:
            self.reason = before

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        """Make one request, and return its answer, whatever its status below 500 but 408 and 429.

        Args:
            method, url: as HTTP has them.
            params: of the query.
            form: of a form-encoded body; None for no such body.
            json: of a JSON body; None for no such body.
            headers: beside those of the session.

        Raises:
            Busy: 408, 429 or 5xx.
            Unreachable: no answer, a body that is cut or too large, or a redirect: none is followed.
            ServiceRefusal: a token was granted that cannot be sent on.
            Cancelled: the cancel signal was set.
        """
        with translating_network_errors(url_host(url)):
            response = self.session.request(
                method, url, params=params, data=form, json=json, headers=dict(headers or {}), allow_redirects=False
            )
        raise_if_busy(response)
        raise_if_redirected(response)
        return HttpResponse(
            response.status_code, {name.lower(): value for name, value in response.headers.items()}, read_json(response)
        )

    def request_page(self, url: str) -> WebPage:
        """Return what a browser would be shown, or where it would be sent; nothing is followed.

        Raises:
            Busy: 408, 429 or 5xx.
            Unreachable: no answer.
            Cancelled: the cancel signal was set.
        """
        with translating_network_errors(url_host(url)):
            response = self.session.request("GET", url, headers={"Accept": "text/html"}, allow_redirects=False)
        raise_if_busy(response)
        location = response.headers.get("Location", "") if 300 <= response.status_code < 400 else ""
        return WebPage(response.status_code, location, "" if location else decode_body(response.content))


def silence_library_loggers() -> None:
    """Keep MSAL's and Azure's loggers off the screen and away from any handler: they log whole answers (T4, T10)."""
    for name in ("msal", "azure", "urllib3", "requests"):
        logger = logging.getLogger(name)
        logger.handlers = [logging.NullHandler()]
        logger.propagate = False
        logger.setLevel(logging.CRITICAL + 1)
