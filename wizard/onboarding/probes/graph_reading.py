"""Reading Microsoft Graph for the checks: as the Graph identity, or as the app itself; each question once a journey.

One owner of what an answer means: 403 is "could not tell", with where to look by hand; 404 is "not there"; a read that
fails is never "nothing is missing" (protocol 11.5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.findings import Finding, Item, ItemKind, Outcome, Who
from wizard.core.jwt import payload_segment, read_segment
from wizard.core.retries import with_retries
from wizard.core.trouble import Trouble
from wizard.core.wording import upper_first
from wizard.microsoft.graph import MOST_PAGES, Question, Unread, Why, why_unreachable
from wizard.onboarding.finding_builders import could_not_tell, not_reached
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_access import request_app_token
from wizard.onboarding.probes.graph_identity import NO_GRAPH_IDENTITY, sign_in_to_graph

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.graph import JsonObject, Page
    from wizard.microsoft.outside_trust import TrustedToken
    from wizard.microsoft.principals import DelegatedGrant, RoleGrant, ServicePrincipal
    from wizard.microsoft.registration import AppRegistration, ListedRegistration

Result = TypeVar("Result")
READS_APPS: Final = ("Application.", "Directory.")
"""How permissions begin that may let an app read its own registration (protocol 6.1)."""
CHOOSE_IDENTITY: Final = (
    "Choose a Graph identity in step 2, such as a Global Reader or Cloud Application Administrator: the wizard then "
    "reads it."
)


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


# --- questions ------------------------------------------------------------------------------------------------------


def ask_object(
    onboarding: Onboarding, question: Question, tenant_id: str = "", *, again: bool = False
) -> JsonObject | Unread:
    """Return the object that a question is about; asked once in a journey.

    Args:
        onboarding: says as whom Graph is read, and keeps the answer.
        question: what is asked.
        tenant_id: as for `graph_token`.
        again: whether it is asked again if it has no answer yet: somebody waits for it to be there.

    Raises:
        Cancelled: the cancel signal was set.
    """
    services, cache = onboarding.services, onboarding.memory.graph
    key = (tenant_id or onboarding.facts.tenant_id, question.path)
    known = cache.answers.get(key)
    if known is None or isinstance(known, tuple) or (again and isinstance(known, Unread)):
        known = _ask(onboarding, question, tenant_id, lambda token: services.graph.read_object(token, question))
        _keep(onboarding, key, known)
    return known


def ask_list(
    onboarding: Onboarding, question: Question, tenant_id: str = "", *, again: bool = False, is_retried: bool = True
) -> tuple[JsonObject, ...] | Unread:
    """Return all of the list that a question is about; asked once in a journey.

    Each page has tries of its own. A list of which a page could not be read was not read.

    Args:
        onboarding, question, tenant_id: as for `ask_object`.
        again: whether it is asked again: somebody waits for it to change.
        is_retried: whether each page is tried again where Graph is busy.

    Raises:
        Cancelled: the cancel signal was set.
    """
    cache = onboarding.memory.graph
    key = (tenant_id or onboarding.facts.tenant_id, question.path)
    known = cache.answers.get(key)
    if again or not isinstance(known, tuple | Unread):
        known = _read_list(onboarding, question, tenant_id, is_retried=is_retried)
        _keep(onboarding, key, known)
    return known


def _keep(onboarding: Onboarding, key: tuple[str, str], answer: JsonObject | tuple[JsonObject, ...] | Unread) -> None:
    """Keep an answer; that there is no token is not kept: a later check of the same step may have one."""
    if not (isinstance(answer, Unread) and answer.why is Why.NOBODY):
        onboarding.memory.graph.answers[key] = answer


def _read_list(
    onboarding: Onboarding, question: Question, tenant_id: str, *, is_retried: bool
) -> tuple[JsonObject, ...] | Unread:
    found, link = list["JsonObject"](), ""
    for _number in range(MOST_PAGES):

        def read(token: Secret, link: str = link) -> Page | Unread:
            return onboarding.services.graph.read_page(token, question, link)

        page = _ask(onboarding, question, tenant_id, read, is_retried=is_retried)
        if isinstance(page, Unread):
            return page
        found += page.items
        link = page.next_link
        if not link:
            return tuple(found)
    return Unread(question, Why.MALFORMED)


def _ask(
    onboarding: Onboarding,
    question: Question,
    tenant_id: str,
    read: Callable[[Secret], Result | Unread],
    *,
    is_retried: bool = True,
) -> Result | Unread:
    """Return what `read` gives with a token; every trouble becomes an `Unread`."""
    cache = onboarding.memory.graph
    if cache.is_down is not None and is_retried:
        return Unread(question, cache.is_down.why, cache.is_down.error)
    try:
        token = graph_token(onboarding, tenant_id)
        if token is None:
            return Unread(question, Why.NOBODY)
        if not is_retried:
            return read(token)
        return with_retries(onboarding, f"reading {question.what}", lambda: read(token))
    except Unreachable as error:
        unread = Unread(question, why_unreachable(error), error)
        if is_retried and unread.why is Why.UNREACHABLE and error.kind is not Trouble.ANSWER:  # that is one answer's
            cache.is_down = unread
        return unread


# --- what is read ---------------------------------------------------------------------------------------------------


def read_registration(onboarding: Onboarding) -> AppRegistration | Unread:
    """Return the app registration, from the tenant that it is registered in."""
    from wizard.microsoft.registration import registration_in, registration_question

    question = registration_question(onboarding.answers.client_id)
    return as_value(question, ask_object(onboarding, question, onboarding.app_tenant_id), registration_in)


def registration_object(onboarding: Onboarding) -> JsonObject | Unread:
    """Return the app registration as Graph gives it: what a fix changes, it compares with this."""
    from wizard.microsoft.registration import registration_question

    return ask_object(onboarding, registration_question(onboarding.answers.client_id), onboarding.app_tenant_id)


def read_registrations(onboarding: Onboarding) -> tuple[ListedRegistration, ...] | Unread:
    """Return every app registration of the tenant in which the app is to be."""
    from wizard.microsoft.registration import listed_registration_in, registrations_question

    question = registrations_question()
    return as_values(question, ask_list(onboarding, question, onboarding.app_tenant_id), listed_registration_in)


def known_registration(onboarding: Onboarding) -> AppRegistration | None:
    """Return the app registration, None where Graph may not be read. Raises `Unreachable`."""
    found = read_registration(onboarding)
    if isinstance(found, Unread):
        found.raise_if_unreachable()
        return None
    return found


def read_trusted(onboarding: Onboarding) -> tuple[TrustedToken, ...] | Unread:
    """Return the federated credentials of the app, from the tenant that it is registered in."""
    from wizard.microsoft.outside_trust import trust_question, trusted_in

    question = trust_question(onboarding.answers.client_id)
    return as_values(question, ask_list(onboarding, question, onboarding.app_tenant_id), trusted_in)


def read_principal(onboarding: Onboarding, app_id: str, *, again: bool = False) -> ServicePrincipal | Unread:
    """Return the service principal of an app id in the tenant that is onboarded; `again` as for `ask_object`."""
    from wizard.microsoft.principals import principal_in, principal_question

    question = principal_question(app_id)
    return as_value(question, ask_object(onboarding, question, again=again), principal_in)


def read_principal_by_id(onboarding: Onboarding, object_id: str) -> ServicePrincipal | Unread:
    """Return the service principal of an object id in the tenant that is onboarded."""
    from wizard.microsoft.principals import principal_by_id_question, principal_in

    question = principal_by_id_question(object_id)
    return as_value(question, ask_object(onboarding, question), principal_in)


def read_grants(
    onboarding: Onboarding, *, again: bool = False, is_retried: bool = True
) -> tuple[DelegatedGrant, ...] | Unread:
    """Return the delegated permissions that the app has, for everybody and for single users; see `ask_list`."""
    from wizard.microsoft.principals import delegated_grant_in, grants_question

    question = grants_question(onboarding.answers.client_id)
    return as_values(question, ask_list(onboarding, question, again=again, is_retried=is_retried), delegated_grant_in)


def read_role_grants(onboarding: Onboarding) -> tuple[RoleGrant, ...] | Unread:
    """Return the application permissions that the app has."""
    from wizard.microsoft.principals import role_grant_in, role_grants_question

    question = role_grants_question(onboarding.answers.client_id)
    return as_values(question, ask_list(onboarding, question), role_grant_in)


def read_assigned(onboarding: Onboarding) -> tuple[RoleGrant, ...] | Unread:
    """Return who is assigned to the app."""
    from wizard.microsoft.principals import assigned_question, role_grant_in

    question = assigned_question(onboarding.answers.client_id)
    return as_values(question, ask_list(onboarding, question), role_grant_in)


def as_value(
    question: Question, answer: JsonObject | Unread, read: Callable[[JsonObject], Result | None]
) -> Result | Unread:
    """Return what `read` makes of an answer; one of a form that nobody expects was not read."""
    if isinstance(answer, Unread):
        return answer
    found = read(answer)
    return Unread(question, Why.MALFORMED) if found is None else found


def as_values(
    question: Question, answer: tuple[JsonObject, ...] | Unread, read: Callable[[JsonObject], Result | None]
) -> tuple[Result, ...] | Unread:
    """Return the values of a list; one of a form that nobody expects leaves the whole list untold."""
    if isinstance(answer, Unread):
        return answer
    found = [each for each in map(read, answer) if each is not None]
    return tuple(found) if len(found) == len(answer) else Unread(question, Why.MALFORMED)


# --- what an answer means -------------------------------------------------------------------------------------------


def why_unread(unread: Unread) -> str:
    """Return why a question has no answer, in words that follow on "because" or a dash."""
    error = unread.error
    if isinstance(error, Unreachable):
        return f"{error.host} {error.detail}"
    said = f"HTTP {error.status}, {error.code}" if error and error.code else f"HTTP {error.status}" if error else ""
    match unread.why:
        case Why.NOBODY:
            return "nobody could sign in to Graph"
        case Why.FORBIDDEN:
            return f"Graph does not let this identity read it ({said}); that takes {unread.question.permission}"
        case Why.NOT_THERE:
            return f"Graph knows none ({said})"
        case Why.MALFORMED:
            return "Graph's answer has a form that nobody expects"
        case _:
            return f"Graph refused the request ({said})"


def unread_item(unread: Unread) -> Item:
    """Return the item of a question without an answer, beside those of what could be read."""
    message = f"{why_unread(unread)}. Look it up {unread.question.by_hand}"
    return Item(unread.question.what, Outcome.UNKNOWN, message, ItemKind.UNREAD)


def untold(onboarding: Onboarding, unread: Unread) -> Finding:
    """Return the finding of a check whose one question has no answer: could not tell, and where to look by hand."""
    if isinstance(unread.error, Unreachable):
        return not_reached(unread.error)
    question = unread.question
    acts = [f"Look it up {question.by_hand}."]
    if onboarding.answers.graph_identity == NO_GRAPH_IDENTITY:
        acts.append(CHOOSE_IDENTITY)
    elif unread.why is Why.FORBIDDEN:
        acts.append(f"Or let the Graph identity have {question.permission} (a Global Reader has it), and check again.")
    finding = could_not_tell(
        f"{upper_first(question.what)} could not be read: {why_unread(unread)}.",
        tuple(acts),
        Who.OPERATOR,
        permission=question.permission,
    )
    return replace(finding, ids=unread.error.ids) if unread.error else finding


def nobody_reads_graph(onboarding: Onboarding) -> str:
    """Return why no check reads Graph here, "" where one may; asks nobody."""
    answers = onboarding.answers
    is_nobody = answers.graph_identity == NO_GRAPH_IDENTITY and answers.credential == "none"
    return "no Graph identity is chosen, and the app has no credential" if is_nobody else ""


def app_may_not_read(onboarding: Onboarding) -> str:
    """Return why a check leaves Graph alone, "" where it asks: nobody is there, or the app may not even read itself."""
    if why := nobody_reads_graph(onboarding):
        return why
    if onboarding.answers.graph_identity != NO_GRAPH_IDENTITY:
        return ""
    from wizard.microsoft.registration import registration_question

    key = (onboarding.app_tenant_id, registration_question(onboarding.answers.client_id).path)
    known = onboarding.memory.graph.answers.get(key)
    is_forbidden = isinstance(known, Unread) and known.why is Why.FORBIDDEN
    return "no Graph identity is chosen, and the app itself may not read Graph" if is_forbidden else ""


def app_cannot_read_itself(onboarding: Onboarding) -> str:
    """Return why a check that comes before `app.credential` leaves Graph alone, "" where it asks.

    Without a Graph identity the app reads itself, by a token that Entra has given it or not; what that token lets it
    read is a claim of it, so that nobody is asked in vain.
    """
    if (why := app_may_not_read(onboarding)) or onboarding.answers.graph_identity != NO_GRAPH_IDENTITY:
        return why
    key = (onboarding.app_tenant_id, f"https://{onboarding.services.cloud.graph}")
    token = onboarding.memory.probes.app_tokens.get(key)
    if isinstance(token, ServiceRefusal):
        return "no Graph identity is chosen, and Entra does not accept the app's credential"
    claims = read_segment(payload_segment(token.reveal())) if token else {}
    roles = claims.get("roles", [])
    if not claims or not isinstance(roles, list) or any(str(role).startswith(READS_APPS) for role in roles):
        return ""
    return "no Graph identity is chosen, and the app itself may not read Graph"


def needs_to_read(onboarding: Onboarding) -> tuple[str, ...]:
    """Return the ids of the checks that have to hold before Graph can be read (`HealthRule.needs`)."""
    return ("tenant.exists",) if onboarding.answers.graph_identity != NO_GRAPH_IDENTITY else ("app.credential",)
