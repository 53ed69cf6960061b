"""What Entra and Graph say of the app: asked with its credential, else by a device code; Graph as its own identity."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.retries import with_retries
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.probes.graph_identity import graph_sign_in
from wizard.onboarding.step import Onboarding

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.graph import AppRegistration

Result = TypeVar("Result")

NOT_HERE = {"AADSTS700016", "AADSTS700038", "AADSTS90112"}
"""The app id is unknown in this tenant, or no app id at all (protocol 6.3)."""
NO_SERVICE_PRINCIPAL = "AADSTS7000229"
NOT_PROVISIONED = {"AADSTS500011", "AADSTS650052"}
PROVES_APP = {
    "AADSTS7000215", "AADSTS7000222", "AADSTS7000218", "AADSTS700025", "AADSTS700027", "AADSTS50013", "AADSTS500133",
    "AADSTS7000112", "AADSTS65001", "AADSTS53003", *NOT_PROVISIONED, NO_SERVICE_PRINCIPAL,
}  # fmt: skip
"""Refusals that come only where the app is known."""
SILENT_ON_CREDENTIAL = NOT_HERE | NOT_PROVISIONED | {NO_SERVICE_PRINCIPAL}
"""Refusals that say nothing of the credential."""


def probe(onboarding: Onboarding, resource: str) -> Secret | ServiceRefusal:
    """Entra's answer to the app asking, with its credential, for a token of `resource`; asked once in a run."""
    tokens = onboarding.memory.probes.app_tokens
    if resource not in tokens:
        credential = client_credential(onboarding)
        if credential is None:
            raise LookupError("a probe needs a credential")
        tenant_id, client_id = onboarding.facts.tenant_id, onboarding.answers.client_id
        try:
            tokens[resource] = with_retries(
                onboarding,
                "trying the app's credential",
                lambda: onboarding.services.entra.acquire_app_token(tenant_id, client_id, credential, resource),
            )
        except ServiceRefusal as refusal:
            tokens[resource] = refusal
    return tokens[resource]


def refusal_without_credential(onboarding: Onboarding) -> ServiceRefusal | None:
    """Entra's refusal of a device code for Partner Center, None where it issues one, which then is left to lapse."""
    tenant_id, client_id = onboarding.facts.tenant_id, onboarding.answers.client_id
    scope = onboarding.services.cloud.partner_center_scope
    known = onboarding.memory.probes.device_refusal
    if known is None:
        try:
            with_retries(
                onboarding,
                "asking whether the app is known",
                lambda: onboarding.services.device_codes.request(tenant_id, client_id, scope, None),
            )
            known = (None,)
        except ServiceRefusal as refusal:
            known = (refusal,)
        onboarding.memory.probes.device_refusal = known
    return known[0]


def graph_token(onboarding: Onboarding) -> Secret | None:
    """A token for Graph: the Graph identity's where one is chosen, else the app's own; None where there is none."""
    if onboarding.answers.graph_identity != "none":
        answer = graph_sign_in(onboarding)
        return None if isinstance(answer, ServiceRefusal | Unreachable) else answer  # app.graph_identity says why
    if onboarding.answers.credential == "none":
        return None
    own = probe(onboarding, f"https://{onboarding.services.cloud.graph}")
    return None if isinstance(own, ServiceRefusal) else own


def refusal_to_app(onboarding: Onboarding) -> ServiceRefusal | None:
    """Entra's refusal of the app, with its credential where it has one; None where it takes it."""
    if onboarding.answers.credential == "none":
        return refusal_without_credential(onboarding)
    answer = probe(onboarding, f"https://{onboarding.services.cloud.graph}")
    return answer if isinstance(answer, ServiceRefusal) else None


def refusal_to_partner_center(onboarding: Onboarding) -> ServiceRefusal | None:
    """Entra's refusal of the app asking for Partner Center; None where it gives a token, or a code."""
    if onboarding.answers.credential == "none":
        return refusal_without_credential(onboarding)
    answer = probe(onboarding, onboarding.services.cloud.partner_center_audience)
    return answer if isinstance(answer, ServiceRefusal) else None


def asked_of_graph(onboarding: Onboarding, what: str, read: Callable[[Secret], Result | None]) -> Result | None:
    """What `read` gives with a token for Graph; None, "could not tell", without one or where Graph refuses."""
    token = graph_token(onboarding)
    if token is None:
        return None
    try:
        return with_retries(onboarding, what, lambda: read(token))
    except ServiceRefusal:
        return None


def registration(onboarding: Onboarding) -> AppRegistration | None:
    """The app registration, None where Graph may not be read."""
    services, client_id = onboarding.services, onboarding.answers.client_id
    return asked_of_graph(
        onboarding, "reading the registration", lambda token: services.graph.read_registration(token, client_id)
    )
