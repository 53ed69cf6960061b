"""What the rehearsal cloud's Graph shows of an app: who may read it, in pages, with ids that fit each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from tests.harness import in_world
from tests.rehearsals.cloud.bare_client import Client
from wizard.rehearsal import RehearsalCloud, load_scene
from wizard.rehearsal.directory import Api, GrantedTo, PermissionGroup
from wizard.rehearsal.resources import GRAPH_APP_ID

GONE = "88888888-0000-4000-8000-00000000000c"
PERMISSIONS = (
    PermissionGroup("graph", ("Domain.Read.All", "Mail.Read"), granted=GrantedTo.EVERYBODY),
    PermissionGroup("graph", ("Contacts.Read",), granted=GrantedTo.ONE_USER),
    PermissionGroup("graph", ("Group.Read.All",), application=True, granted=GrantedTo.EVERYBODY),
    PermissionGroup(GONE, ("Archive.Read",), requested=False, granted=GrantedTo.EVERYBODY),
)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    world = load_scene("all-holds-public").world
    directory = replace(
        world.directory, page=2, permissions=PERMISSIONS, apis=(Api(GONE, GONE, "Contoso Archive", deleted=True),),
        assignment_required=True, assigned=("integration",),
    )  # fmt: skip
    scene = in_world(
        "all-holds-public",
        directory=directory,
        operator=replace(world.operator, reads_apps=True),
        app=replace(world.app, granted=True),
    )
    with ExitStack() as stack:
        made = Client(stack.enter_context(RehearsalCloud(scene)))
        stack.callback(made.http.close)
        yield made


def of_app(client: Client, rest: str = "") -> str:
    return f"/v1.0/servicePrincipals(appId='{client.client_id}'){rest}"


def every(client: Client, path: str) -> list[dict[str, Any]]:
    """All items of a list, page by page."""
    found, token = list[dict[str, Any]](), client.operators_token()
    while path:
        body = client.graph(path, token).json()
        assert len(body["value"]) <= 2
        found += body["value"]
        path = body.get("@odata.nextLink", "").removeprefix(f"https://{client.names.graph}")
    return found


def test_a_list_comes_in_pages_and_its_grants_name_apis_and_users(client: Client) -> None:
    grants = every(client, of_app(client, "/oauth2PermissionGrants"))

    assert len(grants) > 2
    by_scope = {grant["scope"].strip(): grant for grant in grants}
    assert by_scope["Domain.Read.All Mail.Read"]["consentType"] == "AllPrincipals"
    assert by_scope["Contacts.Read"]["consentType"] == "Principal"
    assert by_scope["Contacts.Read"]["principalId"] == client.world.people["integration"].object_id
    assert by_scope["Archive.Read"]["resourceId"] == GONE


def test_what_is_requested_and_granted_has_the_ids_that_the_api_offers(client: Client) -> None:
    token = client.operators_token()
    api = client.graph(
        f"/v1.0/servicePrincipals(appId='{GRAPH_APP_ID}')?$select=id,oauth2PermissionScopes,appRoles", token
    )
    requested = client.graph(f"/v1.0/applications(appId='{client.client_id}')", token).json()["requiredResourceAccess"]
    (roles,) = every(client, of_app(client, "/appRoleAssignments"))

    offered = {
        each["id"]: each["value"] for kind in ("oauth2PermissionScopes", "appRoles") for each in api.json()[kind]
    }
    wanted = next(each["resourceAccess"] for each in requested if each["resourceAppId"] == GRAPH_APP_ID)
    assert {offered[each["id"]] for each in wanted} == {
        "User.Read", "Domain.Read.All", "Mail.Read", "Contacts.Read", "Group.Read.All",
    }  # fmt: skip
    assert sorted(api.json()) == ["appRoles", "id", "oauth2PermissionScopes"]
    assert (offered[roles["appRoleId"]], roles["resourceId"]) == ("Group.Read.All", api.json()["id"])
    assert client.graph(f"/v1.0/servicePrincipals/{api.json()['id']}", token).json()["appId"] == GRAPH_APP_ID


def test_an_api_that_is_gone_is_not_there_and_who_is_assigned_is_told(client: Client) -> None:
    token = client.operators_token()

    assert client.graph(f"/v1.0/servicePrincipals/{GONE}", token).status_code == 404
    assert client.graph(of_app(client), token).json()["appRoleAssignmentRequired"] is True
    (assigned,) = every(client, of_app(client, "/appRoleAssignedTo"))
    assert assigned["principalId"] == client.world.people["integration"].object_id
