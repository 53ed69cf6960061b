"""`partner-wizard rehearse`: the wizard, or the plain run, on the rehearsal cloud. Only this module opens it."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final, Self

from screens.launch import Launch
from screens.scenes import SceneGroup, SceneInfo
from wizard.commands.context import free_port, stop_on_signals
from wizard.commands.customer_board import CustomerBoard
from wizard.commands.options import did_you_mean
from wizard.commands.plain_run import run_in_plain_lines
from wizard.commands.scene_play import OWN_STEP, SceneRepair, enter_at, step_to_enter
from wizard.commands.terminal_support import is_ascii, turn_off_color
from wizard.core.errors import BadInput
from wizard.core.findings import Outcome
from wizard.core.inbox import Purpose, RedirectResponse
from wizard.core.waiting import Cancel
from wizard.core.wording import upper_first
from wizard.journeys.saved_journey import JourneyFile
from wizard.journeys.session import Session
from wizard.microsoft.clouds import built_in_clouds, read_cloud_file
from wizard.onboarding.profile import PROFILES
from wizard.plain.answers_file import read_answers
from wizard.plain.runner import nothing_done

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from wizard.core.answers import Answers
    from wizard.onboarding.journey import Journey
    from wizard.onboarding.profile import Profile
    from wizard.plain.line_writer import LineWriter
    from wizard.rehearsal import RehearsalClock, RehearsalCloud, Scene


IDENTITY_VARIABLES: Final = (
    "AZURE_CLIENT_SECRET",
    "AZURE_FEDERATED_TOKEN_FILE",
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
)
"""What tells azure-identity who the machine is: a scene has its own, or none."""


class PacedClock:
    """The rehearsal cloud's clock as the product's: while it `is_quick`, a wait advances it instead of taking time."""

    def __init__(self, clock: RehearsalClock) -> None:
        self._clock = clock
        self.is_quick = True

    def now(self) -> datetime:
        """Return the cloud's time, aware."""
        return self._clock.now()

    def monotonic(self) -> float:
        """Return the cloud's time in seconds."""
        return self._clock.now().timestamp()

    def wait(self, seconds: float, cancel: Cancel) -> None:
        """Advance the clock, or wait for it; raise `Cancelled` if the signal is set."""
        cancel.check()
        if not self.is_quick:
            cancel.wait(seconds)
            return
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

    def start_as_asked(self) -> Launch:
        """Start the scene of the command line, at the step that it names."""
        return self._start(self._options.scene, self._options.at_step)

    def start(self, name: str, *, at_its_step: bool = False) -> Launch:
        """Start a scene: its cloud starts before that of the earlier scene is stopped."""
        return self._start(name, OWN_STEP if at_its_step else None)

    def _start(self, name: str, at_step: str | None) -> Launch:
        from wizard.rehearsal import RehearsalClock, load_scene

        scene = load_scene(name)
        with ExitStack() as opening:
            cloud = opening.enter_context(_cloud(scene, self._options, RehearsalClock()))
            with _environment_of(cloud):
                answers, _ = read_answers(cloud.answers_file, os.environ)
                session = _session(cloud, self._port)
                let_people_paste(cloud, session)
                journey = _enter(session, answers, cloud, at_step) if at_step else None
            launch = Launch(
                session, answers, self._note(scene), cloud.people.on_event, repair=_repair_of(cloud), journey=journey,
                customers=CustomerBoard(session),
            )  # fmt: skip
            self._open.close()
            self._open = opening.pop_all()
        return launch

    def _note(self, scene: Scene) -> SceneInfo:
        by_hand, repair = self._options.by_hand, scene.repair
        return SceneInfo(
            scene.title,
            scene.watch_for,
            _pages_note(by_hand),
            scene.name,
            scene.check,
            acts_after={} if by_hand else scene.world.behaviour.delays,
            step="" if by_hand else _step_to_start_at(scene),
            stops_at=_where_it_stops(scene),
            fixed_by=repair.who if repair else "",
            fix=repair.says if repair else "",
            asks_sign_in_again=bool(repair and repair.sign_in_again),
        )


def grouped_scenes() -> list[tuple[str, list[Scene]]]:
    """Return every scene under the title of the step it is about, in the order to list them in."""
    from wizard.rehearsal import load_scene, scene_names

    scenes = [load_scene(name) for name in scene_names()]
    titles = {"": "Everything holds"}
    for profile in PROFILES.values():
        titles |= {step.id: upper_first(profile.full_name(step.id)) for step in profile.steps}
    return [
        (title, [scene for scene in scenes if scene.check.partition(".")[0] == step]) for step, title in titles.items()
    ]


def _profile_of(scene: Scene) -> Profile:
    return PROFILES[str(scene.answers.get("profile", "csp"))]


def _step_to_start_at(scene: Scene) -> str:
    """Return "step 4" where a scene is about that one; "" where it begins with what it is about, or about no step."""
    profile = _profile_of(scene)
    return profile.short_name(scene.check) if scene.check and profile.number_of(scene.check) else ""


def _where_it_stops(scene: Scene) -> str:
    """Return the step that a scene stops at, what is wrong there, and the code; "" where nothing stops it."""
    profile, expected = _profile_of(scene), scene.expected
    if not expected.exit_code:
        return ""
    wrong = profile.checks[expected.check].title_for(Outcome(expected.outcome))
    code = f" ({expected.code})" if expected.code else ""
    return f"{upper_first(profile.full_name(expected.check))}: {wrong}{code}."


def _cloud(scene: Scene, options: argparse.Namespace, clock: RehearsalClock) -> RehearsalCloud:
    """Return the cloud of a scene not started yet."""
    from wizard.rehearsal import RehearsalCloud

    return RehearsalCloud(
        scene,
        names="production" if options.production_names else "own",
        people="wait" if options.by_hand else "act",
        clock=clock,
    )


