"""The home of a control panel vendor's app: another tenant than the partner's, where the app is registered."""

from __future__ import annotations

from wizard.core.findings import Finding, Who
from wizard.core.retries import with_retries
from wizard.onboarding.finding_builders import fails, holds, refused
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_access import NO_SERVICE_PRINCIPAL, UNKNOWN_APP, refusal_of_app_at_home


def check_home(onboarding: Onboarding) -> Finding:
    """The vendor's own tenant exists, is another than the partner's, and has the app."""
    home, client_id = onboarding.answers.home_tenant, onboarding.answers.client_id
    record = with_retries(
        onboarding, "reading your tenant's record", lambda: onboarding.services.entra.discover_tenant(home)
    )
    if record.tenant_id == onboarding.facts.tenant_id:
        return fails(
            f"{home} is the tenant that is onboarded: an app of its own tenant is no control panel vendor's.",
            (
                "Enter your own tenant, where the app is registered.",
                "Or, if you onboard your own company, begin again as a CSP partner.",
            ),
            Who.OPERATOR,
            title="Your own tenant and the partner's are the same",
            tenant_id=record.tenant_id,
        )
    onboarding.learn(home_tenant_id=record.tenant_id)
    refusal = refusal_of_app_at_home(onboarding)
    if refusal and refusal.code in UNKNOWN_APP | {NO_SERVICE_PRINCIPAL}:
        return refused(refusal, client_id=client_id)
    return holds(f"The app is known in {home}.", client_id=client_id, tenant_id=record.tenant_id)
