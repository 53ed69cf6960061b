"""How the wizard, or a journey, is left: what would be lost by it is asked about first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.text import Text

from screens.last_line import last_line
from wizard.onboarding.outcome import outcome_of

if TYPE_CHECKING:
    from screens.shell import Shell


def quit_wizard(shell: Shell) -> None:
    """Quit; asks first where a token in memory, or a code on the screen, would be lost."""
    view = shell.controller.view
    code = {"proven": 0, "unreachable": 3}.get(outcome_of(view) if view else "", 1)
    unless_something_is_lost(shell, lambda: leave(shell, code), "Quit now?", "Quit")


def leave(shell: Shell, code: int) -> None:
    """End the wizard with an exit code; a run under way is stopped first."""
    controller, view = shell.controller, shell.controller.view
    controller.session.stop()
    note = ""
    if controller.is_kept:
        note = last_line(view, controller.kept.saved, controller.kept.place, was_proven=controller.was_proven)
    shell.app.exit(code, return_code=code, message=Text(note, no_wrap=True, overflow="ignore") if note else None)


def unless_something_is_lost(
    shell: Shell, go_on: Callable[[], object], title: str = "Give the sign-in up?", yes: str = "Give it up"
) -> None:
    """Go on; ask first, by `title`, where a token in memory or a code on the page would be lost.

    Args:
        shell: knows what would be lost.
        go_on: is called at once, or after a yes.
        title: the question.
        yes: the button that goes on.
    """
    from screens.dialogs.confirm import Confirm

    loss = _what_would_be_lost(shell)
    if not loss:
        go_on()
    elif not isinstance(shell.app.screen, Confirm):

        def answered(is_sure: bool | None) -> None:
            if is_sure:
                go_on()

        shell.app.push_screen(Confirm(title, loss, yes=yes, no="Stay"), answered)


def _what_would_be_lost(shell: Shell) -> str:
    controller = shell.controller
    rest = " All else is saved." if controller.is_kept else ""
    if controller.would_lose_token:
        profile = controller.profile
        steps = [each for each in profile.steps if each.signs_in or each.stores]
        first, last = (profile.number_of(each.id) for each in (steps[0], steps[-1]))
        return (
            f"The integration user's token is only in memory. If you go before step {last} has proven it in the "
            f"vault, step {first} opens again for another sign-in.{rest}"
        )
    if what := shell.page.panel.live_word if shell.page.panel else "":
        return f"Somebody may be signing in with the {what} shown; it would be of no use any more.{rest}"
    return ""
