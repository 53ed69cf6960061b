"""Whose sign-in opens the vault, or reads Graph: the choices, and the prompt for an identity that is a person."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from wizard.core.events import DeviceCodePrompt, PromptClosed
from wizard.core.inbox import Purpose
from wizard.core.text import clean_line
from wizard.core.wording import sign_in_of
from wizard.onboarding.onboarding_context import Onboarding

if TYPE_CHECKING:
    from wizard.microsoft.services import SignInPrompts
    from wizard.microsoft.token_response import TokenResponse

IDENTITY_CHOICES: Final = (
    ("default", "automatic (environment, az login …)"),
    ("environment", "environment (AZURE_CLIENT_ID …)"),
    ("cli", "az login"),
    ("managed", "managed identity"),
    ("workload", "workload identity"),
    ("browser", "sign in in a browser"),
    ("device-code", "sign in with a code"),
)
"""Values of an answer, and their words; those for which a person signs in come last."""
INTERACTIVE_IDENTITIES: Final = frozenset({"browser", "device-code"})
"""Those for which a person signs in."""
APP_NAMES: Final = {Purpose.VAULT: "Microsoft Azure CLI", Purpose.GRAPH: "Microsoft Graph Command Line Tools"}
"""How the sign-in page names the app: Microsoft's own, known in every tenant."""
REDIRECT_URI: Final = "http://localhost"
"""Of both apps, with any port."""


def interactive_sign_in(onboarding: Onboarding, purpose: Purpose) -> SignInPrompts:
    """Return how a person signs in for the vault, or for Graph: a code, or a link, is emitted as an event."""
    from wizard.microsoft.services import SignInPrompts

    return SignInPrompts(
        partial(_show_code, onboarding, purpose), partial(_sign_in_in_browser, onboarding, purpose), onboarding.emit
    )


def close_prompt(onboarding: Onboarding, why: str) -> None:
    """Emit that a code which was shown is over; nothing where none was shown."""
    if onboarding.memory.code_is_shown:
        onboarding.memory.code_is_shown = False
        onboarding.emit(PromptClosed(why))


def _show_code(
    onboarding: Onboarding, purpose: Purpose, verification_uri: str, user_code: str, expires_at: datetime
) -> None:
    from wizard.microsoft.device_code import trusted_page

    shown, warning = trusted_page(verification_uri, onboarding.services.cloud.device_pages)
    onboarding.memory.code_is_shown = True
    onboarding.emit(DeviceCodePrompt(purpose.value, "", shown, clean_line(user_code, 20), expires_at, warning))


def _sign_in_in_browser(
    onboarding: Onboarding, purpose: Purpose, tenant_id: str, client_id: str, scope: str, claims: str
) -> TokenResponse:
    from wizard.microsoft.browser_sign_in import BrowserSignIn, SignInRequest

    services = onboarding.services
    ask = SignInRequest(
        purpose,
        tenant_id,
        client_id,
        scope,
        REDIRECT_URI,
        app=APP_NAMES[purpose],
        claims=claims,
        life=float(onboarding.answers.sign_in_wait),
        port=onboarding.port,
    )
    memory = onboarding.memory
    dialog = BrowserSignIn(
        services.authorization_codes, services.cloud.login, memory.inbox, onboarding, ask, memory.links_shown
    )
    ended = PromptClosed("it can no longer be used")
    try:
        dialog.open()
        answer, _ = dialog.wait_for_tokens(None, None)
        ended = PromptClosed("it is used", sign_in_of(purpose, ""))
        return answer
    finally:
        onboarding.emit(ended)
