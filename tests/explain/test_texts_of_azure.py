"""What Azure's tools, its sign-in log, proxies and drivers print is explained, and no other system's number is."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from tests.each import for_each
from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
DEVICE_CODE = "AADSTS530033 · Conditional Access: a device code shows no device"


def told(text: str) -> list[str]:
    """The code and the title of each diagnosis of a text."""
    return [f"{each.code} · {each.title}".removeprefix(" · ") for each in explain_text(text, NOW).diagnoses]


TOLD = [
    # The page of an entry of the sign-in log: labels and values below each other.
    ("Sign-in error code\t\n530033\nFailure reason\t\nRemote device flow blocked.", [DEVICE_CODE]),
    (
        "Sign-in error code\n\n53003\n\nFailure reason\n\nAccess has been blocked by Conditional Access policies.",
        ["AADSTS53003 · Conditional Access blocked the sign-in"],
    ),
    ("Error code:\r\n50126\r\nFailure reason:\r\nInvalid username.", ["AADSTS50126 · Wrong user name or password"]),
    (
        "The request is blocked because the device of the policy is not known.\nError Code: 530033\nDevice state: x",
        [DEVICE_CODE],
    ),
    ("<h2>The request is blocked.</h2><p>20260303T091201Z-1b2c3d4e", ["Microsoft's edge blocked the request"]),
    # A proxy's own log, and a proxy that has no address.
    (
        '1772442721.204 3 192.0.2.9 TCP_DENIED/407 4021 CONNECT login.microsoftonline.com:443 - HIER_NONE/- text/html',
        ["The proxy requires authentication"],
    ),
    (
        "net::ERR_TUNNEL_CONNECTION_FAILED\n192.0.2.9 TCP_DENIED 407 300 CONNECT tcp://graph.microsoft.com:443/",
        ["The proxy requires authentication"],
    ),
    (
        "request failed, reason: tunneling socket could not be established, cause=getaddrinfo ENOTFOUND px.contoso.lan",
        ["The proxy's own name does not resolve"],
    ),
    ("curl: (5) Could not resolve proxy: px.contoso.lan", ["The proxy's own name does not resolve"]),
    (
        "ProxyError('Cannot connect to proxy.', NewConnectionError('Failed to establish a new connection: "
        "[Errno -2] Name or service not known'))",
        ["The proxy's own name does not resolve"],
    ),
    ("dial tcp: lookup graph.microsoft.com: getaddrinfow: This is usually a temporary error.",
     ["The host name does not resolve"]),
]  # fmt: skip


@for_each(TOLD, names=lambda case: re.sub(r"\s+", " ", case[0])[:40])
def test_a_text_of_azure_is_told(text: str, expected: list[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "pyodbc.Error: ('28000', \"[28000] [Microsoft][ODBC Driver 17 for SQL Server][SQL Server]Login failed\")",
        "PDOException: SQLSTATE[28000]: error 28000 [Microsoft][ODBC Driver 18 for SQL Server] x",
        "- client-credentials token requests fail with HTTP 401",
        "The token request was answered with 401, see below.",
    ],
)
def test_a_number_of_a_driver_and_a_status_of_a_token_request_are_no_code(text: str) -> None:
    assert told(text) == []
