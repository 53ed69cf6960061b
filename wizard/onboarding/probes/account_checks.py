"""The integration user, read from Graph before anybody signs in: what kind of account, which rights, MFA, risk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wizard.core.claims import GLOBAL_ADMINISTRATOR
from wizard.core.findings import Finding, Item, ItemKind, Outcome, Who
from wizard.microsoft.graph import Unread, Why
from wizard.onboarding.finding_builders import could_not_tell, fails, fixed_by, holds, of_items
from wizard.onboarding.health_rule import HealthRule, needs_checks
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.account_fixes import creating, making_admin_agent
from wizard.onboarding.probes.account_lines import Line, account_lines
from wizard.onboarding.probes.account_reading import (
    read_account,
    read_agent_groups,
    read_memberships,
    read_methods,
    read_risk,
    user_id,
)
from wizard.onboarding.probes.graph_identity import (
    OWN_TENANT,
    identity_claims,
    no_graph_identity,
)
from wizard.onboarding.probes.graph_reading import graph_token, untold, why_unread
from wizard.onboarding.probes.mfa_requirement import check_mfa_required
from wizard.onboarding.step import Check

if TYPE_CHECKING:
    from wizard.microsoft.accounts import Account, Membership, Method

DEDICATED: Final = "Make an account for programs alone: entra.microsoft.com > Entra ID > Users > New user."
SWITCH_ON: Final = "Switch it on: entra.microsoft.com > Entra ID > Users > All users > the user > Settings."
MAKE_ADMIN_AGENT: Final = (
    "Make it an Admin agent: partner.microsoft.com > Account settings > User management > the user > Admin agent."
)
NO_AGENTS: Final = "the tenant has no group AdminAgents: it is not a CSP partner's, or not associated yet (step 1)"
RIGHTS_ACTS: Final = {
    ItemKind.MISSING: MAKE_ADMIN_AGENT,
    ItemKind.UNREAD: "Look it up: partner.microsoft.com > Account settings > User management > the user.",
    ItemKind.EXTRA: "Take roles away: entra.microsoft.com > Entra ID > Users > All users > the user > Assigned roles.",
}
"""What to do about a right that does not fit, by how it does not."""
REGISTER_METHOD: Final = (
    "Sign in as the account once at https://aka.ms/mfasetup: it asks for another password where it still has the first "
    "one, and registers a second factor. Then check again."
)


def check_account_kind(onboarding: Onboarding) -> Finding:
    """The account is one of this tenant, may sign in, and was made for programs: it is nobody's own."""
    name, found = onboarding.answers.integration_user, read_account(onboarding)
    if isinstance(found, Unread) and found.why is Why.NOT_THERE:
        return _still_to_be_made(onboarding)
    if isinstance(found, Unread):
        return untold(onboarding, found)
    items = tuple(_kind_items(onboarding, found))
    wrong = [item for item in items if item.outcome is not Outcome.HOLDS]
    message = f"{name} {wrong[0].message}." if len(wrong) == 1 else f"{name}: {len(wrong)} things do not fit."
    return of_items(
        message if wrong else f"{name} is an account of this tenant that may sign in, and nobody's own.",
        items,
        (*((SWITCH_ON,) if found.is_enabled is False else ()), DEDICATED, "Then enter that one here."),
        Who.ADMIN,
        object_id=found.object_id,
    )


def _still_to_be_made(onboarding: Onboarding) -> Finding:
    """Return the finding of an account that is not there: all that it needs, in order, and who does it."""
    lines, mfa = account_lines(onboarding), check_mfa_required(onboarding)
    items = [Item(each.subject, Outcome.FAILS, each.missing, ItemKind.MISSING, each.link) for each in lines[:-1]]
    items[1] = _role_item(onboarding, items[1])
    items.append(_mfa_item(mfa, lines[-1]))
    needed = lines if mfa.outcome in (Outcome.FAILS, Outcome.UNKNOWN) else lines[:-1]
    finding = of_items(
        f"The tenant has no account {onboarding.answers.integration_user}.",
        tuple(items),
        ("If it has another name, correct the integration user's name.", *(each.act for each in needed)),
        Who.OPERATOR,
        Who.ADMIN,
        Who.INTEGRATION_USER,
        title="The tenant has no such account",
    )
    return fixed_by(finding, *creating(onboarding))


def _mfa_item(found: Finding, line: Line) -> Item:
    """Return the line of MFA, as the check of it has found it."""
    match found.outcome:
        case Outcome.FAILS:
            message, kind = line.missing, ItemKind.MISSING
        case Outcome.UNKNOWN:
            message, kind = "may be required: that could not be told", ItemKind.UNREAD
        case _:
            can_be_skipped = found.outcome is Outcome.WARNS
            message, kind = "is required" + (", but can be skipped" if can_be_skipped else ""), ItemKind.SETTING
    return Item(line.subject, found.outcome, message, kind, line.link)


