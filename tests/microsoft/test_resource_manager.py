"""Azure Resource Manager's answers: paged, odd, refused; the token goes to its own host alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.secret import Secret
from wizard.core.waiting import Cancel, SystemClock
from wizard.microsoft.clouds import built_in_clouds
from wizard.microsoft.http import Http
from wizard.microsoft.http_response import HttpResponse
from wizard.microsoft.resource_manager import (
    MOST_PAGES,
    MOST_SUBSCRIPTIONS,
    SECRETS_OFFICER,
    ResourceManager,
    RoleAssignment,
)

HOST = "https://management.azure.com"
TOKEN = Secret("a-token")
SUBSCRIPTION = "88888888-aaaa-4aaa-8aaa-000000000001"
VAULT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/partner/providers/Microsoft.KeyVault/vaults/contoso"
WRITER = RoleAssignment(f"{VAULT}/roleDefinitions/88888888-bbbb-4bbb-8bbb-000000000001", VAULT, None)


class Answers(Http):
    """An HTTP path that answers from a table, by address without its query, and keeps what was asked."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        super().__init__(built_in_clouds()["global"], SystemClock(), Cancel())
        self.table, self.asked = table, list[str]()

    def request(self, method: str, url: str, **_rest: Any) -> HttpResponse:
        self.asked.append(url)
        status, body = self.table.get(url.removeprefix(HOST), (200, {"value": []}))
        return HttpResponse(status, {}, body)


def listed(*items: object, after: str = "") -> tuple[int, dict[str, object]]:
    return 200, {"value": list(items), **({"nextLink": after} if after else {})}


def managed(**changes: Any) -> Answers:
    vault = {"properties": {"enableRbacAuthorization": True, "enablePurgeProtection": True}}
    table = {
        "/subscriptions": listed({"subscriptionId": SUBSCRIPTION}),
        f"/subscriptions/{SUBSCRIPTION}/resources": listed({"name": "contoso", "id": VAULT}),
        VAULT: (200, vault),
    }
    return Answers(table | changes)


def test_the_id_of_a_subscription_is_one_part_of_an_address_whatever_it_holds() -> None:
    http = managed(**{"/subscriptions": listed({"subscriptionId": "../x?y#z"})})

    assert ResourceManager(http).find_vault(TOKEN, "contoso") is None
    assert http.asked[-1] == f"{HOST}/subscriptions/..%2Fx%3Fy%23z/resources"


def test_the_vault_is_found_in_whichever_subscription_has_it() -> None:
    several = {"/subscriptions": listed({"subscriptionId": "other"}, {"subscriptionId": SUBSCRIPTION})}
    found = ResourceManager(managed(**several)).find_vault(TOKEN, "Contoso")

    assert found is not None
    assert (found.id, found.uses_roles, found.purge_protection, found.is_firewalled) == (VAULT, True, True, False)


def test_a_list_is_read_to_its_end() -> None:
    second = f"{HOST}/subscriptions?page=2"
    http = managed(**{
        "/subscriptions": listed({"subscriptionId": "other"}, after=second),
        "/subscriptions?page=2": listed({"subscriptionId": SUBSCRIPTION}),
    })  # fmt: skip

    assert ResourceManager(http).find_vault(TOKEN, "contoso") is not None
    assert second in http.asked


@pytest.mark.parametrize(
    "link", ["https://evil.example/next", "http://management.azure.com.evil.example/", "https://x@evil.example/"]
)
def test_a_link_that_leads_elsewhere_gets_no_token(link: str) -> None:
    http = managed(**{"/subscriptions": listed(after=link)})

    with pytest.raises(Unreachable, match="another host"):
        ResourceManager(http).find_vault(TOKEN, "contoso")
    assert link not in http.asked


def test_a_list_without_an_end_is_not_read_for_ever_nor_believed() -> None:
    http = managed(**{"/subscriptions": listed(after=f"{HOST}/subscriptions")})

    with pytest.raises(Unreachable, match=f"more than {MOST_PAGES} pages"):
        ResourceManager(http).find_vault(TOKEN, "contoso")


