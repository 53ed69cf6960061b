"""Which way to sign in gets through in this tenant and lasts, by what is known of its rules. Pure: nothing is asked.

The rules are those of protocol 11.2; what ends a token by a policy's clock is of protocol 11.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from wizard.core.findings import Outcome
from wizard.microsoft.tenant_policies import Applies, Policies, Policy, PolicyState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

BROWSER: Final = "browser"
DEVICE_CODE: Final = "device-code"
NAMES: Final = {BROWSER: "Sign-in in a browser", DEVICE_CODE: "Sign-in by device code"}
WORDS: Final = (
    ("unknown", "not known"),
    ("security-defaults", "none: Entra's standard protection is on"),
    ("conditional-access", "yes: Conditional Access policies"),
)
"""The operator's word, and how it is said to one who knows no policies."""
GRACE: Final = timedelta(hours=24)
"""How long security defaults spare a new tenant (protocol 11.2)."""
WHERE_POLICIES: Final = "Entra > Conditional Access > Policies"
SAYS_DEFAULTS: Final = "You say that Entra's own standard protection is on"
TRACKED: Final = (
    "A token got by device code ends as soon as a Conditional Access policy that blocks the device code flow reaches "
    "the account (AADSTS530036)."
)
CHOOSE_BROWSER: Final = "Choose the sign-in in a browser (flow “browser”): it gets through."
HAVE_EXCLUDED: Final = (
    f"Have an administrator exclude the integration user from that policy ({WHERE_POLICIES} > the policy > Users)"
)
REGISTER: Final = (
    "Add http://localhost to the app (App registrations > the app > Authentication > Add a platform > Mobile and "
    "desktop applications)"
)
NO_PORT: Final = (
    "Start the wizard in a terminal, where the answer of the browser can be pasted. Or register the redirect URI "
    "http://localhost, and name the port that the answer then comes to: --port."
)


@dataclass(frozen=True, slots=True)
class Way:
    """How the integration user will sign in.

    Args:
        flow: "browser" or "device-code", "" where neither can be begun here.
        outcome: whether it gets through, and lasts.
        message: that, and why this way.
        remedy: what to do, "" where nothing.
        ends_by: sentences: what would end its token earlier than a refresh token ends by itself.
    """

    flow: str
    outcome: Outcome
    message: str
    remedy: str = ""
    ends_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What is known of one flow: whether it gets through; `reason` is a sentence."""

    outcome: Outcome
    reason: str
    remedy: str = ""


def way(
    policies: Policies | None,
    word: str,
    *,
    flow: str,
    person_at_terminal: bool,
    has_port: bool,
    redirect_registered: bool | None,
    now: datetime,
) -> Way:
    """The way that the integration user signs in, and what is to be said of it beforehand.

    Args:
        policies: what Graph tells; None: nothing.
        word: the operator's, of `WORDS`; it counts where Graph does not tell.
        flow: what the operator chose: "auto", "browser" or "device-code".
        person_at_terminal: whether somebody can paste the address that a browser ended on.
        has_port: whether it is known to which port of this machine a browser's answer comes.
        redirect_registered: whether the app has the redirect URI; None: not known.
        now: aware, UTC.
    """
    known = policies or Policies()
    verdicts = {DEVICE_CODE: _of_device_code(known, word, now), BROWSER: _of_browser(known, word)}
    can_catch = person_at_terminal or has_port
    if flow == "auto":
        chosen, why = _chosen(verdicts, person_at_terminal, has_port, redirect_registered)
    else:
        chosen, why = ("" if flow == BROWSER and not can_catch else flow), ""
    if not chosen:
        ahead = f"{verdicts[DEVICE_CODE].reason} " if flow == "auto" else ""
        message = (
            f"{ahead}A sign-in in a browser cannot be begun here: nobody is at a terminal, and no port of this machine "
            "is known to which its answer comes."
        )
        return Way("", Outcome.FAILS, message, NO_PORT)
    verdict = verdicts[chosen]
    if chosen == BROWSER and redirect_registered is False and verdict.outcome is not Outcome.FAILS:
        verdict = _unregistered(verdicts[DEVICE_CODE])
    elif verdict.outcome is Outcome.FAILS:
        verdict = _with_other_way(chosen, verdict, verdicts, redirect_registered is not False and can_catch)
    return _said(chosen, verdict, why, known)


def _chosen(
    verdicts: dict[str, _Verdict], person_at_terminal: bool, has_port: bool, redirect_registered: bool | None
) -> tuple[str, str]:
    """The flow for "auto", "" where none can be begun, and why it is taken."""
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


def _of_device_code(known: Policies, word: str, now: datetime) -> _Verdict:
    is_on = known.security_defaults
    if is_on and known.created_at is not None and now - known.created_at < GRACE:
        until = known.created_at + GRACE
        return _Verdict(
            Outcome.WARNS,
            f"Security defaults refuse device codes in this tenant from {until:%Y-%m-%d %H:%M} UTC on, a day after it "
            "was made. Until then one works, which proves nothing for the time after.",
            "Best choose the sign-in in a browser (flow “browser”): it works afterwards too.",
        )
    if is_on:
        return _Verdict(Outcome.FAILS, "Security defaults are on: they refuse every device code (AADSTS530035).")
    if _says_defaults(known, word):
        reason = f"{SAYS_DEFAULTS}, security defaults: they refuse every device code"
        return _Verdict(Outcome.FAILS, f"{reason} (AADSTS530035).")
    blocking = _those(known, lambda policy: policy.blocks_device_code)
    if found := _first(blocking, PolicyState.ENABLED, Applies.YES):
        return _blocked(found, "device codes")
    if found := _first(blocking, PolicyState.ENABLED, Applies.PERHAPS):
        return _perhaps_blocked(found, "device codes")
    if is_on is None or known.conditional_access is None:
        return _not_known(known, word, "a device code")
    if found := _first(blocking, PolicyState.REPORT_ONLY, Applies.YES, Applies.PERHAPS):
        return _Verdict(
            Outcome.WARNS,
            f"The Conditional Access policy “{found.name}” blocks device codes, and is in report-only: a device code "
            "works until the policy is switched on. From then on it is refused (AADSTS53003), and its token ends "
            "(AADSTS530036).",
            f"Best choose the sign-in in a browser (flow “browser”). Or {_lower(HAVE_EXCLUDED)}.",
        )
    return _free(known, "a device code")


def _of_browser(known: Policies, word: str) -> _Verdict:
    blocking = _those(known, lambda policy: policy.blocks_browser)
    if found := _first(blocking, PolicyState.ENABLED, Applies.YES):
        return _blocked(found, "every sign-in to Partner Center")
    if found := _first(blocking, PolicyState.ENABLED, Applies.PERHAPS):
        return _perhaps_blocked(found, "sign-ins in a browser too")
    if known.security_defaults:
        return _Verdict(
            Outcome.HOLDS,
            "Security defaults are on: they refuse device codes, and let a sign-in in a browser through, with MFA.",
        )
    if known.conditional_access is None:
        return _not_known(known, word, "a sign-in in a browser")
    if found := _first(blocking, PolicyState.REPORT_ONLY, Applies.YES, Applies.PERHAPS):
        return _Verdict(
            Outcome.WARNS,
            f"The Conditional Access policy “{found.name}” blocks every sign-in, and is in report-only: this one works "
            "until the policy is switched on.",
            f"{HAVE_EXCLUDED}, before it is switched on.",
        )
    if known.security_defaults is None:
        return _Verdict(Outcome.HOLDS, "No Conditional Access policy refuses a sign-in in a browser.")
    return _free(known, "a sign-in in a browser")


def _says_defaults(known: Policies, word: str) -> bool:
    """Whether it is the operator's word that security defaults are on, and nothing that Graph tells is against it."""
    has_policies = any(policy.state is PolicyState.ENABLED for policy in known.conditional_access or ())
    return word == "security-defaults" and known.security_defaults is None and not has_policies


