"""The credential a device code wants, or does not want: wherever the service says so, and in whichever words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.faults.canned import canned
from tests.faults.test_polling import polls
from tests.harness import Rehearsed, in_world, rehearsed
from tests.sampling import sample
from wizard.core.answers import Answers
from wizard.core.events import DeviceCodePrompt
from wizard.core.findings import Outcome
from wizard.core.secret import Secret
from wizard.rehearsal import Scene, load_scene
from wizard.rehearsal.choices import CredentialCheck, Service
from wizard.rehearsal.world import ClientType, Fault

SECRET = "all-holds-secret"
SAID = {
    "7000218": '{"error": "invalid_client", "error_codes": [7000218], "error_description": "AADSTS7000218: Missing."}',
    "7000215": '{"error": "invalid_client", "error_codes": [7000215], "error_description": "AADSTS7000215: Wrong."}',
    "no code": '{"error": "invalid_client"}',
}


def world_of(public: bool, checked_at: CredentialCheck, survives: bool) -> Scene:
    """An app with a secret whose "Allow public client flows" is on or off, and a service that says so there."""
    app = replace(load_scene(SECRET).world.app, public_client=public)
    return in_world(SECRET, app=app, client_type=ClientType(checked_at, survives))


def set_answers(here: Rehearsed, **answers: Any) -> None:
    """Replace some of the answers of the scene."""
    here.journey.onboarding.answers = replace(here.journey.onboarding.answers, **answers)


def device_code_requests(here: Rehearsed) -> list[Any]:
    return [each for each in here.requests("/devicecode$") if "claims" in each.form]


@pytest.mark.parametrize("survives", [True, False], ids=["the code survives", "the code is spent"])
@pytest.mark.parametrize("checked_at", sample(3, CredentialCheck))
@pytest.mark.parametrize("says", [True, False, None], ids=lambda value: f"says {value}")
@pytest.mark.parametrize("public", [True, False], ids=["is public", "is confidential"])
def test_whatever_the_operator_says_and_wherever_it_strikes_it_signs_in(
    public: bool, says: bool | None, checked_at: CredentialCheck, survives: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protocol 1.3: at the code, at the first poll, or at the poll after the approval."""
    with rehearsed(world_of(public, checked_at, survives), monkeypatch) as here:
        set_answers(here, public_client=says)
        assert here.run() == "store.mfa_compliant"
        assert here.journey.is_proven
        is_told_with_the_code = checked_at is CredentialCheck.DEVICE_CODE_REQUEST and not public
        assert len(here.emitted(DeviceCodePrompt)) <= (1 if survives or is_told_with_the_code else 2)


@pytest.mark.parametrize("says", [True, False], ids=lambda value: f"says {value}")
@pytest.mark.parametrize("words", SAID)
def test_the_request_for_a_code_is_made_again_with_the_credential(
    words: str, says: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = Fault(Service.LOGIN, "POST", "*/devicecode", times=1, status=401)
    faults = canned(monkeypatch, {fault: (401, SAID[words])})
    with rehearsed(in_world(SECRET, faults=faults), monkeypatch) as here:
        set_answers(here, public_client=says)
        assert here.run() == "store.mfa_compliant"
        assert here.journey.is_proven
        assert ["client_secret" in each.form for each in device_code_requests(here)] == [False, True]


@pytest.mark.parametrize("words", SAID)
def test_a_poll_is_made_again_with_the_credential(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = Fault(Service.LOGIN, "POST", "*/token", after=5, times=1, status=401)
    faults = canned(monkeypatch, {fault: (401, SAID[words])})
    with rehearsed(in_world(SECRET, faults=faults), monkeypatch) as here:
        set_answers(here, public_client=True)
        assert here.run() == "store.mfa_compliant"
        assert ["client_secret" in each.form for each in polls(here)][:2] == [False, True]


@pytest.mark.parametrize("checked_at", list(CredentialCheck))
def test_entra_is_sent_no_credential_for_a_code_that_it_gives_without(
    checked_at: CredentialCheck, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rehearsed(world_of(False, checked_at, True), monkeypatch) as here:
        here.run()
        first, *others = device_code_requests(here)
        assert "client_secret" not in first.form
        assert len(others) == (checked_at is CredentialCheck.DEVICE_CODE_REQUEST)


def wrong_secret_in_step_4(answers: Answers) -> Answers:
    return replace(answers, client_secret=Secret("wrong-" + "x" * 34))


@pytest.mark.parametrize("checked_at", list(CredentialCheck))
@pytest.mark.parametrize("says", [True, False], ids=lambda value: f"says {value}")
def test_a_wrong_secret_ends_in_its_own_diagnosis_at_once(
    says: bool, checked_at: CredentialCheck, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It became wrong after step 2 had tried it."""
    with rehearsed(world_of(False, checked_at, True), monkeypatch) as here:
        for step in ("start", "tenant", "app", "consent"):
            here.journey.run(step)
        answers = here.journey.onboarding.answers
        here.journey.onboarding.answers = replace(wrong_secret_in_step_4(answers), public_client=says)
        here.journey.onboarding.learn(public_client=says)
        here.journey.run("user")
        closed = here.journey.blocking("user")
        assert closed is not None
        assert (closed.outcome, closed.code) == (Outcome.FAILS, "AADSTS7000215")
        assert closed.title == "The client secret is not valid"
        assert len(device_code_requests(here)) <= 2
        assert [("client_secret" in each.form) for each in polls(here) if each.status == 401][-1:] in ([], [True])
        assert sum(each.status == 401 for each in polls(here)) <= 2


@pytest.mark.parametrize("words", SAID)
def test_a_service_that_refuses_every_time_is_asked_twice_and_no_more(
    words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = Fault(Service.LOGIN, "POST", "*/devicecode", times=0, status=401)
    faults = canned(monkeypatch, {fault: (401, SAID[words])})
    with rehearsed(in_world(SECRET, faults=faults), monkeypatch) as here:
        assert here.run() == "user.sign_in_ready"
        assert here.journey.outcome("user.sign_in_ready") is Outcome.FAILS
        assert ["client_secret" in each.form for each in device_code_requests(here)] == [False, True]


def test_a_code_is_not_kept_waiting_while_the_credential_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The app's secret is kept in a vault, which may be busy for minutes: it is read before the code is asked for."""
    with rehearsed(world_of(False, CredentialCheck.AFTER_APPROVAL, True), monkeypatch) as here:
        known = here.journey.onboarding.answers.client_secret
        assert known is not None
        here.cloud.vault.add_aged_version("app-secret", known.reveal(), 1, True, {})
        set_answers(here, credential="vault_secret", credential_name="app-secret", public_client=True)
        assert here.run() == "store.mfa_compliant"
        asked = here.cloud.log
        code = max(number for number, each in enumerate(asked) if each.path.endswith("/devicecode"))
        tokens = max(number for number, each in enumerate(asked) if "device_code" in each.form)
        assert [each for each in asked[:code] if each.path.startswith("/secrets/app-secret")]
        assert not [each for each in asked[code:tokens] if each.path.startswith("/secrets/app-secret")]
