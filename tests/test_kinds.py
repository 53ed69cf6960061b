"""The kinds of onboarding are data: which steps, checks and fields each has, and what stands for its API."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from tests.harness import rehearsed
from tests.screens.stubs import StubSession
from wizard.core.answers import Answers, secret_name_error
from wizard.core.assets import read_asset
from wizard.core.findings import Outcome
from wizard.microsoft.partner_api import PARTNER_CENTER, REFERRALS
from wizard.onboarding.gate import State
from wizard.onboarding.profile import CSP, EVERY_CHECK, PROFILES, STEPS, Profile, make_profile
from wizard.onboarding.profile_spec import built_in_profiles, read_profiles
from wizard.onboarding.proposals import with_proposals
from wizard.rehearsal import load_scene

EACH = pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
FACETS = {check.facet for step in STEPS.values() for check in step.checks} | {
    field.facet for step in STEPS.values() for field in step.fields
}


@EACH
def test_the_data_names_steps_facets_and_fields_that_there_are(profile: Profile) -> None:
    spec = profile.spec

    assert set(spec.steps) <= set(STEPS)
    assert set(spec.not_needed) <= set(spec.steps)
    assert spec.facets <= FACETS
    assert set(spec.help) <= {field.key for step in STEPS.values() for field in step.fields}


@EACH
def test_what_a_check_waits_for_is_asked_in_the_same_kind(profile: Profile) -> None:
    for check in profile.checks.values():
        assert check.settled_by in ("", *profile.checks)
        assert check.health_rule.covered_by in ("", *profile.checks)
        assert check.facet in ("", *profile.spec.facets)
        assert "{" not in check.title + check.failing_title


def test_every_check_and_field_belongs_to_some_kind() -> None:
    assert set(EVERY_CHECK) == {check.id for step in STEPS.values() for check in step.checks}
    asked = {field.key for profile in PROFILES.values() for field in profile.fields.values()}
    assert asked == {field.key for step in STEPS.values() for field in step.fields}


def test_titles_name_the_api_of_the_kind() -> None:
    assert CSP.checks["user.audience"].title == "The token is for Partner Center"
    assert PROFILES["referrals"].checks["user.audience"].title == "The token is for the referrals API"
    assert PROFILES["referrals"].checks["start.partner_center"].title == "The referrals API can be reached"


def test_only_a_vendor_is_asked_for_a_tenant_of_its_own_and_only_the_others_for_a_graph_identity() -> None:
    asking = {
        key: [each.name for each in PROFILES.values() if key in each.fields]
        for key in ("home_tenant", "graph_identity")
    }

    assert asking == {"home_tenant": ["cpv"], "graph_identity": ["csp", "referrals", "app-only"]}


def test_an_app_without_a_user_has_a_credential_and_no_user_to_ask_for() -> None:
    profile = PROFILES["app-only"]

    assert "none" not in dict(profile.fields["credential"].choices)
    assert "none" in dict(CSP.fields["credential"].choices)
    assert {"integration_user", "consent_redirect_uri", "public_client"}.isdisjoint(profile.fields)
    assert profile.step_after("app") is profile.step("access")


def test_what_each_kind_proves_is_asked_of_its_api() -> None:
    apis = {name: spec.api for name, spec in built_in_profiles().items()}

    assert apis == {"csp": PARTNER_CENTER, "cpv": PARTNER_CENTER, "referrals": REFERRALS, "app-only": PARTNER_CENTER}


LOOKER = """
[looker]
title = "Reader of the profile"
choice = "programs that read the partner's own profile"
goal = "A token for the profile."
at_hand = ["the tenant"]
api = "partner_center"
steps = ["start", "tenant", "app", "consent", "user", "store"]
facets = ["user", "own_tenant", "organization"]

[looker.help]
integration_user = "Any account of the tenant with MFA."
"""


def test_a_fifth_kind_is_data_alone_and_goes_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    specs = read_profiles(read_asset("profiles.toml") + LOOKER)
    looker = make_profile(specs["looker"])
    assert looker.fields["integration_user"].help == "Any account of the tenant with MFA."
    assert "user.admin_agent" not in looker.checks

    scene = load_scene("not-admin-agent")  # whose user is none, which does not matter here
    with rehearsed(
        replace(scene, answers={**scene.answers, "profile": "looker"}),
        monkeypatch,
        profiles={**PROFILES, "looker": looker},
    ) as here:
        here.run()
        journey = here.journey

    assert journey.is_proven
    assert journey.outcome("store.mfa_compliant") is Outcome.HOLDS
    assert all(journey.state(step.id) is State.PROVEN for step in looker.steps)


def test_each_kind_names_answers_and_steps_that_there_are_in_what_it_proposes_and_says() -> None:
    for profile in PROFILES.values():
        assert set(profile.spec.proposals) <= {each.name for each in fields(Answers)}
        assert set(profile.spec.why) <= set(profile.spec.steps)
        assert all(profile.step(step).why == why for step, why in profile.spec.why.items())


def test_a_vendors_partners_have_secrets_of_different_names() -> None:
    spec = PROFILES["cpv"].spec
    begun = with_proposals(spec, Answers(profile="cpv"))
    assert begun.vault_secret == "partner-center-refresh-token"  # the partner is not known yet
    assert begun.consent_wait == 3600

    contoso = with_proposals(spec, replace(begun, tenant="contoso.onmicrosoft.com"), former=begun)
    assert contoso.vault_secret == "refresh-token-contoso-onmicrosoft-com"
    corrected = with_proposals(spec, replace(contoso, tenant="contoso.com"), former=contoso)
    assert corrected.vault_secret == "refresh-token-contoso-com"


def test_what_somebody_gave_is_kept() -> None:
    spec = PROFILES["cpv"].spec
    typed = Answers(profile="cpv", tenant="contoso.com", vault_secret="ours")
    assert with_proposals(spec, typed).vault_secret == "ours"

    usual = Answers(profile="cpv", tenant="contoso.com")
    assert with_proposals(spec, usual, given={"vault_secret"}).vault_secret == usual.vault_secret


LONGEST = ".".join(["a" * 63, "b" * 63, "c" * 63, "com"])


@pytest.mark.parametrize("tenant", [LONGEST, "11111111-aaaa-4aaa-8aaa-000000000001"])
def test_a_proposed_name_can_name_a_secret(tenant: str) -> None:
    proposed = with_proposals(PROFILES["cpv"].spec, Answers(profile="cpv", tenant=tenant))

    assert secret_name_error(proposed.vault_secret) == ""


def test_a_journey_follows_the_proposals_when_its_tenant_changes() -> None:
    session = StubSession()
    journey = session.begin(Answers(profile="cpv"), lambda _event: None)

    journey.change("tenant", "contoso.com")
    assert journey.onboarding.answers.vault_secret == "refresh-token-contoso-com"
    journey.change("vault_secret", "ours")
    journey.change("tenant", "fabrikam.com")
    assert journey.onboarding.answers.vault_secret == "ours"