def _those(known: Policies, asked: Callable[[Policy], bool]) -> list[Policy]:
    """The policies that may reach the sign-in and of which something is true."""
    return [each for each in known.conditional_access or () if each.applies is not Applies.NO and asked(each)]


def _first(policies: Iterable[Policy], state: PolicyState, *applies: Applies) -> Policy | None:
    return next((each for each in policies if each.state is state and each.applies in applies), None)


def _blocked(policy: Policy, what: str) -> _Verdict:
    reason = f"The Conditional Access policy “{policy.name}” blocks {what} for the integration user (AADSTS53003)."
    return _Verdict(Outcome.FAILS, reason, f"{HAVE_EXCLUDED}.")


def _perhaps_blocked(policy: Policy, what: str) -> _Verdict:
    return _Verdict(
        Outcome.UNKNOWN,
        f"The Conditional Access policy “{policy.name}” blocks {what}; whether it reaches the integration user cannot "
        "be told from here. The sign-in shows it.",
        f"If it is refused (AADSTS53003): {_lower(HAVE_EXCLUDED)}.",
    )


def _not_known(known: Policies, word: str, what: str) -> _Verdict:
    """Graph does not tell; the operator's word is said, and proves nothing."""
    if _says_defaults(known, word):
        return _Verdict(Outcome.UNKNOWN, f"{SAYS_DEFAULTS}: then {what} gets through. The sign-in shows it.")
    if word == "conditional-access" and known.conditional_access is None:
        said = "You say that there are Conditional Access policies"
        return _Verdict(Outcome.UNKNOWN, f"{said}; whether they let {what} through is not known. The sign-in shows it.")
    return _Verdict(
        Outcome.UNKNOWN, f"Whether this tenant lets {what} through cannot be told beforehand; the sign-in shows it."
    )


