"""Test harness: the program in a process of its own, the people who answer it, and journeys on a rehearsal cloud."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import requests

from tests.patience import PATIENCE
from wizard.commands.rehearse import PacedClock, let_people_paste
from wizard.core.events import Event
from wizard.journeys.saved_journey import JourneyFile
from wizard.journeys.session import Session
from wizard.microsoft.clouds import built_in_clouds, read_cloud_file
from wizard.onboarding.journey import Journey
from wizard.onboarding.profile import PROFILES, Profile
from wizard.plain.answers_file import read_answers
from wizard.rehearsal import RehearsalCloud, Scene, load_scene
from wizard.rehearsal.world import Fault

PROGRAM = str(Path(sys.executable).parent / "partner-wizard")
SECRET_NAME = "partner-center-refresh-token"
LOUD = "import logging, sys; logging.basicConfig(level=0); from wizard.cli import main; sys.exit(main())"
"""Starts the product with every logger of the process at its loudest, on standard error."""


def wait_for(condition: Callable[[], object], description: str, seconds: float = PATIENCE) -> None:
    """Return as soon as `condition` is true; fail after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {description}"
        time.sleep(0.01)


def is_running(number: int) -> bool:
    """Return whether a process is there that is not only waited for."""
    try:
        return ") Z " not in Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return False


def in_world(scene: str | Scene, **parts: object) -> Scene:
    """Return a scene with parts of its world replaced."""
    known = load_scene(scene) if isinstance(scene, str) else scene
    return replace(known, world=replace(known.world, **parts))  # type: ignore[arg-type]


def with_faults(scene: str | Scene, *faults: Fault) -> Scene:
    """Return a scene with other faults."""
    return in_world(scene, faults=faults)


class Browser:
    """What a person does on the cloud's pages, over HTTP, without delay.

    Args:
        is_elsewhere: it is on another machine than the program: what listens there is not reached.
    """

    def __init__(self, cloud: RehearsalCloud, *, is_elsewhere: bool = False) -> None:
        self._is_elsewhere = is_elsewhere
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.verify = str(cloud.ca_bundle)
        self.http.proxies = {"https": cloud.proxy_url}

    def consent(self, url: str, answer: str = "accept", who: str = "admin") -> str:
        """Answer on the consent page and follow the redirect; return the address that the browser ends on."""
        return self._redirected(url, {"who": who, "answer": answer})

    def authorize(self, url: str, who: str = "integration", step: str = "approve") -> str:
        """Sign in at a link, or "cancel", and follow the redirect; return the address that the browser ends on."""
        return self._redirected(url, {"who": who, "step": step})

    def sign_in(self, page: str, user_code: str, who: str = "integration", decision: str = "approve") -> None:
        """Type the code, sign in with a second factor, and approve or decline."""
        for step in ("", "password", "mfa", decision):
            self.http.post(page, data={"user_code": user_code, "who": who, "step": step}).raise_for_status()

    def _redirected(self, url: str, form: Mapping[str, str]) -> str:
        target = self.http.post(url, data=form, allow_redirects=False).headers["Location"]
        if target.startswith("http://localhost") and not self._is_elsewhere:
            with suppress(requests.ConnectionError):  # the listener may be gone by now
                self.http.get(target, timeout=PATIENCE)
        return target


Events = list[dict[str, Any]]


