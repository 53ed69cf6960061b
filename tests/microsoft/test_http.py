"""The one HTTP path: only the cloud's hosts, no cookies, a size cap, a verified certificate, a cancel that is heard."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any, cast

import pytest
import requests
import trustme
from azure.core.exceptions import AzureError, HttpResponseError
from azure.core.pipeline.transport import HttpRequest
from requests.adapters import HTTPAdapter

from tests.cancellation import waits_after_cancel
from tests.patience import PATIENCE
from wizard.catalogue.lookup import look_up
from wizard.core.errors import Busy, Cancelled, ForeignHost, Unreachable
from wizard.core.waiting import Cancel, SystemClock
from wizard.microsoft import http_adapter, http_response
from wizard.microsoft.azure_errors import translating_vault_errors
from wizard.microsoft.azure_transport import azure_transport
from wizard.microsoft.clouds import Cloud, built_in_clouds
from wizard.microsoft.exchanges import KEPT
from wizard.microsoft.http import MOST_EXCHANGES, Http
from wizard.microsoft.http_response import retry_after
from wizard.microsoft.network_errors import read_network_error
from wizard.onboarding.finding_builders import not_reached


class Server(ThreadingHTTPServer):
    daemon_threads = True
    asked: list[tuple[str, str, str | None]]
    release: threading.Event
    when_asked: Callable[[], object] = staticmethod(lambda: None)


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.command, self.path, self.headers.get("Cookie")))
        getattr(self, "on_" + self.path.strip("/").partition("?")[0].replace("-", "_"), self.on_json)()

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def on_json(self) -> None:
        self.answer(200, b'\xef\xbb\xbf{"a": 1}', Set_Cookie="x=y; Path=/")

    def on_busy(self) -> None:
        self.answer(429, b"<html>", Retry_After="7")

    def on_down(self) -> None:
        self.answer(503, b"<html>down</html>")

    def on_html(self) -> None:
        self.answer(200, b"<html>")

    def on_huge(self) -> None:
        self.answer(200, b"x" * (http_adapter.SIZE_CAP + 1))

    def on_bomb(self) -> None:
        self.answer(200, gzip.compress(b"x" * (http_adapter.SIZE_CAP + 1)), Content_Encoding="gzip")

    def on_garbled(self) -> None:
        self.answer(200, b"x" * 100, Content_Encoding="gzip")

    def on_away(self) -> None:
        self.answer(302, b"", Location="https://evil.example/")

    def on_cut(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b'{"a"')

    def on_slow(self) -> None:
        self.server.when_asked()
        self.server.release.wait(PATIENCE)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server(authority: trustme.CA) -> Iterator[Server]:
    import ssl

    server = Server(("127.0.0.1", 0), Handler)
    server.asked, server.release = [], threading.Event()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_args: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.release.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def cloud(server: Server, authority: trustme.CA, tmp_path: object) -> Cloud:
    bundle = str(tmp_path / "ca.pem")  # type: ignore[operator]
    authority.cert_pem.write_to_path(bundle)
    return replace(built_in_clouds()["global"], login=f"localhost:{server.server_address[1]}", ca_bundle=bundle)


@pytest.fixture
def http(cloud: Cloud) -> Http:
    return Http(cloud, SystemClock(), Cancel())


def ask(http: Http, what: str) -> http_response.HttpResponse:
    return http.request("GET", f"https://{http.cloud.login}/{what}")


def test_an_answer_is_read_with_its_byte_order_mark(http: Http) -> None:
    answer = ask(http, "json")

    assert (answer.status, answer.body) == (200, {"a": 1})


def test_a_body_that_is_no_json_is_none(http: Http) -> None:
    assert ask(http, "html").body is None


def test_no_cookie_is_kept(http: Http, server: Server) -> None:
    ask(http, "json")
    ask(http, "json")

    assert [cookie for _, _, cookie in server.asked] == [None, None]


def test_every_request_is_noted_with_its_reason(http: Http) -> None:
    with http.attributed_to("outer"):
        ask(http, "json")
        with http.attributed_to("inner"):
            ask(http, "html?secret=1")

    assert [(each.path, each.status, each.reason) for each in http.exchanges] == [
        ("/json", 200, "outer"),
        ("/html", 200, "inner"),
    ]
    assert http.hosts == (http.cloud.login,)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "https://login.microsoftonline.com.evil.example/",
        "http://graph.microsoft.com/",
        "https://graph.microsoft.com:8443/",
    ],
)
def test_another_host_is_not_asked(http: Http, url: str) -> None:
    with pytest.raises(ForeignHost):
        http.session.get(url)

    assert http.exchanges == []


def test_a_redirect_to_another_host_is_not_followed(http: Http) -> None:
    with pytest.raises(ForeignHost):
        http.session.get(f"https://{http.cloud.login}/away")


def test_busy_says_how_long(http: Http) -> None:
    with pytest.raises(Busy) as busy:
        ask(http, "busy")

    assert (busy.value.status, busy.value.retry_after) == (429, 7.0)
    with pytest.raises(Busy) as down:
        ask(http, "down")
    assert (down.value.status, down.value.retry_after) == (503, None)


@pytest.mark.parametrize("status", [408, 429, 500, 504])
def test_what_says_nothing_of_the_request_itself_is_no_refusal(status: int) -> None:
    response = requests.Response()
    response.status_code, response.url, response._content = status, "https://graph.microsoft.com/", b"{}"
    azure = HttpResponseError("no")
    azure.response, azure.status_code = cast(Any, SimpleNamespace(status_code=status, headers={})), status

    with pytest.raises(Busy):
        http_response.raise_if_busy(response)
    with pytest.raises(Busy), translating_vault_errors(cast(Any, None), "contoso.vault.azure.net"):
        raise azure


@pytest.mark.parametrize(
    ("what", "kind", "words"),
    [
        ("cut", "cut", "broke off"),
        ("huge", "answer", "the answer has more than 2,000,000 bytes"),
        ("bomb", "answer", "the answer came packed, and unpacks to more than 2,000,000 bytes"),
        ("garbled", "answer", "it cannot be unpacked"),
    ],
)
def test_a_broken_answer_is_said_in_words(http: Http, what: str, kind: str, words: str) -> None:
    with pytest.raises(Unreachable) as trouble:
        ask(http, what)

    assert trouble.value.kind == kind
    assert words in trouble.value.detail
    asked = HttpRequest("GET", f"https://{http.cloud.login}/{what}")
    with azure_transport(http) as transport, pytest.raises(AzureError) as of_the_sdk:
        transport.send(asked)
    assert words in read_network_error(of_the_sdk.value, "it").detail


def test_a_certificate_of_another_authority_is_refused_whatever_the_caller_says(cloud: Cloud) -> None:
    http = Http(replace(cloud, ca_bundle=""), SystemClock(), Cancel())

    with pytest.raises(Unreachable) as trouble:
        ask(http, "json")
    assert trouble.value.kind == "tls"
    with pytest.raises(requests.exceptions.SSLError):
        http.session.get(f"https://{cloud.login}/json", verify=False)


def test_the_clouds_own_bundle_beats_the_environments(http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent/bundle.pem")

    assert ask(http, "json").status == 200


def test_the_environments_bundle_serves_a_cloud_without_one(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", cloud.ca_bundle)
    http = Http(replace(cloud, ca_bundle=""), SystemClock(), Cancel())

    assert ask(http, "json").status == 200


def test_a_cancel_is_heard_while_a_service_says_nothing(http: Http, server: Server) -> None:
    server.when_asked = http.cancel.set

    with waits_after_cancel(http.cancel) as waits, pytest.raises(Cancelled):
        ask(http, "slow")  # it would wait for ever

    assert sum(waits) < 2
    with pytest.raises(Cancelled):
        ask(http, "json")
    assert len(server.asked) == 1


def test_silence_ends_at_the_limit(http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_adapter, "ANSWER_LIMIT", 0.2)
    monkeypatch.setattr(http_adapter, "CONNECT_LIMIT", 0.2)

    with pytest.raises(Unreachable) as trouble:
        ask(http, "slow")

    assert trouble.value.kind == "timeout"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("12", 12.0),
        ("-5", 0.0),
        ("1e9", http_response.LONGEST_RETRY_AFTER),
        ("nan", None),
        ("", None),
        ("soon", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
    ],
)
def test_retry_after_is_read_in_every_form(header: str | None, seconds: float | None) -> None:
    assert retry_after(header) == seconds


def test_a_name_that_does_not_resolve_is_told_from_a_port_that_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    known = socket.getaddrinfo

    def resolve(host: str, *args: Any, **options: Any) -> Any:
        if host.endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    cloud = replace(built_in_clouds()["global"], login="no-such-host.invalid", graph="localhost:1")
    http = Http(cloud, SystemClock(), Cancel())
    kinds = []
    for host in (cloud.login, cloud.graph):
        with pytest.raises(Unreachable) as trouble:
            http.request("GET", f"https://{host}/")
        kinds.append(trouble.value.kind)

    assert kinds == ["name", "connect"]


def test_an_answer_that_comes_after_its_request_was_given_up_is_shown_to_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    http = Http(built_in_clouds()["global"], SystemClock(), Cancel())
    begun, late, running = threading.Event(), threading.Event(), list[threading.Thread]()

    def send(_adapter: object, request: requests.PreparedRequest, **_options: object) -> requests.Response:
        response = requests.Response()
        response._content, response._content_consumed = b"{}", True  # type: ignore[attr-defined]
        response.status_code = 401
        if "graph" in str(request.url):
            running.append(threading.current_thread())
            begun.set()
            late.wait(PATIENCE)
            response.status_code = 200
        else:
            assert begun.wait(PATIENCE)
            late.set()
            running[0].join(PATIENCE)
        return response

    monkeypatch.setattr(HTTPAdapter, "send", send)
    first, second = list[requests.Response](), list[requests.Response]()
    with (
        http.scope.limited_to(0.1),
        http.scope.observed_by(first.append),
        pytest.raises(requests.exceptions.ReadTimeout),
    ):
        http.session.request("GET", "https://graph.microsoft.com/v1.0/organization")
    with http.scope.observed_by(second.append):
        http.session.request("GET", "https://api.partnercenter.microsoft.com/v1/profiles/mpn")
    http.session.request("GET", "https://api.partnercenter.microsoft.com/v1/profiles/mpn")

    assert not running[0].is_alive()
    assert first == []
    assert [each.status_code for each in second] == [401], "its own answer, and not that of the one given up"


def test_a_proxy_that_wants_a_password_is_told_as_that_by_every_check() -> None:
    error = requests.exceptions.ProxyError("Cannot connect to proxy. Tunnel connection failed: 407 wanted")

    finding = not_reached(read_network_error(error, "login.microsoftonline.com"))

    assert finding.evidence["kind"] == "proxy_407"
    assert finding.title == look_up("network", "proxy_407").title  # type: ignore[union-attr]
    assert "password" in finding.remedy


def test_of_many_requests_the_latest_are_kept_and_every_host_is_known(http: Http, server: Server) -> None:
    ask(http, "json")
    (asked,) = http.exchanges
    for number in range(MOST_EXCHANGES + 1):
        http.record(replace(asked, host="login.microsoftonline.com", path=f"/{number}"))
    assert len(http.exchanges) <= MOST_EXCHANGES
    assert [each.path for each in http.exchanges[-KEPT:]] == [
        f"/{number}" for number in range(MOST_EXCHANGES + 1 - KEPT, MOST_EXCHANGES + 1)
    ]
    assert http.hosts == (asked.host, "login.microsoftonline.com")
