"""Step 3, admin consent: an administrator grants the app its permissions; only the grant itself proves it."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from enum import Enum, auto
from typing import Final

from wizard.core.answers import Field, is_loopback, redirect_uri_error
from wizard.core.claims import USER_IMPERSONATION
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
from wizard.onboarding.finding_builders import could_not_tell, fails, holds, refused
from wizard.onboarding.health_rule import HealthRule, needs_checks, not_in_health_check
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_access import (
    NO_SERVICE_PRINCIPAL,
    UNKNOWN_APP,
    refusal_of_app,
    refusal_of_device_code,
)
from wizard.onboarding.probes.graph_reading import graph_token, read_from_graph
from wizard.onboarding.step import Check, Step

GRAPH_PAUSE: Final = 5.0
"""Seconds between two readings of the grant."""
STATED: Final = "the operator's word"
"""The fact `consent_how` where nothing but the operator says that consent is granted."""
NOBODY_CONSENTS: Final = "nobody is asked to consent here"
CONSENT_ROLES: Final = "a Privileged Role, Cloud Application or Application Administrator (or Global Administrator)"


def create_consent_link(onboarding: Onboarding) -> Finding:
    """The address where an administrator consents is ready to open or to send."""
    if how := onboarding.facts.consent_how:
        return holds(f"Consent was given before (known by {how}); nobody is asked again.")
    if _is_granted_in_graph(onboarding):
        return holds("Graph shows that consent is granted already; no link is needed.")
    answers, memory, cloud = onboarding.answers, onboarding.memory, onboarding.services.cloud
    memory.stop_listening()
    # One state for all links of this consent, also after a restart: an administrator may answer an earlier link.
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
    is_caught = memory.consent_listener is not None
    onboarding.emit(ConsentLink(url, _message(answers.tenant, client_id, url), is_caught))
    return holds("The consent link is ready to open or to send.", url=url)


def _message(tenant: str, client_id: str, url: str) -> str:
    return (
        f"Please grant admin consent for the app {client_id} in the tenant {tenant}.\n"
        f"It takes {CONSENT_ROLES}.\n"
        f"Open this link in a private window, check the app's name and what it asks for, and accept:\n\n{url}\n\n"
        "It lets our programs call Partner Center as our integration user. Afterwards please send back the address "
        "that the browser ends on, even if that page shows an error."
    )


def await_consent(onboarding: Onboarding) -> Finding:
    """The consent page's answer, received or pasted, says yes; `error` is read before `admin_consent`."""
    memory = onboarding.memory
    if how := onboarding.facts.consent_how:
        return holds(f"Consent was given before (known by {how}).")
    try:
        pasted = onboarding.answers.consent_answer
        response = RedirectResponse(pasted) if pasted else _await_response(onboarding)
    finally:
        memory.stop_listening_when_seen()
    if response is NoResponse.GRANTED_IN_GRAPH:
        return holds("Graph shows the grant; no answer of the page is needed.")
    if not isinstance(response, RedirectResponse):
        return _without_response(onboarding, is_stated=isinstance(response, AlreadyGranted))
    try:
        answer = read_consent_response(response.text)
    except ServiceRefusal as refusal:
        finding = refused(refusal)
        if read_consent_state(response.text) in {"", onboarding.facts.consent_state}:
            return finding
        return replace(finding, message=f"This is the answer to another consent link. It says: {finding.message}")
    if answer.state != onboarding.facts.consent_state:
        return fails(
            "This answer belongs to another consent link than the one shown here.",
            "Open the link shown now, and paste the address that the browser then ends on.",
            Who.OPERATOR,
        )
    if answer.tenant and answer.tenant != onboarding.facts.tenant_id:
        return fails(
            f"Consent was answered in another tenant, {answer.tenant}.",
            f"Sign in, in a private window, with an administrator of {onboarding.answers.tenant}.",
            Who.ADMIN,
            tenant_id=answer.tenant,
        )
    if not answer.consented:
        return fails("The page says that consent was not given.", "Open the link again and accept.", Who.ADMIN)
    onboarding.learn(consent_how="answer of the consent page", consent_seen_at=onboarding.now_stamp())
    return holds("The consent page says that consent was given.")


