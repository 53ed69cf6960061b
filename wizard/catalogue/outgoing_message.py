"""The message to whoever can fix a failure: what came back, what is asked, and how it shows that it worked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from wizard.catalogue.check_titles import step_titles
from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.diagnosis_words import failure_heading, labelled_ids, quote_service
from wizard.catalogue.prose import wrap_prose
from wizard.catalogue.recipients import CONSENT_ADMINISTRATOR, describe_person, send_to, who_can_fix
from wizard.core.findings import Who
from wizard.core.shapes import GUID_PATTERN
from wizard.core.text import clean_line
from wizard.core.wording import retry_in_words

WIDTH: Final = 76
"""Characters of a line of a message: what a mail program leaves as it is, quoted once."""

MOST_LINES: Final = 60
"""Lines of a message: what a reader still reads."""

_LONGEST: Final = {"title": 120, "cause": 500, "remedy": 900, "service_text": 300, "evidence": 100, "about": 500}
_MOST_EVIDENCE: Final = 6
_MOST_OF_A_TOKEN: Final = 16
"""Rows of what a token says."""

_ESSENTIAL: Final = ("kind", "user", "roles", "permissions", "for", "issued", "expires", "MFA")
"""The rows of a token that are kept where there is no room for more."""

_WITHOUT_LINK: Final = (
    "Without the link: entra.microsoft.com > Entra ID > Enterprise apps > All applications > "
    "the app > Permissions > Grant admin consent."
)
_ID: Final = f"({GUID_PATTERN})"
_PLACEHOLDERS: Final = {
    "<vault>": ("vault", r"(?:https://)?([A-Za-z][A-Za-z0-9-]{2,23})(?:[.:/].{0,200})?"),
    "<secret>": ("secret", r"([0-9A-Za-z-]{1,127})"),
    "<client id>": ("app", _ID),
    "<app id>": ("app", _ID),
    "<tenant id>": ("tenant id", _ID),
    "<tenant>": ("tenant id", _ID),
}
"""What replaces a placeholder of a remedy: its name in `about`, and a form that no shell reads as more than a word."""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """What goes to the person who can fix a failure.

    Args:
        to: one line: who that is, such as "An account admin in Partner Center".
        subject: one line.
        text: the message: what was tried, what came back, what is asked of the reader, and the ids; without secrets.
    """

    to: str
    subject: str
    text: str


def write_message(diagnosis: Diagnosis, about: Mapping[str, str]) -> OutgoingMessage:
    """Return the message for whoever can fix what `diagnosis` says.

    Args:
        diagnosis: what went wrong.
        about: what is known of the journey, as a person reads it: "tenant", "tenant id", "app", "integration user",
            "vault", "secret", "cloud"; empty if the failure is not one of our own journey, such as a paste.
    """
    names = {name: _fit(value, "about") for name, value in about.items() if _fit(value, "about")}
    of_tenant = f" of {names['tenant']}" if "tenant" in names else ""
    title = failure_heading(_fit(diagnosis.title, "title")) or "a check does not hold"
    code = f" ({diagnosis.code})" if diagnosis.code and diagnosis.code not in title else ""
    lines = list(_message(diagnosis, names))
    few = tuple(row for row in diagnosis.evidence if diagnosis.is_description and row[0] in _ESSENTIAL)
    for shorter in ({"evidence": few}, {"evidence": few, "service_text": ""}):
        if len(lines) > MOST_LINES:
            lines = list(_message(replace(diagnosis, **shorter), names))
    while lines and not lines[-1]:
        lines.pop()
    return OutgoingMessage(
        send_to(diagnosis),
        clean_line(
            f"{f'Partner Center onboarding{of_tenant}' if names else 'Access to Partner Center'}: {title}{code}"
        ),
        "\n".join(lines),
    )


def _message(diagnosis: Diagnosis, names: Mapping[str, str]) -> Iterator[str]:
    reader = diagnosis.who[0] if diagnosis.who else None
    yield from _opening(diagnosis, names)
    if reader is Who.MICROSOFT:
        yield from _ids(diagnosis)
    yield from _result(diagnosis)
    yield from _part("What it means", _fit(diagnosis.cause, "cause"))
    yield from _request(diagnosis, names, reader)
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
    program = "it" if names else "the program that failed"
    if not names:
        what = "is looked into: this is what was found." if diagnosis.is_description else "fails with the error below."
        yield from wrap_prose(
            f"Access to Partner Center (Secure Application Model) {what} {who_can_fix(diagnosis, program)}", WIDTH
        )
        yield ""
        return
    tenant = f"the tenant {names['tenant']}" if "tenant" in names else "a tenant"
    app = f"the app {names['app']}" if "app" in names else "an app registration"
    step = step_titles().get(diagnosis.step, "")
    where = f" It stopped at: {step}." if step else ""
    yield from wrap_prose(
        f"We are setting up the Partner Center onboarding of {tenant} with {app} (Secure Application Model).{where} "
        f"{who_can_fix(diagnosis, program)}",
        WIDTH,
    )
    yield ""


def _result(diagnosis: Diagnosis) -> Iterator[str]:
    title = failure_heading(_fit(diagnosis.title, "title"))
    result = f"{diagnosis.code}: {title}" if diagnosis.code and title else diagnosis.code or title
    yield from _part("What was found" if diagnosis.is_description else "What came back", result, ends=False)
    if words := _fit(diagnosis.service_text, "service_text"):
        yield from wrap_prose(quote_service(diagnosis, words), WIDTH, "  ", "  ")
    most = _MOST_OF_A_TOKEN if diagnosis.is_description else _MOST_EVIDENCE
    for name, value in diagnosis.evidence[:most]:
        yield f"  {clean_line(name, 60).replace('_', ' ')}: {_fit(value, 'evidence')}"
    if (left := len(diagnosis.evidence) - most) > 0:
        yield f"  … and {left} more, which are left out of this message"
    yield ""


def _request(diagnosis: Diagnosis, names: Mapping[str, str], reader: Who | None) -> Iterator[str]:
    remedy = _with_names(_fit(diagnosis.remedy, "remedy"), names)
    if (
        reader is Who.ADMIN
        and describe_person(diagnosis, Who.ADMIN) == CONSENT_ADMINISTRATOR
        and "Permissions" not in remedy
    ):
        remedy = f"{remedy} {_WITHOUT_LINK}"
    match reader:
        case Who.MICROSOFT:
            ask = "Please look up this request by its ids and time, and tell us why it was refused and what fixes it."
            yield from _part("What we ask of you", ask)
            yield from _part("What we know of it", remedy)
            return
        case Who.OPERATOR | None:
            yield from _part("What to do", remedy)
        case _:
            yield from _part("What we ask of you", remedy or "Please tell us what you know of it.")
    if reader is Who.INTEGRATION_USER:
        yield from wrap_prose(
            "Nobody will ask you for your password or for a code: type them on Microsoft's own sign-in page alone.",
            WIDTH,
        )
        yield ""
    if not diagnosis.is_healthy:
        yield from _part("How it shows that it worked", _proof(diagnosis, names, reader))


def _with_names(remedy: str, names: Mapping[str, str]) -> str:
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
    if diagnosis.is_description:
        again, holds = "What replaces it" if names else "What comes in its place", "nothing is missing in it"
    gone = f"{diagnosis.code} does not come back" if diagnosis.code else holds
    request = "" if reader in (Who.OPERATOR, None) else "Tell us when it is done. "
    verb = "is checked in the same way" if diagnosis.is_description else "is made again"
    return f"{request}{again} {verb}, and {gone}. Trying again helps: {retry_in_words(diagnosis.retry)}."


def _ids(diagnosis: Diagnosis) -> Iterator[str]:
    ids = labelled_ids(diagnosis)
    if diagnosis.is_description and not ids:
        return
    yield "For support"
    yield from (f"  {name}: {clean_line(value, 120)}" for name, value in ids.items())
    if not ids:
        yield "  The service gave no ids, or they were not in what we saw."
    yield ""


def _part(title: str, text: str, *, ends: bool = True) -> Iterator[str]:
    if not text:
        return
    yield title
    yield from wrap_prose(text, WIDTH, "  ", "  ")
    if ends:
        yield ""


def _fit(text: str, kind: str) -> str:
    """Return a text as a message may hold it: one line, not too long, without what looks like a secret."""
    from wizard.redaction.secret_patterns import redact_patterns  # dozens of patterns, and the first page needs none

    return clean_line(redact_patterns(clean_line(text)), _LONGEST[kind])
