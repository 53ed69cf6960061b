"""An account as Graph shows it: its kind, groups and roles, methods for MFA, and risk (protocol 4.7, 11.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import quote

from wizard.core.shapes import is_guid
from wizard.core.text import clean_line
from wizard.core.timestamps import read_timestamp
from wizard.microsoft.graph import JsonObject, Question, objects_in, text_in, truth_in

USERS_PAGE: Final = "entra.microsoft.com > Entra ID > Users > All users > the user"
GUEST_MARK: Final = "#ext#"
"""In the user name of every guest."""
PERSONAL_MEMBERS: Final = {"jobTitle": "a job title", "employeeId": "an employee id", "mobilePhone": "a mobile phone"}
"""What a person's account has, and one that was made for programs has not (U)."""
PASSWORD_MEMBERS: Final = ("createdDateTime", "lastPasswordChangeDateTime")
ACCOUNT_MEMBERS: Final = (
    *("id", "userPrincipalName", "userType", "accountEnabled", "onPremisesSyncEnabled"),
    *PASSWORD_MEMBERS,
)
SAME_MOMENT: Final = timedelta(seconds=10)
"""The two times of an account whose password was never changed are no further apart (U)."""
ADMIN_AGENTS: Final = "AdminAgents"
"""The group in which Partner Center keeps its Admin agents (protocol 4.5)."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account. A truth value of None is one that Graph does not tell.

    Args:
        object_id: lower case.
        is_guest: whether it comes from another tenant.
        is_enabled: whether it may sign in.
        is_synchronised: whether it comes from an on-premises directory.
        personal: what it has of a person, in words.
        has_first_password: whether its password is still the one that it was made with.
    """

    object_id: str
    is_guest: bool
    is_enabled: bool | None
    is_synchronised: bool
    personal: tuple[str, ...] = ()
    has_first_password: bool | None = None


class MembershipKind(StrEnum):
    """What an account is a member of, in Graph's own words; `OTHER` for any other."""

    GROUP = "#microsoft.graph.group"
    ROLE = "#microsoft.graph.directoryRole"
    OTHER = ""


@dataclass(frozen=True, slots=True)
class Membership:
    """A group or a role; `name` is "" where the token may not read it."""

    kind: MembershipKind
    name: str
    role_id: str = ""


class MethodKind(StrEnum):
    """How good a method is for MFA."""

    SECOND_FACTOR = "second_factor"
    PHONE = "phone"
    TEMPORARY = "temporary"
    NONE = "none"


DOMAINS: Final = Question(
    "the tenant's domains",
    "/v1.0/organization?$select=verifiedDomains",
    "Organization.Read.All",
    "in entra.microsoft.com > Entra ID > Domain names",
)
METHODS: Final = {
    "passwordAuthenticationMethod": ("password", MethodKind.NONE),
    "emailAuthenticationMethod": ("e-mail", MethodKind.NONE),
    "phoneAuthenticationMethod": ("phone", MethodKind.PHONE),
    "temporaryAccessPassAuthenticationMethod": ("Temporary Access Pass", MethodKind.TEMPORARY),
    "microsoftAuthenticatorAuthenticationMethod": ("Microsoft Authenticator", MethodKind.SECOND_FACTOR),
    "softwareOathAuthenticationMethod": ("authenticator app (TOTP)", MethodKind.SECOND_FACTOR),
    "hardwareOathAuthenticationMethod": ("hardware token", MethodKind.SECOND_FACTOR),
    "fido2AuthenticationMethod": ("passkey", MethodKind.SECOND_FACTOR),
    "windowsHelloForBusinessAuthenticationMethod": ("Windows Hello", MethodKind.SECOND_FACTOR),
    "platformCredentialAuthenticationMethod": ("platform credential", MethodKind.SECOND_FACTOR),
    "x509CertificateAuthenticationMethod": ("certificate", MethodKind.SECOND_FACTOR),
    "externalAuthenticationMethod": ("external method", MethodKind.SECOND_FACTOR),
}
"""By Graph's type, without its beginning: how people call it, and whether it is a second factor."""


@dataclass(frozen=True, slots=True)
class Method:
    """A registered method; `kind` is None for a type that nobody knows."""

    name: str
    kind: MethodKind | None


RISK_GONE: Final = frozenset({"none", "confirmedsafe", "remediated", "dismissed"})
RISK_THERE: Final = frozenset({"atrisk", "confirmedcompromised"})
"""Values of `riskState`, lower case."""


@dataclass(frozen=True, slots=True)
class Risk:
    """The risk of an account: its state and level in Graph's words; `is_at_risk` is None for a state nobody knows."""

    state: str
    level: str
    is_at_risk: bool | None


def account_question(user_name: str) -> Question:
    """Return the question for an account, by its user name or object id."""
    members = ",".join((*ACCOUNT_MEMBERS, *PERSONAL_MEMBERS))
    path = f"/v1.0/users/{quote(user_name, safe='@')}?$select={members}"
    return Question("the account", path, "User.Read.All", f"in {USERS_PAGE} > Properties")


