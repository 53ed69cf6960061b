"""Step 1, tenant association: the tenant exists, in this cloud, and is associated with the partner account."""

from __future__ import annotations

from typing import Final

from wizard.core.answers import Field, Kind, tenant_error
from wizard.core.findings import Finding, Who
from wizard.core.pasted_values import read_tenant
from wizard.core.retries import with_retries
from wizard.core.shapes import is_guid
from wizard.microsoft.clouds import cloud_of_sub_scope
from wizard.onboarding.finding_builders import could_not_tell, fails, holds, warns
from wizard.onboarding.health_rule import HealthRule, needs_checks
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.step import Check, Step

EVERY_STEP: Final = ("tenant", "app", "consent", "user", "store", "access")
CLOSED_CLOUDS: Final = {"microsoftonline.de": "Microsoft Cloud Germany, which was closed on 29 October 2021"}
"""By the `cloud_instance_name` of their tenants (protocol 5)."""


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
    onboarding.learn(
        tenant_id=record.tenant_id,
        cloud_instance=record.cloud_instance_name,
        tenant_sub_scope=record.sub_scope,
    )
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
        (
            "Find out what became of the domain.",
            f"If {onboarded} is still yours, start again with that id as the tenant.",
        ),
        Who.ADMIN,
        title="The domain leads to another tenant now",
        tenant_id=found,
    )


def check_cloud(onboarding: Onboarding) -> Finding:
    """The tenant lives in the chosen cloud (protocol 5)."""
    cloud, found = onboarding.services.cloud, onboarding.facts.cloud_instance
    if found == cloud.cloud_instance_name:
        return _part_of_cloud(onboarding)
    if found in CLOSED_CLOUDS:
        return fails(
            f"The tenant is in {CLOSED_CLOUDS[found]}.",
            ("Use the tenant that your company has in the global cloud now.", "If it has none, ask Microsoft support."),
            Who.OPERATOR,
            Who.MICROSOFT,
            title="The tenant is in a cloud that was closed",
            cloud=cloud.name,
            cloud_instance_name=found,
        )
    if not found:
        return fails(
            "Entra did not say which cloud the tenant is in.",
            (
                "Check again.",
                "If it stays like this, choose the cloud that the tenant's portal address belongs to.",
            ),
            Who.OPERATOR,
            title="The tenant's cloud is not known",
        )
    return fails(
        f"The tenant is in another cloud: Entra names {found}, {cloud.title} would be {cloud.cloud_instance_name}.",
        (f"Choose the cloud of {found}.", "Or correct the tenant."),
        Who.OPERATOR,
        cloud=cloud.name,
        cloud_instance_name=found,
    )


def _part_of_cloud(onboarding: Onboarding) -> Finding:
    """The tenant is in the part of the cloud that was chosen; sub-scopes are (U)."""
    cloud, sub_scope = onboarding.services.cloud, onboarding.facts.tenant_sub_scope
    evidence = {"cloud": cloud.name, "cloud_instance_name": onboarding.facts.cloud_instance}
    if sub_scope:
        evidence["tenant_region_sub_scope"] = sub_scope
    own = cloud_of_sub_scope(sub_scope)
    if own is not None and own.cloud_instance_name == cloud.cloud_instance_name and own.name != cloud.name:
        return warns(
            f"The tenant's record names the part {sub_scope}, which is {own.title}; {cloud.title} was chosen.",
            f"If a later check is refused, choose {own.title}.",
            Who.OPERATOR,
            title="The tenant is in another part of this cloud",
            **evidence,
        )
    part = f" It is a {sub_scope} tenant." if sub_scope else ""
    return holds(f"The tenant is in the chosen cloud, {cloud.title}.{part}", **evidence)


def check_association(onboarding: Onboarding) -> Finding:
    """The tenant is associated in Partner Center: the operator says so now, Partner Center later (protocol 4.6)."""
    portal = onboarding.services.cloud.portal_partner_center
    how = (
        f"Open {portal}, Account settings > Tenants, and associate the tenant there: the Manager role may.",
        "Or create a new tenant there, as a Global Administrator; an account may have several.",
        "If the directory is synchronised from on-premises, create users there.",
    )
    if not onboarding.answers.associated:
        return fails("The tenant is not associated in Partner Center yet.", how, Who.OPERATOR, Who.ADMIN, portal=portal)
    return could_not_tell(
        "You say the tenant is associated; Partner Center can confirm it only once a token for it is there.",
        how,
        Who.OPERATOR,
        Who.ADMIN,
        portal=portal,
    )


TENANT = Step(
    "tenant",
    "Tenant association",
    "Tenant",
    "Programs can use Partner Center only for a tenant that is associated with your partner account. "
    "This step finds the tenant and makes sure that it is the right one, in the right cloud.",
    fields=(
        Field(
            "tenant",
            "Partner tenant",
            "The domain of your partner tenant, such as contoso.com, or its id (a GUID).",
            validate=tenant_error,
            reader=read_tenant,
            unproves=EVERY_STEP,
        ),
        Field(
            "associated",
            "Associated in Partner Center",
            "Partner Center > Account settings > Tenants lists this tenant.",
            Kind.YES_NO,
            unproves=("tenant.associated", "user.partner_tenant", "user.referrals", "access.legal_business"),
        ),
    ),
    facts=("tenant_id", "cloud_instance", "tenant_sub_scope"),
    checks=(
        Check(
            "tenant.well_formed",
            "The tenant is a domain or an id",
            "The tenant is neither a domain nor an id",
            "Tenant",
            check_tenant_form,
            fields_to_fix=("tenant",),
        ),
        Check(
            "tenant.exists",
            "The tenant exists",
            "The tenant does not exist",
            "Tenant",
            check_tenant_exists,
            fields_to_fix=("tenant",),
            health_rule=HealthRule(recheck_tenant, needs=needs_checks("start.login", "tenant.well_formed")),
        ),
        Check(
            "tenant.cloud",
            "The tenant is in the chosen cloud",
            "The tenant is in another cloud",
            "Tenant",
            check_cloud,
            fields_to_fix=("tenant",),
            health_rule=HealthRule(needs=needs_checks("tenant.exists")),
        ),
        Check(
            "tenant.associated",
            "The tenant is associated",
            "The tenant is not associated in Partner Center",
            "Partner Center",
            check_association,
            settled_by="user.partner_tenant",
            or_settled_by=("user.referrals", "access.legal_business"),
            fields_to_fix=("associated",),
            health_rule=HealthRule(
                covered_by="store.partner_center", or_covered_by=("store.referrals", "access.legal_business")
            ),
        ),
    ),
    form_title="The tenant",
)
