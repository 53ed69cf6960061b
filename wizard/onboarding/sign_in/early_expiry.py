"""What ends a token earlier than a refresh token ends by itself, by the tenant's policies (protocol 11.5)."""

from __future__ import annotations

from typing import Final

from wizard.core.wording import counted
from wizard.microsoft.tenant_policies import Applies, Policies, Policy, PolicyState
from wizard.onboarding.sign_in.flow_verdicts import POLICIES_PAGE, policies_where

DEVICE_CODE_BLOCK: Final = (
    "A token got by device code ends as soon as a Conditional Access policy that blocks the device code flow "
    "reaches the account (AADSTS530036)."
)

UNKNOWN_SIGN_IN: Final = (
    "How its user signed in is not known. If it was by device code, the token ends as soon as a Conditional Access "
    "policy that blocks the device code flow reaches the account (AADSTS530036)."
)


def time_limits(known: Policies) -> tuple[str, ...]:
    """Return sentences on what ends a token of any flow after a time; the limits that apply now come first."""
    limits = [_sign_in_frequency(each) for each in _with_frequency(known, PolicyState.ENABLED)]
    if known.remember_mfa_days:
        days = counted(known.remember_mfa_days, "day")
        limits.append(f"MFA is remembered for {days} in this tenant: a token may end after that (AADSTS50078).")
    limits += [_sign_in_frequency(each) for each in _with_frequency(known, PolicyState.REPORT_ONLY)]
    return tuple(limits)


def time_limit_actions(known: Policies) -> tuple[str, ...]:
    """Return what to do about those limits."""
    actions = []
    if _with_frequency(known, PolicyState.ENABLED, PolicyState.REPORT_ONLY):
        actions.append(
            f"Have an administrator exclude the integration user from “Sign-in frequency” ({POLICIES_PAGE} > the "
            "policy > Session)."
        )
    if known.remember_mfa_days:
        actions.append(
            "Have “Remember multi-factor authentication on trusted devices” reviewed (Entra > Users > Per-user MFA > "
            "Service settings)."
        )
    return tuple(actions)


def _with_frequency(known: Policies, *states: PolicyState) -> list[Policy]:
    limiting = policies_where(known, lambda policy: policy.frequency_hours is not None)
    return [each for each in limiting if each.state in states]


def _sign_in_frequency(policy: Policy) -> str:
    hours = policy.frequency_hours or 0
    wants = f"a new sign-in every {_interval(hours)}" if hours else "a new sign-in every time"
    perhaps = " (whether it reaches the integration user cannot be told)" if policy.applies is Applies.PERHAPS else ""
    if policy.state is PolicyState.REPORT_ONLY:
        return f"Once it is switched on, the policy “{policy.name}” (report-only) wants {wants} (AADSTS70043){perhaps}."
    return f"The policy “{policy.name}” wants {wants}: the token ends then (AADSTS70043){perhaps}."


def _interval(hours: int) -> str:
    """Return an interval as the portal counts it: "hour", "36 hours", "day", "7 days"."""
    if hours % 24 == 0:
        return "day" if hours == 24 else f"{hours // 24} days"
    return "hour" if hours == 1 else f"{hours} hours"
