"""“Allow public client flows”: whether the sign-in needs the app's credential, from Graph where it may be read."""

from __future__ import annotations

from typing import Final

from wizard.core.findings import Finding, Who
from wizard.onboarding.finding_builders import could_not_tell, fails, holds
from wizard.onboarding.health_rule import HealthRule, needs_checks
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.graph_reading import known_registration
from wizard.onboarding.step import Check


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
    return holds(f"“Allow public client flows” is {state}, as Graph shows it.", public_client=registration.is_public)


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
