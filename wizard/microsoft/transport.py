"""The session that every request leaves through, and the connections it keeps.

Nothing authorizes a request but what the program sets on it, and none is sent on a connection that was idle too long.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import DEFAULT_CA_BUNDLE_PATH, HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies
from urllib3.connectionpool import HTTPConnectionPool

from wizard.microsoft.trust import trusting

CONNECT_LIMIT: Final = 10.0
"""Seconds to reach a host."""
ANSWER_LIMIT: Final = 40.0
"""Seconds from the first byte sent to the last byte read."""
MOST_WORKERS: Final = 64
"""Requests to one host that run side by side, each on a connection that is kept."""
MOST_HOSTS: Final = 256
"""Hosts whose connections are kept: each vault is one."""
ENVIRONMENT_PROXIES: Final = tuple(
    name for kind in ("http", "https", "all", "no") for name in (f"{kind}_proxy", f"{kind}_proxy".upper())
)
"""Variables that name proxies, and hosts that need none, in either case."""
ASK_THE_SYSTEM: Final = ("darwin", "win32")
"""Where a proxy may be set outside the environment, and changed meanwhile."""
IDLE_LIMIT: Final = 3.0
"""Seconds after which a kept connection is not used again: services and proxies drop idle ones without a word."""


class OwnAuthorization(requests.Session):
    """Sends the Authorization that a request was given, or none.

    requests itself would take one from ~/.netrc, or from the file that NETRC names, in place of the request's own
    and again at each redirect, and from a user name in an address (T16).
    """

    def __init__(self) -> None:
        super().__init__()
        self.auth = _as_given

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Return the request as it is sent: with the headers of the session, and nothing else that is the session's."""
        prepared = requests.PreparedRequest()
        headers = CaseInsensitiveDict({**self.headers})
        headers.update(request.headers)
        prepared.prepare(
            method=(request.method or "").upper(),
            url=request.url,
            files=request.files,
            data=request.data,
            json=request.json,
            headers={name: value for name, value in headers.items() if value is not None},
            params=request.params,
            auth=request.auth or self.auth,
            cookies={},
            hooks=request.hooks,
        )
        return prepared

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """Return what a request goes by, as requests does; it would read the whole environment each time."""
        found = dict(self.proxies)
        if self.trust_env:
            found |= environ_proxies(str(url))
            if verify is True or verify is None:
                verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or verify
        return {
            "proxies": {**found, **(proxies or {})},
            "stream": self.stream if stream is None else stream,
            "verify": self.verify if verify is None else verify,
            "cert": self.cert if cert is None else cert,
        }

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Take the Authorization away from a request that is redirected to another host; give it no other."""
        before, after = response.request.url or "", prepared_request.url or ""
        is_another_host = self.should_strip_auth(before, after)  # type: ignore[no-untyped-call]
        if "Authorization" in prepared_request.headers and is_another_host:
            del prepared_request.headers["Authorization"]

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return the address that an answer redirects to, None if it redirects to none that can be read.

        requests raises a bare ValueError for such an address, even if it is not to follow.
        """
        try:
            target = super().get_redirect_target(resp)
            _ = urlsplit(urljoin(resp.url or "", target or "")).port
        except ValueError:
            return None
        return target


def follow_no_redirect() -> None:
    """Have every session of this process follow no redirect: for a process in which a library makes sessions (T22).

    Headers with a key would go along to whatever host a redirect names. What is sent would mostly not, and a page that
    has never seen it would count as what took it.
    """
    requests.Session.get_redirect_target = lambda self, resp: None  # type: ignore[method-assign]  # noqa: ARG005


def environ_proxies(url: str) -> dict[str, str]:
    """Return the proxies that the environment, or the system, names for the host of an address, by scheme."""
    if sys.platform in ASK_THE_SYSTEM:
        return get_environ_proxies(url)
    parts = urlsplit(url)
    return dict(_proxies_for(f"{parts.scheme}://{parts.netloc}/", tuple(map(os.environ.get, ENVIRONMENT_PROXIES))))


@lru_cache(maxsize=MOST_HOSTS)
def _proxies_for(url: str, _variables: tuple[str | None, ...]) -> dict[str, str]:
    return get_environ_proxies(url)


def _as_given(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


class FreshConnections(HTTPAdapter):
    """Keeps connections, and reopens one that was idle longer than `IDLE_LIMIT`; the others stay (T21).

    Args:
        ticks: seconds of a clock that never goes back.
    """

    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        self._ticks = ticks
        self._lock = threading.Lock()
        super().__init__(pool_connections=MOST_HOSTS, pool_maxsize=MOST_WORKERS, max_retries=0)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Make the pools of connections that lead straight to a host."""
        super().init_poolmanager(*arguments, **options)
        self._keep_fresh(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Return the pools of connections that lead through a proxy."""
        with self._lock:
            is_new = proxy not in self.proxy_manager
            manager = super().proxy_manager_for(proxy, **options)
            if is_new:
                self._keep_fresh(manager)
        return manager

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        """Hand https connections the TLS settings of their bundle; urllib3 would read the bundle for each connection.

        Raises:
            requests.exceptions.SSLError: the bundle cannot be read.
        """
        host, tls = super().build_connection_pool_key_attributes(request, verify or True, cert)
        if host["scheme"] == "https":
            try:
                tls["ssl_context"] = trusting(verify if verify and isinstance(verify, str) else DEFAULT_CA_BUNDLE_PATH)
            except OSError as error:
                raise requests.exceptions.SSLError(error, request=request) from None
        return host, tls

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Have certificates checked as ever, by the TLS settings alone; a proxy that speaks TLS has none."""
        super().cert_verify(conn, url, verify or True, cert)  # type: ignore[no-untyped-call]
        if conn.proxy is None or conn.proxy.scheme != "https":
            conn.ca_certs = conn.ca_cert_dir = None

    def _keep_fresh(self, manager: Any) -> None:
        kinds = manager.pool_classes_by_scheme
        manager.pool_classes_by_scheme = {scheme: _fresh(kind, self._ticks) for scheme, kind in kinds.items()}


def _fresh(kind: type[HTTPConnectionPool], ticks: Callable[[], float]) -> type[HTTPConnectionPool]:
    """Return a kind of pool whose connections know since when they are idle: each is one thread's at a time."""

    class OldestFirst(queue.LifoQueue[Any]):
        """Gives the connection that is idle longest and still fresh, so that those in use stay so; else any other.

        Others are those that are stale, and None: no connection is made yet.
        """

        def _init(self, _maxsize: int) -> None:
            self._fresh, self._others = deque[Any](), list[Any]()

        def _qsize(self) -> int:
            return len(self._fresh) + len(self._others)

        def _put(self, item: Any) -> None:
            if item is None:
                self._others.insert(0, item)
            else:
                self._fresh.append(item)

        def _get(self) -> Any:
            while self._fresh and is_stale(self._fresh[0]):
                self._others.append(self._fresh.popleft())
            return self._fresh.popleft() if self._fresh else self._others.pop()

    def is_stale(connection: Any) -> bool:
        return bool(ticks() - connection.idle_since > IDLE_LIMIT)

    class Fresh(kind):  # type: ignore[misc,valid-type]
        QueueCls = OldestFirst

        def _get_conn(self, timeout: float | None = None) -> Any:
            connection = super()._get_conn(timeout)
            if hasattr(connection, "idle_since") and is_stale(connection):
                connection.close()  # it connects again by itself
            return connection

        def _put_conn(self, conn: Any) -> None:
            if conn is not None:
                conn.idle_since = ticks()
            super()._put_conn(conn)

    return Fresh
