"""A sign-in in a browser under security defaults, on production names: the unchanged product, and no other host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.harness import PROGRAM, SECRET_NAME, Program, program
from tests.production_names.happy_requests import GRAPH, LOGIN, MANAGER, PARTNER, VAULT
from wizard.onboarding.profile import CSP
from wizard.rehearsal import RehearsalCloud, load_scene

CODE_FORM = ("client_id", "grant_type", "client_info", "claims", "code_verifier", "code", "redirect_uri", "scope")


@pytest.fixture(scope="module")
def proven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A whole run, ended; its person's browser follows the redirect to the listener."""
    with RehearsalCloud(load_scene("browser-security-defaults"), names="production", people="wait") as cloud:
        with program(cloud, tmp_path_factory.mktemp("browser")) as run:
            run.run()
            run.end()
        yield run


def test_the_environment_alone_leads_to_a_proven_token(proven: Program) -> None:
    assert proven.command == (PROGRAM,)
    assert set(proven.cloud.environment) == {
        "HTTPS_PROXY", "REQUESTS_CA_BUNDLE", "AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET",
    }  # fmt: skip
    assert proven.cloud.scene.world.policy.security_defaults
    assert proven.code == 0
    assert proven.summary["outcome"] == "proven"
    assert proven.summary["obtained_by"] == "auth_code"
    assert proven.summary["steps"] == {step.id: "proven" for step in CSP.steps}
    (version,) = proven.cloud.vault.versions(SECRET_NAME)
    assert version["value"] in proven.cloud.state.refresh_tokens


def test_no_host_is_asked_but_the_clouds_own(proven: Program) -> None:
    assert proven.cloud.refused_hosts == []
    assert proven.summary["hosts"] == [LOGIN, PARTNER, GRAPH, VAULT, MANAGER]


def test_the_code_is_redeemed_once_and_nothing_is_polled(proven: Program) -> None:
    asked = [each for each in proven.cloud.log if each.host == LOGIN and each.path.endswith("/oauth2/v2.0/token")]
    assert [(each.method, each.form, each.status) for each in asked if "code_verifier" in each.form] == [
        ("POST", CODE_FORM, 200)
    ]
    assert not [each for each in asked if "device_code" in each.form]


def test_the_line_with_the_link_has_the_promised_shape(proven: Program) -> None:
    (event,) = proven.of("sign_in")
    link = urlsplit(event["url"])
    assert list(event) == ["type", "for", "method", "account", "url", "redirect_uri", "expires_at"]
    assert (event["for"], event["method"]) == ("integration_user", "browser")
    assert event["account"] == "partner-integration@contoso.com"
    assert (link.scheme, link.netloc) == ("https", LOGIN)
    assert re.fullmatch(r"http://localhost:\d+", event["redirect_uri"])
    assert parse_qs(link.query)["redirect_uri"] == [event["redirect_uri"]]
    assert datetime.fromisoformat(event["expires_at"]).tzinfo
    assert event["url"] in proven.stderr
