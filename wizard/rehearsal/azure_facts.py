"""The vault as Azure Resource Manager shows it to the operator."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AssignedRole:
    """A role of the operator.

    Args:
        role: a key of `ROLES`.
        minutes_ago: when it was assigned, before the start.
        on_secret: the one secret it is for, "" for the whole vault.
    """

    role: str = "secrets_officer"
    minutes_ago: float = 43_200
    on_secret: str = ""


@dataclass(frozen=True, slots=True)
class ResourceGroup:
    """A resource group of the first subscription, and its location."""

    name: str
    location: str = "westeurope"


@dataclass(frozen=True, slots=True)
class Azure:
    """What Resource Manager answers about the vault.

    Args:
        answers: whether the cloud has a Resource Manager at all.
        shows_vault: whether the operator may see the vault there.
        shows_roles: whether the operator may read who has which role.
        uses_roles: whether roles decide who may use the vault; else access policies do.
        roles: those of the operator.
        policy: what the operator's access policy allows on secrets; [] if there is none.
        purge_protection: whether it is on.
        allowed_addresses: what the firewall lets in; [] if it is off.
        public: whether the vault can be reached without a private endpoint.
        vault_tenant: whose identities the vault takes, "" for those of the operator's tenant.
        subscriptions: their names; the vault is in the first.
        groups: resource groups of the first one.
        registered: whether its subscriptions take requests about vaults.
        may_assign_roles: whether the operator may give roles.
        may_create: whether the operator may create resource groups and vaults, and change a vault's settings.
        policy_refuses: what a policy of the subscriptions says to a new vault, "" if none forbids it.
        name_taken: whether a vault that is nowhere to be seen has the vault's name.
        deleted: whether the vault lies deleted, in the first subscription.
        role_seen_after: seconds until a new role is listed.
        ready_after: seconds until a new vault, or a registration, is ready.
        address_after: seconds from then until a new vault's address resolves.
    """

    answers: bool = False
    shows_vault: bool = True
    shows_roles: bool = True
    uses_roles: bool = True
    roles: tuple[AssignedRole, ...] = field(default_factory=lambda: (AssignedRole(),))
    policy: tuple[str, ...] = ()
    purge_protection: bool = True
    allowed_addresses: tuple[str, ...] = ()
    public: bool = True
    vault_tenant: str = ""
    subscriptions: tuple[str, ...] = ("Contoso",)
    groups: tuple[ResourceGroup, ...] = field(default_factory=lambda: (ResourceGroup("partner"),))
    registered: bool = True
    may_assign_roles: bool = False
    may_create: bool = False
    policy_refuses: str = ""
    name_taken: bool = False
    deleted: bool = False
    role_seen_after: float = 0
    ready_after: float = 0
    address_after: float = 0
