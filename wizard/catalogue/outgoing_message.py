"""The message to whoever can fix a failure: what came back, what is asked, and how it shows that it worked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from wizard.catalogue.check_titles import step_titles
from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.diagnosis_words import labelled_ids, quote_service
from wizard.catalogue.prose import wrap_prose
from wizard.catalogue.recipients import is_consent_administrator, send_to, who_can_fix
from wizard.core.acts import numbered
from wizard.core.findings import Who
from wizard.core.shapes import GUID_PATTERN
from wizard.core.text import clean_line
from wizard.core.wording import retry_in_words

WIDTH: Final = 76
"""Characters of a line of a message: what a mail program leaves as it is, quoted once."""

MOST_LINES: Final = 60
"""Lines of a message: what a reader still reads."""

_LONGEST: Final = {"title": 120, "cause": 500, "act": 400, "service_text": 300, "evidence": 100, "about": 500}
_MOST_ACTIONS: Final = 900
"""Characters of all that is to be done, beyond which the rest is left out."""
_MOST_EVIDENCE: Final = 16
"""Rows of what was found: ten permissions are among them."""
_MOST_OF_A_TOKEN: Final = 16
"""Rows of what a token says."""

_ESSENTIAL: Final = ("kind", "user", "roles", "permissions", "for", "issued", "expires", "MFA")
"""The rows of a token that are kept where there is no room for more."""

_OF_A_PASTE: Final = {False: "A request fails", True: "What was found"}
"""How the subject begins where no journey of ours is known; of an error, and of what only describes something."""
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
"""What replaces a placeholder of an act: its name in `about`, and a form that no shell reads as more than a word."""


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


def with_names(act: str, names: Mapping[str, str]) -> str:
    """Return an act with the journey's own names in its commands; one that a shell could read otherwise stays out.

    Args:
        act: what to do, with placeholders such as <vault>.
        names: what is known of the journey, as for `write_message`.
    """
    for placeholder, (name, form) in _PLACEHOLDERS.items():
        if found := re.fullmatch(form, names.get(name, "")):
            act = act.replace(placeholder, found[1])
    return act


def write_message(diagnosis: Diagnosis, about: Mapping[str, str], *, is_set_up: bool = False) -> OutgoingMessage:
    """Return the message for whoever can fix what `diagnosis` says.

    Args:
        diagnosis: what went wrong.
        about: what is known of the journey, as a person reads it: "tenant", "tenant id", "app", "integration user",
            "vault", "secret", "cloud"; empty if the failure is not one of our own journey, such as a paste.
        is_set_up: whether it is about what was proven before, and a job has looked at again.
    """
    names = {name: _fit(value, "about") for name, value in about.items() if _fit(value, "about")}
    of_tenant = f" of {names['tenant']}" if "tenant" in names else ""
    title = _fit(diagnosis.title, "title") or "a check does not hold"
    code = f" ({diagnosis.code})" if diagnosis.code and diagnosis.code not in title else ""
    lines = list(_message(diagnosis, names, is_set_up=is_set_up))
    few = tuple(row for row in diagnosis.evidence if diagnosis.is_description and row[0] in _ESSENTIAL)
    for shorter in ({"evidence": few}, {"evidence": few, "service_text": ""}):
        if len(lines) > MOST_LINES:
            lines = list(_message(replace(diagnosis, **shorter), names, is_set_up=is_set_up))
    while lines and not lines[-1]:
        lines.pop()
    matter = f"Partner Center onboarding{of_tenant}" if names else _OF_A_PASTE[diagnosis.is_description]
    return OutgoingMessage(send_to(diagnosis), clean_line(f"{matter}: {title}{code}"), "\n".join(lines))


def _message(diagnosis: Diagnosis, names: Mapping[str, str], *, is_set_up: bool) -> Iterator[str]:
    reader = diagnosis.who[0] if diagnosis.who else None
    yield from _opening(diagnosis, names, is_set_up=is_set_up)
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


def _opening(diagnosis: Diagnosis, names: Mapping[str, str], *, is_set_up: bool) -> Iterator[str]:
    program = "it" if names else "the program that failed"
    if not names:
        what = (
            "What follows was found in a text." if diagnosis.is_description else "A request fails with the error below."
        )
        yield from wrap_prose(f"{what} {who_can_fix(diagnosis, program)}", WIDTH)
        yield ""
        return
    tenant = f"the tenant {names['tenant']}" if "tenant" in names else "a tenant"
    app = f"the app {names['app']}" if "app" in names else "an app registration"
    step = step_titles().get(diagnosis.step, "")
    where = f" It stopped at: {step}." if step else ""
    doing = "We watch" if is_set_up else "We are setting up"
    yield from wrap_prose(
        f"{doing} the Partner Center onboarding of {tenant} with {app} (Secure Application Model).{where} "
        f"{who_can_fix(diagnosis, program)}",
        WIDTH,
    )
    yield ""


def _result(diagnosis: Diagnosis) -> Iterator[str]:
    title = _fit(diagnosis.title, "title")
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
    acts = [with_names(act, names) for act in _acts(diagnosis)]
    if reader is Who.ADMIN and is_consent_administrator(diagnosis) and not any("Permissions" in act for act in acts):
        acts.append(_WITHOUT_LINK)
    match reader:
        case Who.MICROSOFT:
            ask = "Please look up this request by its ids and time, and tell us why it was refused and what fixes it."
            yield from _part("What we ask of you", ask)
            yield from _numbered_part("What we know of it", acts)
            return
        case Who.OPERATOR | None:
            yield from _numbered_part("What to do", acts)
        case _:
            yield from _numbered_part("What we ask of you", acts or ["Please tell us what you know of it."])
    if reader is Who.INTEGRATION_USER:
        yield from wrap_prose(
            "Nobody will ask you for your password or for a code: type them on Microsoft's own sign-in page alone.",
            WIDTH,
        )
        yield ""
    if not diagnosis.is_healthy:
        yield from _part("How it shows that it worked", _proof(diagnosis, names, reader))


def _acts(diagnosis: Diagnosis) -> Iterator[str]:
    """Yield what is to be done, as far as there is room for it in a message."""
    length = 0
    for act in diagnosis.actions:
        length += len(act)
        if length > _MOST_ACTIONS and length > len(act):
            return
        yield _fit(act, "act")


def _numbered_part(title: str, acts: Sequence[str]) -> Iterator[str]:
    if not acts:
        return
    yield title
    for number, act in numbered(acts):
        yield from wrap_prose(act, WIDTH, f"  {number}", " " * (2 + len(number)))
    yield ""


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