class NoResponse(Enum):
    """What ends the wait for the page's answer without one."""

    GRANTED_IN_GRAPH = auto()
    TIME_IS_OVER = auto()


def _without_response(onboarding: Onboarding, is_stated: bool) -> Finding:
    if is_stated:
        onboarding.learn(consent_how=STATED, consent_seen_at=onboarding.now_stamp())
        return could_not_tell("You say that an administrator granted consent; the page's own answer was not seen.")
    return fails(
        f"No answer came within {onboarding.answers.consent_wait} s.",
        f"Have the link opened by {CONSENT_ROLES}. Then check again, and paste the answer or say that it was granted.",
        Who.ADMIN,
    )


def _await_response(onboarding: Onboarding) -> Message | NoResponse:
    """Return what is submitted first, unless Graph shows the grant before, or the time is over."""
    clock = onboarding.clock
    since = clock.now()
    until = since + timedelta(seconds=onboarding.answers.consent_wait)
    onboarding.emit(Waiting("the administrator's answer on the consent page", since, until))
    next_reading = since
    try:
        while True:
            is_over = clock.now() >= until
            if message := onboarding.memory.inbox.take(Purpose.CONSENT):
                return message
            if is_over or clock.now() >= next_reading:
                is_granted, pause = _read_grant_once(onboarding)
                if is_granted:
                    return NoResponse.GRANTED_IN_GRAPH
                next_reading = clock.now() + timedelta(seconds=pause)
            if is_over:
                return NoResponse.TIME_IS_OVER
            clock.wait(min(1.0, (until - clock.now()).total_seconds()), onboarding.cancel)
    finally:
        onboarding.emit(WaitEnded())


def check_app_arrived(onboarding: Onboarding) -> Finding:
    """A vendor's app is in the tenant now."""
    onboarding.memory.forget_probes()
    refusal = refusal_of_device_code(onboarding)
    if refusal and refusal.code in UNKNOWN_APP | {NO_SERVICE_PRINCIPAL}:
        return refused(refusal, client_id=onboarding.answers.client_id)
    if onboarding.answers.credential != "none" and (refusal := refusal_of_app(onboarding)):
        return refused(refusal, back_to="app.credential")
    return holds("The vendor's app is in this tenant now.", client_id=onboarding.answers.client_id)


def check_grant(onboarding: Onboarding) -> Finding:
    """Consent is granted: from Graph where it may be read, else as somebody says, settled by the token's scope."""
    since = onboarding.clock.now()
    until = since + timedelta(seconds=onboarding.answers.consent_wait)
    while (in_graph := _is_granted_in_graph(onboarding)) is False and onboarding.clock.now() < until:
        wait(onboarding, "the grant to show in Graph; consent takes effect with delay", GRAPH_PAUSE, until, since)
    if in_graph:
        onboarding.learn(consent_how="seen in Graph", consent_seen_at=onboarding.now_stamp())
        return holds("Graph shows the tenant-wide grant for Partner Center.", scope=USER_IMPERSONATION)
    if in_graph is False:
        onboarding.learn(consent_how="", consent_seen_at="")
        return fails(
            f"Graph shows no tenant-wide grant for Partner Center after {onboarding.answers.consent_wait} s.",
            f"Have the consent link opened by {CONSENT_ROLES}, and check again.",
            Who.ADMIN,
        )
    if onboarding.answers.consent_granted is False and not onboarding.facts.consent_how:
        onboarding.learn(consent_how="", consent_seen_at="")
        return fails("Consent is not granted yet.", f"Have the consent link opened by {CONSENT_ROLES}.", Who.ADMIN)
    how = onboarding.facts.consent_how or (STATED if onboarding.answers.consent_granted else "")
    if not how:
        return could_not_tell(
            "Whether consent is granted cannot be seen from here; the integration user's token shows it.",
            f"Have the consent link opened by {CONSENT_ROLES}.",
            Who.ADMIN,
        )
    onboarding.learn(consent_how=how, consent_seen_at=onboarding.facts.consent_seen_at or onboarding.now_stamp())
    says = "You say that consent is granted" if how == STATED else "The consent page says yes"
    return could_not_tell(f"{says}; the integration user's token will prove it.", how=how)


