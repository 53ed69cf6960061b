"""What processes of a fleet do in tests, in the place of checks: each onboarding's name says what."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from pathlib import Path

from wizard.commands.fleet_process import Order
from wizard.core.answers import Answers
from wizard.core.facts import Facts
from wizard.core.secret import Secret
from wizard.core.waiting import SystemClock
from wizard.jobs.fleet import Member
from wizard.jobs.fleet_processes import Processes
from wizard.journeys.saved_journey import SavedJourney
from wizard.journeys.session import Session
from wizard.microsoft.clouds import built_in_clouds
from wizard.microsoft.wire import Wire
from wizard.plain.line_writer import LineWriter

HOST = "graph.microsoft.com"
SECRET = "a-secret-of-the-operator-1234567890"
PR_GET_DUMPABLE = 3


def named(name: str) -> Member:
    """An onboarding that a vault tells of, with a secret of the answers file."""
    answers = Answers(tenant="contoso.com", client_secret=Secret(SECRET), vault_secret=name)
    return Member(name, "contoso.com", "", found=SavedJourney(answers, Facts(), {}, {}, ""))


def ask(session: Session, saved: SavedJourney, lines: LineWriter) -> int:
    """Do what the name of its secret says."""
    told: dict[str, object] = {"process": os.getpid()}
    match saved.answers.vault_secret:
        case "is guarded":
            secret = saved.answers.client_secret
            assert secret
            shown = [Path(f"/proc/self/{each}").read_bytes() for each in ("cmdline", "environ")]
            told["has_secret"] = secret.reveal() == SECRET
            told["shown"] = any(SECRET.encode() in each for each in shown)
            told["core"] = resource.getrlimit(resource.RLIMIT_CORE)[0]
            told["dumpable"] = ctypes.CDLL(None).prctl(PR_GET_DUMPABLE, 0, 0, 0, 0)
        case "is told a pause":
            assert session.wire
            session.wire.answered(HOST, session.clock, is_throttled=True, retry_after=500)
        case "says its pauses":
            assert session.wire
            told["pauses"] = {each.host: each.left for each in session.wire.pauses(session.clock)}
        case "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        case "waits":
            session.clock.wait(3_600, session.cancel)
        case "ends":
            raise SystemExit(0)
        case "breaks":

            class Local(dict[str, str]):
                """Of which no other process knows."""

            told["found"] = Local()
    lines.write({"type": "summary", "outcome": "proven", **told}, "")
    return 0


def order(state: str, workers: int = 4) -> Order:
    """What each process is told first."""
    return Order(built_in_clouds(), state, (Answers(), set()), ask, None, workers)


def main() -> None:
    """Begin a process that waits for long, say its id, and wait as well: for a test that ends this one."""
    wire = Wire(is_shared=True)
    with Processes(order(sys.argv[1]), wire, SystemClock()) as processes:
        processes.have(1)
        processes.begin(named("waits"))
        processes.begin(named("")).result()
        print(*processes.ids, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
