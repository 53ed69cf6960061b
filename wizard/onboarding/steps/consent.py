"""Step 3, admin consent: an administrator grants the app what it asks; believed only after the grant itself is seen."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from enum import Enum, auto

from wizard.core.answers import Field, check_redirect_uri, is_loopback
from wizard.core.errors import Busy, ServiceRefusal, Unreachable
from wizard.core.events import ConsentLink, WaitEnded, Waiting
from wizard.core.findings import Finding, Who
from wizard.core.inbox import AlreadyGranted, Message, Purpose, RedirectResponse
from wizard.core.retries import wait
from wizard.core.text import is_link_to
from wizard.microsoft.admin_consent import (
    admin_consent_link,
    consent_response_handler,
    read_consent_response,
    read_consent_state,
)
from wizard.onboarding.probes.app import (
    NO_SERVICE_PRINCIPAL,
    NOT_HERE,
    asked_of_graph,
    graph_token,
    refusal_to_app,
    refusal_without_credential,
)
from wizard.onboarding.step import (
    Check,
    OfStored,
    Onboarding,
    Step,
    after,
    could_not_tell,
    fails,
    holds,
    left_to,
    never,
    refused,
)

GRAPH_PAUSE = 5.0
"""Seconds between looks at the grant."""
SCOPE = "user_impersonation"
OPERATORS_WORD = "the operator's word"
NOBODY_CONSENTS = "nobody is asked to consent here"
CONSENTERS = "a Privileged Role, Cloud Application or Application Administrator (or Global Administrator)"


def link(onboarding: Onboarding) -> Finding:
    """The address where an administrator consents, ready to open or to send."""
    if how := onboarding.facts.consent_how:
        return holds(f"Consent was given before (known by {how}); nobody is asked again.")
    if _granted_on_record(onboarding):
        return holds("Graph shows that consent is granted already; no link is needed.")
    answers, memory, cloud = onboarding.answers, onboarding.memory, onboarding.services.cloud
    memory.stop_listening()
    # One state for all addresses of this consent, kept over restarts: an administrator may answer an earlier one.
    onboarding.learn(consent_state=onboarding.facts.consent_state or secrets.token_urlsafe(16))
    state = onboarding.facts.consent_state
    redirect_uri = answers.consent_redirect_uri
    if is_loopback(redirect_uri):
        from wizard.microsoft.loopback import RedirectListener

        handler = consent_response_handler(state, memory.inbox.receiver(Purpose.CONSENT))
        field = "--port" if onboarding.port else "consent_redirect_uri"
        memory.consent_listener = RedirectListener(redirect_uri, handler, port=onboarding.port, field=field)
        redirect_uri = memory.consent_listener.uri
    tenant_id, client_id = onboarding.facts.tenant_id, answers.client_id
    url = admin_consent_link(cloud, tenant_id, client_id, redirect_uri, state)
    if not is_link_to(url, {cloud.login}):
        return fails("The consent link could not be built for this cloud.", "Correct tenant and app.", Who.OPERATOR)
    onboarding.emit(ConsentLink(url, _message(answers.tenant, client_id, url)))
    return holds("The consent link is ready to open or to send.", url=url)


def _message(tenant: str, client_id: str, url: str) -> str:
    return (
        f"Please grant admin consent for the app {client_id} in the tenant {tenant}.\n"
        f"It takes {CONSENTERS}.\n"
        f"Open this link in a private window, check the app's name and what it asks for, and accept:\n\n{url}\n\n"
        "It lets our programs call Partner Center as our integration user. Afterwards please send back the address "
        "that the browser ends on, even if that page shows an error."
    )


def answer(onboarding: Onboarding) -> Finding:
    """What the consent page answered: caught by the listener, or pasted. `error` is read before `admin_consent`."""
    memory = onboarding.memory
    if how := onboarding.facts.consent_how:
        return holds(f"Consent was given before (known by {how}).")
    try:
        given = onboarding.answers.consent_answer
        came = RedirectResponse(given) if given else _await_answer(onboarding)
    finally:
        memory.stop_listening_when_seen()
    if came is Seen.IN_GRAPH:
        return holds("Graph shows the grant; no answer of the page is needed.")
    if not isinstance(came, RedirectResponse):
        return _without_answer(onboarding, granted=isinstance(came, AlreadyGranted))
    text = came.text
    try:
        said = read_consent_response(text)
    except ServiceRefusal as refusal:
        finding = refused(refusal)
        if read_consent_state(text) in {"", onboarding.facts.consent_state}:
            return finding
        return replace(finding, message=f"This is the answer to another consent link. It says: {finding.message}")
    if said.state != onboarding.facts.consent_state:
        return _another_address()
    if said.tenant and said.tenant != onboarding.facts.tenant_id:
        return fails(
            f"Consent was answered in another tenant, {said.tenant}.",
            f"Sign in, in a private window, with an administrator of {onboarding.answers.tenant}.",
            Who.ADMIN,
            tenant_id=said.tenant,
        )
    if not said.consented:
        return fails("The page says that consent was not given.", "Open the link again and accept.", Who.ADMIN)
    onboarding.learn(consent_how="answer of the consent page", consent_seen_at=onboarding.stamp())
    return holds("The consent page says that consent was given.")


def _another_address() -> Finding:
    return fails(
        "This answer belongs to another consent link than the one shown here.",
        "Open the link shown now, and paste the address that the browser then ends on.",
        Who.OPERATOR,
    )


class Seen(Enum):
    """What ends the wait for the page's answer without one."""

    IN_GRAPH = auto()
    NOTHING = auto()


