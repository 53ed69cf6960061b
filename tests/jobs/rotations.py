"""Renewals of an app's credential that is kept in the vault of a rehearsal cloud."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.fixes.fixable import fixable
from tests.harness import in_world
from tests.jobs.renewals import Renewed, redeems
from tests.rehearsals.stored_journeys import OURS, Stored, stored
from wizard.commands.rehearse import PacedClock
from wizard.commands.renew_credential import renew_credential
from wizard.core.events import Event
from wizard.jobs.rotation import Orders
from wizard.journeys.saved_journey import JourneyFile, SavedJourney
from wizard.journeys.session import Session
from wizard.microsoft.clouds import read_cloud_file
from wizard.plain.line_writer import LineWriter
from wizard.rehearsal import Scene
from wizard.rehearsal.choices import MachineIdentity
from wizard.rehearsal.cloud_state import AppState, SecretValue
from wizard.rehearsal.machine_facts import Machine
from wizard.tokens.renewal_rule import RenewalRule

NAME = "app-credential"
LIFE = 40
"""Days that the app's first secret lasts."""
DUE = 11 * 86_400.0
"""Seconds after which it is due: thirty days before its end."""


@dataclass
class Rotated(Renewed):
    """What a renewal of a credential came to."""

    @property
    def state(self) -> str:
        return str(self.summary["credential"]["state"])

    @property
    def changes(self) -> list[str]:
        made = (each.path.rpartition("/")[2] for each in self.requests if each.method == "POST")
        return [each.method for each in self.requests if each.method in {"PUT", "PATCH", "DELETE"}] + [
            each for each in made if each in {"addPassword", "removePassword"}
        ]


@dataclass
class Kept:
    """A journey whose app has its secret in the vault, and an identity that may change the app."""

    journey: Stored
    saved: SavedJourney

    @property
    def app(self) -> AppState:
        return self.journey.cloud.state.apps[self.saved.answers.client_id]

    @property
    def values(self) -> list[str]:
        """The app's secrets, the oldest first."""
        return [each.value for each in self.app.secrets]

    def versions(self, name: str = NAME) -> list[dict[str, Any]]:
        return self.journey.cloud.vault.versions(name)

    @property
    def known(self) -> set[str]:
        """The values that the vault has."""
        return {str(each["value"]) for each in self.versions()}

    def store_by_hand(self) -> None:
        """Give the app a secret, and store it, as a person does."""
        now = self.journey.cloud.clock.now()
        made = SecretValue("by hand", "a secret by hand", now, now + timedelta(days=100), "by hand")
        if made.value not in self.values:
            self.app.secrets.append(made)
            self.journey.cloud.vault.add_aged_version(NAME, made.value, 0, True, OURS)

    def expire(self, name: str) -> None:
        """Give the app a secret of somebody else's that has expired."""
        self.add_key(name, days=-35)

    def add_key(self, name: str, *, days: int) -> None:
        """Give the app a secret of somebody else's that ends in so many days."""
        now = self.journey.cloud.clock.now()
        made = SecretValue(name, f"{name} value", now - timedelta(days=400), now + timedelta(days=days), name)
        self.app.secrets.insert(0, made)

    def works(self) -> bool:
        """Whether the newest enabled version is a secret that Entra takes now, and the stored token works."""
        newest = [each for each in self.versions() if each["enabled"]][-1]["value"]
        now = self.journey.cloud.clock.now()
        taken = any(each.value == newest and each.usable_from <= now < each.expires_at for each in self.app.secrets)
        return taken and redeems(self.journey)

    def rotate(
        self, kind: str = "", *, on_event: Callable[[Event], None] = lambda _event: None, **orders: bool
    ) -> Rotated:
        """Renew the credential, as the command does with --json; a wait moves the cloud's clock."""
        cloud = self.journey.cloud
        session = Session(read_cloud_file(cloud.cloud_file), clock=PacedClock(cloud.clock))
        session.file = JourneyFile(self.journey.path)
        events: list[Event] = []

        def also(event: Event) -> None:
            events.append(event)
            on_event(event)

        out, before = io.StringIO(), len(cloud.log)
        lines = LineWriter(out=out, err=io.StringIO(), as_json=True, also=also)
        facts = self.journey.saved.facts
        ended = renew_credential(
            session, replace(self.saved, facts=facts), lines, RenewalRule(), Orders(kind, **orders)
        )
        said = [json.loads(line) for line in out.getvalue().splitlines()]
        return Rotated(ended, events, said, cloud.log[before:])


def lasting(days: int = LIFE, **world: Any) -> Scene:
    """A scene whose Graph identity may change the app, and whose secret lasts so many days."""
    scene = fixable("all-holds-secret", **world)
    secrets = tuple(replace(each, expires_in_days=days) for each in scene.world.app.secrets)
    return in_world(scene, app=replace(scene.world.app, secrets=secrets))


@contextmanager
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, scene: Scene | None = None) -> Iterator[Kept]:
    """A journey that was played to its end, whose app's secret then went into the vault."""
    with stored(scene or lasting(), monkeypatch, tmp_path) as journey:
        yield in_vault(journey)


def with_own_identity(scene: Scene) -> Scene:
    """The same where the machine has a managed identity, which opens the vault as well."""
    vault = scene.answers["vault"]
    assert isinstance(vault, dict)
    answers = {**scene.answers, "vault": {**vault, "identity": "managed"}}
    world = replace(scene.world, machine=Machine(MachineIdentity.MANAGED))
    return replace(scene, world=world, answers=answers)


def in_vault(journey: Stored) -> Kept:
    """Put the app's secret into the vault, and say so in the answers."""
    saved = journey.at_hand
    secret = saved.answers.client_secret
    assert secret
    journey.cloud.vault.add_aged_version(NAME, secret.reveal(), 0, True, OURS)
    answers = replace(
        saved.answers,
        client_secret=None,
        credential="vault_secret",
        credential_name=NAME,
        graph_identity=saved.answers.vault_identity,
    )
    return Kept(journey, replace(saved, answers=answers))
