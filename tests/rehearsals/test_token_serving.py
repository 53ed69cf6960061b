"""`partner-wizard token --serve`: one redemption for all who ask, on a socket of one's own or with a key."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.harness import program, wait_for
from tests.patience import PATIENCE
from tests.rehearsals.stored_journeys import CLIENT, TENANT, Stored, stored
from wizard.commands.rehearse import PacedClock
from wizard.commands.token_serving import serve_tokens
from wizard.core.errors import BadInput, Cancelled
from wizard.core.secret import Secret
from wizard.journeys.session import Session
from wizard.microsoft.clouds import read_cloud_file
from wizard.plain.line_writer import LineWriter
from wizard.rehearsal.choices import Service
from wizard.tokens.access_token import AccessToken
from wizard.tokens.keeper import TokenKeeper
from wizard.tokens.pace import PaceInMemory
from wizard.tokens.token_service import Answer, TokenService

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
AUDIENCE = "https://graph.microsoft.com"


class OnSocket(http.client.HTTPConnection):
    """A connection to a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=PATIENCE)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(self._path)


def get(connection: http.client.HTTPConnection, path: str = "/token", **headers: str) -> tuple[int, bytes]:
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


@contextmanager
def serving(place: str, answer: Any = lambda _asked: Answer(200, {})) -> Iterator[TokenService]:
    """A service in a thread of its own."""
    service, is_over = TokenService(place, answer), threading.Event()

    def run() -> None:
        while not is_over.is_set():
            service.serve_once()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        is_over.set()
        thread.join(PATIENCE)
        service.close()


def on_loopback(service: TokenService) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(service.address.split("/")[2], timeout=PATIENCE)


# --- what is kept -------------------------------------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.now = NOW


def keeper(clock: Clock, *answers: AccessToken | str) -> tuple[TokenKeeper[str], list[tuple[str, str]]]:
    asked: list[tuple[str, str]] = []
    left = list(answers)

    def redeem(audience: str, tenant_id: str) -> AccessToken | str:
        asked.append((audience, tenant_id))
        return left.pop(0)

    return TokenKeeper(redeem, lambda: clock.now), asked


def token(minutes: float) -> AccessToken:
    return AccessToken(Secret(f"of {minutes}"), NOW + timedelta(minutes=minutes), TENANT, CLIENT, AUDIENCE)


def test_a_token_is_given_until_five_minutes_before_its_end() -> None:
    clock = Clock()
    tokens, asked = keeper(clock, first := token(60), second := token(120))

    assert tokens.give(AUDIENCE, TENANT) is tokens.give(AUDIENCE, TENANT.upper()) is first
    clock.now = NOW + timedelta(minutes=54, seconds=59)
    assert tokens.give(AUDIENCE, TENANT) is first
    clock.now = NOW + timedelta(minutes=55)
    assert tokens.give(AUDIENCE, TENANT) is second
    assert len(asked) == 2


def test_what_was_refused_is_asked_for_again_after_a_minute() -> None:
    clock = Clock()
    tokens, asked = keeper(clock, "refused", good := token(60))

    assert [tokens.give(AUDIENCE, TENANT) for _ in range(3)] == ["refused"] * 3
    clock.now = NOW + timedelta(seconds=60)
    assert tokens.give(AUDIENCE, TENANT) is good
    assert len(asked) == 2


def test_a_token_that_hardly_lives_is_not_redeemed_at_each_request() -> None:
    clock = Clock()
    tokens, asked = keeper(clock, token(3), token(3))

    for seconds in (0, 20, 40, 59):
        clock.now = NOW + timedelta(seconds=seconds)
        tokens.give(AUDIENCE, TENANT)
    assert len(asked) == 1
    clock.now = NOW + timedelta(seconds=61)
    tokens.give(AUDIENCE, TENANT)
    assert len(asked) == 2


def test_a_clock_that_is_set_back_gives_no_token_for_longer_than_it_lives() -> None:
    clock = Clock()
    tokens, asked = keeper(clock, "refused", token(60))

    tokens.give(AUDIENCE, TENANT)
    clock.now = NOW - timedelta(days=1)
    assert isinstance(tokens.give(AUDIENCE, TENANT), AccessToken)
    assert len(asked) == 2


