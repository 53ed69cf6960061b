"""The listener for the consent page's answer takes that one redirect and nothing else, and stays up for it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from tests.patience import PATIENCE
from wizard.errors import BadInput
from wizard.microsoft.loopback import RedirectListener

STATE = "the-state"


@pytest.fixture
def caught() -> list[str]:
    return []


@pytest.fixture
def listener(caught: list[str]) -> Iterator[RedirectListener]:
    listening = RedirectListener("http://localhost", STATE, caught.append)
    yield listening
    listening.close()


def get(url: str, **headers: str) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, headers=headers, timeout=PATIENCE)


def test_the_redirect_is_handed_on_and_its_page_holds_nothing_of_it(
    listener: RedirectListener, caught: list[str]
) -> None:
    answer = get(f"{listener.uri}/?admin_consent=True&state={STATE}&tenant=t<script>")

    assert answer.status_code == 200
    assert len(caught) == 1
    assert "admin_consent=True" in caught[0]
    assert STATE not in answer.text
    assert "script>" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_an_error_is_handed_on_as_well(listener: RedirectListener, caught: list[str]) -> None:
    get(f"{listener.uri}/?error=access_denied&state={STATE}")

    assert len(caught) == 1


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/favicon.ico",
        "/other?state=the-state",
        "/?state=another",
        "/?state=",
        "/?admin_consent=True",
        "/?state=the-state&state=the-state",
        f"/?state={STATE}&x={'y' * 9000}",
    ],
)
def test_a_stray_request_gets_404_and_ends_nothing(listener: RedirectListener, caught: list[str], target: str) -> None:
    assert get(listener.uri + target).status_code == 404
    assert caught == []

    get(f"{listener.uri}/?admin_consent=True&state={STATE}")
    assert len(caught) == 1


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:1", "localhost", "localhost:80@evil.example"])
def test_another_host_name_is_refused(listener: RedirectListener, caught: list[str], host: str) -> None:
    assert get(f"{listener.uri}/?admin_consent=True&state={STATE}", Host=host).status_code == 404
    assert caught == []


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "OPTIONS", "DELETE"])
def test_another_method_is_refused(listener: RedirectListener, caught: list[str], method: str) -> None:
    with requests.Session() as session:
        session.trust_env = False
        answer = session.request(method, f"{listener.uri}/?admin_consent=True&state={STATE}", timeout=PATIENCE)

    assert answer.status_code == 501
    assert caught == []


def test_it_listens_on_loopback_alone(listener: RedirectListener) -> None:
    addresses = {server.server_address[0] for server in listener._servers}

    assert addresses <= {"127.0.0.1", "::1"}


def test_garbage_and_silence_do_not_end_it(listener: RedirectListener, caught: list[str]) -> None:
    port = urlsplit(listener.uri).port
    silent = socket.create_connection(("127.0.0.1", port))
    with socket.create_connection(("127.0.0.1", port)) as garbage:
        garbage.sendall(b"\x16\x03\x01\x00\xff not http\r\n\r\n")
    with socket.create_connection(("127.0.0.1", port)) as huge:
        huge.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 200_000)

    get(f"{listener.uri}/?admin_consent=True&state={STATE}")

    silent.close()
    assert len(caught) == 1


def test_after_close_nothing_listens(listener: RedirectListener) -> None:
    listener.close()

    with pytest.raises(requests.ConnectionError):
        get(listener.uri)


def test_a_taken_port_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BadInput, match=f"port {port}"):
            RedirectListener(f"http://127.0.0.1:{port}", STATE, lambda _address: None)
