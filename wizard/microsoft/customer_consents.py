"""Customers and their application consents, as Partner Center's API has them (protocol 11.7)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from wizard.catalogue import read_partner_center_error
from wizard.core.errors import Unreachable
from wizard.core.shapes import is_guid
from wizard.core.text import clean_line
from wizard.core.trouble import Trouble
from wizard.microsoft.graph import JsonObject, objects_in, text_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.core.secret import Secret
    from wizard.microsoft.http import Http
    from wizard.microsoft.http_response import HttpResponse

PAGE_SIZE: Final = 500
"""Customers that are asked for at a time."""
MOST_PAGES: Final = 400
CONTINUATION: Final = "MS-ContinuationToken"
PATH: Final = "/v1/customers"


@dataclass(frozen=True, slots=True)
class ListedCustomer:
    """A customer as a service lists it: `tenant_id` in lower case, the others "" where they are not told."""

    tenant_id: str
    name: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class ConsentRequest:
    """A request that changes what an app is granted at a customer.

    `service_body` is its JSON body, None for none.
    """

    method: str
    path: str
    service_body: JsonObject | None = None


def consent_to(customer_id: str, client_id: str, app_name: str, api_id: str, scopes: tuple[str, ...]) -> ConsentRequest:
    """Return the request that consents to one API: one API a request, names joined by comma and space."""
    grant = {"enterpriseApplicationId": api_id, "scope": ", ".join(scopes)}
    body = {"applicationId": client_id, "displayName": app_name, "applicationGrants": [grant]}
    return ConsentRequest("POST", f"{PATH}/{customer_id}/applicationconsents", body)


def removal_of(customer_id: str, client_id: str) -> ConsentRequest:
    """Return the request that removes every grant for everybody; the service principal stays."""
    return ConsentRequest("DELETE", f"{PATH}/{customer_id}/applicationconsents/{client_id}")


class CustomerConsents:
    """Partner Center, asked about customers with an access token of the app and the integration user.

    Args:
        http: the one HTTP path.
    """

    def __init__(self, http: Http) -> None:
        self._http = http

    @property
    def host(self) -> str:
        """The host that is asked."""
        return self._http.cloud.partner_center

    def pages(
        self, access_token: Callable[[], Secret], asked: Callable[[Callable[[], HttpResponse]], HttpResponse]
    ) -> Iterator[tuple[ListedCustomer, ...]]:
        """Yield the list of customers, page by page.

        Args:
            access_token: gives the token for each page.
            asked: makes a request, perhaps several times.

        Raises:
            ServiceRefusal: the token is not taken, or its user may not see customers.
            Busy, Unreachable: as `Http.request`; also for a page that comes again, or that has a form nobody expects.
        """
        params, headers = {"size": str(PAGE_SIZE)}, dict[str, str]()
        seen = set[str]()
        for _number in range(MOST_PAGES):

            def ask(params: Mapping[str, str] = params, headers: Mapping[str, str] = headers) -> HttpResponse:
                return self._request("GET", PATH, access_token(), params=params, headers=headers)

            body = asked(ask).body
            if not isinstance(body, Mapping) or not isinstance(body.get("items"), list):
                raise Unreachable(self.host, Trouble.ANSWER, "gave a list of customers in a form that nobody expects")
            found = tuple(filter(None, map(_listed, objects_in(body, "items"))))
            known = {each.tenant_id for each in found}
            if found and known <= seen:
                raise Unreachable(self.host, Trouble.ANSWER, "gave the same page of customers again")
            seen |= known
            yield found
            following = _next_of(body)
            if following is None:
                return
            headers = following
            params = {"size": str(PAGE_SIZE), "seekOperation": "Next"}
        raise Unreachable(self.host, Trouble.ANSWER, f"gave more than {MOST_PAGES} pages of customers")

    def send(self, request: ConsentRequest, access_token: Secret) -> HttpResponse:
        """Make a request that changes something, once; return its answer.

        Raises:
            ServiceRefusal: it was refused.
            Busy, Unreachable: as `Http.request`.
        """
        return self._request(request.method, request.path, access_token, json=request.service_body)

    def _request(
        self,
        method: str,
        path: str,
        access_token: Secret,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        json: JsonObject | None = None,
    ) -> HttpResponse:
        given = {
            "Authorization": f"Bearer {access_token.reveal()}",
            "Accept": "application/json",
            "MS-RequestId": str(uuid.uuid4()),
            "MS-CorrelationId": str(uuid.uuid4()),
            **(headers or {}),
        }
        answer = self._http.request(method, f"https://{self.host}{path}", params=params, headers=given, json=json)
        if not 200 <= answer.status < 300:
            raise read_partner_center_error(answer.body, answer.status, answer.headers)
        return answer


def _listed(item: JsonObject) -> ListedCustomer | None:
    """Return a customer of Partner Center's list, None for what names no tenant."""
    profile = item.get("companyProfile")
    profile = profile if isinstance(profile, Mapping) else {}
    tenant_id = text_in(item, "id").lower()
    if not is_guid(tenant_id):
        return None
    return ListedCustomer(
        tenant_id, clean_line(text_in(profile, "companyName"), 120), clean_line(text_in(profile, "domain"), 120)
    )


def _next_of(body: JsonObject) -> dict[str, str] | None:
    """Return the headers of the next page, None after the last; nothing of its address is used but that it is there."""
    links = body.get("links")
    following = links.get("next") if isinstance(links, Mapping) else None
    if not isinstance(following, Mapping) or not urlsplit(text_in(following, "uri")).path:
        return None
    for each in objects_in(following, "headers"):
        value = text_in(each, "value")
        if text_in(each, "key").lower() == CONTINUATION.lower() and value.isascii() and value.isprintable():
            return {CONTINUATION: value}
    return None
