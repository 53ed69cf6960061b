"""The way to a host: its proxy, addresses, TLS and issuer are named, and each trouble is told apart from the others."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.cancellation import cancel_when, waits_after_cancel
from tests.patience import PATIENCE
from wizard.core.errors import Cancelled
from wizard.core.trouble import Trouble
from wizard.core.waiting import Cancel, SystemClock
from wizard.microsoft import host_probe
from wizard.microsoft.clouds import Cloud, built_in_clouds
from wizard.microsoft.host_probe import HostProbe, HostProber
from wizard.microsoft.http import Http
from wizard.microsoft.peer_certificate import fetch_peer_certificate
from wizard.microsoft.proxy_route import route_to
from wizard.rehearsal import RehearsalCloud, load_scene

PASSWORD = "pr0xy-p4ssw0rd"
AT = "Sat, 21 Nov 2026 10:00:00 GMT"


class Server(ThreadingHTTPServer):
    daemon_threads = True
    status = 401
    headers: tuple[tuple[str, str], ...] = ()
    body = b"{}"
    asked: list[str]
    release: threading.Event | None = None

    def handle_error(self, request: object, client_address: object) -> None:
        """Who hangs up after the handshake, or does not trust us, is part of the play."""


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server = self.server
        server.asked.append(f"{self.command} {self.path}")
        if server.release is not None:
            server.release.wait(PATIENCE)
        self.send_response_only(server.status)
        for name, value in {"Date": AT, "Content-Type": "application/json", **dict(server.headers)}.items():
            self.send_header(name, value)
        if server.status != 204:
            self.send_header("Content-Length", str(len(server.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(server.body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_arguments: object) -> None:
        pass


@contextmanager
def served(authority: trustme.CA, *names: str, **options: Any) -> Iterator[Server]:
    """A host on loopback whose certificate `authority` signed."""
    certificate = authority.issue_cert(*(names or ("localhost",)), **options)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    with Server(("127.0.0.1", 0), Handler) as server:
        server.asked = []
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(PATIENCE)


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA(organization_name="Contoso Root")


@pytest.fixture
def server(authority: trustme.CA) -> Iterator[Server]:
    with served(authority) as made:
        yield made


def cloud_at(port: int, authority: trustme.CA | None, folder: Path, **more: Any) -> Cloud:
    """The global cloud with its sign-in host on loopback."""
    bundle = ""
    if authority is not None:
        bundle = str(folder / "ca.pem")
        authority.cert_pem.write_to_path(bundle)
    return replace(built_in_clouds()["global"], login=f"localhost:{port}", ca_bundle=bundle, **more)


def probe_at(cloud: Cloud, service: str = "graph", host: str = "", **more: Any) -> HostProbe:
    """Probe a host of a cloud, the sign-in host unless another is named."""
    http = Http(cloud, SystemClock(), Cancel())
    return HostProber(http, **more).probe(service, host or cloud.login)


def test_a_host_that_answers_is_described(server: Server, authority: trustme.CA, tmp_path: Path) -> None:
    port = server.server_address[1]

    probe = probe_at(cloud_at(port, authority, tmp_path))

    assert probe.trouble is None
    assert (probe.host, str(probe.route), probe.status) == (f"localhost:{port}", "directly", 401)
    assert "127.0.0.1" in probe.addresses
    assert probe.peer_certificate is not None
    assert probe.peer_certificate.tls in {"TLS 1.2", "TLS 1.3"}
    assert probe.peer_certificate.issuer == "Contoso Root"
    assert probe.peer_certificate.names == ("localhost",)
    assert probe.peer_certificate.valid_until is not None
    assert probe.peer_certificate.valid_until > datetime.now(UTC)
    assert probe.server_time == datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert probe.asked_at is not None
    assert abs(probe.asked_at - datetime.now(UTC)) < timedelta(seconds=30)
    assert server.asked == ["GET /v1.0/organization"], "one question, and no other connection carried one"


def test_a_host_that_hangs_up_is_looked_at_once_more(server: Server, authority: trustme.CA, tmp_path: Path) -> None:
    server.headers = (("Connection", "close"),)

    probe = probe_at(cloud_at(server.server_address[1], authority, tmp_path))

    assert probe.peer_certificate is not None
    assert probe.peer_certificate.issuer == "Contoso Root"
    assert len(server.asked) == 1


HTML = (("Content-Type", "text/html; charset=utf-8"),)
TEXT = (("Content-Type", "text/plain"),)
PAGE = b"<html><body>Access blocked by policy</body></html>"
DISCOVERY = b'{"tenant_discovery_endpoint": "https://login.microsoftonline.com/common", "metadata": []}'
Headers = tuple[tuple[str, str], ...]


@pytest.mark.parametrize(
    ("service", "status", "headers", "body"),
    [
        ("login", 200, (), DISCOVERY),
        ("login", 200, (), b'{"metadata": [{"preferred_network": "login.microsoftonline.com"}]}'),
        ("graph", 401, (), b'{"error": {"code": "InvalidAuthenticationToken"}}'),
        ("partner_center", 401, (), b"\xef\xbb\xbf" + b'{"code": 800001}'),
        ("partner_center", 401, (), b""),
        ("partner_center", 401, (*HTML, ("WWW-Authenticate", 'OAuth realm="urn:cpsvc:cpid:contoso"')), PAGE),
        ("partner_center", 403, (), b"{}"),
        ("partner_center", 404, (), b""),
    ],
)
def test_a_hosts_own_answer_counts_as_reached(
    service: str, status: int, headers: Headers, body: bytes, authority: trustme.CA, tmp_path: Path
) -> None:
    with served(authority) as server:
        server.status, server.headers, server.body = status, headers, body
        probe = probe_at(cloud_at(server.server_address[1], authority, tmp_path), service)

    assert (probe.trouble, probe.status) == (None, status)


@pytest.mark.parametrize(("known_authority", "trouble"), [(False, None), (True, Trouble.ELSEWHERE)])
def test_a_sign_in_host_of_a_cloud_file_may_say_that_microsoft_does_not_list_it(
    known_authority: bool, trouble: Trouble | None, authority: trustme.CA, tmp_path: Path
) -> None:
    with served(authority) as server:
        server.status, server.body = 400, b'{"error": "invalid_instance", "error_codes": [50049]}'
        probe = probe_at(
            cloud_at(server.server_address[1], authority, tmp_path, known_authority=known_authority), "login"
        )

    assert probe.trouble == trouble


@pytest.mark.parametrize(
    ("service", "status", "headers", "body", "why"),
    [
        ("login", 302, (("Location", "https://portal.fabrikam.com/login"),), b"", "leads to portal.fabrikam.com/login"),
        ("login", 302, (("Location", "/blocked"),), b"", "leads to localhost/blocked"),
        ("login", 302, (("Location", "//portal.fabrikam.com/"),), b"", "leads to portal.fabrikam.com/"),
        ("login", 302, (("Location", "https://[portal"),), b"", "cannot be read"),
        ("login", 511, (), b"", "signed in to"),
        ("login", 200, HTML, b"<html>Welcome to our network</html>", "web page"),
        ("login", 200, HTML, DISCOVERY, "web page"),
        ("login", 200, (), b"Welcome to our network", "plain text"),
        ("login", 200, (), b'{"hi": 1}', "not one that this host gives (HTTP 200)"),
        ("login", 200, (), b"[]", "HTTP 200"),
        ("login", 400, (), b"{}", "not one that this host gives (HTTP 400)"),
        ("login", 401, (), b"{}", "HTTP 401"),
        ("login", 403, HTML, PAGE, "web page, not data (HTTP 403)"),
        ("login", 404, HTML, PAGE, "web page, not data (HTTP 404)"),
        ("partner_center", 200, TEXT, b"Access blocked by policy", "plain text"),
        ("partner_center", 200, (), b'{"portal": "https://portal.fabrikam.com"}', "HTTP 200"),
        ("partner_center", 204, (), b"", "HTTP 204"),
        ("partner_center", 302, (("Location", "/blocked"),), b"", "leads to localhost/blocked"),
        ("partner_center", 401, HTML, PAGE, "web page"),
        ("partner_center", 403, HTML, PAGE, "web page"),
        ("partner_center", 403, TEXT, b"Access blocked by policy", "plain text"),
        ("partner_center", 403, TEXT, PAGE, "web page"),
        ("partner_center", 404, HTML, PAGE, "web page"),
        ("partner_center", 407, HTML, PAGE, "user name and password"),
        ("partner_center", 407, (), b"", "user name and password"),
        ("partner_center", 451, HTML, PAGE, "web page"),
        ("partner_center", 451, (), b"{}", "HTTP 451"),
        ("graph", 200, (), b"{}", "HTTP 200"),
        ("vault", 403, HTML, PAGE, "web page"),
    ],
)  # fmt: skip
def test_an_answer_of_something_on_the_way_is_not_the_hosts(
    service: str, status: int, headers: Headers, body: bytes, why: str, authority: trustme.CA, tmp_path: Path
) -> None:
    with served(authority) as server:
        server.status, server.headers, server.body = status, headers, body
        probe = probe_at(cloud_at(server.server_address[1], authority, tmp_path), service)

    assert probe.trouble == "elsewhere"
    assert why in probe.detail
    assert probe.server_time is None, "a clock is not compared with a portal's"


@pytest.mark.parametrize("service", ["login", "partner_center", "graph", "vault"])
@pytest.mark.parametrize(("status", "body"), [(429, b"{}"), (500, b""), (502, PAGE), (503, PAGE)])
def test_a_busy_host_is_not_told_apart_from_a_busy_proxy(
    service: str, status: int, body: bytes, authority: trustme.CA, tmp_path: Path
) -> None:
    with served(authority) as server:
        server.status, server.body, server.headers = status, body, (("Retry-After", "7"),)
        probe = probe_at(cloud_at(server.server_address[1], authority, tmp_path), service)

    assert (probe.trouble, probe.status, probe.retry_after, probe.server_time) == ("busy", status, 7.0, None)


def test_a_certificate_of_another_authority_is_named_and_nothing_is_sent(server: Server, tmp_path: Path) -> None:
    probe = probe_at(cloud_at(server.server_address[1], trustme.CA(organization_name="Fabrikam Root"), tmp_path))

    assert probe.trouble == "tls"
    assert probe.peer_certificate is not None
    assert probe.peer_certificate.issuer == "Contoso Root"
    assert (probe.trust, probe.bundle) == ("the cloud file", str(tmp_path / "ca.pem"))
    assert server.asked == []


def test_a_bundle_of_the_environment_that_is_wrong_or_missing_is_named(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = cloud_at(server.server_address[1], None, tmp_path)
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))
    wrong = probe_at(cloud)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    missing = probe_at(cloud)

    assert (wrong.trouble, wrong.trust, wrong.bundle) == ("tls", "REQUESTS_CA_BUNDLE", str(other))
    assert (missing.trouble, missing.trust) == ("ca_file", "REQUESTS_CA_BUNDLE")
    assert missing.bundle == str(tmp_path / "none.pem")


def test_an_old_certificate_and_one_for_other_names_are_told_apart(authority: trustme.CA, tmp_path: Path) -> None:
    past = datetime.now(UTC) - timedelta(days=1)
    with served(authority, not_before=past - timedelta(days=9), not_after=past) as old:
        expired = probe_at(cloud_at(old.server_address[1], authority, tmp_path))
    with served(authority, "portal.fabrikam.com") as astray:
        other = probe_at(cloud_at(astray.server_address[1], authority, tmp_path))

    assert expired.trouble == "tls_expired"
    assert expired.peer_certificate is not None
    assert expired.peer_certificate.valid_until is not None
    assert expired.peer_certificate.valid_until < datetime.now(UTC)
    assert other.trouble == "tls_host"
    assert other.peer_certificate is not None
    assert other.peer_certificate.names == ("portal.fabrikam.com",)


def no_such_name(*_arguments: object, **_options: object) -> Any:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def test_a_name_a_refusal_and_a_silence_are_told_apart(
    authority: trustme.CA, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        closed = gone.getsockname()[1]
    refused = probe_at(cloud_at(closed, authority, tmp_path))

    monkeypatch.setattr(host_probe, "LIMIT", 0.3)
    server.release = threading.Event()
    silent = probe_at(cloud_at(server.server_address[1], authority, tmp_path))
    server.release.set()

    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", no_such_name)
        unknown = probe_at(cloud_at(closed, authority, tmp_path))

    assert (refused.trouble, "127.0.0.1" in refused.addresses) == ("connect", True)
    assert silent.trouble == "timeout"
    assert (unknown.trouble, unknown.addresses) == ("name", ())


@contextmanager
def proxy(answer: bytes) -> Iterator[int]:
    """A proxy that gives one answer to everybody."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            with line:
                line.recv(10_000)
                line.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(PATIENCE)


