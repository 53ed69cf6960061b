"""“Allow public client flows”: whether the sign-in needs the app's credential, from Graph where it may be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wizard.core.findings import Finding, Who
from wizard.onboarding.finding_builders import could_not_tell, fails, fixed_by, holds
from wizard.onboarding.health_rule import HealthRule, needs_checks
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_fixes import allow_public_client
from wizard.onboarding.probes.graph_reading import known_registration
from wizard.onboarding.sign_in.flow_choice import DEVICE_CODE
from wizard.onboarding.step import Check
from wizard.onboarding.token_place import takes_over

if TYPE_CHECKING:
    from wizard.microsoft.registration import AppRegistration


def check_public_client(onboarding: Onboarding) -> Finding:
    """“Allow public client flows” is known, which decides how the device code is redeemed (protocol 3)."""
    if finding := _public_client_in_graph(onboarding):
        return finding
    stated = onboarding.answers.public_client
    onboarding.learn(public_client=stated)
    if stated is None:
        return could_not_tell("Whether “Allow public client flows” is on is not known; the sign-in tries both ways.")
    if not stated and onboarding.answers.credential == "none":
        return fails(
            "“Allow public client flows” is off, so the sign-in needs the app's credential, and none was given.",
            (
                "Enter a client secret or a certificate.",
                "Or switch the setting on (App registrations > the app > Authentication > Allow public client flows).",
            ),
            Who.OPERATOR,
            Who.ADMIN,
            public_client=False,
        )
    state = "on" if stated else "off"
    return could_not_tell(
        f"You say that “Allow public client flows” is {state}; the sign-in shows it.", public_client=stated
    )


def recheck_public_client(onboarding: Onboarding) -> Finding:
    """“Allow public client flows” is known from Graph; otherwise the use of the stored token shows it."""
    return _public_client_in_graph(onboarding) or could_not_tell(
        "Graph may not be read with the permissions available here; the use of the stored token shows whether it is on."
    )


def _public_client_in_graph(onboarding: Onboarding) -> Finding | None:
    registration = known_registration(onboarding)
    if registration is None:
        return None
    onboarding.learn(public_client=registration.is_public, app_name=registration.name)
    state = "on" if registration.is_public else "off"
    if not registration.is_public and _needs_flows(onboarding, registration):
        finding = fails(
            "“Allow public client flows” is off, as Graph shows it: the sign-in needs the app's credential; none is "
            "given.",
            (
                "Switch the setting on (App registrations > the app > Authentication > Allow public client flows).",
                "Or enter a client secret or a certificate.",
            ),
            Who.OPERATOR,
            Who.ADMIN,
            public_client=False,
        )
        return fixed_by(finding, allow_public_client(onboarding.answers.client_id, is_allowed=registration.flows))
    return holds(f"“Allow public client flows” is {state}, as Graph shows it.", public_client=registration.is_public)


def _needs_flows(onboarding: Onboarding, registration: AppRegistration) -> bool:
    """Return whether the app has no credential, and its sign-in is one that the setting decides about.

    A browser's answer to a redirect URI under Mobile and desktop is redeemed without one all the same (protocol 3).
    """
    answers = onboarding.answers
    if answers.credential != "none" or takes_over(answers):
        return False
    is_by_code = answers.sign_in_flow == DEVICE_CODE
    return is_by_code or registration.platform_of(answers.sign_in_redirect_uri) != "desktop"


PUBLIC_CLIENT_CHECK: Final = Check(
    "app.public_client",
    "“Allow public client flows” is known",
    "The sign-in needs a credential that is missing",
    "In the tenant",
    check_public_client,
    settled_by="user.client_type",
    facet="user",
    health_rule=HealthRule(recheck_public_client, needs=needs_checks("app.credential")),
)
