"""Microsoft Graph: the registration, service principals, grants, the organization and groups (protocol 6.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wizard.rehearsal import account_api, conditional_access
from wizard.rehearsal.choices import Home
from wizard.rehearsal.clock import iso_timestamp
from wizard.rehearsal.cloud_state import AppState, CloudState
from wizard.rehearsal.customer_directory import READS_RELATIONSHIPS, CustomerDirectory
from wizard.rehearsal.customer_tenants import CustomerTenant
from wizard.rehearsal.directory_api import (
    application,
    assigned,
    delegated_grants,
    federated_credentials,
    paged,
    principals,
    role_assignments,
    selected,
)
from wizard.rehearsal.graph_answers import GraphError, permissions_in, refused, response_headers, token_claims
from wizard.rehearsal.issued_tokens import Claims
from wizard.rehearsal.resources import METHODS_READ_ALL, POLICY_READ_ALL, RISK_READ_ALL, USER_READ_ALL
from wizard.rehearsal.world import Person

BEYOND_DIRECTORY = frozenset({"User.Read", POLICY_READ_ALL, METHODS_READ_ALL, RISK_READ_ALL, READS_RELATIONSHIPS})
"""Permissions that Directory.Read.All does not include."""
_FILTER = re.compile(r"(?<!\w)(\w+) eq '([^']*)'")


class GraphApi:
    """Graph for the scene's tenant; reading needs the app's Graph roles, or the user's own scope."""

    def __init__(self, state: CloudState) -> None:
        self._state = state
        self._of_customers = CustomerDirectory(state)
        self._throttles = state.world.policy.conditional_access_throttled

    def routes(self) -> list[Route]:
        """Return every route of the Graph host."""
        app, principal = "/v1.0/applications(appId='{app_id}')", "/v1.0/servicePrincipals(appId='{app_id}')"
        rows: tuple[tuple[str, Callable[[Request, Claims], Mapping[str, object]], str], ...] = (
            (app, self._application, "Application.Read.All"),
            (app + "/federatedIdentityCredentials", self._federated, "Application.Read.All"),
            (principal, self._principal, "Application.Read.All"),
            ("/v1.0/servicePrincipals/{object_id}", self._principal_by_id, "Application.Read.All"),
            (principal + "/oauth2PermissionGrants", self._grants_of, "Directory.Read.All"),
            (principal + "/appRoleAssignments", self._role_assignments, "Application.Read.All"),
            (principal + "/appRoleAssignedTo", self._assigned, "Application.Read.All"),
            ("/v1.0/oauth2PermissionGrants", self._grants, "Directory.Read.All"),
            ("/v1.0/organization", self._organization, "Organization.Read.All"),
            ("/v1.0/me/memberOf", self._member_of, "User.Read"),
            ("/v1.0/policies/identitySecurityDefaultsEnforcementPolicy", self._security_defaults, POLICY_READ_ALL),
            ("/v1.0/identity/conditionalAccess/policies", self._conditional_access, POLICY_READ_ALL),
            ("/beta/policies/mfaServicePolicy", self._mfa_service, POLICY_READ_ALL),
            ("/v1.0/policies/defaultAppManagementPolicy", self._app_management, POLICY_READ_ALL),
            (app + "/appManagementPolicies", self._own_app_management, POLICY_READ_ALL),
            ("/v1.0/groups", self._groups, "GroupMember.Read.All"),
            ("/v1.0/users/{user}", self._user, USER_READ_ALL),
            ("/v1.0/users/{user}/transitiveMemberOf", self._memberships, "Directory.Read.All"),
            ("/v1.0/users/{user}/memberOf", self._memberships, "Directory.Read.All"),
            ("/v1.0/users/{user}/authentication/methods", self._methods, METHODS_READ_ALL),
            ("/v1.0/identityProtection/riskyUsers/{user}", self._risk, RISK_READ_ALL),
            ("/beta/users/{user}/authentication/requirements", self._per_user_mfa, POLICY_READ_ALL),
            *self._of_customers.rows(),
            ("/v1.0/{rest:path}", self._unknown, "Directory.Read.All"),
            ("/beta/{rest:path}", self._unknown, "Directory.Read.All"),
        )
        return [self._route(*row) for row in rows]

    def _route(self, path: str, body: Callable[[Request, Claims], Mapping[str, object]], permission: str) -> Route:
        async def answer(request: Request) -> Response:
            try:
                with self._state.lock:
                    if (customer := self._customer(request)) is not None:
                        content = self._of_customers.answer_in(customer, request, token_claims(self._state, request))
                    else:
                        content = body(request, self._authorized(request, permission))
            except GraphError as refusal:
                return refused(self._state, request, refusal)
            return JSONResponse(content, headers=response_headers(request))

        return Route(path, answer)

    def _customer(self, request: Request) -> CustomerTenant | None:
        """Return the customer in whose tenant a request is made, None where that is the partner's own."""
        tenant_id = str(token_claims(self._state, request).get("tid"))
        return None if tenant_id == self._state.world.tenant.id else self._state.customers.find(tenant_id)

    def _authorized(self, request: Request, permission: str) -> Claims:
        claims = token_claims(self._state, request)
        given = permissions_in(claims)
        reads_directory = "Directory.Read.All" in given and permission not in BEYOND_DIRECTORY
        person = self._state.person_of(claims)
        lacks_role = permission == POLICY_READ_ALL and person is not None and not person.may_read_policies
        if lacks_role or (permission not in given and not reads_directory):
            raise GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
        return claims

    def _application(self, request: Request, claims: Claims) -> Mapping[str, object]:
        return application(self._registered(request, claims), self._state)

    def _federated(self, request: Request, claims: Claims) -> Mapping[str, object]:
        return self._paged(request, federated_credentials(self._registered(request, claims), self._state))

    def _registered(self, request: Request, claims: Claims) -> AppState:
        state = self._state.apps.get(request.path_params["app_id"].lower())
        asked_in = Home.FABRIKAM if claims.get("tid") == self._state.world.home_tenant.id else Home.CONTOSO
        is_there = state is not None and self._state.is_seen(state) and (state.in_tenant or asked_in is Home.FABRIKAM)
        if state is None or state.app.home is not asked_in or not is_there:
            raise _missing("application", request.path_params["app_id"])
        return state

    def _principal(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        return selected(request, self._find_principal("appId", request.path_params["app_id"]))

    def _principal_by_id(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        return selected(request, self._find_principal("id", request.path_params["object_id"]))

    def _find_principal(self, member: str, value: str) -> Mapping[str, object]:
        for row in principals(self._state):
            if row[member] == value.lower():
                return row
        raise _missing("servicePrincipal", value)

    def _grants_of(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        principal = self._find_principal("appId", request.path_params["app_id"])
        rows = [grant for grant in delegated_grants(self._state) if grant["clientId"] == principal["id"]]
        return self._paged(request, rows)

    def _grants(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        wanted = dict(_FILTER.findall(request.query_params.get("$filter", "")))
        rows = delegated_grants(self._state)
        return {"value": [grant for grant in rows if all(grant.get(key) == value for key, value in wanted.items())]}

    def _role_assignments(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        principal = self._find_principal("appId", request.path_params["app_id"])
        return self._paged(request, role_assignments(self._state, principal))

    def _assigned(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        principal = self._find_principal("appId", request.path_params["app_id"])
        return self._paged(request, assigned(self._state, principal))

    def _paged(self, request: Request, rows: Sequence[object]) -> Mapping[str, object]:
        return paged(request, rows, self._state.world.directory.page, self._state.names.graph)

    def _organization(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        tenant = self._state.world.tenant
        created = self._state.started - timedelta(hours=tenant.age_hours)
        domain = {"name": tenant.domain, "isDefault": True, "isInitial": False, "capabilities": "Email"}
        row: dict[str, object] = {
            "id": tenant.id,
            "displayName": tenant.name,
            "createdDateTime": iso_timestamp(created),
            "onPremisesSyncEnabled": None,
            "verifiedDomains": [domain],
            "tenantType": "AAD",
        }
        return {"value": [selected(request, row)]}

    def _security_defaults(self, _request: Request, _claims: Claims) -> Mapping[str, object]:
        return {
            "id": "00000000-0000-0000-0000-000000000005",
            "isEnabled": self._state.world.policy.security_defaults,
        }

    def _conditional_access(self, _request: Request, _claims: Claims) -> Mapping[str, object]:
        if self._throttles > 0 and not self._state.is_repaired:
            self._throttles -= 1
            raise GraphError(429, "TooManyRequests", "Too many requests.")
        return {"value": conditional_access.as_graph_lists(self._state.world)}

    def _mfa_service(self, _request: Request, _claims: Claims) -> Mapping[str, object]:
        days = self._state.world.policy.remember_mfa_days
        remembers = {"isEnabled": days > 0, "allowedNumberOfDays": days or conditional_access.REMEMBERED_DAYS}
        return {"rememberMfaOnTrustedDevice": remembers}

    def _member_of(self, _request: Request, claims: Claims) -> Mapping[str, object]:
        person = self._state.person_of(claims)
        if person is None:
            raise GraphError(400, "BadRequest", "/me request is only valid with delegated authentication flow.")
        groups = [each for each in account_api.memberships(person) if str(each["@odata.type"]).endswith(".group")]
        return {"value": [*groups, *self._of_customers.memberships()]}

    def _app_management(self, _request: Request, _claims: Claims) -> Mapping[str, object]:
        return account_api.app_management(self._state)

    def _own_app_management(self, _request: Request, _claims: Claims) -> Mapping[str, object]:
        return {"value": account_api.own_app_management(self._state)}

    def _person(self, request: Request) -> Person:
        return account_api.find_person(self._state, request.path_params["user"])

    def _user(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        return selected(request, account_api.account(self._state, self._person(request)))

    def _groups(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        wanted = dict(_FILTER.findall(request.query_params.get("$filter", "")))
        rows = account_api.groups(self._state)
        return {"value": [group for group in rows if all(group.get(key) == value for key, value in wanted.items())]}

    def _memberships(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        return self._paged(request, account_api.memberships(self._person(request)))

    def _methods(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        return {"value": account_api.methods(self._person(request))}

    def _risk(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        return account_api.risk(self._person(request))

    def _per_user_mfa(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        return {"perUserMfaState": self._person(request).graph.per_user_mfa}

    def _unknown(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        raise GraphError(400, "BadRequest", f"Resource not found for the segment '{request.path_params['rest']}'.")


def _missing(kind: str, app_id: str) -> GraphError:
    words = (
        f"Resource '{app_id}' does not exist or one of its queried reference-property objects ({kind}) are not present."
    )
    return GraphError(404, "Request_ResourceNotFound", words)
