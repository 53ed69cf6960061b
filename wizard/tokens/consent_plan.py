"""What has to be sent to a customer so that an app is granted what is wanted, and everything that it is granted now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wizard.microsoft.customer_consents import ConsentRequest, consent_to, removal_of
from wizard.microsoft.graph import GRAPH_APP_ID
from wizard.tokens.customer_grants import ApiGrant
from wizard.tokens.wanted_consents import WantedApi


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be sent.

    Args:
        deletes: whether everything is removed first: a grant that is there is widened in no other way (protocol 11.7).
        posts: the consents, Graph's first: through it the others are seen.
        before: what is granted now.
        missing: what is wanted and not granted, by API.
    """

    deletes: bool
    posts: tuple[ApiGrant, ...]
    before: tuple[ApiGrant, ...]
    missing: tuple[ApiGrant, ...]

    @property
    def is_identified(self) -> bool:
        """Whether everything that would be removed could be posted again."""
        return all(each.app_id for each in self.before)

    def requests(self, customer_id: str, client_id: str, app_name: str) -> list[ConsentRequest]:
        """Return the requests, in their order."""
        first = [removal_of(customer_id, client_id)] if self.deletes else []
        posts = (consent_to(customer_id, client_id, app_name, each.app_id, each.scopes) for each in self.posts)
        return [*first, *posts]


def plan_of(before: Sequence[ApiGrant], wanted: Iterable[WantedApi], absent: Iterable[str] = ()) -> Plan:
    """Return what is to be sent.

    Args:
        before: what the app is granted now.
        wanted: what it is to be granted besides.
        absent: app ids of APIs that the customer does not have.
    """
    has = {each.app_id: each for each in before if each.app_id}
    missing = list[ApiGrant]()
    for api in wanted:
        there = has[api.app_id].scopes if api.app_id in has else ()
        lacking = tuple(each for each in api.scopes if each not in there)
        if lacking and api.app_id not in set(absent):
            missing.append(ApiGrant(api.app_id, lacking))
    deletes = any(each.app_id in has for each in missing)
    lacking_of = {each.app_id: each.scopes for each in missing}
    posts = list[ApiGrant]()
    if deletes:
        posts += [ApiGrant(each.app_id, (*each.scopes, *lacking_of.get(each.app_id, ()))) for each in has.values()]
    posts += [each for each in missing if each.app_id not in has]
    posts.sort(key=lambda each: each.app_id != GRAPH_APP_ID)
    return Plan(deletes, tuple(posts), tuple(before), tuple(missing))


def lost(before: Iterable[ApiGrant], now: Iterable[ApiGrant]) -> tuple[ApiGrant, ...]:
    """Return what was granted before and is not granted now."""
    has = {each.app_id: set(each.scopes) for each in now}
    gone = (
        ApiGrant(each.app_id, tuple(scope for scope in each.scopes if scope not in has.get(each.app_id, set())))
        for each in before
    )
    return tuple(each for each in gone if each.scopes)
