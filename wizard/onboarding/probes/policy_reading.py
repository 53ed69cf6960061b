"""A tenant's rules for signing in, as far as Graph may be read here; read once in a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import quote

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.retries import with_retries
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.graph_reading import graph_token

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.tenant_policies import Policies, Policy

Result = TypeVar("Result")

MOST_PAGES: Final = 20
"""Pages of a list of policies that are read; a longer list counts as not read."""


def read_policies(onboarding: Onboarding) -> Policies | None:
    """Return the tenant's rules as far as Graph tells them, None without a token for Graph; asked once in a run.

    Whatever could not be read stays unknown: a sign-in shows it as well, and does not wait for Graph.

    Raises:
        Cancelled: the cancel signal was set.
    """
    probes = onboarding.memory.probes
    if probes.policies is None:
        try:
            token = graph_token(onboarding)
        except Unreachable:
            token = None
        probes.policies = (None if token is None else _read(onboarding, token),)
    return probes.policies[0]


def _read(onboarding: Onboarding, token: Secret) -> Policies:
    from wizard.microsoft.tenant_policies import Policies

    graph, found = onboarding.services.policies, Policies()
    try:
        is_on = _ask(
            onboarding, "whether security defaults refuse device codes", lambda: graph.read_security_defaults(token)
        )
        found = replace(found, security_defaults=is_on)
        created_at = _ask(onboarding, "how old the tenant is", lambda: graph.read_created_at(token))
        found = replace(found, created_at=created_at)
        found = replace(found, conditional_access=_conditional_access(onboarding, token))
        days = _ask(onboarding, "how long MFA is remembered", lambda: graph.read_remember_mfa_days(token))
        return replace(found, remember_mfa_days=days)
    except Unreachable:
        return found  # the retries of one question are enough: the next would have as many


def _conditional_access(onboarding: Onboarding, token: Secret) -> tuple[Policy, ...] | None:
    """Return every Conditional Access policy, None where they could not all be read.

    Each page has retries of its own (one request a second, protocol 11.9).
    """
    from wizard.microsoft.tenant_policies import SignInContext

    graph = onboarding.services.policies
    asked = SignInContext(_user_id(onboarding, token), onboarding.answers.client_id, onboarding.spec.api.app_id)
    found: list[Policy] = []
    link = ""
    for _number in range(MOST_PAGES):
        next_page = partial(graph.read_conditional_access, token, asked, link)
        page = _ask(onboarding, "which Conditional Access policies there are", next_page)
        if page is None:
            return None
        found += page.policies
        link = page.next_link
        if not link:
            return tuple(found)
    return None


def _user_id(onboarding: Onboarding, token: Secret) -> str:
    """Return the integration user's object id, "" where Graph does not tell it."""
    name, facts = onboarding.answers.integration_user, onboarding.facts
    if facts.user_id and facts.user_name.lower() == name.lower():
        return facts.user_id
    if not name:
        return ""
    quoted, graph = quote(name, safe="@"), onboarding.services.policies
    return _ask(onboarding, "which account it is", lambda: graph.read_user_id(token, quoted)) or ""


def _ask(onboarding: Onboarding, what: str, call: Callable[[], Result | None]) -> Result | None:
    """Return Graph's answer, None where it refuses."""
    try:
        return with_retries(onboarding, f"asking Graph {what}", call)
    except ServiceRefusal:
        return None
