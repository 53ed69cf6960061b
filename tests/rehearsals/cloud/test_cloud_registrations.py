"""Registrations that are made in the rehearsal cloud: as Graph takes and refuses them, and late as the real ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
import requests

from tests.harness import in_world
from tests.rehearsals.cloud.bare_client import Client
from wizard.rehearsal import RehearsalCloud, load_scene

DELAY = 4
NEW = {"displayName": "Contoso's new app", "publicClient": {"redirectUris": ["http://localhost"]}}


@contextmanager
def opened(*, may_change: bool = True) -> Iterator[Client]:
    """Yield a client of a cloud in which what is made is known everywhere after some seconds."""
    world = load_scene("all-holds-public").world
    scene = in_world(
        "all-holds-public",
        operator=replace(world.operator, reads_apps=True, changes_apps=may_change),
        directory=replace(world.directory, replication_delay=DELAY),
    )
    with ExitStack() as stack:
        made = Client(stack.enter_context(RehearsalCloud(scene)))
        stack.callback(made.http.close)
        yield made


def send(client: Client, method: str, path: str, body: object = None) -> requests.Response:
    """Make a request as the operator."""
    headers = {"Authorization": f"Bearer {client.operators_token()}"}
    return client.http.request(method, f"https://{client.names.graph}/v1.0/{path}", json=body, headers=headers)


def code(answer: requests.Response) -> tuple[int, str]:
    """Return the status and the code of a refusal."""
    return answer.status_code, answer.json()["error"]["code"]


def test_a_new_one_is_not_known_everywhere_at_first_and_then_like_any_other() -> None:
    with opened() as client:
        made = send(client, "POST", "applications", NEW)
        assert made.status_code == 201
        app_id = made.json()["appId"]
        own, principal = f"applications(appId='{app_id}')", {"appId": app_id}

        assert code(send(client, "POST", "servicePrincipals", principal)) == (400, "Request_BadRequest")
        assert code(send(client, "GET", own)) == (404, "Request_ResourceNotFound")
        assert code(send(client, "PATCH", own, {"displayName": "x"})) == (404, "Request_ResourceNotFound")
        assert client.token(client_id=app_id, grant_type="client_credentials").json()["error_codes"] == [700016]

        client.cloud.clock.advance(DELAY)
        assert send(client, "POST", "servicePrincipals", principal).status_code == 201
        assert code(send(client, "POST", "servicePrincipals", principal))[0] == 409
        assert send(client, "GET", own).json()["publicClient"] == NEW["publicClient"]
        named = send(client, "GET", "applications?$filter=displayName eq 'Contoso''s new app'").json()["value"]
        assert [each["appId"] for each in named] == [app_id]


def test_what_is_deleted_is_gone_with_its_service_principal() -> None:
    with opened() as client:
        app_id = send(client, "POST", "applications", NEW).json()["appId"]
        client.cloud.clock.advance(DELAY)
        send(client, "POST", "servicePrincipals", {"appId": app_id})

        assert send(client, "DELETE", f"applications(appId='{app_id}')").status_code == 204
        assert send(client, "GET", f"servicePrincipals(appId='{app_id}')").status_code == 404
        assert app_id not in {each["appId"] for each in send(client, "GET", "applications").json()["value"]}


@pytest.mark.parametrize(
    "body", [{}, {"displayName": "x", "signInAudience": "everybody"}, {"displayName": "x", "y": 1}]
)
def test_a_member_that_is_wrong_is_refused(body: dict[str, object]) -> None:
    with opened() as client:
        assert code(send(client, "POST", "applications", body)) == (400, "Request_BadRequest")


def test_who_may_only_read_makes_and_assigns_nothing() -> None:
    with opened(may_change=False) as client:
        assert send(client, "GET", "applications").status_code == 200
        for path in ("applications", "servicePrincipals", "servicePrincipals/x/appRoleAssignedTo"):
            assert code(send(client, "POST", path, NEW)) == (403, "Authorization_RequestDenied")
