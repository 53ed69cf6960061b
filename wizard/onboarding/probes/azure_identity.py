"""The vault identity's tokens for Azure Resource Manager and for the vault; a person signs in once for both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from wizard.core.inbox import Purpose
from wizard.core.jwt import payload_segment, read_segment
from wizard.core.retries import with_retries
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.identity import INTERACTIVE_IDENTITIES, close_prompt, interactive_sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.core.secret import Secret
    from wizard.microsoft.services import SignInPrompts

SIGNING_IN: Final = "signing in to Azure"


def azure_token(onboarding: Onboarding) -> Secret:
    """Return the vault identity's token for Azure Resource Manager, and keep it for this run.

    Raises:
        ServiceRefusal: the identity cannot sign in.
        Unreachable: whoever gives tokens could not be asked.
        Cancelled: the cancel signal was set.
    """
    return _kept(onboarding, "azure_token", onboarding.services.resource_manager_token)


def vault_token(onboarding: Onboarding) -> Secret:
    """Return the vault identity's token for the cloud's vaults, and keep it; raises what `azure_token` does."""
    return _kept(onboarding, "vault_token", onboarding.services.vault_token)


def _kept(
    onboarding: Onboarding,
    name: Literal["azure_token", "vault_token"],
    ask: Callable[[str, str, SignInPrompts], Secret],
) -> Secret:
    """Return the token that the run keeps by this name, asked for if there is none yet."""
    probes = onboarding.memory.probes
    known: Secret | None = getattr(probes, name)
    if known is not None:
        return known
    identity, tenant_id = onboarding.answers.vault_identity, onboarding.app_tenant_id
    prompts = interactive_sign_in(onboarding, Purpose.VAULT)
    prompt_ended = "the code can no longer be used"
    try:
        token = with_retries(onboarding, SIGNING_IN, lambda: ask(identity, tenant_id, prompts))
        prompt_ended = "the code is used"
    finally:
        close_prompt(onboarding, prompt_ended)
    setattr(probes, name, token)
    return token


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
