"""Why a refresh token that was good at its sign-in is refused later (protocol 3.2, 8, 11.2, 11.5)."""

from __future__ import annotations

from datetime import datetime, timedelta

from wizard.rehearsal import aadsts_errors as errors
from wizard.rehearsal import conditional_access, sign_in_rules
from wizard.rehearsal.aadsts_errors import EntraError
from wizard.rehearsal.cloud_state import CloudState, RefreshToken

_MAX_IDLE = timedelta(days=90)
"""Time after which a refresh token that nobody used has expired."""


def refusal(state: CloudState, token: RefreshToken) -> EntraError | None:
    """Return why a token is not redeemed now, None if it is."""
    now, session, policy = state.clock.now(), state.present(token.session), state.world.policy
    if token.last_used + _MAX_IDLE <= now:
        return errors.INACTIVE
    if policy.revokes_on_reuse and (token.is_revoked or token.was_redeemed):
        state.revoke(token.session)
        return errors.REVOKED
    if session.person.graph.deleted:
        return errors.ACCOUNT_GONE
    if not session.person.graph.enabled:
        return errors.ACCOUNT_DISABLED
    if session.flow == "device_code" and policy.device_code_blocked_on_refresh:
        return errors.flow_blocked_later()
    if (
        session.flow == "device_code"
        and policy.security_defaults_on_refresh
        and sign_in_rules.security_defaults_apply(state)
    ):
        return errors.blocked_by_security_defaults()
    return _too_old(state, session.began, now)


def _too_old(state: CloudState, began: datetime | None, now: datetime) -> EntraError | None:
    """Return the refusal of a sign-in that was made too long ago: a redemption does not make it newer."""
    if began is None:
        return None
    days = state.world.policy.remember_mfa_days
    if days and began + timedelta(days=days) <= now:
        return errors.MFA_EXPIRED
    often = conditional_access.sign_in_frequency_days(state.world)
    return errors.SIGN_IN_DUE if often and began + timedelta(days=often) <= now else None
