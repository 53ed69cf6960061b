"""Whether a tenant accepts a sign-in flow, by what is known of its rules (protocol 11.2). Asks nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from wizard.core.findings import Outcome
from wizard.core.timestamps import utc_time
from wizard.core.wording import lower_first
from wizard.microsoft.tenant_policies import Applies, Policies, Policy, PolicyState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

GRACE: Final = timedelta(hours=24)
"""How long security defaults spare a new tenant (protocol 11.2)."""
POLICIES_PAGE: Final = "Entra > Conditional Access > Policies"
EXCLUDE_USER: Final = (
    f"Have an administrator exclude the integration user from that policy ({POLICIES_PAGE} > the policy > Users)"
)
STATED_DEFAULTS: Final = "You say that security defaults are on, which refuse device codes"


@dataclass(frozen=True, slots=True)
class FlowVerdict:
    """Whether the tenant accepts one flow.

    Args:
        outcome: fails: the tenant refuses it.
        reason: a sentence.
        actions: what to do.
        title: of a warning.
    """

    outcome: Outcome
    reason: str
    actions: tuple[str, ...] = ()
    title: str = ""


def device_code_verdict(known: Policies, stated_rules: str, now: datetime) -> FlowVerdict:
    """Return whether the tenant accepts a sign-in by device code.

    Args:
        known: what Graph tells.
        stated_rules: what the operator says; counts where Graph does not tell.
        now: aware, UTC.
    """
    is_on = known.security_defaults
    if is_on and known.created_at is not None and now - known.created_at < GRACE:
        until = known.created_at + GRACE
        return FlowVerdict(
            Outcome.WARNS,
            f"Security defaults refuse device codes in this tenant from {utc_time(until)} on, a day after it "
            "was made. Until then one works, which proves nothing for the time after.",
            ("Best choose the sign-in in a browser (flow “browser”): it works afterwards too.",),
            "Device codes will be refused here within a day",
        )
    if is_on:
        return FlowVerdict(Outcome.FAILS, "Security defaults are on: they refuse every device code (AADSTS530035).")
    if _states_defaults(known, stated_rules):
        reason = f"{STATED_DEFAULTS} (AADSTS530035)."
        return FlowVerdict(Outcome.FAILS, reason)
    blocking = policies_where(known, lambda policy: policy.blocks_device_code)
    if found := first_policy(blocking, PolicyState.ENABLED, Applies.YES):
        return _blocked(found, "device codes")
    if found := first_policy(blocking, PolicyState.ENABLED, Applies.PERHAPS):
        return _perhaps_blocked(found, "device codes")
    if is_on is None or known.conditional_access is None:
        return _unknown(known, stated_rules, "a device code")
    if found := first_policy(blocking, PolicyState.REPORT_ONLY, Applies.YES, Applies.PERHAPS):
        return FlowVerdict(
            Outcome.WARNS,
            f"The Conditional Access policy “{found.name}” blocks device codes, and is in report-only: a device code "
            "works until the policy is switched on. From then on it is refused (AADSTS53003), and its token ends "
            "(AADSTS530036).",
            ("Best choose the sign-in in a browser (flow “browser”).", f"Or {lower_first(EXCLUDE_USER)}."),
            "A policy in report-only would refuse device codes",
        )
    return _accepted("a device code")


def browser_verdict(known: Policies, stated_rules: str) -> FlowVerdict:
    """Return whether the tenant accepts a sign-in in a browser; arguments are as for `device_code_verdict`."""
    blocking = policies_where(known, lambda policy: policy.blocks_browser)
    if found := first_policy(blocking, PolicyState.ENABLED, Applies.YES):
        return _blocked(found, "every sign-in to Partner Center")
    if found := first_policy(blocking, PolicyState.ENABLED, Applies.PERHAPS):
        return _perhaps_blocked(found, "sign-ins in a browser too")
    if known.security_defaults:
        return FlowVerdict(
            Outcome.HOLDS,
            "Security defaults are on: they refuse device codes, and let a sign-in in a browser through, with MFA.",
        )
    if known.conditional_access is None:
        return _unknown(known, stated_rules, "a sign-in in a browser")
    if found := first_policy(blocking, PolicyState.REPORT_ONLY, Applies.YES, Applies.PERHAPS):
        return FlowVerdict(
            Outcome.WARNS,
            f"The Conditional Access policy “{found.name}” blocks every sign-in, and is in report-only: this one works "
            "until the policy is switched on.",
            (f"{EXCLUDE_USER}, before it is switched on.",),
            "A policy in report-only would refuse the sign-in",
        )
    if known.security_defaults is None:
        return FlowVerdict(Outcome.HOLDS, "No Conditional Access policy refuses a sign-in in a browser.")
    return _accepted("a sign-in in a browser")


def policies_where(known: Policies, is_true: Callable[[Policy], bool]) -> list[Policy]:
    """Return the policies that may reach the sign-in and for which something is true."""
    return [each for each in known.conditional_access or () if each.applies is not Applies.NO and is_true(each)]


def first_policy(policies: Iterable[Policy], state: PolicyState, *applies: Applies) -> Policy | None:
    """Return the first policy in a state that reaches the sign-in as `applies` says; None without one.

    Args:
        policies: of the tenant.
        state: enabled, report-only or disabled.
        applies: how sure it is that the policy applies to the sign-in; any of these.
    """
    return next((each for each in policies if each.state is state and each.applies in applies), None)


def _states_defaults(known: Policies, stated_rules: str) -> bool:
    """Return whether the operator says that security defaults are on, and nothing that Graph tells contradicts it."""
    has_policies = any(policy.state is PolicyState.ENABLED for policy in known.conditional_access or ())
    return stated_rules == "security-defaults" and known.security_defaults is None and not has_policies


def _blocked(policy: Policy, what: str) -> FlowVerdict:
    reason = f"The Conditional Access policy “{policy.name}” blocks {what} for the integration user (AADSTS53003)."
    return FlowVerdict(Outcome.FAILS, reason, (f"{EXCLUDE_USER}.",))


def _perhaps_blocked(policy: Policy, what: str) -> FlowVerdict:
    return FlowVerdict(
        Outcome.UNKNOWN,
        f"The Conditional Access policy “{policy.name}” blocks {what}; whether it reaches the integration user cannot "
        "be told from here. The sign-in shows it.",
        (f"If it is refused (AADSTS53003): {lower_first(EXCLUDE_USER)}.",),
    )


def _unknown(known: Policies, stated_rules: str, what: str) -> FlowVerdict:
    """Return that Graph does not tell; what the operator says is repeated, and proves nothing."""
    if _states_defaults(known, stated_rules):
        return FlowVerdict(
            Outcome.UNKNOWN, f"{STATED_DEFAULTS}: if so, {what} gets through. The sign-in shows whether it does."
        )
    if stated_rules == "conditional-access" and known.conditional_access is None:
        return FlowVerdict(
            Outcome.UNKNOWN,
            f"You say that there are Conditional Access policies; whether they let {what} through is not known. The "
            "sign-in shows it.",
        )
    return FlowVerdict(
        Outcome.UNKNOWN, f"Whether this tenant lets {what} through cannot be told beforehand; the sign-in shows it."
    )


def _accepted(what: str) -> FlowVerdict:
    """Return that nothing refuses it; whether anything requires MFA is a check of its own."""
    return FlowVerdict(Outcome.HOLDS, f"No sign-in rule of this tenant refuses {what}.")
