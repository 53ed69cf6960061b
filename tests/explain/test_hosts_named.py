"""The host that could not be reached is the one that the command of the remedy names, whatever program reported it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wizard.catalogue import Diagnosis
from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
GRAPH = "graph.microsoft.com"
VAULT = "contoso-partner.vault.azure.net"
TOLD = {
    "requests": f"requests.exceptions.ConnectionError: HTTPSConnectionPool(host='{GRAPH}', port=443): Max retries "
    "exceeded with url: /v1.0/organization (Caused by NewConnectionError('<urllib3.connection.HTTPSConnection object "
    "at 0x7f>: Failed to establish a new connection: [Errno 111] Connection refused'))",
    "requests, TLS": f"requests.exceptions.SSLError: HTTPSConnectionPool(host='{GRAPH}', port=443): Max retries "
    "exceeded with url: / (Caused by SSLError(SSLEOFError(8, 'EOF occurred in violation of protocol')))",
    "curl": f"curl: (7) Failed to connect to {GRAPH} port 443 after 2 ms: Couldn't connect to server",
    "curl, name": f"curl: (6) Could not resolve host: {GRAPH}",
    "Node.js": f"Error: getaddrinfo ENOTFOUND {GRAPH}",
    ".NET": f"System.Net.Http.HttpRequestException: No such host is known. ({GRAPH}:443)",
    ".NET, refused": f"System.Net.Http.HttpRequestException: Connection refused ({GRAPH}:443)",
    "PowerShell": f"Invoke-WebRequest : The remote name could not be resolved: '{GRAPH}'",
    "aiohttp": f"aiohttp.ClientConnectorError: Cannot connect to host {GRAPH}:443 ssl:default [Connection refused]",
    "Go": f"dial tcp: lookup {GRAPH}: Temporary failure in name resolution",
}


def only(text: str) -> Diagnosis:
    """What is said of a text in which there is one thing."""
    (diagnosis,) = explain_text(text, NOW).diagnoses
    return diagnosis


@pytest.mark.parametrize("program", TOLD)
def test_the_command_tries_the_host_that_is_named(program: str) -> None:
    diagnosis = only(TOLD[program])

    assert GRAPH in diagnosis.remedy
    assert "login.microsoftonline.com" not in diagnosis.remedy
    assert dict(diagnosis.evidence)["host"] == GRAPH


def test_a_vault_that_cannot_be_found_is_named() -> None:
    diagnosis = only(TOLD["requests"].replace(GRAPH, VAULT).replace("Connection refused", "Name or service not known"))

    assert dict(diagnosis.evidence)["host"] == VAULT


@pytest.mark.parametrize("host", ["", "localhost", "a;b.example", "$(id).example", "-x.example"])
def test_what_is_no_host_comes_into_no_command(host: str) -> None:
    diagnosis = only(f"curl: (7) Failed to connect to {host or 'it'} port 443: Connection refused")

    assert "https://<host>`" in diagnosis.remedy
    assert "host" not in dict(diagnosis.evidence)
