"""Azure Resource Manager, read only: where a vault is, how it is set up, who has which role on it (protocol 11.8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.secret import Secret
from wizard.core.text import clean_line
from wizard.core.timestamps import read_timestamp
from wizard.core.trouble import Trouble

if TYPE_CHECKING:
    from wizard.microsoft.http import Http

SUBSCRIPTIONS_VERSION: Final = "2022-12-01"
RESOURCES_VERSION: Final = "2021-04-01"
VAULTS_VERSION: Final = "2026-02-01"
ROLES_VERSION: Final = "2022-04-01"
"""api-version of each kind of request; those of vaults that are older end on 27 February 2027."""
MOST_SUBSCRIPTIONS: Final = 50
"""Subscriptions that are searched for a vault; beyond these it counts as not seen."""
MOST_PAGES: Final = 10
"""Pages of a list that are read; a longer list counts as not read."""
SET_SECRET: Final = "Microsoft.KeyVault/vaults/secrets/setSecret/action"
"""The data action that writes a secret."""
GET_SECRET: Final = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
"""The data action that reads a secret's value."""
SECRETS_OFFICER: Final = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
SECRETS_USER: Final = "4633458b-17de-408a-b874-0445c86b69e6"
ADMINISTRATOR: Final = "00482a5a-887f-4fb3-b363-3b7fe8e74483"
READERS: Final = frozenset({SECRETS_OFFICER, SECRETS_USER, ADMINISTRATOR})
"""Built-in roles that may read a secret's value."""
BUILT_IN_ROLES: Final = {
    SECRETS_OFFICER: ("Key Vault Secrets Officer", True),
    ADMINISTRATOR: ("Key Vault Administrator", True),
    SECRETS_USER: ("Key Vault Secrets User", False),
    "21090545-7ca7-4776-b22c-e363652d74d2": ("Key Vault Reader", False),
    "f25e0fa2-a7c8-4377-a976-54943a77a395": ("Key Vault Contributor", False),
    "a4417e6f-fecd-4de8-b567-7b0420556985": ("Key Vault Certificates Officer", False),
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": ("Owner", False),
    "b24988ac-6180-42a0-ab88-20f7382dd24c": ("Contributor", False),
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": ("User Access Administrator", False),
    "acdd72a7-3385-48ef-bd42-f606fba81ae7": ("Reader", False),
}
"""Names of built-in roles, by id, and whether they may write a secret. An owner of the vault may not."""

JsonObject = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """An access policy: the object id it is for, in lower case, and what it may do with secrets, such as "set"."""

    object_id: str
    secrets: frozenset[str]


@dataclass(frozen=True, slots=True)
class VaultSettings:
    """A vault as Resource Manager shows it.

    Args:
        id: its resource id, such as "/subscriptions/…/providers/Microsoft.KeyVault/vaults/contoso".
        uses_roles: whether roles decide who may do what; else access policies do.
        policies: its access policies.
        purge_protection: whether nobody can delete a secret for good before its time.
        is_public: whether it can be reached without a private endpoint.
        is_firewalled: whether only listed networks get in.
        allowed_addresses: addresses and ranges that its firewall lets in.
        tenant_id: whose identities it lets in, in lower case; "" if it is not shown.
    """

    id: str
    uses_roles: bool
    policies: tuple[AccessPolicy, ...] = ()
    purge_protection: bool = False
    is_public: bool = True
    is_firewalled: bool = False
    allowed_addresses: tuple[str, ...] = ()
    tenant_id: str = ""


@dataclass(frozen=True, slots=True)
class RoleAssignment:
    """A role that somebody has.

    Args:
        definition_id: the resource id of the role.
        scope: the resource id it is for; what lies below is included.
        created_at: aware; None if it is not said.
        is_conditional: whether a condition narrows it.
    """

    definition_id: str
    scope: str
    created_at: datetime | None
    is_conditional: bool = False

    @property
    def role_id(self) -> str:
        """The role's own id, the same in every subscription if it is built in."""
        return self.definition_id.rpartition("/")[2].lower()


@dataclass(frozen=True, slots=True)
class Role:
    """A role: its name, and whether it may write a secret, and read one."""

    name: str
    may_write: bool
    may_read: bool = False


