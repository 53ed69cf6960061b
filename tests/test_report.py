"""The report says what was proven, what is open and what ends the token, and no secret."""

from __future__ import annotations

import json

from tests.test_journey import ALL, holding, journey_with
from wizard.core.answers import Answers
from wizard.core.findings import Finding, NotAsked, Outcome, Skipped, SupportIds, Who
from wizard.core.secret import Secret
from wizard.onboarding.journey import Journey
from wizard.onboarding.outcome import outcome_of
from wizard.onboarding.profile import CSP
from wizard.reporting.journey_report import as_json, as_markdown

NOW = "2026-11-21T10:00:00Z"


def proven() -> Journey:
    journey = journey_with(holding(*ALL), Answers(tenant="contoso.com", client_secret=Secret("canary-secret")))
    journey.onboarding.learn(
        secret_version="v1", secret_name="name", vault_url="https://contoso-a.vault.azure.net", client_type="public",
        flow="device_code", expiry_notes=("When a policy blocks it (AADSTS530036).",),
        token_expires_at="2027-02-19T10:00:00Z", credential_expires_at="2026-12-24T00:00:00Z",
        user_name="u@contoso.com",
    )  # fmt: skip
    return journey


def test_a_proven_journey_names_the_token_and_what_ends_it() -> None:
    text = as_markdown(proven().view(), NOW)

    assert text.startswith("# Partner Center onboarding of contoso.com: proven")
    for expected in ("`v1`", "2027-02-19", "2026-12-24", "90 idle days", "AADSTS530036", "password is changed"):
        assert expected in text
    assert "canary-secret" not in text


def test_a_token_got_in_a_browser_is_not_said_to_end_by_a_block_of_device_codes() -> None:
    journey = proven()
    journey.onboarding.learn(flow="auth_code", redirect_platform="desktop", expiry_notes=("After 7 days: a policy.",))

    text = as_markdown(journey.view(), NOW)

    assert "AADSTS530036" not in text
    assert "- After 7 days: a policy." in text
    assert "Obtained by a sign-in in a browser (authorization code), redirect URI under desktop" in text


def test_a_confidential_clients_token_survives_a_password_change() -> None:
    journey = proven()
    journey.onboarding.learn(client_type="secret")

    assert "password is changed" not in as_markdown(journey.view(), NOW)


def test_every_check_is_in_it_asked_or_not() -> None:
    journey = journey_with({"tenant.well_formed": Outcome.HOLDS})
    journey.skipped["app.credential"] = Skipped(NotAsked.DOES_NOT_APPLY, "the app has no credential")

    text = as_markdown(journey.view(), NOW)

    assert all(f"`{check}`" in text for check in CSP.checks)
    assert "not asked: The app's credential works — the app has no credential" in text


def test_a_failure_shows_code_ids_and_who_can_fix_it() -> None:
    journey = journey_with(holding("tenant"))
    journey.findings["app.exists"] = Finding(
        "app.exists", Outcome.FAILS, "No such app.", {}, ("Correct the id.", "Check again."),
        (Who.OPERATOR, Who.ADMIN), "AADSTS700016",
        SupportIds(correlation_id="c-1", timestamp="2026-11-21 10:00:00Z"), title="The app is not in this tenant",
    )  # fmt: skip

    text = as_markdown(journey.view(), NOW)

    assert "- ✗ The app is not in this tenant (`app.exists`)" in text
    assert "AADSTS700016] · correlation_id c-1" in text
    assert "What to do (the operator or an administrator):\n    1. Correct the id.\n    2. Check again.\n" in text


def test_what_a_later_check_settled_is_told_as_settled() -> None:
    journey = proven()
    journey.findings["consent.granted"] = Finding("consent.granted", Outcome.UNKNOWN, "You say so.")

    assert "✓ settled later" in as_markdown(journey.view(), NOW)
    line = next(each for each in as_json(journey.view(), NOW)["findings"] if each["check"] == "consent.granted")
    assert (line["outcome"], line["settled_by"]) == ("unknown", "user.scope")


def test_the_json_report_is_json_and_its_outcome_the_journeys() -> None:
    for journey, expected in ((proven(), "proven"), (journey_with({}), "provisional")):
        report = json.loads(json.dumps(as_json(journey.view(), NOW)))
        assert report["outcome"] == expected
    failing = journey_with({"tenant.exists": Outcome.FAILS})
    assert outcome_of(failing.view()) == "failed"
    failing.findings["tenant.exists"] = Finding("tenant.exists", Outcome.UNKNOWN, "silent", unreachable=True)
    assert outcome_of(failing.view()) == "unreachable"
