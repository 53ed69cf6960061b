"""Nothing authorizes a request but what the program sets: no ~/.netrc, no NETRC, no user name in an address (T16)."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from starlette.types import Receive, Scope, Send

from tests.harness import rehearsed
from tests.rehearsals.scene_runs import run_scene
from wizard.core.errors import Unreachable
from wizard.core.events import DeviceCodePrompt
from wizard.core.waiting import Cancel, SystemClock
from wizard.microsoft.azure_credentials import create_credential
from wizard.microsoft.clouds import built_in_clouds
from wizard.microsoft.http import Http
from wizard.microsoft.sign_in_targets import VAULT
from wizard.microsoft.transport import OwnAuthorization
from wizard.rehearsal import device_codes, dispatcher

PASSWORD = "n3trc-c4n4ry"


@pytest.fixture(params=["~/.netrc", "NETRC"])
def netrc(request: pytest.FixtureRequest, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that names a user for every host, where requests looks for one."""
    file = home / ".netrc" if request.param == "~/.netrc" else tmp_path / "netrc"
    file.write_text(f"default login somebody password {PASSWORD}\n")
    file.chmod(0o600)
    if request.param == "NETRC":
        monkeypatch.setenv("NETRC", str(file))


class Server(ThreadingHTTPServer):
    daemon_threads = True
    heads: list[dict[str, str]]


class Handler(BaseHTTPRequestHandler):
    """Keeps the headers of each request, refuses every tunnel, and leads /away to /."""

    server: Server

    def do_GET(self) -> None:
        self.server.heads.append({name.lower(): value for name, value in self.headers.items()})
        body = (
            b'{"access_token": "an-access-token", "expires_on": "4102444800", "resource": "x", "token_type": "Bearer"}'
        )
        self.send_response(302 if self.path == "/away" else 200)
        self.send_header("Location", "/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_CONNECT(self) -> None:
        self.server.heads.append({name.lower(): value for name, value in self.headers.items()})
        self.send_response(403)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(("127.0.0.1", 0), Handler)
    made.heads = []
    threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def http_to(server: Server) -> Http:
    made = Http(built_in_clouds()["global"], SystemClock(), Cancel())
    made.allowed_hosts.add_identity_endpoint(f"127.0.0.1:{server.server_address[1]}")
    return made


@pytest.mark.usefixtures("netrc")
@pytest.mark.parametrize("path", ["/", "/away"])
@pytest.mark.parametrize("user", ["", "somebody:else@"])
def test_a_request_carries_the_authorization_it_was_given_or_none(server: Server, path: str, user: str) -> None:
    http = http_to(server)
    url = f"http://{user}127.0.0.1:{server.server_address[1]}{path}"

    http.session.get(url)
    http.session.get(url, headers={"Authorization": "Bearer ours"})

    assert [head.get("authorization") for head in server.heads] in (
        [None, "Bearer ours"],
        [None, None, "Bearer ours", "Bearer ours"],
    )


@pytest.mark.usefixtures("netrc")
def test_a_managed_identity_is_asked_without_it(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{server.server_address[1]}/token")
    monkeypatch.setenv("IDENTITY_HEADER", "ours")
    http = http_to(server)

    create_credential(http, "managed", VAULT).get_token("https://vault.azure.net/.default")

    assert [(head.get("authorization"), head["x-identity-header"]) for head in server.heads] == [(None, "ours")]


@pytest.mark.usefixtures("netrc")
def test_the_proxys_user_and_password_still_come_from_its_address(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://proxy-user:pr0xy@127.0.0.1:{server.server_address[1]}")
    http = Http(built_in_clouds()["global"], SystemClock(), Cancel())

    with pytest.raises(Unreachable):
        http.request("GET", f"https://{http.cloud.login}/")

    (head,) = server.heads
    assert base64.b64decode(head["proxy-authorization"].removeprefix("Basic ")) == b"proxy-user:pr0xy"
    assert "authorization" not in head


@pytest.mark.usefixtures("netrc")
@pytest.mark.parametrize("scene", ["all-holds-public", "all-holds-secret"])
def test_a_journey_is_proven_beside_a_netrc_and_no_service_sees_its_password(
    scene: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under the names of production: there proxy and authority come from the environment, as they do for people."""
    sent: list[str] = []
    answer = dispatcher.Dispatcher.__call__

    async def noted(self: dispatcher.Dispatcher, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope.get("headers", [])}
        sent.append(headers.get(b"authorization", ""))
        await answer(self, scope, receive, send)

    monkeypatch.setattr(dispatcher.Dispatcher, "__call__", noted)
    with rehearsed(scene, monkeypatch, names="production") as here:
        assert here.run() == "store.mfa_compliant"
        assert here.journey.is_proven

    assert {each.partition(" ")[0] for each in sent} == {"", "Bearer"}


@pytest.mark.parametrize("identity", ["environment", "default", "device-code"])
def test_every_session_of_the_product_is_ours(identity: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """MSAL's, azure-core's and azure-identity's requests leave through the session that reads no such file."""
    kinds: list[type[requests.Session]] = []
    begin = requests.Session.__init__

    def noted(self: requests.Session) -> None:
        kinds.append(type(self))
        begin(self)

    def no_file(*_arguments: Any) -> None:
        raise AssertionError("a netrc file was looked for")

    monkeypatch.setattr(device_codes, "POLL_INTERVAL", 1)
    monkeypatch.setattr(requests.Session, "__init__", noted)
    monkeypatch.setattr(requests.sessions, "get_netrc_auth", no_file)
    played = run_scene(
        "all-holds-public",
        monkeypatch,
        prepare=lambda _cloud, answers: replace(answers, vault_identity=identity),
        on_event=lambda cloud, event: cloud.clock.advance(20) if isinstance(event, DeviceCodePrompt) else None,
    )

    assert played.exit == 0, played.text
    assert set(kinds) == {OwnAuthorization}
