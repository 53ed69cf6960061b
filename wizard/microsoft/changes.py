"""The requests that change something in a tenant, to Graph or the resource manager; nothing else of the product does.

Nothing is sent again by itself: whether a request that got no answer was done is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wizard.core.errors import ServiceRefusal
from wizard.core.findings import SupportIds
from wizard.core.fixes import Api, JsonObject
from wizard.core.secret import Secret

if TYPE_CHECKING:
    from wizard.microsoft.clouds import Cloud
    from wizard.microsoft.http import Http
    from wizard.microsoft.http_response import HttpResponse

IS_THERE_ALREADY: Final = frozenset({
    "Request_MultipleObjectsWithSameKeyValue", "ObjectConflict", "RoleAssignmentExists",
})  # fmt: skip
"""Codes by which a service says that what was to be made is there already (U)."""
CHANGED_MEANWHILE: Final = frozenset({409, 412})
"""Statuses by which a service says that the object is another by now."""


@dataclass(frozen=True, slots=True)
class Change:
    """What came of a request that a service took.

    Args:
        status: of HTTP.
        answer: its body, empty where it has none.
        ids: for support.
    """

    status: int
    answer: JsonObject = field(default_factory=dict)
    ids: SupportIds = field(default_factory=SupportIds)


class Changes:
    """Sends the requests of fixes.

    Args:
        http: the one HTTP path.
    """

    def __init__(self, http: Http) -> None:
        self._http = http

    def send(self, api: Api, method: str, path: str, body: JsonObject | None, access_token: Secret) -> Change:
        """Make one request, once.

        Raises:
            ServiceRefusal: the service answered, and refused; its status says how.
            Busy: 429 or 5xx.
            Unreachable: no answer came: whether it was done is not known.
            Cancelled: the cancel signal was set.
        """
        answer = self._request(api, method, path, access_token, body)
        if not 200 <= answer.status < 300:
            raise self._refusal(api, answer)
        content = answer.body if isinstance(answer.body, Mapping) else {}
        return Change(answer.status, content, SupportIds(request_id=answer.headers.get("request-id", "")))

    def read(self, api: Api, path: str, access_token: Secret) -> JsonObject | None:
        """Return an object, None where it is not there; raises what `send` does."""
        answer = self._request(api, "GET", path, access_token)
        if answer.status == 404:
            return None
        if answer.status != 200 or not isinstance(answer.body, Mapping):
            raise self._refusal(api, answer)
        return answer.body

    def _request(
        self, api: Api, method: str, path: str, access_token: Secret, body: JsonObject | None = None
    ) -> HttpResponse:
        host = host_of(self._http.cloud, api)
        headers = {"Authorization": f"Bearer {access_token.reveal()}"}
        return self._http.request(method, f"https://{host}{path}", json=body, headers=headers)

    def _refusal(self, api: Api, answer: HttpResponse) -> ServiceRefusal:
        # With a refusal; the first page needs none of it.
        from wizard.catalogue import read_graph_error, read_resource_manager_error

        read = read_graph_error if api is Api.GRAPH else read_resource_manager_error
        return read(answer.body, answer.status, answer.headers)


def host_of(cloud: Cloud, api: Api) -> str:
    """Return the host of an API in a cloud."""
    return cloud.graph if api is Api.GRAPH else cloud.resource_manager


def hosts_of(cloud: Cloud) -> dict[str, str]:
    """Return the host of each API in a cloud, by its name."""
    return {api.value: host_of(cloud, api) for api in Api}
