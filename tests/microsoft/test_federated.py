"""The outside token of a federated credential: where it comes from, what it says, in which form it is sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.made_tokens import made
from wizard.core.errors import BadInput, ServiceRefusal
from wizard.core.secret import Secret
from wizard.core.waiting import Cancel, SystemClock
from wizard.microsoft.clouds import built_in_clouds
from wizard.microsoft.credentials import ASSERTION_TYPE
from wizard.microsoft.federated import (
    FILE,
    LARGEST_TOKEN,
    MANAGED,
    TOKEN_FILE,
    WORKLOAD,
    federated_credential,
    read_outside_token,
)
from wizard.microsoft.http import Http

CLAIMS = {"iss": "https://oidc.example/", "sub": "job", "aud": ["api://AzureADTokenExchange"]}
FIRST = made(CLAIMS | {"exp": 1_800_000_000})
SECOND = made(CLAIMS | {"exp": 1_800_003_600})
CLIENT_ID = "44444444-dddd-4ddd-8ddd-0000000000a4"


class Endpoint(ThreadingHTTPServer):
    """A managed identity's endpoint that notes what it is asked for."""

    daemon_threads = True
    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[dict[str, list[str]]] = []


class Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_GET(self) -> None:
        self.server.asked.append(parse_qs(urlsplit(self.path).query))
        body = b'{"statusCode": 400, "message": "No managed identity found."}'
        if self.server.status == 200:
            body = f'{{"access_token": "{FIRST}", "expires_on": "4102444800", "token_type": "Bearer"}}'.encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    server = Endpoint()
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{server.server_address[1]}/token")
    monkeypatch.setenv("IDENTITY_HEADER", "ours")
    yield server
    server.shutdown()
    server.server_close()


def http_of(cloud: str = "global") -> Http:
    return Http(built_in_clouds()[cloud], SystemClock(), Cancel())


def test_a_file_is_read_anew_each_time_and_sent_as_the_assertion(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(FIRST + "\n")
    credential = federated_credential(http_of(), FILE, str(file))

    first = credential.form("client", "https://login.example/token")
    file.write_text(SECOND)

    assert first == {"client_assertion_type": ASSERTION_TYPE, "client_assertion": FIRST}
    assert credential.form("client", "https://login.example/token")["client_assertion"] == SECOND
    assert credential.for_msal()["client_assertion"]() == SECOND  # type: ignore[index]


def test_a_pods_token_is_the_one_that_its_variable_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text(FIRST)
    monkeypatch.setenv(TOKEN_FILE, str(tmp_path / "token"))

    assert federated_credential(http_of(), WORKLOAD, "").read() == Secret(FIRST)


def test_without_its_variable_this_is_no_pod() -> None:
    with pytest.raises(BadInput, match="AZURE_FEDERATED_TOKEN_FILE is not set"):
        federated_credential(http_of(), WORKLOAD, "").read()


@pytest.mark.parametrize(
    "content",
    [b"", b"a secret", b"a.b.c", b"\xff\xfe", FIRST.encode() + b"\nsecond line", b"x" * (LARGEST_TOKEN + 1)],
    ids=["empty", "words", "no claims", "binary", "two lines", "large"],
)
def test_a_file_without_a_token_is_refused_by_name_and_not_shown(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)

    with pytest.raises(BadInput) as refused:
        federated_credential(http_of(), FILE, str(file)).read()

    assert refused.value.field == "assertion_file"
    is_large = len(content) > LARGEST_TOKEN
    words = (
        "cannot be read: it is too large, more than 20,000 bytes" if is_large else "holds no token (a JWT, on one line)"
    )
    assert str(refused.value).endswith(f"{file} {words}")


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read: No such file"):
        federated_credential(http_of(), FILE, str(tmp_path / "gone")).read()


@pytest.mark.parametrize(
    ("cloud", "audience"),
    [
        ("global", "api://AzureADTokenExchange"),
        ("us-government", "api://AzureADTokenExchangeUSGov"),
        ("us-dod", "api://AzureADTokenExchangeUSGov"),
        ("china", "api://AzureADTokenExchangeChina"),
    ],
)
def test_a_managed_identity_is_asked_for_the_clouds_audience(cloud: str, audience: str, endpoint: Endpoint) -> None:
    credential = federated_credential(http_of(cloud), MANAGED, "")

    assert credential.read() == Secret(FIRST)
    assert [asked["resource"] for asked in endpoint.asked] == [[audience]]
    assert "client_id" not in endpoint.asked[0]


def test_of_several_managed_identities_the_named_one_is_asked(endpoint: Endpoint) -> None:
    federated_credential(http_of(), MANAGED, CLIENT_ID).read()

    assert endpoint.asked[0]["client_id"] == [CLIENT_ID]


def test_a_machine_without_a_managed_identity_is_a_refusal_in_words(endpoint: Endpoint) -> None:
    endpoint.status = 400

    with pytest.raises(ServiceRefusal) as refused:
        federated_credential(http_of(), MANAGED, "").read()

    assert refused.value.error == "no_identity"


def test_what_a_token_says_is_what_the_app_has_to_trust() -> None:
    token = read_outside_token(Secret(FIRST))

    assert token.as_evidence() == {
        "issuer": "https://oidc.example/",
        "subject": "job",
        "audience": "api://AzureADTokenExchange",
    }
    assert token.expires_at == datetime.fromtimestamp(1_800_000_000, UTC)


@pytest.mark.parametrize(
    "claims",
    [{}, {"iss": None, "sub": 7, "aud": {}, "exp": "soon"}, {"exp": True}, {"exp": 1e300}, {"exp": float("nan")}],
    ids=repr,
)
def test_odd_claims_are_read_as_absent_or_as_text(claims: dict[str, object]) -> None:
    assert read_outside_token(Secret(made(claims))).expires_at is None


def test_the_same_source_is_the_same_credential_so_that_msals_client_is_kept(tmp_path: Path) -> None:
    here, there = (federated_credential(http_of(), FILE, str(tmp_path / name)) for name in ("a", "b"))

    assert hash(here) == hash(federated_credential(http_of(), FILE, str(tmp_path / "a")))
    assert here != there
    assert FIRST not in repr(here)


def test_msals_client_asks_for_the_token_at_each_request(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(FIRST)
    given = federated_credential(http_of(), FILE, str(file)).for_msal()
    file.write_text(SECOND)

    assert isinstance(given, dict)
    assert given["client_assertion"]() == SECOND
