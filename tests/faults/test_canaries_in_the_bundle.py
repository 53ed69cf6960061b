"""What a service gives back of the secrets it was sent shows nowhere: not in the bundle, the journey, or on a line."""

from __future__ import annotations

import http.server
import io
import json
import os
import ssl
import threading
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests
import trustme
from starlette.types import Receive, Scope, Send

from tests.faults.canaries import Canaries, leaks
from tests.faults.echoes import FORMS, PLACES, SPOILS, Reply, found
from tests.sampling import sample
from wizard.catalogue import read_entra_error, read_graph_error, read_key_vault_error, read_partner_center_error
from wizard.commands.context import EXIT_CODES
from wizard.commands.rehearse import PacedClock
from wizard.core.errors import Busy, ServiceRefusal
from wizard.core.waiting import Cancel, SystemClock
from wizard.journeys.saved_journey import JourneyFile
from wizard.journeys.session import Session
from wizard.microsoft.clouds import Cloud, built_in_clouds, read_cloud_file
from wizard.microsoft.exchanges import LONGEST_ERROR
from wizard.microsoft.http import Http
from wizard.microsoft.http_response import HttpResponse, raise_if_busy, read_json
from wizard.microsoft.wire_redaction import LONGEST_REFUSAL, remember_request_secrets
from wizard.plain.answers_file import read_answers
from wizard.plain.line_writer import LineWriter
from wizard.plain.runner import run_journey
from wizard.rehearsal import RehearsalClock, RehearsalCloud, dispatcher, load_scene
from wizard.reporting.bundle import write_bundle
from wizard.reporting.journey_report import as_json, as_markdown

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)

# --- one request for each secret, place and form ----------------------------------------------------------------------

JWT = "eyJ0eXAiOiJKV1QifQ.eyJhdWQiOiJjYW5hcnkifQ.c4n4ry-{}-signature-of-it"
SENT = {
    "client_secret": "c4n4ry/8Q~client+secret=of'Contoso",
    "client_assertion": JWT.format("assertion"),
    "refresh_token": "1.AXc4n4ry-refresh-token_of-contoso.AgABAwEAAAD",
    "device_code": "DAQABIQEAAAAc4n4ry-device-code_of-contoso",
    "code": "0.AXc4n4ry-authorization-code_of-contoso",
    "password": "c4n4ry <pass> & \"word\" of Fabrikam",
    "assertion": JWT.format("on-behalf-of"),
}  # fmt: skip
GRANTED = {"access_token": JWT.format("access"), "id_token": JWT.format("id"), "user_code": "C4N4RYXYZ"}
OTHERS = {
    "bearer": JWT.format("bearer"),
    "vault value": "c4n4ry-value-in-a-vault/+=",
    "proxy password": "c4n4ry@proxy:password-of-it",
}
ALL = {**SENT, **GRANTED, **OTHERS, "vault value read": "c4n4ry-value-that-was-read"}


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet an answer, or the kernel waits for an acknowledgement between head and body

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        reply = self.server.reply
        self.send_response_only(reply.status, reply.reason)
        for name, value in {"Content-Type": reply.kind, **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.content)))
        self.end_headers()
        self.wfile.write(reply.content)

    do_GET = do_POST = do_PUT = answer  # noqa: N815  # names of the standard library

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    reply: Reply


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Cloud]]:
    authority = trustme.CA()
    bundle = str(tmp_path_factory.mktemp("ca") / "ca.pem")
    authority.cert_pem.write_to_path(bundle)
    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_args: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server, replace(built_in_clouds()["global"], login=f"localhost:{server.server_address[1]}", ca_bundle=bundle)
    server.shutdown()
    server.server_close()


def asked(http: Http, server: Server, secret: str, reply: Reply) -> requests.Response:
    """Send a secret as it is sent in life, and give the answer."""
    url = f"https://{http.cloud.login}/token"
    server.reply = Reply(200, "{}", "OK")
    if secret in GRANTED or secret == "vault value read":
        server.reply = Reply(200, json.dumps({secret.removesuffix(" read").removeprefix("vault "): ALL[secret]}))
        http.session.post(url)
    if secret == "proxy password":
        plain = requests.Request("GET", url).prepare()
        remember_request_secrets(
            http.redactor, plain, {"https": "http://me:c4n4ry%40proxy%3Apassword-of-it@proxy.contoso.com:8080"}
        )
    server.reply = reply
    if secret in SENT:
        return http.session.post(url, data={"grant_type": "x", secret: SENT[secret]}, allow_redirects=False)
    if secret == "vault value":
        return http.session.put(url, json={"value": ALL[secret], "tags": {}}, allow_redirects=False)
    headers = {"Authorization": f"Bearer {ALL[secret]}"} if secret == "bearer" else {}
    return http.session.get(url, headers=headers, allow_redirects=False)


