"""Whose sign-in opens the vault, or reads Graph: the choice of it, and the code that one of them shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from wizard.events import SignIn, SignInOver
from wizard.steps.base import Onboarding
from wizard.text import clean_line

IDENTITIES: Final = (
    ("default", "by itself: environment, az login …"),
    ("environment", "AZURE_CLIENT_ID … (environment)"),
    ("cli", "az login"),
    ("managed", "managed identity"),
    ("workload", "workload identity"),
    ("device-code", "sign in with a code"),
)
"""What can be chosen, and its words; a person's are the last."""
WANT_A_PERSON: Final = frozenset({"browser", "device-code"})
"""Those that nobody can use where no person is."""


def prompt(onboarding: Onboarding, purpose: str) -> Callable[[str, str, datetime], None]:
    """What shows a code: it is told as an event, for "vault" or "graph"."""

    def show(verification_uri: str, user_code: str, expires_at: datetime) -> None:
        from wizard.microsoft.device_code import own_page

        shown, warning = own_page(verification_uri, onboarding.services.cloud.device_pages)
        onboarding.memory.code_shown = True
        onboarding.tell(SignIn(purpose, "", shown, clean_line(user_code, 20), expires_at, warning))

    return show


def blank_code(onboarding: Onboarding, why: str) -> None:
    """Take a code that was shown from the page."""
    if onboarding.memory.code_shown:
        onboarding.memory.code_shown = False
        onboarding.tell(SignInOver(why))
