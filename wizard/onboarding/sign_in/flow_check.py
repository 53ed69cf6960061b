"""The fields and checks of the flow: whether a sign-in would succeed, before anybody signs in."""

from __future__ import annotations

from typing import Final

from wizard.core.answers import Answers, Field, Kind, is_loopback, redirect_uri_error, refresh_token_error
from wizard.core.errors import Unreachable
from wizard.core.findings import Finding, Who
from wizard.core.pasted_values import read_client_secret
from wizard.microsoft.tenant_policies import Policies
from wizard.onboarding.finding_builders import could_not_tell, holds, warns
from wizard.onboarding.health_rule import HealthRule, not_in_health_check
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.graph_reading import known_registration
from wizard.onboarding.probes.policy_reading import read_policies
from wizard.onboarding.probes.stored_token import proves_again
from wizard.onboarding.sign_in.device_code_method import DeviceCodeMethod
from wizard.onboarding.sign_in.early_expiry import (
    DEVICE_CODE_BLOCK,
    UNKNOWN_SIGN_IN,
    rule_facts,
    time_limit_actions,
    time_limits,
    undated_notes,
)
from wizard.onboarding.sign_in.flow_choice import AUTO, BROWSER, DEVICE_CODE, RULE_CHOICES, choose_flow
from wizard.onboarding.sign_in.flow_verdicts import EXCLUDE_USER
from wizard.onboarding.sign_in.method import OTHER_FLOW
from wizard.onboarding.sign_in.methods import METHODS
from wizard.onboarding.sign_in.redirect_uri import check_redirect_uri, refusal_of_redirect_uri
from wizard.onboarding.step import Check
from wizard.onboarding.token_place import PLACE_CHOICES, TAKEN_OVER, is_pasted, takes_over
from wizard.tokens.ends import Cause, ends_of

FLOW_FIELD: Final = "sign_in_flow"
"""The key of the field that names the flow."""


def other_flow(finding: Finding | None) -> str:
    """Return the name of another flow that may not be refused, "" where there is none."""
    return str(finding.evidence.get(OTHER_FLOW, "")) if finding else ""


def check_flow(onboarding: Onboarding) -> Finding:
    """The flow gets through, and its token lasts; by the tenant's policies, else by what the operator says."""
    answers = onboarding.answers
    onboarding.learn(redirect_platform="", expiry_notes=(), **rule_facts(Policies(), ""))  # of an earlier try
    flow = answers.sign_in_flow
    if takes_over(answers):
        return _way_of_stored_token(onboarding)
    if flow not in {AUTO, BROWSER, DEVICE_CODE}:
        return could_not_tell(f"Nothing is known beforehand about the flow “{flow}”; the sign-in shows it.")
    known = read_policies(onboarding)
    choice = choose_flow(
        known,
        answers.sign_in_rules,
        flow=flow,
        person_at_terminal=onboarding.is_attended,
        has_port=is_loopback(answers.sign_in_redirect_uri) and (bool(onboarding.port) or flow == BROWSER),
        redirect_registered=_is_registered(onboarding) if flow == AUTO else None,  # else the next check reports it
        now=onboarding.clock.now(),
    )
    onboarding.memory.probes.flow = choice.flow
    _foresee(
        onboarding, known or Policies(), METHODS[choice.flow].flow_fact if choice.flow else "", choice.expiry_notes
    )
    evidence = {"flow": choice.flow} if choice.flow else {}
    who = (Who.OPERATOR, Who.ADMIN) if choice.actions else ()
    return Finding("", choice.outcome, choice.message, evidence, choice.actions, who, title=choice.title)


def _way_of_stored_token(onboarding: Onboarding) -> Finding:
    """Nobody signs in; what ends a token early ends this one as well, however its user signed in."""
    known = read_policies(onboarding) or Policies()
    limits = time_limits(known)
    _foresee(onboarding, known, TAKEN_OVER, (UNKNOWN_SIGN_IN, *limits))
    message = "Nobody signs in: a token that is stored already is proven as one of a sign-in is."
    if not limits:
        return holds(message)
    title = "The tenant's rules end the token early"
    return warns(" ".join((message, *limits)), time_limit_actions(known), Who.OPERATOR, Who.ADMIN, title=title)


def _foresee(onboarding: Onboarding, known: Policies, flow: str, notes: tuple[str, ...]) -> None:
    """Keep what ends a token of this flow early: with its date where there is one."""
    onboarding.learn(expiry_notes=undated_notes(notes, known), **rule_facts(known, flow))


