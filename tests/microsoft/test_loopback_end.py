"""The loopback listener ends when it is told to: at once, or as soon as the browser has seen its page."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import pytest

from tests.microsoft.redirects import (
    RIGHT,
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
from wizard.microsoft.landing import Landing
from wizard.microsoft.loopback import RedirectListener


@pytest.fixture
def handler() -> RedirectHandler:
    return RedirectHandler()


@pytest.fixture
def listener(handler: RedirectHandler) -> Iterator[RedirectListener]:
    with listening(handler) as listener:
        yield listener


def ends(listener: RedirectListener) -> bool:
    listener._thread.join(PATIENCE)
    return not listener._thread.is_alive()


def is_gone(listener: RedirectListener) -> bool:
    with contextlib.suppress(ConnectionError):
        connect(listener).close()
        return False
    return True


def test_after_close_nothing_listens_and_it_may_be_said_again_by_anybody(listener: RedirectListener) -> None:
    others = [threading.Thread(target=listener.close) for _ in range(5)]
    for each in others:
        each.start()
    listener.close()
    listener.close_when_seen()
    listener.close()
    for each in others:
        each.join(PATIENCE)

    assert is_gone(listener)
    assert not any(each.is_alive() for each in others)


def test_close_waits_for_no_slow_sender(listener: RedirectListener) -> None:
    with connect(listener) as slow:
        slow.sendall(b"GET /?x=")
        listener.close()
        assert not listener._thread.is_alive()
        with contextlib.suppress(ConnectionResetError):
            assert slow.recv(1) == b""


def test_close_waits_for_no_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loopback, "CLOSE_LIMIT", 0.01)
    at_work, go_on = threading.Event(), threading.Event()

    def ponders(_target: str) -> Landing | None:
        at_work.set()
        go_on.wait(PATIENCE)
        return None

    listener = RedirectListener("http://localhost", ponders)
    with connect(listener) as connection:
        connection.sendall(lines(listener))
        assert at_work.wait(PATIENCE)
        listener.close()
        assert is_gone(listener)
        go_on.set()
        assert ends(listener)


def test_a_judge_may_close_it() -> None:
    made: list[RedirectListener] = []

    def closes(_target: str) -> Landing | None:
        made[0].close()
        return None

    made.append(RedirectListener("http://localhost", closes))
    said_to(made[0], lines(made[0]))
    assert ends(made[0])


def leaving_at_once(handler: RedirectHandler) -> RedirectListener:
    """One that is told to close as soon as the answer is handed on, before the browser has got anything."""
    made: list[RedirectListener] = []

    def takes(target: str) -> Landing | None:
        landing = handler(target)
        if landing:
            made[0].close_when_seen()
        return landing

    made.append(RedirectListener("http://localhost", takes))
    return made[0]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No limit ends the wait for a browser."""
    monkeypatch.setattr(loopback, "SEEN_LIMIT", PATIENCE)
    monkeypatch.setattr(loopback, "ICON_LIMIT", PATIENCE)


@pytest.mark.usefixtures("patient")
def test_a_browser_sees_its_page_and_then_it_is_closed(handler: RedirectHandler) -> None:
    listener = leaving_at_once(handler)
    redirect = get(listener.uri + RIGHT)
    assert get(listener.uri + redirect.headers["Location"]).status_code == 200
    assert not is_gone(listener)
    assert get(f"{listener.uri}/favicon.ico").status_code == 200
    assert ends(listener)
    assert is_gone(listener)


@pytest.mark.parametrize("limits", [("SEEN_LIMIT",), ("ICON_LIMIT",)])
def test_a_browser_that_does_not_come_keeps_nothing_open(
    handler: RedirectHandler, limits: tuple[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loopback, "SEEN_LIMIT", PATIENCE)
    monkeypatch.setattr(loopback, limits[0], 0.2)
    listener = leaving_at_once(handler)
    get(listener.uri + RIGHT, follow=limits == ("ICON_LIMIT",))
    assert ends(listener)


@pytest.mark.usefixtures("patient")
def test_where_no_browser_was_sent_anywhere_it_closes_at_once(listener: RedirectListener) -> None:
    with connect(listener):
        listener.close_when_seen()
        assert ends(listener)
        assert is_gone(listener)


@pytest.mark.usefixtures("patient")
def test_where_all_is_seen_already_it_closes_at_once(listener: RedirectListener) -> None:
    get(listener.uri + RIGHT, follow=True)
    get(f"{listener.uri}/favicon.ico")
    listener.close_when_seen()
    assert ends(listener)


@pytest.mark.usefixtures("patient")
def test_close_beside_close_when_seen_ends_it(handler: RedirectHandler) -> None:
    listener = leaving_at_once(handler)
    get(listener.uri + RIGHT)
    assert not is_gone(listener)
    listener.close()
    assert is_gone(listener)


@pytest.mark.usefixtures("patient")
def test_one_that_only_shows_its_page_gives_its_port_to_a_new_one(handler: RedirectHandler) -> None:
    first = leaving_at_once(handler)
    get(first.uri + RIGHT)
    second = RedirectListener(first.uri, handler)
    try:
        assert second.port == first.port
        assert takes_the_right_one(second, handler)
    finally:
        second.close()
