"""The sign-in in a browser: a link, and its answer received on this machine or pasted (protocol 11.3).

Whether the app's credential is sent with the code depends on the platform that the redirect URI is registered under:
Web requires it, mobile and desktop refuse it. If that cannot be known beforehand, the redemption shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wizard.core.errors import ServiceRefusal
from wizard.core.events import PromptClosed
from wizard.core.findings import Finding, Who
from wizard.core.inbox import Purpose
from wizard.core.wording import sign_in_of
from wizard.onboarding.finding_builders import fails, holds, refused
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.refusal_context import RefusalContext
from wizard.onboarding.sign_in.method import duration

if TYPE_CHECKING:
    from wizard.microsoft.browser_sign_in import BrowserSignIn
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.token_response import TokenResponse

WEB, DESKTOP, SINGLE_PAGE = "web", "desktop", "single-page"
"""Platforms of a redirect URI, as the fact `redirect_platform` names them."""
PLATFORMS: Final = {
    WEB: "is registered under Web: the app's credential is sent, and the token is a confidential client's",
    DESKTOP: "is registered under Mobile and desktop applications: no credential is sent, and the token is a public "
    "client's",
    SINGLE_PAGE: "is registered under Single-page application, from where only a web page can redeem a code",
    "": "is registered under a platform that cannot be read from here: if it turns out to be the other one, one more "
    "sign-in may be needed",
}


class BrowserMethod:
    """A `SignInMethod`: a link that the person opens in a browser, on this machine or another."""

    flow_fact = "auth_code"
    words = "in a browser"

    def begin(self, onboarding: Onboarding) -> PendingBrowser:
        """Listen on the port and show the link; the credential is read first, since a code is valid for a minute."""
        from wizard.microsoft.browser_sign_in import BrowserSignIn, SignInRequest

        answers, facts, services = onboarding.answers, onboarding.facts, onboarding.services
        app_credential = client_credential(onboarding)
        ask = SignInRequest(
            Purpose.INTEGRATION_USER,
            facts.tenant_id,
            answers.client_id,
            onboarding.api_scope,
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
        dialog.open(app_credential)
        credential = _first_credential(onboarding, app_credential)
        return PendingBrowser(dialog, credential, app_credential, facts.redirect_platform)


def _first_credential(onboarding: Onboarding, app_credential: Credential | None) -> Credential | None:
    """Return the credential to redeem the code with first, None for none."""
    platform = onboarding.facts.redirect_platform
    if platform:
        return app_credential if platform == WEB else None
    return None if onboarding.facts.public_client else app_credential


@dataclass(frozen=True, slots=True)
class PendingBrowser:
    """A `PendingSignIn` that has shown a link.

    Args:
        dialog: shows links, and receives the answer.
        credential: to redeem the code with first, None for none.
        app_credential: the app's, None where it has none.
        platform: that the redirect URI is registered under, "" where that is not known.
    """

    dialog: BrowserSignIn
    credential: Credential | None
    app_credential: Credential | None
    platform: str

    @property
    def message(self) -> str:
        """That there is a link, and which kind of client its token will be for."""
        return f"A link to sign in at is ready. Its redirect URI {PLATFORMS[self.platform]}."

    @property
    def evidence(self) -> dict[str, str]:
        """The platform, where it is known."""
        return {"platform": self.platform} if self.platform else {}

    @property
    def retry_action(self) -> str:
        """That a new link is needed."""
        return "Then sign in at a new link, even if the sign-in page said that all is done: no token was received."

    def completed(self, _client_type: str) -> Finding:
        """Return that somebody has signed in."""
        return holds("Somebody has signed in.")

    def complete(self, onboarding: Onboarding) -> tuple[TokenResponse, Credential | None]:
        """Wait until the address comes back, and redeem its code at once."""
        ended = PromptClosed("it can no longer be used")
        try:
            completed = self.dialog.wait_for_tokens(self.credential, self.app_credential)
            arrived = sign_in_of(Purpose.INTEGRATION_USER, onboarding.answers.integration_user)
            ended = PromptClosed("it is used", arrived)
            return completed
        finally:
            onboarding.emit(ended)

    def refused(self, refusal: ServiceRefusal) -> Finding:
        """Return the service's refusal, or that nobody came."""
        from wizard.microsoft.browser_sign_in import NO_ANSWER

        if refusal.error == NO_ANSWER:
            return fails(
                f"Nobody signed in in the browser within {duration(self.dialog.life)}.",
                (
                    "Have the integration user at hand, check again, and open the link that is shown then.",
                    "If the browser ended on a page that cannot be reached, copy its whole address and paste it.",
                ),
                Who.INTEGRATION_USER,
                Who.OPERATOR,
            )
        back_to = "consent.granted" if refusal.code == "AADSTS65001" else ""
        return refused(refusal, back_to=back_to, context=RefusalContext.BROWSER_SIGN_IN)

    def close(self) -> None:
        """Release the port."""
        self.dialog.close()
