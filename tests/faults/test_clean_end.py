"""However a command ends: no program, socket, temporary file or lock of it is left, and the terminal is as before."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.harness import wait_for
from tests.journeys.kept import APP, NOW, TENANT_ID, here, journey_of
from tests.patience import PATIENCE
from tests.terminal.terminals import Terminal
from wizard.journeys.saved_journey import JourneyFile

EXITS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
ANSWERS = """associated = true
tenant = "fabrikam.com"
client_id = "33333333-cccc-4ccc-8ccc-000000000003"
credential = { none = true }
integration_user = "partner-integration@fabrikam.com"
[vault]
url = "https://fabrikam.vault.azure.net"
identity = "environment"
[alerts]
to = [{ file = "address" }]
"""
CRASHING = """
import sys
from wizard.core.waiting import SystemClock
from wizard.microsoft import http_adapter
def crash(*arguments, **options):
    raise SystemError("nobody expected it")
http_adapter.HttpAdapter.send = crash
from wizard.cli import main
sys.exit(main(sys.argv[1:]))
"""
STAYS = re.compile(
    r"(?:journeys/[^/.][^/]*|journey|redeemed)\.json|index\.(?:txt|lock)|all-\w+\.txt|customers/[^/]+/lock"
)
"""What the program keeps in its state folder, and two files by which processes take turns."""


@dataclass
class Place:
    """Where a command runs: with a proxy at which nobody answers, so that it waits as soon as it asks somebody."""

    folder: Path
    proxy: socket.socket
    environment: dict[str, str]

    def start(self, command: str, *more: str, stdout: int = subprocess.PIPE) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, *(more or ("-m", "wizard")), *command.split()],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
        )

    def is_asked(self) -> socket.socket:
        """Wait for a connection to the proxy, which stays open and silent."""
        self.proxy.settimeout(PATIENCE)
        return self.proxy.accept()[0]

    def check_clean(self) -> None:
        """Nothing is left that no later run needs."""
        assert list((self.folder / "tmp").iterdir()) == []
        state = here().state
        left = [str(each.relative_to(state)) for each in state.rglob("*") if not each.is_dir()]
        assert [each for each in left if not STAYS.fullmatch(each)] == []
        outside = {each.name for each in Path(os.environ["HOME"]).iterdir()} | {
            each.name for each in self.folder.iterdir()
        }
        assert outside <= {".local", "answers.toml", "address", "tmp", Path(os.environ["HOME"]).name, "wanted.toml"}


def keep_stored() -> None:
    """Keep an onboarding that is proven, so that jobs look into its vault."""
    journey = journey_of("contoso.com")
    journey.onboarding.answers = replace(
        journey.onboarding.answers,
        integration_user="partner-integration@contoso.com",
        vault_url="https://contoso.vault.azure.net",
        vault_identity="environment",
    )
    journey.onboarding.learn(vault_url="https://contoso.vault.azure.net", secret_name="partner-center-refresh-token")
    path = here().path_of(journey.onboarding.answers)
    assert path is not None
    JourneyFile(path).write(journey, NOW)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    keep_stored()
    (tmp_path / "answers.toml").write_text(ANSWERS)
    (tmp_path / "tmp").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        port = proxy.getsockname()[1]
        (tmp_path / "address").write_text(f"json://127.0.0.1:{port}/hook")
        (tmp_path / "address").chmod(0o600)
        root = Path(__file__).parents[2]
        environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp"), "PYTHONPATH": str(root)}
        environment |= {"HTTPS_PROXY": f"http://127.0.0.1:{port}", "NO_PROXY": ""}
        environment |= {"AZURE_TENANT_ID": TENANT_ID, "AZURE_CLIENT_ID": APP, "AZURE_CLIENT_SECRET": "of-the-vault"}
        yield Place(tmp_path, proxy, environment)


def descendants(process: int) -> set[int]:
    """The programs that a process has started, and those that they have."""
    parents: dict[int, int] = {}
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, rest = each.read_text().partition(" (")
            parents[int(number)] = int(rest.rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has ended meanwhile
    found = {process}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {process}


def is_gone(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Whatever a test finds, its program does not outlive it."""
    try:
        yield
    finally:
        process.kill()
        process.communicate()


