"""What Microsoft Graph lets be changed: app registrations, service principals and grants (protocol 6.2, 11.7)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wizard.rehearsal.choices import Service
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.graph_answers import GraphError, permissions_in, refused, response_headers, token_claims
from wizard.rehearsal.graph_credentials import POLICIES, GraphCredentials, change_keys
from wizard.rehearsal.issued_tokens import Claims
from wizard.rehearsal.resources import CHANGES_APPS, CHANGES_GRANTS, CHANGES_POLICIES
from wizard.rehearsal.world import App

Body = Mapping[str, object]
Answer = tuple[int, Mapping[str, object] | None]
"""Status and body; None for no body."""


class GraphChanges:
    """Takes what fixes send; whoever may not change anything is refused as Graph does."""

    def __init__(self, state: CloudState) -> None:
        self._state = state

    def routes(self) -> list[Route]:
        """Return the routes that change something."""
        principal, grants = "/v1.0/servicePrincipals", "/v1.0/oauth2PermissionGrants"
        app, keys = "/v1.0/applications(appId='{app_id}')", GraphCredentials(self._state)
        rows: tuple[tuple[str, str, Callable[[Request, Body], Answer], str], ...] = (
            ("PATCH", "/v1.0/applications(appId='{app_id}')", self._change_application, CHANGES_APPS),
            ("POST", principal, self._add_principal, CHANGES_APPS),
            ("DELETE", principal + "(appId='{app_id}')", self._remove_principal, CHANGES_APPS),
            ("POST", grants, self._add_grant, CHANGES_GRANTS),
            ("GET", grants + "/{grant_id}", self._show_grant, CHANGES_GRANTS),
            ("PATCH", grants + "/{grant_id}", self._change_grant, CHANGES_GRANTS),
            ("DELETE", grants + "/{grant_id}", self._remove_grant, CHANGES_GRANTS),
            ("POST", f"{app}/addPassword", keys.add_password, CHANGES_APPS),
            ("POST", f"{app}/removePassword", keys.remove_password, CHANGES_APPS),
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
        if permission not in permissions_in(claims) or (person is not None and not person.may_consent):
            raise GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
        if self._state.world.policy.changes_refused:
            raise GraphError(403, "Authorization_RequestDenied", self._state.world.policy.changes_refused)

    def _change_application(self, request: Request, body: Body) -> Answer:
        state = self._state.apps.get(request.path_params["app_id"].lower())
        if state is None or state.first_party:
            raise _missing(request.path_params["app_id"])
        app = state.app
        for name, value in body.items():
            if name == "keyCredentials":
                change_keys(state, value)
            else:
                app = _changed(app, name, value)
        state.app = app
        return 204, None

    def _add_principal(self, _request: Request, body: Body) -> Answer:
        app_id = str(body.get("appId", "")).lower()
        if any(resource.app_id == app_id for resource in self._state.provisioned()):
            raise _exists(app_id)
        for resource in self._state.resources.values():
            if resource.app_id == app_id:
                self._state.added_principals.add(resource.service)
                return 201, {"id": resource.object_id, "appId": app_id, "displayName": resource.name}
        state = self._state.apps.get(app_id)
        if state is None:
            raise GraphError(400, "Request_BadRequest", f"The appId '{app_id}' of the service principal is not known.")
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

    def _grant(self, request: Request) -> tuple[str, Service]:
        """Return whose grant a request is about, and on which API; raise 404 if there is none."""
        grant_id = request.path_params["grant_id"]
        for client_id, service in self._state.grants:
            if self._state.grant_id(client_id, service) == grant_id:
                return client_id, service
        raise _missing(grant_id)


def _changed(app: App, name: str, value: object) -> App:
    """Return an app registration with one member changed, as a PATCH says it."""
    listed = value.get("redirectUris") if isinstance(value, dict) else None
    uris = tuple(map(str, listed)) if isinstance(listed, list) else None
    if name == "web" and uris is not None:
        return replace(app, web_redirect_uris=uris)
    if name == "publicClient" and uris is not None:
        return replace(app, public_redirect_uris=uris)
    if name == "spa" and uris is not None:
        return replace(app, spa_redirect_uris=uris)
    if name == "isFallbackPublicClient" and isinstance(value, bool | None):
        return replace(app, public_client=value is True)
    raise GraphError(400, "Request_BadRequest", f"Invalid value specified for property '{name}' of resource.")


def _missing(what: str) -> GraphError:
    words = f"Resource '{what}' does not exist or one of its queried reference-property objects are not present."
    return GraphError(404, "Request_ResourceNotFound", words)


def _exists(app_id: str) -> GraphError:
    words = f"The service principal cannot be created, since the service principal name {app_id} is already in use."
    return GraphError(409, "Request_MultipleObjectsWithSameKeyValue", words)
