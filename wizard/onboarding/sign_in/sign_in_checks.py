"""The sign-in of the integration user as two checks, and what comes of it: a token in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wizard.core.errors import ServiceRefusal, Unanswered
from wizard.core.findings import Finding
from wizard.onboarding.finding_builders import holds, refused
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.sign_in.flow_check import chosen_flow
from wizard.onboarding.sign_in.method import unanswered
from wizard.onboarding.sign_in.methods import sign_in_method
from wizard.tokens.redeem import redeem_with_retries

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.token_response import TokenResponse

SIGN_IN_AGAIN: Final = "Sign in again, in a private browser window, as the integration user."


def begin_sign_in(onboarding: Onboarding) -> Finding:
    """There is something with which the integration user can sign in."""
    sign_in = onboarding.memory.sign_in
    if sign_in.tokens is not None and sign_in.rejected_for != onboarding.answers.integration_user:
        return holds("The integration user has signed in already; the token is in memory.")
    onboarding.memory.forget_sign_in()
    method = sign_in_method(chosen_flow(onboarding))
    try:
        pending = method.begin(onboarding)
    except ServiceRefusal as refusal:
        return refused(refusal)
    onboarding.memory.sign_in.pending = pending
    onboarding.learn(client_type=_client_type(pending.credential), flow=method.flow_fact)
    return holds(pending.message, **pending.evidence)


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
        return unanswered(error, onboarding.answers.integration_user, pending.retry_remedy)
    except ServiceRefusal as refusal:
        return pending.refused(refusal)
    client_type = _client_type(credential)
    sign_in.tokens = answer
    sign_in.facts = {"client_type": client_type, "flow": onboarding.facts.flow, "signed_in_at": onboarding.now_stamp()}
    onboarding.learn(**sign_in.facts)
    return holds("Somebody has signed in.", client_type=client_type)


def signed_in_token(onboarding: Onboarding) -> TokenResponse:
    """Return what the sign-in gave, which earlier checks put in memory; raises LookupError where they did not."""
    if onboarding.memory.sign_in.tokens is None:
        raise LookupError("no sign-in in memory")
    return onboarding.memory.sign_in.tokens


def redeem_as_app(onboarding: Onboarding, refresh_token: Secret, credential: Credential | None) -> TokenResponse:
    """Redeem a refresh token as the app of this onboarding, and return the answer.

    Args:
        onboarding: gives the app.
        refresh_token: of the integration user.
        credential: the app's; None: as a public client.

    Raises:
        ServiceRefusal: Entra refuses it.
        Unreachable: Entra gave no answer.
    """
    return redeem_with_retries(onboarding, onboarding.services, onboarding.owner, credential, refresh_token)


def _client_type(credential: Credential | None) -> str:
    return credential.client_type if credential else "public"
