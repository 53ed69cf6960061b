"""`partner-wizard customers roles`: which roles are held at a customer, and what is missing to consent there.

What Graph allows is made once somebody agrees, by the Graph identity: never with the integration user's token.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from wizard.core.errors import BadInput, ServiceRefusal, Unreachable
from wizard.core.wording import OUTCOME_SIGNS, counted
from wizard.jobs.customer_roles_held import NO_GROUP, RolesHeld, read_my_groups, read_roles
from wizard.jobs.customer_run import member_of
from wizard.jobs.fleet import CUSTOMER, Member, Result, Totals, ask_all
from wizard.onboarding.finding_builders import not_reached, refused
from wizard.onboarding.fixing import apply_fix

if TYPE_CHECKING:
    from wizard.commands.customer_lines import CustomerLines
    from wizard.core.fixes import Fix
    from wizard.jobs.customer_list import CustomerList
    from wizard.jobs.customer_run import CustomerRun
    from wizard.tokens.customer_access import Customer

CHECK: Final = "customers.roles"
"""The id of what cannot be told."""


@dataclass(frozen=True, slots=True)
class RolesAsked:
    """What is asked for.

    Args:
        customers: at whom.
        workers: how many are asked side by side.
        group: the id of a group of the integration user that gets a missing role, "" for none.
        agrees: whether what is missing may be made without asking.
    """

    customers: list[Customer]
    workers: int
    group: str = ""
    agrees: bool = False


def write_roles(run: CustomerRun, listed: CustomerList, asked: RolesAsked, lines: CustomerLines) -> int:
    """Write the roles at each customer, make what is missing if somebody agrees, and return the exit code.

    Raises:
        BadInput: the integration user is not in the group that is to get a role.
    """
    try:
        held = _look(run, listed, asked, lines)
        fixes = {json.dumps(each.requests): each.fix for each in held if each.fix and NO_GROUP not in str(each.fix)}
        totals = _totals(held)
        if fixes and (asked.agrees or lines.agrees(f"Make {counted(len(fixes), 'change')} as the Graph identity", 0)):
            for fix in fixes.values():
                _make(run, fix, lines)
            totals = _totals(_look(run, listed, asked, lines))
    except ServiceRefusal as refusal:
        return lines.no_run(replace(refused(refusal), check=CHECK))
    except Unreachable as error:
        return lines.no_run(replace(not_reached(error), check=CHECK))
    lines.total(totals)
    return totals.exit_code or listed.exit_code


def _look(run: CustomerRun, listed: CustomerList, asked: RolesAsked, lines: CustomerLines) -> list[RolesHeld]:
    """Write what is held at each customer, and return it.

    Raises:
        BadInput: as `write_roles`.
        ServiceRefusal, Unreachable: Graph does not tell the groups of the integration user.
    """
    mine = read_my_groups(run)
    if asked.group and asked.group not in mine:
        raise BadInput("--group", "is the id of a group that the integration user is in; it is not in this one")
    by_id, held = {each.tenant_id: each for each in asked.customers}, dict[str, RolesHeld]()

    def ask(member: Member) -> Result:
        found = held[member.name] = read_roles(run, listed, by_id[member.tenant_id], mine, asked.group)
        return Result(member, found.outcome_of_fleet, (found.as_json(),))

    for result in ask_all(map(member_of, asked.customers), ask, asked.workers, run.onboarding.cancel):
        found = held.get(result.member.name)
        line = result.as_json()[0]
        lines.write(line, in_words(found) if found is not None else f"{result.member.name}: {result.mistake}")
    return list(held.values())


def _make(run: CustomerRun, fix: Fix, lines: CustomerLines) -> None:
    """Make what is missing, each request in the record of actions, and write what came of it."""
    lines.fix_result(apply_fix(run.onboarding, fix))


def _totals(held: list[RolesHeld]) -> Totals:
    totals = Totals(kind=CUSTOMER)
    totals.ended.update(each.outcome_of_fleet for each in held)
    return totals


def in_words(held: RolesHeld) -> str:
    """Return what is held and missing at a customer, as lines."""
    customer = held.customer
    name = customer.domain or customer.name or customer.tenant_id
    said = [f"{OUTCOME_SIGNS[held.outcome]} {name} ({customer.tenant_id}): {held.message}"]
    said += [f"    holds {each}" for each in held.roles]
    said += [f"    {act}" for act in held.actions]
    for each in held.requests:
        body = json.dumps(each["body"])
        said += [f"    {each['method']} https://{each['host']}{each['path']} {body}\n    takes {each['permission']}"]
    return "\n".join(said)
