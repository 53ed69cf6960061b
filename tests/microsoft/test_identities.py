"""The identities that could open the vault from here, and why the others cannot: cheap, bounded, without a token."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from azure.identity._constants import EnvironmentVariables

from tests.cancellation import cancel_when, waits_after_cancel
from tests.harness import wait_for
from wizard.core.errors import Cancelled
from wizard.core.waiting import Cancel, SystemClock
from wizard.microsoft import identities
from wizard.microsoft.clouds import built_in_clouds
from wizard.microsoft.http import Http
from wizard.microsoft.identities import Identities, Identity, Usable
from wizard.microsoft.program_output import find_program

APP = {"AZURE_CLIENT_ID": "44444444-dddd-4ddd-8ddd-000000000004", "AZURE_TENANT_ID": "contoso"}
CANARY = "canary-client-secret"


def nothing(_program: str) -> str | None:
    return None


def found(environ: Mapping[str, str] | None = None, wanted: str = "cli", **more: Any) -> dict[str, Identity]:
    """The identities by name; of a machine that has no program of Azure."""
    http = more.pop("http", None) or Http(built_in_clouds()["global"], SystemClock(), Cancel())
    return {each.name: each for each in Identities(http, environ or {}, more.pop("find", nothing)).find_all(wanted)}


def program(folder: Path, script: str) -> str:
    path = folder / "az"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_on_a_bare_machine_a_code_may_do_unless_it_is_refused_and_each_other_says_what_it_lacks() -> None:
    every = found()

    assert [name for name, each in every.items() if each.usable is Usable.YES] == []
    assert every["Sign-in with a code"].usable is Usable.PERHAPS
    assert "security defaults" in every["Sign-in with a code"].why
    assert "AZURE_CLIENT_ID and AZURE_TENANT_ID are not set" in every["Environment"].why
    assert "AZURE_FEDERATED_TOKEN_FILE" in every["Workload identity"].why
    assert "az is not installed" in every["Azure CLI"].why
    assert "pwsh" in every["Azure PowerShell"].why
    assert "azd" in every["Azure Developer CLI"].why


@pytest.mark.parametrize(
    ("more", "usable", "why"),
    [
        ({}, Usable.NO, "neither AZURE_CLIENT_SECRET nor AZURE_CLIENT_CERTIFICATE_PATH is set"),
        ({"AZURE_CLIENT_SECRET": CANARY}, Usable.YES, "with its secret"),
        ({"AZURE_CLIENT_CERTIFICATE_PATH": "/none.pem"}, Usable.NO, "names a file that is not there"),
        ({"AZURE_USERNAME": "a@contoso.com", "AZURE_PASSWORD": CANARY}, Usable.YES, "password"),
    ],
)
def test_the_environment_is_read_as_azure_identity_reads_it(more: dict[str, str], usable: Usable, why: str) -> None:
    environment = found(APP | more)["Environment"]

    assert environment.usable is usable
    assert why in environment.why
    assert CANARY not in str(environment)


def test_the_variables_are_those_of_azure_identity() -> None:
    known = {value for value in vars(EnvironmentVariables).values() if isinstance(value, str)}
    source = Path(identities.__file__).read_text(encoding="utf-8")
    named = {word.strip('"(),.') for word in source.split() if word.strip('"(),.').startswith(("AZURE_", "IDENTITY_"))}

    assert {name for name in named if not name.startswith("AZURE_CORE_") and name.replace("_", "").isalpha()} <= known


def test_a_workload_identity_needs_its_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    here = APP | {"AZURE_FEDERATED_TOKEN_FILE": str(file)}

    assert found(here)["Workload identity"].usable is Usable.NO
    file.touch()
    assert found(here)["Workload identity"].usable is Usable.YES


def test_az_says_who_is_signed_in_to_it(tmp_path: Path) -> None:
    az = program(tmp_path, """echo '{"user": {"name": "admin@contoso.com\\u001b[2J"}, "tenantId": "1111"}'""")

    cli = found(find=lambda name: az if name == "az" else None)["Azure CLI"]

    assert cli.usable is Usable.YES
    assert cli.why == "admin@contoso.com, tenant 1111"


@pytest.mark.parametrize("script", ["echo 'Please run az login' >&2; exit 1", "echo '[]'", "echo not json"])
def test_an_az_that_nobody_is_signed_in_to_cannot_be_used(script: str, tmp_path: Path) -> None:
    az = program(tmp_path, script)

    cli = found(find=lambda name: az if name == "az" else None)["Azure CLI"]

    assert cli.usable is Usable.NO
    assert "az login" in cli.why


def test_an_az_that_takes_long_is_ended_and_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identities, "PROGRAM_LIMIT", 0.4)
    az = program(tmp_path, "sleep 3600 & wait")

    cli = found(find=lambda name: az if name == "az" else None)["Azure CLI"]

    assert cli.usable is Usable.PERHAPS
    # What az had started would hold its output for an hour.
    wait_for(lambda: "program" not in {thread.name for thread in threading.enumerate()}, "the end of its output")


def test_a_cancel_ends_the_look_and_the_program(tmp_path: Path) -> None:
    cancel = Cancel()
    http = Http(built_in_clouds()["global"], SystemClock(), cancel)
    az = program(tmp_path, f"touch {tmp_path}/begun; sleep 3600")
    cancel_when((tmp_path / "begun").exists, cancel)

    with waits_after_cancel(cancel) as waits, pytest.raises(Cancelled):
        found(find=lambda name: az if name == "az" else None, http=http)

    assert sum(waits) < 2
    wait_for(lambda: "program" not in {thread.name for thread in threading.enumerate()}, "the end of the program")


class Metadata:
    """A session whose every request is answered alike."""

    trust_env = True

    def __init__(self, status: int, body: bytes) -> None:
        self.asked: list[tuple[str, str, object]] = []
        self._answer = requests.Response()
        self._answer.status_code, self._answer._content = status, body

    def request(self, method: str, url: str, proxies: object = None, **_options: object) -> requests.Response:
        self.asked.append((method, url, proxies))
        return self._answer


@pytest.mark.parametrize(
    ("status", "body", "usable"),
    [
        (400, b'{"error": "invalid_request", "error_description": "Required metadata header not specified"}',
         Usable.PERHAPS),
        (404, b"<html>", Usable.NO),
        (401, b"", Usable.NO),
        (200, b"{}", Usable.NO),
    ],
)  # fmt: skip
def test_only_azures_own_metadata_endpoint_counts(status: int, body: bytes, usable: Usable) -> None:
    http = Http(built_in_clouds()["global"], SystemClock(), Cancel())
    metadata = Metadata(status, body)
    http.session = metadata  # type: ignore[assignment]

    assert found(wanted="managed", http=http)["Managed identity"].usable is usable
    ((_, url, proxies),) = metadata.asked
    assert url.startswith("http://169.254.169.254/")
    assert proxies == {"http": ""}, "never through a proxy"


@pytest.mark.parametrize(("wanted", "environ"), [("cli", {}), ("default", APP | {"AZURE_CLIENT_SECRET": CANARY})])
def test_the_metadata_endpoint_is_asked_only_where_it_would_be(wanted: str, environ: dict[str, str]) -> None:
    http = Http(built_in_clouds()["global"], SystemClock(), Cancel())
    metadata = Metadata(404, b"")
    http.session = metadata  # type: ignore[assignment]

    assert found(environ, wanted=wanted, http=http)["Managed identity"].usable is Usable.NOT_CHECKED
    assert metadata.asked == []


@pytest.mark.parametrize(
    ("said", "tried"),
    [
        ("", {"Environment", "Workload identity", "Managed identity", "Azure CLI", "Azure PowerShell",
              "Azure Developer CLI"}),
        ("prod", {"Environment", "Workload identity", "Managed identity"}),
        ("dev", {"Azure CLI", "Azure PowerShell", "Azure Developer CLI"}),
        ("AzureCliCredential", {"Azure CLI"}),
    ],
)  # fmt: skip
def test_what_default_tries_can_be_narrowed(said: str, tried: set[str]) -> None:
    every = found({"AZURE_TOKEN_CREDENTIALS": said})

    assert {name for name, each in every.items() if each.is_default} == tried


@pytest.mark.parametrize(
    ("wanted", "environ", "is_run"),
    [
        ("cli", {}, True),
        ("default", {}, True),
        ("default", APP | {"AZURE_CLIENT_SECRET": CANARY}, False),
        ("default", APP | {"AZURE_CLIENT_SECRET": CANARY, "AZURE_TOKEN_CREDENTIALS": "AzureCliCredential"}, True),
        ("default", {"AZURE_TOKEN_CREDENTIALS": "prod"}, False),
        ("environment", APP, False),
        ("managed", {}, False),
        ("workload", {}, False),
        ("device-code", {}, False),
    ],
)
def test_az_is_run_only_where_the_vault_would_be_opened_with_it(
    wanted: str, environ: dict[str, str], is_run: bool, tmp_path: Path
) -> None:
    trace = tmp_path / "was-run"
    az = program(tmp_path, f"touch {trace}; exit 1")
    http = Http(built_in_clouds()["global"], SystemClock(), Cancel())
    http.session = Metadata(404, b"")  # type: ignore[assignment]

    every = found(environ, wanted, find=lambda name: az if name == "az" else None, http=http)

    assert trace.exists() is is_run
    assert every["Azure CLI"].usable is (Usable.NO if is_run else Usable.NOT_CHECKED)


def test_no_program_is_taken_from_whatever_folder_happens_to_be_the_current_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    az = program(tmp_path, "exit 1")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", ".")
    assert find_program("az") is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_program("az") == az
