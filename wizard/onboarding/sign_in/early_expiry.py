"""What ends a token earlier than a refresh token ends by itself, by the tenant's policies (protocol 11.5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from wizard.core.timestamps import timestamp
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


RULE_FACTS: Final = (
    "mfa_remembered_days",
    "sign_in_every_hours",
    "sign_in_policy",
    "block_policy",
    "block_from",
    "security_defaults",
)
"""The facts by which the end of a token is foreseen from the tenant's rules."""
MANAGED: Final = "Microsoft-managed:"
"""How the names of Microsoft's own policies begin; nobody can rename them (protocol 3.2)."""
MANAGED_NOTICE: Final = timedelta(days=45)
"""How long such a policy stays in report-only at the least (protocol 3.2)."""


def rule_facts(known: Policies, flow: str) -> dict[str, Any]:
    """Return what the rules that are known say of a token's end, by the names of facts; all of them.

    Args:
        known: what Graph tells.
        flow: by which the token is, or was, obtained, as the fact of that name says it.
    """
    often = [each for each in _with_frequency(known, PolicyState.ENABLED) if each.frequency_hours]
    limit = min(often, key=lambda each: each.frequency_hours or 0, default=None)
    reaches = (lambda each: each.blocks_browser) if flow == "auth_code" else (lambda each: each.blocks_device_code)
    waiting = [each for each in policies_where(known, reaches) if each.state is PolicyState.REPORT_ONLY]
    block = min(waiting, key=lambda each: (not each.name.startswith(MANAGED), each.name), default=None)
    dated = block is not None and block.created_at is not None and block.name.startswith(MANAGED)
    return {
        "mfa_remembered_days": known.remember_mfa_days or 0,
        "sign_in_every_hours": (limit.frequency_hours or 0) if limit else 0,
        "sign_in_policy": limit.name if limit else "",
        "block_policy": block.name if block else "",
        "block_from": timestamp(block.created_at + MANAGED_NOTICE) if block and dated and block.created_at else "",
        "security_defaults": known.security_defaults,
    }


def undated_notes(notes: tuple[str, ...], known: Policies) -> tuple[str, ...]:
    """Return the sentences that no fact of `rule_facts` stands for: a token's end says those with its date."""
    often = [each for each in _with_frequency(known, PolicyState.ENABLED) if each.frequency_hours]
    limit = min(often, key=lambda each: each.frequency_hours or 0, default=None)
    said = {_remembered(known.remember_mfa_days)} if known.remember_mfa_days else set()
    said |= {_sign_in_frequency(limit)} if limit else set()
    return tuple(note for note in notes if note not in said)


def time_limits(known: Policies) -> tuple[str, ...]:
    """Return sentences on what ends a token of any flow after a time; the limits that apply now come first."""
    limits = [_sign_in_frequency(each) for each in _with_frequency(known, PolicyState.ENABLED)]
    if known.remember_mfa_days:
        limits.append(_remembered(known.remember_mfa_days))
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


def _remembered(days: int) -> str:
    return f"MFA is remembered for {counted(days, 'day')} in this tenant: a token may end after that (AADSTS50078)."


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
