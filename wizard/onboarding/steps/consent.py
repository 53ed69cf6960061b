"""Step 3, admin consent: an administrator grants the app its permissions; only the grant itself proves it."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from enum import Enum, auto
from typing import Final

from wizard.core.answers import Field, is_loopback, redirect_uri_error
from wizard.core.errors import BadInput, ServiceRefusal
from wizard.core.events import ConsentLink, SubmissionRejected, WaitEnded, Waiting
from wizard.core.findings import Finding, Who
from wizard.core.inbox import AlreadyGranted, Message, Purpose, RedirectResponse
from wizard.core.retries import wait
from wizard.core.text import is_link_to
from wizard.core.wording import upper_first
from wizard.microsoft.admin_consent import (
    admin_consent_link,
    consent_response_handler,
    read_consent_response,
    read_consent_state,
)
from wizard.onboarding.finding_builders import could_not_tell, fails, fixed_by, holds, refused
from wizard.onboarding.health_rule import HealthRule, needs_checks, not_in_health_check
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_access import (
    NO_SERVICE_PRINCIPAL,
    UNKNOWN_APP,
    refusal_of_app,
    refusal_of_device_code,
)
from wizard.onboarding.probes.grant_fixes import granting
from wizard.onboarding.probes.grant_in_graph import is_granted_in_graph, look_for_grant
from wizard.onboarding.probes.grants_check import GRANTS_CHECK
from wizard.onboarding.probes.principal_check import PRINCIPAL_CHECK
from wizard.onboarding.profile_spec import VENDOR
from wizard.onboarding.step import Check, Step

GRAPH_PAUSE: Final = 5.0
GRANT_IN_GRAPH: Final = "the grant to show in Graph"
"""Seconds between two readings of the grant."""
STATED: Final = "the operator's word"
"""The fact `consent_how` where nothing but the operator says that consent is granted."""
NOBODY_CONSENTS: Final = "nobody is asked to consent here"
CONSENT_ROLES: Final = "a Privileged Role, Cloud Application or Application Administrator (or Global Administrator)"


def create_consent_link(onboarding: Onboarding) -> Finding:
    """The address where an administrator consents is ready to open or to send."""
    if how := onboarding.facts.consent_how:
        return holds(f"Consent was given before (known by {how}); nobody is asked again.")
    if is_granted_in_graph(onboarding):
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
    url = admin_consent_link(cloud, tenant_id, client_id, onboarding.api_audience, redirect_uri, state)
    if not is_link_to(url, {cloud.login}):
        return fails(
            "The consent link could not be built for this cloud.", "Correct the tenant and the app.", Who.OPERATOR
        )
    is_caught = memory.consent_listener is not None
    onboarding.emit(ConsentLink(url, _message(onboarding, url), is_caught))
    return holds("The consent link is ready to open or to send.", url=url)


def _message(onboarding: Onboarding, url: str) -> str:
    answers, api = onboarding.answers, onboarding.spec.api
    whose, of_whom = "our", ""
    if onboarding.spec.has(VENDOR):
        whose, of_whom = "your", f" of {answers.home_tenant}"
    app = f"{onboarding.facts.app_name} ({answers.client_id})" if onboarding.facts.app_name else answers.client_id
    return (
        f"Please grant admin consent for the app {app}{of_whom} in the tenant {answers.tenant}.\n"
        "Do so only if you expect this message from us.\n"
        f"It takes {CONSENT_ROLES}.\n"
        f"Open this link in a private window, check the app's name and what it asks for, and accept:\n\n{url}\n\n"
        f"It lets our programs call {api.title} as {whose} integration user. Afterwards please send back the address "
        "that the browser ends on, even if that page shows an error."
    )


def await_consent(onboarding: Onboarding) -> Finding:
    """The consent page's answer, received or pasted, says yes; `error` is read before `admin_consent`."""
    memory = onboarding.memory
    if how := onboarding.facts.consent_how:
        return holds(f"Consent was given before (known by {how}).")
    try:
        pasted = onboarding.answers.consent_answer
        response, rejected = (RedirectResponse(pasted), "") if pasted else _await_response(onboarding)
    finally:
        memory.stop_listening_when_seen()
    if response is NoResponse.GRANTED_IN_GRAPH:
        return holds("Graph shows the grant; no answer of the page is needed.")
    if not isinstance(response, RedirectResponse):
        return _without_response(onboarding, rejected, is_stated=isinstance(response, AlreadyGranted))
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
            ("Open the link shown now.", "Paste the address that the browser then ends on."),
            Who.OPERATOR,
            title="The answer is to another consent link",
        )
    if answer.tenant and answer.tenant != onboarding.facts.tenant_id:
        return fails(
            f"Consent was answered in another tenant, {answer.tenant}.",
            f"Sign in, in a private window, with an administrator of {onboarding.answers.tenant}.",
            Who.ADMIN,
            title="Consent was answered in another tenant",
            tenant_id=answer.tenant,
        )
    if not answer.consented:
        message, title = "The page says that consent was not given.", "Consent was not given"
        return fails(message, "Open the link again and accept.", Who.ADMIN, title=title)
    onboarding.learn(consent_how="answer of the consent page", consent_seen_at=onboarding.now_stamp())
    return holds("The consent page says that consent was given.")


class NoResponse(Enum):
    """What ends the wait for the page's answer without one."""

    GRANTED_IN_GRAPH = auto()
    TIME_IS_OVER = auto()


