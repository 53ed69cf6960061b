"""Microsoft Graph: a question is data, its answer the object or the list, or why it could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from wizard.core.errors import Busy, ServiceRefusal, Unreachable
from wizard.core.secret import Secret

if TYPE_CHECKING:
    from wizard.microsoft.http import Http

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
"""Of Microsoft Graph itself (protocol 4.4)."""
JsonObject = Mapping[str, object]
"""An object of Graph's, as it came."""
MOST_PAGES: Final = 60
"""Pages of a list that are read; a longer list counts as not read."""


class Why(StrEnum):
    """Why a question has no answer."""

    NOBODY = "nobody"
    """There is no token for Graph."""
    FORBIDDEN = "forbidden"
    """The token may not read it (403)."""
    NOT_THERE = "not_there"
    """Graph has no such object (404)."""
    REFUSED = "refused"
    """Graph refused the request in another way."""
    THROTTLED = "throttled"
    """Graph was busy at every try (429)."""
    UNREACHABLE = "unreachable"
    """Graph could not be reached, or failed (5xx) at every try."""
    MALFORMED = "malformed"
    """The answer has a form that nobody expects."""


@dataclass(frozen=True, slots=True)
class Question:
    """What Graph is asked.

    Args:
        what: is read, such as "the registration"; follows on "reading".
        path: with the version, and a query where it takes one.
        permission: the least that may read it.
        by_hand: where a person sees the same; a sentence's end, such as "in Entra > App registrations".
    """

    what: str
    path: str
    permission: str
    by_hand: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A question without an answer. It never means that nothing is there, but if `why` is `NOT_THERE`.

    Args:
        question: that was asked.
        why: it has none.
        error: what Graph, or the way to it, answered; None where nobody was asked.
    """

    question: Question
    why: Why
    error: ServiceRefusal | Unreachable | None = None

    def raise_if_unreachable(self) -> None:
        """Raise `Unreachable` where Graph, or whoever gives tokens for it, could not be reached."""
        if isinstance(self.error, Unreachable):
            raise self.error


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list; `next_link` is the address of the next one, "" after the last."""

    items: tuple[JsonObject, ...]
    next_link: str


class Graph:
    """Microsoft Graph. Every read raises Busy (429 also without Retry-After, protocol 11.9), and Unreachable.

    Args:
        http: the one HTTP path.
    """

    def __init__(self, http: Http) -> None:
        self._http = http

    def read_object(self, access_token: Secret, question: Question) -> JsonObject | Unread:
        """Return the object that a question is about."""
        return self._get(access_token, question, question.path)

    def read_page(self, access_token: Secret, question: Question, link: str = "") -> Page | Unread:
        """Return a page of the list that a question is about: the first, or the one that `link` names."""
        body = self._get(access_token, question, link or question.path)
        if isinstance(body, Unread):
            return body
        items, following = body.get("value"), body.get("@odata.nextLink", "")
        if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
            return Unread(question, Why.MALFORMED)
        if not isinstance(following, str) or (following and not self._is_own(following)):
            return Unread(question, Why.MALFORMED)
        return Page(tuple(items), following)

    def _is_own(self, link: str) -> bool:
        """Return whether a link to the next page stays on the cloud's Graph: the token goes with it."""
        try:
            parts = urlsplit(link)
        except ValueError:
            return False
        return parts.scheme == "https" and parts.netloc.lower() == self._http.cloud.graph

    def _get(self, access_token: Secret, question: Question, where: str) -> JsonObject | Unread:
        """Return the object at a path, or at a link of Graph's own."""
        answer = self._http.request(
            "GET",
            where if where.startswith("https://") else f"https://{self._http.cloud.graph}{where}",
            headers={"Authorization": f"Bearer {access_token.reveal()}"},
        )
        if answer.status == 200:
            return answer.body if isinstance(answer.body, Mapping) else Unread(question, Why.MALFORMED)
        from wizard.catalogue import read_graph_error  # with a refusal; the first page needs none of it

        reasons = {403: Why.FORBIDDEN, 404: Why.NOT_THERE}
        error = read_graph_error(answer.body, answer.status, answer.headers)
        return Unread(question, reasons.get(answer.status, Why.REFUSED), error)


def why_unreachable(error: Unreachable) -> Why:
    """Return why a question has no answer whose request ended so."""
    return Why.THROTTLED if isinstance(error, Busy) and error.status == 429 else Why.UNREACHABLE


def objects_in(holder: JsonObject, name: str) -> tuple[JsonObject, ...]:
    """Return the objects of a list in an object; none where it is no list."""
    items = holder.get(name)
    return tuple(item for item in items if isinstance(item, Mapping)) if isinstance(items, list) else ()


def texts_in(holder: object, name: str) -> tuple[str, ...]:
    """Return the texts of a list in an object; none where there is no such list."""
    items = holder.get(name) if isinstance(holder, Mapping) else None
    return tuple(item for item in items if isinstance(item, str)) if isinstance(items, list) else ()


def text_in(holder: JsonObject, name: str) -> str:
    """Return a text in an object, as it came; "" where it is none."""
    value = holder.get(name)
    return value if isinstance(value, str) else ""


def truth_in(holder: JsonObject, name: str) -> bool | None:
    """Return a truth value in an object, None where it is none."""
    value = holder.get(name)
    return value if isinstance(value, bool) else None
