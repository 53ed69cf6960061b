"""Chooses the flow by which the integration user signs in: one that the tenant accepts, and whose token lasts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from wizard.core.findings import Outcome
from wizard.core.wording import lower_first
from wizard.microsoft.tenant_policies import Policies
from wizard.onboarding.sign_in.early_expiry import DEVICE_CODE_BLOCK, time_limit_actions, time_limits
from wizard.onboarding.sign_in.flow_verdicts import FlowVerdict, browser_verdict, device_code_verdict

AUTO: Final = "auto"
BROWSER: Final = "browser"
DEVICE_CODE: Final = "device-code"
"""Values of the answer `sign_in_flow`."""
FLOW_NAMES: Final = {BROWSER: "Sign-in in a browser", DEVICE_CODE: "Sign-in by device code"}
RULE_CHOICES: Final = (
    ("unknown", "not known"),
    ("security-defaults", "security defaults (refuse device codes)"),
    ("conditional-access", "Conditional Access policies"),
)
"""Values of the answer `sign_in_rules`, and their words."""
CHOOSE_ACCEPTED_BROWSER: Final = "Choose the sign-in in a browser (flow “browser”): it gets through."
REGISTER_REDIRECT_URI: Final = (
    "Add http://localhost to the app (App registrations > the app > Authentication > Add a platform > Mobile and "
    "desktop applications)"
)
NO_PORT: Final = (
    "Start the wizard in a terminal, where the browser's answer can be pasted.",
    "Or register the redirect URI http://localhost, and name the port that the answer then comes to: --port.",
)


@dataclass(frozen=True, slots=True)
class FlowChoice:
    """How the integration user will sign in.

    Args:
        flow: "browser" or "device-code", "" where neither can begin here.
        outcome: whether the tenant accepts it, and its token lasts.
        message: that, and why this flow.
        actions: what to do, each one act.
        expiry_notes: sentences on what would end its token earlier than a refresh token ends by itself.
        title: of a warning, or of a failure that has one of its own.
    """

    flow: str
    outcome: Outcome
    message: str
    actions: tuple[str, ...] = ()
    expiry_notes: tuple[str, ...] = ()
    title: str = ""


def choose_flow(
    policies: Policies | None,
    stated_rules: str,
    *,
    flow: str,
    person_at_terminal: bool,
    has_port: bool,
    redirect_registered: bool | None,
    now: datetime,
) -> FlowChoice:
    """Return the flow by which the integration user signs in, and what is known about it beforehand.

    Args:
        policies: what Graph tells; None: nothing.
        stated_rules: what the operator says, of `RULE_CHOICES`; counts where Graph does not tell.
        flow: what the operator chose: "auto", "browser" or "device-code".
        person_at_terminal: whether somebody can paste the address that a browser ended on.
        has_port: whether it is known to which port of this machine a browser's answer comes.
        redirect_registered: whether the app has the redirect URI; None: not known.
        now: aware, UTC.
    """
    known = policies or Policies()
    verdicts = {
        DEVICE_CODE: device_code_verdict(known, stated_rules, now),
        BROWSER: browser_verdict(known, stated_rules),
    }
    can_receive = person_at_terminal or has_port
    if flow == AUTO:
        chosen, why = _choose_automatically(verdicts, person_at_terminal, has_port, redirect_registered)
    else:
        chosen, why = ("" if flow == BROWSER and not can_receive else flow), ""
    if not chosen:
        device_code_refused = f"{verdicts[DEVICE_CODE].reason} " if flow == AUTO else ""
        message = (
            f"{device_code_refused}A sign-in in a browser cannot begin here: nobody is at a terminal, and no port of "
            "this machine is known to which its answer comes."
        )
        return FlowChoice("", Outcome.FAILS, message, NO_PORT, title="No way to sign in can begin here")
    verdict = verdicts[chosen]
    if chosen == BROWSER and redirect_registered is False and verdict.outcome is not Outcome.FAILS:
        verdict = _unregistered(verdicts[DEVICE_CODE])
    elif verdict.outcome is Outcome.FAILS:
        verdict = _with_other_flow(chosen, verdicts, redirect_registered is not False and can_receive)
    return _flow_choice(chosen, verdict, why, known)


def _choose_automatically(
    verdicts: dict[str, FlowVerdict], person_at_terminal: bool, has_port: bool, redirect_registered: bool | None
) -> tuple[str, str]:
    """Return the flow for "auto", "" where none can begin, and a sentence on why it is chosen."""
    refused = {each for each, verdict in verdicts.items() if verdict.outcome is Outcome.FAILS}
    if person_at_terminal:
        if redirect_registered is False and DEVICE_CODE not in refused:
            return DEVICE_CODE, "The app has no redirect URI for the sign-in in a browser."
        if BROWSER in refused and DEVICE_CODE not in refused:
            return DEVICE_CODE, "The sign-in in a browser is refused."
        if DEVICE_CODE in refused:
            return BROWSER, "A device code would be refused." if BROWSER not in refused else ""
        return BROWSER, "Its token lasts longer than that of a device code, which a policy can end."
    if DEVICE_CODE not in refused:
        return DEVICE_CODE, "Nobody is at a terminal here, and a code can be entered on any device."
    return (BROWSER, "A device code would be refused.") if has_port else ("", "")


def _unregistered(device_code: FlowVerdict) -> FlowVerdict:
    """Return that the redirect URI is missing: the page would stop at AADSTS50011 (protocol 11.3)."""
    other = () if device_code.outcome is Outcome.FAILS else ("Or choose the sign-in by device code.",)
    message = "The app has no redirect URI for a sign-in in a browser; Entra's page would stop there (AADSTS50011)."
    actions = (f"{REGISTER_REDIRECT_URI}, then check again.", *other)
    return FlowVerdict(Outcome.FAILS, message, actions, "The app has no redirect URI")


def _with_other_flow(chosen: str, verdicts: dict[str, FlowVerdict], can_use_browser: bool) -> FlowVerdict:
    """Return the verdict on a refused flow; the first act is the other flow, if the tenant does not refuse that."""
    verdict, other = verdicts[chosen], BROWSER if chosen == DEVICE_CODE else DEVICE_CODE
    if verdicts[other].outcome is Outcome.FAILS:
        return verdict
    if other == DEVICE_CODE:
        first = "Choose the sign-in by device code (flow “device-code”)."
    elif verdicts[other].outcome is Outcome.UNKNOWN:
        first = "Choose the sign-in in a browser (flow “browser”)."
    else:
        first = CHOOSE_ACCEPTED_BROWSER
    if other == BROWSER and not can_use_browser:
        first += " It needs a redirect URI of the app, http://localhost, and a terminal or --port."
    return FlowVerdict(verdict.outcome, verdict.reason, (first, *(f"Or {lower_first(act)}" for act in verdict.actions)))


def _flow_choice(chosen: str, verdict: FlowVerdict, why: str, known: Policies) -> FlowChoice:
    """Return the choice with what ends its token early; a time limit is a warning."""
    if verdict.outcome is Outcome.FAILS:
        return FlowChoice(chosen, verdict.outcome, verdict.reason, verdict.actions, title=verdict.title)
    limits = time_limits(known)
    expiry_notes = (*((DEVICE_CODE_BLOCK,) if chosen == DEVICE_CODE else ()), *limits)
    chosen_because = [f"{FLOW_NAMES[chosen]}, because: {lower_first(why)}"] if why else []
    message = " ".join([*chosen_because, verdict.reason, *limits])
    outcome, title, actions = verdict.outcome, verdict.title, verdict.actions
    if limits:
        outcome = Outcome.WARNS if outcome is Outcome.HOLDS else outcome
        title = title or ("The tenant's rules end the token early" if outcome is Outcome.WARNS else "")
        actions = (*actions, *time_limit_actions(known))
    return FlowChoice(chosen, outcome, message, actions, expiry_notes, title)
