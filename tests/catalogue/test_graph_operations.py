"""Of a request that Graph refused, the permission is named that it usually needs."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from wizard.catalogue.graph_operations import PERMISSION, REQUEST, find_operation
from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
DENIED = (
    '{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation."}}'
)


@pytest.mark.parametrize(
    ("text", "request_named", "permission"),
    [
        ("POST https://graph.microsoft.com/v1.0/groups", "POST /groups", "Group.ReadWrite.All"),
        ("GET https://graph.microsoft.us/beta/groups?$top=1", "GET /groups", "Group.Read.All"),
        ("PATCH /v1.0/users/anna@contoso.com", "PATCH /users/{id}", "User.ReadWrite.All"),
        ("https://graph.microsoft.com/v1.0/users/{user}/messages", "/users/{id}/messages", "Mail.Read"),
        ("Get-MgBetaUser : Insufficient", "Get-MgUser", "User.Read.All"),
        ("New-MgGroupMember : Insufficient", "New-MgGroupMember", "GroupMember.ReadWrite.All"),
        ('Creating: resource "azuread_application" "x"', "azuread_application", "Application.ReadWrite.All"),
        ('data "azuread_user" "x"', "azuread_user", "User.Read.All"),
        (
            "ActionName=CreateFlux, URL absolute path=/api/33333333-cccc-4ccc-8ccc-000000000003/invites",
            "/invites",
            "User.Invite.All",
        ),
    ],
)
def test_the_request_and_its_permission_are_found(text: str, request_named: str, permission: str) -> None:
    assert find_operation(text) == {REQUEST: request_named, PERMISSION: permission}


@pytest.mark.parametrize("text", ["", "Set-Flux : x", "https://example.com/v1.0/users", "POST /orders"])
def test_what_names_no_request_to_graph_names_no_permission(text: str) -> None:
    assert find_operation(text) == {}


def test_a_request_whose_permission_differs_from_call_to_call_has_none() -> None:
    assert find_operation("Update-MgPolicyAuthorizationPolicy") == {REQUEST: "Update-MgPolicyAuthorizationPolicy"}


def test_the_last_request_is_the_one_that_was_refused() -> None:
    named = find_operation(
        "GET https://graph.microsoft.com/v1.0/users\nDELETE https://graph.microsoft.com/v1.0/devices/7"
    )

    assert named[PERMISSION] == "Device.ReadWrite.All"


def test_the_permission_stands_in_the_actions_and_words_where_none_is_known() -> None:
    known, unknown = (
        explain_text(f"{before}\n{DENIED}", NOW).diagnoses[0]
        for before in ("POST https://graph.microsoft.com/v1.0/groups", "graph.microsoft.com")
    )

    assert "Add Group.ReadWrite.All, and grant it" in known.remedy
    assert ("request", "POST /groups") in known.evidence
    assert "Add the one that is missing, and grant it" in unknown.remedy


def test_every_row_can_be_met() -> None:
    rows = tomllib.loads(files("assets").joinpath("graph-permissions.toml").read_text(encoding="utf-8"))["on"]

    for row in rows:
        expected = {REQUEST: f"/{row['path'].rstrip('/')}", **({PERMISSION: row["read"]} if row["read"] else {})}
        assert find_operation(f"https://graph.microsoft.com/v1.0/{row['path']}") == expected or row["path"][-1] == "/"
        cmdlet = {REQUEST: f"Get-Mg{row['noun']}", PERMISSION: row["read"]}
        assert find_operation(f"Get-Mg{row['noun']}") == cmdlet
