"""The wizard's screen: what every key and button does, and how one thing leads to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.widgets import Button

from screens.bodies.welcome import WelcomeBody
from screens.frame import Frame
from screens.messages import (
    AnswerChanged,
    CheckChosen,
    ConsentAnswered,
    JourneyOpened,
    LastFieldEntered,
    OpeningFailed,
    RunEnded,
    StepChosen,
    Told,
)
from screens.offers import BUTTONS
from screens.widgets.rail import DONE
from wizard.answers import Answers
from wizard.events import NotSaved
from wizard.journey import PASSABLE, STEPS, Journey

KEPT_FOR_ANOTHER = ("cloud", "profile", "vault_url", "vault_identity", "consent_redirect_uri")
"""What a second onboarding takes over from the first."""


class WizardScreen(Frame):
    """The one screen of the wizard; dialogs come and go above it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "Help"),
        Binding("f2", "copy", "Copy"),
        Binding("f3", "message", "Message"),
        Binding("f4", "qr", "QR code"),
        Binding("f5", "check", "Check"),
        Binding("f6", "next", "Next"),
        Binding("f7", "new_code", "New code"),
        Binding("f8", "save_report", "Save report"),
        Binding("escape", "stop", "Stop"),
        Binding("escape", "back", "Back"),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
    ]

    _resumable: Journey | None = None
    _wants_to_resume = False
    _wants_new_code = False
    _run_next: tuple[str, ...] = ()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """An action can be done while its button is shown."""
        del parameters
        return action not in BUTTONS or BUTTONS[action] in self.offered.labels

    @on(Button.Pressed)
    async def _pressed(self, event: Button.Pressed) -> None:
        action = next((name for name, button in BUTTONS.items() if button == event.button.id), event.button.id or "")
        event.stop()
        if action == "quit":
            await self.quit()
        else:
            await self.run_action(f"screen.{action}")

    # --- opening a journey ----------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Open the saved journey to tell where it goes on."""
        if self.saved is not None:
            self.open_saved(self.saved)

    @on(JourneyOpened)
    async def _journey_opened(self, event: JourneyOpened) -> None:
        if self.opening_ended():
            return
        if not event.is_resumed or self._wants_to_resume:
            self._wants_to_resume = False
            await self._enter(event.journey)
            return
        self._resumable = event.journey
        if isinstance(self.body, WelcomeBody) and self.saved:
            self.body.show_next_step(event.journey, lost_sign_in=self.session.lost_sign_in(self.saved))

    @on(OpeningFailed)
    def _opening_failed(self, event: OpeningFailed) -> None:
        self._wants_to_resume = False
        if not self.opening_ended():
            self.body.say(f"✗ {event.why}")

    async def _enter(self, journey: Journey) -> None:
        """Go to where the journey goes on."""
        self.journey, self._resumable = journey, None
        if journey.is_proven:
            await self.show_done(journey)
        else:
            await self.show_step(journey, journey.open_step.id)

    async def action_resume(self) -> None:
        """Go on with the open journey, or with the saved one."""
        if journey := self.journey or self._resumable:
            await self._enter(journey)
        elif self.saved:
            self._wants_to_resume = True
            if not self.is_opening:
                self.open_saved(self.saved)

    def action_begin(self) -> None:
        """Begin a new journey."""
        self._unless_token_is_lost(lambda: self.open_new(self.defaults))

    def action_another(self) -> None:
        """Begin the journey of another tenant with what can be kept of this one."""
        if self.journey is not None:
            answers = self.journey.onboarding.answers
            kept = {name: getattr(answers, name) for name in KEPT_FOR_ANOTHER}
            self._unless_token_is_lost(lambda: self.open_new(replace(Answers(), **kept)))

    async def action_look_again(self) -> None:
        """Look for the saved journey again."""
        self.read_saved()
        await self.show_welcome()
        self.prepare()

    def action_cloud(self) -> None:
        """Choose another cloud for a new journey."""
        from screens.dialogs.choice import Choice

        titles = {name: cloud.title for name, cloud in self.session.clouds.items()}

        def chosen(name: str | None) -> None:
            if name:
                self.defaults = replace(self.defaults, cloud=name)
                if isinstance(self.body, WelcomeBody):
                    self.body.show_cloud(titles[name])

        self.app.push_screen(Choice("Which cloud?", titles, self.defaults.cloud), chosen)

    # --- going through the steps ----------------------------------------------------------------------------------

    async def action_check(self) -> None:
        """Run the checks of the step shown."""
        page, journey = self.step_page, self.journey
        if page is None or journey is None or self.running or not page.commit():
            return
        lock = journey.lock(page.step.id)
        if lock is None:
            self._start(journey)
            return
        earlier = lock.check.partition(".")[0]
        if page.vault_first:
            self._run_next = (page.step.id,)
            await self.show_step(journey, earlier, "The vault is tried first; nobody has to sign in again.")
            self._start(journey)
        else:
            await self.show_step(journey, earlier)

    def _start(self, journey: Journey) -> None:
        if page := self.step_page:
            page.begin_run()
            self.run_step(journey, page.step.id)
            self.draw(focus=True)

    @on(Told)
    async def _told(self, event: Told) -> None:
        page = self.step_page
        if isinstance(event.event, NotSaved):
            self.is_unsaved = True
            self.body.say(f"! The journey cannot be saved ({event.event.why}); it goes on in memory alone.")
            self.draw()
        if page is None or not page.checks_run:
            return
        had_panel = page.has_panel
        await page.follow(event.event)
        if page.has_panel or had_panel:
            self.draw(focus=page.has_panel != had_panel)

    @on(RunEnded)
    async def _run_ended(self, event: RunEnded) -> None:
        self.running = ""
        page, journey = self.step_page, self.journey
        wants_new_code, self._wants_new_code = self._wants_new_code, False
        run_next, self._run_next = self._run_next, ()
        if page is None or journey is None:
            return
        await page.end_run()
        if wants_new_code:
            journey.forget_sign_in()
            page.refresh_state()
            self._start(journey)
            return
        self.draw(focus=True)
        if event.was_stopped:
            page.say("Stopped. What was proven so far is kept; the checks can be run again.")
        elif event.mistake:
            page.show_mistake(event.mistake)
        elif event.trouble:
            page.say(f"✗ {event.trouble}. What was proven is kept; the checks can be run again.")
        elif run_next and journey.state(page.step.id) in PASSABLE:
            self._run_next = run_next[1:]
            await self.show_step(journey, run_next[0])
            self._start(journey)
        elif page.step.id == "user" and journey.state("user") in PASSABLE:
            page.say("All holds, and the token is only in memory: go on to step 5 now, which stores it (F6).")

    @on(AnswerChanged)
    def _answer_changed(self, event: AnswerChanged) -> None:
        if page := self.step_page:
            page.refresh_state()
            many = len(event.gone)
            again = f"Changed: {many} check{'s have' if many > 1 else ' has'} to be asked again."
            kept = " The vault is tried first, then the token is stored; nobody has to sign in again."
            page.say(again + (kept if page.vault_first else ""))
        self.draw()

    @on(LastFieldEntered)
    async def _last_field_entered(self) -> None:
        await self.run_action("screen.check")

    async def action_next(self) -> None:
        """Go to the next step, or to the last page."""
        page, journey = self.step_page, self.journey
        if page is None or journey is None or not page.commit() or journey.state(page.step.id) not in PASSABLE:
            return
        at = STEPS.index(page.step)
        if at + 1 < len(STEPS):
            await self.show_step(journey, STEPS[at + 1].id)
        else:
            await self.show_done(journey)

    async def action_goto(self) -> None:
        """Go to the step that has to be worked on first."""
        if self.journey is not None:
            await self.show_step(self.journey, self.journey.open_step.id)

    async def action_back(self) -> None:
        """Go to the page before this one."""
        pages = ["welcome", *(each.id for each in STEPS), DONE]
        at = pages.index(self.body.page)
        if at > 1 and self.journey is not None:
            await self.show_step(self.journey, pages[at - 1])
        elif at == 1:
            self.read_saved()
            await self.show_welcome()

    @on(StepChosen)
    async def _step_chosen(self, event: StepChosen) -> None:
        journey = self.journey
        if journey is None:
            self.body.say("Begin first; then the steps open one after the other.")
        elif self.running:
            self.body.say("Checks are running. Stop them first (Esc), then go to another step.")
        elif event.step != DONE:
            await self.show_step(journey, event.step)
        else:
            await self.show_done(journey)

    # --- while a code or a link is shown --------------------------------------------------------------------------

    def action_stop(self) -> None:
        """End the checks under way."""
        self._run_next = ()
        self.stop_running()

    def action_new_code(self) -> None:
        """Drop the sign-in and ask for a new code."""
        if self.running:
            self._wants_new_code = True
            self.stop_running()
        elif self.journey is not None and (page := self.step_page):
            self.journey.forget_sign_in()
            page.refresh_state()
            if page.commit():
                self._start(self.journey)

    def action_copy(self) -> None:
        """Send the code, or the link, to the terminal's clipboard."""
        page = self.step_page
        if page and page.sign_in and page.sign_in.is_live:
            self.app.copy_to_clipboard(page.sign_in.sign_in.user_code)
            page.say("The code was sent to your terminal's clipboard. If it does not arrive there, type it.")
        elif page and page.consent:
            self.app.copy_to_clipboard(page.consent.link.url)
            page.say("The address was sent to your terminal's clipboard. If it does not arrive there, select it (F3).")

    def action_message(self) -> None:
        """Show the message for an administrator elsewhere."""
        from screens.dialogs.reader import Reader

        if (page := self.step_page) and page.consent:
            message = page.consent.link.message
            self.app.push_screen(Reader("A message for an administrator", message, copied=message))

    def action_qr(self) -> None:
        """Show the QR code of the consent link."""
        from screens.dialogs.qr import QrDialog

        if (page := self.step_page) and page.consent:
            self.app.push_screen(QrDialog(page.consent.link.url))

    @on(ConsentAnswered)
    def _consent_answered(self, event: ConsentAnswered) -> None:
        if self.journey is not None and self.running:
            self.journey.hand_in(event.text)

    # --- help, details, report, quitting --------------------------------------------------------------------------

    @on(CheckChosen)
    def _check_chosen(self, event: CheckChosen) -> None:
        from screens.details import details_of
        from screens.dialogs.reader import Reader

        if self.journey is not None:
            title, text = details_of(self.journey, event.check)
            self.app.push_screen(Reader(title, text, copied=text.plain))

    def action_help(self) -> None:
        """Explain the page."""
        from screens.details import help_for
        from screens.dialogs.reader import Reader

        title, text = help_for(self.body.page)
        self.app.push_screen(Reader(title, text))

    def action_save_report(self) -> None:
        """Write the report into the current folder, or beside the journey where that cannot be written."""
        from screens.report_files import save_report

        if self.journey is not None:
            self.body.say(save_report(self.journey, self.session))
            self.body.scroll_home(animate=False)

    def action_page(self, by: int) -> None:
        """Scroll the page."""
        scroll = self.body.scroll_page_up if by < 0 else self.body.scroll_page_down
        scroll(animate=False)

    def commands(self) -> Iterable[SystemCommand]:
        """What the command palette offers here."""
        for name, words in self.offered.labels.items():
            action = next((each for each, button in BUTTONS.items() if button == name), "")
            if action:
                yield SystemCommand(words, f"as the button {words}", self._action(f"screen.{action}"))
        yield SystemCommand("Help", "Explain this page", self.action_help)
        if self.journey is not None and not self.running:
            for number, each in enumerate(STEPS, 1):
                yield SystemCommand(
                    f"Step {number}: {each.title}", "Go to this step", self._poster(StepChosen(each.id))
                )
            yield SystemCommand("Save report", "Write what is proven so far", self.action_save_report)

    def _action(self, action: str) -> Callable[[], None]:
        def do() -> None:
            self.call_later(self.run_action, action)

        return do

    def _poster(self, message: StepChosen) -> Callable[[], None]:
        def do() -> None:
            self.post_message(message)

        return do

    async def quit(self) -> None:
        """Quit; asks first where a token in memory would be lost."""
        code = 0 if self.journey is not None and self.journey.is_proven else 1
        self._unless_token_is_lost(lambda: self.leave(code))

    def leave(self, code: int) -> None:
        """End the wizard with an exit code; a run under way is stopped first."""
        self.session.stop()
        is_kept = self.journey is not None and not self.journey.is_proven and self.session.file is not None
        note = "What is proven is saved. Run partner-wizard again to go on." if is_kept else None
        self.app.exit(code, return_code=code, message=note)

    def _unless_token_is_lost(self, go_on: Callable[[], object]) -> None:
        from screens.dialogs.leave import Leave

        if not self.would_lose_token:
            go_on()
        elif not isinstance(self.app.screen, Leave):

            def answered(is_sure: bool | None) -> None:
                if is_sure:
                    go_on()

            self.app.push_screen(Leave(), answered)