WAITING = {
    "run": "run --answers answers.toml",
    "check": "check --all",
    "renew": "renew --all",
    "customers": "customers list",
    "alerts": "alerts test --answers answers.toml",
}
SIGNALLED = [
    pytest.param(name, number, id=f"{name}-{number.name}", marks=[] if (name, number) in often else pytest.mark.system)
    for often in [{("check", signal.SIGTERM), ("alerts", signal.SIGINT), ("run", signal.SIGHUP)}]
    for name in WAITING
    for number in EXITS
]


@pytest.mark.parametrize(("name", "number"), SIGNALLED)
def test_a_signal_leaves_nothing_behind(name: str, number: signal.Signals, place: Place) -> None:
    process = place.start(WAITING[name])
    with ended(process), place.is_asked():
        started = descendants(process.pid)
        assert bool(started) is (name == "alerts"), "alerts are sent by a program of their own"
        process.send_signal(number)
        assert process.wait(PATIENCE) == EXITS[number]
        wait_for(lambda: all(map(is_gone, started)), "the programs that it has started to end")
        place.check_clean()


ENDING = {
    "run-that-lacks-an-answer": ("run", 2),
    "report": ("report", 0),
    "explain": ("explain AADSTS50076", 0),
    "check-of-nobody": ("check --tenant nobody", 2),
}


@pytest.mark.system
@pytest.mark.parametrize("name", ENDING)
def test_an_end_by_itself_leaves_nothing_behind(name: str, place: Place) -> None:
    command, code = ENDING[name]
    process = place.start(command)
    with ended(process):
        process.communicate(timeout=PATIENCE)
        assert process.returncode == code
        place.check_clean()


@pytest.mark.parametrize(
    "command", ["check --all", *(pytest.param(WAITING[each], marks=pytest.mark.system) for each in ("run", "renew"))]
)
def test_a_crash_leaves_nothing_behind(command: str, place: Place) -> None:
    process = place.start(command, "-c", CRASHING)
    with ended(process):
        _, said = process.communicate(timeout=PATIENCE)
        assert process.returncode in {1, 3}
        assert b"Traceback" not in said
        place.check_clean()


@pytest.mark.parametrize(
    "command", ["report", *(pytest.param(each, marks=pytest.mark.system) for each in ("explain AADSTS50076", "status"))]
)
def test_a_pipe_that_is_closed_leaves_nothing_behind(command: str, place: Place) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = place.start(command, stdout=writing)
    os.close(writing)
    with ended(process):
        _, said = process.communicate(timeout=PATIENCE)
        assert (process.returncode, said) == (1, b"")
        place.check_clean()


@pytest.mark.system
@pytest.mark.parametrize("number", EXITS, ids=lambda number: number.name)
@pytest.mark.parametrize("command", ["rehearse all-holds-public", "rehearse all-holds-public --unattended"])
def test_a_rehearsal_and_the_screens_leave_nothing_behind(command: str, number: signal.Signals, place: Place) -> None:
    terminal = Terminal(
        [sys.executable, "-m", "wizard", *command.split()], {**place.environment, "TERM": "xterm-256color"}
    )
    try:
        was_new = terminal.is_as_new
        terminal.wait_for(lambda text: "tenant" in text.lower())
        started = descendants(terminal.pid)
        terminal.send_signal(number)
        assert terminal.exit_code() == EXITS[number]
        assert was_new
        assert terminal.is_as_new
        wait_for(lambda: all(map(is_gone, started)), "the programs that it has started to end")
        place.check_clean()
    finally:
        terminal.close()
