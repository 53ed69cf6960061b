"""The fixes that make the integration account, and give it its role: the group AdminAgents (protocol 4.5, 4.7).

Partner Center makes its accounts in Entra as well; that it lists one which Graph has made is a guess (U).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from wizard.core.first_password import FIRST_PASSWORD
from wizard.core.fix_conditions import Precondition
from wizard.core.fixes import ChangeRequest, Fix
from wizard.microsoft.accounts import ADMIN_AGENTS
from wizard.microsoft.graph import Unread
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.account_lines import SIGN_IN_PAGE
from wizard.onboarding.probes.account_reading import read_agent_groups, read_domains, user_id
from wizard.onboarding.probes.app_fixes import shell_command

MAKES_USERS: Final = "User.ReadWrite.All"
"""The permission to make an account; of a person, the role User Administrator."""
CHANGES_MEMBERS: Final = "GroupMember.ReadWrite.All"
"""The permission to add a member to a group that carries no role of Entra's; of a person, the same role."""
IS_THERE: Final = "Somebody has made it meanwhile: nothing was changed. Check again."
NEW: Final = "user"
"""Under what the answer is known that made the account."""
AGENTS_RIGHTS: Final = "act for every customer of the partner"
SHELL_SAYS_ID: Final = '"$(az ad user show --id {user} --query id -o tsv)"'
FIRST_IN_SHELL: Final = '--force-change-password-next-sign-in true --password "$first"'
_LOCAL: Final = re.compile(r"[A-Za-z0-9'._!#^~-]{1,64}")
"""The part of a user name before the @, as Graph takes it (protocol 4.7)."""
_NO_NICKNAME: Final = re.compile(r"[^A-Za-z0-9._-]")


def creating(onboarding: Onboarding) -> tuple[Fix, ...]:
    """Return the fix that makes the integration account; none for a name in a domain that is not the tenant's.

    Raises:
        Cancelled: the cancel signal was set.
    """
    name = onboarding.answers.integration_user
    local, _, domain = name.partition("@")
    domains = read_domains(onboarding)
    is_elsewhere = not isinstance(domains, Unread) and domain.lower() not in domains
    if is_elsewhere or not _LOCAL.fullmatch(local):
        return ()
    group = _agents(onboarding)
    return (create_account(name, local, group, onboarding.services.cloud.graph),)


def making_admin_agent(onboarding: Onboarding) -> tuple[Fix, ...]:
    """Return the fix that adds the integration user to AdminAgents; none where Graph does not show both.

    Raises:
        Cancelled: the cancel signal was set.
    """
    group, object_id = _agents(onboarding), user_id(onboarding)
    if not group or not object_id:
        return ()
    name = onboarding.answers.integration_user
    return (
        Fix(
            "add-admin-agent",
            f"Make {name} an Admin agent",
            (_member(group, object_id, onboarding.services.cloud.graph),),
            f"{name} becomes a member of {ADMIN_AGENTS}: it, and whoever has its token, may {AGENTS_RIGHTS}. A token "
            "that it has already may not know it: sign in again.",
            f"Remove it from the group {ADMIN_AGENTS}.",
            shell_command("az", "ad", "group", "member", "add", "--group", group, "--member-id", object_id),
            widens=True,
        ),
    )


def create_account(name: str, local: str, group: str, graph: str) -> Fix:
    """Return the fix that makes an account, and an Admin agent of it.

    Args:
        name: its user name.
        local: the part of it before the @.
        group: object id of AdminAgents, "" where it becomes no member.
        graph: host of Graph.
    """
    shown = re.sub(r"[-._]+", " ", local).strip().title() or local
    members = {
        "accountEnabled": True,
        "displayName": shown,
        "mailNickname": _NO_NICKNAME.sub("", local) or "integration",
        "userPrincipalName": name,
    }
    asked = f"/v1.0/users/{quote(name, safe='@')}?$select=id,{','.join(members)}"
    made = ChangeRequest(
        "POST",
        "/v1.0/users",
        {**members, "passwordProfile": {"password": FIRST_PASSWORD, "forceChangePasswordNextSignIn": True}},
        MAKES_USERS,
        gives=NEW,
        precondition=Precondition(asked, {}, made=members, otherwise=IS_THERE, is_new=True),
        undo=ChangeRequest("DELETE", f"/v1.0/users/{{{NEW}.id}}", None, MAKES_USERS),
        password_of=name,
    )
    member = replace(_member(group, f"{{{NEW}.id}}", graph), waits_for="the group to know the new account")
    agent = (member,) if group else ()
    return Fix(
        "create-account",
        f"Make the account {name}" + (", an Admin agent" if group else ""),
        (made, *agent),
        f"{name} can then sign in, with a first password that is made up when it is sent, is shown to you once and "
        f"kept nowhere; at {SIGN_IN_PAGE} it has to choose another. "
        + (f"As a member of {ADMIN_AGENTS} it, and whoever has its token, may {AGENTS_RIGHTS}." if group else ""),
        "Delete it under Users > All users; it then lies under Deleted users for 30 days.",
        _command(name, shown, group),
        widens=True,
    )


def _command(name: str, shown: str, group: str) -> str:
    """Return the same for a shell, which asks for the password: it stands in no command that is kept."""
    create = shell_command("az", "ad", "user", "create", "--user-principal-name", name, "--display-name", shown)
    made = f"read -rsp 'First password: ' first && {create} {FIRST_IN_SHELL}"
    if not group:
        return made
    user = SHELL_SAYS_ID.format(user=shell_command(name))
    return f"{made} && {shell_command('az', 'ad', 'group', 'member', 'add', '--group', group)} --member-id {user}"


def _agents(onboarding: Onboarding) -> str:
    """Return the object id of AdminAgents, "" where none is needed, or Graph does not show exactly one."""
    groups = read_agent_groups(onboarding) if onboarding.spec.has("customers") else ()
    return groups[0] if not isinstance(groups, Unread) and len(groups) == 1 else ""


def _member(group: str, object_id: str, graph: str) -> ChangeRequest:
    path = f"/v1.0/groups/{group}/members"
    body = {"@odata.id": f"https://{graph}/v1.0/directoryObjects/{object_id}"}
    undo = ChangeRequest("DELETE", f"{path}/{object_id}/$ref", None, CHANGES_MEMBERS)
    return ChangeRequest("POST", f"{path}/$ref", body, CHANGES_MEMBERS, undo=undo)
