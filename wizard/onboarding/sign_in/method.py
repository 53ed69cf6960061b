"""What a way to sign in is: it begins with something to show to a person, and completes with tokens."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from wizard.core.errors import ServiceRefusal, Unanswered
from wizard.core.findings import Finding
from wizard.onboarding.step import Onboarding, not_reached

if TYPE_CHECKING:
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.token_response import TokenResponse


OTHER_WAY: Final = "other_way"
"""The evidence of a refusal that another way to sign in may not meet: that way's name."""


class SignInMethod(Protocol):
    """A way in which the integration user signs in. Every check behind it is the same for each."""

    @property
    def fact(self) -> str:
        """Its name in facts and in the tags of what is stored."""

    @property
    def words(self) -> str:
        """How it is offered, in a few words."""

    def begin(self, onboarding: Onboarding) -> Pending:
        """Ask the service for what the person needs, and tell it (`events.DeviceCodePrompt`).

        Raises:
            ServiceRefusal: nobody can sign in so; the check fails by it.
            Unreachable: could not tell.
        """


class Pending(Protocol):
    """A sign-in that waits for its person."""

    @property
    def credential(self) -> Credential | None:
        """What it is made with, as far as it is known; None: as a public client."""

    @property
    def said(self) -> str:
        """That it has begun, for the finding."""

    @property
    def evidence(self) -> dict[str, str]:
        """What supports that."""

    @property
    def again(self) -> str:
        """What to do where nobody knows whether somebody signed in."""

    def complete(self, onboarding: Onboarding) -> tuple[TokenResponse, Credential | None]:
        """Wait for the person; gives the tokens, and the credential they were got with.

        Raises:
            ServiceRefusal: the service says no, or that nobody came.
            Unanswered: no answer that could be read.
            Cancelled: the cancel signal was set.
        """

    def refused(self, refusal: ServiceRefusal) -> Finding:
        """A refusal that `complete` raised, in words of this way."""

    def close(self) -> None:
        """Let go of what it holds of this machine; may be called twice, and without `complete`."""


def unanswered(trouble: Unanswered, account: str, again: str) -> Finding:
    """Nobody knows whether `account` signed in: the service gave no answer that could be read."""
    if trouble.silent_for is None:
        message = (
            f"{trouble.host} gave no readable answer until the code had expired: {trouble.detail}. "
            f"Whether {account} signed in cannot be told."
        )
    else:
        message = (
            f"{trouble.host} gave no readable answer in the last {lasting(trouble.silent_for)} of the code's time: "
            f"{trouble.detail}. Before that {account} had not signed in; whether it happened since cannot be told."
        )
    finding = not_reached(trouble)
    return replace(finding, message=message, remedy=f"{finding.remedy} {again}")


def lasting(seconds: float) -> str:
    """A length of time in words: "90 seconds", "15 minutes"."""
    if seconds < 120:
        number = max(1, round(seconds))
        return "1 second" if number == 1 else f"{number} seconds"
    return f"{round(seconds / 60)} minutes"