def recheck_flow(onboarding: Onboarding) -> Finding:
    """The tenant's rules, as they are now, let the stored token live on; they may have changed since its sign-in."""
    known, facts = read_policies(onboarding), onboarding.facts
    if known is None:
        return could_not_tell("The tenant's rules cannot be read, so whether they end the token is not known.")
    limits = time_limits(known)
    block = {DeviceCodeMethod.flow_fact: (DEVICE_CODE_BLOCK,), TAKEN_OVER: (UNKNOWN_SIGN_IN,)}.get(facts.flow, ())
    _foresee(onboarding, known, facts.flow, (*block, *limits))
    has_user = onboarding.spec.has("user")
    ends = [
        each.sentence
        for each in ends_of(onboarding.answers, onboarding.facts, has_user=has_user)
        if each.cause in {Cause.REMEMBERED_MFA, Cause.SIGN_IN_FREQUENCY, Cause.REPORT_ONLY, Cause.SECURITY_DEFAULTS}
    ]
    if not ends:
        return holds("No rule of the tenant ends the token on a day that can be foreseen.")
    acts = time_limit_actions(known)
    if onboarding.facts.block_policy:
        acts = (*acts, f"{EXCLUDE_USER}.")
    title = "The tenant's rules end the token early"
    return warns(" ".join(ends), acts, Who.OPERATOR, Who.ADMIN, title=title)


def _reads_no_rules(onboarding: Onboarding) -> str:
    return "nobody signs in here" if onboarding.answers.graph_identity == "none" else ""


def _proves_stored_token_again(onboarding: Onboarding) -> str:
    return "the token that was stored is proven again" if proves_again(onboarding) else ""


def _is_registered(onboarding: Onboarding) -> bool | None:
    """Return whether the app has the redirect URI, None where that cannot be told beforehand."""
    wanted = onboarding.answers.sign_in_redirect_uri
    found = known_registration(onboarding)
    if found is not None:
        return bool(found.platform_of(wanted))
    refusal = refusal_of_redirect_uri(onboarding)
    return None if isinstance(refusal, Unreachable) else refusal is None


def chosen_flow(onboarding: Onboarding) -> str:
    """Return the name of the flow: the one chosen in this run, else the operator's answer."""
    return onboarding.memory.probes.flow or onboarding.answers.sign_in_flow


def _is_no_browser_sign_in(onboarding: Onboarding) -> str:
    if reason := _proves_stored_token_again(onboarding):
        return reason
    return "" if chosen_flow(onboarding) == BROWSER else "the sign-in is not made in a browser"


def _may_be_a_browser(answers: Answers) -> bool:
    return answers.sign_in_flow in {AUTO, BROWSER}


FLOW_FIELDS: Final = (
    Field(
        FLOW_FIELD,
        "Way to sign in",
        "In a browser, on this machine or another: security defaults let it through, and no later block of device "
        "codes ends its token. With a code, if the app has no redirect URI. With a stored token, if CIPP or another "
        "tool has one already.",
        Kind.CHOICE,
        choices=(
            (AUTO, "automatic (what gets through and lasts)"),
            *((name, each.words) for name, each in METHODS.items()),
        ),
        unproves=("user.way", "store"),
    ),
    Field(
        "token_layout",
        "The token lies",
        "In the key vault below, where a tool has stored it: its value stays as it is, and it gets tags once you "
        "agree. Or in no vault: then it is pasted here, and written to the vault like one of a sign-in.",
        Kind.CHOICE,
        choices=PLACE_CHOICES,
        asked_if=takes_over,
        unproves=("user", "store"),
    ),
    Field(
        "stored_token",
        "Refresh token",
        "The token itself, in one line. It stays in memory until it is proven and written to the vault.",
        Kind.SECRET,
        validate=refresh_token_error,
        reader=read_client_secret,
        asked_if=is_pasted,
        unproves=("user", "store"),
    ),
    Field(
        "sign_in_redirect_uri",
        "Redirect URI",
        "Where the browser ends, as registered for the app. Usually http://localhost under Mobile and desktop "
        "applications; under Web the app's credential is sent as well. Plain http is for localhost alone.",
        validate=redirect_uri_error,
        asked_if=_may_be_a_browser,
        unproves=("user.way", "store"),
    ),
    Field(
        "sign_in_rules",
        "Sign-in policies",
        "What the tenant requires at sign-in. Security defaults refuse device codes; they are usually on where nobody "
        "made policies. If you do not know, leave it.",
        Kind.CHOICE,
        choices=RULE_CHOICES,
        asked_if=lambda answers: answers.graph_identity == "none" and not takes_over(answers),
        unproves=("user.way", "store"),
    ),
)
FLOW_CHECKS: Final = (
    Check(
        "user.way",
        "The way to sign in gets through",
        "The way to sign in is refused",
        "Sign-in",
        check_flow,
        settled_by="user.signed_in",
        fields_to_fix=(FLOW_FIELD,),
        skipped_because=_proves_stored_token_again,
        health_rule=HealthRule(recheck_flow, skipped_because=_reads_no_rules, applies_anyway=True),
    ),
    Check(
        "user.redirect_uri",
        "The redirect URI is registered",
        "The redirect URI is not registered",
        "Sign-in",
        check_redirect_uri,
        settled_by="user.signed_in",
        fields_to_fix=("sign_in_redirect_uri",),
        skipped_because=_is_no_browser_sign_in,
        health_rule=not_in_health_check("nobody signs in here"),
    ),
)
