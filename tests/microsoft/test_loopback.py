"""The loopback listener takes the awaited redirect, shows a page that says so, and listens on this machine alone."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.microsoft.redirects import RIGHT, STATE, RedirectHandler, get, lines, listening, said_to
from tests.ports import free_port, taken_port
from wizard.core.errors import BadInput
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


def test_the_browser_is_sent_on_to_a_page_whose_address_and_text_hold_nothing_of_what_came(
    listener: RedirectListener, handler: RedirectHandler
) -> None:
    redirect = get(listener.uri + RIGHT)

    assert redirect.status_code == 303
    assert redirect.headers["Location"] == "/partner-wizard/signed-in"
    assert redirect.content == b""
    assert len(handler.taken) == 1
    page = get(listener.uri + redirect.headers["Location"])
    assert page.status_code == 200
    assert "signed in" in page.text
    for part in ("AcodeB", STATE, "script"):
        assert part not in page.text


@pytest.mark.parametrize("landing", Landing)
def test_each_landing_has_its_page_and_only_after_a_redirect_led_there(landing: Landing) -> None:
    listener = RedirectListener("http://localhost", lambda _target: landing)
    try:
        assert get(listener.uri + landing.path).status_code == 404
        page = get(f"{listener.uri}/?state=x", follow=True)
        assert page.status_code == 200
        assert page.url == listener.uri + landing.path
        assert page.text.count("<h1>") == 1
        others = [get(listener.uri + each.path).status_code for each in Landing if each is not landing]
        assert set(others) == {404}
    finally:
        listener.close()


@pytest.mark.parametrize("target", [RIGHT, "/partner-wizard/signed-in", "/favicon.ico", "/nothing"])
def test_no_answer_is_kept_framed_or_able_to_load_anything_from_outside(
    listener: RedirectListener, target: str
) -> None:
    get(listener.uri + RIGHT)
    headers = get(listener.uri + target).headers

    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Connection"] == "close"


def test_the_sign_of_the_page_is_there_once_a_redirect_was_taken(listener: RedirectListener) -> None:
    assert get(f"{listener.uri}/favicon.ico").status_code == 404
    get(listener.uri + RIGHT)

    icon = get(f"{listener.uri}/favicon.ico", {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Site": "same-origin"})
    assert icon.headers["Content-Type"] == "image/svg+xml"
    assert len(icon.content) < 500
    foreign = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Site": "cross-site"}
    assert get(f"{listener.uri}/favicon.ico", foreign).status_code == 403


def test_the_same_redirect_again_gets_the_page_again_and_the_judge_is_told(
    listener: RedirectListener, handler: RedirectHandler
) -> None:
    pages = [get(listener.uri + RIGHT, follow=True).text for _ in range(2)]

    assert pages[0] == pages[1]
    assert handler.asked == handler.asked[:1] * 2
    assert len(handler.taken) == 1


def test_the_path_of_the_redirect_uri_is_the_one_that_is_handled(handler: RedirectHandler) -> None:
    listener = RedirectListener("http://127.0.0.1/sign-in/back", handler)
    try:
        assert listener.uri == f"http://127.0.0.1:{listener.port}/sign-in/back"
        for stray in ("/", "/sign-in", "/sign-in/back/", "/sign-in/back%2f", "/Sign-in/back"):
            assert get(f"http://127.0.0.1:{listener.port}{stray}?state={STATE}").status_code == 404
        assert handler.asked == []
        assert get(f"{listener.uri}?state={STATE}").status_code == 303
    finally:
        listener.close()


def test_a_handler_that_fails_has_not_taken_it(handler: RedirectHandler) -> None:
    def stumbles(target: str) -> Landing | None:
        handler(target)
        raise ValueError(target)

    listener = RedirectListener("http://localhost", stumbles)
    try:
        assert get(listener.uri + RIGHT).status_code == 404
        assert len(handler.asked) == 1
        assert get(listener.uri + RIGHT).status_code == 404
    finally:
        listener.close()


def test_who_does_not_come_from_this_machine_is_not_answered(
    listener: RedirectListener, handler: RedirectHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [loopback.is_this_machine(each) for each in ("127.0.0.1", "::1", "192.0.2.7", "2001:db8::1")] == [
        True,
        True,
        False,
        False,
    ]
    monkeypatch.setattr(loopback, "is_this_machine", lambda _address: False)
    assert said_to(listener, lines(listener)) == b""
    assert handler.asked == []


@pytest.mark.parametrize("uri", ["http://localhost", "http://127.0.0.1", "http://[::1]"])
def test_it_listens_on_loopback_alone(handler: RedirectHandler, uri: str) -> None:
    listener = RedirectListener(uri, handler)
    try:
        addresses = {each.getsockname()[0] for each in listener._sockets}
        assert addresses == {"http://localhost": {"127.0.0.1", "::1"}}.get(uri, {urlsplit(uri).hostname})
        assert get(listener.uri + RIGHT, follow=True).status_code == 200
    finally:
        listener.close()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("by", ["uri", "port"])
def test_a_taken_port_is_said_in_a_sentence_that_names_the_field(
    handler: RedirectHandler, address: str, by: str
) -> None:
    with taken_port(address) as port:
        uri, wanted = (f"http://localhost:{port}", 0) if by == "uri" else ("http://localhost:8400", port)
        with pytest.raises(BadInput, match=f"port {port} of this machine is taken") as said:
            RedirectListener(uri, handler, port=wanted, field="sign_in_port")
    assert said.value.field == "sign_in_port"


@pytest.mark.parametrize("port", [-1, 65_536, 10**9])
def test_a_port_that_cannot_be_is_said(handler: RedirectHandler, port: int) -> None:
    with pytest.raises(BadInput, match=f"no port {port}; expected one from 1 to 65535"):
        RedirectListener("http://localhost", handler, port=port)


def test_the_port_that_is_wanted_is_the_one(handler: RedirectHandler) -> None:
    port = free_port()
    listener = RedirectListener("http://localhost:8400/back", handler, port=port)
    try:
        assert (listener.port, listener.uri) == (port, f"http://localhost:{port}/back")
    finally:
        listener.close()
