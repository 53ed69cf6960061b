"""Partner Center's customers, page by page, and their application consents (protocol 11.7)."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wizard.rehearsal import partner_center_api
from wizard.rehearsal.choices import Service
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.customer_facts import CustomerCase
from wizard.rehearsal.customer_tenants import CustomerTenant
from wizard.rehearsal.issued_tokens import Claims
from wizard.rehearsal.partner_center_api import PartnerCenterApi, PartnerCenterError, refused_answer
from wizard.rehearsal.resources import GRAPH_APP_ID

CONTINUATION: Final = "MS-ContinuationToken"
_SCOPES: Final = re.compile(r"[A-Za-z][\w.]*(?:, [A-Za-z][\w.]*)*")
"""Names joined by a comma and a space, and by nothing else (protocol 11.7)."""
_SECOND: Final = timedelta(seconds=1)
_Answer = tuple[int, Mapping[str, object] | None]


class CustomerConsentsApi:
    """Customers and consents; who is asked and enforced is `PartnerCenterApi`'s."""

    def __init__(self, state: CloudState, partner_center: PartnerCenterApi) -> None:
        self._state, self._partner_center = state, partner_center
        self._times: deque[datetime] = deque()

    def routes(self) -> list[Route]:
        """Return the routes of customers."""
        consents = "/v1/customers/{customer}/applicationconsents"
        return [
            self._route("/v1/customers", self._list, "GET"),
            self._route(consents, self._consent, "POST"),
            self._route(consents + "/{app}", self._remove, "DELETE"),
        ]

    def _route(self, path: str, answer_of: Callable[[Request, Claims, object], _Answer], method: str) -> Route:
        api = self._partner_center

        async def answer(request: Request) -> Response:
            content = await request.body()
            headers = api.headers(request, None)
            try:
                with self._state.lock:
                    claims = api.authorized(request, Service.PARTNER_CENTER, user_only=method != "GET")
                    headers = api.headers(request, claims)
                    api.enforce(claims)
                    status, body = answer_of(request, claims, _read(content))
            except PartnerCenterError as refusal:
                return refused_answer(refusal, headers)
            return (
                Response(status_code=status, headers=headers)
                if body is None
                else partner_center_api.json_answer(body, status, headers)
            )

        return Route(path, answer, methods=[method])

    # --- the list -----------------------------------------------------------------------------------------------------

    def _list(self, request: Request, claims: Claims, _body: object) -> _Answer:
        self._require_agent(claims)
        facts = self._state.world.customers
        rows = [
            _listed(each)
            for each in self._state.customers.all.values()
            if not (each.customer.gdap_only or each.is_gone or each.customer.case is CustomerCase.NOT_A_CUSTOMER)
        ]
        if not self._state.customers.all:
            rows = [_FABRIKAM]
        size = min(int(request.query_params.get("size", str(facts.page))), facts.page)
        start = int(request.headers.get(CONTINUATION, "0"))
        body: dict[str, object] = {
            "totalCount": len(rows),
            "items": rows[start : start + size],
            "links": {},
            "attributes": {"objectType": "Collection"},
        }
        if start + size < len(rows):
            following = size if facts.repeats_page and start else start + size
            body["links"] = {
                "next": {
                    "uri": f"/customers?size={size}&seekOperation=Next",
                    "method": "GET",
                    "headers": [{"key": CONTINUATION, "value": str(following)}],
                }
            }
        return 200, body

    # --- consents -----------------------------------------------------------------------------------------------------

    def _consent(self, request: Request, claims: Claims, body: object) -> _Answer:
        tenant = self._customer(request, claims)
        if tenant.failed < tenant.customer.fails:
            tenant.failed += 1
            raise PartnerCenterError(500, 800003, "An unexpected error occurred.")
        given = body if isinstance(body, Mapping) else {}
        if str(given.get("applicationId", "")).lower() != claims.get("appid"):
            raise PartnerCenterError(400, 3000, "The applicationId is not that of the token.")
        grants = given.get("applicationGrants")
        if not isinstance(grants, list) or len(grants) != 1 or not isinstance(grants[0], Mapping):
            raise PartnerCenterError(400, 3000, "Expected one grant.")
        api, scope = str(grants[0].get("enterpriseApplicationId", "")).lower(), str(grants[0].get("scope", ""))
        known = self._state.resources[Service.GRAPH].scopes if api == GRAPH_APP_ID else set(scope.split(", "))
        if not set(scope.split(", ")) <= known:
            raise PartnerCenterError(400, 3000, "A permission is not known to the enterprise application.")
        is_wrong = tenant.customer.case is CustomerCase.WRONG_SCOPE or not _SCOPES.fullmatch(scope)
        if is_wrong or api not in set(tenant.apis()):
            raise PartnerCenterError(400, 3000, "The scope or the enterprise application is not valid.")
        if api in tenant.grants:
            raise PartnerCenterError(409, 409, "Permission entry already exists.")
        delay = self._state.world.consent.grant_delay
        self._state.customers.grant(tenant, api, frozenset(scope.split(", ")), self._state.clock.now(), delay)
        return 201, {"applicationId": given["applicationId"], "displayName": given.get("displayName")}

    def _remove(self, request: Request, claims: Claims, _body: object) -> _Answer:
        tenant = self._customer(request, claims)
        if request.path_params["app"].lower() != claims.get("appid"):
            raise PartnerCenterError(400, 3000, "The applicationId is not that of the token.")
        if not tenant.grants:
            raise PartnerCenterError(404, 1000, "The consent does not exist.")
        tenant.grants.clear()  # the service principal stays, and what single users have granted
        return 204, None

    def _customer(self, request: Request, claims: Claims) -> CustomerTenant:
        """Return the customer that is asked about; raise `PartnerCenterError` where nothing may be changed there."""
        self._throttle()
        self._require_agent(claims)
        tenant = self._state.customers.find(request.path_params["customer"])
        if tenant is not None:
            tenant.requests += 1
        if tenant is None or tenant.is_gone or tenant.customer.case is CustomerCase.NOT_A_CUSTOMER:
            raise PartnerCenterError(404, 1000, "The customer does not exist.")
        if tenant.customer.case in {CustomerCase.FORBIDDEN, CustomerCase.READ_ONLY, CustomerCase.ENDED}:
            raise PartnerCenterError(403, 900308, "The user lacks the role that this operation needs.")
        return tenant

    def _throttle(self) -> None:
        now = self._state.clock.now()
        while self._times and self._times[0] + _SECOND <= now:
            self._times.popleft()
        if len(self._times) >= self._state.world.customers.limit:
            raise PartnerCenterError(429, 429, "Rate limit is exceeded. Try again in 1 seconds.")
        self._times.append(now)

    def _require_agent(self, claims: Claims) -> None:
        person = self._state.person_of(claims)
        if person is not None and not person.admin_agent:
            raise PartnerCenterError(403, 2032, "Access denied. The user does not have the required role.")


_FABRIKAM: Final[dict[str, object]] = {
    "id": "bbbbbbbb-0000-4000-8000-000000000001",
    "companyProfile": {"companyName": "Fabrikam", "domain": "fabrikam.com"},
    "relationshipToPartner": "reseller",
    "attributes": {"objectType": "Customer"},
}
"""Who is listed where a scene names nobody."""


def _listed(tenant: CustomerTenant) -> dict[str, object]:
    customer = tenant.customer
    profile = {"tenantId": customer.tenant_id, "companyName": customer.name, "domain": customer.domain}
    return {**_FABRIKAM, "id": customer.tenant_id, "companyProfile": profile}


def _read(content: bytes) -> object:
    try:
        return json.loads(content) if content else None
    except ValueError:
        return None
