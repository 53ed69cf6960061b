"""The sign-in of the integration user as two checks, and what comes of it: a token in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from wizard.core.errors import ServiceRefusal, Unanswered
from wizard.core.findings import Finding, Then
from wizard.onboarding.finding_builders import holds, refused
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.refusal_context import RefusalContext
from wizard.onboarding.sign_in.flow_check import chosen_flow
from wizard.onboarding.sign_in.method import unanswered
from wizard.onboarding.sign_in.methods import sign_in_method
from wizard.onboarding.sign_in.redemption import client_type_of, redeem_as_either_client
from wizard.onboarding.token_place import STORED_TOKEN, TAKEN_OVER

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.token_response import TokenResponse
    from wizard.onboarding.memory import SignInRecord

EXPIRES_SOON: Final = timedelta(minutes=5)
"""The time for which an access token has to be good when checks begin to use it."""
SIGN_IN_AGAIN: Final = "Sign in again, in a private browser window, as the integration user."


def begin_sign_in(onboarding: Onboarding) -> Finding:
    """There is something with which the integration user can sign in."""
    sign_in, found = onboarding.memory.sign_in, onboarding.memory.probes.found_token
    is_usable = sign_in.tokens is not None and sign_in.rejected_for != onboarding.answers.integration_user
    is_usable = is_usable and not (_has_expired(onboarding) and sign_in.refresh_token is None)
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
        if sign_in.refresh_token is not None and _has_expired(onboarding):
            return _renew_access_token(onboarding, sign_in.tokens, sign_in.refresh_token)
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
    sign_in.expires_at = _end_of(onboarding, answer)
    signed_in_at = found.obtained_at if found else onboarding.now_stamp()
    sign_in.facts = {"client_type": client_type, "flow": onboarding.facts.flow, "signed_in_at": signed_in_at}
    onboarding.learn(**sign_in.facts)
    completed = pending.completed(client_type)
    return replace(completed, evidence={**completed.evidence, "client_type": client_type})


def _end_of(onboarding: Onboarding, answer: TokenResponse) -> datetime | None:
    """Return when the access token of an answer expires, None where the answer does not say it."""
    return onboarding.clock.now() + timedelta(seconds=answer.expires_in) if answer.expires_in > 0 else None


def _has_expired(onboarding: Onboarding) -> bool:
    """Return whether the access token in memory is of no use any more: a fix may take longer than it lives."""
    end = onboarding.memory.sign_in.expires_at
    return end is not None and end - EXPIRES_SOON <= onboarding.clock.now()


def _renew_access_token(onboarding: Onboarding, former: TokenResponse, refresh_token: Secret) -> Finding:
    """Redeem the refresh token in memory for a new access token, so that nobody has to sign in again."""
    sign_in, credential = onboarding.memory.sign_in, client_credential(onboarding)
    first = None if onboarding.facts.client_type == "public" else credential
    try:
        answer, _ = redeem_as_either_client(onboarding, refresh_token, first, credential)
    except ServiceRefusal as refusal:
        return refused(refusal, context=RefusalContext.NEW_TOKEN, then=Then.DROP_SIGN_IN)
    sign_in.tokens = replace(
        answer,
        refresh_token=answer.refresh_token or refresh_token,
        home_tenant_id=answer.home_tenant_id or former.home_tenant_id,
        user_name=answer.user_name or former.user_name,
    )
    sign_in.refresh_token, sign_in.expires_at = sign_in.tokens.refresh_token, _end_of(onboarding, answer)
    return holds("The integration user has signed in already. The access token had expired: there is a new one.")


def signed_in_token(onboarding: Onboarding) -> TokenResponse:
    """Return what the sign-in gave, which earlier checks put in memory; raises LookupError where they did not."""
    if onboarding.memory.sign_in.tokens is None:
        raise LookupError("no sign-in in memory")
    return onboarding.memory.sign_in.tokens
