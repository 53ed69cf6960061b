"""Who can fix a failure: the person to whom it is sent, in words."""

from __future__ import annotations

from typing import Final

from wizard.catalogue.administrators import ADMINISTRATORS, CONSENT, administrator_without_code
from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.lookup import look_up
from wizard.core.findings import Retry, Who
from wizard.core.text import clean_line
from wizard.core.wording import PEOPLE, lower_first

_TENANT: Final = "An administrator of the tenant"
_OTHERS: Final = {
    Who.OPERATOR: "Whoever runs this onboarding: nobody else is needed",
    Who.INTEGRATION_USER: "The person who signs in as the integration user",
    Who.MICROSOFT: "Microsoft support, with the ids below",
}


def send_to(diagnosis: Diagnosis) -> str:
    """Return, in one line, the person to whom this failure is to be sent; who can fix it first comes first."""
    if diagnosis.send_to:
        return clean_line(diagnosis.send_to)
    if not diagnosis.who:
        return "Nobody is named who can fix this" if diagnosis.remedy else "Nobody: there is nothing to fix"
    first = diagnosis.who[0]
    second = _second(diagnosis)
    if second is None:
        return describe_person(diagnosis, first)
    other = describe_person(diagnosis, second)
    if second is not Who.MICROSOFT:
        other = lower_first(other)
    if first is Who.OPERATOR and second is not Who.MICROSOFT:
        return f"Whoever runs this onboarding; if they may not, {other}"
    one = "Whoever runs this onboarding" if first is Who.OPERATOR else describe_person(diagnosis, first)
    is_followed_by_a_sign_in = second is Who.INTEGRATION_USER and diagnosis.retry is Retry.NO
    return f"{one}; {'after that' if is_followed_by_a_sign_in else 'if that does not help'}, {other}"


def forward_to(diagnosis: Diagnosis) -> tuple[str, str]:
    """Return when whoever runs the onboarding, and reads this, forwards it, and to whom.

    Such as ("If you may not", "whoever runs the network and the proxy"); ("", "") if they can fix it alone.
    """
    if set(diagnosis.who) <= {Who.OPERATOR}:
        return "", ""
    second = _second(diagnosis)
    if diagnosis.send_to or second is None or diagnosis.who[0] is not Who.OPERATOR:
        return "Send this to", send_to(diagnosis)
    if second is Who.MICROSOFT:
        return "If that does not help", "Microsoft support, with its ids"
    return "If you may not", lower_first(describe_person(diagnosis, second))


def describe_person(diagnosis: Diagnosis, who: Who) -> str:
    """Return who somebody is, as a line begins: which administrator, the diagnosis or the entry of its code says."""
    if who is Who.MICROSOFT and not diagnosis.ids.present():
        return "Microsoft support"
    if who is not Who.ADMIN:
        return _OTHERS[who]
    return ADMINISTRATORS.get(_administrator(diagnosis), _TENANT)


def is_consent_administrator(diagnosis: Diagnosis) -> bool:
    """Return whether the administrator whom a failure needs is one who may grant consent."""
    return _administrator(diagnosis) == CONSENT


def who_can_fix(diagnosis: Diagnosis, program: str) -> str:
    """Return a sentence that says to the reader of a message who can fix it: the reader alone, or others as well.

    Args:
        diagnosis: what went wrong; of one that needs no fix nothing is said.
        program: what is run, such as "the program that failed".
    """
    if diagnosis.is_healthy:
        return ""
    first, *others = diagnosis.who or (None,)
    if first is None:
        return "It is not clear yet who can fix this."
    if first is Who.MICROSOFT:
        return "We cannot fix this ourselves."
    other = " or ".join(_other_person(diagnosis, each, program) for each in others)
    if first is Who.OPERATOR:
        fix = f"Whoever runs {program} can fix this on the spot"
        return f"{fix}; if that does not do, it takes {other}." if other else f"{fix}."
    return f"It needs you, and it may need {other} as well." if other else "You can fix this."


def _other_person(diagnosis: Diagnosis, who: Who, program: str) -> str:
    """Return somebody else who can fix it, as a part of a sentence."""
    if who in (Who.OPERATOR, Who.MICROSOFT):
        return f"whoever runs {program}" if who is Who.OPERATOR else "Microsoft support"
    if diagnosis.send_to:
        return PEOPLE[who]
    return lower_first(describe_person(diagnosis, who))


def _administrator(diagnosis: Diagnosis) -> str:
    """Return the key of the administrator: with a code the one that its entry names, wherever the code was met."""
    if diagnosis.administrator:
        return diagnosis.administrator
    entry = look_up(diagnosis.service or "entra", diagnosis.code) if diagnosis.code else None
    if entry and entry.administrator:
        return entry.administrator
    return administrator_without_code(diagnosis.service, () if diagnosis.code else diagnosis.steps)


def _second(diagnosis: Diagnosis) -> Who | None:
    """Return who can fix it if the first one cannot."""
    return next((who for who in diagnosis.who[1:] if who is not Who.OPERATOR), None)
