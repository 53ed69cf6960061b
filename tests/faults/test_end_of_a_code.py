"""The last seconds of a device code, and what is said when they are over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.faults.canned import canned
from tests.faults.test_polling import MODES, polls
from tests.harness import Rehearsed, in_world, rehearsed, with_faults
from tests.sampling import sample
from wizard.core.events import DeviceCodePrompt
from wizard.core.findings import Finding, Outcome
from wizard.rehearsal import Scene, load_scene
from wizard.rehearsal.choices import FaultBody, Service
from wizard.rehearsal.world import Behaviour, Fault

TOKENS_BEFORE = {"all-holds-public": 1, "all-holds-secret": 4, "code-expires": 1}
"""Tokens that the app and the vault's operator get before the first poll."""

TROUBLES: dict[str, tuple[dict[str, Any], tuple[int, str] | None]] = {
    "a reset": ({"body": FaultBody.RESET}, None),
    "a cut": ({"body": FaultBody.CUT}, None),
    "a web page": ({"body": FaultBody.HTML, "status": 200}, None),
    "503": ({"status": 503}, None),
    "429 for five minutes": ({"status": 429, "retry_after": 300}, None),
    "garbage": ({"status": 200}, (200, "\x00{[")),
    "an error without a name": ({"status": 400}, (400, '{"hello": "world"}')),
    "a passing error": ({"status": 400}, (400, '{"error": "temporarily_unavailable"}')),
    "an endless answer": ({"status": 200}, (200, "x" * 3_000_000)),
    "slow down": ({"status": 400}, (400, '{"error": "slow_down"}')),
}
"""Faults of the token endpoint, and what they answer where the cloud has no answer of that kind."""


def troubled(monkeypatch: pytest.MonkeyPatch, scene: str, trouble: str, after: int = 0, **parts: object) -> Scene:
    """A scene whose polls meet trouble after some that do not; it lasts until the cloud is repaired."""
    form, said = TROUBLES[trouble]
    fault = Fault(Service.LOGIN, "POST", "*/token", **{"after": TOKENS_BEFORE[scene] + after, "times": 0, **form})
    faults = canned(monkeypatch, {fault: said}) if said else (fault,)
    return in_world(with_faults(scene, *faults), **parts)


def fix_before_the_end(here: Rehearsed, seconds: float) -> None:
    """Let faults stop some seconds before the code that is issued first expires."""

    def look() -> None:
        codes = [code for code in here.cloud.state.device_codes.values() if "offline_access" in code.scope]
        ends: list[datetime] = [code.expires_at for code in codes if code.session is not None]
        if ends and here.cloud.clock.now() >= ends[-1] - timedelta(seconds=seconds):
            here.cloud._injector.repair()

    here.cloud.clock.subscribe(look)