def _free(known: Policies, what: str) -> _Verdict:
    """Nothing refuses it; but where nothing asks for MFA, Partner Center refuses the token (protocol 11.2)."""
    asking = _those(known, lambda policy: policy.asks_for_mfa)
    if not _first(asking, PolicyState.ENABLED, Applies.YES, Applies.PERHAPS):
        return _Verdict(
            Outcome.WARNS,
            f"Nothing here refuses {what}; but no Conditional Access policy asks for MFA, without which Partner Center "
            "refuses the token (900421).",
            f"Have a Conditional Access policy require MFA of the integration user ({WHERE_POLICIES}), or without "
            "Entra ID P1 per-user MFA.",
        )
    return _Verdict(Outcome.HOLDS, f"No rule of this tenant for signing in refuses {what}.")


def _unregistered(device_code: _Verdict) -> _Verdict:
    """The redirect URI is missing: the page would stop at AADSTS50011 (protocol 11.3)."""
    other = "" if device_code.outcome is Outcome.FAILS else " Or choose the sign-in by device code."
    message = "The app has no redirect URI for a sign-in in a browser; Entra's page would stop there (AADSTS50011)."
    return _Verdict(Outcome.FAILS, message, f"{REGISTER}, then check again.{other}")


def _with_other_way(chosen: str, verdict: _Verdict, verdicts: dict[str, _Verdict], browser_is_open: bool) -> _Verdict:
    """A refusal, with the other way for a remedy where that one gets through."""
    other = BROWSER if chosen == DEVICE_CODE else DEVICE_CODE
    if verdicts[other].outcome is Outcome.FAILS:
        return verdict
    if other == DEVICE_CODE:
        first = "Choose the sign-in by device code (flow “device-code”)."
    elif verdicts[other].outcome is Outcome.UNKNOWN:
        first = "Choose the sign-in in a browser (flow “browser”)."
    else:
        first = CHOOSE_BROWSER
    if other == BROWSER and not browser_is_open:
        first += " It needs a redirect URI of the app, http://localhost, and a terminal or --port."
    second = f" Or {_lower(verdict.remedy)}" if verdict.remedy else ""
    return _Verdict(verdict.outcome, verdict.reason, first + second)


def _lower(sentence: str) -> str:
    """A sentence that goes on from another."""
    return sentence[:1].lower() + sentence[1:]


def _said(chosen: str, verdict: _Verdict, why: str, known: Policies) -> Way:
    """The way with what ends its token early; a clock that is running is warned of."""
    if verdict.outcome is Outcome.FAILS:
        return Way(chosen, verdict.outcome, verdict.reason, verdict.remedy)
    running, later = _clocks(known)
    ends_by = (*((TRACKED,) if chosen == DEVICE_CODE else ()), *running, *later)
    chosen_because = [f"{NAMES[chosen]}, because: {_lower(why)}"] if why else []
    message = " ".join([*chosen_because, verdict.reason, *running, *later])
    outcome, remedy = verdict.outcome, verdict.remedy
    if running or later:
        outcome = Outcome.WARNS if outcome is Outcome.HOLDS else outcome
        remedy = f"{remedy} {_against_clocks(known)}".strip()
    return Way(chosen, outcome, message, remedy, ends_by)


def _clocks(known: Policies) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What ends a token of either way after a time: now, and once a policy in report-only is switched on."""
    running = [_frequency(each) for each in _timed(known, PolicyState.ENABLED)]
    if known.remember_mfa_days:
        days = "1 day" if known.remember_mfa_days == 1 else f"{known.remember_mfa_days} days"
        running.append(f"MFA is remembered for {days} in this tenant: a token may end after that (AADSTS50078).")
    return tuple(running), tuple(_frequency(each) for each in _timed(known, PolicyState.REPORT_ONLY))


def _timed(known: Policies, state: PolicyState) -> list[Policy]:
    timed = _those(known, lambda policy: policy.frequency_hours is not None)
    return [each for each in timed if each.state is state]


def _frequency(policy: Policy) -> str:
    hours = policy.frequency_hours or 0
    wants = f"a new sign-in every {_lasting(hours)}" if hours else "a new sign-in every time"
    maybe = " (whether it reaches the integration user cannot be told)" if policy.applies is Applies.PERHAPS else ""
    if policy.state is PolicyState.REPORT_ONLY:
        return f"Once it is switched on, the policy “{policy.name}” (report-only) wants {wants} (AADSTS70043){maybe}."
    return f"The policy “{policy.name}” wants {wants}: the token ends then (AADSTS70043){maybe}."


def _against_clocks(known: Policies) -> str:
    timed = [*_timed(known, PolicyState.ENABLED), *_timed(known, PolicyState.REPORT_ONLY)]
    parts = []
    if timed:
        parts.append(
            f"Have an administrator exclude the integration user from “Sign-in frequency” ({WHERE_POLICIES} > the "
            "policy > Session)."
        )
    if known.remember_mfa_days:
        parts.append(
            "Have “Remember multi-factor authentication on trusted devices” reviewed (Entra > Users > Per-user MFA > "
            "Service settings)."
        )
    return " ".join(parts)


def _lasting(hours: int) -> str:
    if hours % 24 == 0:
        return "day" if hours == 24 else f"{hours // 24} days"
    return "hour" if hours == 1 else f"{hours} hours"
