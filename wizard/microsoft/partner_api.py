"""The APIs of Partner Center that a token may be for, each with its resource app (protocol 4.1, 4.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from wizard.core.claims import USER_IMPERSONATION


@dataclass(frozen=True, slots=True)
class PartnerApi:
    """One API.

    Args:
        host_key: the key of its host in clouds.toml.
        title: as people call it.
        app_id: of its resource app, a GUID.
        listed_as: how the list of APIs in the Azure portal names that app.
        says_mfa: whether its answers say if MFA counts (`isMfaCompliant`, protocol 4.2).
        permission: the delegated permission that a program asks for.
    """

    host_key: str
    title: str
    app_id: str
    listed_as: str
    says_mfa: bool
    permission: str = USER_IMPERSONATION


PARTNER_CENTER: Final = PartnerApi(
    "partner_center",
    "Partner Center",
    "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd",
    "Microsoft Partner Center",
    says_mfa=True,
)
REFERRALS: Final = PartnerApi(
    "referrals",
    "the referrals API",
    "4990cffe-04e8-4e8b-808a-1175604b879f",
    "Microsoft Partner, or Microsoft Dev Center",
    says_mfa=False,
)
PARTNER_APIS: Final[Mapping[str, PartnerApi]] = {each.host_key: each for each in (PARTNER_CENTER, REFERRALS)}
"""By the key of their host."""
