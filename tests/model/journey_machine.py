"""The state machine that drives a journey as an operator would, with what goes wrong around it."""

from __future__ import annotations

import errno
import json
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from typing import Any, ClassVar, Final

import pytest
from azure.keyvault.secrets._shared import http_challenge_cache
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.model.cloud_record import CloudRecord
from tests.model.own_gate import OwnGate
from tests.model.ways_in import SAID, STRUCK, TROUBLES, Strike, scene_of
from wizard.commands.rehearse import PacedClock, let_people_paste
from wizard.core.answers import SECRET_FIELDS, Value
from wizard.core.errors import BadInput, Cancelled
from wizard.core.events import CheckEnded, Event, NotSaved
from wizard.core.findings import Outcome
from wizard.core.secret import Secret
from wizard.journeys.saved_journey import JourneyFile
from wizard.journeys.session import Session
from wizard.microsoft.clouds import read_cloud_file
from wizard.onboarding.finding_builders import STOPPED_AT
from wizard.onboarding.journey import Journey, StepLocked
from wizard.plain.answers_file import read_answers
from wizard.rehearsal import RehearsalCloud
from wizard.rehearsal.vault_state import VaultState, Version, new_version

NOBODY_WAITS: Final = 40
"""Seconds for which consent and sign-ins are waited for here."""
RUNS_TO_THE_END: Final = 16
"""Runs of steps within which a journey is proven once everything is right."""


REPLACE: Final = JourneyFile._replace


