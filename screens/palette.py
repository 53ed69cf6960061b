"""What the command palette offers: what the page does, every step, and what is always there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from screens import beginning, page_dialogs
from screens.actions import CUSTOMERS_HINT, HINTS, SUPPORT_BUNDLE_HINT
from wizard.core.wording import upper_first

if TYPE_CHECKING:
    from screens.shell import Shell


def palette_commands(shell: Shell) -> Iterable[SystemCommand]:
    """Return what the command palette offers here."""
    for name, words in shell.offers.labels.items():
        if name in {"explain", "scenes", "quit"}:  # which are always offered, in words of their own
            continue
        yield SystemCommand(words, HINTS.get(name, ""), _later(shell, partial(shell.action_offer, name)))
    yield SystemCommand("Help", "Explain this page", shell.action_help)
    yield SystemCommand("Explain an error", HINTS["explain"], shell.action_explain)
    yield SystemCommand("Support bundle", SUPPORT_BUNDLE_HINT, shell.action_support_bundle)
    if shell.controller.running_step:
        return
    if shell.catalog is not None:
        yield SystemCommand("Choose a scene", HINTS["scenes"], partial(beginning.choose_scene, shell))
    view = shell.controller.view
    if shell.controller.customers is not None and view is not None and view.facts.secret_version:
        yield SystemCommand("Customers", CUSTOMERS_HINT, partial(page_dialogs.show_customers, shell))
    if view is not None:
        profile = shell.controller.profile
        for step in profile.steps:
            words = upper_first(profile.full_name(step.id))
            yield SystemCommand(words, "Go to this step", _later(shell, partial(shell.show, step.id)))
        if "save-report" not in shell.offers.by_name:
            yield SystemCommand("Save report", HINTS["save-report"], shell.action_save_report)


def _later(shell: Shell, do: Callable[[], object]) -> Callable[[], None]:
    def start() -> None:
        shell.call_later(do)

    return start
