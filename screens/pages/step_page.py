"""One step: what it is for, its fields, what is waited for, and its live check list."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from screens.actions import Offer, Offers
from screens.drawing import bold, commands_in, plain
from screens.journey_commands import FollowUp
from screens.messages import DONE, CheckChosen, NavigateToStep, OffersChanged, StepSelected
from screens.notices import GoTo, RunEnded
from screens.pages.page import Page, PageContext
from screens.step_words import heading_of
from screens.widgets.check_list import CheckList
from screens.widgets.form import Form
from screens.widgets.verdict import Verdict
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
    PromptClosed,
    SubmissionRejected,
    WaitEnded,
    Waiting,
)
from wizard.core.findings import Finding, NotAsked
from wizard.core.inbox import Purpose
from wizard.onboarding.gate import PASSABLE
from wizard.onboarding.sign_in.flow_check import other_flow
from wizard.onboarding.sign_in.methods import sign_in_label
from wizard.onboarding.step import Step
from wizard.onboarding.view import JourneyView

if TYPE_CHECKING:
    from screens.panels.panel import Panel


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
        self._now = context.now
        self._view: JourneyView = context.view
        self._asked_at: datetime | None = None

    def compose(self) -> ComposeResult:
        """Title, reason, fields, panel, wait, checks."""
        yield Static(bold(heading_of(self._view.profile, self.step)), markup=False, id="step-title")
        yield Static(plain(self.step.why), markup=False, id="why", classes="why")
        yield Static(markup=False, id="notice")
        yield Form(self.step, self._view.answers, self._commands)
        yield Verdict()
        yield Vertical(id="panel")
        yield WaitLine(self._now, lambda: self._commands.pending_request)
        yield CheckList(self.step)

    def on_mount(self) -> None:
        """Show what is known."""
        self.show(self._view)

    # --- what it shows --------------------------------------------------------------------------------------------

    def show(self, view: JourneyView) -> None:
        """Draw the journey's state, and the lock where the step is locked."""
        self._view = view
        self.query_one(CheckList).show(view)
        verdict = self.query_one(Verdict)
        verdict.show(view, self.step, self._asked_at)
        lock = view.lock(self.step.id)
        is_locked = lock is not None and not view.tries_vault_first(self.step.id)
        self.set_class(is_locked, "-locked")
        self.set_class(verdict.says_something, "-checked")
        if lock is not None and is_locked:
            found = f" It says: {lock.finding.message}" if lock.finding else " It has not been checked yet."
            number = view.profile.number_of(lock.check)
            self.say(f"This step is locked by a check of step {number}: “{lock.question}”.{found}")

    @property
    def help_page(self) -> str:
        """A code and a link have a help of their own."""
        return self.panel.help_page if self.panel else self.page_id

    @property
    def is_wide(self) -> bool:
        """Whether the link of a sign-in wants every column."""
        return self.panel is not None and self.panel.is_wide

    @property
    def waits_for(self) -> str:
        """What is waited for now, as a sentence; "" where nothing is."""
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
        view, step, back = self._view, self.step, Offer("Back")
        check = Offer(self.check_label, self.check)
        if self.tries_vault_first:
            return Offers({"check": check, "back": back}, "check")
        blocking = view.blocking(step.id)
        details = {"details": Offer("Details", self.show_details)} if blocking else {}
        goto = Offer(self._go_to_words, self._go_to_open_step)
        if view.lock(step.id):
            return Offers({"goto": goto, **details, "back": back}, "goto")
        is_passed = view.state(step.id) in PASSABLE
        offered_now = {"check": check, **details}
        if flow := other_flow(blocking):
            offered_now = {"other-way": Offer(sign_in_label(flow), self.use_other_flow), **offered_now}
        if is_passed:
            offered_now["next"] = Offer("Next", self.go_on)
        elif view.profile.number_of(view.open_step.id) < view.profile.number_of(step.id):
            offered_now["goto"] = goto
        elif blocking and commands_in(blocking.remedy):
            offered_now["copy-command"] = Offer("Copy command", lambda: self._copy_command(blocking))
        if step.signs_in and view.has_token:
            offered_now["new-sign-in"] = Offer("New sign-in", self.sign_in_again)
        is_rejected = "new-sign-in" in offered_now and bool(view.rejected_for)
        first = "other-way" if "other-way" in offered_now else "new-sign-in" if is_rejected else "check"
        return Offers({**offered_now, "back": back}, "next" if is_passed else first)

    @property
    def check_label(self) -> str:
        """The words of the button that starts the checks."""
        has_begun = any(check.id in self._view.findings for check in self.step.checks)
        if has_begun and (not self.step.signs_in or self._view.has_token):
            return "Check again"
        return self.step.run_label

    @property
    def _go_to_words(self) -> str:
        step = self._view.open_step
        return f"Go to step {self._view.profile.number_of(step.id)}, {step.title}"

    def _go_to_open_step(self) -> None:
        self.post_message(NavigateToStep(GoTo(self._view.open_step.id)))

    def check(self) -> None:
        """Run the checks, or go to the step that has to run first."""
        if self.checks_run or not self.commit():
            return
        go_to = self._commands.step_to_run_first(self.step.id)
        if go_to is None:
            self.run_checks()
        else:
            self.post_message(NavigateToStep(go_to))

    def go_on(self) -> None:
        """Go to the next step, or to the last page."""
        if self.commit() and self._view.state(self.step.id) in PASSABLE:
            following = self._view.profile.step_after(self.step.id)
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

    def show_details(self) -> None:
        """Show all that is known of the check that failed."""
        if blocking := self._view.blocking(self.step.id):
            self.post_message(CheckChosen(blocking.check))

    def _copy_command(self, blocking: Finding) -> None:
        """Send the command that fixes it to the terminal's clipboard."""
        self.app.copy_to_clipboard(commands_in(blocking.remedy)[0])
        self.say("Command sent to your terminal's clipboard; if it does not arrive, select it.")

    # --- its fields -----------------------------------------------------------------------------------------------

    def commit(self) -> bool:
        """Hand the fields to the journey; return False where one is not fit."""
        return self.query_one(Form).commit()

    def focus_first_gap(self) -> None:
        """Put the cursor into the first field that needs a value."""
        self.query_one(Form).focus_first()

    def answer_changed(self, view: JourneyView, gone: int) -> None:
        """Show what an answer has un-proved; `gone` is the number of checks."""
        if self.checks_run:
            return
        self.show(view)
        again = f"Changed: what hangs on it has to be checked again ({gone} check{'s' if gone > 1 else ''})."
        kept = " The vault is tried first, then the token is stored; nobody has to sign in again."
        self.say(again + (kept if self.tries_vault_first else ""))

    # --- a run ----------------------------------------------------------------------------------------------------

    def run_checks(self, follow_up: FollowUp = FollowUp.STAY, next_step: str = "") -> None:
        """Start the checks, and make room for them."""
        self.begin_run()
        self._commands.start(self.step.id, follow_up, next_step)
        self.screen.post_message(OffersChanged(focus=True))  # before what the run comes to

    def begin_run(self) -> None:
        """Make room for the checks."""
        self.checks_run = True
        self.add_class("-running")
        self.say("")
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
            case CheckSkipped(check, skipped):
                checks.skipped(check, skipped.reason, is_needed=skipped.kind is not NotAsked.DOES_NOT_APPLY)
            case ConsentLink():
                await self._open(self._consent_panel(event))
            case DeviceCodePrompt():
                await self._open(self._code_panel(event))
            case BrowserPrompt():
                await self._show_link(event)
            case SubmissionRejected(purpose, why):
                if self.panel is not None and self.panel.purpose == purpose:
                    self.panel.reject(why)
            case PromptClosed(why):
                await self._prompt_closed(why)
            case Waiting():
                self._wait(event)
            case WaitEnded():
                self.query_one(WaitLine).clear()

    async def end_run(self, ended: RunEnded) -> bool:
        """Bring the fields back; return whether the cursor stands in the one that may be at fault."""
        self.checks_run = False
        self._asked_at = self._now()
        await self._close_panel()
        self.query_one(WaitLine).end()
        self.remove_class("-running")
        self.show(ended.view)
        self.bring_into_view(from_top=True)
        blocking = ended.view.blocking(self.step.id)
        if blocking is None:
            return False
        keys = ended.view.profile.checks[blocking.check].fields_at_fault(blocking)
        return self.query_one(Form).focus_on(keys)

    def say_how_it_ended(self, ended: RunEnded, *, field_has_focus: bool) -> None:
        """Say what ended a run early; if no field has the focus, bring the verdict into view."""
        self.say("")
        if not field_has_focus:
            self.bring_into_view(self.query_one(Verdict), from_top=True)
        if ended.was_stopped:
            self.say("Stopped. What was proven so far is kept; the checks can be run again.")
        elif ended.mistake:
            self.show_mistake(ended.mistake)
        elif ended.unexpected_error:
            unexpected_error = ended.unexpected_error[:1].upper() + ended.unexpected_error[1:]
            self.say(f"✗ {unexpected_error}. What was proven is kept; the checks can be run again.")

    def show_mistake(self, mistake: BadInput) -> None:
        """Show what is wrong with a field."""
        if not self.query_one(Form).show_mistake(mistake):
            self.say(f"✗ {mistake.field}: {mistake.expected}")

    # --- its panel ------------------------------------------------------------------------------------------------

    async def _show_link(self, prompt: BrowserPrompt) -> None:
        from screens.panels.browser_panel import BrowserPanel

        if isinstance(self.panel, BrowserPanel) and self.panel.purpose == prompt.purpose:
            self.panel.renew(prompt)
            return
        place = heading_of(self._view.profile, self.step).partition(" · ")[0]
        await self._open(BrowserPanel(prompt, place, self._machine, self._now, self._commands, self.say))

    def _consent_panel(self, prompt: ConsentLink) -> Panel:
        from screens.panels.consent_panel import ConsentPanel

        takes = (each.settled_by for each in self.step.checks if each.accepts is Purpose.CONSENT)
        number = self._view.profile.number_of(next(takes, self.step.id))
        return ConsentPanel(prompt, number, self._now, self._commands, self.say)

    def _code_panel(self, prompt: DeviceCodePrompt) -> Panel:
        from screens.panels.device_code_panel import DeviceCodePanel

        about = _about(prompt, self._view)
        return DeviceCodePanel(prompt, about, self._now, self._commands, self.say, self.sign_in_again)

    async def _open(self, panel: Panel) -> None:
        await self._close_panel()
        self.panel = panel
        self.set_class(self.is_wide, "-with-link")
        self.add_class("-with-panel")
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
        self.remove_class("-with-panel", "-with-link")
        await self.query_one("#panel").remove_children()

    async def _close_if_over(self, check: str) -> None:
        """Close the consent link once it is answered, and a code or link for the vault or Graph once it is used."""
        if self.panel is None:
            return
        is_consent = self.panel.purpose is Purpose.CONSENT
        is_answered = self._view.profile.checks[check].accepts is Purpose.CONSENT
        if is_answered if is_consent else self.panel.purpose is not Purpose.INTEGRATION_USER:
            await self._close_panel()

    async def _prompt_closed(self, why: str) -> None:
        what = "link" if self.is_wide else "code"
        await self._close_panel("this code is spent")
        self.say(f"The {what} is gone from the screen: {why}.")

    def _wait(self, waiting: Waiting) -> None:
        # While a code or a link is shown, its own words say what is waited for; trouble is still told.
        if self.panel is not None and self.panel.wait(waiting):
            return
        self.query_one(WaitLine).show(waiting)
        if self.is_wide:
            self.bring_into_view(self.query_one(WaitLine))


def _about(prompt: DeviceCodePrompt, view: JourneyView) -> tuple[str, ...]:
    """Return lines on the app and the tenant that a sign-in is for."""
    answers, facts = view.answers, view.facts
    if prompt.purpose == "vault":  # azure-identity signs in as the Azure CLI does
        return f"Vault {answers.vault_url.removeprefix('https://')}", "The page calls the app Microsoft Azure CLI"
    if prompt.purpose == "graph":
        return f"Tenant {answers.tenant}", "The page calls the app Microsoft Graph Command Line Tools"
    return f"App {facts.app_name or answers.client_id}", f"Tenant {answers.tenant}"
