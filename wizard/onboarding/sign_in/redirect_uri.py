"""The redirect URI of the sign-in in a browser: whether it is registered, and under which platform, before the link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.findings import Finding, Who
from wizard.core.fixes import Fix
from wizard.core.retries import with_retries
from wizard.core.wording import lower_first
from wizard.onboarding.finding_builders import could_not_tell, fails, fixed_by, holds, refused
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_fixes import add_redirect_uri
from wizard.onboarding.probes.graph_reading import known_registration
from wizard.onboarding.refusal_context import RefusalContext
from wizard.onboarding.sign_in.browser_method import DESKTOP, PLATFORMS, SINGLE_PAGE, WEB

if TYPE_CHECKING:
    from wizard.microsoft.registration import AppRegistration

REGISTER: Final = (
    "Register it: entra.microsoft.com > App registrations > the app > Authentication > Add a platform > Mobile and "
    "desktop applications (a program without a secret) or Web (with the app's secret or certificate); the free "
    "field is below the tick boxes, and plain http is accepted for localhost alone, where nobody else can listen."
)
WRONG_PLATFORM: Final = "The redirect URI stands under the wrong platform"


def check_redirect_uri(onboarding: Onboarding) -> Finding:
    """The redirect URI is registered: from Graph where the app may be read, else from Entra's own page (U)."""
    wanted = onboarding.answers.sign_in_redirect_uri
    registration = known_registration(onboarding)
    if registration is not None:
        return _registered_platform(onboarding, registration, wanted)
    refusal = refusal_of_redirect_uri(onboarding)
    if isinstance(refusal, ServiceRefusal):
        names = {"<app id>": onboarding.answers.client_id}
        return refused(refusal, context=RefusalContext.BROWSER_SIGN_IN, names=names, redirect_uri=wanted)
    if isinstance(refusal, Unreachable):
        return could_not_tell(
            f"Whether {wanted} is registered cannot be told from here ({refusal.host} {refusal.detail}); the sign-in "
            "page shows it.",
            f"If the page says that the redirect URI does not match (AADSTS50011): {lower_first(REGISTER)}",
            Who.OPERATOR,
            redirect_uri=wanted,
        )
    return holds(f"Entra knows the redirect URI {wanted} as the app's.", redirect_uri=wanted)


def refusal_of_redirect_uri(onboarding: Onboarding) -> ServiceRefusal | Unreachable | None:
    """Return why Entra's page refuses the redirect URI, or could not be asked; None where it accepts it.

    Asked once in a run.
    """
    known = onboarding.memory.probes.redirect_refusal
    if known is None:
        answers, services = onboarding.answers, onboarding.services
        try:
            known = (
                with_retries(
                    onboarding,
                    "asking whether the redirect URI is registered",
                    lambda: services.authorization_codes.probe_redirect_uri(
                        onboarding.facts.tenant_id,
                        answers.client_id,
                        onboarding.api_scope,
                        answers.sign_in_redirect_uri,
                    ),
                ),
            )
        except Unreachable as error:
            known = (error,)
        onboarding.memory.probes.redirect_refusal = known
    return known[0]


def _registered_platform(onboarding: Onboarding, registration: AppRegistration, wanted: str) -> Finding:
    platform = registration.platform_of(wanted)
    onboarding.learn(redirect_platform=platform)
    if not platform:
        listed = ", ".join(registration.redirect_uris) or "none"
        finding = fails(
            f"{wanted} is not among the app's redirect URIs (registered: {listed}).",
            REGISTER,
            Who.ADMIN,
            Who.OPERATOR,
            code="AADSTS50011",
            redirect_uri=wanted,
        )
        return fixed_by(finding, _registering(onboarding, registration, wanted))
    message = f"{wanted} {PLATFORMS[platform]}."
    if platform == SINGLE_PAGE:
        acts = ("Delete it there.", REGISTER)
        return fails(message, acts, Who.OPERATOR, Who.ADMIN, title=WRONG_PLATFORM, code="AADSTS9002327")
    if platform != DESKTOP and onboarding.answers.credential == "none":
        return fails(
            message,
            (
                "Enter the app's secret or certificate in step 2.",
                "Or register the redirect URI under Mobile and desktop applications instead.",
            ),
            Who.OPERATOR,
            title=WRONG_PLATFORM,
            code="AADSTS7000218",
        )
    return holds(message, redirect_uri=wanted, platform=platform)


def _registering(onboarding: Onboarding, registration: AppRegistration, wanted: str) -> Fix:
    """Return the fix that registers the redirect URI, under the platform that goes with the app's credential."""
    platform = DESKTOP if onboarding.answers.credential == "none" else WEB
    listed = registration.desktop if platform == DESKTOP else registration.web
    return add_redirect_uri(onboarding.answers.client_id, wanted, platform, listed)