@contextmanager
def _environment_of(cloud: RehearsalCloud) -> Iterator[None]:
    """Set the environment of a cloud; it goes again only if an error ends the block."""
    before = {name: os.environ.get(name) for name in (*IDENTITY_VARIABLES, *cloud.environment)}
    for name in IDENTITY_VARIABLES:
        os.environ.pop(name, None)  # of the scene before
    os.environ.update(cloud.environment)
    try:
        yield
    except BaseException:
        for name, value in before.items():
            os.environ.pop(name, None)
            os.environ.update({name: value} if value is not None else {})
        raise


def _enter(session: Session, answers: Answers, cloud: RehearsalCloud, at_step: str) -> Journey:
    """Return a journey at a step; its waits take no time before that, and their own from then on."""
    step = step_to_enter(session.profile(answers.profile), at_step, cloud.scene.check)
    session.clock = clock = PacedClock(cloud.clock)
    journey = enter_at(session, answers, step, cloud.people.on_event)
    clock.is_quick = False
    return journey


def enter_in_lines(
    session: Session, answers: Answers, cloud: RehearsalCloud, at_step: str, lines: LineWriter
) -> Journey:
    """Return a journey at a step, with what comes before it proven, and say so.

    Args:
        session: keeps the journey.
        answers: the scene's.
        cloud: runs the scene; its people act on the way to the step.
        at_step: as `step_to_enter` takes it.
        lines: where it is said.
    """
    step = step_to_enter(session.profile(answers.profile), at_step, cloud.scene.check)
    journey = enter_at(session, answers, step, cloud.people.on_event)
    lines.note(f"Begun at {journey.profile.full_name(step.id)}: what comes before it is passed.")
    return journey


def _repair_of(cloud: RehearsalCloud) -> SceneRepair | None:
    return SceneRepair(cloud, cloud.scene.repair) if cloud.scene.repair else None


def main(options: argparse.Namespace) -> int:
    """List the scenes, serve a cloud, or run a journey on it; return its exit code.

    Raises:
        BadInput: there is no such scene, options exclude each other, or the extra `rehearsal` is not installed.
    """
    try:
        from wizard.rehearsal import RehearsalClock, load_scene, scene_names
    except ModuleNotFoundError as missing:
        raise BadInput("rehearse", f"needs {missing.name}: install partner-wizard[rehearsal]") from None
    if options.list:
        return _list(options.json)
    if options.scene not in scene_names():
        name = options.scene if re.fullmatch(r"[a-z0-9-]{1,30}", options.scene) else "of that name"
        meant = did_you_mean(options.scene, scene_names())
        raise BadInput("SCENE", f"there is no scene {name};{meant} rehearse --list names them")
    if options.serve:
        with _cloud(load_scene(options.scene), options, RehearsalClock()) as cloud:
            return _serve(cloud, as_json=options.json)
    if options.at_step and options.by_hand:
        raise BadInput("--at-step", "does not go with --by-hand: people act by themselves on the way to the step")
    if options.unattended:
        return _run_unattended(options)
    return _run_on_screens(options)


def _list(as_json: bool) -> int:
    for title, scenes in grouped_scenes():
        if as_json:
            print(*(json.dumps(scene_as_json(scene)) for scene in scenes), sep="\n")
            continue
        print(title)
        for scene in scenes:
            print(f"  {scene.name:32} {scene.title}")
    return 0


def scene_as_json(scene: Scene) -> dict[str, object]:
    """Return a scene as `--list --json` shows it: what it is about, how it ends, what repairs it."""
    expected, repair = scene.expected, scene.repair
    return {
        "type": "scene",
        "id": scene.name,
        "title": scene.title,
        "step": scene.check.partition(".")[0],
        "check": scene.check,
        "ends": {
            "check": expected.check,
            "outcome": expected.outcome,
            "code": expected.code,
            "exit_code": expected.exit_code,
        },
        "repair": {"who": repair.who, "says": repair.says, "ends": repair.ends, "sign_in_again": repair.sign_in_again}
        if repair
        else None,
    }


def _run_on_screens(options: argparse.Namespace) -> int:
    from screens.app import run_wizard

    if options.no_color:
        turn_off_color()
    with Rehearsal(options) as rehearsal:
        return run_wizard(
            rehearsal.start_as_asked, mouse=not options.no_mouse, catalog=rehearsal, is_ascii=is_ascii(options)
        )


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
        repair = _repair_of(cloud) if options.repair else None
        return run_in_plain_lines(
            session,
            answers,
            given,
            as_json=options.json,
            no_color=options.no_color,
            may_ask=False,
            watch=cloud.people.on_event,
            enter=partial(enter_in_lines, session, answers, cloud, options.at_step) if options.at_step else None,
            after_failure=repair.after_failure if repair else nothing_done,
        )


def _serve(cloud: RehearsalCloud, *, as_json: bool) -> int:
    """Serve until a signal ends it; write what a shell, or a program, needs to standard output."""
    files = {
        "cloud_file": str(cloud.cloud_file),
        "answers_file": str(cloud.answers_file),
        "ca_bundle": str(cloud.ca_bundle),
        "proxy": cloud.proxy_url,
    }
    if as_json:
        print(json.dumps({"type": "rehearsal_cloud", **files, "environment": dict(cloud.environment)}))
    else:
        for name, value in files.items():
            print(f"# {name.replace('_', ' ').replace('ca ', 'CA '):12}  {value}")
        for name, value in cloud.environment.items():
            print(f"export {name}={value}")
    sys.stdout.flush()
    session = Session()
    with stop_on_signals(session):
        session.clock.wait(10.0**8, session.cancel)
    return 0
