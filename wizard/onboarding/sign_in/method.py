"""What a method of signing in is: it begins with something to show to a person, and completes with tokens."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from wizard.core.acts import as_actions
from wizard.core.errors import ServiceRefusal, Unanswered
from wizard.core.findings import Finding
from wizard.core.wording import counted
from wizard.onboarding.finding_builders import not_reached
from wizard.onboarding.onboarding_context import Onboarding

if TYPE_CHECKING:
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.token_response import TokenResponse


OTHER_FLOW: Final = "other_flow"
"""The evidence of a refusal that another flow may not meet: that flow's name."""


class SignInMethod(Protocol):
    """A method by which the integration user signs in. All later checks are the same for each."""

    @property
    def flow_fact(self) -> str:
        """The name of its flow in facts and in the tags of what is stored."""

    @property
    def words(self) -> str:
        """How it is offered, in a few words."""

    def begin(self, onboarding: Onboarding) -> PendingSignIn:
        """Get what the person needs, and emit it (`DeviceCodePrompt`, `BrowserPrompt`).

        Raises:
            BadInput: the credential, or the port, does not fit.
            ServiceRefusal: nobody can sign in like this; the check fails.
            Unreachable: the service gave no answer.
        """


class PendingSignIn(Protocol):
    """A sign-in that waits for its person."""

    @property
    def credential(self) -> Credential | None:
        """The app's credential that it is made with, as far as that is known; None: as a public client."""

    @property
    def message(self) -> str:
        """A sentence for the finding: that it has begun."""

    @property
    def evidence(self) -> dict[str, str]:
        """The evidence of that finding."""

    @property
    def retry_action(self) -> str:
        """A sentence on what to do where nobody knows whether somebody signed in."""

    def completed(self, client_type: str) -> Finding:
        """Return the finding once `complete` has given tokens to a client of this type."""

    def complete(self, onboarding: Onboarding) -> tuple[TokenResponse, Credential | None]:
        """Wait for the person, and return the tokens and the credential they were obtained with.

        Raises:
            ServiceRefusal: the service refuses, or says that nobody came.
            Unanswered: no answer could be read until the end.
            Cancelled: the cancel signal was set.
        """

    def refused(self, refusal: ServiceRefusal) -> Finding:
        """Return the finding on a refusal that `complete` raised."""

    def close(self) -> None:
        """Release what it holds on this machine; may be called twice, and without `complete`."""


def unanswered(error: Unanswered, account: str, retry_action: str) -> Finding:
    """Return the finding that nobody knows whether somebody signed in.

    Args:
        error: what came in the place of an answer.
        account: who should have signed in.
        retry_action: a sentence on how to try again.
    """
    if error.silent_for is None:
        message = (
            f"{error.host} gave no readable answer until the code had expired: {error.detail}. "
            f"Whether {account} signed in cannot be told."
        )
    else:
        message = (
            f"{error.host} gave no readable answer in the last {duration(error.silent_for)} of the code's time: "
            f"{error.detail}. Before that {account} had not signed in; whether it happened since cannot be told."
        )
    finding = not_reached(error)
    return replace(finding, message=message, actions=as_actions(finding.actions, retry_action))


def duration(seconds: float) -> str:
    """Return a length of time in words: "90 seconds", "15 minutes"."""
    if seconds < 120:
        return counted(max(1, round(seconds)), "second")
    return f"{round(seconds / 60)} minutes"