def _role_item(onboarding: Onboarding, item: Item) -> Item:
    """Return the line of the role, with what Graph says of the group that carries it."""
    if not onboarding.spec.has("customers"):
        return item
    groups = read_agent_groups(onboarding)
    if isinstance(groups, Unread):
        message = f"the group AdminAgents could not be read: {why_unread(groups)}"
        return replace(item, outcome=Outcome.UNKNOWN, message=message, kind=ItemKind.UNREAD)
    if not groups:
        return replace(item, message=NO_AGENTS)
    return item


def _kind_items(onboarding: Onboarding, found: Account) -> Iterator[Item]:
    """Yield what kind of account it is."""
    if found.is_guest:
        message = "is a guest from another tenant, and Partner Center wants an account of this one"
        yield Item("home", Outcome.FAILS, message, ItemKind.SETTING)
    else:
        yield Item("home", Outcome.HOLDS, "is of this tenant", ItemKind.SETTING)
    if found.is_enabled is None:
        yield Item("sign-in", Outcome.UNKNOWN, "may be switched off: Graph does not say", ItemKind.UNREAD)
    elif not found.is_enabled:
        yield Item("sign-in", Outcome.FAILS, "is switched off (AADSTS50057)", ItemKind.SETTING)
    if found.is_synchronised:
        message = "comes from an on-premises directory, which can switch it off and change its password"
        yield Item("origin", Outcome.WARNS, message, ItemKind.SETTING)
    if _is_the_reader(onboarding, found):
        message = "is the account that reads Graph here: an administrator's own, not one for programs"
        yield Item("owner", Outcome.WARNS, message, ItemKind.SETTING)
    elif found.personal:
        message = f"looks like a person's own: it has {' and '.join(found.personal)}"
        yield Item("owner", Outcome.WARNS, message, ItemKind.SETTING)


def _is_the_reader(onboarding: Onboarding, found: Account) -> bool:
    token = graph_token(onboarding)
    return token is not None and identity_claims(token)[1] == found.object_id


def check_rights(onboarding: Onboarding) -> Finding:
    """The account is in the group of Admin agents, where one is needed, and has no role of an administrator."""
    found = read_memberships(onboarding)
    if isinstance(found, Unread):
        return untold(onboarding, found)
    items = (*_agent_items(onboarding, found), *_role_items(found))
    wrong = [item for item in items if item.outcome is not Outcome.HOLDS]
    fits = "Its groups and roles are those of an integration user."
    finding = of_items(
        f"Of its groups and roles these do not fit: {', '.join(item.subject for item in wrong)}." if wrong else fits,
        items,
        tuple(act for kind, act in RIGHTS_ACTS.items() if any(item.kind is kind for item in wrong)),
        Who.ADMIN,
    )
    is_no_agent = any(item.kind is ItemKind.MISSING for item in wrong)
    return fixed_by(finding, *making_admin_agent(onboarding)) if is_no_agent else finding


def _agent_items(onboarding: Onboarding, found: Iterable[Membership]) -> Iterator[Item]:
    """Yield whether it is an Admin agent, in an onboarding that needs one."""
    from wizard.microsoft.accounts import ADMIN_AGENTS, MembershipKind

    if not onboarding.spec.has("customers"):
        return
    groups = [each for each in found if each.kind is MembershipKind.GROUP]
    if any(each.name == ADMIN_AGENTS for each in groups):
        yield Item(ADMIN_AGENTS, Outcome.HOLDS, "is a member", ItemKind.SETTING)
    elif any(not each.name for each in groups):
        message = "Graph does not show this identity the names of its groups"
        yield Item(ADMIN_AGENTS, Outcome.UNKNOWN, message, ItemKind.UNREAD)
    elif read_agent_groups(onboarding) == ():
        yield Item(ADMIN_AGENTS, Outcome.FAILS, NO_AGENTS, ItemKind.MISSING)
    else:
        yield Item(ADMIN_AGENTS, Outcome.FAILS, "is no member, so it is no Admin agent (2032)", ItemKind.MISSING)


def _role_items(found: Iterable[Membership]) -> Iterator[Item]:
    """Yield each directory role: whoever has the token has it too."""
    from wizard.catalogue.well_known import role_name
    from wizard.microsoft.accounts import MembershipKind

    for each in found:
        if each.kind is not MembershipKind.ROLE:
            continue
        name = each.name or role_name(each.role_id) or each.role_id or "a role without a name"
        is_all = each.role_id == GLOBAL_ADMINISTRATOR
        message = "whoever has the token has the whole tenant" if is_all else "whoever has the token has this role too"
        yield Item(name, Outcome.WARNS, message, ItemKind.EXTRA)


