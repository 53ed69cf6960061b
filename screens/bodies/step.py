"""One step: what it is for, its fields, what is waited for, and its live check list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from screens.bodies.body import Body
from screens.machine import Machine
from screens.plain import bold, plain
from screens.widgets.browser_panel import BrowserPanel
from screens.widgets.check_list import CheckList
from screens.widgets.consent_panel import ConsentPanel
from screens.widgets.form import Form
from screens.widgets.sign_in_panel import SignInPanel
from screens.widgets.verdict import Verdict
from screens.widgets.wait_line import WaitLine
from screens.words import heading_of
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
from wizard.core.inbox import Purpose
from wizard.onboarding.journey import Journey
from wizard.onboarding.step import Step


class StepBody(Body):
    """The page of a step.

    Args:
        journey: what is shown.
        step: which step of it.
        now: the clock.
        machine: where the wizard runs.
    """

    def __init__(self, journey: Journey, step: Step, now: Callable[[], datetime], machine: Machine) -> None:
        super().__init__(step.id)
        self.step = step
        self.checks_run = False
        self.sign_in: SignInPanel | None = None
        self.consent: ConsentPanel | None = None
        self.browser: BrowserPanel | None = None
        self.machine = machine
        self._journey = journey
        self._now = now
        self._asked_at: datetime | None = None

    def compose(self) -> ComposeResult:
        """Title, reason, fields, panel, wait, checks."""
        yield Static(bold(heading_of(self._journey.profile, self.step)), markup=False, id="step-title")
        yield Static(plain(self.step.why), markup=False, id="why", classes="why")
        yield Static(markup=False, id="notice")
        yield Form(self._journey, self.step)
        yield Verdict()
        yield Vertical(id="panel")
        yield WaitLine(self._now, lambda: self._journey.onboarding.services.http.pending_request)
        yield CheckList(self.step)

    def on_mount(self) -> None:
        """Show what the journey knows."""
        self.refresh_state()

    @property
    def has_panel(self) -> bool:
        """Whether a code or a link is shown."""
        return self.sign_in is not None or self.consent is not None or self.browser is not None

    @property
    def help_page(self) -> str:
        """A code and a link have a help of their own."""
        if self.browser:
            return "browser"
        return "device-code" if self.sign_in else "consent-link" if self.consent else self.page

    @property
    def waits_for(self) -> str:
        """What is waited for now, as a sentence; "" where nothing is."""
        return self.query_one(WaitLine).words

    @property
    def vault_first(self) -> bool:
        """Whether another vault was chosen for a token in memory: it is tried, then stored into, in one go."""
        lock = self._journey.lock(self.step.id)
        is_kept = self._journey.onboarding.memory.sign_in.tokens is not None
        return self.step.stores and is_kept and lock is not None and self._journey.profile.step_of(lock.check).signs_in

    @property
    def check_label(self) -> str:
        """The words of the button that starts the checks."""
        has_begun = any(check.id in self._journey.findings for check in self.step.checks)
        if has_begun and (not self.step.signs_in or self._journey.onboarding.memory.sign_in.tokens is not None):
            return "Check again"
        return self.step.run_label

    def refresh_state(self) -> None:
        """Draw the journey's state, and the lock where the step is locked."""
        self.query_one(CheckList).show(self._journey)
        self.query_one(Verdict).show(self._journey, self.step, self._asked_at)
        lock = self._journey.lock(self.step.id)
        is_locked = lock is not None and not self.vault_first
        self.set_class(is_locked, "-locked")
        self.set_class(self.query_one(Verdict).says_something, "-checked")
        if lock is not None and is_locked:
            found = f" It says: {lock.finding.message}" if lock.finding else " It has not been checked yet."
            number = self._journey.profile.number_of(lock.check)
            self.say(f"This step is locked by a check of step {number}: “{lock.question}”.{found}")

    def commit(self) -> bool:
        """Give the fields to the journey; False where one is not fit."""
        return self.query_one(Form).commit()

    def focus_first_gap(self) -> None:
        """Put the cursor into the first field that needs a value."""
        self.query_one(Form).focus_first()

    def show_mistake(self, mistake: BadInput) -> None:
        """Show what is wrong with a field."""
        if not self.query_one(Form).show_mistake(mistake):
            self.say(f"✗ {mistake.field}: {mistake.expected}")

    def begin_run(self) -> None:
        """The checks start: make room for them."""
        self.checks_run = True
        self.add_class("-running")
        self.say("")
        self.query_one(WaitLine).begin()
        checks = self.query_one(CheckList)
        checks.reset()
        checks.focus(scroll_visible=False)

    async def follow(self, event: Event) -> None:
        """Draw what a running check tells."""
        checks = self.query_one(CheckList)
        match event:
            case CheckStarted(check):
                checks.started(check, self._now())
            case CheckEnded(finding):
                checks.ended(self._journey, finding)
                await self._close_if_over(finding.check)
            case CheckSkipped(check, why):
                checks.skipped(check, why, is_needed=check not in self._journey.skipped)
            case ConsentLink():
                listens = self._journey.onboarding.memory.consent_listener is not None
                takes = (each.settled_by for each in self.step.checks if each.takes is Purpose.CONSENT)
                number = self._journey.profile.number_of(next(takes, self.step.id))
                await self._open(ConsentPanel(event, is_caught=listens, proven_in=number, now=self._now))
            case DeviceCodePrompt():
                await self._open(SignInPanel(event, self._about(event), self._now))
            case BrowserPrompt():
                await self._show_link(event)
            case SubmissionRejected(purpose, why):
                if self.browser and self.browser.sign_in.purpose == purpose:
                    self.browser.answer.reject(why)
            case PromptClosed(why):
                await self._spent(why)
            case Waiting():
                self._wait(event)
            case WaitEnded():
                self.query_one(WaitLine).clear()

    async def end_run(self) -> None:
        """The checks came to an end: the fields come back."""
        self.checks_run = False
        self._asked_at = self._now()
        await self._close_panel()
        self.query_one(WaitLine).end()
        self.remove_class("-running")
        self.refresh_state()
        self.bring_into_view(from_top=True)

    def show_verdict(self) -> None:
        """Scroll so that the verdict can be read from its first line."""
        self.bring_into_view(self.query_one(Verdict), from_top=True)

    def focus_field_at_fault(self) -> bool:
        """Put the cursor into the field that may mend what failed; False where the mending is done elsewhere."""
        blocking = self._journey.blocking(self.step.id)
        if blocking is None:
            return False
        return self.query_one(Form).focus_on(self._journey.profile.checks[blocking.check].fields_at_fault(blocking))

    def say(self, notice: str) -> None:
        """Say something where it is seen: while an address is waited for, below its field."""
        if self.browser:
            self.browser.answer.note(notice)
        else:
            super().say(notice)

    async def _show_link(self, sign_in: BrowserPrompt) -> None:
        if self.browser and self.browser.sign_in.purpose == sign_in.purpose:
            self.browser.renew(sign_in)
            return
        place = heading_of(self._journey.profile, self.step).partition(" · ")[0]
        panel = BrowserPanel(sign_in, place, self.machine, self._now)
        await self._open(panel)
        await self.mount(panel.answer)

    async def _open(self, panel: SignInPanel | ConsentPanel | BrowserPanel) -> None:
        await self._close_panel()
        self.sign_in = panel if isinstance(panel, SignInPanel) else None
        self.consent = panel if isinstance(panel, ConsentPanel) else None
        self.browser = panel if isinstance(panel, BrowserPanel) else None
        self.set_class(self.browser is not None, "-with-link")
        self.add_class("-with-panel")
        await self.query_one("#panel").mount(panel)
        self.bring_into_view(from_top=True)

    async def _close_panel(self) -> None:
        if self.browser:
            await self.browser.answer.remove()
        self.sign_in = self.consent = self.browser = None
        self.remove_class("-with-panel", "-with-link")
        await self.query_one("#panel").remove_children()

    async def _close_if_over(self, check: str) -> None:
        takes = self._journey.profile.checks[check].takes
        is_answered = self.consent is not None and takes is Purpose.CONSENT
        shown = self.sign_in or self.browser
        is_for_vault = shown is not None and shown.sign_in.purpose != "integration_user"
        if is_answered or is_for_vault:
            await self._close_panel()

    async def _spent(self, why: str) -> None:
        if self.sign_in:
            self.sign_in.blank("this code is spent")
        what = "link" if self.browser else "code"
        await self._close_panel()
        self.say(f"The {what} is gone from the screen: {why}.")

    def _wait(self, waiting: Waiting) -> None:
        # While a code or the consent box is shown, its own words say what is waited for; trouble is still told.
        if self.consent and waiting.again_at is None:
            self.consent.wait(waiting)
            return
        if self.sign_in and waiting.again_at is None:
            return
        if self.browser and waiting.again_at is None:
            return
        self.query_one(WaitLine).show(waiting)
        if self.browser:
            self.bring_into_view(self.query_one(WaitLine))

    def _about(self, sign_in: DeviceCodePrompt) -> tuple[str, ...]:
        answers, facts = self._journey.onboarding.answers, self._journey.onboarding.facts
        if sign_in.purpose == "vault":  # azure-identity signs in as the Azure CLI does
            return f"Vault {answers.vault_url.removeprefix('https://')}", "The page calls the app Microsoft Azure CLI"
        if sign_in.purpose == "graph":
            return f"Tenant {answers.tenant}", "The page calls the app Microsoft Graph Command Line Tools"
        return f"App {facts.app_name or answers.client_id}", f"Tenant {answers.tenant}"
