"""What the tenant asks of a person who signs in, and why a sign-in fails (protocol 11.2)."""

from __future__ import annotations

from datetime import timedelta

from wizard.rehearsal import conditional_access
from wizard.rehearsal.aadsts_errors import (
    EntraError,
    blocked_by_policy,
    mfa_not_registered,
    password_must_change,
)
from wizard.rehearsal.cloud_state import CloudState, Flow, Session
from wizard.rehearsal.resources import GRAPH_APP_ID
from wizard.rehearsal.world import Person

_SECURITY_DEFAULTS_GRACE = timedelta(hours=24)
"""The age of a tenant from which security defaults apply (protocol 11.2)."""


def needs_mfa(state: CloudState, person: Person, wants_mfa: bool) -> bool:
    """Return whether the tenant asks a person for a second factor; `wants_mfa`: whether the app does."""
    required = conditional_access.requires_mfa(state.world, person)
    return required or security_defaults_apply(state) or (wants_mfa and state.world.policy.honours_claims)


def security_defaults_apply(state: CloudState) -> bool:
    """Return whether security defaults are on, and the tenant is past its first day."""
    age = timedelta(hours=state.world.tenant.age_hours) + (state.clock.now() - state.started)
    return state.world.policy.security_defaults and age >= _SECURITY_DEFAULTS_GRACE


def refusal(state: CloudState, person: Person, wants_mfa: bool, device_code: bool) -> EntraError | None:
    """Return why a sign-in fails before anything is approved.

    Args:
        state: the cloud.
        person: who signs in.
        wants_mfa: whether the app asks for a second factor.
        device_code: whether the sign-in is by device code.

    Returns:
        The error, or None if the sign-in succeeds.
    """
    if person.password_must_change:
        return password_must_change()
    if device_code and conditional_access.blocks_device_code(state.world, person):
        return blocked_by_policy()
    if needs_mfa(state, person, wants_mfa) and not person.mfa_registered:
        return mfa_not_registered(GRAPH_APP_ID)
    return None


def new_session(state: CloudState, person: Person, client_id: str, wants_mfa: bool, flow: Flow) -> Session:
    """Return a finished sign-in, with MFA if the tenant asked for it.

    Args:
        state: the cloud.
        person: who signed in.
        client_id: the app they signed in to.
        wants_mfa: whether the app asked for a second factor.
        flow: how they signed in.
    """
    amr = ("pwd", "mfa") if needs_mfa(state, person, wants_mfa) else ("pwd",)
    return Session(person, state.world.tenant, client_id, amr, flow, began=state.clock.now())
