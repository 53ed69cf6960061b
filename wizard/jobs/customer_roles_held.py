"""Which roles the integration user holds at a customer by GDAP, and what is missing to consent (protocol 11.7)."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from wizard.core.assets import read_asset
from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.findings import Outcome
from wizard.core.fix_conditions import JsonObject
from wizard.core.fixes import Api, ChangeRequest, Fix
from wizard.microsoft.graph import Question, text_in
from wizard.microsoft.relationships import RELATIONSHIPS, Assignment, Relationship, assignment_in, assignments_question
from wizard.onboarding.probes.app_fixes import shell_command
from wizard.tokens.customer_grants import read_list
from wizard.tokens.wanted_consents import ASSET

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.jobs.customer_list import CustomerList
    from wizard.jobs.customer_run import CustomerRun
    from wizard.tokens.customer_access import Customer

_GROUPS: Final = Question("the groups of the integration user", "/v1.0/me/memberOf", "User.Read", "in Entra > Groups")
NO_GROUP: Final = "<group id>"
"""In the place of a group that nobody has named: such a request is shown, and not made."""
_ADMIN_RELATIONSHIPS: Final = "partner.microsoft.com > Customers > the customer > Admin relationships"


@dataclass(frozen=True, slots=True)
class RolesHeld:
    """What is held at a customer.

    Args:
        customer: it.
        outcome: whether it is enough to consent.
        message: why.
        roles: that the integration user holds, by name, or by id where the name is not known.
        actions: what to do.
        fix: what may be made once somebody agrees, None where nothing can be.
        host: that takes its requests.
        is_unreachable: whether Graph could not be reached.
    """

    customer: Customer
    outcome: Outcome
    message: str
    roles: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    fix: Fix | None = None
    host: str = ""
    is_unreachable: bool = False

    @property
    def requests(self) -> tuple[Mapping[str, object], ...]:
        """What to send, as somebody who may: method, host, path, body, permission."""
        return tuple(
            {
                "method": each.method, "host": self.host, "path": each.path, "body": each.body,
                "permission": each.permission,
            }
            for each in (self.fix.requests if self.fix is not None else ())
        )  # fmt: skip

    @property
    def outcome_of_fleet(self) -> str:
        """How it ended, as a summary says it."""
        if self.is_unreachable:
            return "unreachable"
        return (
            "proven" if self.outcome is Outcome.HOLDS else "failed" if self.outcome is Outcome.FAILS else "provisional"
        )

    def as_json(self) -> dict[str, object]:
        """Return its line of `customers roles --json`."""
        return {
            "type": "roles",
            "name": self.customer.name,
            "domain": self.customer.domain,
            "outcome": self.outcome.value,
            "message": self.message,
            "roles": list(self.roles),
            "actions": list(self.actions),
            "requests": [dict(each) for each in self.requests],
        }


@cache
def needed_roles() -> Mapping[str, str]:
    """Return the roles of which one is needed to consent, by id, each with its name."""
    return {each["id"]: each["name"] for each in tomllib.loads(read_asset(ASSET))["role"]}


def read_my_groups(run: CustomerRun) -> frozenset[str]:
    """Return the ids of the groups that the integration user is in, in the partner's tenant.

    Raises:
        ServiceRefusal, Unreachable: Graph does not tell.
    """
    services = run.access.services()
    groups = read_list(run.access.waiter, services, run.partner_graph_token(), _GROUPS)
    return frozenset(text_in(each, "id").lower() for each in groups)


def read_roles(
    run: CustomerRun, listed: CustomerList, customer: Customer, mine: frozenset[str], group: str = ""
) -> RolesHeld:
    """Return what is held at a customer. Raises `Cancelled` alone.

    Args:
        run: asks.
        listed: the customers, with their relationships.
        customer: at whom.
        mine: the groups of the integration user.
        group: the one of them that gets the role where no group holds it, "" where nobody has said it.
    """
    if any(each.check == "customers.gdap" for each in listed.unread):
        return RolesHeld(customer, Outcome.UNKNOWN, "the GDAP relationships could not be read")
    active = [each for each in listed.relationships.get(customer.tenant_id, []) if each.is_active]
    own = [each for each in active if not each.is_read_only]
    if not own:
        acts = (f"Request a relationship: {_ADMIN_RELATIONSHIPS}.", "Have the customer approve it.")
        why = "all that is active is a read-only relationship of Microsoft's transition"
        return RolesHeld(
            customer, Outcome.FAILS, why if active else "no GDAP relationship with it is active", actions=acts
        )
    try:
        assigned = [(each, _assignments(run, run.partner_graph_token(), each)) for each in own]
    except Unreachable as error:
        said = f"{error.host} {error.detail}"
        return RolesHeld(customer, Outcome.UNKNOWN, said, is_unreachable=True)
    except ServiceRefusal as refusal:
        said = f"the groups that hold roles could not be read ({refusal.code or refusal.status})"
        return RolesHeld(customer, Outcome.UNKNOWN, said)
    return _judged(run, customer, assigned, mine, group)


def _assignments(run: CustomerRun, access_token: Secret, relationship: Relationship) -> list[Assignment]:
    question = assignments_question(relationship.relationship_id)
    items = read_list(run.access.waiter, run.access.services(), access_token, question)
    return [each for each in map(assignment_in, items) if each is not None and each.status == "active"]


def _judged(
    run: CustomerRun,
    customer: Customer,
    assigned: list[tuple[Relationship, list[Assignment]]],
    mine: frozenset[str],
    chosen: str,
) -> RolesHeld:
    needed = needed_roles()
    held = {role for _, groups in assigned for group in groups if group.group_id in mine for role in group.roles}
    roles = tuple(sorted(needed.get(each, each) for each in held))
    if held & needed.keys():
        return RolesHeld(customer, Outcome.HOLDS, "the roles that are held are enough to consent", roles)
    host = run.onboarding.services.cloud.graph
    by_group = [group for _, groups in assigned for group in groups if needed.keys() & set(group.roles)]
    if by_group:
        return RolesHeld(
            customer, Outcome.FAILS, "a group holds the role, and the integration user is not in it", roles,
            ("Add the integration user to the group, then wait some minutes:",),
            _joining(run, by_group[0].group_id), host,
        )  # fmt: skip
    offering = [each for each, _ in assigned if needed.keys() & set(each.roles)]
    if offering:
        return RolesHeld(
            customer, Outcome.FAILS, "the relationship has the role, and no group of the partner holds it", roles,
            ("Give it to a security group that the integration user is in (--group ID makes it):",),
            _giving(run, offering[0].relationship_id, chosen or NO_GROUP, next(iter(needed))), host,
        )  # fmt: skip
    names = " or ".join(needed.values())
    acts = (f"Request a relationship with {names}: {_ADMIN_RELATIONSHIPS}.", "Have the customer approve it.")
    return RolesHeld(customer, Outcome.FAILS, f"no active relationship has {names}", roles, acts)


def _joining(run: CustomerRun, group: str) -> Fix:
    """Return the fix that adds the integration user to a group that holds the role."""
    onboarding = run.onboarding
    user, graph = onboarding.facts.user_id, onboarding.services.cloud.graph
    member = {"@odata.id": f"https://{graph}/v1.0/directoryObjects/{user}"}
    path, permission = f"/v1.0/groups/{group}/members", "GroupMember.ReadWrite.All"
    undo = ChangeRequest("DELETE", f"{path}/{user}/$ref", None, permission)
    return Fix(
        "join-customer-group",
        f"Add the integration user to the group {group}",
        (ChangeRequest("POST", f"{path}/$ref", member, permission, undo=undo),),
        "The integration user, and whoever has its token, may then do what the group may at every customer.",
        "Remove it from the group.",
        shell_command("az", "ad", "group", "member", "add", "--group", group, "--member-id", user),
        Api.GRAPH,
        widens=True,
        tenant_id=onboarding.facts.tenant_id,
    )


def _giving(run: CustomerRun, relationship: str, group: str, role: str) -> Fix:
    """Return the fix that gives a role of a relationship to a group of the partner."""
    body: JsonObject = {
        "accessContainer": {"accessContainerId": group, "accessContainerType": "securityGroup"},
        "accessDetails": {"unifiedRoles": [{"roleDefinitionId": role}]},
    }
    graph = run.onboarding.services.cloud.graph
    path = f"{RELATIONSHIPS}/{relationship}/accessAssignments"
    permission = "DelegatedAdminRelationship.ReadWrite.All"
    return Fix(
        "give-customer-role",
        f"Give {needed_roles()[role]} at this customer to the group {group}",
        (ChangeRequest("POST", path, body, permission),),
        "Everybody in the group may then manage the customer's apps, and consent there.",
        f"Remove the group from the relationship: {_ADMIN_RELATIONSHIPS}.",
        shell_command("az", "rest", "--method", "post", "--url", f"https://{graph}{path}", "--body", json.dumps(body)),
        Api.GRAPH,
        widens=True,
        tenant_id=run.onboarding.facts.tenant_id,
    )
