"""What can be done now: the buttons of the action row, from which the keys follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from screens.plain import commands_in
from wizard.onboarding.gate import PASSABLE
from wizard.onboarding.journey import Journey
from wizard.onboarding.sign_in.flow_check import other_flow
from wizard.onboarding.sign_in.methods import sign_in_label

if TYPE_CHECKING:
    from screens.bodies.step import StepBody


BUTTONS = {
    "check": "check",
    "next": "next",
    "goto": "goto",
    "back": "back",
    "copy": "copy",
    "copy_address": "copy-address",
    "open_link": "open-link",
    "message": "message",
    "qr": "qr",
    "code_qr": "code-qr",
    "details": "details",
    "copy_command": "copy-command",
    "new_code": "new-code",
    "other_way": "other-way",
    "new_link": "new-link",
    "stop": "cancel",
    "save_report": "save-report",
    "resume": "resume",
    "begin": "begin",
    "look_again": "look-again",
    "cloud": "cloud",
    "another": "another",
}
"""The button of each action: an action can be done while its button is shown. Others can be done at any time."""


SHORTER = {5: {"cloud": "Cloud", "scenes": "Scenes"}, 6: {"explain": "Explain"}}
"""Words of the first page's buttons where there are so many of them, so that the row fits at 80 columns."""


@dataclass(frozen=True, slots=True)
class Offers:
    """Words of the buttons shown, by id, and the one that Enter is meant for, "" where that is none of them."""

    labels: dict[str, str] = field(default_factory=dict)
    primary: str = ""


def on_welcome(
    *, journey: Journey | None, has_saved: bool, is_readable: bool, several_clouds: bool, has_scenes: bool = False
) -> Offers:
    """On the first page."""
    labels: dict[str, str] = {}
    if journey is not None:
        labels |= {"resume": "Go on", "begin": "Begin anew"}
    elif not is_readable:
        labels["look-again"] = "Look again"
    elif has_saved:
        labels |= {"resume": "Resume", "begin": "Begin anew"}
    else:
        labels["begin"] = "Begin"
    if several_clouds and "begin" in labels:
        labels["cloud"] = "Another cloud"
    labels["explain"] = "Explain an error"
    if has_scenes:
        labels["scenes"] = "Choose a scene"
    labels["quit"] = "Quit"
    for many, shorter in SHORTER.items():
        labels |= {name: words for name, words in shorter.items() if name in labels and len(labels) >= many}
    return Offers(labels, next(iter(labels)))


def on_step(journey: Journey, body: StepBody) -> Offers:
    """On the page of a step."""
    if body.checks_run:
        return _while_running(body)
    step = body.step
    if body.vault_first:
        return Offers({"check": body.check_label, "back": "Back"}, "check")
    blocking = journey.blocking(step.id)
    details = {"details": "Details"} if blocking else {}
    if journey.lock(step.id):
        return Offers({"goto": _go_to(journey)} | details | {"back": "Back"}, "goto")
    is_passed = journey.state(step.id) in PASSABLE
    labels = {"check": body.check_label} | details
    if instead := other_flow(blocking):
        labels = {"other-way": sign_in_label(instead)} | labels
    if is_passed:
        labels["next"] = "Next"
    elif journey.profile.number_of(journey.open_step.id) < journey.profile.number_of(step.id):
        labels["goto"] = _go_to(journey)
    elif blocking and commands_in(blocking.remedy):
        labels["copy-command"] = "Copy command"
    if step.signs_in and journey.onboarding.memory.sign_in.tokens is not None:
        labels["new-code"] = "New sign-in"
    is_rejected = "new-code" in labels and bool(journey.onboarding.memory.sign_in.rejected_for)
    first = "other-way" if "other-way" in labels else "new-code" if is_rejected else "check"
    primary = "next" if is_passed else first
    return Offers(labels | {"back": "Back"}, primary)


def on_done(journey: Journey, *, has_scenes: bool = False) -> Offers:
    """On the last page."""
    labels = {"save-report": "Save report", "another": "Onboard another tenant", "back": "Back", "quit": "Quit"}
    if has_scenes:
        labels["scenes"] = "Another scene"
    return Offers(labels, "save-report" if journey.is_proven else "back")


def _while_running(body: StepBody) -> Offers:
    if body.sign_in:
        is_live, labels = body.sign_in.is_live, {}
        if is_live:
            labels = {"copy": "Copy code", "copy-address": "Copy link", "code-qr": "QR"}
        if body.sign_in.sign_in.purpose == "integration_user":
            labels["new-code"] = "New code"
        return Offers(labels | {"cancel": "Stop"}, "copy" if is_live else next(iter(labels), "cancel"))
    if body.browser:
        labels = {"open-link": "Open in browser"} if body.machine.has_browser else {}
        return Offers(labels | {"copy": "Copy link", "qr": "QR", "new-link": "New link", "cancel": "Stop"})
    if body.consent:
        return Offers({"copy": "Copy link", "message": "Message to send", "qr": "QR code", "cancel": "Stop"})
    return Offers({"cancel": "Stop"})


def _go_to(journey: Journey) -> str:
    step = journey.open_step
    return f"Go to step {journey.profile.number_of(step.id)}, {step.title}"
