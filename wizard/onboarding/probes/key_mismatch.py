"""What Graph shows of the app's own list that speaks against the secret or certificate that is entered.

Graph's list may be behind by some minutes, and a service principal may have credentials of its own, which work as well:
so what is not on the list fails only where Entra refuses it too. Its answer is known from the check before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from wizard.core.timestamps import day
from wizard.core.wording import counted
from wizard.onboarding.probes.known_credential import (
    CREDENTIALS_PAGE,
    is_known_as,
    is_valid,
    keys_of_its_kind,
    may_be,
)

if TYPE_CHECKING:
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.registration import AppCertificate, AppRegistration, AppSecret

KEY_REFUSED: Final = frozenset({"AADSTS7000215", "AADSTS7000222", "AADSTS700027"})
"""Codes with which Entra refuses a secret or a certificate that is none of the app's, or has expired (protocol 6.3)."""
MAY_BE_NEW: Final = "Made in the last minutes? It may not be listed yet: wait two minutes, then check again."
MOST_NAMED: Final = 3
"""How many secrets or certificates a sentence names."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What speaks against a credential.

    Args:
        subject: the credential, in words.
        what: what is wrong with it, in words that begin no sentence.
        message: the same in a sentence, with what is there instead.
        acts: what to do.
        codes: with which Entra says the same.
        evidence: as in `Finding`.
    """

    subject: str
    what: str
    message: str
    acts: tuple[str, ...]
    codes: frozenset[str]
    evidence: Mapping[str, str] = field(default_factory=dict)


def mismatch_of(credential: Credential | None, found: AppRegistration, now: datetime) -> Mismatch | None:
    """Return what speaks against a secret or certificate, None where it may be one of the app's that is valid now."""
    from wizard.microsoft.credentials import ClientCertificate, ClientSecret

    possible = may_be(credential, found)
    if any(is_valid(each, now) for each in possible):
        return None
    listed = keys_of_its_kind(credential, found)
    own = next((each for each in possible if is_known_as(credential, each)), None)
    if isinstance(credential, ClientCertificate):
        print_of = credential.thumbprint
        return _mismatch(
            _CERTIFICATE, listed, own, now, f"has another thumbprint, {print_of}", {"thumbprint": print_of}
        )
    if isinstance(credential, ClientSecret):
        return _mismatch(_SECRET, listed, own, now, "begins otherwise", {})
    return None


def name_of(each: AppSecret | AppCertificate) -> str:
    """Return what the portal calls it, so that one of several is found."""
    from wizard.microsoft.registration import AppSecret

    made = f", made {day(each.created_at)}" if each.created_at else ""
    if isinstance(each, AppSecret):
        begins = f", {each.hint}…" if each.hint else ""
        return f"secret “{each.name or each.key_id}”{begins}{made}"
    return f"certificate “{each.name or each.key_id}”{f', {each.thumbprint}' if each.thumbprint else ''}{made}"


@dataclass(frozen=True, slots=True)
class _Words:
    """How a kind of credential is spoken of: what is said where none of the app's fits, and what gets the app one."""

    kind: str
    own: str
    none_fits: str
    make: str
    upload: str = ""


_SECRET: Final = _Words(
    "client secret",
    "one that is there, if somebody has its value (Entra never shows it again)",
    "none of the app's begins with its first three characters",
    f"Make a new one: {CREDENTIALS_PAGE} > Client secrets > New client secret. Its value is shown once.",
)
_CERTIFICATE: Final = _Words(
    "certificate",
    "the app's own certificate",
    "none of the app's has its thumbprint",
    f"Make a new one, and upload its public part: {CREDENTIALS_PAGE} > Certificates > Upload certificate.",
    f"Upload its public part: {CREDENTIALS_PAGE} > Certificates > Upload certificate.",
)


def _mismatch(
    words: _Words,
    listed: Sequence[AppSecret | AppCertificate],
    own: AppSecret | AppCertificate | None,
    now: datetime,
    otherwise: str,
    evidence: Mapping[str, str],
) -> Mismatch:
    kind, usable = words.kind, [each for each in listed if is_valid(each, now)]
    if own is not None:
        what = validity_of(own, now)
        message = f"Graph shows the {kind} that is entered, {name_of(own)}: {what}."
        if usable:
            message += f" Valid: {_named(usable, now)}."
    elif not listed:
        what = f"the app has no {kind}"
        message = f"Graph shows no {kind} of this app: the one that is entered is another app's, or was removed."
    else:
        what = words.none_fits
        there = f"Graph shows {counted(len(listed), kind)} of this app: {_named(listed, now)}."
        message = f"{there} The one entered {otherwise}."
    acts = _acts(words, is_listed=own is not None, is_other_valid=bool(usable))
    return Mismatch(f"the {kind} entered here", what, message, acts, KEY_REFUSED, evidence)


def _acts(words: _Words, *, is_listed: bool, is_other_valid: bool) -> tuple[str, ...]:
    """Return what to do, the likeliest first."""
    instead = f"Enter {words.own}, or the id of the app that this one belongs to."
    if is_listed:
        return (instead, words.make) if is_other_valid else (words.make,)
    if words.upload:
        return words.upload, instead, MAY_BE_NEW
    return (instead, words.make, MAY_BE_NEW) if is_other_valid else (words.make, MAY_BE_NEW)


def validity_of(each: AppSecret | AppCertificate, now: datetime) -> str:
    """Return until when a secret or certificate is valid, or that it is not."""
    if each.expires_at is None:
        return "Graph gives no end that can be read"
    if each.expires_at <= now:
        return f"expired on {day(each.expires_at)}"
    if each.created_at and each.created_at > now:
        return f"not valid before {day(each.created_at)}"
    return f"until {day(each.expires_at)}"


def _named(keys: Sequence[AppSecret | AppCertificate], now: datetime) -> str:
    """Return the first of them with their ends, and how many there are besides."""
    said = [f"{name_of(each)}, {validity_of(each, now)}" for each in keys[:MOST_NAMED]]
    more = len(keys) - MOST_NAMED
    return "; ".join((*said, f"and {more} more")) if more > 0 else "; ".join(said)
