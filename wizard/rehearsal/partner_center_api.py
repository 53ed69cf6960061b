"""Partner Center and its referrals API: profiles, the MFA header (protocol 4)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wizard.rehearsal.choices import MfaHeader, ReferralsRole, Service
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.issued_tokens import Claims, is_expired, read_access_token
from wizard.rehearsal.reported_apps import ReportedApp, as_partner_center_lists

_BOM = b"\xef\xbb\xbf"
_Body = Mapping[str, object] | list[dict[str, object]]


class PartnerCenterError(Exception):
    """A refusal of Partner Center: status, code and description."""

    def __init__(self, status: int, code: int, description: str) -> None:
        super().__init__(description)
        self.status, self.code, self.description = status, code, description


class PartnerCenterApi:
    """Partner Center for the scene's tenant."""

    def __init__(self, state: CloudState) -> None:
        self._state = state

    def routes(self) -> list[Route]:
        """Return every route of the Partner Center host."""
        return [
            self._route("/v1/profiles/organization", self._organization, user_only=True),
            self._route("/v1/profiles/legalbusiness", self._legal_business),
            self._route("/v1/profiles/mpn", self._mpn, user_only=True),
            self._route("/v1/profiles/billing", self._legal_business, user_only=True),
            self._route("/v1/applicationmfaadoptionstatus", self._mfa_report, user_only=True),
        ]

    def referral_routes(self) -> list[Route]:
        """Return every route of the referrals host."""
        return [Route("/v1.0/engagements/referrals", self._referrals)]

    def _route(self, path: str, body: Callable[[Claims], _Body], user_only: bool = False) -> Route:
        async def answer(request: Request) -> Response:
            headers = self.headers(request, None)
            try:
                with self._state.lock:
                    claims = self.authorized(request, Service.PARTNER_CENTER, user_only)
                    headers = self.headers(request, claims)
                    self.enforce(claims)
                    content = body(claims)
            except PartnerCenterError as refusal:
                return refused_answer(refusal, headers)
            return json_answer(content, 200, headers)

        return Route(path, answer)

    def authorized(self, request: Request, service: Service, user_only: bool) -> Claims:
        """Return the claims of a request's token; raise `PartnerCenterError` if it is not taken."""
        claims = read_access_token(request.headers.get("authorization", ""))
        if claims is None:
            raise PartnerCenterError(401, 800001, "Unauthorized: the partner token is missing or not accepted.")
        if claims.get("aud") != self._state.resources[service].audience:
            raise PartnerCenterError(401, 900420, "The audience of the access token is not accepted.")
        if is_expired(claims, self._state.clock.now()):
            raise PartnerCenterError(401, 800001, "Unauthorized: the partner token has expired.")
        if user_only and not _is_user(claims):
            raise PartnerCenterError(403, 900150, "The request needs a token of an app and a user.")
        if _is_user(claims) and "user_impersonation" not in str(claims.get("scp", "")).split():
            raise PartnerCenterError(403, 2032, "The access token lacks the permission user_impersonation.")
        if not _is_user(claims) and not self._state.world.partner_center.app_added:
            raise PartnerCenterError(401, 400, "Access denied: the application is not registered in Partner Center.")
        return claims

    def enforce(self, claims: Claims) -> None:
        """Raise `PartnerCenterError` if MFA is missing, or the tenant is no partner's."""
        world = self._state.world.partner_center
        if _is_user(claims):
            self._state.calls_of_users += 1
            is_late = 0 < world.enforced_after < self._state.calls_of_users
            if is_late or (world.enforces_mfa and not self._compliant(claims)):
                raise PartnerCenterError(401, 900421, "MFA is required to access the resource.")
        if not world.is_partner:
            if world.refusal_code == "800001":
                raise PartnerCenterError(401, 800001, "Unauthorized: the partner token is missing or not accepted.")
            raise PartnerCenterError(404, 60003, "The tenant is not found or is not a partner tenant.")

    def _compliant(self, claims: Claims) -> bool:
        header = self._state.world.partner_center.mfa_header
        if header in (MfaHeader.TRUE, MfaHeader.FALSE):
            return header is MfaHeader.TRUE
        amr = claims.get("amr")
        return isinstance(amr, list) and "mfa" in amr

    def headers(self, request: Request, claims: Claims | None) -> dict[str, str]:
        """Return the headers of an answer; `claims` are those of a token that was taken, None for none."""
        headers = {
            "MS-RequestId": request.headers.get("ms-requestid") or str(uuid.uuid4()),
            "MS-CorrelationId": request.headers.get("ms-correlationid") or str(uuid.uuid4()),
            "MS-CV": "rehearsal.0",
            "MS-ServerId": "rehearsal",
        }
        asked = request.headers.get("validatemfa", "").lower() == "true"
        shown = self._state.world.partner_center.mfa_header is not MfaHeader.ABSENT
        if claims is not None and asked and shown and _is_user(claims):
            headers["isMfaCompliant"] = str(self._compliant(claims)).lower()
        return headers

    def _organization(self, claims: Claims) -> dict[str, object]:
        tenant, profile = self._state.world.tenant, self._state.world.partner_center.profile_tenant
        return {
            "id": "aaaaaaaa-0000-4000-8000-000000000001",
            "companyName": tenant.name,
            "defaultAddress": _ADDRESS,
            "tenantId": profile or str(claims.get("tid")),
            "domain": tenant.domain,
            "email": f"partners@{tenant.domain}",
            "language": "en",
            "culture": "en-US",
            "profileType": "organization",
            "links": {"self": {"uri": "/v1/profiles/organization", "method": "GET", "headers": []}},
            "attributes": {"objectType": "PartnerOrganizationProfile"},
        }

    def _legal_business(self, _claims: Claims) -> dict[str, object]:
        return {
            "companyName": self._state.world.tenant.name,
            "address": _ADDRESS,
            "vettingStatus": "authorized",
            "vettingSubStatus": "none",
            "profileType": "legal_business",
            "attributes": {"objectType": "PartnerLegalBusinessProfile"},
        }

    def _mpn(self, _claims: Claims) -> dict[str, object]:
        return {
            "mpnId": "1234567",
            "partnerName": self._state.world.tenant.name,
            "profileType": "mpn",
            "attributes": {"objectType": "PartnerMpnProfile"},
        }

    def _mfa_report(self, claims: Claims) -> list[dict[str, object]]:
        """Which role it takes is not known (U): an Admin agent may read it, unless the scene says otherwise."""
        person, view = self._state.person_of(claims), self._state.world.partner_center
        if view.mfa_report_refused or person is None or not person.admin_agent:
            raise PartnerCenterError(403, 2032, "Access denied. The user does not have the required role.")
        own = ReportedApp(str(claims.get("appid")), requests=1, with_mfa=int(self._compliant(claims)), days_ago=0)
        return as_partner_center_lists((*view.mfa_report, own), self._state.clock.now())

    async def _referrals(self, request: Request) -> Response:
        headers = {"request-id": str(uuid.uuid4())}
        if "client-request-id" in request.headers:
            headers["client-request-id"] = request.headers["client-request-id"]
        try:
            role = self._referrals_role(self.authorized(request, Service.REFERRALS, user_only=True))
        except PartnerCenterError as refusal:
            code = "Forbidden" if refusal.status == 403 else str(refusal.code)  # which one is not known
            error = {"code": code, "message": refusal.description, "target": None, "innerError": None}
            return json_answer({"error": error}, refusal.status, headers, bom=False)
        seen = [_REFERRAL] if role is ReferralsRole.ADMIN else []
        return json_answer({"@odata.count": len(seen), "value": seen}, 200, headers, bom=False)

    def _referrals_role(self, claims: Claims) -> ReferralsRole:
        person = self._state.person_of(claims)
        if person is None or person.referrals is ReferralsRole.NONE:
            raise PartnerCenterError(403, 2032, "Access denied. The user has no role for referrals.")
        return person.referrals


_REFERRAL = {"id": "cccccccc-0000-4000-8000-000000000001", "name": "Fabrikam migration", "status": "Active"}
_ADDRESS = {
    "country": "US", "city": "Redmond", "state": "WA", "addressLine1": "One Contoso Way", "postalCode": "98052",
}  # fmt: skip


def _is_user(claims: Claims) -> bool:
    return "scp" in claims


def refused_answer(refusal: PartnerCenterError, headers: Mapping[str, str]) -> Response:
    """Return the answer of a refusal."""
    body: dict[str, object] = {
        "code": refusal.code,
        "description": refusal.description,
        "data": [],
        "source": "PartnerFD",
    }
    if refusal.status == 401:
        headers = {**headers, "WWW-Authenticate": 'OAuth realm="urn:cpsvc:cpid:rehearsal"'}
    return json_answer(body, refusal.status, headers)


def json_answer(body: _Body, status: int, headers: Mapping[str, str], bom: bool = True) -> Response:
    """Return an answer with a body, which begins with a byte order mark unless `bom` is false."""
    content = (_BOM if bom else b"") + json.dumps(body).encode()
    return Response(content, status, dict(headers), "application/json; charset=utf-8")
