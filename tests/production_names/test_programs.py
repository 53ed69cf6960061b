"""The recipes of `partner-wizard help programs`, as they stand there: each lists customers on production names."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documented import part
from tests.harness import PROGRAM, Program, program
from tests.patience import PATIENCE
from wizard.catalogue.help_topics import topics
from wizard.rehearsal import RehearsalCloud, device_codes, load_scene

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("programs")]

PAGE = Path(__file__).parents[2] / "assets" / "help" / "programs.md"
LISTS_CUSTOMERS = """
from azure.core import PipelineClient
from azure.core.pipeline.policies import BearerTokenCredentialPolicy
from azure.core.rest import HttpRequest

base = "https://api.partnercenter.microsoft.com"
policy = BearerTokenCredentialPolicy(PartnerWizard(), base + "/.default")
with PipelineClient(base, policies=[policy]) as client:
    for _ in range(3):
        answer = client.send_request(HttpRequest("GET", base + "/v1/customers?size=10"))
        answer.raise_for_status()
    print(answer.content.decode("utf-8-sig"))
"""
"""A program of any Azure SDK: three requests, for which its client asks for one token."""


@pytest.fixture(scope="module")
def onboarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A machine on which Contoso was onboarded, and its cloud, which still runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(device_codes, "POLL_INTERVAL", 1)
        with RehearsalCloud(load_scene("all-holds-public"), names="production", people="wait") as cloud:
            with program(cloud, tmp_path_factory.mktemp("programs")) as run:
                run.start("run", "--answers", str(cloud.answers_file), "--json")
                assert run.end() == 0, run.stderr
            yield run


def recipe(name: str) -> str:
    """A recipe of the page, without the marks of a code block."""
    found = re.fullmatch(r"```\w+\n(.*\n)```", part(PAGE, name), re.DOTALL)
    assert found
    return found[1]


def call(onboarded: Program, *command: str) -> str:
    """Run a program on that machine, a minute after the one before; return what it wrote."""
    home = onboarded.base / "home"
    for noted in home.rglob("redeemed.json"):
        noted.unlink()
    path = f"{Path(PROGRAM).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", **onboarded.cloud.environment}
    ended = subprocess.run(
        command, env=environment, cwd=onboarded.base, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def redeemed(onboarded: Program) -> int:
    """How often the stored token was redeemed for an access token of its own."""
    return len([each for each in onboarded.cloud.log if "refresh_token" in each.form])


def test_a_client_of_an_azure_sdk_lists_customers(onboarded: Program) -> None:
    before = redeemed(onboarded)
    code = recipe("python")

    written = call(onboarded, str(Path(PROGRAM).parent / "python"), "-c", code + LISTS_CUSTOMERS)

    assert '"companyName": "Fabrikam"' in written
    assert redeemed(onboarded) == before + 1
    assert len(code.partition("class ")[2].splitlines()) <= 8


def test_an_azure_sdk_takes_the_service_for_a_managed_identity(onboarded: Program) -> None:
    code = """
import json, os, signal, subprocess
from azure.identity import ManagedIdentityCredential

with subprocess.Popen(["partner-wizard", "token", "--serve", "0"], stdout=subprocess.PIPE) as service:
    said = json.loads(service.stdout.readline())
    os.environ.update(IDENTITY_ENDPOINT=said["address"], IDENTITY_HEADER=said["key"], NO_PROXY="127.0.0.1")
    PartnerWizard = ManagedIdentityCredential
    try:
        exec(lists_customers)
    finally:
        service.send_signal(signal.SIGTERM)
"""
    written = call(
        onboarded, str(Path(PROGRAM).parent / "python"), "-c", f"lists_customers = {LISTS_CUSTOMERS!r}{code}"
    )

    assert '"companyName": "Fabrikam"' in written


def test_curl_lists_customers(onboarded: Program) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not on this machine")
    code = recipe("curl").replace("curl -f", f"curl --cacert {onboarded.cloud.ca_bundle} -f")

    written = call(onboarded, "sh", "-c", f"set -e; {code}")

    assert '"companyName": "Fabrikam"' in written


def test_a_java_program_lists_customers(onboarded: Program, tmp_path: Path) -> None:
    if not shutil.which("java") or not shutil.which("keytool"):
        pytest.skip("no JDK is on this machine")
    source, trusted = tmp_path / "Customers.java", tmp_path / "trusted.p12"
    source.write_text(recipe("java"))
    imports = ("-importcert", "-noprompt", "-file", str(onboarded.cloud.ca_bundle), "-keystore", str(trusted))
    call(onboarded, "keytool", *imports, "-storepass", "rehearsal", "-alias", "rehearsal")
    host, port = onboarded.cloud.proxy_url.rpartition("/")[2].split(":")
    proxy = (f"-Dhttps.proxyHost={host}", f"-Dhttps.proxyPort={port}")
    trust = (f"-Djavax.net.ssl.trustStore={trusted}", "-Djavax.net.ssl.trustStorePassword=rehearsal")

    written = call(onboarded, "java", *proxy, *trust, str(source))

    assert '"companyName": "Fabrikam"' in written
    assert onboarded.cloud.refused_hosts == []


def test_the_page_says_which_recipes_are_not_run() -> None:
    blocks = re.findall(r"^```(\w+)$", topics()["programs"].text, re.MULTILINE)
    heading = topics()["programs"].text.partition("(not run here)")[2]

    assert blocks == ["sh", "python", "sh", "java", "powershell", "csharp"]
    assert re.findall(r"^```(\w+)$", heading, re.MULTILINE) == ["powershell", "csharp"]
