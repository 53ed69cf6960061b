"""The sign-in of the integration user by device code, in the mode the app wants (protocol 3), and what came of it.

Whether Entra wants the app's credential is known for sure only from its answers, and when it says so is (U): with the
code, at the first poll, or after the approval. Each is met: the other mode is tried at once with the same code, and
with a new one where the old one is spent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from wizard.errors import ServiceRefusal, Unanswered
from wizard.events import CodeSpent, SignIn
from wizard.findings import Finding
from wizard.steps.base import AT_A_SIGN_IN, Onboarding, holds, not_reached, patiently, refused
from wizard.steps.credential import client_credential

if TYPE_CHECKING:
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.device_code import DeviceCode
    from wizard.microsoft.polling import Polling
    from wizard.microsoft.tokens import TokenAnswer
    from wizard.secret import Secret

AGAIN = "Sign in again with a new code, in a private browser window, as the integration user."
WANTS_NONE = "AADSTS700025"
SPENT = {
    "bad_verification_code", "code_expired", "expired_token",
    "AADSTS70018", "AADSTS70000", "AADSTS70008", "AADSTS54005",
}  # fmt: skip
"""Errors that, as the first answer after a change of mode, mean that the code did not survive it (U)."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that waits for its person: the code, the credential to begin with, and the one that is at hand.

    The credential is read before the code is asked for: reading it from a vault takes its time, and the code's runs.
    """

    code: DeviceCode
    credential: Credential | None
    at_hand: Credential | None

    def other_mode(self) -> Begun:
        """The same code, polled with the credential instead of without, or the other way round."""
        return replace(self, credential=None if self.credential else self.at_hand)


def token(onboarding: Onboarding) -> TokenAnswer:
    """The answer of the sign-in, in memory; the checks before this one put it there."""
    if onboarding.memory.sign_in.tokens is None:
        raise LookupError("no sign-in in memory")
    return onboarding.memory.sign_in.tokens


def redeem(onboarding: Onboarding, refresh_token: Secret, credential: Credential | None) -> TokenAnswer:
    """Redeem `refresh_token` for Partner Center as a client with `credential`, or as a public one."""
    scope = onboarding.services.cloud.partner_center_scope
    return patiently(
        onboarding,
        "getting a new access token",
        lambda: onboarding.services.entra.redeem(
            onboarding.facts.tenant_id, onboarding.answers.client_id, credential, refresh_token, scope
        ),
    )


def code_issued(onboarding: Onboarding) -> Finding:
    """Entra issues a code for the app and Partner Center."""
    memory = onboarding.memory
    if memory.sign_in.tokens is not None and memory.sign_in.rejected_for != onboarding.answers.integration_user:
        return holds("The integration user has signed in already; the token is in memory.")
    memory.forget_sign_in()
    at_hand = client_credential(onboarding)
    credential = None if onboarding.facts.public_client else at_hand
    try:
        code = _new_code(onboarding, credential)
    except ServiceRefusal as refusal:
        if not asks_for_other_mode(refusal, credential, at_hand):
            return refused(refusal)
        credential = None if credential else at_hand
        try:
            code = _new_code(onboarding, credential)
        except ServiceRefusal as second:
            return refused(second)
    memory.sign_in.begun = Begun(code, credential, at_hand)
    onboarding.learn(client_type=credential.client_type if credential else "public", flow="device_code")
    proof = "; the service wanted the app's credential for it" if code.wanted_credential else ""
    return holds(
        f"A code is issued{proof}. Security defaults refuse a sign-in by code (AADSTS530035), and a policy that blocks "
        "device code ends its token, also later on (AADSTS530036).",
        verification_uri=code.verification_uri,
    )


def signed_in(onboarding: Onboarding) -> Finding:
    """The integration user enters the code and signs in; the service is asked no faster than it wants."""
    memory = onboarding.memory
    if memory.sign_in.tokens is not None:
        onboarding.learn(**memory.sign_in.facts)  # another vault un-proves the step, not the sign-in
        return holds("The integration user has signed in already; the token is in memory.")
    begun = memory.sign_in.begun
    memory.sign_in.begun = None
    if begun is None:
        raise LookupError("no code was issued")
    why = "it is of no use any more"
    try:
        answer, credential = _await_sign_in(onboarding, begun)
        why = "it is used"
    except Unanswered as trouble:
        again = "Then ask for a new code (F7), even if the sign-in page said that all is done: no token was received."
        return unanswered(trouble, onboarding.answers.integration_user, again)
    except ServiceRefusal as refusal:
        return _refused_sign_in(refusal, begun.code)
    finally:
        onboarding.tell(CodeSpent(why))
    memory.sign_in.tokens = answer
    client_type = credential.client_type if credential else "public"
    memory.sign_in.facts = {"client_type": client_type, "flow": "device_code", "signed_in_at": onboarding.stamp()}
    onboarding.learn(**memory.sign_in.facts)
    return holds("Somebody has signed in with the code.", client_type=client_type)


def _await_sign_in(onboarding: Onboarding, begun: Begun) -> tuple[TokenAnswer, Credential | None]:
    """Poll until success, in the other mode where the service asks for it; raises the service's refusal.

    The mode changes once, and a code that did not survive it is replaced once: whatever a service answers, this ends.
    """
    polling, has_changed, is_renewed = _polling(onboarding, begun.code), False, False
    while True:
        try:
            return polling.answer(begun.credential), begun.credential
        except ServiceRefusal as refusal:
            if not has_changed and asks_for_other_mode(refusal, begun.credential, begun.at_hand):
                begun, has_changed = begun.other_mode(), True
                continue
            is_spent = not polling.answers_since_change and bool({refusal.error, refusal.code} & SPENT)
            if not has_changed or is_renewed or not is_spent:
                raise
        wants = "wants its credential with the code" if begun.credential else "is a public client"
        onboarding.tell(CodeSpent(f"the app {wants}, and Entra spent the first code saying so"))
        begun, is_renewed = replace(begun, code=_new_code(onboarding, begun.credential)), True
        polling = _polling(onboarding, begun.code)


def _polling(onboarding: Onboarding, code: DeviceCode) -> Polling:
    from wizard.microsoft.polling import Polling

    services, account = onboarding.services, onboarding.answers.integration_user
    return Polling(services.device_codes, code, onboarding.clock, onboarding.cancel, onboarding.tell, account)


def _refused_sign_in(refusal: ServiceRefusal, code: DeviceCode) -> Finding:
    """The service's refusal; of a code that expired, with how long it was valid."""
    from wizard.microsoft.device_code import wants_credential
    from wizard.microsoft.polling import says_expired

    back_to = "consent.granted" if refusal.code == "AADSTS65001" else ""
    if wants_credential(refusal):
        return refused(refusal)  # whether somebody had signed in before it is not known (protocol 1.3)
    if not says_expired(refusal):
        return refused(refusal, back_to=back_to, context=AT_A_SIGN_IN)
    life = lasting(code.life)
    finding = refused(refusal, context=AT_A_SIGN_IN, valid_for=life)
    return replace(finding, message=f"{finding.message} It was valid for {life}.")


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


def _new_code(onboarding: Onboarding, credential: Credential | None) -> DeviceCode:
    code = patiently(
        onboarding,
        "asking for a device code",
        lambda: onboarding.services.device_codes.request(
            onboarding.facts.tenant_id,
            onboarding.answers.client_id,
            onboarding.services.cloud.partner_center_scope,
            credential,
        ),
    )
    onboarding.tell(
        SignIn(
            "integration_user",
            onboarding.answers.integration_user,
            code.verification_uri,
            code.user_code,
            onboarding.clock.now() + timedelta(seconds=code.life),
            code.warning,
        )
    )
    return code


def asks_for_other_mode(refusal: ServiceRefusal, credential: Credential | None, at_hand: Credential | None) -> bool:
    """Whether the refusal asks for the other mode, and that can be had."""
    from wizard.microsoft.device_code import wants_credential

    if credential is None:
        return at_hand is not None and wants_credential(refusal)
    return refusal.code == WANTS_NONE
