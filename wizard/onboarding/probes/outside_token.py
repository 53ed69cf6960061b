"""The token of another issuer with which an app proves itself, and what the app has to trust for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Finding, Who
from wizard.core.retries import with_retries
from wizard.onboarding.finding_builders import fails, refused
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.refusal_context import RefusalContext

if TYPE_CHECKING:
    from wizard.microsoft.credentials import Credential, FederatedCredential
    from wizard.microsoft.federated import OutsideToken

SOURCES: Final = {
    "managed": "the managed identity of this machine",
    "workload": "the workload identity of this pod",
    "file": "the file",
}
"""Where an outside token comes from, in words."""
NOT_TRUSTED: Final = frozenset({
    "AADSTS70021", "AADSTS70025", "AADSTS700211", "AADSTS700212", "AADSTS700213", "AADSTS7002138",
})  # fmt: skip
"""Codes that say that no federated credential of the app fits the token (protocol 11.4)."""
OF_OUTSIDE_TOKEN: Final = NOT_TRUSTED | {"AADSTS700024", "AADSTS700222", "AADSTS700226", "AADSTS700229"}
"""Codes with which Entra refuses an outside token; they come only where the app is known."""


def outside_token(onboarding: Onboarding, credential: FederatedCredential) -> OutsideToken | ServiceRefusal:
    """Return what the token of a federated credential says now, or why its source gives none.

    Raises:
        BadInput: its file is not there, or holds no token.
        Unreachable: the endpoint of a managed identity could not be asked.
    """
    from wizard.microsoft.federated import read_outside_token

    try:
        return read_outside_token(with_retries(onboarding, "getting the app's outside token", credential.read))
    except ServiceRefusal as refusal:
        return refusal


def no_outside_token(refusal: ServiceRefusal) -> Finding:
    """Return the finding that a machine's managed identity gives no token."""
    return fails(
        "This machine has no managed identity that gives a token for the app.",
        (
            "Assign one to it: portal.azure.com > Virtual machines > the VM > Security > Identity > User assigned.",
            "If it has several, enter the client id of the one that the app trusts.",
            "Outside Azure choose another credential.",
        ),
        Who.OPERATOR,
        Who.ADMIN,
        title="The managed identity gives no token",
        field="managed_identity",
        service_said=refusal.description,
    )


def refused_credential(onboarding: Onboarding, refusal: ServiceRefusal) -> Finding:
    """Return Entra's refusal of the app's credential; of an outside token with what the app would have to trust."""
    from wizard.microsoft.credentials import FederatedCredential

    if refusal.code not in OF_OUTSIDE_TOKEN:
        return refused(refusal)
    credential: Credential | None = client_credential(onboarding)
    if not isinstance(credential, FederatedCredential):
        return refused(refusal)
    finding = refused(refusal, context=RefusalContext.OUTSIDE_TOKEN)
    token = outside_token(onboarding, credential)
    if isinstance(token, ServiceRefusal):
        return finding
    finding = replace(finding, evidence={**token.as_evidence(), **finding.evidence})
    if refusal.code not in NOT_TRUSTED:
        return finding
    says = f"issuer {token.issuer}, subject {token.subject}, audience {token.audience}"
    return replace(finding, actions=(*finding.actions, f"The app has to trust exactly this: {says}."))
