"""Partner Center's REST API: who the token's partner is, whether its MFA counts, and what its user may do."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from wizard.catalogue import read_partner_center_error
from wizard.core.errors import Unreachable
from wizard.core.secret import Secret
from wizard.core.text import clean_line
from wizard.core.trouble import Trouble
from wizard.microsoft.http import Http
from wizard.microsoft.http_response import HttpResponse
from wizard.microsoft.mfa_report import MFA_REPORT_PATH, MfaReport, read_mfa_report


@dataclass(frozen=True, slots=True)
class Organization:
    """The organization profile (protocol 4.3). `tenant_id` is lower case, "" where the answer has none."""

    tenant_id: str
    name: str
    mfa_compliant: bool | None


@dataclass(frozen=True, slots=True)
class LegalBusiness:
    """The legal business profile (protocol 4.3). `vetting` is such as "authorized"; "" where the answer has none."""

    name: str
    vetting: str


class PartnerCenter:
    """Partner Center, asked with an access token of an app and a user, or of the app alone where it says so.

    Args:
        http: the one HTTP path.
    """

    def __init__(self, http: Http) -> None:
        self._http = http

    def read_organization(self, access_token: Secret) -> Organization:
        """Read the organization profile (GET /v1/profiles/organization).

        Raises:
            ServiceRefusal: the token is not taken.
            Busy, Unreachable: as `Http.request`.
        """
        answer = self._get("/v1/profiles/organization", access_token)
        if not isinstance(answer.body, Mapping):
            raise Unreachable(self._http.cloud.partner_center, Trouble.ANSWER, "gave a profile that is not JSON")
        name, tenant = answer.body.get("companyName"), answer.body.get("tenantId")
        return Organization(
            clean_line(tenant, 100).lower() if isinstance(tenant, str) else "",
            clean_line(name, 200) if isinstance(name, str) else "",
            _mfa_header(answer),
        )

    def read_legal_business(self, access_token: Secret) -> LegalBusiness:
        """Read the legal business profile (GET /v1/profiles/legalbusiness), which a token of the app alone may.

        Raises:
            ServiceRefusal: the token is not taken.
            Busy, Unreachable: as `Http.request`.
        """
        answer = self._get("/v1/profiles/legalbusiness", access_token, {"vettingVersion": "Current"})
        if not isinstance(answer.body, Mapping):
            raise Unreachable(self._http.cloud.partner_center, Trouble.ANSWER, "gave a profile that is not JSON")
        name, vetting = answer.body.get("companyName"), answer.body.get("vettingStatus")
        return LegalBusiness(
            clean_line(name, 200) if isinstance(name, str) else "",
            clean_line(vetting, 60) if isinstance(vetting, str) else "",
        )

    def require_customers(self, access_token: Secret) -> None:
        """Ask for a customer (GET /v1/customers?size=1), which Partner Center gives to an Admin agent alone.

        Raises:
            ServiceRefusal: the user is none, or the token is not taken.
            Busy, Unreachable: as `Http.request`.
        """
        answer = self._get("/v1/customers", access_token, {"size": "1"})
        if not isinstance(answer.body, Mapping):
            detail = "gave a list of customers that is not JSON"
            raise Unreachable(self._http.cloud.partner_center, Trouble.ANSWER, detail)

    def read_mfa_report(self, access_token: Secret) -> MfaReport | None:
        """Read which apps call with and without MFA (protocol 11.6); None if the answer has a form nobody expects.

        Raises:
            ServiceRefusal: this user may not read it, or the cloud has none.
            Busy, Unreachable: as `Http.request`.
        """
        body = self._get(MFA_REPORT_PATH, access_token).body
        if body is None:
            raise Unreachable(self._http.cloud.partner_center, Trouble.ANSWER, "gave an MFA report that is not JSON")
        return read_mfa_report(body)

    def _get(self, path: str, access_token: Secret, params: Mapping[str, str] | None = None) -> HttpResponse:
        headers = {
            "Authorization": f"Bearer {access_token.reveal()}",
            "Accept": "application/json",
            "MS-RequestId": str(uuid.uuid4()),
            "MS-CorrelationId": str(uuid.uuid4()),
            "ValidateMfa": "true",
        }
        url = f"https://{self._http.cloud.partner_center}{path}"
        answer = self._http.request("GET", url, params=params, headers=headers)
        if answer.status != 200:
            raise read_partner_center_error(answer.body, answer.status, answer.headers)
        return answer


def _mfa_header(answer: HttpResponse) -> bool | None:
    value = answer.headers.get("ismfacompliant", "").strip().lower()
    return {"true": True, "false": False}.get(value)
