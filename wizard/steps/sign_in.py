"""The sign-in of the integration user by device code, in the mode the app wants (protocol 3), and what came of it.

Whether Entra wants the app's credential in the poll is known for sure only from its answers, and when it says so is
(U): with the code, at the first poll, or after the approval. Each is met: the other mode is tried at once with the
same code, and with a new one where the old one is spent.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from wizard.errors import Busy, Pending, ServiceRefusal, Unreachable
from wizard.events import CodeSpent, SignIn, WaitEnded, Waiting
from wizard.findings import Finding
from wizard.steps.base import Onboarding, holds, patiently, refused
from wizard.steps.credential import client_credential

if TYPE_CHECKING:
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.device_code import DeviceCode
    from wizard.microsoft.tokens import TokenAnswer
    from wizard.secret import Secret

AGAIN = "Sign in again with a new code, in a private browser window, as the integration user."
WANTS_CREDENTIAL = "AADSTS7000218"
WANTS_NONE = "AADSTS700025"
SPENT = {"bad_verification_code", "code_expired", "expired_token", "AADSTS70018", "AADSTS70000", "AADSTS54005"}
"""Errors that, as the first answer after a change of mode, mean that the code did not survive it (U)."""
LONGEST_BACK_OFF = 60.0


def token(onboarding: Onboarding) -> TokenAnswer:
    """The answer of the sign-in, in memory; the checks before this one put it there."""
    if onboarding.memory.tokens is None:
        raise LookupError("no sign-in in memory")
    return onboarding.memory.tokens


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
    if memory.tokens is not None and memory.rejected_for != onboarding.answers.integration_user:
        return holds("The integration user has signed in already; the token is in memory.")
    memory.forget_sign_in()
    credential = _first_mode(onboarding)
    try:
        memory.device_code = _new_code(onboarding, credential)
    except ServiceRefusal as refusal:
        if not _can_change_mode(onboarding, refusal, credential):
            return refused(refusal)
        credential = None if credential else client_credential(onboarding)
        memory.device_code = _new_code(onboarding, credential)
    onboarding.learn(client_type=credential.client_type if credential else "public", flow="device_code")
    return holds(
        "A code is issued. A token got by device code ends when a policy that blocks device code reaches this account, "
        "also a later one (AADSTS530036).",
        verification_uri=memory.device_code.verification_uri,
    )


def signed_in(onboarding: Onboarding) -> Finding:
    """The integration user enters the code and signs in; the service is asked no faster than it wants."""
    memory = onboarding.memory
    if memory.tokens is not None:
        onboarding.learn(**memory.sign_in_facts)  # another vault un-proves the step, not the sign-in
        return holds("The integration user has signed in already; the token is in memory.")
    code = memory.device_code
    memory.device_code = None
    if code is None:
        raise LookupError("no code was issued")
    credential = None if onboarding.facts.client_type == "public" else client_credential(onboarding)
    why = "it is of no use any more"
    try:
        answer, credential = _await_sign_in(onboarding, code, credential)
        why = "it is used"
    except ServiceRefusal as refusal:
        return refused(refusal, back_to="consent.granted" if refusal.code == "AADSTS65001" else "")
    finally:
        onboarding.tell(CodeSpent(why))
    memory.tokens = answer
    client_type = credential.client_type if credential else "public"
    memory.sign_in_facts = {"client_type": client_type, "flow": "device_code", "signed_in_at": onboarding.stamp()}
    onboarding.learn(**memory.sign_in_facts)
    return holds("Somebody has signed in with the code.", client_type=client_type)


def _await_sign_in(
    onboarding: Onboarding, code: DeviceCode, credential: Credential | None
) -> tuple[TokenAnswer, Credential | None]:
    """Poll until success, in the other mode where the service asks for it; raises the service's refusal."""
    try:
        return _poll_until_answer(onboarding, code, credential), credential
    except ServiceRefusal as refusal:
        if not _can_change_mode(onboarding, refusal, credential):
            raise
    credential = None if credential else client_credential(onboarding)
    try:
        onboarding.clock.wait(code.interval, onboarding.cancel)
        return onboarding.services.device_codes.poll(code, credential), credential
    except (Pending, Unreachable):
        pass  # the code has survived
    except ServiceRefusal as refusal:
        if not {refusal.error, refusal.code} & SPENT:
            raise
        wants = "wants its credential with the code" if credential else "is a public client"
        onboarding.tell(CodeSpent(f"the app {wants}, and Entra spent the first code saying so"))
        code = _new_code(onboarding, credential)
    return _poll_until_answer(onboarding, code, credential), credential


def _poll_until_answer(onboarding: Onboarding, code: DeviceCode, credential: Credential | None) -> TokenAnswer:
    """Ask at the service's pace; trouble on the way never ends a code that is still good (T5, T6).

    Its life is measured on the monotonic clock: the wall clock may jump. Entra has the last word on it.
    """
    clock, account = onboarding.clock, onboarding.answers.integration_user
    ends = clock.monotonic() + code.life
    until = clock.now() + timedelta(seconds=code.life)
    onboarding.tell(Waiting(f"{account} to sign in", clock.now(), until))
    back_off = 0.0
    try:
        while True:
            clock.wait(max(code.interval, back_off), onboarding.cancel)
            try:
                return onboarding.services.device_codes.poll(code, credential)
            except Pending as pending:
                code.interval += 5.0 if pending.slow_down else 0.0
                back_off = 0.0
            except Unreachable as trouble:
                asked = trouble.retry_after if isinstance(trouble, Busy) else None
                back_off = asked or min(max(2 * back_off, code.interval), LONGEST_BACK_OFF)
                again = clock.now() + timedelta(seconds=back_off)
                onboarding.tell(
                    Waiting(f"{trouble.host} again ({trouble.detail}); the code stays good", clock.now(), until, again)
                )
            if clock.monotonic() > ends + code.interval:
                raise ServiceRefusal("entra", "", "expired_token", "the code's time is over")
    finally:
        onboarding.tell(WaitEnded())


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


def _first_mode(onboarding: Onboarding) -> Credential | None:
    """The credential to begin with, None for a public client: by the app's flag, else by what is at hand."""
    return None if onboarding.facts.public_client else client_credential(onboarding)


def _can_change_mode(onboarding: Onboarding, refusal: ServiceRefusal, credential: Credential | None) -> bool:
    """Whether the refusal asks for the other mode, and that can be had."""
    if credential is None:
        return refusal.code == WANTS_CREDENTIAL and client_credential(onboarding) is not None
    return refusal.code == WANTS_NONE
