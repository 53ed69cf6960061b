"""The Graph identity: who reads Graph for the checks, where the app's own rights are not enough."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from wizard.core.answers import Field, Kind
from wizard.core.errors import ServiceRefusal, Unanswered, Unreachable
from wizard.core.findings import Finding, Who
from wizard.core.inbox import Purpose
from wizard.core.retries import with_retries
from wizard.onboarding.probes.identity import IDENTITIES, WANT_A_PERSON, blank_code, sign_in_prompts
from wizard.onboarding.sign_in.method import unanswered
from wizard.onboarding.step import Check, OfStored, Onboarding, after, fails, holds

if TYPE_CHECKING:
    from wizard.core.secret import Secret

NONE: Final = "none"
CHOICES: Final = ((NONE, "none: as the app itself"), *IDENTITIES)


def graph_sign_in(onboarding: Onboarding) -> Secret | ServiceRefusal | Unreachable:
    """The Graph identity's token for Graph, or why there is none; asked once in a run, so that no code is shown twice.

    A person who did not sign in is not asked again by a later step: each wait takes minutes.

    Raises:
        Cancelled: the cancel signal was set.
    """
    memory, probes = onboarding.memory, onboarding.memory.probes
    identity, tenant_id = onboarding.answers.graph_identity, onboarding.facts.tenant_id
    if probes.graph_token is None and memory.graph_refused and memory.graph_refused[0] == identity:
        probes.graph_token = memory.graph_refused[1]
    if probes.graph_token is None:
        somebody, why = sign_in_prompts(onboarding, Purpose.GRAPH), "the code is of no use any more"
        try:
            probes.graph_token = with_retries(
                onboarding,
                "signing in to Graph",
                lambda: onboarding.services.graph_token(identity, tenant_id, somebody),
            )
            why = "the code is used"
        except (ServiceRefusal, Unreachable) as trouble:
            probes.graph_token = trouble
            memory.graph_refused = (identity, trouble) if identity in WANT_A_PERSON else None
        finally:
            blank_code(onboarding, why)
    return probes.graph_token


def graph_identity(onboarding: Onboarding) -> Finding:
    """The Graph identity gets a token for Graph; what it may read there shows when it is asked."""
    chosen = onboarding.answers.graph_identity
    words = dict(CHOICES).get(chosen, chosen)
    if onboarding.memory.probes.graph_token is None:
        onboarding.memory.graph_refused = None  # who checks this step again wants to sign in now
    answer = graph_sign_in(onboarding)
    if isinstance(answer, Unanswered):
        return unanswered(answer, "somebody", "A new code is shown then.")
    if isinstance(answer, Unreachable):
        raise answer
    if isinstance(answer, ServiceRefusal):
        code = re.search(r"\bAADSTS\d+", answer.description)
        return fails(
            f"The Graph identity ({words}) could not sign in, so nothing is read from Graph.",
            "Choose another Graph identity: sign in in a browser, az login, a managed identity, or the environment's "
            "variables. Or choose none: the checks then do with what the app itself may read.",
            Who.OPERATOR,
            code=code[0] if code else "",
            identity=chosen,
            service_said=answer.description,
        )
    return holds(f"The Graph identity ({words}) can sign in to Graph.", identity=chosen)


def _is_not_chosen(onboarding: Onboarding) -> str:
    return "no Graph identity is chosen" if onboarding.answers.graph_identity == NONE else ""


GRAPH_FIELD: Final = Field(
    "graph_identity",
    "Graph identity",
    "As whom the wizard reads Microsoft Graph. With a Global Reader's or Security Reader's sign-in it can tell "
    "beforehand which way to sign in this tenant lets through.",
    Kind.CHOICE,
    choices=CHOICES,
    unproves=("app.graph_identity",),
    keeps_facts=True,
)
GRAPH_CHECK: Final = Check(
    "app.graph_identity",
    "The Graph identity can sign in",
    graph_identity,
    advisory=True,
    fields_to_fix=("graph_identity",),
    skipped_because=_is_not_chosen,
    of_stored=OfStored(needs=after("tenant.exists")),
)