def _without_response(onboarding: Onboarding, rejected: str, *, is_stated: bool) -> Finding:
    if is_stated:
        onboarding.learn(consent_how=STATED, consent_seen_at=onboarding.now_stamp())
        return could_not_tell("You say that an administrator granted consent; the page's own answer was not seen.")
    last = f" What was handed in was no answer: {rejected}." if rejected else ""
    finding = fails(
        f"No answer came within {onboarding.answers.consent_wait} s.{last}",
        (
            f"Have the link opened by {CONSENT_ROLES}.",
            "Then check again, and paste the answer or say that it was granted.",
        ),
        Who.ADMIN,
        title="The consent page has not answered",
    )
    return fixed_by(finding, *granting(onboarding))


def _await_response(onboarding: Onboarding) -> tuple[Message | NoResponse, str]:
    """Return the first answer that is submitted, and why what came before it was none.

    There is no answer if Graph shows the grant before, or the time is over.
    """
    clock = onboarding.clock
    since = clock.now()
    until = since + timedelta(seconds=onboarding.answers.consent_wait)
    onboarding.emit(Waiting("the administrator's answer on the consent page", since, until))
    next_reading, rejected = since, ""
    try:
        while True:
            is_over = clock.now() >= until
            if message := onboarding.memory.inbox.take(Purpose.CONSENT):
                why = _why_no_answer(message.text) if isinstance(message, RedirectResponse) else ""
                if not why:
                    return message, rejected
                rejected = why
                onboarding.emit(SubmissionRejected(Purpose.CONSENT.value, f"{upper_first(why)}."))
            if is_over or clock.now() >= next_reading:
                is_granted, pause = look_for_grant(onboarding, GRAPH_PAUSE)
                if is_granted:
                    return NoResponse.GRANTED_IN_GRAPH, rejected
                next_reading = clock.now() + timedelta(seconds=pause)
            if is_over:
                return NoResponse.TIME_IS_OVER, rejected
            clock.wait(min(1.0, (until - clock.now()).total_seconds()), onboarding.cancel)
    finally:
        onboarding.emit(WaitEnded())


def _why_no_answer(pasted: str) -> str:
    """Return why a text is no answer of the consent page, "" if it is one, also one that says no."""
    try:
        read_consent_response(pasted)
    except BadInput as mistake:
        return mistake.expected
    except ServiceRefusal:
        pass
    return ""


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
    since, api = onboarding.clock.now(), onboarding.spec.api
    until = since + timedelta(seconds=onboarding.answers.consent_wait)
    while (in_graph := is_granted_in_graph(onboarding, again=True)) is False and onboarding.clock.now() < until:
        wait(onboarding, GRANT_IN_GRAPH, GRAPH_PAUSE, until, since, advice="Consent takes effect with delay.")
    if in_graph:
        onboarding.learn(consent_how="seen in Graph", consent_seen_at=onboarding.now_stamp())
        return holds(f"Graph shows the tenant-wide grant for {api.title}.", scope=api.permission)
    if in_graph is False:
        onboarding.learn(consent_how="", consent_seen_at="")
        finding = fails(
            f"Graph shows no tenant-wide grant for {api.title} after {onboarding.answers.consent_wait} s.",
            (f"Have the consent link opened by {CONSENT_ROLES}.", "Then check again."),
            Who.ADMIN,
        )
        return fixed_by(finding, *granting(onboarding))
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
    if how == STATED and "consent.granted" in onboarding.memory.disproved:
        return could_not_tell(
            f"{says}; step 4 has found before that it is not. It finds the same again unless somebody grants it first.",
            f"Have the consent link opened by {CONSENT_ROLES}.",
            Who.ADMIN,
            how=how,
        )
    return could_not_tell(f"{says}; the integration user's token will prove it.", how=how)


def recheck_grant(onboarding: Onboarding) -> Finding:
    """Consent is still granted: from Graph where it may be read, else the stored token's scope shows it."""
    in_graph, api = is_granted_in_graph(onboarding), onboarding.spec.api
    if in_graph:
        return holds(f"Graph shows the tenant-wide grant for {api.title}.", scope=api.permission)
    if in_graph is False:
        return fails(
            f"Graph shows no tenant-wide grant for {api.title} any more.",
            f"Have consent granted again by {CONSENT_ROLES}: partner-wizard run --restart gives the link.",
            Who.ADMIN,
            title="Consent is not granted any more",
        )
    return could_not_tell(
        "Graph may not be read with the permissions available here; the stored token shows whether it is granted."
    )


def _needs_no_answer(onboarding: Onboarding) -> str:
    answers = onboarding.answers
    if answers.consent_granted:
        return "you say that consent is granted"
    if answers.consent_answer or is_loopback(answers.consent_redirect_uri) or onboarding.is_attended:
        return ""
    return "nothing here can receive the page's answer"


CONSENT = Step(
    "consent",
    "Admin consent",
    "Consent",
    "An administrator allows the app, once and for the whole tenant, to act in Partner Center for a signed-in user. "
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
    run_hint="Makes the link that an administrator opens, and waits for the page's answer.",
    checks=(
        Check(
            "consent.link",
            "The consent link is ready",
            "The consent link could not be made",
            "Link",
            create_consent_link,
            saves_at_once=True,
            health_rule=not_in_health_check(NOBODY_CONSENTS),
        ),
        Check(
            "consent.answer",
            "The consent page says yes",
            "The consent page did not say yes",
            "Link",
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
            "The vendor's app is not in this tenant yet",
            "Grant",
            check_app_arrived,
            health_rule=HealthRule(covered_by="store.redeems"),
            facet=VENDOR,
        ),
        Check(
            "consent.granted",
            "Consent is granted",
            "Consent is not granted",
            "Grant",
            check_grant,
            settled_by="user.scope",
            saves_at_once=True,
            drops_facts=("consent_how", "consent_seen_at"),
            health_rule=HealthRule(recheck_grant, needs=needs_checks("app.credential")),
        ),
        PRINCIPAL_CHECK,
        GRANTS_CHECK,
    ),
    form_title="The consent",
)
