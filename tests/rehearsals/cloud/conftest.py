"""Starts rehearsal clouds for the tests beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from tests.rehearsals.cloud.bare_client import Client
from wizard.rehearsal import RehearsalCloud, load_scene


@pytest.fixture
def start() -> Iterator[Callable[..., Client]]:
    """Starts a scene's cloud and gives a client; all of them are stopped at the end."""
    with ExitStack() as stack:

        def starter(scene: str = "all-holds-public", **options: Any) -> Client:
            cloud = stack.enter_context(RehearsalCloud(load_scene(scene), **options))
            client = Client(cloud)
            stack.callback(client.http.close)
            return client

        yield starter


@pytest.fixture
def caught() -> Iterator[tuple[int, list[str]]]:
    """A loopback listener: its port and the paths that were asked for. To an answer it says where to go on."""
    paths: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(303 if "?" in self.path else 200)
            self.send_header("Location", "/done")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server.server_address[1], paths
    server.shutdown()
    thread.join()
    server.server_close()
