"""A vault whose address leads nowhere: whether Azure has it, and where it could be made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.findings import Finding, Retry, Who
from wizard.core.fixes import Fix
from wizard.core.retries import with_retries
from wizard.core.shapes import is_guid
from wizard.onboarding.finding_builders import fails, fixed_by
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.azure_identity import azure_token, is_of_a_person, tenant_of
from wizard.onboarding.probes.azure_vault import AzureVault, has_no_resource_manager, read_azure_vault
from wizard.onboarding.probes.vault_fixes import Principal, create_vault, recover_vault

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.vault_places import Subscription, VaultPlace, VaultPlaces

LOOKING: Final = "looking where the vault could be made"
IN_ITS_NETWORK: Final = (
    "If the vault has a private endpoint, run the wizard inside its own network: it is found only there."
)
MADE_HERE: Final = "Or, if you have none, have it created here."
NOBODY_TO_MAKE_IT: Final = (
    "Or, if you have none: choose a vault identity that may create it, such as “sign in in a browser” as an Owner of a "
    "subscription. Then it is offered here."
)
LOOK_AT_NAME: Final = "Check the vault's name (Azure portal > Key vaults > the vault > Vault URI)."


@dataclass(frozen=True, slots=True)
class VaultSearch:
    """What Azure says of a vault that is not found.

    Args:
        is_there: whether Azure shows the vault.
        is_taken: whether its name is taken, although Azure shows no such vault.
        lacks_maker: whether it is the vault identity that can make none: it does not sign in, or sees no subscription.
        fixes: that make it, one of them enough.
    """

    is_there: bool = False
    lacks_maker: bool = False
    is_taken: bool = False
    fixes: tuple[Fix, ...] = ()


def vault_not_found(onboarding: Onboarding, host: str, detail: str) -> Finding:
    """Return the finding of a vault whose address leads nowhere, with the fixes that make it.

    Raises:
        Cancelled: the cancel signal was set.
    """
    name = host.partition(".")[0]
    found = _search(onboarding, name)
    if found.is_there:
        finding = fails(
            f"Azure has the vault {name}, but its address {host} is not found from here: {detail}.",
            ("If it was created a moment ago, wait some minutes, then check again.", IN_ITS_NETWORK),
            Who.OPERATOR,
            title="The vault's address is not found",
            host=host,
        )
        return replace(finding, retry=Retry.WAIT)
    taken = (
        f"The name {name} is taken in Azure. If it was yours and is deleted, have it recovered: `az keyvault recover "
        f"--name {name}`; if it is somebody else's, choose another name.",
    )
    if found.is_taken and found.fixes:
        finding = fails(
            f"The vault {name} was deleted, and can be recovered with what is in it.",
            ("Have it recovered here.", f"Or: `{found.fixes[0].command}`.", "Or choose another vault."),
            Who.OPERATOR,
            Who.ADMIN,
            title="The vault lies deleted",
            field="vault_url",
            host=host,
        )
        return fixed_by(finding, *found.fixes)
    made_here = (MADE_HERE,) if found.fixes else (NOBODY_TO_MAKE_IT,) if found.lacks_maker else ()
    finding = fails(
        f"{host} cannot be found: {detail}.",
        (LOOK_AT_NAME, *made_here, *(taken if found.is_taken else ()), IN_ITS_NETWORK),
        Who.OPERATOR,
        title="The vault is not found",
        field="vault_url",
        host=host,
    )
    return fixed_by(finding, *found.fixes)


def _search(onboarding: Onboarding, name: str) -> VaultSearch:
    """Ask Azure; whoever chose to sign in for the vault does so now. What it does not tell is not offered."""
    if has_no_resource_manager(onboarding):
        return VaultSearch()
    try:
        token = azure_token(onboarding)
        if isinstance(read_azure_vault(onboarding), AzureVault):
            return VaultSearch(is_there=True)
        if tenant_of(token) != onboarding.app_tenant_id.lower():
            return VaultSearch()  # it would be made in a tenant that is not the app's; another check says so
        return with_retries(onboarding, LOOKING, lambda: _places(onboarding, token, name))
    except ServiceRefusal:
        return VaultSearch(lacks_maker=True)
    except Unreachable:
        return VaultSearch()


def _places(onboarding: Onboarding, token: Secret, name: str) -> VaultSearch:
    from wizard.microsoft.vault_places import MOST_OFFERED, VaultPlaces

    asked, tenant_id = VaultPlaces(onboarding.services.resource_manager), tenant_of(token)
    seen = asked.subscriptions(token)
    own = [replace(each, tenant_id=tenant_id) for each in seen if each.tenant_id in {"", tenant_id}][:MOST_OFFERED]
    if not own:
        return VaultSearch(lacks_maker=True)
    if not asked.is_name_free(token, own[0], name):
        recovering = (fix for each in own if (fix := _recovering(asked, token, each, name)) is not None)
        return VaultSearch(is_taken=True, fixes=tuple(recovering))
    places = [place for each in own if (place := _place(asked, token, each, name)) is not None]
    identity = Principal(
        onboarding.services.object_id_of(token), "User" if is_of_a_person(token) else "ServicePrincipal"
    )
    if not identity.object_id:
        return VaultSearch()
    fixes = [create_vault(each, name, identity, is_only_place=len(places) == 1) for each in places]
    return VaultSearch(fixes=tuple(fixes))


def _recovering(asked: VaultPlaces, token: Secret, subscription: Subscription, name: str) -> Fix | None:
    """Return the fix for a vault that lies deleted in a subscription; None where none does, or it does not tell."""
    try:
        deleted = asked.deleted_vault(token, subscription, name)
        place = None if deleted is None else asked.place_in(token, subscription, deleted.group)
    except ServiceRefusal:
        return None
    if deleted is None or place is None or not deleted.location.isalnum():
        return None
    return recover_vault(deleted, place)


def _place(asked: VaultPlaces, token: Secret, subscription: Subscription, group: str) -> VaultPlace | None:
    """Return where a subscription would have it, None where it does not tell."""
    try:
        place = asked.place_in(token, subscription, group)
    except ServiceRefusal:
        return None
    return place if is_guid(subscription.id) and place.location.isalnum() else None
