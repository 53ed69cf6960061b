"""What can be read beside a step: help, details of a check, an error explained, the report; and the command palette."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual import on
from textual.app import SystemCommand

from screens.frame import Frame
from screens.hints import BUTTON_HINTS
from screens.messages import CheckChosen, StepChosen
from screens.offers import BUTTONS
from wizard.reporting.journey_report import about_journey


class ReadingScreen(Frame):
    """A frame from which long texts are opened. Takes what `Frame` takes."""

    @on(CheckChosen)
    def _check_chosen(self, event: CheckChosen) -> None:
        from screens.details import answer_of_check, details_of, is_to_explain
        from screens.dialogs.details import Details
        from screens.dialogs.reader import Reader

        if self.journey is None:
            return
        if event.finding is not None and is_to_explain(event.finding):
            answer = answer_of_check(self.journey, event.finding)
            self.app.push_screen(
                Details(self.profile, self.profile.checks[event.check].question, answer, self._can_go_to), self._go_to
            )
        else:
            waits_for = self.step_page.waits_for if self.step_page else ""
            title, text = details_of(self.journey, event.check, event.since, waits_for)
            self.app.push_screen(Reader(title, text, copied=text.plain))

    def _can_go_to(self, step: str) -> bool:
        return self.journey is not None and not self.running and step != self.body.page

    def _go_to(self, step: str | None) -> None:
        if step:
            self.post_message(StepChosen(step))

    def action_details(self) -> None:
        """Show all that is known of the check that failed."""
        if (page := self.step_page) and self.journey and (blocking := self.journey.blocking(page.step.id)):
            self._check_chosen(CheckChosen(blocking.check, blocking))

    def action_help(self) -> None:
        """Explain the page."""
        from screens.dialogs.reader import Reader
        from screens.help_text import help_for

        title, text = help_for(self.body.help_page, self.profile)
        self.app.push_screen(Reader(title, text))

    def action_explain(self) -> None:
        """Explain an error that was met elsewhere."""
        from screens.dialogs.diagnose import Diagnose

        about = about_journey(self.journey.view()) if self.journey else {}
        self.app.push_screen(Diagnose(self.profile, self.session.clock.now, about, self._can_go_to), self._go_to)

    def action_copy_command(self) -> None:
        """Send the command that mends what failed to the terminal's clipboard."""
        from screens.plain import commands_in

        page, journey = self.step_page, self.journey
        blocking = journey.blocking(page.step.id) if page and journey else None
        if blocking is not None and (commands := commands_in(blocking.remedy)):
            self.app.copy_to_clipboard(commands[0])
            self.body.say("Command sent to your terminal's clipboard; if it does not arrive, select it.")

    def action_save_report(self) -> None:
        """Ask where to, and write the report."""
        from screens.dialogs.line import LineDialog
        from screens.report_files import proposed_file, save_report, what_is_there

        journey = self.journey
        if journey is None:
            return

        def entered(line: str | None) -> None:
            if line:
                self.body.say(save_report(journey, line))
                self.body.bring_into_view(from_top=True)

        text = "What was proven, as Markdown and, beside it, as JSON; without any secret. Enter saves:"
        proposed = str(proposed_file(journey, self.session))
        self.app.push_screen(LineDialog("Save the report", text, proposed, "Save", what_is_there), entered)

    def action_support_bundle(self) -> None:
        """Ask where to, and write the archive for a colleague."""
        from screens.dialogs.line import LineDialog
        from screens.report_files import proposed_file, save_bundle

        journey = self.journey
        if journey is None:
            self.body.say("Begin or resume a journey first: the support bundle tells what was found in it.")
            return
        if self.running:
            self.body.say("Checks are running. Stop them first (Esc), then save the support bundle.")
            return

        def entered(line: str | None) -> None:
            if line:
                self.body.say(save_bundle(journey, line, self.session.clock.now()))
                self.body.bring_into_view(from_top=True)

        text = (
            "What was found, every request and the errors in the services' words, in one archive for a colleague; "
            "without secrets, with user names replaced. Into this folder, or a new file of this name:"
        )
        proposed = str(proposed_file(journey, self.session).parent)
        self.app.push_screen(LineDialog("Support bundle", text, proposed, "Save"), entered)

    def action_page(self, by: int) -> None:
        """Scroll the page."""
        scroll = self.body.scroll_page_up if by < 0 else self.body.scroll_page_down
        scroll(animate=False)

    def commands(self) -> Iterable[SystemCommand]:
        """What the command palette offers here."""
        for name, words in self.offered.labels.items():
            action = next((each for each, button in BUTTONS.items() if button == name), "")
            if action:
                yield SystemCommand(words, BUTTON_HINTS.get(name, ""), self._action(f"screen.{action}"))
        yield SystemCommand("Help", "Explain this page", self.action_help)
        yield SystemCommand("Explain an error", BUTTON_HINTS["explain"], self.action_explain)
        yield SystemCommand("Support bundle", BUTTON_HINTS["support-bundle"], self.action_support_bundle)
        if self.stages is not None and not self.running:
            yield SystemCommand("Choose a scene", BUTTON_HINTS["scenes"], self._action("screen.scenes"))
        if self.journey is not None and not self.running:
            for each in self.profile.steps:
                command = self._poster(StepChosen(each.id))
                yield SystemCommand(f"Step {self.profile.number_of(each.id)}: {each.title}", "Go to this step", command)
            if "save-report" not in self.offered.labels:
                yield SystemCommand("Save report", BUTTON_HINTS["save-report"], self.action_save_report)

    def _action(self, action: str) -> Callable[[], None]:
        def do() -> None:
            self.call_later(self.run_action, action)

        return do

    def _poster(self, message: StepChosen) -> Callable[[], None]:
        def do() -> None:
            self.post_message(message)

        return do
