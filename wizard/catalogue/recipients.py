"""Who can fix a failure: the person to whom it is sent, in words."""

from __future__ import annotations

from typing import Final

from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.lookup import look_up
from wizard.core.findings import Who
from wizard.core.text import clean_line
from wizard.core.wording import PEOPLE, lower_first

CONSENT_ADMINISTRATOR: Final = (
    "An administrator of the tenant who may grant consent (Privileged Role, Cloud Application or Application "
    "Administrator)"
)
_APP: Final = "Whoever owns the app registration (Application or Cloud Application Administrator)"
_VAULT: Final = "Whoever manages access to the key vault (Owner or User Access Administrator)"
_PARTNER_CENTER: Final = "An account admin in Partner Center"
_POLICIES: Final = "A Conditional Access or Security Administrator of the tenant"
_USERS: Final = "An administrator of the tenant who manages its users (User or Authentication Administrator)"
_TENANT: Final = "An administrator of the tenant"

# A code is Conditional Access's or the network's wherever it is met. An entry of the catalogue with a `send_to` of its
# own needs no line here.
_BY_CODE: Final = {
    **dict.fromkeys(
        (
            *("AADSTS53000", "AADSTS53001", "AADSTS53002", "AADSTS53003", "AADSTS53004", "AADSTS53011"),
            *("AADSTS50097", "AADSTS50131", "AADSTS50158", "AADSTS70043", "AADSTS530032", "AADSTS530036"),
            *("AADSTS530084", "message_only", "900421", "10001"),
        ),
        _POLICIES,
    ),
    **dict.fromkeys(
        ("AADSTS50002", "AADSTS500021", "AADSTS500022"), "Whoever runs the network's proxy and its tenant restrictions"
    ),
}
_BY_SERVICE: Final = {
    "key_vault": _VAULT,
    "partner_center": _PARTNER_CENTER,
    "graph": "A Privileged Role Administrator of the tenant",
    "network": "Whoever runs the network and the proxy",
}
_BY_STEP: Final = {
    "admin_consent": CONSENT_ADMINISTRATOR,
    "app": _APP,
    "user_consent": _USERS,
    "key_vault": _VAULT,
    "partner_center": _PARTNER_CENTER,
    "renewal": _USERS,
}
_OTHERS: Final = {
    Who.OPERATOR: "Whoever runs this onboarding: nobody else is needed",
    Who.INTEGRATION_USER: "The person who signs in as the integration user",
    Who.MICROSOFT: "Microsoft support, with the ids below",
}


def send_to(diagnosis: Diagnosis) -> str:
    """Return, in one line, the person to whom this failure is to be sent; who can fix it first comes first."""
    if named := _named_in_catalogue(diagnosis):
        return clean_line(named)
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
    return f"{one}; if that does not help, {other}"


def forward_to(diagnosis: Diagnosis) -> tuple[str, str]:
    """Return when whoever runs the onboarding, and reads this, forwards it, and to whom.

    Such as ("If you may not", "whoever runs the network and the proxy"); ("", "") if they can fix it alone.
    """
    if set(diagnosis.who) <= {Who.OPERATOR}:
        return "", ""
    second = _second(diagnosis)
    if _named_in_catalogue(diagnosis) or second is None or diagnosis.who[0] is not Who.OPERATOR:
        return "Send this to", send_to(diagnosis)
    if second is Who.MICROSOFT:
        return "If that does not help", "Microsoft support, with its ids"
    return "If you may not", lower_first(describe_person(diagnosis, second))


def describe_person(diagnosis: Diagnosis, who: Who) -> str:
    """Return who somebody is, as a line begins: which administrator depends on code, then service, then step."""
    if who is not Who.ADMIN:
        return _OTHERS[who]
    if named := _BY_CODE.get(diagnosis.code) or _BY_SERVICE.get(diagnosis.service):
        return named
    return next((_BY_STEP[step] for step in diagnosis.steps[:1] if step in _BY_STEP), _TENANT)


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
    if _named_in_catalogue(diagnosis):
        return PEOPLE[who]
    return lower_first(describe_person(diagnosis, who))


def _named_in_catalogue(diagnosis: Diagnosis) -> str:
    """Return whom the diagnosis, or the catalogue's entry of its code, names: a finding carries the code alone."""
    if diagnosis.send_to or not diagnosis.code:
        return diagnosis.send_to
    entry = look_up(diagnosis.service or "entra", diagnosis.code)
    return entry.send_to if entry and entry.who == diagnosis.who else ""


def _second(diagnosis: Diagnosis) -> Who | None:
    """Return who can fix it if the first one cannot."""
    return next((who for who in diagnosis.who[1:] if who is not Who.OPERATOR), None)
