"""Nothing strange that comes to the loopback listener is taken, and nothing of it ends it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.microsoft.redirects import (
    RIGHT,
    STATE,
    RedirectHandler,
    connect,
    get,
    lines,
    listening,
    said_to,
    takes_the_right_one,
)
from tests.patience import PATIENCE
from wizard.microsoft import loopback
from wizard.microsoft.loopback import MOST_CONNECTIONS, RedirectListener


@pytest.fixture
def handler() -> RedirectHandler:
    return RedirectHandler()


@pytest.fixture
def listener(handler: RedirectHandler) -> Iterator[RedirectListener]:
    with listening(handler) as listener:
        yield listener


BIG = "y" * 17_000
STRAY: dict[str, tuple[str, int]] = {
    "no query": ("/", 404),
    "sign of a page nobody was sent to": ("/favicon.ico", 404),
    "page nobody was sent to": ("/partner-wizard/signed-in", 404),
    "another path": (f"/other?state={STATE}", 404),
    "path above": (f"/../?state={STATE}", 404),
    "encoded path": (f"/%2f?state={STATE}", 404),
    "two slashes": (f"//evil.example/?state={STATE}", 404),
    "another state": ("/?state=another", 404),
    "empty state": ("/?state=", 404),
    "no state": ("/?code=x", 404),
    "two states": (f"/?state={STATE}&state={STATE}", 404),
    "odd percent-encoding": ("/?state=%zz%&code=%00%ff%c0%af", 404),
    "state in the wrong letters": ("/?State=the-state", 404),
    "whole address as a proxy gets it": (f"http://localhost/?state={STATE}", 400),
    "asterisk": ("*", 400),
    "too long": (f"{RIGHT}&x={BIG}", 414),
    "NUL": (f"/?state={STATE}\0", 400),
    "letters beyond ASCII": (f"/?state={STATE}&x=\xe4", 400),
    "a blank in it": (f"/?state={STATE} x", 400),
    "a tab in it": (f"/?state={STATE}\tx", 400),
    "nothing": ("", 400),
}


@pytest.mark.parametrize("case", STRAY)
def test_a_stray_target_is_refused_and_ends_nothing(
    listener: RedirectListener, handler: RedirectHandler, case: str
) -> None:
    target, status = STRAY[case]
    answer = said_to(listener, lines(listener, first=f"GET {target} HTTP/1.1"))

    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert handler.taken == []
    assert takes_the_right_one(listener, handler)


FOREIGN: dict[str, tuple[dict[str, str], int]] = {
    "another host": ({"Host": "evil.example"}, 421),
    "another port": ({"Host": "localhost:1"}, 421),
    "another name of this machine": ({"Host": "127.0.0.1:{port}"}, 421),
    "host without port": ({"Host": "localhost"}, 421),
    "host behind a user": ({"Host": "localhost:{port}@evil.example"}, 421),
    "host with a dot": ({"Host": "localhost.:{port}"}, 421),
    "empty host": ({"Host": ""}, 421),
    "foreign origin": ({"Origin": "https://evil.example"}, 403),
    "own origin with TLS": ({"Origin": "https://localhost:{port}"}, 403),
    "own origin on another port": ({"Origin": "http://localhost:1"}, 403),
    "origin of a sandbox": ({"Origin": "null"}, 403),
    "origin of a sandbox that fetches": ({"Origin": "null", "Sec-Fetch-Mode": "cors"}, 403),
    "foreign origin that navigates": ({"Origin": "https://evil.example", "Sec-Fetch-Mode": "navigate"}, 403),
    "fetch": ({"Sec-Fetch-Mode": "cors"}, 403),
    "image": ({"Sec-Fetch-Mode": "no-cors"}, 403),
    "web socket": ({"Sec-Fetch-Mode": "websocket", "Upgrade": "websocket"}, 403),
    "own page that fetches": ({"Sec-Fetch-Mode": "same-origin"}, 403),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_the_right_redirect_from_a_foreign_page_or_under_a_foreign_name_is_refused(
    listener: RedirectListener, handler: RedirectHandler, case: str
) -> None:
    headers, status = FOREIGN[case]
    answer = get(listener.uri + RIGHT, {name: value.format(port=listener.port) for name, value in headers.items()})

    assert answer.status_code == status
    assert handler.asked == []
    assert takes_the_right_one(listener, handler)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Mode": "navigate"},
        {"Origin": "null", "Sec-Fetch-Mode": "navigate"},
        {"Cookie": "a=" + "b" * 9000},
    ],
    ids=["old browser", "browser", "after a form", "cookies of others"],
)
def test_a_browser_that_was_sent_here_gets_through(
    listener: RedirectListener, handler: RedirectHandler, headers: dict[str, str]
) -> None:
    assert get(listener.uri + RIGHT, headers).ok
    assert len(handler.taken) == 1


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "OPTIONS", "DELETE", "PATCH", "TRACE", "get"])
def test_another_method_is_refused(listener: RedirectListener, handler: RedirectHandler, method: str) -> None:
    answer = said_to(listener, lines(listener, "Content-Length: 3", first=f"{method} {RIGHT} HTTP/1.1") + b"a=b")

    assert answer.startswith(b"HTTP/1.1 405 ")
    assert b"\r\nAllow: GET\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")
    assert handler.asked == []
    assert takes_the_right_one(listener, handler)


GARBAGE: dict[str, tuple[bytes, bytes]] = {
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)), b"400"),
    "TLS without a line end": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xaa" * 100, b"400"),
    "HTTP/0.9": (b"GET /?state=the-state\r\n", b"400"),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"400"),
    "HTTP/9": (b"GET / HTTP/9.0\r\n\r\n", b"400"),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.6\r\n", b"400"),
    "empty lines": (b"\r\n\r\n\r\n", b"400"),
    "NULs": (b"\0" * 5000, b"400"),
    "no host": (b"GET /?state=the-state HTTP/1.0\r\n\r\n", b"421"),
    "two hosts": (b"GET /?state=the-state HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", b"421"),
    "header without a colon": (b"GET /?state=the-state HTTP/1.1\r\nHost\r\n\r\n", b"400"),
    "folded header": (b"GET /?state=the-state HTTP/1.1\r\nHost: x\r\n y\r\n\r\n", b"400"),
    "blank before the colon": (b"GET /?state=the-state HTTP/1.1\r\nHost : x\r\n\r\n", b"400"),
    "NUL in a header": (b"GET /?state=the-state HTTP/1.1\r\nHost: x\0\r\n\r\n", b"400"),
    "header of 1 MB": (b"GET / HTTP/1.1\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n", b"431"),
    "many headers": (b"GET / HTTP/1.1\r\n" + b"X: aaaaaaaa\r\n" * 50_000 + b"\r\n", b"431"),
    "endless line": (b"GET /" + b"a" * 1_000_000, b"414"),
    "hung up in the line": (b"GET /?sta", b""),
    "hung up in a header": (b"GET /?state=the-state HTTP/1.1\r\nHost: loc", b""),
    "nothing": (b"", b""),
}


@pytest.mark.parametrize("case", GARBAGE)
def test_garbage_is_refused_and_ends_nothing(listener: RedirectListener, handler: RedirectHandler, case: str) -> None:
    sent, status = GARBAGE[case]
    with connect(listener) as connection:
        connection.sendall(sent)
        if not status:
            connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))

    assert answer.split(b" ")[1:2] == ([status] if status else [])
    assert handler.asked == []
    assert takes_the_right_one(listener, handler)


def is_dropped(connection: socket.socket, more_bytes: int) -> bool:
    """Whether it is, while another byte is sent each moment."""
    try:
        for _ in range(more_bytes):
            connection.sendall(b"y")
            with contextlib.suppress(TimeoutError):
                return connection.recv(1) == b""
    except ConnectionError:
        return True
    return False


@pytest.mark.parametrize("limit", ["QUIET_LIMIT", "WHOLE_LIMIT"])
def test_a_slow_sender_is_dropped(
    listener: RedirectListener, handler: RedirectHandler, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loopback, limit, 0.2)
    with connect(listener) as slow:
        slow.sendall(b"GET /?x=")
        if limit == "WHOLE_LIMIT":
            slow.settimeout(0.01)
            assert is_dropped(slow, more_bytes=2000)
        else:
            assert slow.recv(1) == b""
    monkeypatch.undo()
    assert takes_the_right_one(listener, handler)


def test_a_sender_that_stops_at_any_byte_keeps_nobody_out(
    listener: RedirectListener, handler: RedirectHandler, tried: Callable[[str, int], None]
) -> None:
    whole = lines(listener, "Accept: text/html", "Sec-Fetch-Mode: navigate")
    for at in range(1, len(whole)):
        with connect(listener) as connection:
            connection.sendall(whole[:at])
            if at % 12 == 0:  # while it is silent; else right after it has hung up
                assert takes_the_right_one(listener, handler)

    assert takes_the_right_one(listener, handler)
    assert RIGHT not in handler.asked  # as it is; requests escapes a part of it
    tried("H11", len(whole) - 1)


def test_a_hundred_silent_connections_do_not_keep_the_right_one_out(
    listener: RedirectListener, handler: RedirectHandler
) -> None:
    before = {*threading.enumerate()}
    with contextlib.ExitStack() as stack:
        silent = [stack.enter_context(connect(listener)) for _ in range(100)]
        assert takes_the_right_one(listener, handler)
        assert {*threading.enumerate()} <= before  # those of other tests may end meanwhile
        assert len(listener._connections) <= MOST_CONNECTIONS
        assert silent[0].recv(1) == b""  # the oldest had to go


def test_a_hundred_at_once_are_all_answered_or_dropped_and_the_right_one_gets_through(
    listener: RedirectListener, handler: RedirectHandler
) -> None:
    strays = [threading.Thread(target=said_to, args=(listener, b"GET /x HTTP/1.1\r\n\r\n")) for _ in range(100)]
    for each in strays:
        each.start()
    assert takes_the_right_one(listener, handler)
    for each in strays:
        each.join(PATIENCE)
    assert not any(each.is_alive() for each in strays)
