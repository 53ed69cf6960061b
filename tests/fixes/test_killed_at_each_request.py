"""kill -9 at every request of a fix, before it is done and after: the next start says so, and does what is left."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.fixes.fixable import FIXABLE, fixable
from tests.fixes.vaults import without_role, without_vault
from tests.harness import Program, answering, program
from wizard.rehearsal import RehearsalCloud, Scene, device_codes
from wizard.rehearsal.choices import FaultBody, Service
from wizard.rehearsal.fault_injection import FaultInjector
from wizard.rehearsal.request_log import LoggedRequest, RequestLog
from wizard.rehearsal.world import Fault

pytestmark = pytest.mark.system
CHANGED = {Service.GRAPH, Service.RESOURCE_MANAGER}
VAULTS = {"no vault": without_vault, "no role": without_role}
QUESTION = "/checkNameAvailability"
"""A POST that changes nothing."""
FIXES = FIXABLE | {
    "certificate-created": "add-certificate",
    "no vault": "create-vault",
    "no role": "add-vault-role",
}
REQUESTS = {"no-consent": 1, "browser-not-registered": 1, "own-service-principal-missing": 1,
            "partner-center-not-provisioned": 1, "certificate-created": 1, "no vault": 4, "no role": 1}  # fmt: skip


@dataclass
class Killer:
    """Kills a program at the n-th request that changes something: before it is done, or after, without an answer."""

    names: Callable[[str], Service | None]
    at: int
    is_done: bool
    victim: Program | None = None
    seen: int = field(default=0, init=False)

    def arrived(self, service: Service | None, method: str, path: str) -> bool:
        """Count a request that has arrived; return whether it is not to be done, for its sender is dead."""
        if self.victim is None or service not in CHANGED or method == "GET" or path.endswith(QUESTION):
            return False
        self.seen += 1
        if self.seen != self.at or self.is_done:
            return False
        self.kill()
        return True

    def answered(self, request: LoggedRequest) -> None:
        """Kill the sender of a request that was done just now, before it has the answer."""
        is_change = request.method != "GET" and self.names(request.host) in CHANGED and QUESTION not in request.path
        if is_change and self.is_done and self.seen == self.at and self.victim is not None:
            self.kill()

    def kill(self) -> None:
        """Send the signal, once."""
        victim, self.victim = self.victim, None
        if victim is not None:
            victim.signal(signal.SIGKILL)


def with_graph_identity(name: str) -> Scene:
    """Return a scene with the environment's identity for Graph, in which nobody waits long for consent."""
    scene = VAULTS[name]() if name in VAULTS else fixable(name)
    known = scene.answers["consent"]
    assert isinstance(known, Mapping)
    consent = {**known, "wait": 1 if name == "no-consent" else 300}
    return replace(scene, answers={**scene.answers, "consent": consent, "graph": {"identity": "environment"}})


@pytest.mark.parametrize("is_done", [False, True], ids=["before it is done", "after it"])
@pytest.mark.parametrize(("scene", "at"), [(name, 1 + at) for name in FIXES for at in range(REQUESTS[name])])
def test_the_next_start_says_what_was_done_and_goes_on(
    scene: str, at: int, is_done: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_codes, "POLL_INTERVAL", 1)
    with RehearsalCloud(with_graph_identity(scene), people="wait") as cloud:
        killer = Killer(cloud.names.service_of, at, is_done)
        next_fault, add = FaultInjector.next_fault, RequestLog.add

        def strikes(own: FaultInjector, service: Service | None, method: str, path: str) -> Fault | None:
            gone = Fault(Service.GRAPH, body=FaultBody.RESET)
            return gone if killer.arrived(service, method, path) else next_fault(own, service, method, path)

        def logs(own: RequestLog, request: LoggedRequest) -> None:
            add(own, request)
            killer.answered(request)

        monkeypatch.setattr(FaultInjector, "next_fault", strikes)
        monkeypatch.setattr(RequestLog, "add", logs)
        orders = ("--apply", FIXES[scene], "--yes")
        # A vault that was made before the end lacks its role alone: that is another fix.
        rest = ("--apply", "add-vault-role") if scene == "no vault" else ()
        with program(cloud, tmp_path, answering(cloud, consents=scene != "no-consent")) as first:
            killer.victim = first
            first.run(*orders)
            assert first.end() == -signal.SIGKILL, first.stdout + first.stderr
        (record_file,) = tmp_path.rglob("*actions.jsonl")
        record = record_file.read_text().splitlines()
        assert json.loads(record[-1])["state"] == "sent"

        with program(cloud, tmp_path, answering(cloud, consents=scene != "no-consent")) as second:
            code = second.run(*orders, *rest).end()

        said = second.stdout + second.stderr
        assert code == 0, said
        assert f"The fix {FIXES[scene]} was interrupted" in said
        assert second.summary["outcome"] == "proven"
