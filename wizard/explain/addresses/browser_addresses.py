"""Finds addresses a browser ended on after consent or sign-in, and says what they answer; codes are not repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.entra_refusals import read_consent_error
from wizard.catalogue.lookup import explain, explain_refusal, look_up
from wizard.catalogue.well_known import IDENTITY_PLATFORM_DOCS, device_pages, is_login_host
from wizard.core.findings import Retry, Who
from wizard.core.jwt import read_segment
from wizard.core.late_pattern import late_pattern
from wizard.explain.addresses.sign_in_links import describe_sign_in_link, is_sign_in_link
from wizard.explain.addresses.url_parts import Address, find_addresses
from wizard.explain.results import ON_THE_WAY, LocatedDiagnosis
from wizard.explain.token_reader.token_claims import as_guid, safe_line
from wizard.explain.token_reader.token_finder import find_tokens
from wizard.redaction.secret_patterns import redact_patterns

_SHORTEST_CODE: Final = 20
_ERROR_NAME = late_pattern(r"[a-z][a-z0-9_]{2,60}")
_ONE_MATTER: Final = 1_500
"""Characters beside an answer in which it is said what it is about."""
_BESIDE_AN_ERROR: Final = frozenset({"error_description", "error_subcode", "error_uri", "state", "admin_consent"})
_BESIDE_A_CODE: Final = frozenset({"state", "session_state", "client_info", "id_token"})
_ENTRA_FORM = late_pattern(r"[01]\.A[A-Za-z0-9_-]{20}")
_ON_THE_WAY = late_pattern(
    r"/(?:login|kmsi|reprocess|resume|bssointerrupt|appverify|cmsi(?:/|$)|SAS/\w{1,30}|Consent/\w{1,30}|DeviceAuthTls/\w{1,30})/?$",
    re.IGNORECASE,
)
_USER_CODE = late_pattern(r"\bcode\b[\s:\"'=]{1,6}(?:is )?([A-Z0-9]{9}|[A-Z0-9]{4}-?[A-Z0-9]{4,5})(?![A-Za-z0-9])")
# In the header of a 401 it says where to get tokens; nobody opened it.
_OF_A_CHALLENGE = late_pattern(r"\bauthorization(?:_uri)?[ \t]?=[ \t]?\\?[\"']?$", re.IGNORECASE)
# The sentence of an error repeats it; nobody's browser ended on it.
_OF_A_SENTENCE = late_pattern(r"\b(?:redirect|reply) (?:URI|URL)s? [\"']?$", re.IGNORECASE)
_NEAR: Final = 160
_CONSENT_TENANT: Final = (
    "The tenant in it proves nothing either (anybody can write such an address): only a token or the grant itself does."
)


def find_browser_addresses(text: str, now: datetime) -> list[LocatedDiagnosis]:
    """Return a diagnosis for each answer of a consent or sign-in page in a text, and for each link to such a page.

    Args:
        text: of any length; addresses, or what stands behind ? or #, or the form a page posts.
        now: aware; tokens in an address are compared with it.

    An error is read before anything else (protocol 1.6). Codes and tokens are never repeated.
    """
    found: list[LocatedDiagnosis] = []
    for address in find_addresses(text):
        if (diagnosis := _diagnose(address, text)) is not None:
            found.append(LocatedDiagnosis(diagnosis, address.start, _end(address, text)))
        elif address.fields.keys() & {"id_token", "access_token"}:
            found += _find_tokens(address, text, now)
    return sorted(found, key=lambda located: located.start)


def _diagnose(address: Address, text: str) -> Diagnosis | None:
    fields = address.fields
    is_login = is_login_host(address.hostname)
    if is_login and address.path.rstrip("/") == "/error" and re.fullmatch(r"[0-9]{3,10}", fields.get("code", "")):
        return explain("entra", fields["code"])
    if (refused := _explain_refusal(address, text)) is not None:
        return refused
    if "admin_consent" in fields:
        is_repeated = _OF_A_SENTENCE.search(text[max(0, address.start - 40) : address.start])
        return None if is_repeated else _describe_consent(address)
    if _has_code(address):
        return _describe_code(address)
    if is_sign_in_link(address):
        return (
            None
            if _OF_A_CHALLENGE.search(text[max(0, address.start - 40) : address.start])
            else describe_sign_in_link(address)
        )
    if _is_device_page(address):
        return _describe_device_page(address, text)
    return _describe_page_on_the_way(address) if is_login and _ON_THE_WAY.search(address.path) else None


def _end(address: Address, text: str) -> int:
    """Return where a diagnosis ends: behind the code that a person types, if one stands by a device page."""
    if _is_device_page(address) and (near := _USER_CODE.search(text, address.end, address.end + _NEAR)):
        return near.end()
    return address.end


# --- answers ---------------------------------------------------------------------------------------------------------


def _explain_refusal(address: Address, text: str) -> Diagnosis | None:
    """Return what an error in an answer means; `admin_consent=True` beside it says only which page it came from."""
    fields = address.fields
    error, description = fields.get("error", ""), fields.get("error_description", "")
    is_error = _ERROR_NAME.fullmatch(error) and (_BESIDE_AN_ERROR & fields.keys() or look_up("entra", error))
    if not is_error and "AADSTS" not in description:
        return None
    refusal = read_consent_error(fields)
    if refusal is None:
        return None
    of_consent = "admin_consent" in fields or error == "permission_denied"
    around = text[max(0, address.start - _ONE_MATTER) : address.end + _ONE_MATTER].lower()
    page = "admin consent" if of_consent else "consent" if "consent" in around else ""
    diagnosis = explain_refusal(refusal, context=f"redirect {page}".strip())
    steps = tuple(dict.fromkeys(("admin_consent", *diagnosis.steps))) if of_consent else diagnosis.steps
    rows = [
        *diagnosis.evidence,
        *_landing_row(address),
        ("error", safe_line(error, 60)),
        *_tenant_row(address),
        *_state_row(address),
    ]
    if "admin_consent" in fields:
        rows.append(("admin_consent", "True beside an error: it says which page answered, not that consent was given"))
    evidence = tuple(row for row in rows if row[1])
    return replace(
        diagnosis, ids=refusal.ids, service_text=redact_patterns(diagnosis.service_text), steps=steps, evidence=evidence
    )


_AFTER_CONSENT: Final = {
    True: (
        "Nothing in it is wrong: paste the address in step 3 of partner-wizard, which looks for the grant itself.",
        "Compare the tenant in it with your own.",
    ),
    False: ("Open the consent link again in a private window, as an administrator who may consent; press Accept.",),
}
"""What to do with the answer of the consent page, by whether consent was given."""


def _describe_consent(address: Address) -> Diagnosis:
    """Return what the answer of the consent page says where it holds no error. Source: protocol 1.6."""
    given = address.fields["admin_consent"].strip().lower() == "true"
    scope = ", ".join(safe_line(each, 100) for each in address.fields.get("scope", "").split()[:10])
    rows = (
        ("kind", "answer of the admin consent page"),
        *_landing_row(address),
        *_tenant_row(address),
        *_state_row(address),
    )
    if given:
        title, words = "The consent page says that consent was given", "admin_consent=True and no error"
    else:
        title, words = "The consent page says that consent was not given", "no error, and not admin_consent=True"
    proof = f"That is what the page says, not a proof. {_CONSENT_TENANT}"
    after = " It can take some minutes until a grant is seen everywhere." if given else ""
    return Diagnosis(
        code="",
        title=title,
        cause=f"The browser came back with {words}. {proof}{after}",
        actions=_AFTER_CONSENT[given],
        who=(Who.OPERATOR,) if given else (Who.ADMIN,),
        retry=Retry.YES if given else Retry.AFTER_FIX,
        steps=("admin_consent",),
        link=f"{IDENTITY_PLATFORM_DOCS}v2-admin-consent",
        service="entra",
        evidence=tuple(row for row in (*rows, ("scope", scope), ("proof", "none; the grant is")) if row[1]),
        is_description=True,
    )


def _has_code(address: Address) -> bool:
    code = address.fields.get("code", "")
    if len(code) < _SHORTEST_CODE or code.isdecimal():
        return False
    is_place = address.is_loopback or address.path.endswith("/oauth2/nativeclient")
    return bool(_BESIDE_A_CODE & address.fields.keys()) or is_place or _ENTRA_FORM.match(code) is not None


def _describe_code(address: Address) -> Diagnosis:
    """Return what an authorization code in an answer is good for. Source: protocol 1.5, 3."""
    problems = []
    if "state" not in address.fields:
        problems.append("There is no state in it, so nobody can know whether it answers a sign-in of yours.")
    if address.has_fragment:
        problems.append(
            "It stands behind #, as for a single-page app: such a refresh token is valid for 24 hours (AADSTS700084)."
        )
    if address.fields.keys() & {"id_token", "access_token"}:
        problems.append("A token came with it; paste it alone to have it read.")
    rows = (
        ("kind", "answer of the sign-in page, with an authorization code"),
        *_landing_row(address),
        ("code", f"{len(address.fields['code']):,} characters; not shown"),
        *_state_row(address),
        ("home tenant", _home_tenant(address)),
        ("valid for", "about a minute"),
        ("good", "once"),
    )
    return Diagnosis(
        code="",
        title="A sign-in came back with an authorization code",
        cause=" ".join(
            (
                "The sign-in in the browser went well. The code in the address is a secret: the program that began "
                "the sign-in exchanges it for tokens, once, within about a minute.",
                _describe_redirect_uri(address),
                *problems,
            )
        ),
        actions=(
            f"{'' if problems else 'Nothing in it is wrong. '}Paste the whole address into the program that waits for "
            "it, at once, and nowhere else.",
            "If a minute is over, or the code was used before (AADSTS54005), sign in again.",
            "If others saw it in that time, have the account's sign-ins revoked (Entra > Users > the account > Revoke "
            "sessions).",
        ),
        who=(Who.OPERATOR,),
        retry=Retry.AFTER_FIX if problems else Retry.YES,
        steps=("user_consent",),
        link=f"{IDENTITY_PLATFORM_DOCS}v2-oauth2-auth-code-flow",
        service="entra",
        evidence=tuple(row for row in rows if row[1]),
        is_description=True,
    )


_BY_PLATFORM: Final = (
    "Registered under Mobile and desktop, the exchange goes without a secret (AADSTS700025); under Web it needs the "
    "app's credential (AADSTS7000218)."
)
"""The platform that an address is registered under decides, whatever the address is (protocol 11.0)."""


def _describe_redirect_uri(address: Address) -> str:
    """Return what the place that a code came to says about the client; the registration decides."""
    if not address.host:
        return "The redirect URI that it was sent to does not stand beside it; the exchange needs exactly that one."
    same = "The exchange needs exactly this redirect URI."
    if address.path.endswith("/oauth2/nativeclient"):
        return f"It was sent to Microsoft's page for native apps. {_BY_PLATFORM} {same}"
    if address.is_loopback:
        return (
            "It was sent to this machine, where a program may listen; an error page of the browser means that none "
            f"did, and does no harm to the code. {_BY_PLATFORM} {same}"
        )
    if address.scheme == "https":
        return f"Registered under Web, the exchange needs the app's credential (AADSTS7000218). {same}"
    return same


def _find_tokens(address: Address, text: str, now: datetime) -> Iterator[LocatedDiagnosis]:
    """Yield the tokens that came in the address itself (implicit grant); together they take all of it."""
    behind = " behind #" if address.has_fragment else ""
    found = find_tokens(text[address.start : address.end], now)
    start = address.start
    for number, located in enumerate(found, 1):
        end = address.end if number == len(found) else address.start + located.end
        cause = f"{located.diagnosis.cause} It came back{behind} in the address a browser ended on."
        evidence = (*located.diagnosis.evidence, *_landing_row(address))
        yield LocatedDiagnosis(replace(located.diagnosis, cause=cause, evidence=evidence), start, end)
        start = end


# --- pages -----------------------------------------------------------------------------------------------------------


def _is_device_page(address: Address) -> bool:
    path = address.path.rstrip("/")
    page = f"{address.hostname}{path}".lower()
    return page in device_pages() or (is_login_host(address.hostname) and path.endswith("/oauth2/deviceauth"))


def _describe_device_page(address: Address, text: str) -> Diagnosis | None:
    in_address = bool(address.fields.keys() & {"otc", "user_code", "code"})
    beside = _USER_CODE.search(text, address.end, address.end + _NEAR) is not None
    if not in_address and not beside and len(text) > address.end - address.start + 40:
        return None  # one address among much else says nothing
    code = "there; not shown" if in_address or beside else "not here: the program that waits shows it"
    return Diagnosis(
        code="",
        title="A sign-in by device code that waits for a person",
        cause=(
            "On this page a person types the short code that a program shows. The code is valid for as long as the "
            "program says, and is used up as soon as it is entered: whoever closes the page after that needs a new one."
        ),
        actions=(
            "Nothing is wrong here. Open the page in a private window, enter the code, and sign in as the integration "
            "user.",
            "Enter only a code that you asked for yourself: whoever asked for it gets the tokens.",
        ),
        who=(Who.INTEGRATION_USER,),
        retry=Retry.YES,
        steps=("user_consent",),
        link=f"{IDENTITY_PLATFORM_DOCS}v2-oauth2-device-code",
        service="entra",
        evidence=(("page", address.without_query), ("code", code), ("good", "once")),
        is_description=True,
    )


def _describe_page_on_the_way(address: Address) -> Diagnosis:
    return Diagnosis(
        code="",
        title=ON_THE_WAY,
        cause="This is a page of Microsoft's sign-in, not the address it ends on: the sign-in stopped, or goes on.",
        actions=(
            "Finish it in the browser, and copy the address of the last page.",
            "If the page shows an error, copy its text instead, with the number behind AADSTS and the correlation id.",
        ),
        who=(Who.OPERATOR,),
        retry=Retry.AFTER_FIX,
        steps=("user_consent", "admin_consent"),
        link=f"{IDENTITY_PLATFORM_DOCS}v2-oauth2-auth-code-flow",
        service="entra",
        evidence=(("page", address.without_query),),
        is_description=True,
    )


# --- rows ------------------------------------------------------------------------------------------------------------


def _landing_row(address: Address) -> tuple[tuple[str, str], ...]:
    behind = ", behind #" if address.has_fragment else ""
    return (("came to", f"{address.without_query}{behind}"),) if address.without_query else ()


def _tenant_row(address: Address) -> tuple[tuple[str, str], ...]:
    tenant = safe_line(address.fields.get("tenant", ""), 80)
    return (("tenant, as the address says", as_guid(tenant) or tenant),) if tenant else ()


def _state_row(address: Address) -> tuple[tuple[str, str], ...]:
    has_one = bool(address.fields.get("state"))
    return (("state", "there; it has to be the one the link was made with" if has_one else "missing"),)


def _home_tenant(address: Address) -> str:
    """Return the tenant the account is at home in, as `client_info` says."""
    return as_guid(read_segment(address.fields.get("client_info", "")[:2_000]).get("utid"))
