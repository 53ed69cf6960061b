"""The sign-in in a browser: a link, and its answer caught on this machine or pasted (protocol 11.3).

Whether the app's credential goes along is decided by the platform that the redirect URI is registered under: Web wants
it, mobile and desktop refuses it. Where that cannot be known beforehand, it is met at the redemption.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.core.errors import ServiceRefusal
from wizard.core.events import PromptClosed
from wizard.core.findings import Finding, Who
from wizard.core.inbox import Purpose
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.sign_in.method import lasting
from wizard.onboarding.step import IN_A_BROWSER, Onboarding, fails, refused

if TYPE_CHECKING:
    from wizard.microsoft.browser_sign_in import BrowserSignIn
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.token_response import TokenResponse

WEB, DESKTOP, SINGLE_PAGE = "web", "desktop", "single-page"
"""Platforms of a redirect URI, as the fact `redirect_platform` names them."""
PLATFORMS = {
    WEB: "is registered under Web: the app's credential goes along, and the token is a confidential client's",
    DESKTOP: "is registered under Mobile and desktop applications: no credential goes along, and the token is a public "
    "client's",
    SINGLE_PAGE: "is registered under Single-page application, from where only a web page can redeem a code",
    "": "is registered under a platform that cannot be read from here: if it turns out to be the other one, one more "
    "sign-in may be needed",
}


class ByBrowser:
    """A `SignInMethod`: a link that the person opens in a browser, on this machine or another."""

    fact = "auth_code"
    words = "in a browser"

    def begin(self, onboarding: Onboarding) -> PendingBrowser:
        """Hold the port and show the link; the credential is read first, since a code's minute runs later."""
        from wizard.microsoft.browser_sign_in import BrowserSignIn, SignInRequest

        answers, facts, services = onboarding.answers, onboarding.facts, onboarding.services
        alternative = client_credential(onboarding)
        ask = SignInRequest(
            Purpose.INTEGRATION_USER,
            facts.tenant_id,
            answers.client_id,
            services.cloud.partner_center_scope,
            answers.sign_in_redirect_uri,
            answers.integration_user,
            facts.app_name or answers.client_id,
            life=float(answers.sign_in_wait),
            port=onboarding.port,
        )
        memory = onboarding.memory
        dialog = BrowserSignIn(
            services.authorization_codes, services.cloud.login, memory.inbox, onboarding, ask, memory.links_shown
        )
        dialog.open(alternative)
        return PendingBrowser(dialog, _first_credential(onboarding, alternative), alternative, facts.redirect_platform)


def _first_credential(onboarding: Onboarding, alternative: Credential | None) -> Credential | None:
    """What to redeem the code with first."""
    platform = onboarding.facts.redirect_platform
    if platform:
        return alternative if platform == WEB else None
    return None if onboarding.facts.public_client else alternative


@dataclass(frozen=True, slots=True)
class PendingBrowser:
    """A `Pending`: the dialogue, the credential to begin with, the one at hand, and the redirect URI's platform."""

    dialog: BrowserSignIn
    credential: Credential | None
    alternative: Credential | None
    platform: str

    @property
    def said(self) -> str:
        """That there is a link, and which kind of client its token will be for."""
        return f"A link to sign in at is ready. Its redirect URI {PLATFORMS[self.platform]}."

    @property
    def evidence(self) -> dict[str, str]:
        """The platform, where it is known."""
        return {"platform": self.platform} if self.platform else {}

    @property
    def again(self) -> str:
        """What to do where nobody knows whether somebody signed in."""
        return "Then sign in at a new link, even if the sign-in page said that all is done: no token was received."

    def complete(self, onboarding: Onboarding) -> tuple[TokenResponse, Credential | None]:
        """Wait until the address comes back, and redeem its code at once."""
        why = "it is of no use any more"
        try:
            completed = self.dialog.wait_for_tokens(self.credential, self.alternative)
            why = "it is used"
            return completed
        finally:
            onboarding.emit(PromptClosed(why))

    def refused(self, refusal: ServiceRefusal) -> Finding:
        """The service's refusal, or that nobody came."""
        from wizard.microsoft.browser_sign_in import NO_ANSWER

        if refusal.error == NO_ANSWER:
            life = lasting(self.dialog.life)
            return fails(
                f"Nobody signed in in the browser within {life}.",
                "Have the integration user at hand, check again, and open the link that is shown then. If the browser "
                "ended on a page that cannot be reached, copy its whole address and paste it.",
                Who.INTEGRATION_USER,
                Who.OPERATOR,
            )
        back_to = "consent.granted" if refusal.code == "AADSTS65001" else ""
        return refused(refusal, back_to=back_to, context=IN_A_BROWSER)

    def close(self) -> None:
        """Let go of the port."""
        self.dialog.close()
