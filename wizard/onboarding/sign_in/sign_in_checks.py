"""The sign-in of the integration user as two checks, and what comes of it: a token in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wizard.core.errors import ServiceRefusal, Unanswered
from wizard.core.findings import Finding
from wizard.onboarding.finding_builders import holds, refused
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.sign_in.flow_check import chosen_flow
from wizard.onboarding.sign_in.method import unanswered
from wizard.onboarding.sign_in.methods import sign_in_method
from wizard.onboarding.sign_in.redemption import client_type_of
from wizard.onboarding.token_place import STORED_TOKEN, TAKEN_OVER

if TYPE_CHECKING:
    from wizard.microsoft.token_response import TokenResponse
    from wizard.onboarding.memory import SignInRecord

SIGN_IN_AGAIN: Final = "Sign in again, in a private browser window, as the integration user."


def begin_sign_in(onboarding: Onboarding) -> Finding:
    """There is something with which the integration user can sign in."""
    sign_in, found = onboarding.memory.sign_in, onboarding.memory.probes.found_token
    is_usable = sign_in.tokens is not None and sign_in.rejected_for != onboarding.answers.integration_user
    if is_usable and found is None and not _was_taken_over(sign_in):
        return holds("The integration user has signed in already; the token is in memory.")
    onboarding.memory.forget_sign_in()
    method = sign_in_method(STORED_TOKEN if found else chosen_flow(onboarding))
    try:
        pending = method.begin(onboarding)
    except ServiceRefusal as refusal:
        return refused(refusal)
    onboarding.memory.sign_in.pending = pending
    flow = found.flow if found else method.flow_fact
    onboarding.learn(client_type=client_type_of(pending.credential), flow=flow)
    return holds(pending.message, **pending.evidence)


def _was_taken_over(sign_in: SignInRecord) -> bool:
    """Return whether the token in memory is another tool's: only for as long as that is what is wanted."""
    return sign_in.found is not None and sign_in.found.flow == TAKEN_OVER


def await_sign_in(onboarding: Onboarding) -> Finding:
    """The integration user signs in."""
    sign_in = onboarding.memory.sign_in
    if sign_in.tokens is not None:
        onboarding.learn(**sign_in.facts)  # another vault un-proves the step, not the sign-in
        return holds("The integration user has signed in already; the token is in memory.")
    pending, sign_in.pending = sign_in.pending, None
    if pending is None:
        raise LookupError("no sign-in has begun")
    try:
        answer, credential = pending.complete(onboarding)
    except Unanswered as error:
        return unanswered(error, onboarding.answers.integration_user, pending.retry_action)
    except ServiceRefusal as refusal:
        return pending.refused(refusal)
    client_type, found = client_type_of(credential), onboarding.memory.probes.found_token
    sign_in.tokens, sign_in.found = answer, found
    signed_in_at = found.obtained_at if found else onboarding.now_stamp()
    sign_in.facts = {"client_type": client_type, "flow": onboarding.facts.flow, "signed_in_at": signed_in_at}
    onboarding.learn(**sign_in.facts)
    completed = pending.completed(client_type)
    return replace(completed, evidence={**completed.evidence, "client_type": client_type})


def signed_in_token(onboarding: Onboarding) -> TokenResponse:
    """Return what the sign-in gave, which earlier checks put in memory; raises LookupError where they did not."""
    if onboarding.memory.sign_in.tokens is None:
        raise LookupError("no sign-in in memory")
    return onboarding.memory.sign_in.tokens
