"""Which administrator a failure needs, by the key that an entry of the catalogue names: who that is, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CONSENT: Final = "consent"
"""The key of whoever may grant admin consent."""

ADMINISTRATORS: Final[Mapping[str, str]] = {
    CONSENT: (
        "An administrator of the tenant who may grant consent (Privileged Role, Cloud Application or Application "
        "Administrator)"
    ),
    "app": "Whoever owns the app registration (Application or Cloud Application Administrator)",
    "applications": "An Application or Cloud Application Administrator of the tenant",
    "application_policies": "A Global Administrator of the tenant, who may change application management policies",
    "policies": "A Conditional Access or Security Administrator of the tenant",
    "policies_of_either": (
        "A Conditional Access Administrator of the tenant whose policy it is: the partner's or the customer's"
    ),
    "risk": "A Security Administrator of the account's home tenant",
    "users": "An administrator of the tenant who manages its users (User or Authentication Administrator)",
    "authentication_methods": "An Authentication Policy Administrator of the tenant",
    "cross_tenant": "A Security Administrator of the account's home tenant",
    "devices": "A Cloud Device Administrator of the tenant",
    "graph": "A Privileged Role Administrator of the tenant",
    "tenant": "A Global Administrator of the tenant",
    "federation": "Whoever runs the organization's federated sign-in (AD FS, Okta and the like)",
    "on_premises": "Whoever runs the on-premises Active Directory and Microsoft Entra Connect",
    "vault": "Whoever manages access to the key vault (Owner or User Access Administrator)",
    "vault_policies": "An Owner or Contributor of the key vault",
    "vault_network": "An Owner or Contributor of the key vault, or its network administrator",
    "virtual_machine": "An Owner or Contributor of the virtual machine",
    "azure": "An Owner of the Azure subscription",
    "partner_center": "An account admin in Partner Center",
    "directory_roles": "A Privileged Role Administrator of the tenant, who assigns roles to accounts and apps",
    "exchange": "An Exchange Administrator of the tenant",
    "exchange_roles": "An Exchange Administrator of the tenant; for a role of Entra ID a Privileged Role Administrator",
    "gdap": "An Admin agent of the partner for the groups; a User Administrator of the customer for a guest account",
    "relationship": "An Admin agent of the partner who manages the GDAP relationship",
    "customer": "An administrator of the customer (Cloud Application or Application Administrator there)",
    "customer_policies": "A Conditional Access Administrator of the customer",
    "agreement": "A Global Administrator of the company that has to accept the agreement",
    "fabric": "A Fabric Administrator of the tenant",
    "power_platform": "A Power Platform Administrator of the tenant, or a System Administrator of the environment",
    "sql": "Whoever is the Microsoft Entra admin of the SQL server",
    "network": "Whoever runs the network and the proxy",
    "maker": "Whoever makes the app: its developer or vendor",
}
"""Who an administrator is, as a line begins. Source of the roles: protocol 1.6, 2.3, 4.5, 4.6, 6.1, 11.4, 11.7."""

OF_CHECK: Final[Mapping[str, str]] = {
    "consent.principal": "applications",
    "consent.permissions": CONSENT,
    "user.not_global_admin": "users",
    "user.scope": CONSENT,
    "user.refresh_token": "policies",
    "user.mfa": "policies",
    "user.mfa_compliant": "policies",
    "store.mfa_compliant": "policies",
    "user.redirect_uri": "app",
    "user.vault_rights": "vault",
    "user.way": "policies",
}
"""Whom a check needs that fails without a code, where its service and step do not say it."""

_OF_SERVICE: Final = {"key_vault": "vault", "partner_center": "partner_center", "graph": "graph", "network": "network"}
_OF_STEP: Final = {
    "admin_consent": CONSENT,
    "app": "app",
    "user_consent": "users",
    "key_vault": "vault",
    "partner_center": "partner_center",
    "renewal": "users",
}


def administrator_without_code(service: str, steps: tuple[str, ...]) -> str:
    """Return the key of whom a failure needs that has no code, "" if it is any administrator of the tenant.

    Args:
        service: that it is about; "" for none.
        steps: where it is met, in the words of a diagnosis.
    """
    return _OF_SERVICE.get(service) or next((_OF_STEP[step] for step in steps[:1] if step in _OF_STEP), "")