def all_that_is_made_of(response: requests.Response, http: Http) -> str:
    """Everything that a reader, a library or a record makes of an answer."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    body = read_json(response)
    answer = HttpResponse(response.status_code, headers, body)
    made: list[object] = [answer, response.text, response.reason, response.headers, http.exchanges[-1]]
    made += [repr(response.content), response.content.decode("utf-8", "replace")]
    for read in (read_entra_error, read_graph_error, read_key_vault_error, read_partner_center_error):
        for each in (body, response.text):
            refusal: ServiceRefusal = read(each, response.status_code, headers)
            made += [refusal, vars(refusal)]
    try:
        raise_if_busy(response)
    except Busy as busy:
        made.append(vars(busy))
    return "\n".join(f"{each}\n{each!r}" for each in made)


@pytest.mark.parametrize("place", sample(6, PLACES))
def test_what_a_service_echoes_reaches_nobody(place: str, server: tuple[Server, Cloud]) -> None:
    """13 secrets in 9 forms, in each of 27 places: more than 3,000 answers."""
    tried = 0
    for name, secret in ALL.items():
        http = Http(server[1], SystemClock(), Cancel())  # one that knows this secret alone
        for form, write in FORMS.items():
            said = write(secret)
            response = asked(http, server[0], name, PLACES[place](said))
            seen = all_that_is_made_of(response, http)

            assert "•••" in seen or "\\u2022" in seen or place in SPOILS, (name, form)
            assert found({name: secret}, seen) == [], (name, form)
            tried += 1
        http.session.close()
    assert tried == len(ALL) * len(FORMS)


def test_what_support_needs_of_a_refusal_stays(server: tuple[Server, Cloud]) -> None:
    http = Http(server[1], SystemClock(), Cancel())
    reply = PLACES["error_description"](SENT["client_secret"])
    response = asked(http, server[0], "client_secret", replace(reply, headers={"x-ms-request-id": "r-1"}))
    refusal = read_entra_error(read_json(response), response.status_code, response.headers)

    assert (refusal.code, refusal.error) == ("AADSTS7000215", "invalid_client")
    assert refusal.description == "••• is wrong."
    assert refusal.ids.trace_id == "0f9e1c2d-1111-4222-8333-0123456789ab"
    assert refusal.ids.request_id == "r-1"
    kept = http.exchanges[-1]
    assert (kept.method, kept.path, kept.status, kept.ids.request_id) == ("POST", "/token", 401, "r-1")
    assert json.loads(kept.error)["error_codes"] == [7000215]
    assert kept.at.tzinfo is not None
    assert 0 <= kept.seconds < 30


def test_a_success_is_handed_on_as_it_came_and_not_recorded(server: tuple[Server, Cloud]) -> None:
    http = Http(server[1], SystemClock(), Cancel())
    body = json.dumps({"access_token": ALL["access_token"], "token_type": "Bearer"})
    response = asked(http, server[0], "client_secret", Reply(200, body))

    assert response.text == body
    assert http.exchanges[-1].error == ""


def test_a_success_that_says_error_as_well_keeps_its_tokens_alone(
    server: tuple[Server, Cloud],
) -> None:
    http = Http(server[1], SystemClock(), Cancel())
    token = ALL["access_token"]
    body = {"access_token": token, "error": "", "error_description": f"{SENT['client_secret']} gave {token}"}
    response = asked(http, server[0], "client_secret", Reply(200, json.dumps(body)))

    assert response.json() == {"access_token": token, "error": "", "error_description": "••• gave •••"}
    assert found(ALL, repr(http.exchanges)) == []


def test_a_request_without_an_answer_is_recorded_with_why(server: tuple[Server, Cloud]) -> None:
    http = Http(replace(server[1], ca_bundle=""), SystemClock(), Cancel())
    with pytest.raises(requests.exceptions.SSLError):
        http.session.get(f"https://{http.cloud.login}/a/{SENT['refresh_token']}?code=1")

    (exchange,) = http.exchanges
    assert (exchange.status, exchange.path) == (0, "/a/•••")
    assert exchange.error.startswith("its certificate is not trusted")


def test_a_refusal_that_is_much_too_long_is_cut(server: tuple[Server, Cloud]) -> None:
    http = Http(server[1], SystemClock(), Cancel())
    long = json.dumps({"error": "x", "more": "y " * LONGEST_REFUSAL + SENT["client_secret"]})
    response = asked(http, server[0], "client_secret", Reply(400, long))

    assert len(response.text) == LONGEST_REFUSAL
    assert len(http.exchanges[-1].error) == LONGEST_ERROR


def test_a_refusal_without_a_secret_is_handed_on_byte_for_byte(server: tuple[Server, Cloud]) -> None:
    http = Http(server[1], SystemClock(), Cancel())
    body = (
        '\ufeff{"error" : {"code":"Forbidden", "message":"caf\\u00e9 \u00fc","innererror":{"code":"ForbiddenByRbac"}}}'
    )
    challenge = 'Bearer authorization="https://login.microsoftonline.com/t", resource="https://vault.azure.net"'
    response = asked(http, server[0], "bearer", Reply(401, body, headers={"WWW-Authenticate": challenge}))

    assert response.content == body.encode()
    assert response.headers["WWW-Authenticate"] == challenge


# --- whole journeys ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moment:
    """The request whose answer echoes: its method, the end of its path, its grant."""

    name: str
    method: str
    path: str
    check: str
    grant: str = ""
    scene: str = "all-holds-secret"
    shape: str = "entra"
    is_vaults: bool = False

    def meets(self, scope: Scope, form: Mapping[str, str], app: str) -> bool:
        if (form.get("client_id", app) != app) != self.is_vaults:
            return False
        authorized = any(name == b"authorization" for name, _ in scope["headers"])
        is_asked = scope["method"] == self.method and scope["path"].endswith(self.path)
        return is_asked and form.get("grant_type", "").endswith(self.grant) and (authorized or self.shape == "entra")


MOMENTS = [
    Moment("vault identity", "POST", "/token", "user.vault", "client_credentials", is_vaults=True),
    Moment("app credential", "POST", "/token", "app.", "client_credentials"),
    Moment("app assertion", "POST", "/token", "app.", "client_credentials", "all-holds-certificate"),
    Moment("code asked for", "POST", "/devicecode", "user."),
    Moment("code redeemed", "POST", "/token", "user.", "device_code"),
    Moment("code redeemed, certificate", "POST", "/token", "user.", "device_code", "all-holds-certificate"),
    Moment("token renewed", "POST", "/token", "user.", "refresh_token"),
    Moment("Partner Center", "GET", "/organization", "user.", shape="partner_center"),
    Moment("value written", "PUT", "/secrets/partner-center-refresh-token", "store.", shape="vault"),
]


class Echo:
    """Stands in front of a rehearsal cloud: remembers the secrets of every request, and echoes all at one moment."""

    def __init__(self, moment: Moment, app: str, extra: Mapping[str, str]) -> None:
        self.moment = moment
        self.app = app
        self.secrets = dict(extra)
        self.echoed = 0

    def patch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        answer = dispatcher.Dispatcher.__call__

        async def call(this: dispatcher.Dispatcher, scope: Scope, receive: Receive, send: Send) -> None:
            body = await dispatcher._whole_body(receive)
            form = dict(parse_qsl(body.decode("latin-1")))
            self._note(scope, form, body)
            if not self.moment.meets(scope, form, self.app):
                await answer(this, scope, dispatcher._replay(body), send)
                return
            self.echoed += 1
            reply = self._reply()
            headers = [(name.encode(), value.encode()) for name, value in reply.headers.items()]
            headers += [(b"content-type", b"application/json"), (b"content-length", str(len(reply.content)).encode())]
            await send({"type": "http.response.start", "status": reply.status, "headers": headers})
            await send({"type": "http.response.body", "body": reply.content})

        monkeypatch.setattr(dispatcher.Dispatcher, "__call__", call)

    def _note(self, scope: Scope, form: Mapping[str, str], body: bytes) -> None:
        for name in SENT:
            if name in form:
                self.secrets[f"{name} {len(self.secrets)}"] = form[name]
        for name, value in scope["headers"]:
            if name == b"authorization":
                self.secrets[f"bearer {len(self.secrets)}"] = value.decode().partition(" ")[2]
        if scope["method"] == "PUT" and b'"value"' in body and not scope["path"].endswith("-write-check"):
            self.secrets[f"value {len(self.secrets)}"] = json.loads(body)["value"]

    def _reply(self) -> Reply:
        said = [write(secret) for secret in dict.fromkeys(self.secrets.values()) for write in FORMS.values()]
        text, short = " ".join(said), said[-len(FORMS)]
        headers = {"x-ms-request-id": short, "client-request-id": said[-1], "WWW-Authenticate": f"Bearer {short}"}
        entra = {
            "error": said[-len(FORMS)],
            "error_description": f"AADSTS7000215: {text[-1500:]}\r\nTrace ID: x",
            "error_codes": [7000215],
            "suberror": said[-2],
            "claims": json.dumps({"access_token": {"capolids": {"values": said[-9:]}}}),
            "error_uri": f"https://login.microsoftonline.com/error?code=7000215&x={said[1]}",
            "correlation_id": said[-len(FORMS)],
            "more": text,
            short: text,
        }
        bodies: dict[str, dict[str, object]] = {
            "entra": dict(entra),
            "partner_center": {"code": short, "description": text[-1500:], "correlationId": short},
            "vault": {"error": {"code": short, "message": text[-1500:], "innererror": {"code": short}}},
        }
        return Reply(
            403 if self.moment.shape != "entra" else 400, json.dumps(bodies[self.moment.shape]), headers=headers
        )


def without_sign_in(text: str) -> str:
    """The lines of a run but those that show a code to the person who is to enter it, who needs it."""
    shown = ("  code     ", '{"type": "sign_in"')
    return "\n".join(line for line in text.splitlines() if not line.startswith(shown))


@pytest.mark.parametrize("as_json", [False, pytest.param(True, marks=pytest.mark.system)], ids=["lines", "json"])
@pytest.mark.parametrize("moment", sample(2, MOMENTS), ids=lambda moment: moment.name)
def test_no_canary_in_anything_a_run_leaves(
    moment: Moment, as_json: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    password = "c4n4ry:proxy/pass"
    clock, canaries, out = RehearsalClock(), Canaries(), io.StringIO()
    with canaries.watching(), RehearsalCloud(load_scene(moment.scene), clock=clock) as cloud:
        for variable, value in cloud.environment.items():
            monkeypatch.setenv(variable, value)
        monkeypatch.setenv("HTTPS_PROXY", cloud.proxy_url.replace("//", "//me:c4n4ry%3Aproxy%2Fpass@"))
        answers = read_answers(cloud.answers_file, os.environ)[0]
        passphrase = {"passphrase": answers.passphrase.reveal()} if answers.passphrase else {}
        echo = Echo(moment, answers.client_id, {"proxy password": password, **passphrase})
        echo.patch(monkeypatch)
        clouds = {
            name: replace(each, proxy=each.proxy.replace("//", "//me:c4n4ry%3Aproxy%2Fpass@"))
            for name, each in read_cloud_file(cloud.cloud_file).items()
        }
        file = JourneyFile(tmp_path / "state" / "journey.json")
        session = Session(clouds, clock=PacedClock(clock), file=file)
        lines = LineWriter(out=out, err=out, as_json=as_json, watch=cloud.people.on_event)
        exit_code = EXIT_CODES[run_journey(session, answers, lines)]
        journey = session.open_journey
        assert journey is not None
        echo.secrets |= {f"user code {code.user_code}": code.user_code for code in cloud.state.device_codes.values()}
        secrets = echo.secrets

        assert echo.echoed > 0
        assert exit_code in {1, 3}
        unwell = [check for check, finding in journey.findings.items() if finding.outcome != "holds"]
        assert any(check.startswith(moment.check) for check in unwell), unwell

        def texts() -> Iterator[tuple[str, str]]:
            yield "lines", without_sign_in(out.getvalue())
            yield "findings", "\n".join(repr(finding) for finding in journey.findings.values())
            yield "report", as_markdown(journey.view(), "now") + json.dumps(as_json_of(journey), ensure_ascii=False)
            yield "exchanges", repr(journey.onboarding.services.http.exchanges)
            yield "journey", file.path.read_text()

        for where, text in texts():
            assert found(secrets, text) == [], where
        assert "•••" in repr(journey.onboarding.services.http.exchanges)

        # In this process, and in a later one that knows no secret any more.
        saved = file.read()
        assert saved is not None
        for number, each in enumerate((journey, Session(clouds).load(saved))):
            for user_names in (False, True):
                target = tmp_path / "bundles" / f"{number}{user_names}.zip"
                target.parent.mkdir(exist_ok=True)
                bundle = write_bundle(each, target, now=NOW, environ=os.environ, user_names=user_names)
                for name, text in members_of(bundle.path).items():
                    assert found(secrets, text) == [], (number, name)
                    if name == "exchanges.jsonl":
                        assert "•••" in text
        given = {name: value for name, value in canaries.all(cloud).items() if name not in {"", "secret of other"}}
        unpacked = tmp_path / "unpacked"
        for path in (tmp_path / "bundles").iterdir():
            with zipfile.ZipFile(path) as archive:
                archive.extractall(unpacked / path.stem)
        assert leaks(given, [unpacked, tmp_path / "state"]) == []


def as_json_of(journey: Any) -> dict[str, Any]:
    return as_json(journey.view(), "now")


def members_of(path: Path) -> dict[str, str]:
    """The files of a bundle, unpacked."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}
