"""The sign-in by device code, with the app's credential or without it (protocol 3).

Whether Entra wants the credential is known for sure only from its answers, and when it says so is (U): with the code,
at the first poll, or after the approval. Each is handled: the other mode is tried at once with the same code, and with
a new one where the old one is spent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from wizard.core.errors import ServiceRefusal
from wizard.core.events import DeviceCodePrompt, PromptClosed
from wizard.core.findings import Finding
from wizard.core.inbox import Purpose
from wizard.core.retries import with_retries
from wizard.core.wording import sign_in_of
from wizard.microsoft.client_type import is_spent, wants_credential, wants_other_client_type
from wizard.onboarding.finding_builders import holds, refused
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.refusal_context import RefusalContext
from wizard.onboarding.sign_in.flow_choice import BROWSER
from wizard.onboarding.sign_in.method import OTHER_FLOW, duration

if TYPE_CHECKING:
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.device_code import DeviceCode
    from wizard.microsoft.polling import Polling
    from wizard.microsoft.token_response import TokenResponse


FLOW_REFUSALS: Final = frozenset({"AADSTS530035", "AADSTS53003"})
"""Codes by which Entra may refuse the device code flow, and not the person (protocol 11.2)."""


class DeviceCodeMethod:
    """A `SignInMethod`: a code that the person enters on the cloud's own page, on any device."""

    flow_fact = "device_code"
    words = "with a code"

    def begin(self, onboarding: Onboarding) -> PendingCode:
        """Have a code issued; the credential is read first, since that may take time while a code expires."""
        app_credential = client_credential(onboarding)
        credential = None if onboarding.facts.public_client else app_credential
        try:
            code = _request_code(onboarding, credential)
        except ServiceRefusal as refusal:
            if not wants_other_client_type(refusal, credential, app_credential):
                raise
            credential = None if credential else app_credential
            code = _request_code(onboarding, credential)
        return PendingCode(code, credential, app_credential)


@dataclass(frozen=True, slots=True)
class PendingCode:
    """A `PendingSignIn` that has shown a code.

    Args:
        code: as issued.
        credential: to poll with first, None for none.
        app_credential: the app's, None where it has none.
    """

    code: DeviceCode
    credential: Credential | None
    app_credential: Credential | None

    @property
    def message(self) -> str:
        """That a code is issued, and what may end its token."""
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
    def retry_action(self) -> str:
        """That a new code is needed."""
        return "Then ask for a new code, even if the sign-in page said that all is done: no token was received."

    def in_other_mode(self) -> PendingCode:
        """Return the same code, to be polled with the credential instead of without, or the other way round."""
        return replace(self, credential=None if self.credential else self.app_credential)

    def completed(self, _client_type: str) -> Finding:
        """Return that somebody has signed in."""
        return holds("Somebody has signed in.")

    def complete(self, onboarding: Onboarding) -> tuple[TokenResponse, Credential | None]:
        """Poll until the code is used or has expired; the service is asked no faster than it wants."""
        ended = PromptClosed("it can no longer be used")
        try:
            completed = _poll(onboarding, self)
            arrived = sign_in_of(Purpose.INTEGRATION_USER, onboarding.answers.integration_user)
            ended = PromptClosed("it is used", arrived)
            return completed
        finally:
            onboarding.emit(ended)

    def refused(self, refusal: ServiceRefusal) -> Finding:
        """Return the service's refusal; for a code that expired, with how long it was valid."""
        from wizard.microsoft.polling import is_code_expired

        if wants_credential(refusal):
            return refused(refusal)  # whether somebody had signed in before it is not known (protocol 1.3)
        if not is_code_expired(refusal):
            back_to = "consent.granted" if refusal.code == "AADSTS65001" else ""
            finding = refused(refusal, back_to=back_to, context=RefusalContext.POLLING)
            other_flow = {OTHER_FLOW: BROWSER} if refusal.code in FLOW_REFUSALS else {}
            return replace(finding, evidence={**finding.evidence, **other_flow})
        life = duration(self.code.life)
        finding = refused(refusal, context=RefusalContext.POLLING, valid_for=life)
        return replace(finding, message=f"{finding.message} It was valid for {life}.")

    def close(self) -> None:
        """A code holds nothing on this machine."""


def _poll(onboarding: Onboarding, pending: PendingCode) -> tuple[TokenResponse, Credential | None]:
    """Poll until success, in the other mode where the service asks for it; raises the service's refusal.

    The mode changes once, and a code that did not survive it is replaced once: whatever a service answers, this ends.
    """
    polling, has_changed_mode, has_new_code = _polling(onboarding, pending.code), False, False
    while True:
        try:
            return polling.wait_for_tokens(pending.credential), pending.credential
        except ServiceRefusal as refusal:
            if not has_changed_mode and wants_other_client_type(refusal, pending.credential, pending.app_credential):
                pending, has_changed_mode = pending.in_other_mode(), True
                continue
            did_not_survive = not polling.pending_since_change and is_spent(refusal)
            if not has_changed_mode or has_new_code or not did_not_survive:
                raise
        wants = "wants its credential with the code" if pending.credential else "is a public client"
        onboarding.emit(PromptClosed(f"the app {wants}, and Entra spent the first code saying so"))
        pending, has_new_code = replace(pending, code=_request_code(onboarding, pending.credential)), True
        polling = _polling(onboarding, pending.code)


def _polling(onboarding: Onboarding, code: DeviceCode) -> Polling:
    from wizard.microsoft.polling import Polling

    services, account = onboarding.services, onboarding.answers.integration_user
    return Polling(services.device_codes, code, onboarding.clock, onboarding.cancel, onboarding.emit, account)


def _request_code(onboarding: Onboarding, credential: Credential | None) -> DeviceCode:
    """Have a code issued, and show it."""
    code = with_retries(
        onboarding,
        "asking for a device code",
        lambda: onboarding.services.device_codes.request(
            onboarding.facts.tenant_id,
            onboarding.answers.client_id,
            onboarding.api_scope,
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
