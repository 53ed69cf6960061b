"""A tenant's rules for signing in, read once in a run of checks, where Graph lets somebody here read them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import quote

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.retries import with_retries
from wizard.onboarding.probes.app import graph_token
from wizard.onboarding.step import Onboarding

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.tenant_policies import Policies, Policy

Result = TypeVar("Result")

MOST_PAGES: Final = 20
"""A list of policies that goes on behind these is not believed."""


def read_policies(onboarding: Onboarding) -> Policies | None:
    """The tenant's rules as far as Graph tells them, None where nobody here may ask it; asked once in a run.

    Whatever could not be read is "could not tell": a sign-in shows it as well, and is not kept waiting for Graph.

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
            onboarding, "whether Entra's standard protection is on", lambda: graph.read_security_defaults(token)
        )
        found = replace(found, security_defaults=is_on)
        created_at = _ask(onboarding, "how old the tenant is", lambda: graph.read_created_at(token))
        found = replace(found, created_at=created_at)
        found = replace(found, conditional_access=_conditional_access(onboarding, token))
        days = _ask(onboarding, "how long MFA is remembered", lambda: graph.read_remember_mfa_days(token))
        return replace(found, remember_mfa_days=days)
    except Unreachable:
        return found  # patience has ended once: it is not tried anew with each question


def _conditional_access(onboarding: Onboarding, token: Secret) -> tuple[Policy, ...] | None:
    """Every Conditional Access policy; each page is waited for by itself (one request a second, protocol 11.9)."""
    from wizard.microsoft.tenant_policies import SignInContext

    graph = onboarding.services.policies
    asked = SignInContext(_user_id(onboarding, token), onboarding.answers.client_id)
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
    """The integration user's object id, "" where it cannot be told."""
    name, facts = onboarding.answers.integration_user, onboarding.facts
    if facts.user_id and facts.user_name.lower() == name.lower():
        return facts.user_id
    if not name:
        return ""
    asked, graph = quote(name, safe="@"), onboarding.services.policies
    return _ask(onboarding, "which account it is", lambda: graph.read_user_id(token, asked)) or ""


def _ask(onboarding: Onboarding, what: str, call: Callable[[], Result | None]) -> Result | None:
    """An answer of Graph, None where it refuses."""
    try:
        return with_retries(onboarding, f"asking Graph {what}", call)
    except ServiceRefusal:
        return None
