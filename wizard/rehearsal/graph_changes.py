"""What Microsoft Graph lets be changed: app registrations, service principals and grants (protocol 6.4)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wizard.rehearsal import account_api
from wizard.rehearsal.choices import Service
from wizard.rehearsal.cloud_state import AppState, CloudState
from wizard.rehearsal.directory_api import NO_ROLE, application, assigned, assignment, paged, selected
from wizard.rehearsal.graph_answers import GraphError, permissions_in, refused, response_headers, token_claims
from wizard.rehearsal.graph_credentials import POLICIES, GraphCredentials
from wizard.rehearsal.issued_tokens import Claims
from wizard.rehearsal.registrations import change_registration, is_registered_here, new_registration
from wizard.rehearsal.resources import (
    CHANGES_APPS,
    CHANGES_ASSIGNMENTS,
    CHANGES_GRANTS,
    CHANGES_POLICIES,
    READS_APPS,
    REVOKES_SESSIONS,
)

Body = Mapping[str, object]
Answer = tuple[int, Mapping[str, object] | None]
"""Status and body; None for no body."""
_NAMED: Final = re.compile(r"displayName eq '((?:[^']|'')*)'")


class GraphChanges:
    """Takes what fixes send; whoever may not change anything is refused as Graph does."""

    def __init__(self, state: CloudState) -> None:
        self._state = state

    def routes(self) -> list[Route]:
        """Return the routes that change something."""
        principal, grants = "/v1.0/servicePrincipals", "/v1.0/oauth2PermissionGrants"
        app, keys = "/v1.0/applications(appId='{app_id}')", GraphCredentials(self._state)
        assignments = principal + "/{object_id}/appRoleAssignedTo"
        rows: tuple[tuple[str, str, Callable[[Request, Body], Answer], str], ...] = (
            ("GET", "/v1.0/applications", self._list_applications, READS_APPS),
            ("POST", "/v1.0/applications", self._add_application, CHANGES_APPS),
            ("PATCH", app, self._change_application, CHANGES_APPS),
            ("DELETE", app, self._remove_application, CHANGES_APPS),
            ("POST", principal, self._add_principal, CHANGES_APPS),
            ("PATCH", principal + "(appId='{app_id}')", self._change_principal, CHANGES_APPS),
            ("DELETE", principal + "(appId='{app_id}')", self._remove_principal, CHANGES_APPS),
            ("POST", assignments, self._assign, CHANGES_ASSIGNMENTS),
            ("DELETE", assignments + "/{assignment_id}", self._unassign, CHANGES_ASSIGNMENTS),
            ("POST", grants, self._add_grant, CHANGES_GRANTS),
            ("GET", grants + "/{grant_id}", self._show_grant, CHANGES_GRANTS),
            ("PATCH", grants + "/{grant_id}", self._change_grant, CHANGES_GRANTS),
            ("DELETE", grants + "/{grant_id}", self._remove_grant, CHANGES_GRANTS),
            ("POST", "/v1.0/users/{user}/revokeSignInSessions", self._revoke_sessions, REVOKES_SESSIONS),
            ("POST", f"{app}/addPassword", keys.add_password, CHANGES_APPS),
            ("POST", f"{app}/removePassword", keys.remove_password, CHANGES_APPS),
            ("POST", f"{app}/federatedIdentityCredentials", keys.add_trust, CHANGES_APPS),
            ("DELETE", f"{app}/federatedIdentityCredentials/{{trust_id}}", keys.remove_trust, CHANGES_APPS),
            ("POST", POLICIES, keys.add_policy, CHANGES_POLICIES),
            ("DELETE", POLICIES + "/{policy_id}", keys.remove_policy, CHANGES_POLICIES),
            ("POST", f"{app}/appManagementPolicies/$ref", keys.assign_policy, CHANGES_POLICIES),
        )
        return [self._route(*row) for row in rows]

    def _route(self, method: str, path: str, change: Callable[[Request, Body], Answer], permission: str) -> Route:
        async def answer(request: Request) -> Response:
            try:
                content = json.loads(await request.body() or b"{}")
                with self._state.lock:
                    self._require(token_claims(self._state, request), permission)
                    status, body = change(request, content if isinstance(content, dict) else {})
            except GraphError as refusal:
                return refused(self._state, request, refusal)
            headers = response_headers(request)
            return Response(None, status, headers) if body is None else JSONResponse(body, status, headers)

        return Route(path, answer, methods=[method])

    def _require(self, claims: Claims, permission: str) -> None:
        """Raise 403 unless the token carries the permission and, of a person, the account may administer apps."""
        person = self._state.person_of(claims)
        given = permissions_in(claims)
        if permission == READS_APPS and given & {READS_APPS, CHANGES_APPS, "Directory.Read.All"}:
            return
        lacks_reading = permission == CHANGES_ASSIGNMENTS and not given & {
            READS_APPS,
            CHANGES_APPS,
            "Directory.Read.All",
        }
        if permission not in given or lacks_reading or (person is not None and not person.may_consent):
            raise GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
        if self._state.world.policy.changes_refused:
            raise GraphError(403, "Authorization_RequestDenied", self._state.world.policy.changes_refused)

    def _change_application(self, request: Request, body: Body) -> Answer:
        state = self._state.apps.get(request.path_params["app_id"].lower())
        if state is None or state.first_party:
            raise _missing(request.path_params["app_id"])
        if not self._state.is_seen(state):
            raise _missing(request.path_params["app_id"])
        change_registration(state, body, self._state.clock.now())
        return 204, None

    def _list_applications(self, request: Request, _body: Body) -> Answer:
        """Return the registrations that have a name, all without one in the filter (protocol 6.4)."""
        wanted = _NAMED.fullmatch(request.query_params.get("$filter", ""))
        mine = [each for each in self._state.apps.values() if is_registered_here(self._state, each)]
        named = [each for each in mine if wanted is None or each.app.name == wanted[1].replace("''", "'")]
        rows = [selected(request, application(each, self._state)) for each in named]
        return 200, paged(request, rows, self._state.world.directory.page, self._state.names.graph)

    def _add_application(self, _request: Request, body: Body) -> Answer:
        state = new_registration(self._state, body)
        self._state.apps[state.app.client_id] = state
        return 201, application(state, self._state)

    def _remove_application(self, request: Request, _body: Body) -> Answer:
        state = self._state.apps.get(request.path_params["app_id"].lower())
        if state is None or not is_registered_here(self._state, state):
            raise _missing(request.path_params["app_id"])
        state.in_tenant = state.service_principal = False
        return 204, None

    def _change_principal(self, request: Request, body: Body) -> Answer:
        state = self._state.apps.get(request.path_params["app_id"].lower())
        if state is None or not state.service_principal:
            raise _missing(request.path_params["app_id"])
        if set(body) != {"accountEnabled"} or not isinstance(body["accountEnabled"], bool):
            raise GraphError(400, "Request_BadRequest", "Invalid value specified for a property of resource.")
        state.is_enabled = body["accountEnabled"]
        return 204, None

    def _assign(self, request: Request, body: Body) -> Answer:
        state = self._principal_of(request)
        holder = str(body.get("principalId", ""))
        if (body.get("resourceId"), body.get("appRoleId")) != (state.principal_id, NO_ROLE):
            raise GraphError(400, "Request_BadRequest", "Not a valid reference update.")
        principal = {"id": state.principal_id, "displayName": state.app.name}
        if any(each["principalId"] == holder for each in assigned(self._state, principal)):
            words = "Permission being assigned already exists on the object"
            raise GraphError(400, "Request_BadRequest", words)
        row = assignment(principal, holder, *self._holder(holder))
        state.assigned.append(row)
        return 201, row

    def _unassign(self, request: Request, _body: Body) -> Answer:
        state = self._principal_of(request)
        left = [each for each in state.assigned if each["id"] != request.path_params["assignment_id"]]
        if len(left) == len(state.assigned):
            raise _missing(request.path_params["assignment_id"])
        state.assigned = left
        return 204, None

    def _principal_of(self, request: Request) -> AppState:
        object_id = request.path_params["object_id"]
        for state in self._state.apps.values():
            if state.principal_id == object_id and state.service_principal:
                return state
        raise _missing(object_id)

    def _holder(self, object_id: str) -> tuple[str, str]:
        """Return kind and name of who gets an assignment; raise 404 for nobody."""
        for person in self._state.people.values():
            if person.object_id == object_id:
                return "User", person.name
            for each in account_api.memberships(person):
                if each["id"] == object_id and str(each["@odata.type"]).endswith(".group"):
                    return "Group", str(each["displayName"])
        raise _missing(object_id)

    def _add_principal(self, _request: Request, body: Body) -> Answer:
        app_id = str(body.get("appId", "")).lower()
        if any(resource.app_id == app_id for resource in self._state.provisioned()):
            raise _exists(app_id)
        for resource in self._state.resources.values():
            if resource.app_id == app_id:
                self._state.added_principals.add(resource.service)
                return 201, {"id": resource.object_id, "appId": app_id, "displayName": resource.name}
        state = self._state.apps.get(app_id)
        if state is None or not state.in_tenant or not self._state.is_seen(state):
            words = f"The appId '{app_id}' of the service principal does not reference a valid application object."
            raise GraphError(400, "Request_BadRequest", words)
        if state.service_principal and state.in_tenant:
            raise _exists(app_id)
        state.service_principal = state.in_tenant = True
        return 201, {"id": state.principal_id, "appId": app_id, "displayName": state.app.name}

    def _remove_principal(self, request: Request, _body: Body) -> Answer:
        app_id = request.path_params["app_id"].lower()
        for resource in self._state.resources.values():
            if resource.app_id == app_id and resource.service in self._state.added_principals:
                self._state.added_principals.discard(resource.service)
                return 204, None
        state = self._state.apps.get(app_id)
        if state is None or not state.service_principal:
            raise _missing(app_id)
        state.service_principal = False
        return 204, None

    def _add_grant(self, _request: Request, body: Body) -> Answer:
        if body.get("consentType") != "AllPrincipals":
            raise GraphError(400, "Request_BadRequest", "Invalid value specified for property 'consentType'.")
        for (client_id, service), grant in self._state.grants.items():
            ids = (self._state.apps[client_id].principal_id, self._state.resources[service].object_id)
            if ids == (body.get("clientId"), body.get("resourceId")) and grant.scopes:
                raise GraphError(409, "Request_MultipleObjectsWithSameKeyValue", "Permission entry already exists.")
        for client_id, state in self._state.apps.items():
            for resource in self._state.provisioned():
                if (state.principal_id, resource.object_id) == (body.get("clientId"), body.get("resourceId")):
                    scopes = frozenset(str(body.get("scope", "")).split())
                    self._state.set_grant(client_id, resource.service, scopes)
                    return 201, {"id": self._state.grant_id(client_id, resource.service), **body}
        raise GraphError(400, "Request_BadRequest", "One or more of the specified service principals do not exist.")

    def _show_grant(self, request: Request, _body: Body) -> Answer:
        client_id, service = self._grant(request)
        scopes = self._state.grants[client_id, service].scopes
        return 200, {"id": request.path_params["grant_id"], "scope": " " + " ".join(sorted(scopes))}

    def _change_grant(self, request: Request, body: Body) -> Answer:
        client_id, service = self._grant(request)
        self._state.set_grant(client_id, service, frozenset(str(body.get("scope", "")).split()))
        return 204, None

    def _remove_grant(self, request: Request, _body: Body) -> Answer:
        del self._state.grants[self._grant(request)]
        return 204, None

    def _revoke_sessions(self, request: Request, _body: Body) -> Answer:
        person = account_api.find_person(self._state, request.path_params["user"])
        tokens = self._state.refresh_tokens.items()
        self._state.revoked_tokens |= {value for value, each in tokens if each.session.person == person}
        return 200, {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#Edm.Boolean", "value": True}

    def _grant(self, request: Request) -> tuple[str, Service]:
        """Return whose grant a request is about, and on which API; raise 404 if there is none."""
        grant_id = request.path_params["grant_id"]
        for client_id, service in self._state.grants:
            if self._state.grant_id(client_id, service) == grant_id:
                return client_id, service
        raise _missing(grant_id)


def _missing(what: str) -> GraphError:
    words = f"Resource '{what}' does not exist or one of its queried reference-property objects are not present."
    return GraphError(404, "Request_ResourceNotFound", words)


def _exists(app_id: str) -> GraphError:
    words = f"The service principal cannot be created, since the service principal name {app_id} is already in use."
    return GraphError(409, "Request_MultipleObjectsWithSameKeyValue", words)
