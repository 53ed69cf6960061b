"""`partner-wizard rehearse`: the wizard, or the plain run, on the rehearsal cloud. Only this module opens it."""

from __future__ import annotations

import argparse
import os
import re
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from screens.launch import Launch
from screens.scenes import SceneGroup, SceneInfo
from wizard.commands.context import free_port, stop_on_signals
from wizard.commands.plain_run import run_in_plain_lines
from wizard.commands.terminal_support import turn_off_color
from wizard.core.errors import BadInput
from wizard.core.inbox import Purpose, RedirectResponse
from wizard.core.waiting import Cancel
from wizard.journeys.saved_journey import JourneyFile
from wizard.journeys.session import Session
from wizard.microsoft.clouds import built_in_clouds, read_cloud_file
from wizard.onboarding.profile import PROFILES
from wizard.plain.answers_file import read_answers

if TYPE_CHECKING:
    from datetime import datetime

    from wizard.rehearsal import RehearsalClock, RehearsalCloud, Scene


class PacedClock:
    """The rehearsal cloud's clock as the product's: a wait advances it instead of taking time."""

    def __init__(self, clock: RehearsalClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        """Return the cloud's time, aware."""
        return self._clock.now()

    def monotonic(self) -> float:
        """Return the cloud's time in seconds."""
        return self._clock.now().timestamp()

    def wait(self, seconds: float, cancel: Cancel) -> None:
        """Advance the clock; raise `Cancelled` if the signal is set."""
        cancel.check()
        self._clock.advance(seconds)
        cancel.check()


class Rehearsal:
    """The scenes as the screens see them: one is played, until another takes its place.

    Args:
        options: of the command line; they hold for every scene.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._port = free_port(options)
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the open scene."""
        self._open.close()

    def groups(self) -> tuple[SceneGroup, ...]:
        """Return every scene: first those in which nothing fails, then step by step."""
        return tuple(SceneGroup(title, tuple(map(self._note, scenes))) for title, scenes in grouped_scenes())

    def start(self, name: str) -> Launch:
        """Start a scene: its cloud starts before that of the earlier scene is stopped."""
        from wizard.rehearsal import RehearsalClock, load_scene

        scene = load_scene(name)
        with ExitStack() as opening:
            cloud = opening.enter_context(_cloud(scene, self._options, RehearsalClock()))
            answers, _ = read_answers(cloud.answers_file, {**os.environ, **cloud.environment})
            session = _session(cloud, self._port)
            let_people_paste(cloud, session)
            launch = Launch(session, answers, self._note(scene), cloud.people.on_event)
            self._open.close()
            self._open = opening.pop_all()
        os.environ.update(cloud.environment)
        return launch

    def _note(self, scene: Scene) -> SceneInfo:
        return SceneInfo(scene.title, scene.watch_for, _pages_note(self._options.by_hand), scene.name, scene.check)


def grouped_scenes() -> list[tuple[str, list[Scene]]]:
    """Return every scene under the title of the step it is about, in the order to list them in."""
    from wizard.rehearsal import load_scene, scene_names

    scenes = [load_scene(name) for name in scene_names()]
    titles = {"": "Everything holds"}
    for profile in PROFILES.values():
        titles |= {step.id: f"Step {profile.number_of(step.id)} · {step.title}" for step in profile.steps}
    return [
        (title, [scene for scene in scenes if scene.check.partition(".")[0] == step]) for step, title in titles.items()
    ]


def _cloud(scene: Scene, options: argparse.Namespace, clock: RehearsalClock) -> RehearsalCloud:
    """Return the cloud of a scene not started yet."""
    from wizard.rehearsal import RehearsalCloud

    return RehearsalCloud(
        scene,
        names="production" if options.production_names else "own",
        people="wait" if options.by_hand else "act",
        clock=clock,
    )


def main(options: argparse.Namespace) -> int:
    """List the scenes, serve a cloud, or run a journey on it; return its exit code."""
    try:
        from wizard.rehearsal import RehearsalClock, load_scene, scene_names
    except ModuleNotFoundError as missing:
        raise BadInput("rehearse", f"needs {missing.name}: install partner-wizard[rehearsal]") from None
    if options.list:
        return _list()
    if options.scene not in scene_names():
        name = options.scene if re.fullmatch(r"[a-z0-9-]{1,30}", options.scene) else "of that name"
        raise BadInput("SCENE", f"there is no scene {name}; rehearse --list names them")
    if options.serve:
        with _cloud(load_scene(options.scene), options, RehearsalClock()) as cloud:
            return _serve(cloud)
    if options.unattended:
        return _run_unattended(options)
    return _run_on_screens(options)


def _list() -> int:
    for title, scenes in grouped_scenes():
        print(title)
        for scene in scenes:
            print(f"  {scene.name:32} {scene.title}")
    return 0


def _run_on_screens(options: argparse.Namespace) -> int:
    from screens.app import run_wizard

    if options.no_color:
        turn_off_color()
    with Rehearsal(options) as rehearsal:
        return run_wizard(lambda: rehearsal.start(options.scene), mouse=not options.no_mouse, catalog=rehearsal)


def _session(cloud: RehearsalCloud, port: int) -> Session:
    is_own = cloud.names.kind == "own"
    clouds = read_cloud_file(cloud.cloud_file) if is_own else {"global": built_in_clouds()["global"]}
    return Session(clouds, file=JourneyFile(cloud.folder / "state" / "journey.json"), port=port)


def let_people_paste(cloud: RehearsalCloud, session: Session) -> None:
    """Let the people of a scene paste the address that their browser ended on, if it is on another machine."""
    from wizard.rehearsal.choices import BrowserLocation

    def submit(purpose: str, text: str) -> None:
        if session.open_journey is not None:
            session.open_journey.submit(Purpose(purpose), RedirectResponse(text))

    cloud.people.submit = submit
    session.is_attended |= cloud.scene.world.behaviour.browser is BrowserLocation.ELSEWHERE


def _pages_note(by_hand: bool) -> str:
    if by_hand:
        return "Open the pages in a browser yourself. It warns once, because the rehearsal has its own certificate."
    return "Consent and sign-in are done for you after some seconds."


def _run_unattended(options: argparse.Namespace) -> int:
    from wizard.rehearsal import RehearsalClock, load_scene

    clock, port = RehearsalClock(), free_port(options)
    with _cloud(load_scene(options.scene), options, clock) as cloud:
        os.environ.update(cloud.environment)
        answers, given = read_answers(cloud.answers_file, os.environ)
        session = _session(cloud, port)
        if not options.by_hand:
            session.clock = PacedClock(clock)
        let_people_paste(cloud, session)
        return run_in_plain_lines(
            session, answers, given, as_json=options.json, may_ask=False, watch=cloud.people.on_event
        )


def _serve(cloud: RehearsalCloud) -> int:
    """Serve until a signal ends it; write what a shell needs to standard output."""
    print(f"# cloud file    {cloud.cloud_file}")
    print(f"# answers file  {cloud.answers_file}")
    print(f"# CA bundle     {cloud.ca_bundle}")
    print(f"# proxy         {cloud.proxy_url}")
    for name, value in cloud.environment.items():
        print(f"export {name}={value}")
    sys.stdout.flush()
    session = Session()
    with stop_on_signals(session):
        session.clock.wait(10.0**8, session.cancel)
    return 0
