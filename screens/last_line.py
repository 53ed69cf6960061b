"""What is left on the terminal when the wizard has been quit: what is saved, and as the last line what to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.core.typed_commands import typed_command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wizard.journeys.saved_journey import SavedJourney
    from wizard.onboarding.view import JourneyView


def last_line(
    view: JourneyView | None, saved: SavedJourney | None, place: Sequence[str], *, was_proven: bool = False
) -> str:
    """Return a sentence and what to type next, "" if nothing is saved.

    Args:
        view: of the open journey, which is written down; None if none was opened.
        saved: what was on disk when the wizard began, None for nothing.
        place: the options that name the journey's file and its cloud.
        was_proven: whether the journey was found proven: then there is nothing to go on with, and its report is old.
    """
    if view is None and saved is None:
        return ""
    tenant = (view.answers.tenant if view else saved.answers.tenant if saved else "") or "the partner tenant"
    if was_proven and (view is None or view.is_proven):
        return f"{tenant} is onboarded. To see whether its token still holds, type:\n{command_line('check', *place)}"
    if view is None:
        return f"The journey of {tenant} is saved. To go on, type:\n{command_line(*place)}"
    if view.is_proven:
        return f"{tenant} is onboarded. For the report, type:\n{command_line('report', *place)}"
    return f"Saved up to {view.profile.full_name(view.open_step.id)}. To go on, type:\n{command_line(*place)}"


def command_line(*words: str) -> str:
    """Return a command of the program as it is typed."""
    return typed_command("partner-wizard", *words)
