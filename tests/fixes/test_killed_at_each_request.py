"""kill -9 at every request of a fix, before it is done and after: the next start says so, and does what is left."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.fixes import test_app_fixes as app_fixes
from tests.fixes import test_registering as registering
from tests.fixes.fixable import FIXABLE, fixable
from tests.fixes.vaults import deleted_vault, in_azure, without_role, without_vault
from tests.harness import SECRET_NAME, Program, answering, in_world, program
from wizard.rehearsal import RehearsalCloud, Scene, device_codes, load_scene
from wizard.rehearsal.choices import FaultBody, Service
from wizard.rehearsal.cloud_state import AppState
from wizard.rehearsal.fault_injection import FaultInjector
from wizard.rehearsal.new_accounts import sign_in_for_the_first_time
from wizard.rehearsal.request_log import LoggedRequest, RequestLog
from wizard.rehearsal.world import Fault

pytestmark = pytest.mark.system
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
QUESTION = "/checkNameAvailability"
"""A POST that changes nothing."""
IN_ITS_OWN = (sys.executable, "-m", "tests.fixes.made_in_a_process")
"""The command that makes a fix which tells a person something."""
READER = "55555555-eeee-4eee-8eee-000000000003"
"""Object id of a program that reads the token."""
HERE = str(Path(__file__).parents[2])


def nothing(_cloud: RehearsalCloud) -> None:
    """Leave the cloud as it is."""


@dataclass(frozen=True)
class Case:
    """A fix that is cut off.

    Args:
        fix: its name.
        scene: gives the scene that offers it.
        requests: how many it sends.
        services: that take them.
        path: what the path of each ends with; "" for any.
        before: what is so in the cloud at the start.
        between: what somebody does after the kill.
        rest: the names of fixes that do what may be left of it.
        command: that makes it, () for `partner-wizard`.
    """

    fix: str
    scene: Callable[[], Scene]
    requests: int = 1
    services: frozenset[Service] = frozenset({Service.GRAPH, Service.RESOURCE_MANAGER})
    path: str = ""
    before: Callable[[RehearsalCloud], None] = nothing
    between: Callable[[RehearsalCloud], None] = nothing
    rest: tuple[str, ...] = ()
    command: tuple[str, ...] = ()


def app_of(cloud: RehearsalCloud) -> AppState:
    """Return the scene's app."""
    return cloud.state.apps[cloud.scene.world.app.client_id]


def switch_off(cloud: RehearsalCloud) -> None:
    """Switch the sign-in to the app off."""
    app_of(cloud).is_enabled = False


def age_secrets(cloud: RehearsalCloud) -> None:
    """Let the secrets of the app have been made before this minute: another one is made only then."""
    app_of(cloud).secrets = [replace(each, name="earlier") for each in app_of(cloud).secrets]


def acting(cloud: RehearsalCloud, case: Case) -> Callable[[Any], None]:
    """Return people who act at once; whoever has a new account has chosen a password, and a second factor, before."""
    act = answering(cloud, consents=case.fix != "grant-consent")

    def follow(event: Mapping[str, object]) -> None:
        if event["type"] == "sign_in":
            sign_in_for_the_first_time(cloud.state, "integration")
        act(event)

    return follow


def of_directory(name: str) -> Case:
    """Return the case of a fix of the registration, or of its service principal."""
    known = app_fixes.CASES[name]
    return Case(name, lambda: app_fixes.scene_of(known), before=switch_off if known.is_off else nothing)


def with_secret_in_vault() -> Scene:
    """Return a scene whose app is to have its secret in the vault, where there is none."""
    scene = fixable("all-holds-secret")
    return replace(scene, answers={**scene.answers, "credential": {"vault_secret": "partner-center-client-secret"}})


def not_admin_agent() -> Scene:
    """Return a scene whose account lacks its role in Partner Center, and may be given it."""
    known = load_scene("not-admin-agent")
    return in_world(known, operator=replace(known.world.operator, changes_people=True))


def deleted_secret() -> Scene:
    """Return a scene whose secret lies deleted, and may get a new version once it is back."""
    scene = in_azure(vault={"deleted": (SECRET_NAME,)})
    return in_the_vault(scene, replace=True)


def with_reader(**azure: Any) -> Scene:
    """Return a scene in which a program that is to read the token may not."""
    return in_the_vault(in_azure(**azure), reader=READER)


def in_the_vault(scene: Scene, **answers: object) -> Scene:
    """Return a scene with more answers of the vault."""
    known = scene.answers["vault"]
    assert isinstance(known, Mapping)
    return replace(scene, answers={**scene.answers, "vault": {**known, **answers}})


