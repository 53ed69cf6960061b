"""What an app is granted in a customer's tenant, as Microsoft Graph shows it there (protocol 11.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.retries import WaitContext, with_retries
from wizard.core.shapes import is_guid
from wizard.core.trouble import Trouble
from wizard.microsoft.graph import GRAPH_APP_ID, JsonObject, Page, Question, Unread, Why
from wizard.microsoft.principals import (
    delegated_grant_in,
    grants_question,
    principal_by_id_question,
    principal_in,
    principal_question,
)

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.services import Services

MOST_PAGES: Final = 1_000
"""Pages of a list that are read: a partner may have ten thousand customers, and Graph give 100 at a time."""


@dataclass(frozen=True, slots=True)
class ApiGrant:
    """What is granted for everybody on one API.

    Args:
        app_id: of the API, lower case; "" where nobody can say which API it is.
        scopes: delegated permissions, by name.
        object_id: of the API's service principal there, "" where that does not matter.
    """

    app_id: str
    scopes: tuple[str, ...]
    object_id: str = ""

    def as_json(self) -> dict[str, object]:
        """Return it as it is kept, and as JSON shows it."""
        return {"app_id": self.app_id, "scopes": list(self.scopes)}


def read_grant(item: object) -> ApiGrant | None:
    """Return the grant that `as_json` wrote, None for what is none."""
    if not isinstance(item, Mapping) or not isinstance(item.get("scopes"), list) or not item.get("app_id"):
        return None
    return ApiGrant(str(item["app_id"]), tuple(map(str, item["scopes"])))


class GrantReader:
    """Reads one customer's tenant; every read raises what is documented at `grants`.

    Args:
        waiter: waits between tries.
        services: of the cloud.
        client_id: of the app.
    """

    def __init__(self, waiter: WaitContext, services: Services, client_id: str) -> None:
        self._waiter, self._services, self._client_id = waiter, services, client_id
        self._apis: dict[str, str] = {}

    def grants(self, access_token: Secret) -> tuple[ApiGrant, ...]:
        """Return what the app is granted for everybody there; what single users have granted is not touched by anybody.

        Args:
            access_token: for Graph, of that tenant.

        Raises:
            ServiceRefusal: Graph does not let it be read.
            Unreachable: it could not be asked, or its answer has a form that nobody expects.
            Cancelled: the waiter's signal was set.
        """
        question = grants_question(self._client_id)
        found = list[ApiGrant]()
        for item in read_list(self._waiter, self._services, access_token, question):
            grant = delegated_grant_in(item)
            if grant is None:
                raise unreadable(self._services, question)
            if not grant.user_id and grant.scopes:
                app_id = self._api_of(access_token, grant.api_object_id)
                app_id = app_id if all(map(_can_be_posted, grant.scopes)) else ""
                found.append(ApiGrant(app_id, tuple(sorted(grant.scopes)), grant.api_object_id))
        return _joined(found)

    def has_api(self, access_token: Secret, app_id: str) -> bool:
        """Return whether an API has a service principal there; raises what `grants` does."""
        return app_id == GRAPH_APP_ID or self._read_one(access_token, principal_question(app_id)) is not None

    def _api_of(self, access_token: Secret, object_id: str) -> str:
        """Return the app id of the API with a service principal, "" where it is not there any more."""
        if object_id not in self._apis:
            body = self._read_one(access_token, principal_by_id_question(object_id))
            principal = principal_in(body) if body is not None else None
            is_named = principal is not None and principal.object_id == object_id and is_guid(principal.app_id)
            self._apis[object_id] = principal.app_id if principal is not None and is_named else ""
        return self._apis[object_id]

    def _read_one(self, access_token: Secret, question: Question) -> JsonObject | None:
        graph = self._services.graph
        answer = with_retries(
            self._waiter, f"reading {question.what}", lambda: graph.read_object(access_token, question)
        )
        if isinstance(answer, Unread):
            if answer.why is Why.NOT_THERE:
                return None
            raise error_of(self._services, answer)
        return answer


def read_list(waiter: WaitContext, services: Services, access_token: Secret, question: Question) -> list[JsonObject]:
    """Return the whole list that a question is about; raises as `GrantReader.grants`, also if a page comes again."""
    found, link, links = list[JsonObject](), "", set[str]()
    for _number in range(MOST_PAGES):

        def ask(link: str = link) -> Page | Unread:
            return services.graph.read_page(access_token, question, link)

        page = with_retries(waiter, f"reading {question.what}", ask)
        if isinstance(page, Unread):
            raise error_of(services, page)
        found += page.items
        link = page.next_link
        if not link:
            return found
        if link in links:
            break
        links.add(link)
    raise unreadable(services, question)


def error_of(services: Services, unread: Unread) -> ServiceRefusal | Unreachable:
    """Return the error that left a question without an answer."""
    return unread.error if unread.error is not None else unreadable(services, unread.question)


def unreadable(services: Services, question: Question) -> Unreachable:
    """Return that an answer has a form that nobody expects."""
    return Unreachable(services.cloud.graph, Trouble.ANSWER, f"gave {question.what} in a form that nobody expects")


def _can_be_posted(scope: str) -> bool:
    """Return whether a permission can stand in a list that commas separate."""
    return scope.isascii() and scope.isprintable() and "," not in scope


def _joined(grants: list[ApiGrant]) -> tuple[ApiGrant, ...]:
    """Return the grants with those on one API as one; each that nobody can name stays by itself."""
    joined = dict[str, ApiGrant]()
    for each in grants:
        key = each.app_id or each.object_id
        before = joined[key].scopes if key in joined else ()
        joined[key] = ApiGrant(each.app_id, tuple(sorted({*before, *each.scopes})), each.object_id)
    return tuple(joined.values())
