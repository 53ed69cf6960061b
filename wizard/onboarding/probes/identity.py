"""Whose sign-in opens the vault, or reads Graph: the choice of it, and what somebody is shown to sign in with."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from wizard.core.events import DeviceCodePrompt, PromptClosed
from wizard.core.inbox import Purpose
from wizard.core.text import clean_line
from wizard.onboarding.step import Onboarding

if TYPE_CHECKING:
    from wizard.microsoft.services import SignInPrompts
    from wizard.microsoft.token_response import TokenResponse

IDENTITIES: Final = (
    ("default", "by itself: environment, az login …"),
    ("environment", "AZURE_CLIENT_ID … (environment)"),
    ("cli", "az login"),
    ("managed", "managed identity"),
    ("workload", "workload identity"),
    ("browser", "sign in in a browser"),
    ("device-code", "sign in with a code"),
)
"""What can be chosen, and its words; a person's are the last."""
WANT_A_PERSON: Final = frozenset({"browser", "device-code"})
"""Those that nobody can use where no person is."""
CALLED: Final = {Purpose.VAULT: "Microsoft Azure CLI", Purpose.GRAPH: "Microsoft Graph Command Line Tools"}
"""How the page of a sign-in names the app: Microsoft's own, known in every tenant."""
REDIRECT_URI: Final = "http://localhost"
"""Of both, with any port."""


def sign_in_prompts(onboarding: Onboarding, purpose: Purpose) -> SignInPrompts:
    """How somebody signs in for the vault, or for Graph: a code, or a link, is told as an event."""
    from wizard.microsoft.services import SignInPrompts

    return SignInPrompts(
        partial(_show_code, onboarding, purpose), partial(_in_a_browser, onboarding, purpose), onboarding.emit
    )


def _show_code(
    onboarding: Onboarding, purpose: Purpose, verification_uri: str, user_code: str, expires_at: datetime
) -> None:
    from wizard.microsoft.device_code import trusted_page

    shown, warning = trusted_page(verification_uri, onboarding.services.cloud.device_pages)
    onboarding.memory.is_code_shown = True
    onboarding.emit(DeviceCodePrompt(purpose.value, "", shown, clean_line(user_code, 20), expires_at, warning))


def blank_code(onboarding: Onboarding, why: str) -> None:
    """Take a code that was shown from the page."""
    if onboarding.memory.is_code_shown:
        onboarding.memory.is_code_shown = False
        onboarding.emit(PromptClosed(why))


def _in_a_browser(
    onboarding: Onboarding, purpose: Purpose, tenant_id: str, client_id: str, scope: str, claims: str
) -> TokenResponse:
    """Somebody's tokens, by a sign-in in a browser."""
    from wizard.microsoft.browser_sign_in import BrowserSignIn, SignInRequest

    services = onboarding.services
    ask = SignInRequest(
        purpose,
        tenant_id,
        client_id,
        scope,
        REDIRECT_URI,
        app=CALLED[purpose],
        claims=claims,
        life=float(onboarding.answers.sign_in_wait),
        port=onboarding.port,
    )
    memory = onboarding.memory
    dialog = BrowserSignIn(
        services.authorization_codes, services.cloud.login, memory.inbox, onboarding, ask, memory.links_shown
    )
    why = "it is of no use any more"
    try:
        dialog.open()
        answer, _ = dialog.wait_for_tokens(None, None)
        why = "it is used"
        return answer
    finally:
        onboarding.emit(PromptClosed(why))
