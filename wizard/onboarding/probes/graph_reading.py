"""Reading Microsoft Graph for the checks: as the Graph identity, or as the app itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.retries import with_retries
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_access import request_app_token
from wizard.onboarding.probes.graph_identity import NO_GRAPH_IDENTITY, sign_in_to_graph

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.graph import AppRegistration

Result = TypeVar("Result")


def graph_token(onboarding: Onboarding, tenant_id: str = "") -> Secret | None:
    """Return a token for Graph: the Graph identity's where one is chosen, else the app's own; None without one.

    `tenant_id` is of the tenant that the app's own token is for, "" for the one that is onboarded.
    """
    if onboarding.answers.graph_identity != NO_GRAPH_IDENTITY:
        answer = sign_in_to_graph(onboarding)
        return None if isinstance(answer, ServiceRefusal | Unreachable) else answer  # app.graph_identity says why
    if onboarding.answers.credential == "none":
        return None
    own = request_app_token(onboarding, f"https://{onboarding.services.cloud.graph}", tenant_id)
    return None if isinstance(own, ServiceRefusal) else own


def read_from_graph(
    onboarding: Onboarding, doing: str, read: Callable[[Secret], Result | None], tenant_id: str = ""
) -> Result | None:
    """Return what `read` gives with a token for Graph; None without a token, or where Graph refuses.

    Args:
        onboarding: says as whom Graph is read.
        doing: what is done, for whoever waits, such as "reading the grant".
        read: is given the token.
        tenant_id: as for `graph_token`.

    Raises:
        Unreachable: Graph gave no answer.
    """
    token = graph_token(onboarding, tenant_id)
    if token is None:
        return None
    try:
        return with_retries(onboarding, doing, lambda: read(token))
    except ServiceRefusal:
        return None


def read_registration(onboarding: Onboarding) -> AppRegistration | None:
    """Return the app registration, None where Graph may not be read. Raises `Unreachable`."""
    services, client_id = onboarding.services, onboarding.answers.client_id
    return read_from_graph(
        onboarding,
        "reading the registration",
        lambda token: services.graph.read_registration(token, client_id),
        onboarding.app_tenant_id,
    )