@dataclass
class Program:
    """`partner-wizard` in a process of its own, with a home of its own.

    Args:
        cloud: whose environment it gets.
        base: holds its HOME, working directory and TMPDIR.
        on_event: is given each JSON line at once, before `events` shows it.

    `code` is its exit code, once `end` has waited for it.
    """

    cloud: RehearsalCloud
    base: Path
    on_event: Callable[[dict[str, Any]], None] = lambda _event: None
    environment: Mapping[str, str | None] = field(default_factory=dict)
    events: Events = field(default_factory=list)
    stdout: str = ""
    stderr: str = ""
    troubles: list[BaseException] = field(default_factory=list)
    command: tuple[str, ...] = (PROGRAM,)
    code: int | None = field(default=None, init=False)

    @property
    def journey(self) -> Path:
        return self.base / "home" / "journey" / "journey.json"

    def start(self, *arguments: str, umask: int = 0o022) -> Program:
        """Start it; its output is read by threads of ours."""
        self._speaks_json = "run" in arguments and "--json" in arguments
        for name in ("home", "work", "tmp"):
            (self.base / name).mkdir(parents=True, exist_ok=True)
        settled: dict[str, str | None] = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.base / "home"),
            "TMPDIR": str(self.base / "tmp"),
            "LANG": "C.UTF-8",
            **self.cloud.environment,
            **self.environment,
        }
        self._process = subprocess.Popen(
            [*self.command, *arguments],
            env={name: value for name, value in settled.items() if value is not None},
            cwd=self.base / "work",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            umask=umask,
        )
        self._readers = [threading.Thread(target=each, daemon=True) for each in (self._read_out, self._read_err)]
        for reader in self._readers:
            reader.start()
        return self

    def run(self, *more: str, answers: Path | None = None, umask: int = 0o022) -> Program:
        """Start `run --json` with the cloud's answers."""
        given = ["--answers", str(answers or self.cloud.answers_file), "--journey", str(self.journey), "--json"]
        if self.cloud.names.kind == "own":
            given += ["--cloud-file", str(self.cloud.cloud_file)]
        return self.start("run", *given, *more, umask=umask)

    def end(self, seconds: float = PATIENCE) -> int:
        """Wait for its end; return the exit code."""
        try:
            code = self.code = self._process.wait(seconds)
        finally:
            self.stop()
        assert not self.troubles, self.troubles
        return code

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    def stop(self) -> None:
        """Kill it if it still runs, and read all of its output."""
        with suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        for reader in self._readers:
            reader.join(PATIENCE)
        for stream in (self._process.stdout, self._process.stderr):
            if stream:
                stream.close()

    def wait_for(self, kind: str, check: str = "", seconds: float = PATIENCE) -> dict[str, Any]:
        """Return the first JSON line of a type (and check), as soon as it is there."""

        def found() -> dict[str, Any] | None:
            return next((e for e in list(self.events) if e["type"] == kind and check in ("", e.get("check"))), None)

        wait_for(lambda: found() or self._process.poll() is not None, f"{kind} {check}", seconds)
        event = found()
        assert event, f"ended without {kind} {check}:\n{self.stdout}\n{self.stderr}"
        return event

    def of(self, kind: str) -> Events:
        """Return all JSON lines of a type."""
        return [event for event in self.events if event["type"] == kind]

    def outcome(self, check: str) -> str:
        """Return the last outcome of a check; "" if it was not asked."""
        said = [event["outcome"] for event in self.of("finding") if event["check"] == check]
        return said[-1] if said else ""

    @property
    def summary(self) -> dict[str, Any]:
        return self.of("summary")[-1]

    def _read_out(self) -> None:
        for line in self._process.stdout or ():
            self.stdout += line
            if not self._speaks_json:
                continue
            try:
                event = json.loads(line)
                self.on_event(event)
                self.events.append(event)
            except Exception as trouble:  # noqa: BLE001  # told by `end`, in the test's own thread
                self.troubles.append(trouble)

    def _read_err(self) -> None:
        for line in self._process.stderr or ():
            self.stderr += line


def answering(cloud: RehearsalCloud, *, consents: bool = True, signs_in: bool = True) -> Callable[[Any], None]:
    """Return people who act at once, through the pages: `on_event` of a `Program`."""
    browser = Browser(cloud)

    def act(event: Mapping[str, Any]) -> None:
        if event["type"] == "consent_link" and consents:
            browser.consent(event["url"])
        if event["type"] == "sign_in" and signs_in:
            if event["method"] == "browser":
                browser.authorize(event["url"])
            else:
                browser.sign_in(event["verification_uri"], event["user_code"])

    return act


@contextmanager
def program(
    cloud: RehearsalCloud, base: Path, on_event: Callable[[Any], None] | None = None, **more: Any
) -> Iterator[Program]:
    """Yield a program that is killed, at the latest, when the block ends."""
    made = Program(cloud, base, on_event or answering(cloud), **more)
    try:
        yield made
    finally:
        if hasattr(made, "_process"):
            made.stop()


@dataclass
class Rehearsed:
    """A journey in this process, on the cloud's clock: a wait moves it instead of taking time."""

    cloud: RehearsalCloud
    session: Session
    journey: Journey
    events: list[Event]

    def run(self) -> str:
        """Run every step that is open; return the last check asked, or the one that closed the gate."""
        while True:
            step = self.journey.open_step
            self.journey.run(step.id)
            closed = self.journey.blocking(step.id)
            if closed or step is self.journey.profile.steps[-1]:
                return closed.check if closed else step.checks[-1].id

    def emitted(self, kind: type) -> list[Any]:
        """Return the events of a kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def requests(self, path: str, method: str = "POST") -> list[Any]:
        """Return the requests whose path matches a pattern."""
        return [each for each in self.cloud.log if each.method == method and re.search(path, each.path)]


@contextmanager
def rehearsed(
    scene: str | Scene,
    monkeypatch: Any,
    *,
    names: str = "own",
    file: Path | None = None,
    paced: bool = True,
    profiles: Mapping[str, Profile] = PROFILES,
) -> Iterator[Rehearsed]:
    """Yield a journey of a scene, with the scene's own people acting."""
    known = load_scene(scene) if isinstance(scene, str) else scene
    with RehearsalCloud(known, names=names) as cloud:  # type: ignore[arg-type]
        for name, value in cloud.environment.items():
            monkeypatch.setenv(name, value)
        answers, _ = read_answers(cloud.answers_file, cloud.environment)
        clouds = read_cloud_file(cloud.cloud_file) if names == "own" else built_in_clouds()
        session = Session(clouds, profiles, file=JourneyFile(file) if file else None)
        if paced:
            session.clock = PacedClock(cloud.clock)
        let_people_paste(cloud, session)
        events: list[Event] = []

        def emit(event: Event) -> None:
            events.append(event)
            as_json = getattr(event, "as_json", None)
            if as_json:
                cloud.people.on_event(as_json())

        yield Rehearsed(cloud, session, session.begin(answers, emit), events)


def files_below(folders: Iterable[Path]) -> list[Path]:
    """Return every file and folder below some folders."""
    return [path for folder in folders for path in folder.rglob("*")]
