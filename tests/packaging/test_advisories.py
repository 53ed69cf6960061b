"""Advisories are looked up only where their source really answers; elsewhere that is said, at once."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.packaging import advisories
from tests.patience import PATIENCE
from tests.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def source() -> Iterator[HTTPServer]:
    """Serve whatever its `body` is."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.server.body)  # type: ignore[attr-defined]

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        (b'{"vulns": [{"id": "GHSA-9hjg-9r4m-mvj7"}]}', ""),
        (b"{}", "it answered 200, and not with the advisory of a release that has one"),
        (b"[]", "AttributeError"),
        (b"<html>Please sign in</html>", "JSONDecodeError"),
    ],
)
def test_a_source_counts_if_it_knows_a_known_advisory(source: HTTPServer, body: bytes, trouble: str) -> None:
    source.body = body  # type: ignore[attr-defined]

    assert advisories.trouble_with(f"http://127.0.0.1:{source.server_port}/", limit=30) == trouble


def test_where_nobody_answers_the_audit_is_skipped_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(advisories, "SOURCE", f"http://127.0.0.1:{free_port()}/")

    assert advisories.main() == advisories.UNREACHED
    assert capsys.readouterr().out.startswith(
        "pip-audit: skipped. No advisory source could be reached (http://127.0.0.1:"
    )


def test_a_source_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(advisories, "_answer_of", lambda *_: str(release.wait(PATIENCE)))

    try:
        assert advisories.trouble_with("http://127.0.0.1/", limit=0.01) == "no answer within 0.01 s"
    finally:
        release.set()