def _without_answer(onboarding: Onboarding, granted: bool) -> Finding:
    if granted:
        onboarding.learn(consent_how=OPERATORS_WORD, consent_seen_at=onboarding.stamp())
        return could_not_tell("You say that an administrator granted consent; the page's own answer was not seen.")
    return fails(
        f"No answer came within {onboarding.answers.consent_wait} s.",
        f"Have the link opened by {CONSENTERS}. Then check again, and paste the answer or say that it was granted.",
        Who.ADMIN,
    )


def _await_answer(onboarding: Onboarding) -> Message | Seen:
    """What is handed in first, unless Graph shows the grant before, or the wait is over."""
    clock = onboarding.clock
    since = clock.now()
    until = since + timedelta(seconds=onboarding.answers.consent_wait)
    onboarding.emit(Waiting("the administrator's answer on the consent page", since, until))
    look_at = since
    try:
        while True:
            is_over = clock.now() >= until
            if came := onboarding.memory.inbox.take(Purpose.CONSENT):
                return came
            if is_over or clock.now() >= look_at:
                is_granted, pause = _glance_at_record(onboarding)
                if is_granted:
                    return Seen.IN_GRAPH
                look_at = clock.now() + timedelta(seconds=pause)
            if is_over:
                return Seen.NOTHING
            clock.wait(min(1.0, (until - clock.now()).total_seconds()), onboarding.cancel)
    finally:
        onboarding.emit(WaitEnded())


def app_arrived(onboarding: Onboarding) -> Finding:
    """A vendor's app is in the tenant now."""
    onboarding.memory.forget_probes()
    refusal = refusal_without_credential(onboarding)
    if refusal and refusal.code in NOT_HERE | {NO_SERVICE_PRINCIPAL}:
        return refused(refusal, client_id=onboarding.answers.client_id)
    if onboarding.answers.credential != "none" and (refusal := refusal_to_app(onboarding)):
        return refused(refusal, back_to="app.credential")
    return holds("The vendor's app is in this tenant now.", client_id=onboarding.answers.client_id)


def granted(onboarding: Onboarding) -> Finding:
    """The grant itself: from Graph where it may be read, else somebody's word, settled by the token's scope."""
    since = onboarding.clock.now()
    until = since + timedelta(seconds=onboarding.answers.consent_wait)
    while (seen := _granted_on_record(onboarding)) is False and onboarding.clock.now() < until:
        wait(onboarding, "the grant to show in Graph; consent takes effect with delay", GRAPH_PAUSE, until, since)
    if seen:
        onboarding.learn(consent_how="seen in Graph", consent_seen_at=onboarding.stamp())
        return holds("Graph shows the tenant-wide grant for Partner Center.", scope=SCOPE)
    if seen is False:
        onboarding.learn(consent_how="", consent_seen_at="")
        return fails(
            f"Graph shows no tenant-wide grant for Partner Center after {onboarding.answers.consent_wait} s.",
            f"Have the consent link opened by {CONSENTERS}, and check again.",
            Who.ADMIN,
        )
    if onboarding.answers.consent_granted is False and not onboarding.facts.consent_how:
        onboarding.learn(consent_how="", consent_seen_at="")
        return fails("Consent is not granted yet.", f"Have the consent link opened by {CONSENTERS}.", Who.ADMIN)
    how = onboarding.facts.consent_how or (OPERATORS_WORD if onboarding.answers.consent_granted else "")
    if not how:
        return could_not_tell(
            "Whether consent is granted cannot be seen from here; the integration user's token shows it.",
            f"Have the consent link opened by {CONSENTERS}.",
            Who.ADMIN,
        )
    onboarding.learn(consent_how=how, consent_seen_at=onboarding.facts.consent_seen_at or onboarding.stamp())
    says = "You say that consent is granted" if how == OPERATORS_WORD else "The consent page says yes"
    return could_not_tell(f"{says}; the integration user's token will prove it.", how=how)


