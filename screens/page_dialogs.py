"""What is read beside a page: help, details of a check, an error explained; and what is written: report and bundle."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from screens.messages import StepSelected
from wizard.core.timestamps import timestamp
from wizard.reporting.journey_report import about_journey

if TYPE_CHECKING:
    from datetime import datetime

    from screens.shell import Shell


def show_help(shell: Shell) -> None:
    """Explain the page."""
    from screens.dialogs.reader import Reader
    from screens.help import help_for

    title, text = help_for(shell.page.help_page, shell.controller.profile)
    shell.app.push_screen(Reader(title, text))


def show_check(shell: Shell, check: str, since: datetime | None) -> None:
    """Show all that is known of a check; `since` is when it began, where it is being checked."""
    from screens.check_details import answer_of_check, details_of, is_to_explain, step_title
    from screens.dialogs.details import Details
    from screens.dialogs.reader import Reader

    view = shell.controller.view
    if view is None:
        return
    finding = view.findings.get(check) if since is None else None
    if finding is not None and is_to_explain(finding):
        answer = answer_of_check(view, finding)
        title = f"Details · {step_title(view.profile, check.partition('.')[0])}"
        shell.app.push_screen(Details(view.profile, title, answer, partial(can_go_to, shell)), partial(go_to, shell))
    else:
        waits_for = shell.step_page.waits_for if shell.step_page else ""
        title, text = details_of(view, check, since, waits_for)
        shell.app.push_screen(Reader(title, text, copied=text.plain))


def explain_error(shell: Shell) -> None:
    """Explain an error that was met elsewhere."""
    from screens.dialogs.explain_dialog import ExplainDialog

    controller = shell.controller
    about = about_journey(controller.view) if controller.view else {}
    dialog = ExplainDialog(controller.profile, controller.now, about, partial(can_go_to, shell))
    shell.app.push_screen(dialog, partial(go_to, shell))


def show_customers(shell: Shell) -> None:
    """Show the customers of the onboarding, and how the app stands at each."""
    from screens.dialogs.customer_table import CustomerTable

    controller = shell.controller
    if controller.customers is not None and controller.view is not None:
        shell.app.push_screen(CustomerTable(controller.customers, controller.view))


def can_go_to(shell: Shell, step: str) -> bool:
    """Return whether a dialog may lead to this step now."""
    controller = shell.controller
    return controller.view is not None and not controller.running_step and step != shell.page.page_id


def go_to(shell: Shell, step: str | None) -> None:
    """Go to the step that a dialog leads to; "" and None lead nowhere."""
    if step:
        shell.post_message(StepSelected(step))


def save_report(shell: Shell) -> None:
    """Ask where to, and write the report."""
    from screens.dialogs.line import LineDialog
    from screens.pages.done import DonePage
    from screens.report_files import proposed_file, save_report, what_is_there

    controller, view = shell.controller, shell.controller.view
    if view is None:
        return

    async def entered(line: str | None) -> None:
        if not line:
            return
        is_saved, said = save_report(view, line, timestamp(controller.now()))
        if is_saved and isinstance(shell.page, DonePage):
            await shell.page.report_saved()
        _say(shell, said)

    text = "What was proven, as Markdown and, beside it, as JSON; without any secret. Enter saves:"
    proposed = str(proposed_file(view.answers.tenant, controller.kept.own_folder))
    shell.app.push_screen(LineDialog("Save the report", text, proposed, "Save", what_is_there), entered)


def save_bundle(shell: Shell) -> None:
    """Ask where to, and write the archive for a colleague."""
    from screens.dialogs.line import LineDialog
    from screens.report_files import proposed_file

    controller = shell.controller
    if controller.view is None:
        _say(shell, controller.save_bundle(""))
        return
    if controller.running_step:
        _say(shell, "Checks are running. Stop them first (Esc), then save the support bundle.")
        return

    def entered(line: str | None) -> None:
        if line:
            _say(shell, controller.save_bundle(line))

    text = (
        "What was found, every request and the errors in the services' words, in one archive for a colleague; "
        "without secrets, with user names replaced. Into this folder, or a new file of this name:"
    )
    proposed = str(proposed_file(controller.view.answers.tenant, controller.kept.own_folder).parent)
    shell.app.push_screen(LineDialog("Support bundle", text, proposed, "Save"), entered)


def _say(shell: Shell, words: str) -> None:
    shell.page.say(words)
    shell.page.bring_into_view(from_top=True)
