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