CLOSE = b"Content-Length: 0\r\nConnection: close\r\n\r\n"


def test_a_proxy_that_is_down_wants_a_password_or_refuses_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud, host = built_in_clouds()["global"], "graph.microsoft.com"
    with ExitStack() as stack:
        wants = stack.enter_context(proxy(b"HTTP/1.1 407 Proxy Authentication Required\r\n" + CLOSE))
        refuses = stack.enter_context(proxy(b"HTTP/1.1 403 Forbidden\r\n" + CLOSE))
        with socket.create_server(("127.0.0.1", 0)) as gone:
            down = gone.getsockname()[1]
        probes = []
        for port in (wants, refuses, down):
            monkeypatch.setenv("HTTPS_PROXY", f"http://operator:{PASSWORD}@127.0.0.1:{port}")
            probes.append(probe_at(cloud, "graph", host))

    assert [each.trouble for each in probes] == ["proxy_407", "tunnel", "proxy"]
    assert probes[0].route.proxy == f"127.0.0.1:{wants}"
    assert probes[0].route.source == "HTTPS_PROXY"
    assert probes[0].route.has_password
    assert "403" in probes[1].detail
    assert all(PASSWORD not in repr(each) and PASSWORD not in str(each.route) for each in probes)
    assert all(each.addresses == () for each in probes), "a proxy resolves the name"


