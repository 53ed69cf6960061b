"""Device codes: issued, found by what a person typed, approved or declined."""

from __future__ import annotations

import secrets
from datetime import timedelta

from wizard.rehearsal import sign_in_rules
from wizard.rehearsal.aadsts_errors import EntraError, blocked_by_security_defaults
from wizard.rehearsal.cloud_state import CloudState, DeviceCode
from wizard.rehearsal.world import Person

POLL_INTERVAL = 5
"""Seconds that a client is told to wait between polls."""
_LETTERS = "BCDFGHJKLMNPQRSTXYZ23456789"


def issue(state: CloudState, client_id: str, scope: str, wants_mfa: bool, correlation_id: str) -> DeviceCode:
    """Issue a device code.

    Args:
        state: the cloud, which keeps it.
        client_id: the app that asks.
        scope: what it asks for.
        wants_mfa: whether it asks for a second factor.
        correlation_id: that of the request; polls are answered with it.
    """
    code = DeviceCode(
        device_code=f"{client_id[:1].upper()}AQABIQEAAAA{secrets.token_urlsafe(160)}",
        user_code="".join(secrets.choice(_LETTERS) for _ in range(9)),
        client_id=client_id,
        scope=scope,
        wants_mfa=wants_mfa,
        correlation_id=correlation_id,
        expires_at=state.clock.now() + timedelta(seconds=state.world.policy.device_code_lifetime),
    )
    state.device_codes[code.device_code] = code
    return code


def find(state: CloudState, user_code: str) -> DeviceCode | None:
    """Return the code that a person typed, or None if there is none that still waits for its person."""
    typed = user_code.strip().upper().replace("-", "").replace(" ", "")
    for code in state.device_codes.values():
        if code.user_code == typed and not code.spent and code.expires_at > state.clock.now():
            return code if code.session is None and not code.declined and code.failed is None else None
    return None


def approve(state: CloudState, code: DeviceCode, person: Person) -> EntraError | None:
    """Sign a person in with a code and approve it.

    Security defaults let the person sign in, and refuse the flow only then, for every app (protocol 11.2).

    Returns:
        The error that stopped it, which the next poll gets as well; None if it is approved.
    """
    error = sign_in_rules.refusal(state, person, code.wants_mfa, device_code=True)
    if error is None and sign_in_rules.security_defaults_apply(state):
        error = blocked_by_security_defaults()
    if error is not None:
        code.failed = error
        return error
    code.session = sign_in_rules.new_session(state, person, code.client_id, code.wants_mfa, "device_code")
    return None


def decline(code: DeviceCode) -> None:
    """Let the next poll say that the person declined."""
    code.declined = True
