"""The way to the cloud: TLS is verified, the proxy of the environment is used, and each trouble is named."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import Program, program
from tests.production_names import strict_proxies
from wizard.rehearsal import RehearsalCloud, load_scene

PASSWORD = "pr0xy-p4ssw0rd"


@pytest.fixture
def cloud() -> Iterator[RehearsalCloud]:
    with RehearsalCloud(load_scene("all-holds-public"), names="production", people="wait") as cloud:
        yield cloud


@pytest.fixture
def strict_proxy() -> Iterator[str]:
    """The address, with credentials, of a proxy that asks for others."""
    with strict_proxies.strict_proxy() as place:
        yield f"http://operator:{PASSWORD}@{place}"


def said(run: Program) -> str:
    """What the run ended with, for a person: message and remedy of the finding on the sign-in host."""
    finding = run.of("finding")[0]
    assert finding["check"] == "start.login"
    assert finding["outcome"] == "fails"
    assert run.summary["outcome"] == "unreachable"
    assert "Traceback" not in run.stderr
    return f"{finding['message']} {finding['remedy']}"


def test_a_certificate_nobody_vouches_for_is_refused_and_named(cloud: RehearsalCloud, tmp_path: Path) -> None:
    with program(cloud, tmp_path, environment={"REQUESTS_CA_BUNDLE": None}) as run:
        assert run.run().end() == 3
    words = said(run)
    assert "login.microsoftonline.com" in words
    assert "certificate" in words
    assert "REQUESTS_CA_BUNDLE" in words
    assert cloud.log == []


@pytest.mark.parametrize("variable", ["PYTHONHTTPSVERIFY", "CURL_CA_BUNDLE"])
def test_no_variable_switches_the_check_off(cloud: RehearsalCloud, tmp_path: Path, variable: str) -> None:
    with program(cloud, tmp_path, environment={"REQUESTS_CA_BUNDLE": None, variable: "0"}) as run:
        assert run.run().end() == 3
    assert cloud.log == []


def test_a_bundle_that_is_not_there_is_named(cloud: RehearsalCloud, tmp_path: Path) -> None:
    missing = tmp_path / "no-such-bundle.pem"
    with program(cloud, tmp_path, environment={"REQUESTS_CA_BUNDLE": str(missing)}) as run:
        assert run.run().end() in {2, 3}
    assert "certificate" in run.stdout + run.stderr
    assert "REQUESTS_CA_BUNDLE" in run.stdout + run.stderr


def test_a_proxy_that_is_down_ends_unreachable(cloud: RehearsalCloud, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        down = f"http://127.0.0.1:{gone.getsockname()[1]}"
    with program(cloud, tmp_path, environment={"HTTPS_PROXY": down}) as run:
        assert run.run().end() == 3
    assert "proxy" in said(run)
    assert "HTTPS_PROXY" in said(run)


def test_a_proxy_that_asks_for_a_password_is_said_and_the_one_given_is_not_shown(
    cloud: RehearsalCloud, tmp_path: Path, strict_proxy: str
) -> None:
    with program(cloud, tmp_path, environment={"HTTPS_PROXY": strict_proxy}) as run:
        assert run.run().end() == 3
    assert "407" in said(run)
    assert PASSWORD not in run.stdout + run.stderr


def test_a_host_the_proxy_does_not_lead_to_is_named(cloud: RehearsalCloud, tmp_path: Path) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text(cloud.answers_file.read_text().replace('cloud = "global"', 'cloud = "china"'))
    with program(cloud, tmp_path) as run:
        assert run.run(answers=answers).end() == 3
    assert "login.partner.microsoftonline.cn" in said(run)
    assert cloud.refused_hosts == [
        "login.partner.microsoftonline.cn",
        "partner.partnercenterapi.microsoftonline.cn",
        "microsoftgraph.chinacloudapi.cn",
    ]
