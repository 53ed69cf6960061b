"""What Entra says about the app: asked with the app's credential, or by a device code where it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.core.errors import ServiceRefusal
from wizard.core.retries import with_retries
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.probes.outside_token import OF_OUTSIDE_TOKEN

if TYPE_CHECKING:
    from wizard.core.secret import Secret

UNKNOWN_APP = {"AADSTS700016", "AADSTS700038", "AADSTS90112"}
"""The app id is unknown in this tenant, or no app id at all (protocol 6.3)."""
NO_SERVICE_PRINCIPAL = "AADSTS7000229"
NOT_PROVISIONED = {"AADSTS500011", "AADSTS650052"}
KNOWN_APP = {
    "AADSTS7000215", "AADSTS7000222", "AADSTS7000218", "AADSTS700025", "AADSTS700027", "AADSTS50013", "AADSTS500133",
    "AADSTS7000112", "AADSTS65001", "AADSTS53003", *OF_OUTSIDE_TOKEN, *NOT_PROVISIONED, NO_SERVICE_PRINCIPAL,
}  # fmt: skip
"""Refusals that come only where the app is known."""
CREDENTIAL_NOT_REACHED = UNKNOWN_APP | NOT_PROVISIONED | {NO_SERVICE_PRINCIPAL}
"""Refusals that come before Entra checks the credential."""


def request_app_token(onboarding: Onboarding, resource: str, tenant_id: str = "") -> Secret | ServiceRefusal:
    """Return Entra's answer to a request for a token of the app's own; asked once in a run.

    Args:
        onboarding: gives the app and its credential.
        resource: what the token is for, an address.
        tenant_id: where it is asked for; "": in the tenant that is onboarded.

    Raises:
        LookupError: the app has no credential.
        Unreachable: Entra gave no answer.
    """
    tokens = onboarding.memory.probes.app_tokens
    key = (tenant_id or onboarding.facts.tenant_id, resource)
    if key not in tokens:
        credential = client_credential(onboarding)
        if credential is None:
            raise LookupError("an app's own token needs a credential")
        client_id = onboarding.answers.client_id
        try:
            tokens[key] = with_retries(
                onboarding,
                "trying the app's credential",
                lambda: onboarding.services.entra.acquire_app_token(key[0], client_id, credential, resource),
            )
        except ServiceRefusal as refusal:
            tokens[key] = refusal
    return tokens[key]


def refusal_of_device_code(onboarding: Onboarding, tenant_id: str = "") -> ServiceRefusal | None:
    """Return why Entra issues no device code for the API; None where it issues one, which nobody uses.

    Asked once in a run, in the tenant that is onboarded or another. Raises `Unreachable`.
    """
    tenant_id, client_id = tenant_id or onboarding.facts.tenant_id, onboarding.answers.client_id
    scope, refusals = onboarding.api_scope, onboarding.memory.probes.device_refusals
    if tenant_id not in refusals:
        try:
            with_retries(
                onboarding,
                "asking whether the app is known",
                lambda: onboarding.services.device_codes.request(tenant_id, client_id, scope, None),
            )
            refusals[tenant_id] = None
        except ServiceRefusal as refusal:
            refusals[tenant_id] = refusal
    return refusals[tenant_id]


def refusal_of_app(onboarding: Onboarding) -> ServiceRefusal | None:
    """Return why Entra refuses the app, with its credential where it has one; None where it accepts the app."""
    return _refusal(onboarding, f"https://{onboarding.services.cloud.graph}")


def refusal_of_app_at_home(onboarding: Onboarding) -> ServiceRefusal | None:
    """Return why Entra refuses the app in the tenant where it is registered; None where it accepts the app."""
    return _refusal(onboarding, f"https://{onboarding.services.cloud.graph}", onboarding.app_tenant_id)


def refusal_of_api(onboarding: Onboarding) -> ServiceRefusal | None:
    """Return why Entra refuses the app a token, or a code, for the API; None where it gives one."""
    return _refusal(onboarding, onboarding.api_audience)


def _refusal(onboarding: Onboarding, resource: str, tenant_id: str = "") -> ServiceRefusal | None:
    if onboarding.answers.credential == "none":
        return refusal_of_device_code(onboarding, tenant_id)
    answer = request_app_token(onboarding, resource, tenant_id)
    return answer if isinstance(answer, ServiceRefusal) else None