def test_a_vault_beyond_many_subscriptions_counts_as_not_seen() -> None:
    many = [{"subscriptionId": f"other-{number}"} for number in range(MOST_SUBSCRIPTIONS + 5)]
    http = managed(**{"/subscriptions": listed(*many, {"subscriptionId": SUBSCRIPTION})})

    assert ResourceManager(http).find_vault(TOKEN, "contoso") is None
    assert len(http.asked) == 1 + MOST_SUBSCRIPTIONS


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_is_one_with_its_code(status: int) -> None:
    body = {"error": {"code": "AuthorizationFailed", "message": "The client does not have authorization."}}

    with pytest.raises(ServiceRefusal) as refused:
        ResourceManager(managed(**{"/subscriptions": (status, body)})).find_vault(TOKEN, "contoso")
    assert (refused.value.service, refused.value.code, refused.value.status) == (
        "resource_manager", "AuthorizationFailed", status,
    )  # fmt: skip


@pytest.mark.parametrize("body", [None, 7, "text", []], ids=repr)
def test_a_vault_that_is_no_object_is_refused(body: object) -> None:
    with pytest.raises(ServiceRefusal, match="not JSON"):
        ResourceManager(managed(**{VAULT: (200, body)})).find_vault(TOKEN, "contoso")


@pytest.mark.parametrize(
    "properties", [None, [], {}, {"accessPolicies": [7, None, {"permissions": 7}]}, {"networkAcls": 7}], ids=repr
)
def test_a_vault_of_an_odd_shape_gives_no_right(properties: object) -> None:
    found = ResourceManager(managed(**{VAULT: (200, {"properties": properties})})).find_vault(TOKEN, "contoso")

    assert found is not None
    assert not found.uses_roles
    assert not any(policy.secrets for policy in found.policies)


@pytest.mark.parametrize(
    "item",
    [None, 7, {}, {"properties": 7}, {"properties": {"scope": 7, "createdOn": "soon", "roleDefinitionId": None}}],
)
def test_an_assignment_of_an_odd_shape_gives_no_right(item: object) -> None:
    http = managed(**{f"{VAULT}/providers/Microsoft.Authorization/roleAssignments": listed(item)})

    for found in ResourceManager(http).read_assignments(TOKEN, VAULT, "oid"):
        assert (found.scope, found.created_at, found.role_id) == ("", None, "")


def test_times_are_read_as_azure_writes_them() -> None:
    made = {"roleDefinitionId": f"/x/{SECRETS_OFFICER}", "scope": VAULT, "createdOn": "2026-11-27T09:58:00.1234567Z"}
    http = managed(**{f"{VAULT}/providers/Microsoft.Authorization/roleAssignments": listed({"properties": made})})

    (found,) = ResourceManager(http).read_assignments(TOKEN, VAULT, "oid")

    assert found.created_at == datetime(2026, 11, 27, 9, 58, 0, 123456, tzinfo=UTC)
    assert ResourceManager(http).read_role(TOKEN, found).may_write


@pytest.mark.parametrize(
    ("allowed", "excluded", "may_write"),
    [
        (["*"], [], True),
        (["Microsoft.KeyVault/vaults/*"], [], True),
        (["microsoft.keyvault/vaults/secrets/setsecret/action"], [], True),
        (["Microsoft.KeyVault/vaults/secrets/*"], ["Microsoft.KeyVault/vaults/secrets/*/action"], False),
        (["Microsoft.KeyVault/vaults/secrets/getSecret/action"], [], False),
        (["Microsoft.KeyVault/vaults/keys/*"], [], False),
        ([], [], False),
        (None, None, False),
        ([7, None], "*", False),
    ],
)
def test_a_role_writes_by_its_data_actions_less_those_excluded(
    allowed: object, excluded: object, may_write: bool
) -> None:
    permission = {"dataActions": allowed, "notDataActions": excluded, "actions": ["*"]}
    body = {"properties": {"roleName": "Contoso Token Writer", "permissions": [permission]}}

    role = ResourceManager(managed(**{WRITER.definition_id: (200, body)})).read_role(TOKEN, WRITER)

    assert (role.name, role.may_write) == ("Contoso Token Writer", may_write)
