"""A Conditional Access policy of a scene."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wizard.rehearsal.choices import PolicyState

DEVICE_CODE_FLOW: Final = "deviceCodeFlow"
TRANSFER_METHODS: Final = frozenset({DEVICE_CODE_FLOW, "authenticationTransfer"})
"""The authentication flows that a Conditional Access policy can be about, as Graph names them."""


@dataclass(frozen=True, slots=True)
class ConditionalAccess:
    """A Conditional Access policy.

    Args:
        for_all: whether it applies to everybody, or only to people who hold a role.
        transfer_methods: the authentication flows it applies to, as Graph writes them: one string, joined by commas;
            "" for all flows, or for device codes if it blocks them.
        sign_in_frequency_days: days after which one has to sign in again, 0 for never.
        excludes_trusted_locations: whether it leaves out sign-ins from trusted locations.
        excludes_partner_center: whether it leaves out Partner Center.
        created: when it was made, ISO 8601 in UTC; "": Graph does not say it.
    """

    name: str
    state: PolicyState = PolicyState.ENABLED
    blocks_device_code: bool = False
    requires_mfa: bool = False
    for_all: bool = True
    transfer_methods: str = ""
    sign_in_frequency_days: int = 0
    excludes_trusted_locations: bool = False
    excludes_partner_center: bool = False
    created: str = ""
