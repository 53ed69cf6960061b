"""What a national cloud asks of an app besides: it is added in Partner Center by hand, with permissions on Graph."""

from __future__ import annotations

from typing import Final

from wizard.core.findings import Finding, Who
from wizard.microsoft.graph import GRAPH_APP_ID
from wizard.onboarding.finding_builders import could_not_tell, fixed_by, holds, warns
from wizard.onboarding.health_rule import HealthRule, needs_checks
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.graph_reading import known_registration
from wizard.onboarding.probes.wanted_access import adding_permissions
from wizard.onboarding.step import Check

ADD_APP: Final = "Add the app in Partner Center: Account settings > App management."
ADD_PERMISSION: Final = (
    "Add a delegated permission on Microsoft Graph, such as User.Read (App registrations > the app > API permissions)."
)


def check_national_cloud(onboarding: Onboarding) -> Finding:
    """The app asks for a permission on Graph; that it was added in Partner Center cannot be seen (protocol 5)."""
    registration, cloud = known_registration(onboarding), onboarding.services.cloud
    if registration is None:
        return could_not_tell(
            f"{cloud.title} wants the app added in Partner Center, and permissions on Microsoft Graph; neither can be "
            "seen with the permissions available here.",
            (ADD_APP, ADD_PERMISSION),
            Who.OPERATOR,
            Who.ADMIN,
        )
    if GRAPH_APP_ID not in registration.requested_apis:
        finding = warns(
            f"The app asks for no permission on Microsoft Graph, which {cloud.title} does not let it do without.",
            (ADD_PERMISSION, "Have consent granted.", ADD_APP),
            Who.ADMIN,
            title="The app asks for no permission on Graph",
        )
        return fixed_by(finding, *adding_permissions(onboarding, registration))
    return holds(
        "The app asks for a permission on Microsoft Graph. It has to be added in Partner Center as well (Account "
        "settings > App management), which cannot be seen."
    )


def _is_global(onboarding: Onboarding) -> str:
    return "" if onboarding.services.cloud.adds_apps_by_hand else "this cloud adds apps by itself"


NATIONAL_CLOUD_CHECK: Final = Check(
    "app.national_cloud",
    "The app fits the national cloud",
    "The app does not fit the national cloud",
    "In the tenant",
    check_national_cloud,
    advisory=True,
    skipped_because=_is_global,
    health_rule=HealthRule(needs=needs_checks("app.credential")),
)
