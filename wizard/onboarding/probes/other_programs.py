"""Which other programs of this partner call Partner Center without MFA, and will be refused (protocol 11.6)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Finding, Item, ItemKind, Outcome, Who
from wizard.core.retries import with_retries
from wizard.core.wording import counted
from wizard.onboarding.finding_builders import could_not_tell, fails, holds, refused, warns
from wizard.onboarding.health_rule import HealthRule, needs_checks
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.partner import LACKS_MFA
from wizard.onboarding.sign_in.sign_in_checks import signed_in_token
from wizard.onboarding.step import Check

if TYPE_CHECKING:
    from wizard.microsoft.mfa_report import AppUse, MfaReport

OTHER_PROGRAMS: Final = "other_programs"
"""The facet of profiles whose operator answers for the partner's other programs: no vendor does."""
NAMED: Final = 3
"""How many programs the sentence names; the items are more."""
MOST_LISTED: Final = 20
"""How many programs are items."""
BY_HAND: Final = (
    "Look by hand, as Global Administrator: partner.microsoft.com > Account settings > Security requirements status, "
    "and open the file “API requests summary”."
)


def check_other_programs(onboarding: Onboarding) -> Finding:
    """No other app of this partner calls Partner Center without MFA, by its report of the last days.

    What counts is an app's latest day: one that has been put right since is not named. One without any MFA fails, one
    with some of it warns; neither stops this onboarding.
    """
    token = signed_in_token(onboarding).access_token
    try:
        report = with_retries(
            onboarding,
            "asking Partner Center who calls it without MFA",
            lambda: onboarding.services.partner_center.read_mfa_report(token),
        )
    except ServiceRefusal as refusal:
        if refusal.code in LACKS_MFA:
            return refused(refusal)
        return _not_told(f"Partner Center does not show its MFA report to this account ({_reason(refusal)}).", refusal)
    if report is None:
        return _not_told("Partner Center gave an MFA report that cannot be read.")
    return _judge(report, onboarding.answers.client_id.lower())


def _judge(report: MfaReport, own_id: str) -> Finding:
    others = [use for use in report.apps if use.app_id != own_id]
    without_mfa = sorted((use for use in others if use.without_mfa), key=lambda use: -use.without_mfa)
    if without_mfa:
        return _will_be_refused(without_mfa, report.unreadable)
    if report.unreadable:
        return _not_told(f"{counted(report.unreadable, 'row')} of Partner Center's MFA report cannot be read.")
    if not others:
        return holds("By Partner Center's report no other app of this partner has called it in the last days.")
    return holds(
        f"By Partner Center's report {counted(len(others), 'other app')} of this partner called it, all with MFA.",
        apps=len(others),
    )


def _will_be_refused(uses: list[AppUse], unreadable: int) -> Finding:
    names = ", ".join(use.name or use.app_id for use in uses[:NAMED])
    more = f" and {len(uses) - NAMED} more" if len(uses) > NAMED else ""
    message = (
        f"{counted(len(uses), 'other app')} of this partner still called Partner Center without MFA: {names}{more}. "
        "Such calls are refused (900421)."
    )
    if unreadable:
        message += f" {counted(unreadable, 'row')} of the report cannot be read."
    is_any_without = any(not _has_mfa(use) for use in uses)
    finding = (fails if is_any_without else warns)(
        message,
        (
            "Onboard each of them as you do this one: its user signs in with MFA, and it gets a new token.",
            "If you do not know one, search for its id: entra.microsoft.com > Entra ID > Enterprise apps > All "
            "applications.",
        ),
        Who.OPERATOR,
        Who.ADMIN,
        title="Other programs have no MFA" if is_any_without else "Other programs will be refused",
    )
    return replace(finding, evidence={"apps": len(uses)}, items=tuple(map(_as_item, uses[:MOST_LISTED])))


def _has_mfa(use: AppUse) -> bool:
    """Return whether some requests of an app's latest day had MFA: then one of its tokens at least has it."""
    return use.without_mfa < use.requests


def _as_item(use: AppUse) -> Item:
    subject = f"MFA of {use.name} ({use.app_id})" if use.name else f"MFA of {use.app_id}"
    rate = f"{use.without_mfa} of {counted(use.requests, 'request')} without it on {use.day}"
    return Item(subject, Outcome.WARNS if _has_mfa(use) else Outcome.FAILS, rate, ItemKind.MISSING)


def _reason(refusal: ServiceRefusal) -> str:
    """Return the code of a refusal, else its HTTP status."""
    return refusal.code or str(refusal.status)


def _not_told(message: str, refusal: ServiceRefusal | None = None) -> Finding:
    """Return that the other programs are not known. Which role the report wants is (U): its page wants Global Admin."""
    said = {"service_said": refusal.description} if refusal and refusal.description else {}
    finding = could_not_tell(
        f"{message} So it is not known whether other programs will be refused.", BY_HAND, Who.ADMIN, **said
    )
    return replace(finding, code=_reason(refusal), ids=refusal.ids) if refusal else finding


OTHER_PROGRAMS_CHECK: Final = Check(
    "user.other_programs",
    "No other program will be refused",
    "Other programs will be refused",
    "Partner Center",
    check_other_programs,
    advisory=True,
    health_rule=HealthRule(needs=needs_checks("store.partner_center")),
    facet=OTHER_PROGRAMS,
)
