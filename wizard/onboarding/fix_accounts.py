"""Who makes a fix: the Graph identity in the tenant, the vault identity in Azure and in the vault; never the user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.fixes import Api, Fix
from wizard.core.jwt import payload_segment, read_segment
from wizard.core.text import clean_line
from wizard.onboarding.probes.azure_identity import azure_token, vault_token
from wizard.onboarding.probes.graph_identity import NO_GRAPH_IDENTITY, sign_in_to_change

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.onboarding.onboarding_context import Onboarding

NOBODY_MAY: Final = (
    "No Graph identity is chosen, so nobody is signed in who could do it. Choose one in step 2, or send the command to "
    "whoever has the rights."
)


@dataclass(frozen=True, slots=True)
class Account:
    """Who makes a fix: a name as people know it, and the tenant."""

    name: str
    tenant_id: str


def account_of(access_token: Secret) -> Account:
    """Return whose a token is, by its claims, which are not checked here: the service does that (protocol 6.5)."""
    claims = read_segment(payload_segment(access_token.reveal()))
    person = claims.get("upn") or claims.get("preferred_username") or claims.get("unique_name")
    app = claims.get("app_displayname") or claims.get("appid") or claims.get("azp") or "an app that the token hides"
    tenant_id = str(claims.get("tid") or "")
    return Account(clean_line(str(person or f"the app {app}"), 120), tenant_id)


def known_accounts(onboarding: Onboarding) -> dict[str, str]:
    """Return who would make a fix, by its API, as far as somebody is signed in for it; asks nobody."""
    probes = onboarding.memory.probes
    tokens = {
        Api.GRAPH: probes.graph_token,
        Api.RESOURCE_MANAGER: probes.azure_token,
        Api.KEY_VAULT: probes.vault_token,
    }
    return {
        api.value: account_of(token).name
        for api, token in tokens.items()
        if token is not None and not isinstance(token, ServiceRefusal | Unreachable)
    }


def nobody_may(onboarding: Onboarding, api: Api) -> str:
    """Return why nobody could make a fix of this API, "" where somebody may be asked to."""
    return NOBODY_MAY if api is Api.GRAPH and onboarding.answers.graph_identity == NO_GRAPH_IDENTITY else ""


def sign_in_for(onboarding: Onboarding, fix: Fix) -> Secret | ServiceRefusal | Unreachable:
    """Return the token that makes a fix which somebody has confirmed, or why there is none.

    Raises:
        Cancelled: the cancel signal was set.
    """
    if fix.api is Api.GRAPH:
        return sign_in_to_change(onboarding, fix.permissions)
    try:
        return azure_token(onboarding) if fix.api is Api.RESOURCE_MANAGER else vault_token(onboarding)
    except (ServiceRefusal, Unreachable) as error:
        return error


def why_not(onboarding: Onboarding, fix: Fix, account: Account) -> str:
    """Return why an account makes no fix, as a sentence that goes on; "" if it may."""
    wanted = fix.tenant_id or onboarding.app_tenant_id
    if account.tenant_id.lower() != wanted.lower():
        what = "the app" if fix.api is Api.GRAPH else "what is to be changed"
        return (
            f"{account.name} is signed in to the tenant {account.tenant_id or 'that its token does not name'}, and "
            f"{what} is in {wanted}. Choose an identity of that tenant."
        )
    user = onboarding.answers.integration_user
    if user and account.name.lower() == user.lower():
        return f"{account.name} is the integration user, whose sign-in changes nothing. Sign in as an administrator."
    return ""
