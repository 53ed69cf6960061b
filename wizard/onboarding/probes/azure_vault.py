"""The vault as Azure Resource Manager shows it to the vault identity: its settings, and the roles of that identity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wizard.core.answers import vault_host
from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.retries import with_retries
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.azure_identity import azure_token, is_of_a_person, tenant_of, would_ask_somebody
from wizard.onboarding.probes.vault_fixes import Principal

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
        identity: the vault identity, as its token says it; its object id is "" if it does not.
        tenant_id: of the vault identity, in lower case; "" if its token does not show it.
        roles: those of the vault identity; None where they may not be read.
    """

    settings: VaultSettings
    identity: Principal
    tenant_id: str
    roles: tuple[AssignedRole, ...] | None

    @property
    def object_id(self) -> str:
        """The vault identity's object id."""
        return self.identity.object_id

    @property
    def is_of_another_tenant(self) -> bool:
        """Whether the vault takes tokens of another tenant than the identity's: no role helps then."""
        return bool(self.tenant_id and self.settings.tenant_id) and self.tenant_id != self.settings.tenant_id


@dataclass(frozen=True, slots=True)
class UnseenVault:
    """That Resource Manager does not show the vault.

    Args:
        why: as a sentence.
        was_asked: whether it was asked at all.
        other_tenant: the vault identity's, if that is another one than the app's; else "".
    """

    why: str
    was_asked: bool = True
    other_tenant: str = ""


def read_azure_vault(onboarding: Onboarding) -> AzureVault | UnseenVault:
    """Return the vault as Resource Manager shows it, or why it does not; asked once in a run.

    It is asked after all once somebody has signed in for the vault.

    Raises:
        Unreachable: Resource Manager gave no answer.
        Cancelled: the cancel signal was set.
    """
    found = onboarding.memory.probes.azure_vault
    if found is None or (isinstance(found, UnseenVault) and not found.was_asked and not would_ask_somebody(onboarding)):
        try:
            found = _read(onboarding)
        except Unreachable as error:
            found = error
        onboarding.memory.probes.azure_vault = found
    if isinstance(found, Unreachable):
        raise found
    return found


def _read(onboarding: Onboarding) -> AzureVault | UnseenVault:
    services = onboarding.services
    if would_ask_somebody(onboarding):
        return UnseenVault("Somebody signs in for the vault when it is tried, and is not asked twice.", was_asked=False)
    manager, name = services.resource_manager, vault_host(onboarding.answers.vault_url).partition(".")[0]
    try:
        token = azure_token(onboarding)
    except ServiceRefusal:
        return UnseenVault("The vault identity gets no token for Azure Resource Manager.")
    try:
        settings = with_retries(onboarding, READING, lambda: manager.find_vault(token, name))
    except ServiceRefusal as refusal:
        return UnseenVault(f"Azure Resource Manager does not let the vault identity look ({refusal.code}).")
    tenant_id = tenant_of(token)
    if settings is None:
        is_other = tenant_id and tenant_id != onboarding.app_tenant_id.lower()
        why = "Azure Resource Manager shows the vault identity no vault of this name."
        return UnseenVault(why, other_tenant=tenant_id if is_other else "")
    identity = Principal(services.object_id_of(token), "User" if is_of_a_person(token) else "ServicePrincipal")
    roles = read_roles(onboarding, token, settings, identity.object_id)
    return AzureVault(settings, identity, tenant_id, roles)


def read_roles(
    onboarding: Onboarding, token: Secret, settings: VaultSettings, object_id: str
) -> tuple[AssignedRole, ...] | None:
    """Return the roles of an identity that count for the secret of the answers; None where they may not be read."""
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
