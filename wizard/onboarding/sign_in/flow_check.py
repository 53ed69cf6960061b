"""Which way the integration user signs in: what gets through here and lasts, before anybody signs in."""

from __future__ import annotations

from typing import Final

from wizard.core.answers import Answers, Field, Kind, is_loopback, redirect_uri_error
from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Finding, Who
from wizard.onboarding.context import Onboarding
from wizard.onboarding.finding_builders import could_not_tell
from wizard.onboarding.health_rule import not_in_health_check
from wizard.onboarding.probes.app import registration
from wizard.onboarding.probes.policies import read_policies
from wizard.onboarding.sign_in.flow_choice import BROWSER, RULE_CHOICES, choose_flow
from wizard.onboarding.sign_in.method import OTHER_FLOW
from wizard.onboarding.sign_in.methods import METHODS
from wizard.onboarding.sign_in.redirect_uri import redirect_uri, refusal_of_page
from wizard.onboarding.step import Check

AUTO: Final = "auto"
FLOW_FIELD: Final = "sign_in_flow"
"""The field that names the way to sign in."""


def other_flow(finding: Finding | None) -> str:
    """The name of another way to sign in that a refusal may not meet, "" where there is none."""
    return str(finding.evidence.get(OTHER_FLOW, "")) if finding else ""


def sign_in_label(way: str) -> str:
    """How another way to sign in is offered: "Sign in in a browser"."""
    return f"Sign in {METHODS[way].words}"


def check_flow(onboarding: Onboarding) -> Finding:
    """The way to sign in, chosen or named, gets through and lasts; by policies, else by the operator's word."""
    answers = onboarding.answers
    onboarding.learn(redirect_platform="", expiry_notes=())  # of the way of an earlier try
    flow = answers.sign_in_flow
    if flow not in {AUTO, BROWSER, "device-code"}:
        return could_not_tell(f"Nothing is known beforehand of the way “{flow}”; the sign-in shows it.")
    found = choose_flow(
        read_policies(onboarding),
        answers.sign_in_rules,
        flow=flow,
        person_at_terminal=onboarding.is_attended,
        has_port=is_loopback(answers.sign_in_redirect_uri) and (bool(onboarding.port) or flow == BROWSER),
        redirect_registered=_is_registered(onboarding) if flow == AUTO else None,  # else the next check says it
        now=onboarding.clock.now(),
    )
    onboarding.memory.probes.flow = found.flow
    onboarding.learn(expiry_notes=found.ends_by)
    evidence = {"flow": found.flow} if found.flow else {}
    who = (Who.OPERATOR, Who.ADMIN) if found.remedy else ()
    return Finding("", found.outcome, found.message, evidence, found.remedy, who)


def _is_registered(onboarding: Onboarding) -> bool | None:
    """Whether the app has the redirect URI, None where that cannot be told beforehand."""
    wanted = onboarding.answers.sign_in_redirect_uri
    found = registration(onboarding)
    if found is not None:
        return bool(found.platform_of(wanted))
    refusal = refusal_of_page(onboarding)
    return None if isinstance(refusal, Exception) and not isinstance(refusal, ServiceRefusal) else refusal is None


def chosen_flow(onboarding: Onboarding) -> str:
    """The name of the way to sign in: the one chosen in this run, else the operator's."""
    return onboarding.memory.probes.flow or onboarding.answers.sign_in_flow


def _no_browser(onboarding: Onboarding) -> str:
    return "" if chosen_flow(onboarding) == BROWSER else "the sign-in is not made in a browser"


def _may_be_a_browser(answers: Answers) -> bool:
    return answers.sign_in_flow in {AUTO, BROWSER}


FLOW_FIELDS: Final = (
    Field(
        FLOW_FIELD,
        "Way to sign in",
        "In a browser, on this machine or another: security defaults let it through, and no later block of device "
        "codes ends its token. With a code: where the app has no redirect URI.",
        Kind.CHOICE,
        choices=(
            (AUTO, "the one that gets through and lasts"),
            *((name, each.words) for name, each in METHODS.items()),
        ),
        unproves=("user.way", "store"),
    ),
    Field(
        "sign_in_redirect_uri",
        "Sign-in redirect URI",
        "Of the app: where the browser ends. Usually http://localhost under Mobile and desktop applications; under Web "
        "the app's credential goes along. Plain http is for localhost alone.",
        check=redirect_uri_error,
        asked_if=_may_be_a_browser,
        unproves=("user.way", "store"),
    ),
    Field(
        "sign_in_rules",
        "Sign-in rules",
        "Has an administrator set up rules for signing in? With none, Entra's own standard protection (security "
        "defaults) is usually on, and refuses codes.",
        Kind.CHOICE,
        choices=RULE_CHOICES,
        asked_if=lambda answers: answers.graph_identity == "none",
        unproves=("user.way", "store"),
    ),
)
FLOW_CHECKS: Final = (
    Check(
        "user.way",
        "The way to sign in gets through, and lasts",
        check_flow,
        settled_by="user.signed_in",
        fields_to_fix=("sign_in_flow",),
        health_rule=not_in_health_check("nobody signs in here"),
    ),
    Check(
        "user.redirect_uri",
        "The redirect URI is registered",
        redirect_uri,
        settled_by="user.signed_in",
        fields_to_fix=("sign_in_redirect_uri",),
        skipped_because=_no_browser,
        health_rule=not_in_health_check("nobody signs in here"),
    ),
)
