"""`partner-wizard customers roles`: which roles are held at a customer, and what is missing to consent there."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.wording import OUTCOME_SIGNS
from wizard.jobs.customer_roles_held import RolesHeld, read_my_groups, read_roles
from wizard.jobs.customer_run import member_of
from wizard.jobs.fleet import CUSTOMER, Member, Result, Totals, ask_all
from wizard.onboarding.finding_builders import not_reached, refused

if TYPE_CHECKING:
    from wizard.commands.customer_lines import CustomerLines
    from wizard.jobs.customer_list import CustomerList
    from wizard.jobs.customer_run import CustomerRun
    from wizard.tokens.customer_access import Customer


CHECK: Final = "customers.roles"
"""The id of what cannot be told."""


def write_roles(
    run: CustomerRun, listed: CustomerList, customers: list[Customer], lines: CustomerLines, workers: int
) -> int:
    """Write the roles at each customer, and what to send where one is missing; return the exit code."""
    try:
        mine = read_my_groups(run)
    except ServiceRefusal as refusal:
        return lines.no_run(replace(refused(refusal), check=CHECK))
    except Unreachable as error:
        return lines.no_run(replace(not_reached(error), check=CHECK))
    by_id, held, totals = {each.tenant_id: each for each in customers}, dict[str, RolesHeld](), Totals(kind=CUSTOMER)

    def ask(member: Member) -> Result:
        found = held[member.name] = read_roles(run, listed, by_id[member.tenant_id], mine)
        return Result(member, found.outcome_of_fleet, (found.as_json(),))

    for result in ask_all(map(member_of, customers), ask, workers, run.onboarding.cancel):
        totals.ended[result.outcome] += 1
        found = held.pop(result.member.name, None)
        line = result.as_json()[0]
        lines.write(line, in_words(found) if found is not None else f"{result.member.name}: {result.mistake}")
    lines.total(totals)
    return totals.exit_code or listed.exit_code


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
