"""What the fixes around the vault would send: to nothing but the vault's own resource, and quoted for a shell."""

from __future__ import annotations

import shlex

import pytest

from wizard.core.fix_conditions import Goal
from wizard.microsoft.resource_manager import SECRETS_OFFICER, VaultSettings
from wizard.microsoft.vault_places import Subscription, VaultPlace
from wizard.onboarding.probes.vault_fixes import (
    Principal,
    add_read_right,
    add_vault_right,
    assignment_name,
    create_vault,
    is_resource_id,
)

SUBSCRIPTION = "88888888-aaaa-4aaa-8aaa-000000000001"
TENANT = "11111111-aaaa-4aaa-8aaa-000000000001"
VAULT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/partner (old)/providers/Microsoft.KeyVault/vaults/contoso"
IDENTITY = Principal("44444444-dddd-4ddd-8ddd-00000000005b", "ServicePrincipal")
ODD = (
    "",
    "contoso",
    "@evil.example/vaults/contoso",
    "/subscriptions/x/../../vaults/y",
    "/subscriptions/x/a?b",
    "/x\n/y",
)


@pytest.mark.parametrize("vault_id", ODD)
def test_what_azure_gives_as_an_id_and_is_none_gets_no_request(vault_id: str) -> None:
    settings = VaultSettings(vault_id, uses_roles=True)

    assert not is_resource_id(vault_id)
    assert add_vault_right(settings, IDENTITY) == ()
    assert add_read_right(settings, IDENTITY, "a-secret", "the program") == ()


def test_an_assignment_has_the_same_name_each_time_and_another_for_each_right() -> None:
    first = assignment_name("/subscriptions/A/vaults/B", "OID", SECRETS_OFFICER)

    assert first == assignment_name("/subscriptions/a/vaults/b", "oid", SECRETS_OFFICER)
    others = {assignment_name(*each) for each in (("/x", "OID", "r"), ("/x", "other", "r"), ("/x", "OID", "s"))}
    assert len(others | {first}) == 4


@pytest.mark.parametrize("uses_roles", [True, False])
def test_each_command_is_one_line_that_a_shell_reads_as_it_was_meant(uses_roles: bool) -> None:
    settings = VaultSettings(VAULT.replace(" (old)", ""), uses_roles, tenant_id=TENANT)
    (fix,) = add_vault_right(settings, IDENTITY)

    words = shlex.split(fix.command)
    assert "\n" not in fix.command
    assert words[0] == "az"
    assert IDENTITY.object_id in words
    assert uses_roles is ("Key Vault Secrets Officer" in words)


def test_a_new_vault_keeps_what_is_deleted_and_lets_roles_decide() -> None:
    place = VaultPlace(Subscription(SUBSCRIPTION, "Contoso; rm -rf", TENANT), "contoso", False, "westeurope", False)
    fix = create_vault(place, "contoso", IDENTITY, is_only_place=True)

    assert [each.method for each in fix.requests] == ["POST", "PUT", "PUT", "PUT"]
    body = fix.requests[2].body
    assert body is not None
    properties = body["properties"]
    assert isinstance(properties, dict)
    assert (properties["enableRbacAuthorization"], properties["enablePurgeProtection"]) == (True, True)
    assert (properties["softDeleteRetentionInDays"], properties["tenantId"]) == (90, TENANT)
    assert "rm -rf" not in fix.command, "a subscription is named by its id"
    assert fix.requests[2].undo is None


@pytest.mark.parametrize(
    ("goal", "shown", "is_reached"),
    [
        (Goal("/x"), {}, True),
        (Goal("/x"), None, False),
        (Goal("/x", is_gone=True), None, True),
        (Goal("/x", is_gone=True), {}, False),
        (Goal("/x", {"a": {"b": "Get"}}), {"a": {"b": "get", "c": 1}}, True),
        (Goal("/x", {"a": [{"b": 1}]}), {"a": [{"b": 2}, {"b": 1, "c": 3}]}, True),
        (Goal("/x", {"a": [{"b": 1}]}), {"a": [{"b": 2}]}, False),
        (Goal("/x", {"a": [1]}), {"a": None}, False),
    ],
)
def test_a_goal_is_reached_by_what_is_named(goal: Goal, shown: dict[str, object] | None, is_reached: bool) -> None:
    assert goal.is_reached(shown) is is_reached
