"""One step: what it is for, its fields, what is waited for, and its live check list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from screens.actions import Offer, Offers
from screens.drawing import bold, plain
from screens.failure import failure_of
from screens.journey_commands import FollowUp
from screens.messages import DONE, AnswerEdited, CheckChosen, NavigateToStep, OffersChanged, StepSelected
from screens.notices import GoTo, RunEnded
from screens.pages.page import Page, PageContext
from screens.pages.step_fixes import show_first_password
from screens.pages.step_offers import offers_of
from screens.panels.panel_for import PanelContext, Prompt, panel_for
from screens.step_outcome import success_of
from screens.step_words import changed_words
from screens.terminal.restyling import set_class_of_parts
from screens.widgets.check_list import CheckList
from screens.widgets.failure_block import FailureBlock
from screens.widgets.form import Form
from screens.widgets.wait_line import WaitLine
from wizard.core.errors import BadInput
from wizard.core.events import (
    BrowserPrompt,
    CheckEnded,
    CheckSkipped,
    CheckStarted,
    ConsentLink,
    DeviceCodePrompt,
    Event,
    PasswordMade,
    PromptClosed,
    SubmissionRejected,
    WaitEnded,
    Waiting,
)
from wizard.core.inbox import Purpose
from wizard.core.timestamps import clock_time
from wizard.onboarding.gate import PASSABLE
from wizard.onboarding.step import Step
from wizard.onboarding.view import JourneyView

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from screens.panels.panel import Panel
    from wizard.core.fixes import Fix


class StepPage(Page):
    """The page of a step; there is a journey wherever it is shown.

    Args:
        context: what it is made from.
        step: whose page it is.
    """

    def __init__(self, context: PageContext, step: Step) -> None:
        super().__init__(step.id)
        if context.view is None:
            raise LookupError("no journey is open")
        self.step: Step = step
        self.checks_run = False
        self._commands = context.commands
        self._machine = context.machine
        self._acts_after = context.scene.acts_after if context.scene else {}
        self._now = context.now
        self._view: JourneyView = context.view
        self._asked_at = ""
        self._run_notice = ""
        self._edited: set[str] = set()

    def compose(self) -> ComposeResult:
        """Title, reason, fields, panel, wait, checks."""
        yield Static(bold(self.step.title), markup=False, id="step-title")
        yield Static(plain(self.step.not_needed or self.step.why), markup=False, id="why", classes="quiet")
        yield Static(markup=False, id="notice")
        yield FailureBlock()
        yield Form(self.step, self._view.answers, self._commands)
        yield Vertical(id="panel")
        checks = CheckList(self.step)
        yield WaitLine(self._now, lambda: self._commands.pending_request, checks.tick)
        yield checks

    def on_mount(self) -> None:
        """Show what is known."""
        self.show(self._view)

    # --- what it shows --------------------------------------------------------------------------------------------

    def show(self, view: JourneyView, *, keeps_outcome: bool = False) -> None:
        """Draw the journey's state, and the lock where the step is locked.

        Args:
            view: the journey.
            keeps_outcome: whether what the last run came to stays: an answer was changed since, nothing was checked.
        """
        self._view = view
        self.query_one(CheckList).show(view)
        if not keeps_outcome:
            self._show_outcome(view)
        self._mark_changed()
        lock = view.lock(self.step.id)
        is_locked = lock is not None and not view.tries_vault_first(self.step.id)
        set_class_of_parts(self, "-locked", is_on=is_locked)
        if lock is not None and is_locked:
            found = f" It says: {lock.finding.message}" if lock.finding else " It has not been checked yet."
            where = view.profile.short_name(lock.check)
            self.say(f"This step is locked by a check of {where}: “{lock.title}”.{found}")

    def _show_outcome(self, view: JourneyView) -> None:
        """Draw what the checks came to; a failure folds the form to the fields that may fix it."""
        block, form = self.query_one(FailureBlock), self.query_one(Form)
        blocking = view.blocking(self.step.id)
        is_passed = view.state(self.step.id) in PASSABLE
        if blocking is not None:
            block.show_failure(failure_of(view, blocking), self._asked_at)
            form.fold_to(view.profile.checks[blocking.check].fields_at_fault(blocking))
        elif is_passed:
            block.show_success(*success_of(view, self.step))
            form.unfold()
        else:
            block.show_nothing()
            form.unfold()
        form.goes_field_by_field = blocking is None and not is_passed
        set_class_of_parts(self, "-checked", is_on=block.says_something)
        set_class_of_parts(self, "-failed", is_on=blocking is not None)

    @property
    def help_page(self) -> str:
        """A code and a link have a help of their own."""
        return self.panel.help_page if self.panel else self.page_id

    @property
    def is_wide(self) -> bool:
        """Whether a link or a code wants every column."""
        return self.panel is not None

    @property
    def waits_for(self) -> str:
        """What is waited for now, "" for nothing."""
        return self.query_one(WaitLine).words

    @property
    def tries_vault_first(self) -> bool:
        """Whether another vault was chosen for a token in memory."""
        return self._view.tries_vault_first(self.step.id)

    def say(self, notice: str) -> None:
        """Say something where it is seen: while an address is waited for, below its field."""
        if self.panel is None or not self.panel.note(notice):
            super().say(notice)

    # --- what it offers -------------------------------------------------------------------------------------------

    def offers(self) -> Offers:
        """Return what can be done with the step as it stands."""
        if self.panel is not None:
            return self.panel.offers()
        if self.checks_run:
            return Offers({"cancel": Offer("Stop", self._commands.stop)})
        return offers_of(self, self._view, may_repair=self._commands.repair_is_open)

    @property
    def check_label(self) -> str:
        """The words of the button that starts the checks."""
        is_alone = not self._view.needs_person(self.step.id)
        if is_alone and any(check.id in self._view.findings for check in self.step.checks):
            return "Check again"
        return "Check" if is_alone and self.step.signs_in else self.step.run_label

    def go_to_open_step(self) -> None:
        """Go to the step that has to be worked on first."""
        self.post_message(NavigateToStep(GoTo(self._view.open_step.id)))

    def act(self) -> None:
        """Do what the page is for: go on where every check lets it, else check."""
        if self.offers().primary == "next" and self.commit() and self._view.state(self.step.id) in PASSABLE:
            self.go_on()
        else:
            self.check()

    def check(self) -> None:
        """Run the checks, or go to the step that has to run first."""
        if self.checks_run or not self.commit():
            return
        if go_to := self._commands.step_to_run_first(self.step.id):
            self.post_message(NavigateToStep(go_to))
        else:
            self.run_checks()

    def go_on(self) -> None:
        """Go to the next step to work on, or to the last page."""
        if self.commit() and self._view.state(self.step.id) in PASSABLE:
            following = self._view.step_to_work_on(self.step.id)
            self.post_message(StepSelected(following.id if following else DONE))

    def sign_in_again(self) -> None:
        """Drop the sign-in, and begin another one."""
        if self._commands.sign_in_again() and self.commit():
            self.run_checks()

    def use_other_flow(self) -> None:
        """Sign in with the other flow, after a refusal of this one: the press of the button agrees to it."""
        if self.commit():
            self._commands.use_other_flow(self.step.id)
            self.post_message(NavigateToStep(GoTo(self.step.id, runs=True)))

    def rehearse_repair(self) -> None:
        """Let the repair of the scene be done, say so, and check again what failed."""
        if says := self._commands.rehearse_repair():
            self.post_message(NavigateToStep(GoTo(self._view.open_step.id, says, runs=True)))

    def show_details(self) -> None:
        """Show all that is known of the check that failed."""
        if blocking := self._view.blocking(self.step.id):
            self.post_message(CheckChosen(blocking.check))

    # --- its fields -----------------------------------------------------------------------------------------------

    def commit(self, spared: Container[str] = ()) -> bool:
        """Hand the fields to the journey, except those that are `spared`; return False where one is not fit."""
        return self.query_one(Form).commit(spared)

    def focus_first_gap(self) -> None:
        """Put the cursor into the first field that needs a value."""
        self.query_one(Form).focus_first()

    @on(AnswerEdited)
    def _answer_edited(self, event: AnswerEdited) -> None:
        event.stop()
        (self._edited.add if event.is_changed else self._edited.discard)(event.key)
        self._mark_changed()

    def _mark_changed(self) -> None:
        """Dim a failure that hangs on a field whose text is another by now."""
        block, blocking = self.query_one(FailureBlock), self._view.blocking(self.step.id)
        is_gone = block.failure is not None and blocking is None
        if block.failure is None:
            is_gone = bool(self._edited)
        is_edited = blocking is not None and any(self._view.hangs_on(blocking.check, key) for key in self._edited)
        block.mark_changed(is_changed=is_gone or is_edited)

    def answer_changed(self, view: JourneyView, gone: int) -> None:
        """Show what an answer has un-proved, and what applies now; `gone` is the number of checks."""
        if self.checks_run:
            return
        block = self.query_one(FailureBlock)
        self.show(view, keeps_outcome=not gone or (view.blocking(self.step.id) is None and block.failure is not None))
        if not gone:
            return
        block.mark_changed(is_changed=True)
        self.say(changed_words(gone, keeps_token=self.tries_vault_first))
        if self.has_focus_within and (focused := self.screen.focused):
            self.bring_into_view(focused, from_top=True)  # what is new above moves it

    # --- a run ----------------------------------------------------------------------------------------------------

    def run_checks(
        self, follow_up: FollowUp = FollowUp.STAY, next_step: str = "", notice: str = "", fixes: Sequence[Fix] = ()
    ) -> None:
        """Make fixes, start the checks, and make room for them; the notice stays on the page until they run again."""
        self._run_notice = notice
        self.begin_run()
        self._commands.start(self.step.id, follow_up, next_step, fixes)
        self.screen.post_message(OffersChanged(focus=True))  # before what the run comes to

    def begin_run(self) -> None:
        """Make room for the checks."""
        self.checks_run = True
        set_class_of_parts(self, "-running", is_on=True)
        self.say(self._run_notice)
        self.query_one(WaitLine).begin()
        checks = self.query_one(CheckList)
        checks.reset()
        checks.focus(scroll_visible=False)

    async def follow(self, event: Event, view: JourneyView) -> None:
        """Draw an event of the run."""
        self._view = view
        checks = self.query_one(CheckList)
        match event:
            case CheckStarted(check):
                checks.started(check, self._now())
            case CheckEnded(finding):
                checks.ended(view, finding)
                await self._close_if_over(finding.check)
            case CheckSkipped(check, _):
                checks.skipped(view, check)
            case ConsentLink() | DeviceCodePrompt() | BrowserPrompt():
                await self._show_prompt(event)
            case SubmissionRejected(purpose, why):
                if self.panel is not None and self.panel.purpose == purpose:
                    self.panel.reject(why)
            case PromptClosed():
                await self._prompt_closed(event)
            case Waiting():
                self._wait(event)
            case WaitEnded():
                self.query_one(WaitLine).clear()
            case PasswordMade(first):
                show_first_password(self, first)

    async def end_run(self, ended: RunEnded) -> bool:
        """Bring the fields back; return whether the cursor stands in the one that may be at fault."""
        self.checks_run = False
        self._asked_at = clock_time(self._now())
        await self._close_panel()
        self.query_one(WaitLine).end()
        set_class_of_parts(self, "-running", is_on=False)
        self.show(ended.view)
        self.bring_into_view(from_top=True)
        if (blocking := ended.view.blocking(self.step.id)) is None:
            return False
        keys = ended.view.profile.checks[blocking.check].fields_at_fault(blocking)
        return self.query_one(Form).focus_on(keys)

    def say_how_it_ended(self, ended: RunEnded, *, field_has_focus: bool) -> None:
        """Say what ended a run early; if no field has the focus, bring the verdict into view."""
        self.say(ended.fixed or self._run_notice)
        block = self.query_one(FailureBlock)
        self.bring_into_view(*([] if field_has_focus else [block]), block.headline, from_top=True)
        if ended.was_stopped:
            self.say("Stopped. What was proven so far is kept; the checks can be run again.")
        elif ended.mistake:
            self.show_mistake(ended.mistake)
        elif ended.unexpected_error:
            self.say_what_failed(f"{ended.unexpected_error}. What was proven is kept; the checks can be run again.")

    def show_mistake(self, mistake: BadInput) -> None:
        """Show what is wrong with a field."""
        if not self.query_one(Form).show_mistake(mistake):
            self.say_what_failed(f"{mistake.field}: {mistake.expected}")

    # --- its panel ------------------------------------------------------------------------------------------------

    async def _show_prompt(self, prompt: Prompt) -> None:
        """Show what somebody is waited for with; a panel that shows one like it may take it over."""
        if self.panel is not None and self.panel.renews(prompt):
            return
        context = PanelContext(
            self._view,
            self.step,
            self._machine,
            self._now,
            self._commands,
            self.say,
            self.sign_in_again,
            self._acts_after,
        )
        await self._open(panel_for(prompt, context))

    async def _open(self, panel: Panel) -> None:
        await self._close_panel()
        self.panel = panel
        set_class_of_parts(self, "-with-panel", is_on=True)
        await self.query_one("#panel").mount(panel)
        if panel.footer is not None:
            await self.mount(panel.footer)
        self.bring_into_view(from_top=True)

    async def _close_panel(self, why: str = "") -> None:
        panel, self.panel = self.panel, None
        if panel is not None:
            panel.withdraw(why)
            if panel.footer is not None:
                await panel.footer.remove()
        set_class_of_parts(self, "-with-panel", is_on=False)
        await self.query_one("#panel").remove_children()

    async def _close_if_over(self, check: str) -> None:
        """Close the consent link once it is answered, and a code or link for the vault or Graph once it is used."""
        if self.panel is None:
            return
        is_consent = self.panel.purpose is Purpose.CONSENT
        is_answered = self._view.profile.checks[check].accepts is Purpose.CONSENT
        if is_answered if is_consent else self.panel.purpose is not Purpose.INTEGRATION_USER:
            await self._close_panel()

    async def _prompt_closed(self, closed: PromptClosed) -> None:
        what = self.panel.live_word if self.panel is not None else ""
        await self._close_panel("this code is spent")
        self.say(closed.sentence if closed.arrived else f"The {what or 'code'} is gone from the screen: {closed.why}.")

    def _wait(self, waiting: Waiting) -> None:
        # While a code or a link is shown, its own words say what is waited for; trouble is still told.
        if self.panel is not None and self.panel.wait(waiting):
            return
        self.query_one(WaitLine).show(waiting)
        if self.panel is not None:
            self.bring_into_view(self.query_one(WaitLine))
