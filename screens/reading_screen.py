"""What can be read beside a step: help, details of a check, an error explained, the report; and the command palette."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from textual import on
from textual.app import SystemCommand

from screens.frame import Frame
from screens.hints import BUTTON_HINTS
from screens.messages import CheckChosen, StepChosen
from screens.offers import BUTTONS
from wizard.diagnosis import explain_text
from wizard.journey import STEPS


class ReadingScreen(Frame):
    """A frame from which long texts are opened. Takes what `Frame` takes."""

    @on(CheckChosen)
    def _check_chosen(self, event: CheckChosen) -> None:
        from screens.details import details_of
        from screens.dialogs.reader import Reader

        if self.journey is not None:
            title, text = details_of(self.journey, event.check)
            self.app.push_screen(Reader(title, text, copied=text.plain))

    def action_details(self) -> None:
        """Show all that is known of the check that failed."""
        if (page := self.step_page) and self.journey and (blocking := self.journey.blocking(page.step.id)):
            self._check_chosen(CheckChosen(blocking.check, blocking))

    def action_help(self) -> None:
        """Explain the page."""
        from screens.dialogs.reader import Reader
        from screens.help_text import help_for

        title, text = help_for(self.body.help_page)
        self.app.push_screen(Reader(title, text))

    def action_explain(self) -> None:
        """Explain an error that was met elsewhere."""
        from screens.details import explained
        from screens.dialogs.line import LineDialog
        from screens.dialogs.reader import Reader

        def entered(text: str | None) -> None:
            if text and (found := explain_text(text, datetime.now(UTC)).diagnoses):
                title, words = explained(found[0])
                self.app.push_screen(Reader(title, words, copied=words.plain))

        def note(text: str) -> str:
            return (
                "No code is recognised in this text yet."
                if text and not explain_text(text, datetime.now(UTC)).diagnoses
                else ""
            )

        ask = "Paste an error, or type its code, such as AADSTS65001 or ForbiddenByRbac. Nothing is sent anywhere."
        self.app.push_screen(LineDialog("Explain an error", ask, "", "Explain", note), entered)

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
                self.body.scroll_home(animate=False)

        text = "What was proven, as Markdown and, beside it, as JSON; without any secret. Enter saves:"
        proposed = str(proposed_file(journey, self.session))
        self.app.push_screen(LineDialog("Save the report", text, proposed, "Save", what_is_there), entered)

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
        yield SystemCommand("Explain an error", "Paste an error or its code; see what it means", self.action_explain)
        if self.stages is not None and not self.running:
            yield SystemCommand("Choose a scene", BUTTON_HINTS["scenes"], self._action("screen.scenes"))
        if self.journey is not None and not self.running:
            for number, each in enumerate(STEPS, 1):
                command = self._poster(StepChosen(each.id))
                yield SystemCommand(f"Step {number}: {each.title}", "Go to this step", command)
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
