"""The wizard's screen: what every key and button does, and how one thing leads to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Button

from screens.bodies.welcome import WelcomeBody
from screens.messages import (
    AnswerChanged,
    JourneyOpened,
    LastFieldEntered,
    OpeningFailed,
    RunEnded,
    StepChosen,
    Told,
)
from screens.offers import BUTTONS
from screens.panel_screen import PanelScreen
from screens.widgets.rail import DONE
from wizard.core.answers import Answers
from wizard.core.events import NotSaved
from wizard.core.findings import Outcome
from wizard.onboarding.gate import PASSABLE
from wizard.onboarding.journey import Journey
from wizard.onboarding.sign_in.flow_check import FLOW_FIELD, other_flow
from wizard.onboarding.step import Step
from wizard.reporting.journey_report import outcome_of

KEPT_FOR_ANOTHER = ("cloud", "profile", "vault_url", "vault_identity", "consent_redirect_uri")
"""What a second onboarding takes over from the first."""


class WizardScreen(PanelScreen):
    """The one screen of the wizard; dialogs come and go above it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "Help"),
        Binding("f2", "copy", "Copy"),
        Binding("f3", "message", "Message"),
        Binding("f3", "copy_address", "Link"),
        Binding("f3", "details", "Details"),
        Binding("f4", "qr", "QR code"),
        Binding("f4", "code_qr", "QR code", show=False),
        Binding("f4", "copy_command", "Copy the command", show=False),
        Binding("f5", "check", "Check"),
        Binding("f6", "next", "Next"),
        Binding("f7", "new_code", "New sign-in"),
        Binding("f7", "new_link", "New link"),
        Binding("f8", "save_report", "Save report"),
        Binding("f9", "explain", "Explain an error", show=False),
        Binding("escape", "stop", "Stop"),
        Binding("escape", "back", "Back"),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
    ]

    _resumable: Journey | None = None
    _wants_to_resume = False
    _wants_new_code = False
    _scene_was_met = False
    _run_next: tuple[str, ...] = ()
    _goes_on = False

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
            self._start_by_itself(journey)

    def _start_by_itself(self, journey: Journey) -> None:
        """Start the checks of a step that asks for nothing, and was not checked yet; the next one follows."""
        page = self.step_page
        if page and not page.step.fields and not any(each.id in journey.findings for each in page.step.checks):
            self._goes_on = True
            self._start(journey)

    async def action_resume(self) -> None:
        """Go on with the open journey, or with the saved one."""
        if journey := self.journey or self._resumable:
            await self._enter(journey)
        elif self.saved:
            self._wants_to_resume = True
            if not self.is_opening:
                self.open_saved(self.saved)

    def action_begin(self) -> None:
        """Begin a new journey; asks first where it would take the place of another one."""
        from screens.dialogs.confirm import Confirm

        def begin() -> None:
            self._unless_something_is_lost(lambda: self.open_new(self.defaults))

        def answered(is_sure: bool | None) -> None:
            if is_sure:
                begin()

        tenant = self.journey.onboarding.answers.tenant if self.journey else self.saved and self.saved.answers.tenant
        if tenant is None:
            begin()
            return
        text = (
            f"The journey of {tenant or 'no tenant yet'} is kept until now, with all it has proven. "
            "A new one takes its place. A token that is in the vault stays there."
        )
        self.app.push_screen(Confirm("Begin anew?", text, yes="Begin anew", no="Keep it"), answered)

    def action_another(self) -> None:
        """Begin the journey of another tenant with what can be kept of this one."""
        if self.journey is not None:
            answers = self.journey.onboarding.answers
            kept = {name: getattr(answers, name) for name in KEPT_FOR_ANOTHER}
            self._unless_something_is_lost(lambda: self.open_new(replace(Answers(), **kept)))

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

    def action_scenes(self) -> None:
        """Choose another scene of the rehearsal."""
        from screens.dialogs.scenes import Scenes

        if self.stages is not None and not self.running:
            self.app.push_screen(Scenes(self.stages, self.scene.name if self.scene else "", self.would_lose_token))

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
        goes_on, self._goes_on = self._goes_on, False
        if page is None or journey is None:
            return
        await page.end_run()
        if wants_new_code:
            journey.forget_sign_in()
            page.refresh_state()
            self._start(journey)
            return
        is_mended_here = page.focus_field_at_fault()
        self.draw(focus=not is_mended_here)
        page.say("")
        if not is_mended_here:
            page.show_verdict()
        if event.was_stopped:
            page.say("Stopped. What was proven so far is kept; the checks can be run again.")
        elif event.mistake:
            page.show_mistake(event.mistake)
        elif event.trouble:
            trouble = event.trouble[:1].upper() + event.trouble[1:]
            page.say(f"✗ {trouble}. What was proven is kept; the checks can be run again.")
        elif run_next and journey.state(page.step.id) in PASSABLE:
            self._run_next = run_next[1:]
            await self.show_step(journey, run_next[0])
            self._start(journey)
        elif goes_on and _holds_throughout(journey, page.step):
            await self._go_on(journey, page.step)
        if self._is_about(page.step.id) and not self._scene_was_met:
            self._scene_was_met = True
            page.say("This is what the scene is about (another one: Ctrl+P).")

    async def _go_on(self, journey: Journey, step: Step) -> None:
        """Go to the step behind one that was checked by itself."""
        if following := journey.profile.step_after(step.id):
            number = journey.profile.number_of(step.id)
            notice = f"Step {number} holds: {step.success_summary}." if step.success_summary else ""
            await self.show_step(journey, following.id, notice)

    def _is_about(self, step_id: str) -> bool:
        """Whether the check that the rehearsal's scene is about belongs to this step, and was asked."""
        check = self.scene.check if self.scene and self.stages else ""
        return check.startswith(f"{step_id}.") and self.journey is not None and check in self.journey.findings

    @on(AnswerChanged)
    def _answer_changed(self, event: AnswerChanged) -> None:
        if (page := self.step_page) and not self.running:
            page.refresh_state()
            many = len(event.gone)
            again = f"Changed: what hangs on it has to be checked again ({many} check{'s' if many > 1 else ''})."
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
        if following := journey.profile.step_after(page.step.id):
            await self.show_step(journey, following.id)
        else:
            await self.show_done(journey)

    async def action_goto(self) -> None:
        """Go to the step that has to be worked on first."""
        if self.journey is not None:
            await self.show_step(self.journey, self.journey.open_step.id)

    async def action_back(self) -> None:
        """Go to the page before this one."""
        pages = ["welcome", *(each.id for each in self.profile.steps), DONE]
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

    def action_new_code(self) -> None:
        """Drop the sign-in and begin another."""
        if self.running:
            self._wants_new_code = True
            self.stop_running()
        elif self.journey is not None and (page := self.step_page):
            self.journey.forget_sign_in()
            page.refresh_state()
            if page.commit():
                self._start(self.journey)

    async def action_other_way(self) -> None:
        """Sign in in the other way, after a refusal of this one: the press of the button is the yes to it."""
        if self.journey is not None and (page := self.step_page):
            way = other_flow(self.journey.blocking(page.step.id))
            if way and page.commit():
                self.journey.change(FLOW_FIELD, way)
                await self.show_step(self.journey, page.step.id)
                self._start(self.journey)

    # --- leaving ----------------------------------------------------------------------------------------------------

    async def quit(self) -> None:
        """Quit; asks first where a token in memory, or a code on the screen, would be lost."""
        outcome = outcome_of(self.journey) if self.journey is not None else ""
        code = {"proven": 0, "unreachable": 3}.get(outcome, 1)
        self._unless_something_is_lost(lambda: self.leave(code), "Quit now?", "Quit")

    def leave(self, code: int) -> None:
        """End the wizard with an exit code; a run under way is stopped first."""
        self.session.stop()
        is_kept = self.journey is not None and not self.journey.is_proven and self.is_kept
        note = "What is proven is saved. Run partner-wizard again to go on." if is_kept else None
        if self.journey is not None and self.journey.is_proven and not self.scene:
            note = "Proven. “partner-wizard report” prints what was proven, for whoever runs your programs."
        self.app.exit(code, return_code=code, message=note)

    def _unless_something_is_lost(
        self, go_on: Callable[[], object], title: str = "Give the sign-in up?", yes: str = "Give it up"
    ) -> None:
        from screens.dialogs.confirm import Confirm

        loss = self._what_would_be_lost()
        if not loss:
            go_on()
        elif not isinstance(self.app.screen, Confirm):

            def answered(is_sure: bool | None) -> None:
                if is_sure:
                    go_on()

            self.app.push_screen(Confirm(title, loss, yes=yes, no="Stay"), answered)

    def _what_would_be_lost(self) -> str:
        rest = " All else is saved." if self.is_kept else ""
        if self.would_lose_token:
            steps = [each for each in self.profile.steps if each.signs_in or each.stores]
            first, last = (self.profile.number_of(each.id) for each in (steps[0], steps[-1]))
            return (
                f"The integration user's token is only in memory. If you go before step {last} has proven it in the "
                f"vault, step {first} opens again for another sign-in.{rest}"
            )
        if what := self.what_is_live:
            return f"Somebody may be signing in with the {what} shown; it would be of no use any more.{rest}"
        return ""


def _holds_throughout(journey: Journey, step: Step) -> bool:
    """Whether every check of a step that was asked holds, so that nothing has to be read."""
    asked = [journey.findings[check.id] for check in step.checks if check.id in journey.findings]
    return bool(asked) and all(finding.outcome is Outcome.HOLDS for finding in asked)
