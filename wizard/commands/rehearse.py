"""`partner-wizard rehearse`: the wizard, or the plain run, on the rehearsal cloud. The only door to it."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from wizard.answers_file import read_answers
from wizard.errors import BadInput
from wizard.microsoft.clouds import read_cloud_file
from wizard.saved_journey import JourneyFile
from wizard.session import Session
from wizard.waiting import Cancel

if TYPE_CHECKING:
    from datetime import datetime

    from wizard.rehearsal import RehearsalClock, RehearsalCloud


class PacedClock:
    """The rehearsal cloud's clock as the product's: a wait moves it instead of taking time."""

    def __init__(self, clock: RehearsalClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        """The cloud's time."""
        return self._clock.now()

    def monotonic(self) -> float:
        """The cloud's time in seconds."""
        return self._clock.now().timestamp()

    def wait(self, seconds: float, cancel: Cancel) -> None:
        """Move the clock; raises `Cancelled`."""
        cancel.check()
        self._clock.advance(seconds)
        cancel.check()


def main(options: argparse.Namespace) -> int:
    """Run as the command line says; gives the exit code."""
    try:
        from wizard.rehearsal import RehearsalClock, RehearsalCloud, load_scene, scene_names
    except ModuleNotFoundError as missing:
        raise BadInput("rehearse", f"needs {missing.name}: install partner-wizard[rehearsal]") from None
    names = scene_names()
    if options.list:
        for name in names:
            print(f"{name:32} {load_scene(name).title}")
        return 0
    if options.scene not in names:
        raise BadInput("SCENE", f"there is no scene {options.scene}; rehearse --list names them")
    clock = RehearsalClock()
    scene = load_scene(options.scene)
    with RehearsalCloud(
        scene,
        names="production" if options.production_names else "own",
        people="wait" if options.by_hand else "act",
        clock=clock,
    ) as cloud:
        if options.serve:
            return _serve(cloud)
        os.environ.update(cloud.environment)
        if options.unattended:
            return _unattended(cloud, clock, as_json=options.json, at_once=not options.by_hand)
        from screens.app import SceneNote, run_wizard

        session = _session(cloud)
        answers, _ = read_answers(cloud.answers_file, os.environ)
        note = SceneNote(scene.title, scene.watch, _pages_note(options.by_hand))
        return run_wizard(session, defaults=answers, scene=note, mouse=not options.no_mouse, watch=cloud.people.watch)


def _session(cloud: RehearsalCloud) -> Session:
    return Session(read_cloud_file(cloud.cloud_file), file=JourneyFile(cloud.folder / "state" / "journey.json"))


def _pages_note(by_hand: bool) -> str:
    if by_hand:
        return "Open the pages in a browser yourself; it warns once, because the rehearsal has its own certificate."
    return "The rehearsal's people act by themselves after some seconds; nothing leaves this machine."


def _unattended(cloud: RehearsalCloud, clock: RehearsalClock, *, as_json: bool, at_once: bool) -> int:
    from wizard.commands.run import run_journey

    answers, given = read_answers(cloud.answers_file, os.environ)
    paced = PacedClock(clock) if at_once else None
    return run_journey(
        _session(cloud), answers, given, as_json=as_json, may_ask=False, watch=cloud.people.watch, clock=paced
    )


def _serve(cloud: RehearsalCloud) -> int:
    """Serve until interrupted; what a shell needs goes to standard output."""
    print(f"# cloud file    {cloud.cloud_file}")
    print(f"# answers file  {cloud.answers_file}")
    print(f"# CA bundle     {cloud.ca_bundle}")
    print(f"# proxy         {cloud.proxy_url}")
    for name, value in cloud.environment.items():
        print(f"export {name}={value}")
    sys.stdout.flush()
    from wizard.commands.run import ending_on_signals

    session = Session()
    with ending_on_signals(session):
        session.clock.wait(10.0**8, session.cancel)
    return 0