@pytest.mark.parametrize(
    ("variables", "route"),
    [
        ({}, "directly"),
        ({"HTTPS_PROXY": "http://proxy.contoso.com:3128"}, "through the proxy proxy.contoso.com:3128 (HTTPS_PROXY)"),
        ({"HTTPS_PROXY": "http://a.contoso.com:1", "https_proxy": "http://b.contoso.com:2"},
         "through the proxy b.contoso.com:2 (https_proxy)"),
        ({"ALL_PROXY": "http://proxy.contoso.com"}, "through the proxy proxy.contoso.com:80 (ALL_PROXY)"),
        ({"HTTPS_PROXY": "proxy.contoso.com:3128"}, "through the proxy proxy.contoso.com:3128 (HTTPS_PROXY)"),
        ({"HTTPS_PROXY": "http://proxy.contoso.com:3128", "NO_PROXY": ".microsoft.com"},
         "directly (NO_PROXY excepts it from the proxy)"),
        ({"HTTPS_PROXY": "http://proxy.contoso.com:port"}, "through the proxy with an address that cannot be read"
         " (HTTPS_PROXY)"),
    ],
)  # fmt: skip
def test_the_way_is_the_one_the_session_takes_and_names_its_variable(
    variables: dict[str, str], route: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    http = Http(built_in_clouds()["global"], SystemClock(), Cancel())

    assert str(route_to("graph.microsoft.com", http.cloud.proxy)) == route


def test_behind_a_proxy_that_opens_tls_the_certificate_is_fetched_through_it_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with RehearsalCloud(load_scene("tls-inspected"), names="production", people="wait") as rehearsed:
        for name, value in rehearsed.environment.items():
            monkeypatch.setenv(name, value)
        probe = probe_at(built_in_clouds()["global"], "login", "login.microsoftonline.com")

        assert probe.trouble == "tls"
        assert probe.route.source == "HTTPS_PROXY"
        assert probe.peer_certificate is not None
        assert probe.peer_certificate.issuer == "Contoso Inspection CA"
        assert rehearsed.log == []


def test_a_certificate_is_not_fetched_if_the_proxy_opens_no_tunnel() -> None:
    with proxy(b"HTTP/1.1 403 Forbidden\r\n" + CLOSE) as port:
        assert fetch_peer_certificate("graph.microsoft.com", 443, f"http://127.0.0.1:{port}", 2.0) is None
    assert fetch_peer_certificate("graph.microsoft.com", 443, "https://proxy.contoso.com:443", 2.0) is None


def test_a_cancel_ends_a_probe_at_once(server: Server, authority: trustme.CA, tmp_path: Path) -> None:
    server.release = threading.Event()
    cancel = Cancel()
    http = Http(cloud_at(server.server_address[1], authority, tmp_path), SystemClock(), cancel)
    cancel_when(lambda: server.asked, cancel)

    with waits_after_cancel(cancel) as waits, pytest.raises(Cancelled):
        HostProber(http).probe("graph", http.cloud.login)  # it would wait for ever

    server.release.set()
    assert sum(waits) < 2


def test_addresses_that_are_long_in_coming_are_done_without(
    server: Server, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_probe, "EXPLAIN_LIMIT", 0.2)
    never = threading.Event()

    def resolve(*_arguments: object, **_options: object) -> Any:
        never.wait(PATIENCE)
        return []

    probe = probe_at(cloud_at(server.server_address[1], authority, tmp_path), resolve=resolve)
    never.set()

    assert (probe.trouble, probe.addresses) == (None, ())
