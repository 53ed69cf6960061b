"""Describes tokens, codes and secrets that only their service can read: by their form, without any of their text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.well_known import IDENTITY_PLATFORM_DOCS
from wizard.core.acts import as_actions
from wizard.core.findings import Retry, Who
from wizard.core.late_pattern import late_pattern
from wizard.core.shapes import CLIENT_SECRET_MARK_PATTERN, is_guid

_ENTRA_FORM = late_pattern(r"[01]\.A[A-Za-z0-9_-]")
_SECRET_LENGTH: Final = 40
_SHORT_FOR_REFRESH: Final = 400
"""Refresh tokens of Entra have many hundred characters; a much shorter one is likely cut."""


class OpaqueKind(StrEnum):
    """What an unreadable value is, in words."""

    REFRESH_TOKEN = "refresh token"
    ACCESS_TOKEN = "access token"
    ID_TOKEN = "id token"
    DEVICE_CODE = "device code"
    AUTHORIZATION_CODE = "authorization code"
    CLIENT_SECRET = "client secret"


@dataclass(frozen=True, slots=True, repr=False)
class OpaqueValue:
    """A value as it was found. `is_named` says that its name shows what it is, not its form."""

    text: str
    is_named: bool = False


@dataclass(frozen=True, slots=True)
class _Entry:
    """What is true of every value of a kind."""

    title: str
    cause: str
    acts: tuple[str, ...]
    who: tuple[Who, ...]
    retry: Retry
    steps: tuple[str, ...]
    link: str
    rows: tuple[tuple[str, str], ...] = ()
    leaked: tuple[str, ...] = ()


def describe_opaque(kind: OpaqueKind, value: OpaqueValue) -> Diagnosis:
    """Return what can be said of a value without showing any of it. Source: protocol 1.3, 1.5, 8."""
    entry = _KINDS[kind]
    problems = tuple(_problems(kind, value))
    causes = [entry.cause, *(cause for cause, _ in problems)]
    is_well = entry.retry is Retry.YES and not problems
    causes += ["Nothing in its form is wrong."] if is_well else []
    return Diagnosis(
        code="",
        title=f"{entry.title}, not in one piece" if problems and kind is OpaqueKind.REFRESH_TOKEN else entry.title,
        cause=" ".join(causes),
        actions=as_actions(entry.leaked, *(act for _, act in problems), entry.acts),
        who=entry.who,
        retry=Retry.AFTER_FIX if problems else entry.retry,
        steps=entry.steps,
        link=entry.link,
        service="entra",
        evidence=(("kind", kind.value), *_form(kind, value), *entry.rows, ("shown", "no part of it")),
        is_description=True,
    )


def _form(kind: OpaqueKind, value: OpaqueValue) -> Iterator[tuple[str, str]]:
    length = len("".join(value.text.split()))
    yield "length", f"{length:,} characters"
    if kind in (OpaqueKind.REFRESH_TOKEN, OpaqueKind.AUTHORIZATION_CODE):
        is_entra = _ENTRA_FORM.match(value.text.lstrip()) is not None
        yield "form", "as Entra makes them" if is_entra else "not the usual one of Entra"
    if kind is OpaqueKind.REFRESH_TOKEN:
        if not value.is_named:
            yield "recognised by", "its form alone; an authorization code looks alike"
        yield "white space, line breaks, quotes", _found_in(value.text) or "none"


def _found_in(text: str) -> str:
    found = {
        "line breaks": "\n" in text or "\r" in text or "\\n" in text or "\\r" in text,
        "spaces": " " in text.strip() or "\t" in text,
        "quotes": '"' in text or "'" in text,
    }
    return ", ".join(name for name, is_there in found.items() if is_there)


def _problems(kind: OpaqueKind, value: OpaqueValue) -> Iterator[tuple[str, str]]:
    """Yield what the form of a value shows to be wrong, each with what to do."""
    text = value.text.strip()
    if kind is OpaqueKind.REFRESH_TOKEN:
        if found := _found_in(text):
            yield (
                f"It holds {found}, which do not belong in it.",
                "Take out what does not belong, so that it is one line.",
            )
        if len(text) < _SHORT_FOR_REFRESH:
            yield (
                "It looks cut: refresh tokens of Entra are longer. A cut one is refused (AADSTS70000, AADSTS9002313).",
                "Copy the whole value from where it was stored.",
            )
        if "%" in text:
            yield "It is still encoded for an address (with % signs).", "Decode it before it is stored."
    if kind is OpaqueKind.CLIENT_SECRET:
        if is_guid(text):
            yield (
                "This is the form of a secret's ID, not of its value: Entra refuses it (AADSTS7000215).",
                "Take the column Value, not Secret ID. It is shown only once: if it is lost, make a new secret.",
            )
        elif re.search(CLIENT_SECRET_MARK_PATTERN, text) and len(text) != _SECRET_LENGTH:
            yield (
                f"Client secrets made by the portal have {_SECRET_LENGTH} characters; this one has {len(text)}.",
                "Check that it was copied whole, with nothing before or after it.",
            )


_LEAKED_TOKEN: Final = (
    "Delete the paste: whoever has this refresh token can get new tokens with it for as long as it is not revoked.",
    "If others saw it, revoke the account's sessions (entra.microsoft.com > Entra ID > Users > All users > the user > "
    "Revoke sessions), sign in again and store the new one.",
)
_KINDS: Final = {
    OpaqueKind.REFRESH_TOKEN: _Entry(
        "A refresh token",
        "Only Entra can read it, so its tenant, its user and its end are not known here. It is bound to the "
        "user and the client it was issued to, not to a service or a tenant, and expires after 90 days without use (24 "
        "hours for a single-page app), or earlier if it is revoked or a policy says so.",
        ("To test it, run `partner-wizard check`: it redeems the stored one and says what the result is.",),
        (Who.OPERATOR,),
        Retry.YES,
        ("renewal", "user_consent"),
        f"{IDENTITY_PLATFORM_DOCS}refresh-tokens",
        (("bound to", "its user and its client"), ("expires", "after 90 days without use, or when revoked")),
        _LEAKED_TOKEN,
    ),
    OpaqueKind.ACCESS_TOKEN: _Entry(
        "An access token that cannot be read",
        "It is not in a form that can be read, or too little of it is here. Only the service it is for can read it.",
        (
            "Copy the whole access token, three parts with two dots between them.",
            "Or give it to the service, and read its answer.",
            "Do not pass it on: until it expires, whoever has it can use it.",
        ),
        (Who.OPERATOR,),
        Retry.AFTER_FIX,
        ("user_consent", "partner_center"),
        f"{IDENTITY_PLATFORM_DOCS}access-tokens",
    ),
    OpaqueKind.ID_TOKEN: _Entry(
        "An id token that cannot be read",
        "It is not in a form that can be read, or too little of it is here.",
        (
            "Copy the whole id token, three parts with two dots between them.",
            "Do not pass it on: it names a person.",
        ),
        (Who.OPERATOR,),
        Retry.AFTER_FIX,
        ("user_consent",),
        f"{IDENTITY_PLATFORM_DOCS}id-tokens",
    ),
    OpaqueKind.DEVICE_CODE: _Entry(
        "A device code",
        "A program asks Entra with it whether somebody has signed in yet. It is valid for as long as the "
        "expires_in beside it says, and gives its "
        "tokens once. It is not the short code that a person types.",
        ("If others saw it while the sign-in is still open, do not finish that sign-in: ask for a new code.",),
        (Who.OPERATOR,),
        Retry.YES,
        ("user_consent",),
        f"{IDENTITY_PLATFORM_DOCS}v2-oauth2-device-code",
        (("valid for", "as long as expires_in says"), ("good", "once")),
    ),
    OpaqueKind.AUTHORIZATION_CODE: _Entry(
        "An authorization code",
        "The program that began this sign-in exchanges it for tokens. It is valid for about a minute and can be "
        "used once (AADSTS54005 when it is used again), and only with the redirect URI it was sent to.",
        (
            "Give it to the program that waits for it, at once.",
            "After a minute, sign in again.",
            "Do not pass it on to anybody else.",
        ),
        (Who.OPERATOR,),
        Retry.YES,
        ("user_consent",),
        f"{IDENTITY_PLATFORM_DOCS}v2-oauth2-auth-code-flow",
        (("valid for", "about a minute"), ("good", "once")),
    ),
    OpaqueKind.CLIENT_SECRET: _Entry(
        "A client secret of an app registration",
        "With it a program proves to be the app. Only Entra can say whether it is valid.",
        (
            "To test it, run `partner-wizard check`.",
            "If others saw it, make a new one (App registrations > the app > Certificates & secrets > New client "
            "secret), and store it.",
            "Then delete the old one there: it can be deleted, not changed.",
        ),
        (Who.OPERATOR, Who.ADMIN),
        Retry.YES,
        ("app",),
        f"{IDENTITY_PLATFORM_DOCS}how-to-add-credentials",
    ),
}
