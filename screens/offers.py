"""What can be done now: the buttons of the action row, from which the keys follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wizard.journey import PASSABLE, STEPS, Journey

if TYPE_CHECKING:
    from screens.bodies.step import StepBody


BUTTONS = {
    "check": "check",
    "next": "next",
    "goto": "goto",
    "back": "back",
    "copy": "copy",
    "copy_address": "copy-address",
    "message": "message",
    "qr": "qr",
    "code_qr": "code-qr",
    "details": "details",
    "new_code": "new-code",
    "stop": "cancel",
    "save_report": "save-report",
    "resume": "resume",
    "begin": "begin",
    "look_again": "look-again",
    "cloud": "cloud",
    "another": "another",
}
"""The button of each action: an action can be done while its button is shown. Others can be done at any time."""


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
    if has_scenes:
        labels["scenes"] = "Choose a scene"
    return Offers(labels | {"quit": "Quit"}, next(iter(labels)))


def on_step(journey: Journey, body: StepBody) -> Offers:
    """On the page of a step."""
    if body.checks_run:
        return _while_running(body)
    step = body.step
    if body.vault_first:
        return Offers({"check": body.check_label, "back": "Back"}, "check")
    if journey.lock(step.id):
        return Offers({"goto": _go_to(journey), "back": "Back"}, "goto")
    is_passed = journey.state(step.id) in PASSABLE
    labels = {"check": body.check_label}
    if journey.blocking(step.id):
        labels["details"] = "Details"
    if is_passed:
        labels["next"] = "Next"
    elif STEPS.index(journey.open_step) < STEPS.index(step):
        labels["goto"] = _go_to(journey)
    if step.id == "user" and journey.onboarding.memory.tokens is not None:
        labels["new-code"] = "New code"
    is_rejected = "new-code" in labels and bool(journey.onboarding.memory.rejected_for)
    primary = "next" if is_passed else "new-code" if is_rejected else "check"
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
    if body.consent:
        return Offers({"copy": "Copy link", "message": "Message to send", "qr": "QR code", "cancel": "Stop"})
    return Offers({"cancel": "Stop"})


def _go_to(journey: Journey) -> str:
    step = journey.open_step
    return f"Go to step {STEPS.index(step) + 1}, {step.title}"
