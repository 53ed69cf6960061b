"""What Graph tells of customers: GDAP relationships in the partner's tenant, and the app's grants in a customer's."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from starlette.requests import Request

from wizard.rehearsal.clock import iso_timestamp
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.customer_facts import CustomerCase
from wizard.rehearsal.customer_tenants import CustomerTenant
from wizard.rehearsal.directory_api import paged
from wizard.rehearsal.graph_answers import GraphError, permissions_in
from wizard.rehearsal.issued_tokens import Claims

Json = Mapping[str, object]
READS_RELATIONSHIPS: Final = "DelegatedAdminRelationship.Read.All"
RELATIONSHIPS: Final = "/v1.0/tenantRelationships/delegatedAdminRelationships"
CLOUD_APPLICATION_ADMINISTRATOR: Final = "158c047a-c907-4556-b7ef-446551a6b5f7"
GROUP: Final = "77777777-0000-4000-8000-0000000000aa"
"""The partner's security group that holds roles at customers."""
_OF_APP: Final = re.compile(r"/v1\.0/servicePrincipals\(appId='([0-9a-fA-F-]{36})'\)(/oauth2PermissionGrants)?")
_OF_OBJECT: Final = re.compile(r"/v1\.0/servicePrincipals/([0-9a-fA-F-]{36})")


class CustomerDirectory:
    """Graph for customers."""

    def __init__(self, state: CloudState) -> None:
        self._state = state

    def rows(self) -> tuple[tuple[str, Callable[[Request, Claims], Json], str], ...]:
        """Return the routes in the partner's own tenant: path, answer and permission."""
        return (
            ("/v1.0/tenantRelationships/delegatedAdminCustomers", self._customers, READS_RELATIONSHIPS),
            (RELATIONSHIPS, self._relationships, READS_RELATIONSHIPS),
            (RELATIONSHIPS + "/{relationship}/accessAssignments", self._assignments, READS_RELATIONSHIPS),
        )

    def memberships(self) -> list[Json]:
        """Return the group that holds roles at customers, where the partner's users are in it."""
        is_in = self._state.customers.all and is_in_group(self._state)
        row = {"@odata.type": "#microsoft.graph.group", "id": GROUP, "displayName": "GDAP", "securityEnabled": True}
        return [row] if is_in else []

    def answer_in(self, tenant: CustomerTenant, request: Request, claims: Claims) -> Json:
        """Return what Graph answers in a customer's tenant; raise `GraphError` if it refuses."""
        if "Directory.Read.All" not in permissions_in(claims):
            raise GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
        path, client = request.url.path, str(claims.get("appid"))
        if found := _OF_APP.fullmatch(path):
            app_id = found[1].lower()
            is_there = app_id in set(tenant.apis()) or (app_id == client and tenant.has_principal)
            if not is_there:
                raise _missing(app_id)
            if found[2]:
                return self._paged(request, self._grants(tenant, client))
            return {"id": tenant.object_id(app_id), "appId": app_id, "displayName": app_id}
        if found := _OF_OBJECT.fullmatch(path):
            for app_id in tenant.apis():
                if tenant.object_id(app_id) == found[1].lower():
                    return {"id": found[1].lower(), "appId": app_id, "displayName": app_id}
            raise _missing(found[1])
        raise GraphError(400, "BadRequest", "Resource not found for the segment.")

    def _grants(self, tenant: CustomerTenant, client: str) -> list[Json]:
        now = self._state.clock.now()
        everybody = [
            _grant(tenant, client, app_id, sorted(tenant.seen(app_id, now)))
            for app_id in tenant.grants
            if tenant.seen(app_id, now)
        ]
        return [*everybody, *(_grant(tenant, client, each.api, each.scopes, each.user) for each in tenant.personal)]

    def _customers(self, request: Request, _claims: Claims) -> Json:
        rows = [
            {"id": each.tenant_id, "tenantId": each.tenant_id, "displayName": each.name}
            for each in (tenant.customer for tenant in self._state.customers.all.values())
            if each.case is not CustomerCase.NOT_A_CUSTOMER
        ]
        return self._paged(request, rows)

    def _relationships(self, request: Request, _claims: Claims) -> Json:
        now = self._state.clock.now()
        rows = []
        for tenant in self._state.customers.all.values():
            each = tenant.customer
            if each.case is CustomerCase.NOT_A_CUSTOMER:
                continue
            has_ended = each.case is CustomerCase.ENDED
            rows.append({
                "id": f"{each.tenant_id}-{CLOUD_APPLICATION_ADMINISTRATOR}",
                "displayName": f"{'MLT_' if each.case is CustomerCase.READ_ONLY else ''}{each.name}",
                "status": "expired" if has_ended else "active",
                "endDateTime": iso_timestamp(now + timedelta(days=-3 if has_ended else 200)),
                "autoExtendDuration": "PT0S",
                "customer": {"tenantId": each.tenant_id, "displayName": each.name},
                "accessDetails": {"unifiedRoles": [{"roleDefinitionId": CLOUD_APPLICATION_ADMINISTRATOR}]},
            })  # fmt: skip
        return self._paged(request, rows)

    def _assignments(self, request: Request, _claims: Claims) -> Json:
        tenant = self._state.customers.find(request.path_params["relationship"][:36])
        if tenant is None:
            raise _missing(request.path_params["relationship"])
        row = {
            "id": tenant.object_id("assignment"),
            "status": "active",
            "accessContainer": {"accessContainerId": GROUP, "accessContainerType": "securityGroup"},
            "accessDetails": {"unifiedRoles": [{"roleDefinitionId": CLOUD_APPLICATION_ADMINISTRATOR}]},
        }
        is_given = tenant.customer.role_is_assigned or tenant.customer.tenant_id in self._state.roles_given
        return {"value": [row] if is_given else []}

    def _paged(self, request: Request, rows: Sequence[Json]) -> Json:
        return paged(request, rows, self._state.world.customers.page, self._state.names.graph)


def is_in_group(state: CloudState) -> bool:
    """Return whether the partner's users are in the group that holds roles at customers."""
    return state.world.customers.in_group or state.joined_customer_group


def _grant(tenant: CustomerTenant, client: str, app_id: str, scopes: object, user: str = "") -> Json:
    assert isinstance(scopes, list | tuple)
    return {
        "id": f"{tenant.object_id(client)[:8]}-{tenant.object_id(app_id)[:8]}-{user[-4:]}",
        "clientId": tenant.object_id(client),
        "consentType": "Principal" if user else "AllPrincipals",
        "principalId": user or None,
        "resourceId": tenant.object_id(app_id),
        "scope": " " + " ".join(scopes),
    }


def _missing(what: str) -> GraphError:
    return GraphError(404, "Request_ResourceNotFound", f"Resource '{what}' does not exist.")
