"""The Graph identity: who reads Graph for the checks where the app's own permissions are not enough."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from wizard.core.answers import Field, Kind
from wizard.core.errors import ServiceRefusal, Unanswered, Unreachable
from wizard.core.findings import Finding, Who
from wizard.core.inbox import Purpose
from wizard.core.jwt import payload_segment, read_segment
from wizard.core.retries import with_retries
from wizard.onboarding.finding_builders import fails, holds
from wizard.onboarding.health_rule import HealthRule, needs_checks
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.identity import (
    IDENTITY_CHOICES,
    INTERACTIVE_IDENTITIES,
    close_prompt,
    interactive_sign_in,
)
from wizard.onboarding.sign_in.method import unanswered
from wizard.onboarding.step import Check

if TYPE_CHECKING:
    from wizard.core.secret import Secret

NO_GRAPH_IDENTITY: Final = "none"
OTHER_TENANT: Final = "other_tenant"
"""The `error` of a refusal that is ours: the identity signed in, to another tenant."""
OWN_TENANT: Final = "own_tenant"
"""The facet of profiles whose operator belongs to the tenant that is onboarded, and may sign in there."""
GRAPH_IDENTITY_CHOICES: Final = ((NO_GRAPH_IDENTITY, "the app itself"), *IDENTITY_CHOICES)


def sign_in_to_graph(onboarding: Onboarding) -> Secret | ServiceRefusal | Unreachable:
    """Return the Graph identity's token for Graph, or why there is none.

    Asked once in a run, so that no code is shown twice.

    Nor does a later step ask a person again who did not sign in: each wait takes minutes.

    Raises:
        Cancelled: the cancel signal was set.
    """
    memory, probes = onboarding.memory, onboarding.memory.probes
    identity, tenant_id = onboarding.answers.graph_identity, onboarding.facts.tenant_id
    if probes.graph_token is None and memory.graph_refused and memory.graph_refused[0] == identity:
        probes.graph_token = memory.graph_refused[1]
    if probes.graph_token is None:
        prompt_ended = "the code can no longer be used"
        try:
            token = with_retries(
                onboarding,
                "signing in to Graph",
                lambda: onboarding.services.graph_token(
                    identity, tenant_id, interactive_sign_in(onboarding, Purpose.GRAPH)
                ),
            )
            _require_tenant(token, tenant_id)
            probes.graph_token = token
            prompt_ended = "the code is used"
        except (ServiceRefusal, Unreachable) as error:
            probes.graph_token = error
            memory.graph_refused = (identity, error) if identity in INTERACTIVE_IDENTITIES else None
        finally:
            close_prompt(onboarding, prompt_ended)
    return probes.graph_token


def _require_tenant(token: Secret, tenant_id: str) -> None:
    """Raise `ServiceRefusal` (`OTHER_TENANT`) if a token is another tenant's: what it reads would be that tenant's.

    A managed identity signs in to its own tenant, whichever is asked for (protocol 2.2).
    """
    found, _object_id = identity_claims(token)
    if found and tenant_id and found != tenant_id.lower():
        raise ServiceRefusal("graph", "", OTHER_TENANT, found)


def identity_claims(token: Secret) -> tuple[str, str]:
    """Return the tenant and the object id that a token for Graph is of, lower case; "" for one it does not show."""
    claims = read_segment(payload_segment(token.reveal()))
    return str(claims.get("tid") or "").lower(), str(claims.get("oid") or "").lower()


def sign_in_to_change(onboarding: Onboarding, permissions: tuple[str, ...]) -> Secret | ServiceRefusal | Unreachable:
    """Return the Graph identity's token for a fix that somebody has confirmed, or why there is none.

    A person is asked for the permissions of the fix, and consents to them; any other identity has what it was given.

    Raises:
        Cancelled: the cancel signal was set.
    """
    identity, probes = onboarding.answers.graph_identity, onboarding.memory.probes
    if identity not in INTERACTIVE_IDENTITIES:
        return sign_in_to_graph(onboarding)
    prompt_ended = "the code can no longer be used"
    prompts = interactive_sign_in(onboarding, Purpose.GRAPH)
    try:
        token = onboarding.services.graph_token_for(permissions, identity, onboarding.app_tenant_id, prompts)
        prompt_ended = "the code is used"
    except (ServiceRefusal, Unreachable) as error:
        return error
    finally:
        close_prompt(onboarding, prompt_ended)
    probes.graph_token = token
    return token


def check_graph_identity(onboarding: Onboarding) -> Finding:
    """The Graph identity gets a token for Graph in this tenant; what it may read there shows when it is used."""
    chosen = onboarding.answers.graph_identity
    words = dict(GRAPH_IDENTITY_CHOICES).get(chosen, chosen)
    if onboarding.memory.probes.graph_token is None:
        onboarding.memory.graph_refused = None  # whoever checks this step again wants to sign in now
    answer = sign_in_to_graph(onboarding)
    if isinstance(answer, Unanswered):
        return unanswered(answer, "somebody", "A new code is shown then.")
    if isinstance(answer, Unreachable):
        raise answer
    if isinstance(answer, ServiceRefusal) and answer.error == OTHER_TENANT:
        return _of_another_tenant(words, answer.description, onboarding.facts.tenant_id)
    if isinstance(answer, ServiceRefusal):
        code = re.search(r"\bAADSTS\d+", answer.description)
        return fails(
            f"The Graph identity ({words}) could not sign in, so nothing is read from Graph.",
            (
                "Choose another Graph identity: sign in in a browser, az login, a managed identity, or the "
                "environment's variables.",
                "Or choose none: the checks then use what the app itself may read.",
            ),
            Who.OPERATOR,
            code=code[0] if code else "",
            identity=chosen,
            service_said=answer.description,
        )
    return holds(f"The Graph identity ({words}) can sign in to Graph.", identity=chosen)


def _of_another_tenant(words: str, found: str, expected: str) -> Finding:
    return fails(
        f"The Graph identity ({words}) is of another tenant, {found}, so nothing is read from Graph.",
        (
            f"Choose an identity of this tenant, {expected}: sign in in a browser, or az login --tenant {expected}.",
            "Or choose none: the checks then use what the app itself may read.",
        ),
        Who.OPERATOR,
        title="The Graph identity belongs to another tenant",
        tenant_id=found,
    )


def no_graph_identity(onboarding: Onboarding) -> str:
    """Return why nobody reads Graph beside the app, "" where somebody does."""
    return "no Graph identity is chosen" if onboarding.answers.graph_identity == NO_GRAPH_IDENTITY else ""


GRAPH_FIELD: Final = Field(
    "graph_identity",
    "Graph identity",
    "As whom the wizard reads Microsoft Graph, and makes what you agree to. A Global Reader's sign-in tells beforehand "
    "which way to sign in this tenant accepts; an administrator's can make what is missing. If you do not know, leave "
    "it.",
    Kind.CHOICE,
    choices=GRAPH_IDENTITY_CHOICES,
    unproves=("app.graph_identity",),
    keeps_facts=True,
    facet=OWN_TENANT,
)
GRAPH_CHECK: Final = Check(
    "app.graph_identity",
    "The Graph identity can sign in",
    "The Graph identity cannot sign in",
    "App",
    check_graph_identity,
    advisory=True,
    fields_to_fix=("graph_identity",),
    skipped_because=no_graph_identity,
    health_rule=HealthRule(needs=needs_checks("tenant.exists")),
    facet=OWN_TENANT,
)
