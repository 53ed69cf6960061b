"""Done: what was proven, and what comes next; or what is still open. Then where the token is, and what ends it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.actions import Offer, Offers
from screens.drawing import COPIED, bold, plain
from screens.last_line import command_line
from screens.messages import DONE, NavigateToStep, OffersChanged
from screens.notices import GoTo
from screens.pages.page import Page, PageContext
from screens.step_words import STATE_SIGNS, STATE_STYLES, STATE_WORDS
from screens.widgets.card import Card
from screens.widgets.failure_block import numbered_actions
from screens.widgets.hanging import Hanging, bullets, named
from wizard.core.findings import Outcome
from wizard.core.timestamps import day, day_and_time
from wizard.core.wording import FAILS_SIGN, HOLDS_SIGN, LATER_SIGN, upper_first
from wizard.onboarding.gate import State
from wizard.onboarding.outcome import next_end_of, outcome_of
from wizard.onboarding.step import Step
from wizard.onboarding.token_place import TAKEN_OVER
from wizard.onboarding.view import JourneyView
from wizard.reporting.journey_report import access_in_words, expiry_reasons, how_obtained
from wizard.tokens.ends import Cause, End
from wizard.tokens.renewal_rule import TYPED_SECRET, reaches_credential

TITLES: Final = {
    "proven": HOLDS_SIGN + " {tenant} is onboarded",
    "provisional": LATER_SIGN + " {tenant} is not proven yet",
    "failed": FAILS_SIGN + " {tenant} is not proven: a check fails",
    "unreachable": "? {tenant} is not proven: a service could not be reached",
}
LOOKS: Final = {"proven": "-good", "provisional": "-fine", "failed": "-bad", "unreachable": "-warn"}
PROOF: Final = "A test renewal with the stored token worked."
PROOF_WITHOUT_USER: Final = "Partner Center accepted the app without a user."
AS_CLIENT: Final = {
    "public": "as a public client (without a credential)",
    "secret": "with the app's client secret",
    "certificate": "with the app's certificate",
    "federated": "with a fresh token of the identity that the app trusts, as client_assertion",
}
"""How a renewal proves itself, by the kind of client that the token was issued to."""
REPLACED: Final = "! This name held another secret before: its value is kept as an older version of the secret."


class DonePage(Page):
    """The last page; there is a journey wherever it is shown."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(DONE)
        if context.view is None:
            raise LookupError("no journey is open")
        self._view: JourneyView = context.view
        self._check_command = command_line("check", *context.kept.place)
        self._is_rehearsal = context.scene is not None
        self._report_is_saved = False
        self._has_scenes = context.has_scenes

    def compose(self) -> ComposeResult:
        """The card, what comes next, and what is good to know."""
        outcome = outcome_of(self._view)
        tenant = self._view.answers.tenant or "the tenant"
        parts = self._proof() if self._view.is_proven else self._open_steps()
        title = TITLES[outcome].format(tenant=tenant) + (" · rehearsal" if self._is_rehearsal else "")
        yield Card(title, *parts, look=LOOKS[outcome])
        yield Static(markup=False, id="notice")
        if self._view.is_proven:
            yield Static("Next", markup=False, id="next-title")
            yield Vertical(*numbered_actions(self._next), id="next")
        if self._view.facts.secret_version:
            yield from self._token()
        elif self._view.facts.access_proven_at:
            yield from self._access()
        if self._view.is_proven:
            yield Static("What was proven", markup=False, classes="page-title")
            yield bullets(self._held(step) for step in self._view.profile.steps)

    def offers(self) -> Offers:
        """Return what can be done from here; if all is proven, Enter is meant for the first that is not done yet."""
        offered = {"save-report": Offer("Save report"), "back": Offer("Back"), "quit": Offer("Quit")}
        if self._has_scenes:
            offered["scenes"] = Offer("Scenes")
        if not self._view.is_proven:
            words = f"Go to {self._view.profile.short_name(self._view.open_step.id)}"
            return Offers({**offered, "goto": Offer(words, self._go_to_open_step)}, "goto")
        offered["another"] = Offer("Another tenant")
        if not self._is_rehearsal:
            offered["copy-command"] = Offer("Copy command", self._copy_command)
        if not self._report_is_saved:
            return Offers(offered, "save-report")
        return Offers(offered, next(name for name in ("copy-command", "scenes", "quit") if name in offered))

    async def report_saved(self) -> None:
        """Go on to what comes after the report."""
        self._report_is_saved = True
        for rest in self.query("#next"):
            await rest.remove_children()
            await rest.mount(*numbered_actions(self._next))
        self.post_message(OffersChanged(focus=True))

    # --- what it does ---------------------------------------------------------------------------------------------

    def _go_to_open_step(self) -> None:
        self.post_message(NavigateToStep(GoTo(self._view.open_step.id)))

    def _copy_command(self) -> None:
        self.app.copy_to_clipboard(self._check_command)
        self.say(COPIED)

    @property
    def _next(self) -> tuple[str, ...]:
        """What comes next, in its order."""
        what = "password or policy" if self._has_token else "credential or policy"
        renewal = "Let a job renew it once a day: partner-wizard renew. What is not due is left alone."
        if not reaches_credential(self._view.answers, self._view.facts):
            renewal = TYPED_SECRET
        if self._view.facts.flow == TAKEN_OVER:
            renewal = (
                "Let the tool that stored the token go on renewing it, and nothing beside it: the wizard does not."
            )
        return (
            "Give the report to whoever runs your programs."
            if self._report_is_saved
            else "Save the report for whoever runs your programs.",
            renewal if self._has_token else "Give the app a new credential before the present one expires.",
            f"Check it daily: a new {what} can end it, and nobody is told. `{self._check_command}`",
        )

    # --- what it shows --------------------------------------------------------------------------------------------

    def _proof(self) -> Iterable[Widget]:
        """Return how much holds, by what that was proven, and until when."""
        held = sum(self._view.outcome(check) is Outcome.HOLDS for check in self._view.findings)
        yield Static(plain(f"{held} checks passed."), markup=False)
        yield Static(plain(PROOF if self._has_token else PROOF_WITHOUT_USER), markup=False)
        if ends := next_end_of(self._view):
            yield Static(bold(self._until(ends)), markup=False)

    @property
    def _has_token(self) -> bool:
        """Whether a token is kept; an app without a user has none."""
        return self._view.profile.spec.has("user")

    def _until(self, ends: End) -> str:
        """Return until when the token can be used, in a sentence."""
        if ends.cause is Cause.IDLE:
            return f"Renew it before {day(ends.at)}: unused for 90 days, it expires."
        if ends.cause is Cause.CREDENTIAL:
            return f"It ends on {day(ends.at)}, with the app's credential: renew that before."
        return f"It may end on {day(ends.at)}, however often it is renewed: {ends.why}."

    def _open_steps(self) -> Iterable[Widget]:
        """Return each step that is not proven; those that are locked as one."""
        steps = [step for step in self._view.profile.steps if not self._is_proven(step)]
        shown = [step for step in steps if self._view.state(step.id) is not State.LOCKED]
        yield Hanging([self._open_line(step) for step in shown])
        if locked := len(steps) - len(shown):
            more = f"{locked} step{'s' if locked > 1 else ''} after that"
            yield Static(plain(f"○ {more}").stylize("$quiet"), markup=False)
        if self._has_token and not self._view.facts.secret_version:
            yield Static(plain("No token is stored.").stylize("$quiet"), markup=False, classes="card-gap")

    def _open_line(self, step: Step) -> tuple[Content, Content]:
        """Return the sign of a step that is not proven, and what is open in it."""
        view = self._view
        state = view.state(step.id)
        blocking = view.blocking(step.id)
        what = (blocking.title or view.profile.checks[blocking.check].title) if blocking else STATE_WORDS[state]
        named = f"{upper_first(view.profile.full_name(step.id))}: "
        return plain(STATE_SIGNS[state]).stylize(STATE_STYLES[state]), plain(named) + bold(what)

    def _is_proven(self, step: Step) -> bool:
        return self._view.state(step.id) in (State.PROVEN, State.NOT_NEEDED)

    def _token(self) -> Iterable[Widget]:
        """Return where the token is and as whom it acts, what ends it, and how it is used; muted."""
        facts = self._view.facts
        vault = facts.vault_url.removeprefix("https://").rstrip("/")
        yield named(
            (
                ("Token", f"{vault} / {facts.secret_name}"),
                ("Acts as", f"{facts.user_name} for {facts.partner_name or 'the partner'}"),
                ("Stored", f"{day_and_time(facts.stored_at)}, version {facts.secret_version}"),
                ("From", how_obtained(self._view)),
            ),
            id="token",
            classes="gap quiet",
        )
        if self._has_replaced:
            yield Static(plain(REPLACED), markup=False, classes="warn")
        yield Static("What ends it", markup=False, classes="page-title")
        yield bullets(expiry_reasons(self._view))
        yield Static("For whoever runs your programs (it is in the report)", markup=False, classes="page-title")
        yield Static(plain(self._for_programs()), markup=False)

    def _access(self) -> Iterable[Widget]:
        """Return what ends the access of an app without a user, and how it is used; muted."""
        yield Static("What ends it", markup=False, classes="page-title")
        yield bullets(expiry_reasons(self._view))
        yield Static("For whoever runs your programs (it is in the report)", markup=False, classes="page-title")
        yield Static(plain(access_in_words(self._view)), markup=False)

    def _for_programs(self) -> str:
        facts, api = self._view.facts, self._view.profile.spec.api
        return (
            "Read the newest version of the secret. Send it as refresh token to the token endpoint of tenant "
            f"{facts.tenant_id}, for client {self._view.answers.client_id}, {AS_CLIENT.get(facts.client_type, '')}. "
            f"The answer is an access token for {api.title} and a new refresh token: write that one back as "
            "the next version."
        )

    @property
    def _has_replaced(self) -> bool:
        return any(found.evidence.get("replace") is True for found in self._view.findings.values())

    def _held(self, step: Step) -> str:
        asked = sum(check.id in self._view.findings for check in step.checks)
        checks = f", {asked} check{'s' if asked > 1 else ''} asked" if asked else ""
        return f"{step.title}: {STATE_WORDS[self._view.state(step.id)]}{checks}"
