"""A journey on the rehearsal cloud: its steps are run, and its promises are judged after each thing that is done."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any, ClassVar, Final

import pytest
from azure.keyvault.secrets._shared import http_challenge_cache
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
)

from tests.model.cloud_record import CloudRecord
from tests.model.own_gate import OwnGate
from tests.model.ways_in import scene_of
from wizard.commands.rehearse import PacedClock, let_people_paste
from wizard.core.answers import SECRET_FIELDS
from wizard.core.errors import BadInput, Cancelled
from wizard.core.events import CheckEnded, Event, NotSaved
from wizard.core.findings import Outcome
from wizard.journeys.saved_journey import JourneyFile
from wizard.journeys.session import Session
from wizard.microsoft.clouds import read_cloud_file
from wizard.onboarding.finding_builders import STOPPED_AT
from wizard.onboarding.journey import Journey, StepLocked
from wizard.plain.answers_file import read_answers
from wizard.rehearsal import RehearsalCloud

NOBODY_WAITS: Final = 40
"""Seconds for which consent and sign-ins are waited for here."""


class Killed(BaseException):
    """The process is gone: nothing of it is saved any more."""


class JudgedJourney(RuleBasedStateMachine):
    """One journey, from its beginning to its proof.

    `way` is a key of `WAYS`. `tried` counts what was judged, by the ids of tests/soak/properties.toml:

    M1 nothing is stored before all checks of the user hold; M2 no live secret is superseded by a worse token; M3 a
    proven step is true to its facts; M4 no step opens whose gate does not hold; M5 every run ends in a finding that
    says what to do, or passes; M6 what is said to be saved is saved; M7 once everything is right again, it is proven.
    """

    way: ClassVar[str]
    tried: ClassVar[Counter[str]]
    turn: ClassVar[int]

    def __init__(self) -> None:
        super().__init__()
        self.patches = pytest.MonkeyPatch()
        self.scene = scene_of(self.way)
        self.cloud = RehearsalCloud(self.scene)
        self.cloud.__enter__()
        http_challenge_cache.clear()
        for name, value in self.cloud.environment.items():
            self.patches.setenv(name, value)
        read, _ = read_answers(self.cloud.answers_file, self.cloud.environment)
        self.right = replace(read, consent_wait=NOBODY_WAITS, sign_in_wait=NOBODY_WAITS)
        self.path = self.cloud.folder / "state" / "journey.json"
        self.record = CloudRecord(self.cloud, lambda: self.journey.onboarding.answers)
        self.record.look()
        self.said_unsaved = self.is_full = self.is_fresh = False
        self.stop_at = self.kill_at = 0
        self.events = 0
        self.journey: Journey = self._session().begin(self.right, self.emit)

    # --- the process ------------------------------------------------------------------------------------------------

    def _session(self) -> Session:
        """Begin a process."""
        self.session = Session(read_cloud_file(self.cloud.cloud_file), file=JourneyFile(self.path))
        self.session.clock = PacedClock(self.cloud.clock)
        let_people_paste(self.cloud, self.session)
        return self.session

    def emit(self, event: Event) -> None:
        """Let people act on an event; stop or kill the process at the one that was drawn."""
        if isinstance(event, NotSaved):
            self.said_unsaved = True
        if isinstance(event, CheckEnded):
            self._judge_finding(event)
        as_json = getattr(event, "as_json", None)
        if as_json:
            self.cloud.people.on_event(as_json())
        self.events += 1
        if self.events == self.stop_at:
            self.session.stop()
        if self.events == self.kill_at:
            self.session.file = None
            raise Killed

    def _judge_finding(self, event: CheckEnded) -> None:
        """Judge what a finding says at the moment in which it is said."""
        finding = event.finding
        assert STOPPED_AT not in finding.evidence, finding
        if finding.check == "store.written" and finding.outcome is Outcome.HOLDS:
            self.tried["M6"] += 1
            facts = self.journey.onboarding.facts
            version = self.record.stored(facts)
            assert version is not None, f"said to be stored, and is not: {finding.message}"
            assert self.is_full or self.on_disk()["facts"]["secret_version"] == version.version, "stored, and not saved"

    def resume(self) -> None:
        """Begin another process with what is on disk."""
        self.record.process_ends()
        self.said_unsaved, self.is_fresh = False, True
        session = self._session()
        saved = session.saved()
        if saved is None:
            self.journey = session.begin(self.right, self.emit)
            return
        self.journey = session.resume(saved, self.emit)
        for name in SECRET_FIELDS:  # none of them was saved; it is entered again
            if (secret := getattr(self.right, name)) is not None and secret != "":
                self.journey.onboarding.answers = replace(self.journey.onboarding.answers, **{name: secret})

    def on_disk(self) -> dict[str, Any]:
        """Return what the file says, read without the product."""
        return dict(json.loads(self.path.read_text(encoding="utf-8")))

    # --- what is done -----------------------------------------------------------------------------------------------

    def run_step(self, step: str) -> bool:
        """Run a step; return whether it passed."""
        journey, profile = self.journey, self.journey.profile
        before, asked = self.record.user_run, {each.key for each in profile.step(step).fields}
        self.record.step_begins(step)
        self.said_unsaved &= self.is_full
        try:
            journey.run(step)
            self.is_fresh = False
        except BadInput as error:
            self.record.user_run = before  # nothing was asked
            return self._is_told(error.field in asked)
        except Cancelled:
            assert self.session.cancel.is_set
            self.session.ready()
            return False
        except Killed:
            self.resume()
            return False
        finally:
            self.events = self.stop_at = self.kill_at = 0
        self.tried["M5"] += 1
        closing = journey.blocking(step)
        if closing is None:
            assert OwnGate.of(journey).passes(step), f"{step} ended without a finding that closes it"
            return True
        assert closing.message, closing
        assert closing.who or closing.actions, closing
        return False

    def _is_told(self, is_field_named: bool) -> bool:
        """Return that a step did not pass, whose field is named."""
        assert is_field_named
        return False

    # --- what has to hold -------------------------------------------------------------------------------------------

    @invariant()
    def all_holds(self) -> None:
        self.nothing_was_stored_wrongly()
        self.the_gate_is_as_its_findings_say()
        self.try_locked_steps()
        self.what_is_proven_is_true()
        self.what_is_shown_is_on_disk()

    def nothing_was_stored_wrongly(self) -> None:
        self.record.look()
        assert not self.record.wrong, self.record.wrong
        self.tried["M1"] += self.record.tried.pop("stored", 0)
        self.tried["M2"] += self.record.tried.pop("superseded", 0)

    def the_gate_is_as_its_findings_say(self) -> None:
        gate = OwnGate.of(self.journey)
        self.tried["M4"] += 1
        for step in self.journey.profile.steps:
            if not step.not_needed:
                assert (self.journey.lock(step.id) is None) == gate.is_open(step.id), step.id
        assert self.journey.is_proven == gate.is_proven

    def what_is_proven_is_true(self) -> None:
        gate, journey, world = OwnGate.of(self.journey), self.journey, self.scene.world
        facts, answers = journey.onboarding.facts, journey.onboarding.answers
        names = {each.id for each in journey.profile.steps if not each.not_needed}
        passed = {step for step in names if gate.passes(step)}
        self.tried["M3"] += len(passed)
        if "tenant" in passed:
            known = (world.tenant, world.home_tenant)
            assert facts.tenant_id in {each.id for each in known if answers.tenant in (each.domain, each.id)}
        if "app" in passed:
            assert answers.client_id == world.app.client_id
        if "user" in passed:
            assert facts.user_name.lower() == answers.integration_user.lower(), facts.user_name
        if "store" not in passed:
            return
        version = self.record.stored(facts)
        if version is None or version.value not in self.cloud.state.refresh_tokens:
            assert facts.secret_name in self.record.spoilt, "proven, and what is stored is no token"
            return
        session = self.cloud.state.refresh_tokens[version.value].session
        assert (session.person.account, session.person.object_id) == (facts.user_name, facts.user_id)
        assert facts.vault_url.rstrip("/").lower() == answers.vault_url.rstrip("/").lower()
        if not self.way.startswith("taken-over-from"):
            assert facts.secret_name == answers.vault_secret
        assert session.client_id == answers.client_id

    def what_is_shown_is_on_disk(self) -> None:
        if not self.path.exists():
            return
        self.tried["M6"] += 1
        text = self.path.read_text(encoding="utf-8")
        saved = json.loads(text)
        shown = {check: each.outcome.value for check, each in self.journey.findings.items()}
        kept = {each["check"]: each["outcome"] for each in saved["findings"]}
        facts = {name: getattr(self.journey.onboarding.facts, name) for name in saved["facts"]}
        is_same = kept == shown and json.loads(json.dumps(facts)) == saved["facts"]
        is_less = self.is_fresh and shown.items() <= kept.items()
        assert is_same or is_less or self.said_unsaved, (kept, shown)
        assert not [secret for secret in self.record.secrets() if secret in text], "a secret is on disk"

    def try_locked_steps(self) -> None:
        gate, before = OwnGate.of(self.journey), len(self.cloud.log)
        for step in self.journey.profile.steps:
            if gate.is_open(step.id) or step.not_needed:
                continue
            self.tried["M4"] += 1
            with pytest.raises(StepLocked):
                self.journey.run(step.id)
        assert len(self.cloud.log) == before, "a locked step asked a service"
