"""`partner-wizard run` with its unchanged production configuration, on production names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import PROGRAM, SECRET_NAME, Program, answering, program, rehearsed
from tests.production_names.happy_requests import REQUESTS
from wizard.onboarding.profile import CSP
from wizard.rehearsal import RehearsalCloud, device_codes, load_scene

POLL = ("POST", "login.microsoftonline.com", "/{tenant}/oauth2/v2.0/token")


@pytest.fixture(scope="module")
def proven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A whole run, ended."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(device_codes, "POLL_INTERVAL", 1)
        with RehearsalCloud(load_scene("all-holds-public"), names="production", people="wait") as cloud:
            with program(cloud, tmp_path_factory.mktemp("happy")) as run:
                run.run()
                run.end()
            yield run


def templated(path: str, run: Program) -> str:
    world = run.cloud.scene.world
    return path.replace(world.tenant.id, "{tenant}").replace(world.tenant.domain, "{domain}").replace(
        SECRET_NAME, "{secret}"
    )  # fmt: skip


def test_the_environment_alone_leads_the_unchanged_product_to_the_end(proven: Program) -> None:
    assert proven.command == (PROGRAM,)
    assert 'cloud = "global"' in proven.cloud.answers_file.read_text()
    assert set(proven.cloud.environment) == {
        "HTTPS_PROXY", "REQUESTS_CA_BUNDLE", "AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET",
    }  # fmt: skip
    assert proven.code == 0
    assert proven.summary["outcome"] == "proven"
    assert proven.summary["steps"] == {step.id: "proven" for step in CSP.steps}


def test_what_lies_in_the_vault_is_what_the_summary_names(proven: Program) -> None:
    (version,) = proven.cloud.vault.versions(SECRET_NAME)
    assert proven.summary["secret"] == {
        "vault": "https://contoso-partner.vault.azure.net",
        "name": SECRET_NAME,
        "version": version["version"],
    }
    assert version["value"] in proven.cloud.state.refresh_tokens
    assert version["enabled"] is True
    assert version["exp"]


def test_every_request_of_the_happy_path_has_its_reason(proven: Program) -> None:
    expected = [each[1:7] for each in REQUESTS]
    made = [
        (each.method, each.host, templated(each.path, proven), each.query, each.form, each.status)
        for each in proven.cloud.log
        if "adminconsent" not in each.path and "/device" not in each.path[:8]  # a person's browser
    ]
    polls = [each for each in made if each[:3] == POLL and "device_code" in each[4] and each[5] == 400]
    assert [each for each in made if each not in polls] == expected
    assert len(polls) < 20
    assert all(each.reason for each in REQUESTS)


def test_the_products_own_record_names_the_check_behind_each_request(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed("all-holds-public", monkeypatch, names="production") as here:
        assert here.run() == "store.mfa_compliant"
        made = [
            (each.reason, each.method, each.host, each.status)
            for each in here.journey.onboarding.services.http.exchanges
            if not (each.reason == "user.signed_in" and each.status == 400)
        ]
    assert made == [(each.asked_for, each.method, each.host, each.status) for each in REQUESTS]


def test_no_host_is_asked_but_the_clouds_own(proven: Program) -> None:
    assert proven.cloud.refused_hosts == []
    assert proven.summary["hosts"] == list(dict.fromkeys(each.host for each in REQUESTS))


TEXT, MAYBE = (str,), (str, type(None))
SHAPES: dict[str, dict[str, tuple[type, ...]]] = {
    "consent_link": {"type": TEXT, "url": TEXT},
    "sign_in": {
        "type": TEXT, "for": TEXT, "method": TEXT, "account": TEXT, "verification_uri": TEXT, "user_code": TEXT,
        "expires_at": TEXT, "warning": TEXT,
    },
    "finding": {
        "type": TEXT, "step": TEXT, "check": TEXT, "outcome": TEXT, "title": TEXT, "message": TEXT,
        "evidence": (dict,), "remedy": TEXT, "actions": (list,), "who": (list,), "code": TEXT, "ids": (dict,),
        "retry": TEXT, "link": TEXT, "items": (list,),
    },
    "summary": {"type": TEXT, "outcome": TEXT, "steps": (dict,), "secret": (dict,), "obtained_by": TEXT,
        "expires": (dict,), "hosts": (list,)},
}  # fmt: skip
DO_NOT_APPLY = {
    "app.certificate", "app.credential", "app.credential_lifetime", "app.graph_identity", "app.national_cloud",
    "app.registration", "app.keys", "consent.principal", "consent.permissions", "user.redirect_uri",
    "user.stored_token", "store.reader", "user.account_word",
    "app.credential_policy", "user.account_in_graph", "user.rights", "user.methods", "user.risk", "user.mfa_required",
}  # fmt: skip
"""Checks that are not asked of a public client that signs in by device code, where nobody reads Graph."""
IDS = {"correlation_id", "trace_id", "request_id", "timestamp"}


def check_shapes(run: Program) -> None:
    for event in run.events:
        shape = SHAPES[event["type"]]
        assert list(event) == list(shape)
        assert all(isinstance(event[key], kinds) for key, kinds in shape.items())
    for event in run.of("finding"):
        assert event["check"] in CSP.checks
        assert event["check"].partition(".")[0] == event["step"]
        assert event["outcome"] in {"holds", "fails", "warns", "unknown"}
        assert set(event["ids"]) <= IDS
        assert event["message"]
        assert event["outcome"] in {"holds", "unknown"} or (event["title"] and event["actions"] and event["who"])
    for event in run.of("sign_in"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", event["expires_at"])
        assert event["for"] in {"integration_user", "vault", "graph"}
        assert event["method"] == "device-code"
        assert event["warning"] == ""
    assert run.events[-1] == run.summary
    assert len(run.of("summary")) == 1


def test_each_json_line_has_the_promised_shape(proven: Program) -> None:
    check_shapes(proven)
    assert [event["check"] for event in proven.of("finding")] == [
        check for check in CSP.checks if check not in DO_NOT_APPLY
    ]


def test_a_person_reads_address_and_code_on_standard_error(proven: Program) -> None:
    (code,), (link,) = proven.of("sign_in"), proven.of("consent_link")
    for text in (code["user_code"], code["verification_uri"], link["url"]):
        assert text in proven.stderr
    assert code["account"] == "partner-integration@contoso.com"


@pytest.fixture
def cloud() -> Iterator[RehearsalCloud]:
    with RehearsalCloud(load_scene("unknown-tenant"), names="production", people="wait") as cloud:
        yield cloud


def test_a_refusal_has_the_promised_shape_with_the_services_ids(cloud: RehearsalCloud, tmp_path: Path) -> None:
    with program(cloud, tmp_path, answering(cloud)) as run:
        assert run.run().end() == 1
    check_shapes(run)
    refusal = run.of("finding")[-1]
    assert (refusal["check"], refusal["code"]) == ("tenant.exists", "AADSTS90002")
    assert set(refusal["ids"]) == IDS
    assert run.summary["outcome"] == "failed"
    started = (each.host for each in REQUESTS if each.asked_for.startswith("start."))
    assert run.summary["hosts"] == list(dict.fromkeys(started))
