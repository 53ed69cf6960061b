"""The vault identity's tokens for Azure Resource Manager and for the vault; a person signs in once for both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wizard.core.inbox import Purpose
from wizard.core.jwt import payload_segment, read_segment
from wizard.core.retries import with_retries
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.identity import INTERACTIVE_IDENTITIES, close_prompt, interactive_sign_in

if TYPE_CHECKING:
    from wizard.core.secret import Secret

SIGNING_IN: Final = "signing in to Azure"


def azure_token(onboarding: Onboarding) -> Secret:
    """Return the vault identity's token for Azure Resource Manager, and keep it for this run.

    Raises:
        ServiceRefusal: the identity cannot sign in.
        Unreachable: whoever gives tokens could not be asked.
        Cancelled: the cancel signal was set.
    """
    services, answers, probes = onboarding.services, onboarding.answers, onboarding.memory.probes
    if probes.azure_token is None:
        prompts = interactive_sign_in(onboarding, Purpose.VAULT)
        try:
            probes.azure_token = with_retries(
                onboarding,
                SIGNING_IN,
                lambda: services.resource_manager_token(answers.vault_identity, onboarding.app_tenant_id, prompts),
            )
        finally:
            close_prompt(onboarding, "the code is used" if probes.azure_token else "the code can no longer be used")
    return probes.azure_token


def vault_token(onboarding: Onboarding) -> Secret:
    """Return the vault identity's token for the cloud's vaults, and keep it; raises what `azure_token` does."""
    services, answers, probes = onboarding.services, onboarding.answers, onboarding.memory.probes
    if probes.vault_token is None:
        prompts = interactive_sign_in(onboarding, Purpose.VAULT)
        try:
            probes.vault_token = with_retries(
                onboarding,
                SIGNING_IN,
                lambda: services.vault_token(answers.vault_identity, onboarding.app_tenant_id, prompts),
            )
        finally:
            close_prompt(onboarding, "the code is used" if probes.vault_token else "the code can no longer be used")
    return probes.vault_token


def would_ask_somebody(onboarding: Onboarding) -> bool:
    """Return whether a person would have to sign in now for a token of the vault identity."""
    identity = onboarding.answers.vault_identity
    return identity in INTERACTIVE_IDENTITIES and not onboarding.services.has_signed_in(
        identity, onboarding.app_tenant_id
    )


def tenant_of(token: Secret) -> str:
    """Return the tenant that a token is of, in lower case; "" if it does not show it."""
    return str(read_segment(payload_segment(token.reveal())).get("tid") or "").lower()


def is_of_a_person(token: Secret) -> bool:
    """Return whether a person signed in for a token: only then it has delegated permissions (protocol 1.7)."""
    return bool(read_segment(payload_segment(token.reveal())).get("scp"))
