"""What the page of a step offers, by what its checks came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.actions import Offer, Offers
from screens.failure import failure_of
from screens.pages.step_fixes import show_fixes
from wizard.onboarding.gate import PASSABLE
from wizard.onboarding.sign_in.flow_check import other_flow
from wizard.onboarding.sign_in.methods import sign_in_label

if TYPE_CHECKING:
    from screens.pages.step_page import StepPage
    from wizard.core.findings import Finding
    from wizard.onboarding.view import JourneyView


def offers_of(page: StepPage, view: JourneyView, *, may_repair: bool) -> Offers:
    """Return what can be done while no checks run.

    Args:
        page: does it.
        view: the journey.
        may_repair: whether this is a rehearsal whose scene can be repaired.
    """
    step, back = page.step, Offer("Back")
    check = Offer(page.check_label, page.check)
    if step.not_needed:
        return Offers({"next": Offer("Next", page.go_on), "back": back}, "next")
    if page.tries_vault_first:
        return Offers({"check": check, "back": back}, "check")
    blocking = view.blocking(step.id)
    failed = _offers_of_failure(page, view, blocking, may_repair=may_repair) if blocking else {}
    goto = Offer(f"Go to {view.profile.full_name(view.open_step.id)}", page.go_to_open_step)
    if view.lock(step.id):
        return Offers({"goto": goto, **failed, "back": back}, "goto")
    is_passed = view.state(step.id) in PASSABLE
    offered = {"check": check, **failed}
    if view.fixes(step.id):
        offered["fix"] = Offer("Fix it", lambda: show_fixes(page, view))
    if flow := other_flow(blocking):
        offered["other-way"] = Offer(sign_in_label(flow), page.use_other_flow)
    if is_passed:
        offered["next"] = Offer("Next", page.go_on)
    elif view.profile.number_of(view.open_step.id) < view.profile.number_of(step.id):
        offered["goto"] = goto
    if step.signs_in and view.has_token:
        offered["new-sign-in"] = Offer("New sign-in", page.sign_in_again)
    is_rejected = "new-sign-in" in offered and bool(view.rejected_for)
    first = "other-way" if "other-way" in offered else "new-sign-in" if is_rejected else "check"
    return Offers({**offered, "back": back}, "next" if is_passed else first)


def _offers_of_failure(page: StepPage, view: JourneyView, blocking: Finding, *, may_repair: bool) -> dict[str, Offer]:
    """Return what can be done about a check that does not hold."""
    failure = failure_of(view, blocking)
    offered = {"rehearse-repair": Offer("Rehearse the repair", page.rehearse_repair)} if may_repair else {}
    if commands := failure.commands:
        offered["copy-command"] = Offer("Copy command", lambda: _copy_command(page, commands[0]))
    offered["details"] = Offer("Details", page.show_details)
    if failure.message:
        offered["message"] = Offer("Message to send", lambda: _show_message(page, failure.message))
    return offered


def _show_message(page: StepPage, text: str) -> None:
    """Show what can be sent to whoever can fix it."""
    from screens.dialogs.reader import Reader

    page.app.push_screen(Reader("Message to send", text, copied=text))


def _copy_command(page: StepPage, command: str) -> None:
    """Send the command that fixes it to the terminal's clipboard."""
    page.app.copy_to_clipboard(command)
    page.say("Command sent to your terminal's clipboard; if it does not arrive, select it.")
