"""The tenant's Conditional Access: to whom a policy applies at sign-in, and how Graph shows it (protocol 11.2)."""

from __future__ import annotations

from wizard.rehearsal.choices import PolicyState
from wizard.rehearsal.sign_in_policies import DEVICE_CODE_FLOW, ConditionalAccess
from wizard.rehearsal.world import Person, World

PARTNER_CENTER_APP_ID = "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"
REMEMBERED_DAYS = 90
"""The days that the MFA service policy names if it is not in use."""


def policies_of(world: World) -> tuple[ConditionalAccess, ...]:
    """Return every policy of the tenant, with those that a switch of `world.policy` stands for."""
    policies = list(world.policy.conditional_access)
    if world.policy.device_code_blocked:
        policies.append(ConditionalAccess("Block device code flow", blocks_device_code=True))
    if world.policy.requires_mfa:
        policies.append(ConditionalAccess("Require multifactor authentication", requires_mfa=True))
    return tuple(policies)


def blocks_device_code(world: World, person: Person) -> bool:
    """Return whether a policy in force refuses this person's device codes."""
    return any(policy.blocks_device_code for policy in _in_force(world, person))


def requires_mfa(world: World, person: Person) -> bool:
    """Return whether a policy in force requires MFA of this person."""
    return any(policy.requires_mfa for policy in _in_force(world, person))


def sign_in_frequency_days(world: World) -> int:
    """Return after how many days a policy in force that is for everybody wants a new sign-in, 0 for never."""
    days = [
        each.sign_in_frequency_days
        for each in policies_of(world)
        if each.state is PolicyState.ENABLED and each.for_all and each.sign_in_frequency_days
    ]
    return min(days, default=0)


def _in_force(world: World, person: Person) -> list[ConditionalAccess]:
    return [
        policy
        for policy in policies_of(world)
        if policy.state is PolicyState.ENABLED and (policy.for_all or person.roles)
    ]


def as_graph_lists(world: World) -> list[dict[str, object]]:
    """Return the policies as Graph lists them."""
    return [_as_graph_shows(world, number, policy) for number, policy in enumerate(policies_of(world), start=1)]


def _as_graph_shows(world: World, number: int, policy: ConditionalAccess) -> dict[str, object]:
    applies_to = ["All"] if policy.for_all else [each.object_id for each in world.people.values() if each.roles]
    methods = policy.transfer_methods or (DEVICE_CODE_FLOW if policy.blocks_device_code else "")
    control = "block" if policy.blocks_device_code else "mfa" if policy.requires_mfa else ""
    frequency = {
        "isEnabled": True,
        "value": policy.sign_in_frequency_days,
        "type": "days",
        "authenticationType": "primaryAndSecondaryAuthentication",
        "frequencyInterval": "timeBased",
    }
    left_out = [PARTNER_CENTER_APP_ID] if policy.excludes_partner_center else []
    trusted = {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}
    locations = trusted if policy.excludes_trusted_locations else None
    return {
        "id": f"88888888-9999-4999-8999-{number:012}",
        "displayName": policy.name,
        "state": str(policy.state),
        **({"createdDateTime": policy.created} if policy.created else {}),
        "conditions": {
            "users": {"includeUsers": applies_to, "excludeUsers": []},
            "applications": {"includeApplications": ["All"], "excludeApplications": left_out},
            "locations": locations,
            "clientAppTypes": ["all"],
            "authenticationFlows": {"transferMethods": methods} if methods else None,
        },
        "grantControls": {"operator": "OR", "builtInControls": [control]} if control else None,
        "sessionControls": {"signInFrequency": frequency} if policy.sign_in_frequency_days else None,
    }