def test_each_api_and_tenant_has_its_own() -> None:
    tokens, asked = keeper(Clock(), token(60), token(60), token(60))

    for audience, tenant_id in ((AUDIENCE, TENANT), (AUDIENCE, "other"), ("https://other", TENANT)):
        tokens.give(audience, tenant_id)
        tokens.give(audience, tenant_id)
    assert asked == [(AUDIENCE, TENANT), (AUDIENCE, "other"), ("https://other", TENANT)]


# --- who may ask --------------------------------------------------------------------------------------------------


def test_a_socket_is_its_owners_alone_and_goes_with_the_service(tmp_path: Path) -> None:
    path = tmp_path / "tokens.sock"
    with serving(str(path)) as service:
        assert path.stat().st_mode & 0o777 == 0o600
        assert not service.key
        assert get(OnSocket(str(path))) == (200, b"{}\n")
    assert not path.exists()


def test_a_socket_that_was_left_behind_is_taken_over_and_one_in_use_is_not(tmp_path: Path) -> None:
    path = tmp_path / "tokens.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    with serving(str(path)):
        assert get(OnSocket(str(path)))[0] == 200
        with pytest.raises(BadInput, match="another program listens"):
            TokenService(str(path), lambda _asked: Answer(200, {})).close()


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_what_is_no_socket_is_left_alone(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "tokens.sock"
    if kind == "file":
        path.write_text("mine")
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "nothing")

    with pytest.raises(BadInput, match="no socket of yours"):
        TokenService(str(path), lambda _asked: Answer(200, {}))
    assert path.is_symlink() or path.exists()


@pytest.mark.parametrize("place", ["/no/such/folder/a.sock", "/tmp/" + "a" * 200, "70000"])
def test_a_place_that_cannot_be_used_is_wrong_usage(place: str) -> None:
    with pytest.raises(BadInput, match="--serve"):
        TokenService(place, lambda _asked: Answer(200, {}))


def test_on_loopback_it_takes_the_key() -> None:
    with serving("0", lambda asked: Answer(200, dict(asked))) as service:
        key = service.key.reveal()
        assert len(key) > 40
        assert get(on_loopback(service))[0] == 401
        assert get(on_loopback(service), X_Identity_Header="wrong")[0] == 401
        assert get(on_loopback(service), X_Identity_Header=key) == (200, b"{}\n")
        _, body = get(on_loopback(service), "/token?resource=graph&customer=a.com", X_Identity_Header=key)
        assert json.loads(body) == {"resource": "graph", "customer": "a.com"}


def test_connections_that_show_no_key_keep_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.tokens.token_service.MOST_AT_ONCE", 2)
    with serving("0") as service, ExitStack() as others:
        port = int(on_loopback(service).port or 0)
        for _ in range(4):
            other = others.enter_context(socket.create_connection(("127.0.0.1", port)))
            other.sendall(b"GET /token HTTP/1.1\r\nX-Another: ")
        assert get(on_loopback(service), X_Identity_Header=service.key.reveal())[0] == 200


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/token", {"Host": "evil.example:80"}, 403),
        ("/token", {"Host": "localhost"}, 403),
        ("/token", {"Origin": "https://evil.example"}, 403),
        ("/", {}, 404),
        ("/token/", {}, 404),
        ("/token?" + "&".join(["a=1"] * 50), {}, 400),
    ],
)
def test_other_requests_are_refused_even_with_the_key(path: str, headers: dict[str, str], status: int) -> None:
    asked: list[object] = []

    def answer(given: object) -> Answer:
        asked.append(given)
        return Answer(200, {})

    with serving("0", answer) as service:
        assert get(on_loopback(service), path, X_Identity_Header=service.key.reveal(), **headers)[0] == status
    assert asked == []


