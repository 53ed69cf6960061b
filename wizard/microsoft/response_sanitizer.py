"""Answers made fit to be read by any library: nested no deeper than these services nest, tokens that can be sent."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import requests

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.jwt import payload_segment, read_segment
from wizard.core.text import is_sendable
from wizard.core.trouble import Trouble
from wizard.microsoft.wire_redaction import decode_body, read_support_ids

DEEPEST: Final = 50
"""Levels of objects and arrays that are read: no answer of these services has ten, and Python itself has a limit."""
SENT_ON: Final = {
    "access_token": "an access token",
    "refresh_token": "a refresh token",
    "device_code": "a device code",
}
"""Members that are sent on, to the service or to another, and what they are."""
SECONDS: Final = ("interval", "expires_in", "ext_expires_in", "refresh_in")
"""Members that MSAL and azure-identity turn into whole numbers, or add to, without a check (T7, T19)."""
LONGEST: Final = 10 * 366 * 86_400
"""Seconds that a member of `SECONDS` may name: ten years."""
LAST_MOMENT: Final = 253_402_300_799
"""The end of the year 9999, in seconds since 1970; no date of Python's is later."""
USUAL_LIFE: Final = 3599
"""Seconds an access token lives where its answer does not say so in a number; MSAL takes the same."""
TEXTS: Final = ("scope", "token_type", "foci")
"""Members that MSAL takes for text."""
SHOWN: Final = ("user_code", "verification_uri", "verification_url", "message")
"""Members that a person is shown, cleaned, whatever they are."""
NAMES: Final = ("uid", "utid", "sub", "oid", "preferred_username", "upn")
"""Claims that MSAL makes keys of its cache of."""


def sanitize_response(response: requests.Response, host: str, *, grants: bool) -> None:
    """Make an answer fit to be read by any library, or refuse it.

    Args:
        response: read whole; its body is replaced if a member of it cannot be used.
        host: that answered.
        grants: whether the host issues tokens: Entra's, or a managed identity's.

    Raises:
        Unreachable: it nests too deeply.
        ServiceRefusal: it grants a token or a code that cannot be sent on.
    """
    try:
        body = json.loads(decode_body(response.content))
    except ValueError:
        return
    except RecursionError:
        body = None
        is_deep = True
    else:
        is_deep = nests_too_deeply(body)
    if is_deep:
        raise Unreachable(host, Trouble.ANSWER, f"gave an answer that nests more than {DEEPEST} levels deep")
    if not grants or not isinstance(body, dict):
        return
    if 200 <= response.status_code < 300:
        _refuse_unusable(body, response)
    sanitized = _sanitized(body)
    if sanitized != body:
        response._content = json.dumps(sanitized).encode()
        response.encoding = "utf-8"


def nests_too_deeply(value: object) -> bool:
    """Return whether JSON has more levels than `DEEPEST`; counts them without recursion."""
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [
            item
            for each in level
            if isinstance(each, dict | list)
            for item in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


def _refuse_unusable(body: Mapping[str, Any], response: requests.Response) -> None:
    for name, what in SENT_ON.items():
        token = body.get(name)
        if token not in (None, "") and not is_sendable(token):
            is_split = isinstance(token, str) and bool({"\r", "\n"} & set(token))  # in a header it would begin another
            why = "there is a line break in it" if is_split else "it is no text of printable ASCII characters"
            description = f"{what} came that no request can carry: {why}"
            ids = read_support_ids(body, response.headers)
            raise ServiceRefusal("entra", "", "unusable_token", description, status=response.status_code, ids=ids)


def _sanitized(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what can be read: null is absent, numbers are whole and within limits, claims are an object's."""
    sane = {name: value for name, value in body.items() if value is not None}
    for name in SECONDS:
        _keep_number(sane, name, LONGEST)
    expires_on = sane.get("expires_on")
    if not isinstance(expires_on, str) or re.fullmatch(r"[+-]?\d+", expires_on):
        _keep_number(sane, "expires_on", LAST_MOMENT)  # of a managed identity it may be a date in words
    if "access_token" in sane and "expires_in" in body and not {"expires_in", "expires_on"} & sane.keys():
        sane["expires_in"] = USUAL_LIFE
    for name in TEXTS:
        if not isinstance(sane.get(name, ""), str):
            del sane[name]
    sane |= {name: str(sane[name]) for name in SHOWN if name in sane}
    if "client_info" in sane and not _has_names(_claims(sane["client_info"]), "uid", "utid"):
        del sane["client_info"]
    if "id_token" in sane and not _has_names(_claims(payload_segment(sane["id_token"])), "sub"):
        del sane["id_token"]
    return sane


def _keep_number(members: dict[str, Any], name: str, most: int) -> None:
    """Make a member a whole number from 0 to `most`; leave it out where it is none."""
    value = members.get(name)
    try:
        number = int(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else -1
    except (ValueError, OverflowError):
        number = -1
    if name in members and (0 <= number <= most):
        members[name] = number
    else:
        members.pop(name, None)


def _claims(segment: object) -> Mapping[str, object]:
    """Return the claims in a base64url part; none where it nests too deeply for MSAL."""
    claims = read_segment(segment)
    return {} if nests_too_deeply(claims) else claims


def _has_names(claims: Mapping[str, object], *needed: str) -> bool:
    return all(name in claims for name in needed) and all(isinstance(claims.get(name, ""), str) for name in NAMES)
