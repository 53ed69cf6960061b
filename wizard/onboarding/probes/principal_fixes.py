"""The fixes of the app's service principal: sign-in switched on again, the integration user or a group assigned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from wizard.core.fixes import ChangeRequest, Fix
from wizard.microsoft.accounts import Group
from wizard.microsoft.graph import Unread
from wizard.microsoft.principals import PRINCIPALS, ServicePrincipal
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.account_reading import read_groups, user_id
from wizard.onboarding.probes.app_fixes import enable_app, shell_command
from wizard.onboarding.probes.graph_identity import NO_GRAPH_IDENTITY
from wizard.onboarding.probes.graph_reading import read_principal

DISABLED: Final = "AADSTS7000112"
"""Entra's refusal of an app that is switched off (protocol 6.3)."""
CHANGES_ASSIGNMENTS: Final = "AppRoleAssignment.ReadWrite.All"
"""The permission to assign users and groups to an app, which takes the one to read apps as well (protocol 6.4)."""
READS_APPS: Final = "Application.Read.All"
NO_ROLE: Final = "00000000-0000-0000-0000-000000000000"
"""The role of who is assigned to an app without naming one (protocol 6.4)."""
ASSIGNED: Final = "assigned"
"""Under what the answer is known that made the assignment."""
WAYS: Final = "assignment"
"""What the fixes that assign somebody are ways to do."""
MOST_GROUPS: Final = 5


def switching_on(onboarding: Onboarding, code: str = DISABLED) -> tuple[Fix, ...]:
    """Return the fix that switches sign-in to the app on, where Graph shows that it is off; none else.

    Args:
        onboarding: names the app.
        code: of Entra's refusal; none but `DISABLED` says that it is off.

    Raises:
        Cancelled: the cancel signal was set.
    """
    if code != DISABLED or onboarding.answers.graph_identity == NO_GRAPH_IDENTITY:
        return ()
    found = read_principal(onboarding, onboarding.answers.client_id)
    is_off = isinstance(found, ServicePrincipal) and found.is_enabled is False
    return (enable_app(found.app_id, found.name),) if is_off and isinstance(found, ServicePrincipal) else ()


def assigning(onboarding: Onboarding, app: ServicePrincipal) -> Iterator[Fix]:
    """Yield the ways to assign: the integration user, or one group that the account is a direct member of.

    Members of a group within the group are not let in (protocol 6.4). None where Graph does not know the account, or
    nobody has named it yet.

    Raises:
        Cancelled: the cancel signal was set.
    """
    object_id = user_id(onboarding)
    if not object_id:
        return
    user = onboarding.answers.integration_user or onboarding.facts.user_name
    effect = f"{user} may then sign in to the app, beside whoever is assigned already."
    yield _assign(onboarding, app, "assign-user", object_id, user, effect)
    groups = read_groups(onboarding)
    for each in () if isinstance(groups, Unread) else groups[:MOST_GROUPS]:
        whom = f"the group “{each.name or each.object_id}”"
        effect = (
            f"Every direct member of {whom} may then sign in to the app, also who joins it later; {user} is one. It "
            "takes Entra ID P1."
        )
        yield _assign(onboarding, app, _name_of(each), each.object_id, whom, effect)


def _name_of(group: Group) -> str:
    return f"assign-group-{group.object_id}"


def _assign(onboarding: Onboarding, app: ServicePrincipal, name: str, holder_id: str, whom: str, effect: str) -> Fix:
    path = f"{PRINCIPALS}/{app.object_id}/appRoleAssignedTo"
    body = {"principalId": holder_id, "resourceId": app.object_id, "appRoleId": NO_ROLE}
    undo = ChangeRequest("DELETE", f"{path}/{{{ASSIGNED}.id}}", None, CHANGES_ASSIGNMENTS)
    request = ChangeRequest("POST", path, body, CHANGES_ASSIGNMENTS, also=(READS_APPS,), gives=ASSIGNED, undo=undo)
    words = f'{{"principalId":"{holder_id}","resourceId":"{app.object_id}","appRoleId":"{NO_ROLE}"}}'
    return Fix(
        name,
        f"Assign {whom} to “{app.name}”",
        (request,),
        effect,
        "Remove the assignment under Enterprise apps > the app > Users and groups.",
        shell_command(
            "az",
            "rest",
            "--method",
            "POST",
            "--url",
            f"https://{onboarding.services.cloud.graph}{path}",
            "--body",
            words,
        ),
        widens=True,
        one_of=WAYS,
    )
