"""Waits that have an end keep to it, and what has come by then is not lost, whatever a service asks for meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.harness import Rehearsed, in_world, rehearsed, with_faults
from wizard.core.events import Waiting
from wizard.core.findings import Outcome
from wizard.core.inbox import AlreadyGranted, Purpose
from wizard.rehearsal import Scene, load_scene
from wizard.rehearsal.choices import AdminAction, Service
from wizard.rehearsal.world import Behaviour, Fault

BUSY_GRAPH = Fault(Service.GRAPH, "GET", "*/oauth2PermissionGrants", after=1, times=0, status=429, retry_after=300)
"""From the second look at the grant on; it asks to be left alone for as long as the answer is waited for."""


def that_reads_graph(behaviour: Behaviour, *faults: Fault) -> Scene:
    app = replace(load_scene("all-holds-secret").world.app, graph_roles=True)
    return in_world(with_faults("all-holds-secret", *faults), app=app, behaviour=behaviour)


def run_until(here: Rehearsed, last: str) -> None:
    while here.journey.open_step.id != last:
        here.journey.run(here.journey.open_step.id)
    here.journey.run(last)


def test_a_busy_graph_does_not_keep_the_administrators_answer_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(that_reads_graph(Behaviour(admin_delay=20), BUSY_GRAPH), monkeypatch) as here:
        run_until(here, "consent")
        assert here.journey.outcome("consent.answer") is Outcome.HOLDS


def test_an_answer_that_came_as_the_wait_ended_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(that_reads_graph(Behaviour(admin=AdminAction.NOBODY)), monkeypatch) as here:
        memory, clock, answers = here.journey.onboarding.memory, here.cloud.clock, [AlreadyGranted()]

        def answer() -> None:
            waits = [each for each in here.emitted(Waiting) if "consent page" in each.what]
            if answers and waits and clock.now() >= waits[0].until:  # the wait is over
                memory.inbox.put(Purpose.CONSENT, answers.pop())

        clock.subscribe(answer)
        run_until(here, "consent")
        assert "You say that an administrator granted consent" in here.journey.findings["consent.answer"].message


@pytest.mark.parametrize("scene", ["wrong-secret", "certificate-not-usable-yet"])
def test_a_credential_that_may_be_too_new_is_waited_for_with_a_visible_end(
    scene: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = load_scene(scene).world
    with rehearsed(in_world(scene, app=replace(world.app, certificate_usable_after=3600)), monkeypatch) as here:
        run_until(here, "app")
        code = {"wrong-secret": "AADSTS7000215"}.get(scene, "AADSTS700027")
        finding = here.journey.findings["app.credential"]
        waits = [each for each in here.emitted(Waiting) if code in each.trouble]
        assert (finding.outcome, finding.code) == (Outcome.FAILS, code)
        assert len({each.since for each in waits}) == 1
        assert len(waits) >= 8
        assert all(each.again_at is not None and each.again_at <= each.until for each in waits)
        assert (waits[-1].until - waits[0].since).total_seconds() == 120


def test_a_new_certificate_is_taken_as_soon_as_it_is_usable(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed("certificate-not-usable-yet", monkeypatch) as here:
        run_until(here, "app")
        assert here.journey.outcome("app.credential") is Outcome.HOLDS
        waits = [each for each in here.emitted(Waiting) if "uploaded in the last minutes" in each.advice]
        assert 2 <= len(waits) <= 4


def test_what_is_stored_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate that was proven once is not new."""
    from wizard.onboarding.probes.app_credential import recheck_credential

    with rehearsed("certificate-not-usable-yet", monkeypatch) as here:
        for step in ("start", "tenant"):
            here.journey.run(step)
        finding = recheck_credential(here.journey.onboarding)
        assert (finding.outcome, finding.code) == (Outcome.FAILS, "AADSTS700027")
        assert not [each for each in here.emitted(Waiting) if "AADSTS700027" in each.trouble]
