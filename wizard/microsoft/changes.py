"""The requests that change something in a tenant, to Graph, Resource Manager or the vault; only fixes make them.

Nothing is sent again by itself: whether a request that got no answer was done is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.findings import SupportIds
from wizard.core.fix_conditions import JsonObject
from wizard.core.fixes import Api
from wizard.core.secret import Secret
from wizard.core.trouble import Trouble

if TYPE_CHECKING:
    from wizard.microsoft.clouds import Cloud
    from wizard.microsoft.http import Http
    from wizard.microsoft.http_response import HttpResponse

IS_THERE_ALREADY: Final = frozenset({
    "Request_MultipleObjectsWithSameKeyValue", "ObjectConflict", "RoleAssignmentExists",
})  # fmt: skip
"""Codes by which a service says that what was to be made is there already (U)."""
MEMBER_ALREADY: Final = "added object references already exist"
"""What Graph says, under a code for any bad request, of a member that a group has already (protocol 4.7)."""
CHANGED_MEANWHILE: Final = frozenset({409, 412})
"""Statuses by which a service says that the object is another by now."""


IS_ASSIGNED: Final = "already exists"
"""In what Graph says, with 400, of an assignment that is there (protocol 6.4)."""


@dataclass(frozen=True, slots=True)
class Change:
    """What came of a request that a service took.

    Args:
        status: of HTTP.
        answer: its body, empty where it has none.
        ids: for support.
        retry_after: seconds after which it is worth looking, None where the service names none.
    """

    status: int
    answer: JsonObject = field(default_factory=dict, repr=False)
    ids: SupportIds = field(default_factory=SupportIds)
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """An object as it is now: None where it is not there; and after how many seconds it is worth looking again."""

    now: JsonObject | None
    retry_after: float | None = None


class Changes:
    """Sends the requests of fixes.

    Args:
        http: the one HTTP path.
    """

    def __init__(self, http: Http) -> None:
        self._http = http

    def send(self, host: str, method: str, path: str, body: JsonObject | None, access_token: Secret) -> Change:
        """Make one request, once.

        Raises:
            ServiceRefusal: the service answered, and refused; its status says how.
            Busy: 408, 429 or 5xx.
            Unreachable: no answer came, or one that is not the service's: whether it was done is not known.
            Cancelled: the cancel signal was set.
        """
        answer = self._request(host, method, path, access_token, body)
        if not 200 <= answer.status < 300:
            refusal = self._refusal(host, answer)
            if not refusal.code:  # each of these services names one; whoever answers in its place may come too late
                detail = f"answered HTTP {answer.status}, in a form that is not the service's"
                raise Unreachable(host, Trouble.ELSEWHERE, detail)
            raise refusal
        content = answer.body if isinstance(answer.body, Mapping) else {}
        request_id = answer.headers.get("request-id") or answer.headers.get("x-ms-request-id", "")
        return Change(answer.status, content, SupportIds(request_id=request_id), _retry_after(answer))

    def read(self, host: str, path: str, access_token: Secret, asked_with: JsonObject | None = None) -> Seen:
        """Return an object, or the answer to a question that is asked with a body; raises what `send` does."""
        answer = self._request(host, "GET" if asked_with is None else "POST", path, access_token, asked_with)
        if answer.status == 404:
            return Seen(None, _retry_after(answer))
        if answer.status != 200 or not isinstance(answer.body, Mapping):
            raise self._refusal(host, answer)
        return Seen(answer.body, _retry_after(answer))

    def _request(
        self, host: str, method: str, path: str, access_token: Secret, body: JsonObject | None = None
    ) -> HttpResponse:
        headers = {"Authorization": f"Bearer {access_token.reveal()}"}
        return self._http.request(method, f"https://{host}{path}", json=body, headers=headers)

    def _refusal(self, host: str, answer: HttpResponse) -> ServiceRefusal:
        # With a refusal; the first page needs none of it.
        from wizard.catalogue.service_refusals import (
            read_graph_error,
            read_key_vault_error,
            read_resource_manager_error,
        )

        cloud = self._http.cloud
        readers = {cloud.graph: read_graph_error, cloud.resource_manager: read_resource_manager_error}
        return readers.get(host, read_key_vault_error)(answer.body, answer.status, answer.headers)


def _retry_after(answer: HttpResponse) -> float | None:
    from wizard.microsoft.http_response import retry_after  # `status` names hosts, and asks none

    return retry_after(answer.headers.get("retry-after"))


def is_there_already(refusal: ServiceRefusal) -> bool:
    """Return whether a service refuses to make something because it is there."""
    said = refusal.description if refusal.service == "graph" and refusal.status == 400 else ""
    return refusal.code in IS_THERE_ALREADY or IS_ASSIGNED in said or MEMBER_ALREADY in said


def host_of(cloud: Cloud, api: Api, vault: str) -> str:
    """Return the host of an API in a cloud; `vault` is that of the answers."""
    return {Api.GRAPH: cloud.graph, Api.RESOURCE_MANAGER: cloud.resource_manager, Api.KEY_VAULT: vault}[api]


def hosts_of(cloud: Cloud, vault: str) -> dict[str, str]:
    """Return the host of each API in a cloud, by its name; `vault` is that of the answers."""
    return {api.value: host_of(cloud, api, vault) for api in Api}
