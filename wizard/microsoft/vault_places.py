"""Where a vault could be made: subscriptions, their resource groups and locations, and whether a name is free.

Source: protocol 11.8.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from wizard.core.errors import ServiceRefusal
from wizard.core.late_pattern import late_pattern
from wizard.core.secret import Secret
from wizard.core.text import clean_line
from wizard.microsoft.resource_manager import RESOURCES_VERSION, SUBSCRIPTIONS_VERSION, ResourceManager

if TYPE_CHECKING:
    from wizard.core.fix_conditions import JsonObject

MOST_OFFERED: Final = 5
"""Subscriptions in which a vault is offered to be made."""
PROVIDER: Final = "Microsoft.KeyVault"
_VAULT_ID = late_pattern(
    r"/subscriptions/[A-Za-z0-9-]+/resourceGroups/[A-Za-z0-9._()-]+/providers/Microsoft\.KeyVault/vaults/[A-Za-z0-9-]+"
)
GROUP_PREFERENCE: Final = "Recommended"
"""The regionCategory of locations that have everything."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription that the identity sees: its id, the name people gave it, and the tenant of its accounts."""

    id: str
    name: str
    tenant_id: str


@dataclass(frozen=True, slots=True)
class VaultPlace:
    """Where in a subscription a vault would be made.

    Args:
        subscription: it.
        group: the resource group's name.
        is_group_there: whether the group is there already.
        location: of the group if it is there, else the one that most groups have; "" if nothing tells.
        is_registered: whether the subscription takes requests about vaults already.
    """

    subscription: Subscription
    group: str
    is_group_there: bool
    location: str
    is_registered: bool


@dataclass(frozen=True, slots=True)
class DeletedVault:
    """A vault that lies deleted: the resource id that it had, and its location."""

    id: str
    location: str

    @property
    def group(self) -> str:
        """The resource group that it was in."""
        return self.id.split("/")[4]


class VaultPlaces:
    """Reads where a vault could be made; each method raises what those of `ResourceManager` do.

    Args:
        manager: asks.
    """

    def __init__(self, manager: ResourceManager) -> None:
        self._manager = manager

    def subscriptions(self, access_token: Secret) -> tuple[Subscription, ...]:
        """Return the subscriptions in use that the identity sees, by their names."""
        found = self._manager.list_items(access_token, "/subscriptions", {"api-version": SUBSCRIPTIONS_VERSION})
        used = [each for each in found if _text(each, "state") in {"Enabled", ""}]
        named = (
            Subscription(
                quote(_text(each, "subscriptionId"), safe=""),
                _text(each, "displayName"),
                _text(each, "tenantId").lower(),
            )
            for each in used
        )
        return tuple(sorted((each for each in named if each.id), key=lambda each: (each.name.lower(), each.id)))

    def place_in(self, access_token: Secret, subscription: Subscription, group: str) -> VaultPlace:
        """Return where a vault would be made in a subscription, in a resource group of this name."""
        path, params = f"/subscriptions/{subscription.id}", {"api-version": RESOURCES_VERSION}
        groups = [*self._manager.list_items(access_token, f"{path}/resourceGroups", params)]
        own = next((each for each in groups if _text(each, "name").lower() == group.lower()), None)
        location = _text(own, "location") if own is not None else _most_common(groups)
        if not location:
            location = self._first_location(access_token, path)
        state = self._manager.get_object(access_token, f"{path}/providers/{PROVIDER}", params)
        is_registered = _text(state, "registrationState") == "Registered"
        return VaultPlace(subscription, group, own is not None, location, is_registered)

    def _first_location(self, access_token: Secret, path: str) -> str:
        """Return the first recommended location by its name; "" where the subscription lists none."""
        found = [*self._manager.list_items(access_token, f"{path}/locations", {"api-version": SUBSCRIPTIONS_VERSION})]
        best = [each for each in found if _category(each) == GROUP_PREFERENCE] or found
        return min((name for each in best if (name := _text(each, "name"))), default="")

    def deleted_vault(self, access_token: Secret, subscription: Subscription, name: str) -> DeletedVault | None:
        """Return the vault of this name that lies deleted in a subscription; None where none does."""
        from wizard.microsoft.resource_manager import VAULTS_VERSION

        path = f"/subscriptions/{subscription.id}/providers/{PROVIDER}/deletedVaults"
        for each in self._manager.list_items(access_token, path, {"api-version": VAULTS_VERSION}):
            about = each.get("properties")
            if _text(each, "name").lower() == name.lower() and isinstance(about, Mapping):
                found = DeletedVault(_text(about, "vaultId", 400), _text(about, "location"))
                if _VAULT_ID.fullmatch(found.id):
                    return found
        return None

    def is_name_free(self, access_token: Secret, subscription: Subscription, name: str) -> bool:
        """Return whether a vault of this name could be made; not where one exists anywhere, or lies deleted.

        Raises:
            ServiceRefusal: also where the answer says nothing of it.
        """
        path = name_question_path(subscription.id)
        answer = self._manager.ask(access_token, path, name_question(name))
        if not isinstance(answer.get("nameAvailable"), bool):
            raise ServiceRefusal("resource_manager", "", "", "gave an answer that says nothing of the name")
        return answer["nameAvailable"] is True


def name_question_path(subscription_id: str) -> str:
    """Return the path at which it is asked whether a vault's name is free."""
    from wizard.microsoft.resource_manager import VAULTS_VERSION

    return f"/subscriptions/{subscription_id}/providers/{PROVIDER}/checkNameAvailability?api-version={VAULTS_VERSION}"


def name_question(name: str) -> JsonObject:
    """Return the body with which that is asked."""
    return {"name": name, "type": f"{PROVIDER}/vaults"}


def _most_common(groups: list[JsonObject]) -> str:
    counted = Counter(_text(each, "location") for each in groups if _text(each, "location"))
    return min(counted, key=lambda name: (-counted[name], name), default="")


def _category(location: JsonObject) -> str:
    metadata = location.get("metadata")
    return _text(metadata, "regionCategory") if isinstance(metadata, Mapping) else ""


def _text(item: JsonObject, name: str, most: int = 120) -> str:
    value = item.get(name)
    return clean_line(value, most) if isinstance(value, str) else ""
