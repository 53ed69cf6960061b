"""Whom a failure is to be sent to, and a message that is ready for that person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from wizard.catalogue.codes import known
from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.places import heading, step_titles
from wizard.catalogue.prose import wrapped
from wizard.core.findings import Retry, Who
from wizard.core.text import clean_line
from wizard.redaction.secret_patterns import redact_patterns

WIDTH: Final = 76
"""Characters of a line of a message: what a mail program leaves as it is, quoted once."""

MOST_LINES: Final = 60
"""Lines of a message: what a reader still reads."""

_LONGEST: Final = {"title": 120, "cause": 500, "remedy": 900, "said": 300, "evidence": 100, "about": 500}
_MOST_EVIDENCE: Final = 6
_MOST_OF_A_CHART: Final = 16
"""Lines of what a token says."""

_TELLING: Final = ("kind", "user", "roles", "permissions", "for", "issued", "expires", "MFA")
"""The lines of a token that are left where there is no room for more."""

_CONSENT: Final = (
    "An administrator of the tenant who may grant consent (Privileged Role, Cloud Application or Application "
    "Administrator)"
)
_APP: Final = "Whoever owns the app registration (Application or Cloud Application Administrator)"
_VAULT: Final = "Whoever manages access to the key vault (Owner or User Access Administrator)"
_PARTNER_CENTER: Final = "An account admin in Partner Center"
_POLICIES: Final = "A Conditional Access or Security Administrator of the tenant"
_USERS: Final = "An administrator of the tenant who manages its users (User or Authentication Administrator)"
_TENANT: Final = "An administrator of the tenant"

_WITHOUT_LINK: Final = (
    "Without the link: entra.microsoft.com > Entra ID > Enterprise apps > All applications > "
    "the app > Permissions > Grant admin consent."
)
_ID: Final = r"([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})"
_PLACEHOLDERS: Final = {
    "<vault>": ("vault", r"(?:https://)?([A-Za-z][A-Za-z0-9-]{2,23})(?:[.:/].{0,200})?"),
    "<secret>": ("secret", r"([0-9A-Za-z-]{1,127})"),
    "<client id>": ("app", _ID),
    "<app id>": ("app", _ID),
    "<tenant id>": ("tenant id", _ID),
    "<tenant>": ("tenant id", _ID),
}

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
    "admin_consent": _CONSENT,
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
_CALLED: Final = {
    Who.OPERATOR: "you",
    Who.ADMIN: "an administrator",
    Who.INTEGRATION_USER: "the integration user",
    Who.MICROSOFT: "Microsoft",
}
_TRYING_AGAIN: Final = {
    Retry.YES: "yes, as it is",
    Retry.WAIT: "yes, after a pause",
    Retry.AFTER_FIX: "only once this is done",
    Retry.NO: "not with this token or code: it takes a new one",
    None: "nobody knows yet",
}


@dataclass(frozen=True, slots=True)
class Handover:
    """What goes to the person who can mend a failure.

    Args:
        to: one line: who that is, such as "An account admin in Partner Center".
        subject: one line.
        text: the message: what was tried, what came back, what is asked of the reader, and the ids; without secrets.
    """

    to: str
    subject: str
    text: str


def people(who: tuple[Who, ...]) -> str:
    """Give who can mend something, in words: "an administrator or you"; "" where nobody is named."""
    return " or ".join(_CALLED[each] for each in who)


def trying_again(retry: Retry | None) -> str:
    """Give in words whether trying again helps; they are the same wherever it is said."""
    return _TRYING_AGAIN[retry]


def named_ids(diagnosis: Diagnosis) -> dict[str, str]:
    """Give the ids for support under the words that support asks for them by."""
    present = diagnosis.ids.present().items()
    return {"time" if name == "timestamp" else name.replace("_", " "): value for name, value in present}


def quoted(diagnosis: Diagnosis, said: str) -> str:
    """Give the words that came with a failure, and whose they are.

    Of the network nobody speaks but a program; and what was recognised by its words may be somebody's who retells it.
    """
    is_services = diagnosis.service != "network" and not diagnosis.is_recognised_by_words
    whose = "In the service's words" if is_services else "The text says"
    return f"{whose}: “{said}”"


def send_to(diagnosis: Diagnosis) -> str:
    """Give, in one line, the person to whom this failure is to be sent; the first one who can mend it comes first."""
    if own := diagnosis.send_to or _in_catalogue(diagnosis):
        return clean_line(own)
    if not diagnosis.who:
        return "Nobody is named who can mend this" if diagnosis.remedy else "Nobody: there is nothing to mend"
    first = diagnosis.who[0]
    second = _second(diagnosis)
    if second is None:
        return _one(diagnosis, first)
    other = _one(diagnosis, second)
    if second is not Who.MICROSOFT:
        other = other[0].lower() + other[1:]
    if first is Who.OPERATOR and second is not Who.MICROSOFT:
        return f"Whoever runs this onboarding; if they may not, {other}"
    one = "Whoever runs this onboarding" if first is Who.OPERATOR else _one(diagnosis, first)
    return f"{one}; if that does not help, {other}"


def passed_on(diagnosis: Diagnosis) -> tuple[str, str]:
    """Give when whoever runs the onboarding, and reads this, sends it on, and to whom.

    Such as ("If you may not", "whoever runs the network and the proxy"); a `("", "")` where it is theirs alone.
    """
    if set(diagnosis.who) <= {Who.OPERATOR}:
        return "", ""
    second = _second(diagnosis)
    if diagnosis.send_to or _in_catalogue(diagnosis) or second is None or diagnosis.who[0] is not Who.OPERATOR:
        return "Send this to", send_to(diagnosis)
    if second is Who.MICROSOFT:
        return "If that does not help", "Microsoft support, with its ids"
    other = _one(diagnosis, second)
    return "If you may not", other[0].lower() + other[1:]


def hand_over(diagnosis: Diagnosis, about: Mapping[str, str]) -> Handover:
    """Give the message for whoever can mend what `diagnosis` says.

    Args:
        diagnosis: what went wrong.
        about: what is known of the journey, as a person reads it: "tenant", "tenant id", "app", "integration user",
            "vault", "secret", "cloud"; empty where the failure is not one of our own journey, such as a paste.
    """
    names = {name: _fit(value, "about") for name, value in about.items() if _fit(value, "about")}
    of_tenant = f" of {names['tenant']}" if "tenant" in names else ""
    title = heading(_fit(diagnosis.title, "title")) or "a check does not hold"
    code = f" ({diagnosis.code})" if diagnosis.code and diagnosis.code not in title else ""
    lines = list(_message(diagnosis, names))
    few = tuple(row for row in diagnosis.evidence if diagnosis.at_hand and row[0] in _TELLING)
    for shorter in ({"evidence": few}, {"evidence": few, "said": ""}):
        if len(lines) > MOST_LINES:
            lines = list(_message(replace(diagnosis, **shorter), names))
    while lines and not lines[-1]:
        lines.pop()
    return Handover(
        send_to(diagnosis),
        clean_line(
            f"{f'Partner Center onboarding{of_tenant}' if names else 'Access to Partner Center'}: {title}{code}"
        ),
        "\n".join(lines),
    )


def _in_catalogue(diagnosis: Diagnosis) -> str:
    """Whom the catalogue names for a code; a finding carries the code alone."""
    entry = known(diagnosis.service or "entra", diagnosis.code) if diagnosis.code else None
    return entry.send_to if entry and entry.who == diagnosis.who else ""


def _second(diagnosis: Diagnosis) -> Who | None:
    """Who can mend it where the first one cannot."""
    return next((who for who in diagnosis.who[1:] if who is not Who.OPERATOR), None)


def _one(diagnosis: Diagnosis, who: Who) -> str:
    if who is not Who.ADMIN:
        return _OTHERS[who]
    if named := _BY_CODE.get(diagnosis.code) or _BY_SERVICE.get(diagnosis.service):
        return named
    return next((_BY_STEP[step] for step in diagnosis.steps[:1] if step in _BY_STEP), _TENANT)


def _message(diagnosis: Diagnosis, names: Mapping[str, str]) -> Iterator[str]:
    reader = diagnosis.who[0] if diagnosis.who else None
    yield from _opening(diagnosis, names)
    if reader is Who.MICROSOFT:
        yield from _ids(diagnosis)
    yield from _answer(diagnosis)
    yield from _part("What it means", _fit(diagnosis.cause, "cause"))
    yield from _asked(diagnosis, names, reader)
    if reader is not Who.MICROSOFT:
        yield from _ids(diagnosis)
    if names:
        yield "What it is about"
        yield from (f"  {name}: {value}" for name, value in names.items())
        yield ""
    if diagnosis.link:
        yield "Microsoft's page"
        yield f"  {diagnosis.link}"


def _opening(diagnosis: Diagnosis, names: Mapping[str, str]) -> Iterator[str]:
    if not names:
        what = "is looked into: this is what was found." if diagnosis.at_hand else "fails with the error below."
        yield from wrapped(
            f"Access to Partner Center (Secure Application Model) {what} {_who_can(diagnosis, names)}", WIDTH
        )
        yield ""
        return
    tenant = f"the tenant {names['tenant']}" if "tenant" in names else "a tenant"
    app = f"the app {names['app']}" if "app" in names else "an app registration"
    step = step_titles().get(diagnosis.step, "")
    where = f" It stopped at: {step}." if step else ""
    yield from wrapped(
        f"We are setting up the Partner Center onboarding of {tenant} with {app} (Secure Application Model).{where} "
        f"{_who_can(diagnosis, names)}",
        WIDTH,
    )
    yield ""


def _who_can(diagnosis: Diagnosis, names: Mapping[str, str]) -> str:
    """Say to the reader who can mend it: the reader alone, or others as well."""
    if diagnosis.is_well:
        return ""
    first, *others = diagnosis.who or (None,)
    if first is None:
        return "It is not clear yet who can mend this."
    if first is Who.MICROSOFT:
        return "We cannot mend this ourselves."
    program = "it" if names else "the program that failed"
    other = " or ".join(_besides(diagnosis, each, program) for each in others)
    if first is Who.OPERATOR:
        fields_to_fix = f"Whoever runs {program} can mend this on the spot"
        return f"{fields_to_fix}; if that does not do, it takes {other}." if other else f"{fields_to_fix}."
    return f"It needs you, and it may need {other} as well." if other else "You can mend this."


def _besides(diagnosis: Diagnosis, who: Who, program: str) -> str:
    """Give somebody else who can mend it, as a part of a sentence."""
    if who in (Who.OPERATOR, Who.MICROSOFT):
        return f"whoever runs {program}" if who is Who.OPERATOR else "Microsoft support"
    if diagnosis.send_to or _in_catalogue(diagnosis):
        return _CALLED[who]
    one = _one(diagnosis, who)
    return one[0].lower() + one[1:]


def _answer(diagnosis: Diagnosis) -> Iterator[str]:
    title = heading(_fit(diagnosis.title, "title"))
    came = f"{diagnosis.code}: {title}" if diagnosis.code and title else diagnosis.code or title
    yield from _part("What was found" if diagnosis.at_hand else "What came back", came, ends=False)
    if said := _fit(diagnosis.said, "said"):
        yield from wrapped(quoted(diagnosis, said), WIDTH, "  ", "  ")
    most = _MOST_OF_A_CHART if diagnosis.at_hand else _MOST_EVIDENCE
    for name, value in diagnosis.evidence[:most]:
        yield f"  {clean_line(name, 60).replace('_', ' ')}: {_fit(value, 'evidence')}"
    if (left := len(diagnosis.evidence) - most) > 0:
        yield f"  … and {left} more, which are left out of this message"
    yield ""


def _asked(diagnosis: Diagnosis, names: Mapping[str, str], reader: Who | None) -> Iterator[str]:
    remedy = _filled(_fit(diagnosis.remedy, "remedy"), names)
    if reader is Who.ADMIN and _one(diagnosis, Who.ADMIN) == _CONSENT and "Permissions" not in remedy:
        remedy = f"{remedy} {_WITHOUT_LINK}"
    match reader:
        case Who.MICROSOFT:
            ask = "Please look up this request by its ids and time, and tell us why it was refused and what mends it."
            yield from _part("What we ask of you", ask)
            yield from _part("What we know of it", remedy)
            return
        case Who.OPERATOR | None:
            yield from _part("What to do", remedy)
        case _:
            yield from _part("What we ask of you", remedy or "Please tell us what you know of it.")
    if reader is Who.INTEGRATION_USER:
        yield from wrapped(
            "Nobody will ask you for your password or for a code: type them on Microsoft's own sign-in page alone.",
            WIDTH,
        )
        yield ""
    if not diagnosis.is_well:
        yield from _part("How it shows that it worked", _proof(diagnosis, names, reader))


def _filled(remedy: str, names: Mapping[str, str]) -> str:
    """Put the journey's own names into a remedy's commands; a name that a shell could read otherwise stays out."""
    for placeholder, (name, form) in _PLACEHOLDERS.items():
        if found := re.fullmatch(form, names.get(name, "")):
            remedy = remedy.replace(placeholder, found[1])
    return remedy


def _proof(diagnosis: Diagnosis, names: Mapping[str, str], reader: Who | None) -> str:
    step = step_titles().get(diagnosis.step, "")
    if names:
        again, holds = f"The check in “{step}”" if step else "The same check", "it then holds"
    else:
        again, holds = "The same request", "it is granted"
    if diagnosis.at_hand:
        again, holds = "What replaces it" if names else "What comes in its place", "nothing is missing in it"
    gone = f"{diagnosis.code} does not come back" if diagnosis.code else holds
    emit = "" if reader in (Who.OPERATOR, None) else "Tell us when it is done. "
    verb = "is looked at in the same way" if diagnosis.at_hand else "is made again"
    return f"{emit}{again} {verb}, and {gone}. Trying again helps: {trying_again(diagnosis.retry)}."


def _ids(diagnosis: Diagnosis) -> Iterator[str]:
    ids = named_ids(diagnosis)
    if diagnosis.at_hand and not ids:
        return
    yield "For support"
    yield from (f"  {name}: {clean_line(value, 120)}" for name, value in ids.items())
    if not ids:
        yield "  The service gave no ids, or they were not in what we saw."
    yield ""


def _part(heading: str, text: str, *, ends: bool = True) -> Iterator[str]:
    if not text:
        return
    yield heading
    yield from wrapped(text, WIDTH, "  ", "  ")
    if ends:
        yield ""


def _fit(text: str, kind: str) -> str:
    """A text of somebody else's as a message may hold it: one line, not too long, without what looks like a secret."""
    return clean_line(redact_patterns(clean_line(text)), _LONGEST[kind])
