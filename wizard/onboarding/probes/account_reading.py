"""The integration user as Microsoft Graph shows the account; each question once in a journey."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from wizard.microsoft.graph import Question, Unread, Why
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.graph_reading import as_value, as_values, ask_list, ask_object

if TYPE_CHECKING:
    from wizard.microsoft.accounts import Account, Group, Membership, Method, Risk
    from wizard.microsoft.graph import JsonObject

Result = TypeVar("Result")


def read_account(onboarding: Onboarding) -> Account | Unread:
    """Return the integration user's account."""
    from wizard.microsoft.accounts import account_in, account_question

    question = account_question(onboarding.answers.integration_user)
    return as_value(question, ask_object(onboarding, question), account_in)


def user_id(onboarding: Onboarding) -> str:
    """Return the integration user's object id, "" where Graph does not tell it."""
    name, facts = onboarding.answers.integration_user, onboarding.facts
    if facts.user_id and facts.user_name.lower() == name.lower():
        return facts.user_id
    found = read_account(onboarding) if name else None
    return "" if found is None or isinstance(found, Unread) else found.object_id


def read_memberships(onboarding: Onboarding) -> tuple[Membership, ...] | Unread:
    """Return the groups and roles of the integration user."""
    from wizard.microsoft.accounts import membership_in, memberships_question

    question = memberships_question(_path_id(onboarding))
    return as_values(question, ask_list(onboarding, question), membership_in)


def read_groups(onboarding: Onboarding) -> tuple[Group, ...] | Unread:
    """Return the security groups that the integration user is a direct member of."""
    from wizard.microsoft.accounts import groups_in, groups_question

    answer = ask_list(onboarding, groups_question(_path_id(onboarding)))
    return answer if isinstance(answer, Unread) else groups_in(answer)


def read_agent_groups(onboarding: Onboarding) -> tuple[str, ...] | Unread:
    """Return the object ids of the groups that are called AdminAgents: one in a partner's tenant (protocol 4.7)."""
    from wizard.microsoft.accounts import ADMIN_AGENTS, group_id_in, group_question

    question = group_question(ADMIN_AGENTS)
    return as_values(question, ask_list(onboarding, question), group_id_in)


def read_domains(onboarding: Onboarding) -> frozenset[str] | Unread:
    """Return the tenant's domains."""
    from wizard.microsoft.accounts import DOMAINS, domains_in

    return _value(onboarding, DOMAINS, domains_in)


def read_methods(onboarding: Onboarding) -> tuple[Method, ...] | Unread:
    """Return the methods that the integration user has registered."""
    from wizard.microsoft.accounts import method_in, methods_question

    question = methods_question(_path_id(onboarding))
    return as_values(question, ask_list(onboarding, question), method_in)


def read_risk(onboarding: Onboarding) -> Risk | Unread:
    """Return the risk of the integration user; Graph knows none (404) of an account that never was at risk."""
    from wizard.microsoft.accounts import risk_in, risk_question

    object_id = user_id(onboarding)
    if not object_id:
        account = read_account(onboarding)
        return account if isinstance(account, Unread) else Unread(risk_question(""), Why.MALFORMED)
    return _value(onboarding, risk_question(object_id), risk_in)


def read_per_user_mfa(onboarding: Onboarding) -> bool | Unread:
    """Return whether per-user MFA requires it of the integration user."""
    from wizard.microsoft.accounts import per_user_mfa_question, requires_per_user_mfa

    return _value(onboarding, per_user_mfa_question(_path_id(onboarding)), requires_per_user_mfa)


def _path_id(onboarding: Onboarding) -> str:
    """Return what names the account in a path: its object id, else its user name."""
    return user_id(onboarding) or quote(onboarding.answers.integration_user, safe="@")


def _value(onboarding: Onboarding, question: Question, read: Callable[[JsonObject], Result | None]) -> Result | Unread:
    return as_value(question, ask_object(onboarding, question), read)
