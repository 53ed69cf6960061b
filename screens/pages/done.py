"""Done: what was proven, where the token is, when and why it expires, and the report."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from screens.actions import Offer, Offers
from screens.drawing import bold, plain
from screens.messages import DONE
from screens.pages.page import Page, PageContext
from screens.step_words import STATE_WORDS
from wizard.core.wording import day_and_time
from wizard.onboarding.view import JourneyView
from wizard.reporting.journey_report import expiry_reasons, how_obtained, outcome_of

OUTCOMES = {
    "proven": "✓ Proven: {tenant} is onboarded, and the token in the vault was used as a renewal will use it.",
    "provisional": "? Not proven yet: something of {tenant} is still open or could not be told.",
    "failed": "✗ Not proven: a check of {tenant} fails.",
    "unreachable": "? Not proven: a service of {tenant} could not be reached.",
}

AS_CLIENT = {
    "public": "as a public client (without a credential)",
    "secret": "with the app's client secret",
    "certificate": "with the app's certificate",
}
"""How a renewal proves itself, by the kind of client that the token was issued to."""
REPLACED = "! This name held another secret before: its value is kept as an older version of the secret."


class DonePage(Page):
    """The last page; there is a journey wherever it is shown."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(DONE)
        if context.view is None:
            raise LookupError("no journey is open")
        self._view: JourneyView = context.view
        self._has_scenes = context.has_scenes

    def compose(self) -> ComposeResult:
        """Outcome, token, what ends it, steps."""
        tenant = self._view.answers.tenant or "the tenant"
        outcome = outcome_of(self._view)
        yield Static(bold(OUTCOMES[outcome].format(tenant=tenant)), markup=False, id="outcome", classes=f"-{outcome}")
        yield Static(markup=False, id="notice")
        yield Static(self._token(), markup=False, id="token")
        yield Static(self._steps(), markup=False, id="proven-steps")

    def offers(self) -> Offers:
        """Return saving the report, which Enter is meant for where all is proven, and where to go from here."""
        labels = {"save-report": "Save report", "another": "Onboard another tenant", "back": "Back", "quit": "Quit"}
        if self._has_scenes:
            labels["scenes"] = "Another scene"
        primary = "save-report" if self._view.is_proven else "back"
        return Offers({name: Offer(words) for name, words in labels.items()}, primary)

    def _token(self) -> Content:
        facts, answers = self._view.facts, self._view.answers
        if not facts.secret_version:
            return plain("No token is stored.")
        lines = [
            bold("The token"),
            plain(f"Vault    {facts.vault_url}"),
            plain(f"Secret   {facts.secret_name}"),
            plain(f"Version  {facts.secret_version}"),
            plain(f"Stored   {day_and_time(facts.stored_at)}"),
            plain(f"Acts as  {facts.user_name} for {facts.partner_name or 'the partner'}"),
            *([plain(f"Got by   {how}")] if (how := how_obtained(self._view)) else []),
            *([plain(REPLACED)] if self._has_replaced else []),
            plain(""),
            bold("It expires"),
            *(plain(f"· {line}") for line in expiry_reasons(self._view)),
            plain(""),
            bold("For whoever runs your programs (F8 saves this for them)"),
            plain(
                "Read the newest version of the secret. Send it as refresh token to the token endpoint of tenant "
                f"{facts.tenant_id}, for client {answers.client_id}, {AS_CLIENT.get(facts.client_type, '')}. "
                "The answer is an access token for Partner Center and a new refresh token: write that one back as "
                "the next version."
            ),
        ]
        return Content("\n").join(lines)

    @property
    def _has_replaced(self) -> bool:
        return any(found.evidence.get("replace") is True for found in self._view.findings.values())

    def _steps(self) -> Content:
        lines, profile = [bold("What was proven")], self._view.profile
        for step in profile.steps:
            state = STATE_WORDS[self._view.state(step.id)]
            held = sum(check.id in self._view.findings for check in step.checks)
            lines.append(plain(f"{profile.number_of(step.id)} {step.title}: {state}, {held} checks asked"))
        return Content("\n").join(lines)