def check_methods(onboarding: Onboarding) -> Finding:
    """The account has registered a second factor, so that MFA can be done when it signs in."""
    from wizard.microsoft.accounts import Account, MethodKind

    found = read_methods(onboarding)
    if isinstance(found, Unread):
        return untold(onboarding, found)
    items = tuple(_method_item(each) for each in found)
    kinds = {each.kind for each in found}
    names = ", ".join(dict.fromkeys(each.name for each in found)) or "nothing"
    if MethodKind.SECOND_FACTOR in kinds:
        return holds(f"A second factor is registered ({names}).")
    if None in kinds:
        message = f"Registered are: {names}. Whether one of them is a second factor is not known."
        return could_not_tell(message, REGISTER_METHOD, Who.INTEGRATION_USER)
    account = read_account(onboarding)
    if isinstance(account, Account) and account.has_first_password and not kinds - {MethodKind.NONE}:
        return replace(
            of_items("Nobody has signed in as the account yet.", NOT_SIGNED_IN, REGISTER_METHOD, Who.INTEGRATION_USER),
            title="The first sign-in is still to come",
        )
    return of_items(
        f"Registered is only: {names}."
        if kinds & {MethodKind.PHONE, MethodKind.TEMPORARY}
        else f"No second factor is registered, only: {names}. Nobody can sign in with MFA.",
        items if kinds & {MethodKind.PHONE, MethodKind.TEMPORARY} else (NO_FACTOR,),
        (REGISTER_METHOD, "Best with Microsoft Authenticator, or a passkey."),
        Who.INTEGRATION_USER,
        Who.ADMIN,
    )


NO_FACTOR: Final = Item("second factor", Outcome.FAILS, "none is registered", ItemKind.MISSING)
NOT_SIGNED_IN: Final = (
    Item("password", Outcome.UNKNOWN, "still the first one: the first sign-in asks for another", ItemKind.SETTING),
    Item("second factor", Outcome.UNKNOWN, "none yet: the first sign-in asks for one", ItemKind.MISSING),
)
"""What is open about an account until it has signed in once."""


def _method_item(each: Method) -> Item:
    """Return how far a method does for MFA."""
    from wizard.microsoft.accounts import MethodKind

    match each.kind:
        case MethodKind.PHONE:
            return Item(each.name, Outcome.WARNS, "whoever has the number can sign in", ItemKind.SETTING)
        case MethodKind.TEMPORARY:
            return Item(each.name, Outcome.WARNS, "ends soon; after that no second factor is left", ItemKind.EXPIRES)
        case _:
            return Item(each.name, Outcome.HOLDS, "registered", ItemKind.SETTING)


def check_risk(onboarding: Onboarding) -> Finding:
    """Entra does not count the account as at risk, which would block it, or ask for a new password."""
    found = read_risk(onboarding)
    if isinstance(found, Unread) and found.why is Why.NOT_THERE and user_id(onboarding):
        return holds("Entra has seen no risk of this account.")
    if isinstance(found, Unread):
        return untold(onboarding, found)
    if found.is_at_risk is None:
        return could_not_tell(f"Entra calls the account's risk “{found.state}”, a word that nobody knows.")
    if not found.is_at_risk:
        return holds(f"Entra counts the account as no risk ({found.state}).")
    return fails(
        f"Entra counts the account as at risk ({found.state}, level {found.level}): policies may block it.",
        (
            "See why: entra.microsoft.com > ID Protection > Risky users > the user.",
            "If it was the account itself, dismiss the risk there; else set a new password, and sign in again.",
        ),
        Who.ADMIN,
        risk_level=found.level,
        risk_state=found.state,
    )


def _check(
    name: str,
    title: str,
    failing_title: str,
    run: Callable[[Onboarding], Finding],
    *,
    stops: bool = False,
    settled_by: str = "",
) -> Check:
    return Check(
        f"user.{name}",
        title,
        failing_title,
        "Sign-in",
        run,
        settled_by,
        advisory=True,
        stops_if_fails=stops,
        fields_to_fix=("integration_user",),
        skipped_because=no_graph_identity,
        health_rule=HealthRule(needs=needs_checks("tenant.exists")),
        facet=OWN_TENANT,
    )


ACCOUNT_CHECKS: Final = (
    _check(
        "account_in_graph",
        "The account is made for programs",
        "The account is not one for programs",
        check_account_kind,
        stops=True,  # nobody could sign in with it, or what they brought would be refused
    ),
    _check(
        "rights",
        "The account has the rights it needs",
        "The account's rights do not fit",
        check_rights,
    ),
    _check(
        "methods",
        "A second factor is registered",
        "No lasting second factor is registered",
        check_methods,
        settled_by="user.mfa",
    ),
    _check(
        "risk",
        "The account is not at risk",
        "The account is at risk",
        check_risk,
    ),
)
