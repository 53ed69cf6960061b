"""The sign-in of the integration user, in one of the ways there are, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.core.errors import BadInput, ServiceRefusal, Unanswered
from wizard.core.findings import Finding
from wizard.onboarding.sign_in.by_browser import ByBrowser
from wizard.onboarding.sign_in.by_code import ByCode
from wizard.onboarding.sign_in.method import SignInMethod, unanswered
from wizard.onboarding.step import Onboarding, holds, refused
from wizard.tokens.redeem import redeem as redeem_as

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.token_response import TokenResponse

AGAIN = "Sign in again, in a private browser window, as the integration user."
METHODS: dict[str, SignInMethod] = {"browser": ByBrowser(), "device-code": ByCode()}
"""The ways to sign in, by their name in an answers file."""


def method(flow: str) -> SignInMethod:
    """The way to sign in of that name; raises BadInput where there is none."""
    if flow not in METHODS:
        offered = ", ".join(f'"{each}"' for each in METHODS)
        raise BadInput("sign_in.flow", f'expected "auto", {offered}')
    return METHODS[flow]


def require_way(flow: str) -> None:
    """Raise BadInput where an answers file names no way to sign in that there is."""
    if flow != "auto":
        method(flow)


def token(onboarding: Onboarding) -> TokenResponse:
    """The answer of the sign-in, in memory; the checks before this one put it there."""
    if onboarding.memory.sign_in.tokens is None:
        raise LookupError("no sign-in in memory")
    return onboarding.memory.sign_in.tokens


def redeem(onboarding: Onboarding, refresh_token: Secret, credential: Credential | None) -> TokenResponse:
    """Redeem `refresh_token` as the app of this onboarding."""
    return redeem_as(onboarding, onboarding.services, onboarding.owner, credential, refresh_token)


def begun(onboarding: Onboarding) -> Finding:
    """There is something with which the integration user can sign in."""
    record = onboarding.memory.sign_in
    if record.tokens is not None and record.rejected_for != onboarding.answers.integration_user:
        return holds("The integration user has signed in already; the token is in memory.")
    onboarding.memory.forget_sign_in()
    way = method(onboarding.memory.probes.way or onboarding.answers.sign_in_flow)
    try:
        pending = way.begin(onboarding)
    except ServiceRefusal as refusal:
        return refused(refusal)
    onboarding.memory.sign_in.pending = pending
    onboarding.learn(client_type=_type_of(pending.credential), flow=way.fact)
    return holds(pending.said, **pending.evidence)


def signed_in(onboarding: Onboarding) -> Finding:
    """The integration user signs in."""
    record = onboarding.memory.sign_in
    if record.tokens is not None:
        onboarding.learn(**record.facts)  # another vault un-proves the step, not the sign-in
        return holds("The integration user has signed in already; the token is in memory.")
    pending, record.pending = record.pending, None
    if pending is None:
        raise LookupError("no sign-in has begun")
    try:
        answer, credential = pending.complete(onboarding)
    except Unanswered as trouble:
        return unanswered(trouble, onboarding.answers.integration_user, pending.again)
    except ServiceRefusal as refusal:
        return pending.refused(refusal)
    client_type = _type_of(credential)
    record.tokens = answer
    record.facts = {"client_type": client_type, "flow": onboarding.facts.flow, "signed_in_at": onboarding.stamp()}
    onboarding.learn(**record.facts)
    return holds("Somebody has signed in.", client_type=client_type)


def _type_of(credential: Credential | None) -> str:
    return credential.client_type if credential else "public"
