"""What assets/profiles.toml says of each kind of onboarding. Data: knows no step and no check."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from wizard.core.assets import read_asset
from wizard.microsoft.partner_api import PARTNER_APIS, PartnerApi

NOT_FOR_RESELLERS: Final = "Indirect resellers have no API access."
"""Protocol 11.6."""
VENDOR: Final = "vendor"
"""The facet of profiles whose app has a home tenant of its own, and whose people are the partner's."""
DEFAULT_PROFILE: Final = "csp"
"""The profile of an answers file that names none."""


@dataclass(frozen=True, slots=True)
class ProfileSpec:
    """What differs from one kind of onboarding to the next.

    Args:
        name: as `profile` in an answers file names it.
        title: a few words, for a list.
        choice: who chooses it, in a newcomer's words.
        goal: what the first page promises.
        at_hand: what to have at hand.
        api: that the token is for.
        graph_permissions: delegated permissions on Microsoft Graph that a new registration asks for.
        steps: ids, in order.
        facets: which checks and fields belong to it, besides those of every profile.
        not_needed: why a step is not walked, by its id.
        help: what a field says in this profile, by its key.
        why: why a step is there in this profile, by its id.
        proposals: answers that hold until somebody gives others; "{tenant}" stands for the tenant in a name.
    """

    name: str
    title: str
    choice: str
    goal: str
    at_hand: tuple[str, ...]
    api: PartnerApi
    steps: tuple[str, ...]
    facets: frozenset[str]
    not_needed: Mapping[str, str]
    help: Mapping[str, str]
    why: Mapping[str, str]
    proposals: Mapping[str, str | int]
    graph_permissions: tuple[str, ...] = ()

    def has(self, facet: str) -> bool:
        """Return whether checks and fields of a facet belong to it; "" is that of every profile."""
        return not facet or facet in self.facets


def read_profiles(text: str) -> Mapping[str, ProfileSpec]:
    """Return the profiles of a TOML text, by name and in its order; raise KeyError for what one lacks."""
    return {name: _read(name, table) for name, table in tomllib.loads(text).items()}


def _read(name: str, table: Mapping[str, Any]) -> ProfileSpec:
    return ProfileSpec(
        name,
        table["title"],
        table["choice"],
        table["goal"],
        tuple(table["at_hand"]),
        PARTNER_APIS[table["api"]],
        tuple(table["steps"]),
        frozenset(table["facets"]),
        MappingProxyType(table.get("not_needed", {})),
        MappingProxyType(table.get("help", {})),
        MappingProxyType(table.get("why", {})),
        MappingProxyType(table.get("proposals", {})),
        tuple(table.get("graph_permissions", ())),
    )


@cache
def built_in_profiles() -> Mapping[str, ProfileSpec]:
    """Return the profiles that come with the program, by name."""
    return read_profiles(read_asset("profiles.toml"))


def default_profile() -> ProfileSpec:
    """Return the profile of an answers file that names none."""
    return built_in_profiles()[DEFAULT_PROFILE]
