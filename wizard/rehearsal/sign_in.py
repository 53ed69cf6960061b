"""Device codes: issued, looked up, signed in to, approved or declined."""

from __future__ import annotations

import secrets
from datetime import timedelta

from wizard.rehearsal import policies
from wizard.rehearsal.entra_errors import (
    EntraError,
    blocked_by_policy,
    blocked_by_security_defaults,
    mfa_not_registered,
    not_assigned_to_tenant,
    password_must_change,
)
from wizard.rehearsal.state import CloudState, DeviceCode, Session
from wizard.rehearsal.world import Person

INTERVAL = 5
GRACE = timedelta(hours=24)
"""So old a tenant becomes before its security defaults bite (protocol 11.2)."""
_LETTERS = "BCDFGHJKLMNPQRSTXYZ23456789"


def issue(
    state: CloudState, tenant: str, client_id: str, scope: str, wants_mfa: bool, correlation_id: str
) -> DeviceCode:
    """A new device code."""
    code = DeviceCode(
        device_code=f"{client_id[:1].upper()}AQABIQEAAAA{secrets.token_urlsafe(160)}",
        user_code="".join(secrets.choice(_LETTERS) for _ in range(9)),
        client_id=client_id,
        tenant=tenant,
        scope=scope,
        wants_mfa=wants_mfa,
        correlation_id=correlation_id,
        expires_at=state.clock.now() + timedelta(seconds=state.world.policy.device_code_life),
    )
    state.device_codes[code.device_code] = code
    return code


def find(state: CloudState, user_code: str) -> DeviceCode | None:
    """The code a person typed, as long as it is of use."""
    typed = user_code.strip().upper().replace("-", "").replace(" ", "")
    for code in state.device_codes.values():
        if code.user_code == typed and not code.spent and code.expires_at > state.clock.now():
            return code if code.session is None and not code.declined and code.failed is None else None
    return None


def needs_mfa(state: CloudState, person: Person, wants_mfa: bool) -> bool:
    """Whether the tenant asks a person for a second factor."""
    required = policies.requires_mfa(state.world, person)
    return required or _defaults_bite(state) or (wants_mfa and state.world.policy.honours_claims)


def _defaults_bite(state: CloudState) -> bool:
    """Whether security defaults are on, and the tenant is past its first day."""
    age = timedelta(hours=state.world.tenant.age_hours) + (state.clock.now() - state.started)
    return state.world.policy.security_defaults and age >= GRACE


def refusal(state: CloudState, person: Person, wants_mfa: bool, device_code: bool, home: str = "") -> EntraError | None:
    """Why a sign-in fails before anything is approved, or None."""
    if home and home != state.world.tenant.id:
        return not_assigned_to_tenant(person.account, home)
    if person.password_must_change:
        return password_must_change()
    if device_code and policies.blocks_device_code(state.world, person):
        return blocked_by_policy()
    if needs_mfa(state, person, wants_mfa) and not person.mfa_registered:
        return mfa_not_registered("00000003-0000-0000-c000-000000000000")
    return None


def session_of(state: CloudState, person: Person, client_id: str, wants_mfa: bool, flow: str) -> Session:
    """A finished sign-in; with MFA where the tenant asked for it."""
    amr = ("pwd", "mfa") if needs_mfa(state, person, wants_mfa) else ("pwd",)
    return Session(person, state.world.tenant, client_id, amr, flow, state.clock.now())


def approve(state: CloudState, code: DeviceCode, person: Person) -> EntraError | None:
    """Signs the person in with the code and approves it; gives the error that stopped it, or None.

    Security defaults let the person sign in, and refuse the flow only then, for every app (protocol 11.2).
    """
    error = refusal(state, person, code.wants_mfa, device_code=True)
    if error is None and _defaults_bite(state):
        error = blocked_by_security_defaults()
    if error is not None:
        code.failed = error
        return error
    code.session = session_of(state, person, code.client_id, code.wants_mfa, "device_code")
    return None


def decline(code: DeviceCode) -> None:
    """The person pressed Cancel."""
    code.declined = True