@pytest.mark.parametrize("method", ["POST", "PUT", "HEAD", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(method: str) -> None:
    with serving("0") as service:
        connection = on_loopback(service)
        connection.request(method, "/token", headers={"X-Identity-Header": service.key.reveal()})
        assert connection.getresponse().status == 501
        connection.close()


def test_an_error_of_the_program_shows_its_place_alone(capfd: pytest.CaptureFixture[str]) -> None:
    def fails(_asked: object) -> Answer:
        raise ValueError("a token")

    with serving("0", fails) as service:
        with pytest.raises(http.client.RemoteDisconnected):
            get(on_loopback(service), X_Identity_Header=service.key.reveal())
        wait_for(lambda: (said := capfd.readouterr().err) and said.startswith("partner-wizard: an answer ended"), "it")
        assert get(on_loopback(service), X_Identity_Header="")[0] == 401


# --- the command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def journey(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Stored]:
    with stored("all-holds-public", monkeypatch, tmp_path) as played:
        yield played


@contextmanager
def served(journey: Stored, path: Path) -> Iterator[Session]:
    """The command's own function, on the cloud's clock."""
    session = Session(read_cloud_file(journey.cloud.cloud_file), clock=PacedClock(journey.cloud.clock))
    lines = LineWriter(out=StringIO(), err=StringIO())
    ended: list[type[BaseException]] = []

    def run() -> None:
        try:
            serve_tokens(session, journey.at_hand, str(path), ("partner-center", ""), PaceInMemory(), lines)
        except (Cancelled, BadInput) as error:
            ended.append(type(error))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    wait_for(lambda: path.exists() or ended, "the socket")
    try:
        yield session
    finally:
        session.stop()
        thread.join(PATIENCE)
    assert ended == [Cancelled]
    assert not path.exists()


def redemptions(journey: Stored) -> int:
    return len([each for each in journey.cloud.log if "refresh_token" in each.form])


def test_many_who_ask_get_the_token_of_one_redemption(journey: Stored, tmp_path: Path) -> None:
    path = tmp_path / "tokens.sock"
    before, bodies = redemptions(journey), list[bytes]()
    with served(journey, path):
        threads = [threading.Thread(target=lambda: bodies.append(get(OnSocket(str(path)))[1])) for _ in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(PATIENCE)
        status, as_identity = get(OnSocket(str(path)), "/token?api-version=2019-08-01&resource=partner-center")

        journey.cloud.clock.advance(5400)
        later = json.loads(get(OnSocket(str(path)))[1])

    assert len(bodies) == 8
    (given,) = {json.loads(body)["accessToken"] for body in bodies}
    assert status == 200
    assert json.loads(as_identity)["access_token"] == given
    assert set(json.loads(as_identity)) == {"access_token", "expires_on", "resource", "token_type", "client_id"}
    assert later["accessToken"] != given
    assert redemptions(journey) == before + 2


def test_a_refusal_is_said_with_its_reason_and_is_not_repeated(journey: Stored, tmp_path: Path) -> None:
    path = tmp_path / "tokens.sock"
    before = redemptions(journey)
    with served(journey, path):
        answers = [get(OnSocket(str(path)), "/token?resource=graph") for _ in range(3)]
        wrong = get(OnSocket(str(path)), "/token?resource=https://contoso.sharepoint.com")
        customer = get(OnSocket(str(path)), "/token?customer=no%20tenant")

        with journey.cloud.state.lock:
            api = journey.cloud.state.resources[Service.GRAPH]
            journey.cloud.state.set_grant(CLIENT, Service.GRAPH, api.scopes)
        journey.cloud.clock.advance(61)
        allowed = get(OnSocket(str(path)), "/token?resource=graph")

    assert {status for status, _ in answers} == {403}
    assert json.loads(answers[0][1])["code"] == "not_consented"
    assert redemptions(journey) == before + 2
    assert (wrong[0], json.loads(wrong[1])["code"]) == (400, "bad_request")
    assert (customer[0], json.loads(customer[1])["code"]) == (400, "bad_request")
    assert allowed[0] == 200


def test_the_program_says_where_it_listens_and_ends_with_a_signal(journey: Stored, tmp_path: Path) -> None:
    given = ["--journey", str(journey.path), "--cloud-file", str(journey.cloud.cloud_file)]
    with program(journey.cloud, tmp_path / "run") as made:
        made.start("token", "--serve", "0", *given)
        wait_for(lambda: made.stdout.endswith("\n"), "the line that says where")
        said = json.loads(made.stdout)
        connection = http.client.HTTPConnection(said["address"].split("/")[2], timeout=PATIENCE)
        status, body = get(connection, "/token", **{said["header"]: said["key"]})
        made.signal(signal.SIGTERM)
        assert made.end() == 128 + signal.SIGTERM

    assert (said["type"], said["header"]) == ("serving", "X-IDENTITY-HEADER")
    assert status == 200
    assert json.loads(body)["tenant"] == TENANT
    assert "Traceback" not in made.stderr
