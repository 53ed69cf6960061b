"""What checks have learnt: values, none of them secret, that are saved with the journey and reported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Facts:
    """Learnt values; "" and None mean not known. Times are ISO 8601 in UTC, ids are GUIDs.

    Each belongs to one step, which names it in its `facts`. `client_type` is "public", "secret", "certificate" or
    "federated", as the token endpoint accepted it; `flow` is "device_code" or "auth_code"; `redirect_platform` is
    "web", "desktop", "single-page". `home_tenant_id` is where a vendor's app is registered; `tenant_sub_scope` is the
    part of its region's cloud that a tenant is in, such as "GCC". `expiry_notes` are sentences on what ends the token
    early, on a day that nobody knows. `mfa_remembered_days` and `sign_in_every_hours` (by `sign_in_policy`) are how
    long a sign-in counts, 0 for no limit; `block_policy` is one in report-only that would end the token, from
    `block_from` on if that is known; `security_defaults` is whether they are on.
    """

    tenant_id: str = ""
    cloud_instance: str = ""
    tenant_sub_scope: str = ""
    home_tenant_id: str = ""
    public_client: bool | None = None
    app_name: str = ""
    credential_expires_at: str = ""
    consent_state: str = ""
    consent_seen_at: str = ""
    consent_how: str = ""
    client_type: str = ""
    flow: str = ""
    redirect_platform: str = ""
    expiry_notes: tuple[str, ...] = ()
    mfa_remembered_days: int = 0
    sign_in_every_hours: int = 0
    sign_in_policy: str = ""
    block_policy: str = ""
    block_from: str = ""
    security_defaults: bool | None = None
    user_id: str = ""
    user_name: str = ""
    user_roles: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    signed_in_at: str = ""
    partner_name: str = ""
    access_proven_at: str = ""
    mfa_compliant: bool | None = None
    vault_url: str = ""
    secret_name: str = ""
    secret_version: str = ""
    stored_at: str = ""
    token_expires_at: str = ""

    def without(self, names: Iterable[str]) -> Facts:
        """Return a copy without the facts of these names."""
        empty = Facts()
        return replace(self, **{name: getattr(empty, name) for name in names})