class ResourceManager:
    """Azure Resource Manager in one cloud; nothing is changed by a request.

    Each method raises `ServiceRefusal` if it refuses, `Busy` and `Unreachable` as `Http.request`.

    Args:
        http: the one HTTP path.
    """

    def __init__(self, http: Http) -> None:
        self._http = http

    def find_vault(self, access_token: Secret, name: str) -> VaultSettings | None:
        """Return the vault of a name, None if none of the subscriptions that may be seen has it."""
        wanted = f"resourceType eq 'Microsoft.KeyVault/vaults' and name eq '{name}'"
        subscriptions = self.list_items(access_token, "/subscriptions", {"api-version": SUBSCRIPTIONS_VERSION})
        for number, subscription in enumerate(subscriptions):
            if number >= MOST_SUBSCRIPTIONS:
                return None
            path = f"/subscriptions/{quote(_text(subscription.get('subscriptionId')), safe='')}/resources"
            found = self.list_items(access_token, path, {"api-version": RESOURCES_VERSION, "$filter": wanted})
            for resource in found:
                if _text(resource.get("name")).lower() == name.lower():
                    vault_id = _text(resource.get("id"))
                    return _vault(vault_id, self.get_object(access_token, vault_id, {"api-version": VAULTS_VERSION}))
        return None

    def read_assignments(self, access_token: Secret, vault_id: str, object_id: str) -> tuple[RoleAssignment, ...]:
        """Return the roles on a vault that an identity has, by itself or through a group; also of higher scopes."""
        path = f"{vault_id}/providers/Microsoft.Authorization/roleAssignments"
        params = {"api-version": ROLES_VERSION, "$filter": f"assignedTo('{object_id}')"}
        return tuple(_assignment(each) for each in self.list_items(access_token, path, params))

    def read_role(self, access_token: Secret, assignment: RoleAssignment) -> Role:
        """Return the role of an assignment; only one that is not built in is asked for."""
        if known := BUILT_IN_ROLES.get(assignment.role_id):
            return Role(*known, may_read=assignment.role_id in READERS)
        body = self.get_object(access_token, assignment.definition_id, {"api-version": ROLES_VERSION})
        properties = _object(body.get("properties"))
        permissions = _objects(properties.get("permissions"))
        name = _text(properties.get("roleName")) or "a role without a name"
        return Role(name, _allow(permissions, SET_SECRET), _allow(permissions, GET_SECRET))

    def list_items(self, access_token: Secret, path: str, params: Mapping[str, str]) -> Iterator[JsonObject]:
        """Yield the items of a list, page after page, each page when it is reached.

        Raises:
            Unreachable: also where the list is too long.
        """
        body = self.get_object(access_token, path, params)
        for _page in range(MOST_PAGES):
            yield from _objects(body.get("value"))
            following = body.get("nextLink")
            if not isinstance(following, str) or not following:
                return
            body = self._get_url(access_token, following, None)
        raise Unreachable(self._host, Trouble.ANSWER, f"gave a list of more than {MOST_PAGES} pages")

    def ask(self, access_token: Secret, path: str, question: JsonObject) -> JsonObject:
        """Return the answer to a question that takes a body; it changes nothing."""
        return self._get_url(access_token, f"https://{self._host}{path}", None, question)

    @property
    def _host(self) -> str:
        return self._http.cloud.resource_manager

    def get_object(self, access_token: Secret, path: str, params: Mapping[str, str]) -> JsonObject:
        """Return an object by its resource id."""
        return self._get_url(access_token, f"https://{self._host}{path}", params)

    def _get_url(
        self, access_token: Secret, url: str, params: Mapping[str, str] | None, question: JsonObject | None = None
    ) -> JsonObject:
        from wizard.catalogue.service_refusals import (
            read_resource_manager_error,
        )  # with a refusal; the first page needs none of it

        if urlsplit(url).netloc.lower() != self._host.lower():  # the token goes nowhere else
            raise Unreachable(self._host, Trouble.ANSWER, "named the next page of a list on another host")
        headers = {"Authorization": f"Bearer {access_token.reveal()}", "Accept": "application/json"}
        method = "GET" if question is None else "POST"
        answer = self._http.request(method, url, params=params, json=question, headers=headers)
        if answer.status != 200:
            raise read_resource_manager_error(answer.body, answer.status, answer.headers)
        if not isinstance(answer.body, Mapping):
            raise ServiceRefusal("resource_manager", "", "", "gave an answer that is not JSON", status=answer.status)
        return answer.body


def _vault(vault_id: str, body: JsonObject) -> VaultSettings:
    properties = _object(body.get("properties"))
    acls = _object(properties.get("networkAcls"))
    rules = _objects(acls.get("ipRules"))
    return VaultSettings(
        vault_id,
        properties.get("enableRbacAuthorization") is True,
        tuple(_policy(each) for each in _objects(properties.get("accessPolicies"))),
        purge_protection=properties.get("enablePurgeProtection") is True,
        is_public=_text(properties.get("publicNetworkAccess")).lower() != "disabled",
        is_firewalled=_text(acls.get("defaultAction")).lower() == "deny",
        allowed_addresses=tuple(address for rule in rules if (address := _text(rule.get("value")))),
        tenant_id=_text(properties.get("tenantId")).lower(),
    )


def _policy(item: JsonObject) -> AccessPolicy:
    granted = _object(item.get("permissions")).get("secrets")
    names = granted if isinstance(granted, list) else []
    return AccessPolicy(
        _text(item.get("objectId")).lower(), frozenset(each.lower() for each in names if isinstance(each, str))
    )


def _assignment(item: JsonObject) -> RoleAssignment:
    properties = _object(item.get("properties"))
    return RoleAssignment(
        _text(properties.get("roleDefinitionId")),
        _text(properties.get("scope")),
        read_timestamp(_text(properties.get("createdOn"))),
        bool(properties.get("condition")),
    )


def _allow(permissions: list[JsonObject], action: str) -> bool:
    """Return whether a role's permissions, whose data actions may have asterisks, allow a data action."""
    return any(
        _matches(permission.get("dataActions"), action) and not _matches(permission.get("notDataActions"), action)
        for permission in permissions
    )


def _matches(actions: object, action: str) -> bool:
    names = actions if isinstance(actions, list) else []
    return any(fnmatchcase(action.lower(), each.lower()) for each in names if isinstance(each, str))


def _text(value: object) -> str:
    return clean_line(value, 500) if isinstance(value, str) else ""


def _object(value: object) -> JsonObject:
    return value if isinstance(value, Mapping) else {}


def _objects(value: object) -> list[JsonObject]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
