"""The state machine that drives a journey as an operator would, with what goes wrong around it."""

from __future__ import annotations

import errno
from collections import Counter
from contextlib import suppress
from typing import Any, Final

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.model.judged_journey import JudgedJourney
from tests.model.own_gate import OwnGate
from tests.model.ways_in import OF_A_SIGN_IN, SAID, STRUCK, TROUBLES, Strike
from wizard.core.answers import Value
from wizard.core.errors import BadInput
from wizard.core.secret import Secret
from wizard.journeys.saved_journey import JourneyFile
from wizard.rehearsal.vault_state import VaultState, Version, new_version

REPLACE: Final = JourneyFile._replace


def _no_room(_file: JourneyFile, _content: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


RUNS_TO_THE_END: Final = 16
"""Runs of steps within which a journey is proven once everything is right."""


class JourneyMachine(JudgedJourney):
    """What an operator does with a journey, and what happens meanwhile."""

    @initialize(count=st.integers(0, 6))
    def begin(self, count: int) -> None:
        self.go_on(count)

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
        self._sign_in_in_trouble()
        for _ in range(RUNS_TO_THE_END):
            if journey.is_proven:
                break
            self.run_step(journey.open_step.id)
        self.nothing_was_stored_wrongly()
        self.what_is_proven_is_true()
        self.tried["M7"] += 1
        step = journey.open_step.id
        assert journey.is_proven, (step, journey.blocking(step))

    def _sign_in_in_trouble(self) -> None:
        """Let somebody sign in anew, whose token may not be stored; each journey meets the trouble after the last."""
        if self.journey.profile.sign_in is None or self.way.startswith("taken-over"):
            return
        self.journey.forget_sign_in()
        self.trouble_begins(OF_A_SIGN_IN[(self.turn + self.tried["M7"]) % len(OF_A_SIGN_IN)])
        self.run_open()
        self.all_holds()
        self.trouble_ends()


def machine_of(way: str, draws: str, tried: Counter[str], turn: int) -> type[JourneyMachine]:
    """Return the machine of a way, whose draws follow from a text."""
    made = type("JourneyMachine", (JourneyMachine,), {"way": way, "tried": tried, "turn": turn})
    return seed(f"{draws} {way}")(made)


def walk(way: str, draws: str, *, journeys: int, steps: int, turn: int) -> Counter[str]:
    """Drive journeys of a way at random; return how often each property was judged, by its id.

    Args:
        way: a key of `WAYS`.
        draws: what is drawn follows from it.
        journeys: how many.
        steps: how much is done in each, at most.
        turn: the place in `OF_A_SIGN_IN` of what the first journey meets before its end; the next meets the next.
    """
    tried: Counter[str] = Counter()
    run_state_machine_as_test(
        machine_of(way, draws, tried, turn),
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