def still_granted(onboarding: Onboarding) -> Finding:
    """The grant itself, from Graph where it may be read; else the stored token's scope shows it."""
    seen = _granted_on_record(onboarding)
    if seen:
        return holds("Graph shows the tenant-wide grant for Partner Center.", scope=SCOPE)
    if seen is False:
        return fails(
            "Graph shows no tenant-wide grant for Partner Center any more.",
            f"Have consent granted again by {CONSENTERS}: partner-wizard run --restart gives the link.",
            Who.ADMIN,
        )
    return could_not_tell(
        "Graph may not be read with the rights at hand; the stored token shows whether it is granted."
    )


def _glance_at_record(onboarding: Onboarding) -> tuple[bool, float]:
    """Whether Graph shows the grant, and seconds until the next look: the answer of the page is not kept waiting."""
    try:
        token = graph_token(onboarding)
        scopes = token and onboarding.services.graph.read_granted_scopes(token, onboarding.answers.client_id)
    except ServiceRefusal:
        return False, GRAPH_PAUSE
    except Unreachable as trouble:
        asked = trouble.retry_after if isinstance(trouble, Busy) else None
        return False, max(GRAPH_PAUSE, asked or 0.0)
    return bool(scopes) and SCOPE in (scopes or ()), GRAPH_PAUSE


def _granted_on_record(onboarding: Onboarding) -> bool | None:
    """Whether Graph shows the grant; None where it may not be read."""
    services, client_id = onboarding.services, onboarding.answers.client_id
    scopes = asked_of_graph(
        onboarding, "reading the grant", lambda token: services.graph.read_granted_scopes(token, client_id)
    )
    return None if scopes is None else SCOPE in scopes


def _nobody_answers(onboarding: Onboarding) -> str:
    answers = onboarding.answers
    if answers.consent_granted:
        return "you say that consent is granted"
    if answers.consent_answer or is_loopback(answers.consent_redirect_uri) or onboarding.is_attended:
        return ""
    return "nothing here can receive the page's answer"


def _own_app(onboarding: Onboarding) -> str:
    return "" if onboarding.answers.vendor_app else "the app is the tenant's own"


CONSENT = Step(
    "consent",
    "Admin consent",
    "An administrator allows the app, once and for the whole tenant, to call Partner Center for a signed-in user. "
    "This step gives the link to open, and looks for the grant.",
    fields=(
        Field(
            "consent_redirect_uri",
            "Redirect URI",
            "http://localhost, if the app registration has it: then the answer is caught here. Leave it empty to paste "
            "the answer.",
            check=check_redirect_uri,
            required=False,
            keeps_facts=True,
            unproves=("consent", "user", "store"),
        ),
    ),
    facts=("consent_state", "consent_seen_at", "consent_how"),
    run_label="Get the link",
    run_hint="Makes the link that an administrator opens, and waits for the page's answer. Esc stops it.",
    checks=(
        Check("consent.link", "The consent link is ready", link, keeps=True, of_stored=never(NOBODY_CONSENTS)),
        Check(
            "consent.answer",
            "The consent page's answer says yes",
            answer,
            settled_by="user.scope",
            keeps=True,
            takes=Purpose.CONSENT,
            skipped_because=_nobody_answers,
            of_stored=never(NOBODY_CONSENTS),
        ),
        Check(
            "consent.app_arrived",
            "The vendor's app is in this tenant",
            app_arrived,
            skipped_because=_own_app,
            of_stored=left_to("store.redeems"),
        ),
        Check(
            "consent.granted",
            "Consent is granted",
            granted,
            settled_by="user.scope",
            keeps=True,
            disproved_with=("consent_how", "consent_seen_at"),
            of_stored=OfStored(still_granted, needs=after("app.credential")),
        ),
    ),
)
