"""What Graph shows of an account: itself, its groups and roles, methods, risk and per-user MFA (protocol 6.1, 11.5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from wizard.rehearsal.choices import Home
from wizard.rehearsal.clock import iso_timestamp
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.graph_answers import GraphError
from wizard.rehearsal.world import Person

Json = Mapping[str, object]
AGENTS_ID: Final = "cccccccc-0000-4000-8000-000000000001"
AGENTS: Final = "AdminAgents"
"""The group of Admin agents."""
ROLE_NAMES: Final = {
    "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": "Application Administrator",
}


def find_person(cloud: CloudState, named: str) -> Person:
    """Return the person of a user name or object id; raise `GraphError` 404 where there is none."""
    for person in cloud.people.values():
        if named.lower() in (person.object_id, user_name(cloud, person).lower()):
            return person
    words = f"Resource '{named}' does not exist or one of its queried reference-property objects are not present."
    raise GraphError(404, "Request_ResourceNotFound", words)


def user_name(cloud: CloudState, person: Person) -> str:
    """Return the user name of a person in the tenant: a guest has one of its own there."""
    if person.home is Home.FABRIKAM:
        return f"{person.account.replace('@', '_')}#EXT#@{cloud.world.tenant.domain}"
    return person.account


def account(cloud: CloudState, person: Person) -> Json:
    """Return the account."""
    facts = person.graph
    made, changed = _times(cloud, person)
    return {
        "id": person.object_id,
        "mailNickname": person.account.partition("@")[0],
        "createdDateTime": iso_timestamp(made),
        "lastPasswordChangeDateTime": iso_timestamp(changed),
        "userPrincipalName": user_name(cloud, person),
        "displayName": person.name,
        "userType": "Guest" if person.home is Home.FABRIKAM else "Member",
        "accountEnabled": facts.enabled,
        "onPremisesSyncEnabled": facts.synchronised or None,
        "jobTitle": facts.job_title or None,
        "employeeId": None,
        "mobilePhone": None,
    }


def _times(cloud: CloudState, person: Person) -> tuple[datetime, datetime]:
    """Return when an account was made, and when its password was changed last."""
    for new in cloud.new_accounts.values():
        if new.person.object_id == person.object_id:
            return new.made_at, new.changed_at or new.made_at
    made = cloud.started - timedelta(days=30)
    return made, made if person.password_must_change else made + timedelta(days=1)


def groups(cloud: CloudState) -> list[Json]:
    """Return the groups of a partner's tenant, none of any other."""
    return [{"id": AGENTS_ID, "displayName": AGENTS}] if cloud.world.partner_center.is_partner else []


def memberships(person: Person) -> list[Json]:
    """Return the groups and directory roles of a person."""
    group = {
        "@odata.type": "#microsoft.graph.group",
        "id": AGENTS_ID,
        "displayName": AGENTS,
        "securityEnabled": True,
    }
    roles = [
        {
            "@odata.type": "#microsoft.graph.directoryRole",
            "id": f"cccccccc-0000-4000-8000-0000000000{number:02}",
            "displayName": ROLE_NAMES.get(role),
            "roleTemplateId": role,
        }
        for number, role in enumerate(person.roles, start=10)
    ]
    return [*([group] if person.admin_agent else []), *roles]


def methods(person: Person) -> list[Json]:
    """Return the registered methods of a person; everybody has a password."""
    registered = person.graph.methods or (("microsoftAuthenticator",) if person.mfa_registered else ())
    return [
        {"@odata.type": f"#microsoft.graph.{kind}AuthenticationMethod",
         "id": f"dddddddd-0000-4000-8000-0000000000{number:02}"}
        for number, kind in enumerate(("password", *registered))
    ]  # fmt: skip


def risk(person: Person) -> Json:
    """Return the risk of a person; raise `GraphError` 404 for one who never was at risk."""
    if not person.graph.risk:
        raise GraphError(404, "Request_ResourceNotFound", f"Resource '{person.object_id}' does not exist.")
    return {
        "id": person.object_id,
        "riskState": person.graph.risk,
        "riskLevel": "none" if person.graph.risk in ("none", "remediated", "dismissed") else "high",
        "riskDetail": "none",
        "userPrincipalName": person.account,
    }


def app_management(cloud: CloudState) -> Json:
    """Return the tenant's policy for credentials of apps (protocol 11.4)."""
    rules = cloud.world.policy.app_management
    return {
        "id": "00000000-0000-0000-0000-000000000000",
        "displayName": "Default app management tenant policy",
        "isEnabled": rules.secrets_forbidden or rules.secret_days > 0,
        "applicationRestrictions": {
            "passwordCredentials": [
                _restriction("passwordAddition", rules.secrets_forbidden),
                _restriction("passwordLifetime", rules.secret_days > 0, rules.secret_days),
            ],
            "keyCredentials": [],
        },
        "servicePrincipalRestrictions": {"passwordCredentials": [], "keyCredentials": []},
    }


def own_app_management(cloud: CloudState) -> list[Json]:
    """Return the policies that are assigned to the scene's app."""
    made = [cloud.credential_exceptions[each] for each in sorted(cloud.excepted)]
    if not cloud.world.policy.app_management.app_excepted:
        return made
    restrictions = {"passwordCredentials": [_restriction("passwordAddition", is_on=False)], "keyCredentials": []}
    return [
        {"id": "eeeeeeee-0000-4000-8000-000000000001", "displayName": "Exception", "isEnabled": True,
         "restrictions": restrictions},
        *made,
    ]  # fmt: skip


def _restriction(kind: str, is_on: bool, days: int = 0) -> Json:
    return {
        "restrictionType": kind,
        "state": "enabled" if is_on else "disabled",
        "maxLifetime": f"P{days}D" if days else None,
        "restrictForAppsCreatedAfterDateTime": "2019-01-01T00:00:00Z",
    }
