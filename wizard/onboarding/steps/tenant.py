"""Step 1, tenant association: the tenant exists, in this cloud, and is associated with the partner account."""

from __future__ import annotations

from typing import Final

from wizard.core.answers import Field, Kind, tenant_error
from wizard.core.findings import Finding, Who
from wizard.core.retries import with_retries
from wizard.core.shapes import is_guid
from wizard.onboarding.finding_builders import could_not_tell, fails, holds
from wizard.onboarding.health_rule import HealthRule, needs_checks
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.step import Check, Step

EVERY_STEP: Final = ("tenant", "app", "consent", "user", "store")


def check_tenant_form(onboarding: Onboarding) -> Finding:
    """The tenant is named by a domain or a GUID."""
    tenant = onboarding.answers.tenant
    if error := tenant_error(tenant):
        return fails(f"“{tenant}” names no tenant: {error}.", "Correct the tenant.", Who.OPERATOR)
    kind = "tenant id" if is_guid(tenant) else "domain"
    return holds(f"{tenant} has the form of a {kind}.", tenant=tenant)


def check_tenant_exists(onboarding: Onboarding) -> Finding:
    """Entra knows the tenant; a domain gives its id (protocol 1.1)."""
    tenant = onboarding.answers.tenant
    record = with_retries(
        onboarding, "reading the tenant's record", lambda: onboarding.services.entra.discover_tenant(tenant)
    )
    onboarding.learn(tenant_id=record.tenant_id, cloud_instance=record.cloud_instance_name)
    return holds(f"{tenant} is tenant {record.tenant_id}.", tenant_id=record.tenant_id)


def recheck_tenant(onboarding: Onboarding) -> Finding:
    """Entra still knows the tenant, and a domain still leads to the tenant that was onboarded."""
    onboarded = onboarding.facts.tenant_id
    finding = check_tenant_exists(onboarding)
    found = onboarding.facts.tenant_id
    if found == onboarded:
        return finding
    onboarding.learn(tenant_id=onboarded)
    return fails(
        f"{onboarding.answers.tenant} now leads to another tenant, {found}; {onboarded} was onboarded.",
        f"Find out what became of the domain. If {onboarded} is still yours, start again with that id as the tenant.",
        Who.ADMIN,
        tenant_id=found,
    )


def check_cloud(onboarding: Onboarding) -> Finding:
    """The tenant lives in the chosen cloud (protocol 5)."""
    cloud, found = onboarding.services.cloud, onboarding.facts.cloud_instance
    if found == cloud.cloud_instance_name:
        return holds(f"The tenant is in the chosen cloud, {cloud.title}.", cloud=cloud.name, cloud_instance_name=found)
    if not found:
        return fails(
            "Entra did not say which cloud the tenant is in.",
            "Check again. If it stays like this, choose the cloud that the tenant's portal address belongs to.",
            Who.OPERATOR,
        )
    return fails(
        f"The tenant is in another cloud: Entra names {found}, {cloud.title} would be {cloud.cloud_instance_name}.",
        f"Choose the cloud of {found}, or correct the tenant.",
        Who.OPERATOR,
        cloud=cloud.name,
        cloud_instance_name=found,
    )


def check_association(onboarding: Onboarding) -> Finding:
    """The tenant is associated in Partner Center: the operator says so now, Partner Center later (protocol 4.6)."""
    portal = onboarding.services.cloud.portal_partner_center
    how = (
        f"Open {portal}, Account settings > Tenants, and associate the tenant there (a new tenant can be created there "
        "too, and an account may have several). The Manager role may associate; only a Global Administrator may create "
        "a tenant or its users. If the directory is synchronised from on-premises, users are created there."
    )
    if not onboarding.answers.associated:
        return fails("The tenant is not associated in Partner Center yet.", how, Who.OPERATOR, Who.ADMIN, portal=portal)
    return could_not_tell(
        "You say the tenant is associated; Partner Center can confirm it only after the integration user's sign-in.",
        how,
        Who.OPERATOR,
        Who.ADMIN,
        portal=portal,
    )


TENANT = Step(
    "tenant",
    "Tenant association",
    "Programs can use Partner Center only for a tenant that is associated with your partner account. "
    "This step finds the tenant and makes sure that it is the right one, in the right cloud.",
    fields=(
        Field(
            "tenant",
            "Partner tenant",
            "The domain of your partner tenant, such as contoso.com, or its id (a GUID).",
            validate=tenant_error,
            unproves=EVERY_STEP,
        ),
        Field(
            "associated",
            "Associated in Partner Center",
            "Partner Center > Account settings > Tenants lists this tenant.",
            Kind.YES_NO,
            unproves=("tenant.associated", "user.partner_tenant"),
        ),
    ),
    facts=("tenant_id", "cloud_instance"),
    checks=(
        Check(
            "tenant.well_formed",
            "The tenant is named by a domain or an id",
            check_tenant_form,
            fields_to_fix=("tenant",),
        ),
        Check(
            "tenant.exists",
            "The tenant exists",
            check_tenant_exists,
            fields_to_fix=("tenant",),
            health_rule=HealthRule(recheck_tenant, needs=needs_checks("start.login", "tenant.well_formed")),
        ),
        Check(
            "tenant.cloud",
            "It is in the chosen cloud",
            check_cloud,
            fields_to_fix=("tenant",),
            health_rule=HealthRule(needs=needs_checks("tenant.exists")),
        ),
        Check(
            "tenant.associated",
            "It is associated in Partner Center",
            check_association,
            settled_by="user.partner_tenant",
            fields_to_fix=("associated",),
            health_rule=HealthRule(covered_by="store.partner_center"),
        ),
    ),
)