def recheck_grant(onboarding: Onboarding) -> Finding:
    """Consent is still granted: from Graph where it may be read, else the stored token's scope shows it."""
    in_graph = _is_granted_in_graph(onboarding)
    if in_graph:
        return holds("Graph shows the tenant-wide grant for Partner Center.", scope=USER_IMPERSONATION)
    if in_graph is False:
        return fails(
            "Graph shows no tenant-wide grant for Partner Center any more.",
            f"Have consent granted again by {CONSENT_ROLES}: partner-wizard run --restart gives the link.",
            Who.ADMIN,
        )
    return could_not_tell(
        "Graph may not be read with the permissions available here; the stored token shows whether it is granted."
    )


def _read_grant_once(onboarding: Onboarding) -> tuple[bool, float]:
    """Return whether Graph shows the grant, and seconds until the next reading; no retries, as somebody may answer."""
    try:
        token = graph_token(onboarding)
        scopes = token and onboarding.services.graph.read_granted_scopes(token, onboarding.answers.client_id)
    except ServiceRefusal:
        return False, GRAPH_PAUSE
    except Unreachable as error:
        retry_after = error.retry_after if isinstance(error, Busy) else None
        return False, max(GRAPH_PAUSE, retry_after or 0.0)
    return bool(scopes) and USER_IMPERSONATION in (scopes or ()), GRAPH_PAUSE


def _is_granted_in_graph(onboarding: Onboarding) -> bool | None:
    """Return whether Graph shows the grant; None where it may not be read."""
    services, client_id = onboarding.services, onboarding.answers.client_id
    scopes = read_from_graph(
        onboarding, "reading the grant", lambda token: services.graph.read_granted_scopes(token, client_id)
    )
    return None if scopes is None else USER_IMPERSONATION in scopes


def _needs_no_answer(onboarding: Onboarding) -> str:
    answers = onboarding.answers
    if answers.consent_granted:
        return "you say that consent is granted"
    if answers.consent_answer or is_loopback(answers.consent_redirect_uri) or onboarding.is_attended:
        return ""
    return "nothing here can receive the page's answer"


def _is_own_app(onboarding: Onboarding) -> str:
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
            "http://localhost, if it is registered for the app: then the answer is received here. Leave it empty to "
            "paste the answer.",
            validate=redirect_uri_error,
            required=False,
            keeps_facts=True,
            unproves=("consent", "user", "store"),
        ),
    ),
    facts=("consent_state", "consent_seen_at", "consent_how"),
    run_label="Get the link",
    run_hint="Makes the link that an administrator opens, and waits for the page's answer. Esc stops it.",
    checks=(
        Check(
            "consent.link",
            "The consent link is ready",
            create_consent_link,
            saves_at_once=True,
            health_rule=not_in_health_check(NOBODY_CONSENTS),
        ),
        Check(
            "consent.answer",
            "The consent page's answer says yes",
            await_consent,
            settled_by="user.scope",
            saves_at_once=True,
            accepts=Purpose.CONSENT,
            skipped_because=_needs_no_answer,
            health_rule=not_in_health_check(NOBODY_CONSENTS),
        ),
        Check(
            "consent.app_arrived",
            "The vendor's app is in this tenant",
            check_app_arrived,
            skipped_because=_is_own_app,
            health_rule=HealthRule(covered_by="store.redeems"),
        ),
        Check(
            "consent.granted",
            "Consent is granted",
            check_grant,
            settled_by="user.scope",
            saves_at_once=True,
            drops_facts=("consent_how", "consent_seen_at"),
            health_rule=HealthRule(recheck_grant, needs=needs_checks("app.credential")),
        ),
    ),
)
