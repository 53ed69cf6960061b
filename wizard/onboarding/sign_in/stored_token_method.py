"""A token that is stored already, in place of a sign-in: nobody is asked, and every check is that of a sign-in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from wizard.core.acts import as_actions
from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Finding, Who
from wizard.onboarding.finding_builders import fails, holds, refused
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.refusal_context import RefusalContext
from wizard.onboarding.sign_in.flow_choice import BROWSER
from wizard.onboarding.sign_in.method import OTHER_FLOW
from wizard.onboarding.sign_in.redemption import redeem_as_either_client
from wizard.onboarding.token_place import TAKEN_OVER

if TYPE_CHECKING:
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.token_response import TokenResponse
    from wizard.onboarding.memory import FoundToken

OF_ANOTHER_CLIENT: Final = frozenset({"AADSTS700007", "AADSTS7000110"})
OF_ANOTHER_TENANT: Final = frozenset({"AADSTS50020", "AADSTS90072"})
"""Codes by which Entra refuses a good refresh token that is somebody else's (protocol 8)."""
REDEEMED_BY: Final = {
    "public": "It is a public client's: whoever uses it sends no credential of the app with it",
    "secret": "It is a confidential client's: whoever uses it sends the app's credential with it",
}


class StoredTokenMethod:
    """A `SignInMethod` without a person."""

    flow_fact = TAKEN_OVER
    words = "with a token stored by CIPP or another tool"

    def begin(self, onboarding: Onboarding) -> PendingStoredToken:
        """Take the token that an earlier check found, and the app's credential.

        Raises:
            LookupError: no check has looked for one.
        """
        found, facts = onboarding.memory.probes.found_token, onboarding.facts
        if found is None:
            raise LookupError("no stored token was looked for")
        app_credential = client_credential(onboarding)
        is_public = facts.public_client if found.flow == TAKEN_OVER else facts.client_type == "public"
        return PendingStoredToken(found, None if is_public else app_credential, app_credential)


@dataclass(frozen=True, slots=True)
class PendingStoredToken:
    """A `PendingSignIn` that waits for nobody.

    Args:
        found: the token.
        credential: to redeem it with first, None for none.
        app_credential: the app's, None where it has none.
    """

    found: FoundToken
    credential: Credential | None
    app_credential: Credential | None

    @property
    def message(self) -> str:
        """Which token it is."""
        return f"Nobody has to sign in: the token in {self.found.place or 'the field above'} is used."

    @property
    def evidence(self) -> dict[str, str]:
        """Nothing: the check before says it."""
        return {}

    @property
    def retry_action(self) -> str:
        """That it can be tried again."""
        return "Then check again: the token is read again, and used again."

    def completed(self, client_type: str) -> Finding:
        """Return that Entra takes it, and how it has to be redeemed by whoever else uses it."""
        redeemed_by = REDEEMED_BY.get(client_type, REDEEMED_BY["secret"])
        finding = holds(f"Entra gives a new access token for the stored one. {redeemed_by}.")
        return replace(finding, title="The stored token was redeemed, and nobody had to sign in")

    def complete(self, onboarding: Onboarding) -> tuple[TokenResponse, Credential | None]:
        """Redeem it. What is checked, and kept, is the token itself, and not its successor.

        One of this onboarding that is refused is forgotten: somebody signs in at the next try.
        """
        token = self.found.value
        try:
            answer, credential = redeem_as_either_client(onboarding, token, self.credential, self.app_credential)
        except ServiceRefusal:
            if self.found.flow != TAKEN_OVER:
                onboarding.learn(secret_version="")
            raise
        return replace(answer, refresh_token=token), credential

    def refused(self, refusal: ServiceRefusal) -> Finding:
        """Return the service's refusal, and that a sign-in takes the token's place."""
        back_to = "consent.granted" if refusal.code == "AADSTS65001" else ""
        finding = refused(refusal, back_to=back_to, context=RefusalContext.RENEWAL)
        if back_to and self.found.flow == TAKEN_OVER:
            found = f"The token in {self.found.place or 'the field above'} was found, and nobody has to sign in. "
            compare = "Compare the application id of step 2 with the tool's: its consent may be another app's."
            return replace(finding, message=found + finding.message, actions=as_actions(finding.actions, compare))
        if not back_to and self.found.flow == TAKEN_OVER:
            finding = replace(finding, evidence={**finding.evidence, OTHER_FLOW: BROWSER})
        if refusal.code in OF_ANOTHER_CLIENT:
            return _as_of_another(
                finding,
                "The stored token is another app's",
                "Entra issued this token to another app than the one of step 2, and only that one can redeem it.",
                "Enter the application id, and the credential, of the app that the tool uses (step 2).",
            )
        if refusal.code in OF_ANOTHER_TENANT:
            return _as_of_another(
                finding,
                "The stored token is of another tenant's account",
                "The account of this token is neither a member nor a guest of the tenant of step 1.",
                "Check the tenant (step 1), and the vault: another tenant's token lies there.",
            )
        return finding

    def close(self) -> None:
        """A token holds nothing on this machine."""


def _as_of_another(finding: Finding, title: str, message: str, act: str) -> Finding:
    """Return a refusal in the words of what is known: the token itself is good, and somebody else's."""
    told = fails(message, (act, "Or let the integration user sign in here, in a browser."), Who.OPERATOR, title=title)
    return replace(finding, title=told.title, message=told.message, actions=told.actions, who=told.who)
