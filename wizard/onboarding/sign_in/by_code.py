"""The sign-in by device code, in the mode the app wants (protocol 3).

Whether Entra wants the app's credential is known for sure only from its answers, and when it says so is (U): with the
code, at the first poll, or after the approval. Each is met: the other mode is tried at once with the same code, and
with a new one where the old one is spent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from wizard.core.errors import ServiceRefusal
from wizard.core.events import DeviceCodePrompt, PromptClosed
from wizard.core.findings import Finding
from wizard.core.retries import with_retries
from wizard.microsoft.client_type import is_spent, wants_credential, wants_other_client_type
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.sign_in.method import OTHER_WAY, lasting
from wizard.onboarding.step import AT_A_SIGN_IN, Onboarding, refused

if TYPE_CHECKING:
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.device_code import DeviceCode
    from wizard.microsoft.polling import Polling
    from wizard.microsoft.token_response import TokenResponse


REFUSES_THE_FLOW = {"AADSTS530035", "AADSTS53003"}
"""Codes by which the device code flow may be refused, and not the person (protocol 11.2)."""


class ByCode:
    """A `SignInMethod`: a code that the person enters on the cloud's own page, on any device."""

    fact = "device_code"
    words = "with a code"

    def begin(self, onboarding: Onboarding) -> PendingCode:
        """Have a code issued; the credential is read first: from a vault that takes time, and a code's time runs."""
        alternative = client_credential(onboarding)
        credential = None if onboarding.facts.public_client else alternative
        try:
            code = _new_code(onboarding, credential)
        except ServiceRefusal as refusal:
            if not wants_other_client_type(refusal, credential, alternative):
                raise
            credential = None if credential else alternative
            code = _new_code(onboarding, credential)
        return PendingCode(code, credential, alternative)


@dataclass(frozen=True, slots=True)
class PendingCode:
    """A `Pending`: the code, the credential to begin with, and the one that is at hand."""

    code: DeviceCode
    credential: Credential | None
    alternative: Credential | None

    @property
    def said(self) -> str:
        """That a code is issued, and what may come of it."""
        proof = "; the service wanted the app's credential for it" if self.code.wanted_credential else ""
        return (
            f"A code is issued{proof}. Security defaults refuse a sign-in by code (AADSTS530035), and a policy that "
            "blocks device code ends its token, also later on (AADSTS530036)."
        )

    @property
    def evidence(self) -> dict[str, str]:
        """Where the code is entered."""
        return {"verification_uri": self.code.verification_uri}

    @property
    def again(self) -> str:
        """What to do where nobody knows whether somebody signed in."""
        return "Then ask for a new code, even if the sign-in page said that all is done: no token was received."

    def other_mode(self) -> PendingCode:
        """The same code, polled with the credential instead of without, or the other way round."""
        return replace(self, credential=None if self.credential else self.alternative)

    def complete(self, onboarding: Onboarding) -> tuple[TokenResponse, Credential | None]:
        """Poll until the code is used or has expired; the service is asked no faster than it wants."""
        why = "it is of no use any more"
        try:
            completed = _await_sign_in(onboarding, self)
            why = "it is used"
            return completed
        finally:
            onboarding.emit(PromptClosed(why))

    def refused(self, refusal: ServiceRefusal) -> Finding:
        """The service's refusal; of a code that expired, with how long it was valid."""
        from wizard.microsoft.polling import is_code_expired

        back_to = "consent.granted" if refusal.code == "AADSTS65001" else ""
        if wants_credential(refusal):
            return refused(refusal)  # whether somebody had signed in before it is not known (protocol 1.3)
        if not is_code_expired(refusal):
            found = refused(refusal, back_to=back_to, context=AT_A_SIGN_IN)
            other_way = {OTHER_WAY: "browser"} if refusal.code in REFUSES_THE_FLOW else {}
            return replace(found, evidence={**found.evidence, **other_way})
        life = lasting(self.code.life)
        finding = refused(refusal, context=AT_A_SIGN_IN, valid_for=life)
        return replace(finding, message=f"{finding.message} It was valid for {life}.")

    def close(self) -> None:
        """A code holds nothing of this machine."""


def _await_sign_in(onboarding: Onboarding, begun: PendingCode) -> tuple[TokenResponse, Credential | None]:
    """Poll until success, in the other mode where the service asks for it; raises the service's refusal.

    The mode changes once, and a code that did not survive it is replaced once: whatever a service answers, this ends.
    """
    polling, has_changed, is_renewed = _polling(onboarding, begun.code), False, False
    while True:
        try:
            return polling.wait_for_tokens(begun.credential), begun.credential
        except ServiceRefusal as refusal:
            if not has_changed and wants_other_client_type(refusal, begun.credential, begun.alternative):
                begun, has_changed = begun.other_mode(), True
                continue
            did_not_survive = not polling.pending_since_change and is_spent(refusal)
            if not has_changed or is_renewed or not did_not_survive:
                raise
        wants = "wants its credential with the code" if begun.credential else "is a public client"
        onboarding.emit(PromptClosed(f"the app {wants}, and Entra spent the first code saying so"))
        begun, is_renewed = replace(begun, code=_new_code(onboarding, begun.credential)), True
        polling = _polling(onboarding, begun.code)


def _polling(onboarding: Onboarding, code: DeviceCode) -> Polling:
    from wizard.microsoft.polling import Polling

    services, account = onboarding.services, onboarding.answers.integration_user
    return Polling(services.device_codes, code, onboarding.clock, onboarding.cancel, onboarding.emit, account)


def _new_code(onboarding: Onboarding, credential: Credential | None) -> DeviceCode:
    code = with_retries(
        onboarding,
        "asking for a device code",
        lambda: onboarding.services.device_codes.request(
            onboarding.facts.tenant_id,
            onboarding.answers.client_id,
            onboarding.services.cloud.partner_center_scope,
            credential,
        ),
    )
    onboarding.emit(
        DeviceCodePrompt(
            "integration_user",
            onboarding.answers.integration_user,
            code.verification_uri,
            code.user_code,
            onboarding.clock.now() + timedelta(seconds=code.life),
            code.warning,
        )
    )
    return code
