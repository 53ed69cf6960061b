"""A step that is run again: what is in memory serves, what is spent is not used twice, and no dead end is left."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.harness import in_world, rehearsed
from wizard.commands.rehearse import PacedClock
from wizard.core.events import ConsentLink, DeviceCodePrompt, Event, Waiting
from wizard.core.findings import Outcome
from wizard.core.inbox import AlreadyGranted, Purpose
from wizard.journeys.session import Session
from wizard.microsoft.clouds import read_cloud_file
from wizard.onboarding.gate import State
from wizard.onboarding.journey import Journey
from wizard.onboarding.profile import CSP
from wizard.plain.answers_file import read_answers
from wizard.rehearsal import RehearsalClock, RehearsalCloud, load_scene

NAME = "partner-center-refresh-token"
OTHERS = {"owner": "billing"}


@contextmanager
def rehearsing(scene: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[RehearsalCloud, Journey, list[Event]]]:
    clock, events = RehearsalClock(), list[Event]()
    with RehearsalCloud(load_scene(scene), clock=clock) as cloud:
        for variable, value in cloud.environment.items():
            monkeypatch.setenv(variable, value)
        session = Session(read_cloud_file(cloud.cloud_file), clock=PacedClock(clock))
        answers, _ = read_answers(cloud.answers_file, os.environ)

        def emit(event: Event) -> None:
            events.append(event)
            if isinstance(event, ConsentLink | DeviceCodePrompt):
                cloud.people.on_event(event.as_json())

        yield cloud, session.begin(answers, emit), events


def run_all(journey: Journey) -> None:
    for step in CSP.steps:
        journey.run(step.id)


def versions(cloud: RehearsalCloud) -> int:
    return len(cloud.vault.versions(NAME))


def test_steps_4_and_5_again_need_no_new_sign_in_and_write_no_second_version(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsing("all-holds-public", monkeypatch) as (cloud, journey, events):
        run_all(journey)
        journey.run("user")
        assert journey.state("store") is State.OPEN, "a new look at the token un-proves what was stored of it"
        journey.run("store")

        assert journey.is_proven
        assert versions(cloud) == 1
        assert sum(isinstance(event, DeviceCodePrompt) for event in events) == 1
        assert journey.onboarding.facts.secret_version


def test_another_vault_identity_after_the_write_is_proven_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsing("all-holds-public", monkeypatch) as (cloud, journey, _events):
        run_all(journey)
        journey.change("vault_identity", "default")
        journey.run("user")
        journey.run("store")

        assert journey.is_proven
        assert versions(cloud) == 1


def test_a_newer_version_of_somebody_else_is_not_written_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsing("all-holds-public", monkeypatch) as (cloud, journey, _events):
        run_all(journey)
        cloud.vault.add_aged_version(NAME, "another program's", 0, True, OTHERS)

        assert journey.run("store") is State.FAILED
        assert "Somebody else" in journey.findings["store.written"].message
        assert versions(cloud) == 2


def test_a_newer_version_of_our_own_is_followed_by_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsing("all-holds-public", monkeypatch) as (cloud, journey, _events):
        run_all(journey)
        tags = {"tenant_id": journey.onboarding.facts.tenant_id, "client_id": journey.onboarding.answers.client_id}
        cloud.vault.add_aged_version(NAME, "an older token, written late", 0, True, tags)

        assert journey.run("store") is State.PROVEN
        assert versions(cloud) == 3


@pytest.mark.parametrize("scene", ["mfa-not-compliant", "not-admin-agent", "sign-in-without-mfa", "guest-account"])
def test_what_only_a_new_sign_in_can_mend_gets_a_new_code(scene: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsing(scene, monkeypatch) as (_cloud, journey, events):
        for step in CSP.steps[:5]:
            journey.run(step.id)
        journey.run("user")

        assert sum(isinstance(event, DeviceCodePrompt) for event in events) == 2


def test_the_wrong_account_is_looked_at_again_only_for_another_expected_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsing("wrong-account", monkeypatch) as (_cloud, journey, events):
        for step in CSP.steps[:5]:
            journey.run(step.id)
        signed_in = str(journey.findings["user.account"].evidence["signed_in"])
        journey.change("integration_user", signed_in)
        journey.run("user")

        assert journey.state("user") is State.PROVEN
        assert sum(isinstance(event, DeviceCodePrompt) for event in events) == 1


def test_every_consent_address_of_a_journey_takes_the_same_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """An administrator may answer the address that was mailed first, after the wizard has made a second one."""
    with rehearsing("no-consent", monkeypatch) as (_cloud, journey, events):
        journey.onboarding.is_attended = True
        for step in CSP.steps[:3]:
            journey.run(step.id)
        assert journey.run("consent") is State.FAILED, "nobody answers in time"
        journey.run("consent")

        links = [event.url for event in events if isinstance(event, ConsentLink)]
        states = {parse_qs(urlsplit(url).query)["state"][0] for url in links}
        assert len(links) == 2
        assert len(states) == 1


def test_consent_that_graph_does_not_show_can_be_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsing("consent-seen-late", monkeypatch) as (_cloud, journey, events):
        journey.onboarding.is_attended = True
        emit = journey.onboarding.emit

        def say_granted(event: Event) -> None:
            events.append(event)
            if isinstance(event, ConsentLink):
                journey.submit(Purpose.CONSENT, AlreadyGranted())

        journey.onboarding.emit = say_granted
        for step in CSP.steps[:3]:
            journey.run(step.id)
        assert journey.run("consent") is State.FAILED, "said, but not to be seen"
        journey.onboarding.emit = emit
        journey.run("consent")

        assert journey.state("consent") is State.PROVEN
        assert sum(isinstance(event, ConsentLink) for event in events) == 2


def test_a_stopped_wait_for_a_secret_still_says_that_it_was_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsing("wrong-secret", monkeypatch) as (_cloud, journey, _events):

        def stop(event: Event) -> None:
            if isinstance(event, Waiting):
                journey.onboarding.cancel.set()

        journey.onboarding.emit = stop
        journey.run("start")
        journey.run("tenant")

        assert journey.run("app") is State.FAILED
        assert journey.findings["app.credential"].code == "AADSTS7000215"


def test_a_word_on_consent_that_step_4_has_disproved_is_not_taken_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed("no-consent", monkeypatch) as here:
        here.run()
        assert here.journey.findings["consent.granted"].outcome is Outcome.FAILS

        here.journey.change_all({"consent_granted": True})
        here.journey.run("consent")

        found = here.journey.findings["consent.granted"]
        assert found.outcome is Outcome.UNKNOWN
        assert "step 4 has found before that it is not" in found.message
        assert found.actions


@pytest.mark.parametrize(("answered", "check"), [(1, "user.admin_agent"), (2, "store.partner_center")])
def test_a_sign_in_that_partner_center_refuses_later_is_made_again(
    answered: int, check: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Partner Center takes the first token and not the next, or not the one that the stored token gives (900421)."""
    known = load_scene("all-holds-public")
    late = in_world(known, partner_center=replace(known.world.partner_center, enforced_after=answered))
    with rehearsed(late, monkeypatch) as played:
        assert played.run() == check
        found = played.journey.findings[check]
        assert (found.code, "says that the user signed in with MFA" in found.message) == ("900421", True)
        assert played.journey.open_step.id == "user", "where one signs in"

        world = played.cloud.state.world
        played.cloud.state.world = replace(world, partner_center=known.world.partner_center)
        played.run()

        assert played.journey.is_proven, played.journey.findings
        assert len(played.emitted(DeviceCodePrompt)) == 2
