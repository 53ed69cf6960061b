"""Finds addresses a browser ended on after consent or sign-in, and says what they answer; codes are not repeated."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from wizard.catalogue.codes import explain, explain_refusal, known
from wizard.catalogue.diagnosis import Diagnosis, Sighting
from wizard.catalogue.entra_errors import read_consent_error
from wizard.catalogue.well_known import device_pages, is_login_host
from wizard.core.findings import Retry, Who
from wizard.explain.addresses.parts import Address, find_addresses
from wizard.explain.addresses.sign_in_links import is_question, question
from wizard.explain.tokens.finder import find_tokens
from wizard.explain.tokens.token_claims import as_guid, shown
from wizard.redaction.secret_patterns import redact_patterns

_LEARN: Final = "https://learn.microsoft.com/entra/identity-platform/"
_SHORTEST_CODE: Final = 20
_ERROR_NAME = re.compile(r"[a-z][a-z0-9_]{2,60}")
_BESIDE_AN_ERROR: Final = frozenset({"error_description", "error_subcode", "error_uri", "state", "admin_consent"})
_BESIDE_A_CODE: Final = frozenset({"state", "session_state", "client_info", "id_token"})
_ENTRA_FORM = re.compile(r"[01]\.A[A-Za-z0-9_-]{20}")
_ON_THE_WAY = re.compile(
    r"/(?:login|kmsi|reprocess|resume|bssointerrupt|appverify|cmsi(?:/|$)|SAS/\w{1,30}|Consent/\w{1,30}|DeviceAuthTls/\w{1,30})/?$",
    re.IGNORECASE,
)
_USER_CODE = re.compile(r"\bcode\b[\s:\"'=]{1,6}(?:is )?([A-Z0-9]{9}|[A-Z0-9]{4}-?[A-Z0-9]{4,5})(?![A-Za-z0-9])")
# In the header of a 401 it says where tokens are to be had; nobody opened it.
_OF_A_CHALLENGE = re.compile(r"\bauthorization(?:_uri)?[ \t]?=[ \t]?\\?[\"']?$", re.IGNORECASE)
_NEAR: Final = 160
_CONSENT_TENANT: Final = (
    "The tenant in it proves nothing either (anybody can write such an address): only a token or the grant itself does."
)


def find_redirects(text: str, now: datetime) -> list[Sighting]:
    """Give a diagnosis for each answer of a consent or sign-in page in a text, and for each link to such a page.

    Args:
        text: of any length; addresses, or what stands behind ? or #, or the form a page posts.
        now: aware; tokens in an address are held against it.

    An error is looked at before anything else (protocol.md 1.6). Codes and tokens are never repeated.
    """
    found: list[Sighting] = []
    for address in find_addresses(text):
        if (diagnosis := _read(address, text)) is not None:
            found.append(Sighting(diagnosis, address.start, _end(address, text)))
        elif address.fields.keys() & {"id_token", "access_token"}:
            found += _tokens(address, text, now)
    return sorted(found, key=lambda sighting: sighting.start)


def _read(address: Address, text: str) -> Diagnosis | None:
    fields = address.fields
    is_login = is_login_host(address.name)
    if is_login and address.path.rstrip("/") == "/error" and fields.get("code", "").isdecimal():
        return explain("entra", fields["code"])
    if (refused := _refusal(address)) is not None:
        return refused
    if "admin_consent" in fields:
        return _consent(address)
    if _has_code(address):
        return _code(address)
    if is_question(address):
        return None if _OF_A_CHALLENGE.search(text[max(0, address.start - 40) : address.start]) else question(address)
    if _is_device_page(address):
        return _device_page(address, text)
    return _on_the_way(address) if is_login and _ON_THE_WAY.search(address.path) else None


def _end(address: Address, text: str) -> int:
    """Give where a sighting ends: behind the code a person types, where one stands by a device page."""
    if _is_device_page(address) and (near := _USER_CODE.search(text, address.end, address.end + _NEAR)):
        return near.end()
    return address.end


# --- answers ---------------------------------------------------------------------------------------------------------


def _refusal(address: Address) -> Diagnosis | None:
    """Give what an error in an answer means; `admin_consent=True` beside it says only which page it came from."""
    fields = address.fields
    error, said = fields.get("error", ""), fields.get("error_description", "")
    is_error = _ERROR_NAME.fullmatch(error) and (_BESIDE_AN_ERROR & fields.keys() or known("entra", error))
    if not is_error and "AADSTS" not in said:
        return None
    refusal = read_consent_error(fields)
    if refusal is None:
        return None
    of_consent = "admin_consent" in fields or error == "permission_denied"
    diagnosis = explain_refusal(refusal, context="redirect admin consent" if of_consent else "redirect")
    steps = tuple(dict.fromkeys(("admin_consent", *diagnosis.steps))) if of_consent else diagnosis.steps
    rows = [*diagnosis.evidence, *_came_to(address), ("error", shown(error, 60)), *_tenant(address), *_state(address)]
    if "admin_consent" in fields:
        rows.append(("admin_consent", "True beside an error: it says which page answered, not that consent was given"))
    evidence = tuple(row for row in rows if row[1])
    return replace(diagnosis, ids=refusal.ids, said=redact_patterns(diagnosis.said), steps=steps, evidence=evidence)


def _consent(address: Address) -> Diagnosis:
    """Give what the answer of the consent page says where it holds no error. Source: protocol.md 1.6."""
    given = address.fields["admin_consent"].strip().lower() == "true"
    scope = ", ".join(shown(each, 100) for each in address.fields.get("scope", "").split()[:10])
    rows = (("kind", "answer of the admin consent page"), *_came_to(address), *_tenant(address), *_state(address))
    if given:
        title, said = "The consent page says that consent was given", "admin_consent=True and no error"
    else:
        title, said = "The consent page says that consent was not given", "no error, and not admin_consent=True"
    proof = f"That is what the page says, not a proof. {_CONSENT_TENANT}"
    after = " It can take some minutes until a grant is seen everywhere." if given else ""
    return Diagnosis(
        code="",
        title=title,
        cause=f"The browser came back with {said}. {proof}{after}",
        remedy=(
            "Nothing in it is wrong. Paste the address in step 3 of partner-wizard: it looks for the grant itself. "
            "Compare the tenant in it with your own."
            if given
            else "Open the consent link again in a private window, as an administrator who may consent; press Accept."
        ),
        who=(Who.OPERATOR,) if given else (Who.ADMIN,),
        retry=Retry.YES if given else Retry.AFTER_FIX,
        steps=("admin_consent",),
        link=f"{_LEARN}v2-admin-consent",
        service="entra",
        evidence=tuple(row for row in (*rows, ("scope", scope), ("proof", "none; the grant is")) if row[1]),
        at_hand=True,
    )


def _has_code(address: Address) -> bool:
    code = address.fields.get("code", "")
    if len(code) < _SHORTEST_CODE or code.isdecimal():
        return False
    is_place = address.is_loopback or address.path.endswith("/oauth2/nativeclient")
    return bool(_BESIDE_A_CODE & address.fields.keys()) or is_place or _ENTRA_FORM.match(code) is not None


def _code(address: Address) -> Diagnosis:
    """Give what an authorization code in an answer is good for. Source: protocol.md 1.5, 3, 3.3."""
    troubles = []
    if "state" not in address.fields:
        troubles.append("There is no state in it, so nobody can tell whether it answers a sign-in of yours.")
    if address.has_fragment:
        troubles.append(
            "It stands behind #, as for a single-page app: a refresh token got that way lives 24 hours (AADSTS700084)."
        )
    if address.fields.keys() & {"id_token", "access_token"}:
        troubles.append("A token came with it; paste that one alone to have it read.")
    rows = (
        ("kind", "answer of the sign-in page, with an authorization code"),
        *_came_to(address),
        ("code", f"{len(address.fields['code']):,} characters; not shown"),
        *_state(address),
        ("home tenant", _home_tenant(address)),
        ("lives", "about a minute"),
        ("good", "once"),
    )
    return Diagnosis(
        code="",
        title="A sign-in came back with an authorization code",
        cause=" ".join(
            (
                "The sign-in in the browser went well. The code in the address is a secret: the program that began "
                "the sign-in exchanges it for tokens, once, within about a minute.",
                _place_in_words(address),
                *troubles,
            )
        ),
        remedy=("" if troubles else "Nothing in it is wrong. ")
        + (
            "Paste the whole address into the program that waits for it, at once, and nowhere else. If a minute is "
            "over, or the code was used before (AADSTS54005), sign in again. If others saw it in that time, have the "
            "account's sign-ins revoked (Entra > Users > the account > Revoke sessions)."
        ),
        who=(Who.OPERATOR,),
        retry=Retry.AFTER_FIX if troubles else Retry.YES,
        steps=("user_consent",),
        link=f"{_LEARN}v2-oauth2-auth-code-flow",
        service="entra",
        evidence=tuple(row for row in rows if row[1]),
        at_hand=True,
    )


_BY_PLATFORM: Final = (
    "Registered under Mobile and desktop, the exchange goes without a secret (AADSTS700025); under Web it wants the "
    "app's credential (AADSTS7000218)."
)
"""The platform that an address is registered under decides, whatever the address is (protocol 11.0)."""


def _place_in_words(address: Address) -> str:
    """Say what the place a code came to tells of the client type; the registration has the last word."""
    if not address.host:
        return "Where it was sent to does not stand beside it; the exchange wants exactly that redirect URI."
    same = "The exchange wants exactly this redirect URI."
    if address.path.endswith("/oauth2/nativeclient"):
        return f"It came to Microsoft's page for native apps. {_BY_PLATFORM} {same}"
    if address.is_loopback:
        return (
            "It came to this machine, where a program may listen; an error page of the browser means that none did, "
            f"and does no harm to the code. {_BY_PLATFORM} {same}"
        )
    if address.scheme == "https":
        return f"Registered under Web, the exchange wants the app's credential (AADSTS7000218). {same}"
    return same


def _tokens(address: Address, text: str, now: datetime) -> Iterator[Sighting]:
    """Give the tokens that came in the address itself (implicit grant); together they take all of it."""
    behind = " behind #" if address.has_fragment else ""
    found = find_tokens(text[address.start : address.end], now)
    start = address.start
    for number, sighting in enumerate(found, 1):
        end = address.end if number == len(found) else address.start + sighting.end
        cause = f"{sighting.diagnosis.cause} It came back{behind} in the address a browser ended on."
        evidence = (*sighting.diagnosis.evidence, *_came_to(address))
        yield Sighting(replace(sighting.diagnosis, cause=cause, evidence=evidence), start, end)
        start = end


# --- pages -----------------------------------------------------------------------------------------------------------


def _is_device_page(address: Address) -> bool:
    path = address.path.rstrip("/")
    page = f"{address.name}{path}".lower()
    return page in device_pages() or (is_login_host(address.name) and path.endswith("/oauth2/deviceauth"))


def _device_page(address: Address, text: str) -> Diagnosis | None:
    in_address = bool(address.fields.keys() & {"otc", "user_code", "code"})
    beside = _USER_CODE.search(text, address.end, address.end + _NEAR) is not None
    if not in_address and not beside and len(text) > address.end - address.start + 40:
        return None  # one address among much else says nothing
    code = "there; not shown" if in_address or beside else "not here: the program that waits shows it"
    return Diagnosis(
        code="",
        title="A sign-in by device code that waits for a person",
        cause=(
            "On this page a person types the short code that a program shows. The code lives as long as the "
            "program says, and is used up as soon as it is entered: whoever closes the page after that needs a new one."
        ),
        remedy=(
            "Nothing is wrong here. Open the page in a private window, enter the code, and sign in as the integration "
            "user. Enter only a code that you asked for yourself: whoever asked for it gets the tokens."
        ),
        who=(Who.INTEGRATION_USER,),
        retry=Retry.YES,
        steps=("user_consent",),
        link=f"{_LEARN}v2-oauth2-device-code",
        service="entra",
        evidence=(("page", address.place), ("code", code), ("good", "once")),
        at_hand=True,
    )


def _on_the_way(address: Address) -> Diagnosis:
    return Diagnosis(
        code="",
        title="A page in the middle of a sign-in",
        cause="This is a page of Microsoft's sign-in, not the address it ends on: the sign-in stopped, or goes on.",
        remedy=(
            "Finish it in the browser, and copy the address of the last page. If the page shows an error, copy its "
            "text instead, with the number behind AADSTS and the correlation id."
        ),
        who=(Who.OPERATOR,),
        retry=Retry.AFTER_FIX,
        steps=("user_consent", "admin_consent"),
        link=f"{_LEARN}v2-oauth2-auth-code-flow",
        service="entra",
        evidence=(("page", address.place),),
        at_hand=True,
    )


# --- rows ------------------------------------------------------------------------------------------------------------


def _came_to(address: Address) -> tuple[tuple[str, str], ...]:
    behind = ", behind #" if address.has_fragment else ""
    return (("came to", f"{address.place}{behind}"),) if address.place else ()


def _tenant(address: Address) -> tuple[tuple[str, str], ...]:
    tenant = shown(address.fields.get("tenant", ""), 80)
    return (("tenant, as the address says", as_guid(tenant) or tenant),) if tenant else ()


def _state(address: Address) -> tuple[tuple[str, str], ...]:
    has_one = bool(address.fields.get("state"))
    return (("state", "there; it has to be the one the link was made with" if has_one else "missing"),)


def _home_tenant(address: Address) -> str:
    """Give the tenant the account is at home in, as `client_info` says."""
    info = address.fields.get("client_info", "")[:2_000]
    try:
        value = json.loads(base64.urlsafe_b64decode(info + "=" * (-len(info) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return ""
    return as_guid(value.get("utid")) if isinstance(value, dict) else ""
