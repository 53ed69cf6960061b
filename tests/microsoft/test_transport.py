"""Kept connections: one that was idle too long is opened again, and no thread loses one it is using (T21)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from tests.patience import PATIENCE
from wizard.microsoft.transport import IDLE_LIMIT, FreshConnections


@dataclass
class Ticks:
    """A clock that is moved by hand."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


class Server(ThreadingHTTPServer):
    daemon_threads = True
    asked: list[tuple[str, int]]
    reached: threading.Event
    release: threading.Event


class Handler(BaseHTTPRequestHandler):
    """Keeps each path with the client's port, which says which connection it came on; /held waits to be let go."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        path = self.path.rpartition("/")[2]
        self.server.asked.append((path, self.client_address[1]))
        if path == "held":
            self.server.reached.set()
            self.server.release.wait(PATIENCE)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@dataclass
class Asking:
    server: Server
    ticks: Ticks
    session: requests.Session
    proxies: dict[str, str]
    threads: list[threading.Thread] = field(default_factory=list)
    failed: list[Exception] = field(default_factory=list)

    def ask(self, path: str) -> None:
        host = "elsewhere.example" if self.proxies else f"127.0.0.1:{self.server.server_address[1]}"
        self.session.get(f"http://{host}/{path}", proxies=self.proxies)

    def begin(self, path: str) -> threading.Thread:
        """Ask in a thread of its own."""

        def go() -> None:
            try:
                self.ask(path)
            except Exception as error:  # noqa: BLE001  # told by the test
                self.failed.append(error)

        thread = threading.Thread(target=go, daemon=True)
        thread.start()
        return thread

    def connections(self, *paths: str) -> list[int]:
        return [port for path, port in self.server.asked if path in paths]


@pytest.fixture(params=["straight", "through a proxy"])
def here(request: pytest.FixtureRequest) -> Iterator[Asking]:
    server = Server(("127.0.0.1", 0), Handler)
    server.asked, server.reached, server.release = [], threading.Event(), threading.Event()
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    ticks, session = Ticks(), requests.Session()
    session.trust_env = False
    session.mount("http://", FreshConnections(ticks))
    proxied = {"http": f"http://127.0.0.1:{server.server_address[1]}"}
    yield Asking(server, ticks, session, proxied if request.param != "straight" else {})
    server.release.set()
    session.close()
    server.shutdown()
    server.server_close()


def test_a_connection_is_used_again_while_it_is_fresh_and_opened_anew_after_that(here: Asking) -> None:
    here.ask("first")
    here.ticks.now += IDLE_LIMIT
    here.ask("soon")
    here.ticks.now += IDLE_LIMIT + 0.1
    here.ask("late")

    first, soon, late = here.connections("first", "soon", "late")
    assert first == soon
    assert late != first


def test_a_thread_that_was_idle_takes_no_connection_from_the_others(here: Asking) -> None:
    """Two threads, three connections: one in use, one used just now, one idle too long. Only that one is given up."""
    slow = here.begin("held")
    assert here.server.reached.wait(PATIENCE)
    here.ask("other")
    here.ticks.now += IDLE_LIMIT + 0.1
    here.ask("late")
    here.server.release.set()
    slow.join(PATIENCE)
    here.ask("after")
    here.ask("after")

    assert here.failed == []
    held, other, late = here.connections("held", "other", "late")
    assert late not in {held, other}, "what was idle too long is not used again"
    assert {*here.connections("after")} == {late, held}, "what the other thread used is fresh, and was kept"


def two_connections(here: Asking) -> set[int]:
    slow = here.begin("held")
    assert here.server.reached.wait(PATIENCE)
    here.ask("other")
    here.server.release.set()
    slow.join(PATIENCE)
    return {*here.connections("held", "other")}


def test_connections_of_a_host_that_is_asked_often_all_stay_fresh(here: Asking) -> None:
    opened = two_connections(here)
    for _ in range(8):
        here.ticks.now += IDLE_LIMIT * 0.4
        here.ask("often")
    assert len(opened) == 2
    assert {*here.connections("often")} == opened


def test_a_host_that_is_asked_seldom_is_asked_on_one_connection(here: Asking) -> None:
    two_connections(here)
    for _ in range(6):
        here.ticks.now += IDLE_LIMIT * 0.8
        here.ask("seldom")
    assert len({*here.connections("seldom")[1:]}) == 1


def test_a_request_that_begins_while_an_idle_connection_is_given_up_is_answered(here: Asking) -> None:
    """Many threads at once, each after a pause: no pool is closed under any of them."""
    here.ask("first")
    for _ in range(5):
        here.ticks.now += IDLE_LIMIT + 0.1
        threads = [here.begin("many") for _ in range(8)]
        for thread in threads:
            thread.join(PATIENCE)

    assert here.failed == []
    assert len(here.connections("many")) == 40
