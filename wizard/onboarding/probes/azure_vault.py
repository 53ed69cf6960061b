"""The vault as Azure Resource Manager shows it to the vault identity: its settings, and the roles of that identity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wizard.core.answers import vault_host
from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.inbox import Purpose
from wizard.core.retries import with_retries
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.identity import INTERACTIVE_IDENTITIES, close_prompt, interactive_sign_in

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.resource_manager import Role, RoleAssignment, VaultSettings

READING: Final = "reading the vault's settings"


@dataclass(frozen=True, slots=True)
class AssignedRole:
    """A role of the vault identity on the vault, or on something above or below it."""

    assignment: RoleAssignment
    role: Role


@dataclass(frozen=True, slots=True)
class AzureVault:
    """What Resource Manager shows of the vault.

    Args:
        settings: the vault's own.
        object_id: of the vault identity, as its token says it; "" if it does not.
        roles: those of the vault identity; None where they may not be read.
    """

    settings: VaultSettings
    object_id: str
    roles: tuple[AssignedRole, ...] | None


@dataclass(frozen=True, slots=True)
class UnseenVault:
    """That Resource Manager does not show the vault, and why, as a sentence."""

    why: str


def read_azure_vault(onboarding: Onboarding) -> AzureVault | UnseenVault:
    """Return the vault as Resource Manager shows it, or why it does not; asked once in a run.

    Raises:
        Unreachable: Resource Manager gave no answer.
        Cancelled: the cancel signal was set.
    """
    probes = onboarding.memory.probes
    if probes.azure_vault is None:
        try:
            probes.azure_vault = _read(onboarding)
        except Unreachable as error:
            probes.azure_vault = error
    if isinstance(probes.azure_vault, Unreachable):
        raise probes.azure_vault
    return probes.azure_vault


def _read(onboarding: Onboarding) -> AzureVault | UnseenVault:
    services, answers = onboarding.services, onboarding.answers
    if answers.vault_identity in INTERACTIVE_IDENTITIES and not services.has_signed_in(
        answers.vault_identity, onboarding.app_tenant_id
    ):
        return UnseenVault("Somebody signs in for the vault when it is tried, and is not asked twice.")
    manager, name = services.resource_manager, vault_host(answers.vault_url).partition(".")[0]
    try:
        token = with_retries(onboarding, READING, lambda: _token(onboarding))
    except ServiceRefusal:
        return UnseenVault("The vault identity gets no token for Azure Resource Manager.")
    finally:
        close_prompt(onboarding, "the code is used")
    try:
        settings = with_retries(onboarding, READING, lambda: manager.find_vault(token, name))
    except ServiceRefusal as refusal:
        return UnseenVault(f"Azure Resource Manager does not let the vault identity look ({refusal.code}).")
    if settings is None:
        return UnseenVault("Azure Resource Manager shows the vault identity no vault of this name.")
    object_id = services.object_id_of(token)
    return AzureVault(settings, object_id, _roles(onboarding, token, settings, object_id))


def _token(onboarding: Onboarding) -> Secret:
    return onboarding.services.resource_manager_token(
        onboarding.answers.vault_identity, onboarding.app_tenant_id, interactive_sign_in(onboarding, Purpose.VAULT)
    )


def _roles(
    onboarding: Onboarding, token: Secret, settings: VaultSettings, object_id: str
) -> tuple[AssignedRole, ...] | None:
    """Return the roles of the vault identity that count for the vault's secrets; None where they may not be read."""
    manager = onboarding.services.resource_manager
    if not settings.uses_roles:
        return ()
    if not object_id:
        return None

    def read() -> tuple[AssignedRole, ...]:
        found = manager.read_assignments(token, settings.id, object_id)
        counting = (each for each in found if _counts(each, settings.id, onboarding.secret_name))
        return tuple(AssignedRole(each, manager.read_role(token, each)) for each in counting)

    try:
        return with_retries(onboarding, READING, read)
    except ServiceRefusal:
        return None


def _counts(assignment: RoleAssignment, vault_id: str, secret_name: str) -> bool:
    """Return whether an assignment is for the vault, for something above it, or for the one secret."""
    scope, vault = assignment.scope.lower().rstrip("/"), vault_id.lower()
    return f"{vault}/".startswith(f"{scope}/") or scope == f"{vault}/secrets/{secret_name.lower()}"


def has_no_resource_manager(onboarding: Onboarding) -> str:
    """Return why Resource Manager cannot be asked, "" where it can."""
    return "" if onboarding.services.cloud.resource_manager else "this cloud names no Azure Resource Manager"
