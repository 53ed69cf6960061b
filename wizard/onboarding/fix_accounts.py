"""Who makes a fix: the Graph identity in the tenant, the vault identity in Azure and in the vault; never the user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wizard.core.answers import vault_host
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


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whoever makes requests to an API: the token, whose it is, and the host."""

    token: Secret
    account: Account
    host: str


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
    azure = probes.azure_token or probes.vault_token  # of one account, the vault identity's
    tokens = {Api.GRAPH: probes.graph_token, Api.RESOURCE_MANAGER: azure, Api.KEY_VAULT: azure}
    return {
        api.value: account_of(token).name
        for api, token in tokens.items()
        if token is not None and not isinstance(token, ServiceRefusal | Unreachable)
    }


def nobody_may(onboarding: Onboarding, api: Api) -> str:
    """Return why nobody could make a fix of this API, "" where somebody may be asked to."""
    return NOBODY_MAY if api is Api.GRAPH and onboarding.answers.graph_identity == NO_GRAPH_IDENTITY else ""


def sign_in_for(onboarding: Onboarding, fix: Fix) -> Mapping[Api, SignedIn] | str:
    """Return who makes a fix that somebody has confirmed, by each of its APIs; or why nobody does, as a sentence.

    Raises:
        Cancelled: the cancel signal was set.
    """
    from wizard.microsoft.changes import host_of

    found = dict[Api, SignedIn]()
    for api in fix.apis:
        if why := nobody_may(onboarding, api):
            return why
        token = _token_for(onboarding, fix, api)
        if isinstance(token, ServiceRefusal | Unreachable):
            said = token.description if isinstance(token, ServiceRefusal) else token.detail
            return f"Nothing was changed: nobody could sign in for it ({said})."
        account = account_of(token)
        if why := why_not(onboarding, fix, account, api):
            return f"Nothing was changed: {why}"
        host = host_of(onboarding.services.cloud, api, vault_host(onboarding.answers.vault_url))
        found[api] = SignedIn(token, account, host)
    return found


def _token_for(onboarding: Onboarding, fix: Fix, api: Api) -> Secret | ServiceRefusal | Unreachable:
    if api is Api.GRAPH:
        return sign_in_to_change(onboarding, fix.permissions_of(api))
    try:
        return azure_token(onboarding) if api is Api.RESOURCE_MANAGER else vault_token(onboarding)
    except (ServiceRefusal, Unreachable) as error:
        return error


def why_not(onboarding: Onboarding, fix: Fix, account: Account, api: Api) -> str:
    """Return why an account makes no request of a fix to an API, as a sentence that goes on; "" if it may.

    Of the APIs that a fix takes beside its own, the service itself knows whose account it lets in.
    """
    wanted = fix.tenant_id or onboarding.app_tenant_id
    if api is fix.api and account.tenant_id.lower() != wanted.lower():
        what = "the app" if fix.api is Api.GRAPH else "what is to be changed"
        return (
            f"{account.name} is signed in to the tenant {account.tenant_id or 'that its token does not name'}, and "
            f"{what} is in {wanted}. Choose an identity of that tenant."
        )
    user = onboarding.answers.integration_user
    if user and account.name.lower() == user.lower():
        return f"{account.name} is the integration user, whose sign-in changes nothing. Sign in as an administrator."
    return ""
