"""What a journey has learnt: values found by checks, none of them secret, all of them kept for resuming and reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """Learnt values; "" and None mean not known. Times are ISO 8601 in UTC, ids are GUIDs.

    `client_type` is "public", "secret" or "certificate", as the token endpoint accepted it; `flow` is "device_code"
    or "auth_code"; `redirect_platform` is "web", "desktop", "single-page". `ends_early`: sentences on what the tenant's
    policies do to a token of this way.
    """

    tenant_id: str = ""
    cloud_instance: str = ""
    public_client: bool | None = None
    app_name: str = ""
    credential_ends: str = ""
    consent_state: str = ""
    consent_seen_at: str = ""
    consent_how: str = ""
    client_type: str = ""
    flow: str = ""
    redirect_platform: str = ""
    ends_early: tuple[str, ...] = ()
    user_id: str = ""
    user_name: str = ""
    user_roles: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    signed_in_at: str = ""
    partner_name: str = ""
    mfa_compliant: bool | None = None
    vault_url: str = ""
    secret_name: str = ""
    secret_version: str = ""
    stored_at: str = ""
    token_expires_at: str = ""


PROVEN_BY: dict[str, tuple[str, ...]] = {
    "start": (),
    "tenant": ("tenant_id", "cloud_instance"),
    "app": ("public_client", "app_name", "credential_ends"),
    "consent": ("consent_state", "consent_seen_at", "consent_how"),
    "user": (
        "client_type",
        "flow",
        "redirect_platform",
        "ends_early",
        "user_id",
        "user_name",
        "user_roles",
        "scopes",
        "signed_in_at",
        "partner_name",
        "mfa_compliant",
    ),
    "store": ("vault_url", "secret_name", "secret_version", "stored_at", "token_expires_at"),
}
"""The facts each step learns; they go when the step is un-proven."""
