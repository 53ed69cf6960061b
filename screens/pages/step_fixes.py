"""Fixes on the page of a step: which of them, then what each would send, then the change itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from wizard.core.fixes import Api
from wizard.onboarding.probes.graph_identity import NO_GRAPH_IDENTITY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screens.pages.step_page import StepPage
    from wizard.core.first_password import FirstPassword
    from wizard.core.fixes import Fix
    from wizard.onboarding.view import JourneyView

ALL_OF_THEM: Final = "*"


def show_fixes(page: StepPage, view: JourneyView) -> None:
    """Show what would put right what a step has found; of several, which one is asked first."""
    fixes = {fix.name: fix for fix in view.fixes(page.step.id)}
    if len(fixes) == 1:
        _confirm(page, view, tuple(fixes.values()))
        return
    from screens.dialogs.choice import Choice

    def chosen(name: str | None) -> None:
        if name == ALL_OF_THEM:
            _confirm(page, view, tuple(fixes.values()))
        elif name in fixes:
            _confirm(page, view, (fixes[name],))

    options = {name: fix.title for name, fix in fixes.items()}
    ways = [fix.one_of for fix in fixes.values() if fix.one_of]
    if len(ways) == len(set(ways)):  # no two of them do the same in another way
        options = {ALL_OF_THEM: f"All of these ({len(fixes)})", **options}
    page.app.push_screen(Choice("Fix it", options, next(iter(options))), chosen)


def _confirm(page: StepPage, view: JourneyView, fixes: Sequence[Fix]) -> None:
    from screens.dialogs.fix_dialog import FixDialog

    takes_graph = any(fix.api is Api.GRAPH for fix in fixes)
    may_sign_in = not takes_graph or view.answers.graph_identity != NO_GRAPH_IDENTITY
    dialog = FixDialog(fixes, view.fix_accounts, view.fix_hosts, may_sign_in=may_sign_in)
    page.app.push_screen(dialog, partial(_make, page, fixes))


def show_first_password(page: StepPage, first: FirstPassword) -> None:
    """Show the first password of an account that a fix has made, once."""
    from screens.dialogs.first_password_dialog import FirstPasswordDialog

    page.app.push_screen(FirstPasswordDialog(first))


def _make(page: StepPage, fixes: Sequence[Fix], is_confirmed: bool | None) -> None:
    given = {name for fix in fixes for name in fix.fills}
    if is_confirmed and not page.checks_run and page.commit(given):
        page.run_checks(fixes=fixes)
