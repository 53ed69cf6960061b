"""The last step of an app without a user: Entra gives it a token, and Partner Center accepts that (protocol 4.3)."""

from __future__ import annotations

from typing import Final

from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Finding, Who
from wizard.core.retries import with_retries
from wizard.core.secret import Secret
from wizard.onboarding.finding_builders import holds, refused, warns
from wizard.onboarding.health_rule import HealthRule, needs_checks
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_access import request_app_token
from wizard.onboarding.step import Check, Step

FACET: Final = "app_only"


def request_token(onboarding: Onboarding) -> Finding:
    """Entra gives the app a token of its own for Partner Center."""
    onboarding.memory.probes.app_tokens.clear()  # the use of a new one is what proves
    answer = request_app_token(onboarding, onboarding.api_audience)
    if isinstance(answer, ServiceRefusal):
        return refused(answer)
    return holds("Entra gives the app a token for Partner Center.", resource=onboarding.api_audience)


def check_legal_business(onboarding: Onboarding) -> Finding:
    """Partner Center gives the app the legal business profile, the cheapest call that takes a token without a user."""
    token = _app_token(onboarding)
    profile = with_retries(
        onboarding,
        "asking Partner Center for the legal business profile",
        lambda: onboarding.services.partner_center.read_legal_business(token),
    )
    onboarding.learn(partner_name=profile.name, access_proven_at=onboarding.now_stamp())
    return holds(
        f"Partner Center knows the tenant as {profile.name or 'a partner'}, and accepts the app without a user.",
        company=profile.name,
        vettingStatus=profile.vetting,
    )


def check_customers(onboarding: Onboarding) -> Finding:
    """The app may list customers."""
    token = _app_token(onboarding)
    try:
        with_retries(
            onboarding,
            "asking Partner Center for customers",
            lambda: onboarding.services.partner_center.require_customers(token),
        )
    except ServiceRefusal as refusal:
        code = f" ({refusal.code})" if refusal.code else ""
        return warns(
            f"Partner Center does not list customers for the app{code}: a program without a user may not do all that "
            "one with a user may.",
            "If your program needs customers, onboard as a CSP partner, with an integration user.",
            Who.OPERATOR,
            title="The app may not list customers",
        )
    return holds(
        "The app may list customers. What acts on a customer by a GDAP role, the organization and MPN profiles, the "
        "MFA reports, insights and referrals still need a user."
    )


def _app_token(onboarding: Onboarding) -> Secret:
    answer = request_app_token(onboarding, onboarding.api_audience)
    if isinstance(answer, ServiceRefusal):
        raise answer
    return answer


ACCESS = Step(
    "access",
    "App-only access",
    "Access",
    "Nobody signs in here. The app gets a token with its own credential, and Partner Center is asked whether it "
    "accepts that.",
    fields=(),
    facts=("partner_name", "access_proven_at"),
    success_summary="Partner Center accepts the app without a user",
    checks=(
        Check(
            "access.token",
            "Entra gives the app a token",
            "Entra gives the app no token",
            "App-only",
            request_token,
            health_rule=HealthRule(needs=needs_checks("app.credential")),
            facet=FACET,
        ),
        Check(
            "access.legal_business",
            "Partner Center accepts the app",
            "Partner Center does not accept the app",
            "App-only",
            check_legal_business,
            health_rule=HealthRule(needs=needs_checks("start.partner_center", "access.token")),
            facet=FACET,
        ),
        Check(
            "access.customers",
            "The app may list customers",
            "The app may not list customers",
            "App-only",
            check_customers,
            advisory=True,
            health_rule=HealthRule(needs=needs_checks("access.legal_business")),
            facet=FACET,
        ),
    ),
)