def _no_room(_file: JourneyFile, _content: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


class Killed(BaseException):
    """The process is gone: nothing of it is saved any more."""


class JourneyMachine(RuleBasedStateMachine):
    """One journey, from its beginning to its proof.

    `way` is a key of `WAYS`. `tried` counts what was judged, by the ids of tests/soak/properties.toml:

    M1 nothing is stored before all checks of the user hold; M2 no live secret is superseded by a worse token; M3 a
    proven step is true to its facts; M4 no step opens whose gate does not hold; M5 every run ends in a finding that
    says what to do, or passes; M6 what is said to be saved is saved; M7 once everything is right again, it is proven.
    """

    way: ClassVar[str]
    tried: ClassVar[Counter[str]]

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

    @initialize(count=st.integers(0, 6))
    def begin(self, count: int) -> None:
        self.go_on(count)

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

    def run_open(self) -> bool:
        """Run the open steps until one stays closed; return whether all are passed."""
        for _ in self.journey.profile.steps:
            step = self.journey.open_step
            if not self.run_step(step.id):
                return False
            if step is self.journey.profile.steps[-1]:
                return True
        return True

    @rule(count=st.integers(1, 4))
    def go_on(self, count: int) -> None:
        for _ in range(count):
            if not self.run_step(self.journey.open_step.id):
                break

    @rule()
    def go_on_to_the_end(self) -> None:
        self.run_open()

    @rule(at=st.integers(1, 60), kill=st.booleans(), all_steps=st.booleans())
    def go_on_and_be_interrupted(self, at: int, kill: bool, all_steps: bool) -> None:
        self.stop_at, self.kill_at = (0, at) if kill else (at, 0)
        self.run_open() if all_steps else self.run_step(self.journey.open_step.id)
        self.events = self.stop_at = self.kill_at = 0

    @rule(place=st.integers(0, 5))
    def go_back(self, place: int) -> None:
        gate = OwnGate.of(self.journey)
        passed = [each.id for each in self.journey.profile.steps if gate.is_open(each.id) and each.checks]
        if passed:
            self.run_step(passed[place % len(passed)])

    def try_locked_steps(self) -> None:
        gate, before = OwnGate.of(self.journey), len(self.cloud.log)
        for step in self.journey.profile.steps:
            if gate.is_open(step.id) or step.not_needed:
                continue
            self.tried["M4"] += 1
            with pytest.raises(StepLocked):
                self.journey.run(step.id)
        assert len(self.cloud.log) == before, "a locked step asked a service"

    @rule()
    def quit_and_resume(self) -> None:
        self.session.let_go()
        self.resume()

    @precondition(lambda self: self.journey.is_proven)
    @rule()
    def prove_again(self) -> None:
        self.journey.prove_again()

    @rule()
    def drop_the_sign_in(self) -> None:
        self.journey.forget_sign_in()

    @rule(data=st.data())
    def change_an_answer(self, data: st.DataObject) -> None:
        pool = self.pool()
        key = data.draw(st.sampled_from(sorted(pool)), "answer")
        value = data.draw(st.sampled_from(pool[key]), "value")
        before = getattr(self.journey.onboarding.answers, key)
        try:
            self.journey.change(key, value)
        except BadInput:
            assert getattr(self.journey.onboarding.answers, key) == before

    @rule(data=st.data())
    def put_an_answer_right(self, data: st.DataObject) -> None:
        answers = self.journey.onboarding.answers
        wrong = [key for key in sorted(self.pool()) if getattr(self.right, key) != getattr(answers, key)]
        if wrong:
            key = data.draw(st.sampled_from(wrong), "answer")
            self.journey.change(key, getattr(self.right, key))

    @rule(name=st.sampled_from(sorted(TROUBLES)))
    def trouble_begins(self, name: str) -> None:
        self.cloud.state.change_world(TROUBLES[name](self.scene.world))

    @rule(name=st.sampled_from(sorted(TROUBLES)), steps=st.sampled_from(("open", "all", "user")))
    def go_on_in_trouble(self, name: str, steps: str) -> None:
        self.trouble_begins(name)
        if steps == "user" and OwnGate.of(self.journey).is_open("user") and self.journey.profile.sign_in:
            self.run_step("user")
        self.run_open() if steps == "all" else self.run_step(self.journey.open_step.id)

    @rule()
    def trouble_ends(self) -> None:
        self.cloud.state.change_world(self.scene.world)
        self.cloud._injector.change(())

    @rule(
        struck=st.sampled_from(STRUCK),
        said=st.sampled_from(SAID),
        after=st.integers(0, 4),
        times=st.sampled_from((1, 2, 0)),
    )
    def a_service_fails(self, struck: tuple[Any, str, str], said: tuple[int, Any], after: int, times: int) -> None:
        self.cloud._injector.change([Strike(*struck, *said, after, times).fault()])

    @precondition(lambda self: not self.way.startswith("taken-over-from"))  # whose token that is, and no other
    @rule(kind=st.sampled_from(("foreign", "renewed", "disabled", "deleted")))
    def somebody_else_writes(self, kind: str) -> None:
        vault, name = self.cloud.vault, self.right.vault_secret
        history = vault.history(name)
        now = int(self.cloud.clock.now().timestamp())
        if kind == "foreign":
            VaultState.put(vault, name, Version(new_version(), "of somebody else", now, now))
        elif kind == "disabled" and history:
            history[-1].enabled = False
        elif kind == "deleted" and history:
            vault.delete(name)
        elif kind == "renewed" and history and (known := self.cloud.state.refresh_tokens.get(history[-1].value)):
            value = f"renewed-{now}-{len(history)}-{'x' * 400}"
            self.cloud.state.refresh_tokens[value] = known
            VaultState.put(vault, name, Version(new_version(), value, now, now, True, history[-1].tags))
        self.record.somebody_else_wrote()
        if kind != "renewed":
            self.record.spoilt.add(name)

    @rule(hours=st.sampled_from((1, 30, 24 * 20)))
    def time_passes(self, hours: int) -> None:
        self.cloud.clock.advance(hours * 3600)

    @rule(is_full=st.booleans())
    def the_disk_fills_or_empties(self, is_full: bool) -> None:
        self.is_full = is_full
        self.patches.setattr(JourneyFile, "_replace", _no_room if is_full else REPLACE)

    @rule(place=st.integers(0, 3))
    def make_a_fix(self, place: int) -> None:
        offered = [fix for finding in self.journey.findings.values() for fix in finding.fixes]
        if offered:
            try:
                self.journey.make_fix(offered[place % len(offered)])
            finally:
                self.record.somebody_else_wrote()

    def pool(self) -> dict[str, list[Value]]:
        """Return what may be answered, right and wrong, by the keys of this profile's fields."""
        right, world = self.right, self.scene.world
        vaults = (world.vault.name, world.spare_vault.name, "no-vault-here")
        secrets: list[Value] = [Secret("a-secret-that-is-wrong")]
        if right.client_secret is not None:
            secrets.append(right.client_secret)
        pool: dict[str, list[Value]] = {
            "tenant": [right.tenant, world.tenant.id, "fabrikam.com", "nobody.example", "no tenant"],
            "associated": [True, False],
            "client_id": [right.client_id, "99999999-1111-4111-8111-000000000009", "no id"],
            "credential": [right.credential, "none", "secret"],
            "client_secret": secrets,
            "public_client": [True, False, None],
            "consent_granted": [True, False, None],
            "integration_user": [right.integration_user, "adele@contoso.com", "nobody@contoso.com", "nobody"],
            "sign_in_flow": [right.sign_in_flow, "device-code", "browser", "auto"],
            "vault_url": [
                *(f"https://{name}.{self.cloud.names.vault_suffix}" for name in vaults),
                "https://contoso.example",
                "no address",
            ],
            "vault_secret": [right.vault_secret, "another-name", "no name!"],
            "vault_replace": [True, False],
            "vault_identity": [right.vault_identity, "environment"],
            "token_mark": [True, False],
        }
        return {key: values for key, values in pool.items() if key in self.journey.profile.fields}

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

    def teardown(self) -> None:
        """Put everything right; the journey must then be proven, by the cloud's own record too."""
        try:
            self._end_well()
        finally:
            self.patches.undo()
            self.cloud.__exit__(None, None, None)

    def _end_well(self) -> None:
        self.the_disk_fills_or_empties(is_full=False)
        self.trouble_ends()
        journey = self.journey
        for key in self.pool():
            if getattr(journey.onboarding.answers, key) != (right := getattr(self.right, key)):
                with suppress(BadInput):  # a secret that is not asked for
                    journey.change(key, right)
        if self.record.spoilt and "vault_secret" in journey.profile.fields:
            journey.change("vault_secret", "quite-another-name")
        for _ in range(RUNS_TO_THE_END):
            if journey.is_proven:
                break
            self.run_step(journey.open_step.id)
        self.nothing_was_stored_wrongly()
        self.what_is_proven_is_true()
        self.tried["M7"] += 1
        step = journey.open_step.id
        assert journey.is_proven, (step, journey.blocking(step))


def machine_of(way: str, draws: str, tried: Counter[str]) -> type[JourneyMachine]:
    """Return the machine of a way, whose draws follow from a text."""
    made = type("JourneyMachine", (JourneyMachine,), {"way": way, "tried": tried})
    return seed(f"{draws} {way}")(made)


def walk(way: str, draws: str, *, journeys: int, steps: int) -> Counter[str]:
    """Drive journeys of a way at random; return how often each property was judged, by its id.

    Args:
        way: a key of `WAYS`.
        draws: what is drawn follows from it.
        journeys: how many.
        steps: how much is done in each, at most.
    """
    tried: Counter[str] = Counter()
    run_state_machine_as_test(
        machine_of(way, draws, tried),
        settings=settings(
            max_examples=journeys,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
    return tried