def memberships_question(object_id: str) -> Question:
    """Return the question for the groups and roles of an account, also those it has through a group."""
    path = f"/v1.0/users/{object_id}/transitiveMemberOf"
    return Question("the account's groups and roles", path, "Directory.Read.All", f"in {USERS_PAGE} > Groups")


@dataclass(frozen=True, slots=True)
class Group:
    """A security group: its object id, lower case, and its name as Graph shows it."""

    object_id: str
    name: str


def groups_question(object_id: str) -> Question:
    """Return the question for the groups that an account is a direct member of."""
    path = f"/v1.0/users/{object_id}/memberOf"
    return Question("the account's own groups", path, "Directory.Read.All", f"in {USERS_PAGE} > Groups")


def groups_in(items: Iterable[JsonObject]) -> tuple[Group, ...]:
    """Return the security groups among what an account is a direct member of."""
    return tuple(
        Group(text_in(each, "id").lower(), clean_line(text_in(each, "displayName"), 80))
        for each in items
        if text_in(each, "@odata.type") == MembershipKind.GROUP
        and is_guid(text_in(each, "id"))
        and truth_in(each, "securityEnabled")
    )


def methods_question(object_id: str) -> Question:
    """Return the question for the registered methods of an account."""
    path = f"/v1.0/users/{object_id}/authentication/methods"
    by_hand = f"in {USERS_PAGE} > Authentication methods"
    return Question("the account's methods for MFA", path, "UserAuthenticationMethod.Read.All", by_hand)


def risk_question(object_id: str) -> Question:
    """Return the question for the risk of an account; takes Entra ID P2 (protocol 11.5)."""
    path = f"/v1.0/identityProtection/riskyUsers/{object_id}"
    permission = "IdentityRiskyUser.Read.All, and Entra ID P2 in the tenant"
    by_hand = "in entra.microsoft.com > ID Protection > Risky users"
    return Question("the account's risk", path, permission, by_hand)


def per_user_mfa_question(object_id: str) -> Question:
    """Return the question for per-user MFA of an account; a beta of Graph's (protocol 6.1)."""
    path = f"/beta/users/{object_id}/authentication/requirements"
    by_hand = "in entra.microsoft.com > Entra ID > Users > All users > Per-user MFA"
    return Question("per-user MFA of the account", path, "Policy.Read.All", by_hand)


def account_in(body: JsonObject) -> Account | None:
    """Return the account that Graph shows, None for what is none."""
    object_id = text_in(body, "id").lower()
    if not is_guid(object_id):
        return None
    is_guest = text_in(body, "userType").lower() == "guest" or GUEST_MARK in text_in(body, "userPrincipalName").lower()
    personal = tuple(words for name, words in PERSONAL_MEMBERS.items() if text_in(body, name).strip())
    is_synchronised = truth_in(body, "onPremisesSyncEnabled") is True  # null where it never was
    made, changed = (read_timestamp(text_in(body, member)) for member in PASSWORD_MEMBERS)
    has_first = changed - made <= SAME_MOMENT if made and changed else None
    return Account(object_id, is_guest, truth_in(body, "accountEnabled"), is_synchronised, personal, has_first)


def group_question(name: str) -> Question:
    """Return the question for the groups of a name, which several can have."""
    path = f"/v1.0/groups?$filter=displayName eq '{name}'&$select=id,displayName"
    return Question(f"the group {name}", path, "GroupMember.Read.All", "in entra.microsoft.com > Entra ID > Groups")


def group_id_in(item: JsonObject) -> str | None:
    """Return the object id of a group, None for what is none."""
    object_id = text_in(item, "id").lower()
    return object_id if is_guid(object_id) else None


def domains_in(body: JsonObject) -> frozenset[str] | None:
    """Return the tenant's domains in which accounts can be made, None where the answer names none."""
    rows = (row for each in objects_in(body, "value") for row in objects_in(each, "verifiedDomains"))
    return frozenset(text_in(row, "name").lower() for row in rows) or None


def membership_in(item: JsonObject) -> Membership | None:
    """Return a group or role that an account is a member of, None for what has no type."""
    kind = text_in(item, "@odata.type")
    if not kind:
        return None
    known = MembershipKind(kind) if kind in set(MembershipKind) else MembershipKind.OTHER
    return Membership(known, clean_line(text_in(item, "displayName"), 80), text_in(item, "roleTemplateId").lower())


def method_in(item: JsonObject) -> Method | None:
    """Return a registered method, None for what has no type."""
    kind = text_in(item, "@odata.type").removeprefix("#microsoft.graph.")
    if not kind:
        return None
    name, known = METHODS.get(kind, (clean_line(kind, 60), None))
    return Method(name, known)


def risk_in(body: JsonObject) -> Risk | None:
    """Return the risk of an account, None for what is none."""
    state = text_in(body, "riskState")
    if not state:
        return None
    known = True if state.lower() in RISK_THERE else False if state.lower() in RISK_GONE else None
    return Risk(clean_line(state, 40), clean_line(text_in(body, "riskLevel"), 40), known)


def requires_per_user_mfa(body: JsonObject) -> bool | None:
    """Return whether per-user MFA is on; None for a state that nobody knows."""
    return {"disabled": False, "enabled": True, "enforced": True}.get(text_in(body, "perUserMfaState").lower())