CASES = (
    *(Case(fix, partial(fixable, scene)) for scene, fix in FIXABLE.items()),
    Case("add-certificate", partial(fixable, "certificate-created")),
    Case("create-vault", without_vault, 4, rest=("add-vault-role",)),
    Case("add-vault-role", without_role),
    Case("add-vault-policy", partial(without_role, uses_roles=False)),
    Case("recover-vault", deleted_vault),
    Case("recover-secret", deleted_secret, services=frozenset({Service.VAULT}), path="/recover"),
    Case("add-reader-role", with_reader),
    Case("add-reader-policy", partial(with_reader, uses_roles=False, policy=("get", "list", "set"))),
    Case("create-app", registering.scene, 2),
    *map(of_directory, app_fixes.CASES),
    Case("remove-old-keys", partial(fixable, "registration-needs-work")),
    Case("allow-secrets", partial(fixable, "secrets-forbidden"), 2),
    Case("add-secret", with_secret_in_vault, 2, frozenset({Service.GRAPH, Service.VAULT}), between=age_secrets),
    Case("create-account", lambda: load_scene("fix-no-account"), 2,
         rest=("add-admin-agent",), command=IN_ITS_OWN),
    Case("add-admin-agent", not_admin_agent),
)  # fmt: skip


@dataclass
class Killer:
    """Kills a program at the n-th request that changes something: before it is done, or after, without an answer."""

    names: Callable[[str], Service | None]
    services: frozenset[Service]
    path: str
    at: int
    is_done: bool
    victim: Program | None = None
    seen: int = field(default=0, init=False)

    def arrived(self, service: Service | None, method: str, path: str) -> bool:
        """Count a request that has arrived; return whether it is not to be done, for its sender is dead."""
        if self.victim is None or not self._is_change(service, method, path):
            return False
        self.seen += 1
        if self.seen != self.at or self.is_done:
            return False
        self.kill()
        return True

    def answered(self, request: LoggedRequest) -> None:
        """Kill the sender of a request that was done just now, before it has the answer."""
        is_change = self._is_change(self.names(request.host), request.method, request.path)
        if is_change and self.is_done and self.seen == self.at and self.victim is not None:
            self.kill()

    def _is_change(self, service: Service | None, method: str, path: str) -> bool:
        is_wanted = service in self.services and method in CHANGING
        return is_wanted and not path.endswith(QUESTION) and path.endswith(self.path)

    def kill(self) -> None:
        """Send the signal, once."""
        victim, self.victim = self.victim, None
        if victim is not None:
            victim.signal(signal.SIGKILL)


def with_graph_identity(case: Case) -> Scene:
    """Return a case's scene with the environment's identity for Graph, in which nobody waits long for consent."""
    scene = case.scene()
    known = scene.answers["consent"]
    assert isinstance(known, Mapping)
    consent = {**known, "wait": 1 if case.fix == "grant-consent" else 300}
    return replace(scene, answers={**scene.answers, "consent": consent, "graph": {"identity": "environment"}})


@pytest.mark.parametrize("is_done", [False, True], ids=["before it is done", "after it"])
@pytest.mark.parametrize(
    ("case", "at"),
    [pytest.param(each, 1 + at, id=f"{each.fix} {1 + at}") for each in CASES for at in range(each.requests)],
)
def test_the_next_start_says_what_was_done_and_goes_on(
    case: Case, at: int, is_done: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_codes, "POLL_INTERVAL", 1)
    with RehearsalCloud(with_graph_identity(case), people="wait") as cloud:
        case.before(cloud)
        killer = Killer(cloud.names.service_of, case.services, case.path, at, is_done)
        next_fault, add = FaultInjector.next_fault, RequestLog.add

        def strikes(own: FaultInjector, service: Service | None, method: str, path: str) -> Fault | None:
            gone = Fault(Service.GRAPH, body=FaultBody.RESET)
            return gone if killer.arrived(service, method, path) else next_fault(own, service, method, path)

        def logs(own: RequestLog, request: LoggedRequest) -> None:
            add(own, request)
            killer.answered(request)

        monkeypatch.setattr(FaultInjector, "next_fault", strikes)
        monkeypatch.setattr(RequestLog, "add", logs)
        orders = ["--apply", case.fix, *([] if case.command else ["--yes"])]
        command = {"command": case.command, "environment": {"PYTHONPATH": HERE}} if case.command else {}
        people = acting(cloud, case)
        with program(cloud, tmp_path, people, **command) as first:
            killer.victim = first
            first.run(*orders)
            assert first.end() == -signal.SIGKILL, first.stdout + first.stderr
        (record_file,) = tmp_path.rglob("*actions.jsonl")
        record = record_file.read_text().splitlines()
        assert json.loads(record[-1])["state"] == "sent"
        case.between(cloud)

        # What was made before the end may lack a part alone: that is another fix.
        rest = [word for name in case.rest for word in ("--apply", name)]
        with program(cloud, tmp_path, people, **command) as second:
            code = second.run(*orders, *rest).end()

        said = second.stdout + second.stderr
        assert code == 0, said
        assert f"The fix {case.fix} was interrupted" in said
        assert second.summary["outcome"] == "proven"