@pytest.mark.parametrize("scene", MODES)
@pytest.mark.parametrize("trouble", sample(3, TROUBLES))
def test_a_service_that_gets_well_in_the_last_seconds_gives_the_tokens(
    scene: str, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rehearsed(troubled(monkeypatch, scene, trouble), monkeypatch) as here:
        fix_before_the_end(here, 5)
        assert here.run() == "store.mfa_compliant"
        assert here.journey.is_proven
        assert len(here.emitted(DeviceCodePrompt)) == 1


def ended(here: Rehearsed) -> Finding:
    """The finding of a sign-in that came to nothing."""
    assert here.run() == "user.signed_in"
    return here.journey.findings["user.signed_in"]


@pytest.mark.parametrize("scene", MODES)
def test_polls_that_met_nothing_readable_name_what_came_and_blame_nobody(
    scene: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rehearsed(troubled(monkeypatch, scene, "a web page"), monkeypatch) as here:
        finding = ended(here)
        number = len(polls(here))
        assert (finding.outcome, finding.unreachable, finding.code) == (Outcome.UNKNOWN, True, "")
        assert f"answered with a web page, HTTP 200, {number} times" in finding.message
        assert "until the code had expired" in finding.message
        assert "was not completed" not in finding.message
        assert number < 40


def test_garbage_after_a_readable_not_yet_leaves_open_what_the_person_did(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(troubled(monkeypatch, "code-expires", "garbage", after=60), monkeypatch) as here:
        finding = ended(here)
        assert (finding.outcome, finding.unreachable) == (Outcome.UNKNOWN, True)
        assert "in the last 10 minutes of the code's time" in finding.message
        assert "had not signed in; whether it happened since cannot be told" in finding.message
        assert "something that is not JSON, HTTP 200" in finding.message


@pytest.mark.parametrize(("life", "said"), [(600, "10 minutes"), (90, "90 seconds"), (900, "15 minutes")])
def test_a_code_that_expired_is_said_to_have_lived_as_long_as_it_did(
    life: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = load_scene("code-expires").world
    scene = in_world("code-expires", policy=replace(world.policy, device_code_lifetime=life))
    with rehearsed(scene, monkeypatch) as here:
        finding = ended(here)
        assert (finding.outcome, finding.code) == (Outcome.FAILS, "AADSTS70020")
        assert finding.message.endswith(f"It was valid for {said}.")
        assert life == 900 or "15 minutes" not in words_of(finding)


OF_A_STORED_TOKEN = [
    50132,
    50133,
    50173,
    54005,
    70000,
    70008,
    70043,
    700007,
    700081,
    700082,
    700084,
    7000110,
    9002313,
]
"""Codes of a grant that the catalogue explains by a token in the vault, where they come at a renewal."""


def words_of(finding: Finding) -> str:
    """All that is said of it."""
    return f"{finding.title} {finding.message} {finding.remedy}"


NOT_AT_A_SIGN_IN = ("keep the new", "in place of", "at least once", "whole value", "was inactive", "az keyvault")


def refused_grant(monkeypatch: pytest.MonkeyPatch, number: int, after: int, more: str = "") -> Scene:
    said = f'"error_description": "AADSTS{number}: Refused.", "error_codes": [{number}]{more}'
    body = f'{{"error": "invalid_grant", {said}}}'
    fault = Fault(Service.LOGIN, "POST", "*/token", after=after, times=0, status=400)
    scene = with_faults("all-holds-public", *canned(monkeypatch, {fault: (400, body)}))
    return in_world(scene, behaviour=Behaviour(user_delay=3))


@pytest.mark.parametrize("number", OF_A_STORED_TOKEN)
def test_a_grant_refused_at_the_sign_in_is_not_taken_for_a_stored_token(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rehearsed(refused_grant(monkeypatch, number, after=1), monkeypatch) as here:
        finding = ended(here)
        assert finding.code == f"AADSTS{number}"
        assert not [words for words in NOT_AT_A_SIGN_IN if words in words_of(finding)]
        assert "nothing is stored" in words_of(finding)


@pytest.mark.parametrize("suberror", ["bad_token", "token_expired"])
def test_a_suberror_at_the_sign_in_is_not_taken_for_a_stored_token(
    suberror: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rehearsed(refused_grant(monkeypatch, 70000, 1, more=f', "suberror": "{suberror}"'), monkeypatch) as here:
        assert "nothing is stored" in words_of(ended(here))


@pytest.mark.parametrize("number", [50173, 70000, 70008, 700082, 9002313])
def test_a_token_refused_right_after_the_sign_in_is_not_taken_for_a_stored_one(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rehearsed(refused_grant(monkeypatch, number, after=2), monkeypatch) as here:
        assert here.run() == "user.redeems"
        finding = here.journey.findings["user.redeems"]
        assert "that this sign-in has just issued" in words_of(finding)
        assert not [words for words in NOT_AT_A_SIGN_IN if words in words_of(finding)]


@pytest.mark.parametrize(
    ("number", "said"), [(700082, "was inactive for 90 days"), (9002313, "refresh token is malformed")]
)
def test_the_same_codes_of_what_was_stored_are_a_stored_tokens(
    number: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rehearsed(refused_grant(monkeypatch, number, after=3), monkeypatch) as here:
        assert here.run() == "store.redeems"
        assert said in words_of(here.journey.findings["store.redeems"])
