"""Reads a claims challenge: what Conditional Access, or a service, still requires of a sign-in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Final
from urllib.parse import unquote_plus

from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.members import as_identifier, as_list
from wizard.catalogue.well_known import IDENTITY_PLATFORM_DOCS
from wizard.core.claims import MFA_METHODS
from wizard.core.findings import Retry, Who
from wizard.core.jwt import decode_segment
from wizard.core.late_pattern import late_pattern
from wizard.core.shapes import GUID
from wizard.core.timestamps import utc_time
from wizard.explain.results import LocatedDiagnosis
from wizard.explain.token_reader.token_times import read_epoch

_LONGEST: Final = 20_000
_MOST: Final = 12
_NEAR: Final = 600
_CONTEXT = late_pattern(r"[A-Za-z][A-Za-z0-9_.-]{0,30}")
_ADDRESS = late_pattern(r"[0-9A-Fa-f:.]{3,45}")
_WORD = late_pattern(r"[A-Za-z0-9_.:/+-]{1,40}")
# In a WWW-Authenticate header, a query or a body: claims="…", claims=…, "claims": "{…}" (its quotes may be escaped).
_MEMBER = late_pattern(
    r"""(?<![A-Za-z0-9_])claims["'\\]{0,3}\s{0,4}[=:]\s{0,4}["'\\]{0,3}""", re.IGNORECASE, needs=("claims",)
)
_BROKEN: Final = late_pattern(
    r"([A-Za-z0-9+/_-]{8,20000}(?:\n[>| \t]{0,8}[A-Za-z0-9+/_-]{1,20000}){0,200}={0,2})\s{0,8}\""
)
_PARAMETER: Final = r"[A-Za-z_]{2,30}\s{0,4}=\s{0,4}\"[^\"]{0,600}\""
_HEADER: Final = late_pattern(
    rf"(?:WWW-Authenticate\s{{0,4}}:\s{{0,4}})?\bBearer\s{{1,4}}(?:{_PARAMETER}[\s,]{{1,9}}){{0,12}}\Z", re.IGNORECASE
)
_REST_OF_HEADER: Final = late_pattern(rf"\"?(?:[\s,]{{1,9}}{_PARAMETER}){{0,12}}")
_BASE64 = late_pattern(r"[A-Za-z0-9+/_-]{8,20000}={0,2}")
_ENCODED = late_pattern(r"%7[Bb][^\s\"'&]{0,20000}")


def find_claims(text: str) -> str:
    """Return the claims challenge in a text as JSON: of a WWW-Authenticate header (base64), a query or a body; else "".

    A text that is a challenge itself, in any of these forms, is given as JSON too. Source: protocol 1.2, 1.8.
    """
    challenges = map(_as_json, islice(_candidates(text), _MOST))
    return next((challenge for challenge in challenges if challenge), "")


def read_claims(claims: str) -> tuple[tuple[str, str], ...]:
    """Return what a claims challenge asks for, as pairs of a name and its value that a person reads.

    Args:
        claims: the challenge as JSON, base64 or in a query's form; or a header or body that holds one.

    Nothing is given for what is no challenge. Names are: "Conditional Access policies", "authentication context",
    "tokens from before", "network address the service saw", "registered device", "MFA", "sign-in", "client
    capability" and, for a claim that is not known, its own.
    """
    rows: dict[str, str] = {}
    for name, asked in _requested_claims(find_claims(claims)):
        reader = _READERS.get(name.lower())
        label, value = reader(asked) if reader else (f"claim {name}", "asked for")
        if value and label not in rows and len(rows) < _MOST:
            rows[label] = value
    return tuple(rows.items())


def describe_claims(claims: str) -> str:
    """Return sentences on what a claims challenge asks for and where to look, "" if it is none."""
    asked = dict(read_claims(claims))
    sentences = [_SENTENCES[label].format(value=value) for label, value in asked.items() if label in _SENTENCES]
    return " ".join(sentences)


def find_challenges(text: str) -> list[LocatedDiagnosis]:
    """Return a diagnosis for each claims challenge of a text that stands in a header or a query, with its place.

    In a body it is better read together with the error it belongs to: by `read_claims`.
    """
    found: list[LocatedDiagnosis] = []
    for start, end, candidate in islice(_find_members(text), _MOST):
        challenge = _as_json(candidate)
        if challenge and not (found and start < found[-1].end):
            near = text[max(0, start - _NEAR) : end + _NEAR]
            begins = max(0, start - _NEAR)
            if header := _HEADER.search(text[begins:start]):
                start, end = begins + header.start(), end + _rest_of_header(text, end)
            found.append(LocatedDiagnosis(_diagnosis(challenge, "insufficient_claims" in near), start, end))
    return found


def _rest_of_header(text: str, end: int) -> int:
    """Return how much of a header stands behind the challenge in it."""
    rest = _REST_OF_HEADER.match(text, end)
    return len(rest.group()) if rest else 0


def _diagnosis(challenge: str, is_named: bool) -> Diagnosis:
    asked = dict(read_claims(challenge))
    by_policy = "Conditional Access policies" in asked or "authentication context" in asked
    return Diagnosis(
        code="insufficient_claims" if is_named else "",
        title="A claims challenge: the sign-in has to meet more",
        cause=" ".join(
            filter(
                None,
                (
                    "The token was refused, or a new sign-in asked for, with a list of what is missing.",
                    describe_claims(challenge),
                ),
            )
        ),
        actions=(
            "Sign in again in a browser, in a private window, as the integration user, and do what the page asks for.",
            "If it goes on, have an administrator look at the sign-in in Entra > Monitoring > Sign-in logs, under the "
            "tab Conditional Access, and exclude the account from the policy or meet what it asks for.",
        ),
        who=(Who.INTEGRATION_USER, Who.ADMIN) if by_policy else (Who.INTEGRATION_USER,),
        retry=Retry.AFTER_FIX,
        steps=("user_consent", "renewal"),
        link=f"{IDENTITY_PLATFORM_DOCS}claims-challenge",
        service="entra",
        evidence=tuple(asked.items()),
    )


def _find_members(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where a challenge may stand behind its name, and what stands there."""
    for found in _MEMBER.finditer(text):
        rest = text[found.end() : found.end() + _LONGEST]
        if rest.startswith("{"):
            yield found.start(), found.end() + _json_length(rest), rest
        elif found.group()[-1] == '"' and (broken := _BROKEN.match(rest)):
            yield found.start(), found.end() + broken.end(), "".join(re.split(r"\n[>| \t]*", broken[1]))
        elif encoded := _ENCODED.match(rest) or _BASE64.match(rest):
            yield found.start(), found.end() + encoded.end(), encoded.group()


def _json_length(rest: str) -> int:
    """Return how long the JSON at the beginning of a text is; 1 if its end is not found."""
    try:
        _, end = json.JSONDecoder().raw_decode(rest)
    except (ValueError, RecursionError):
        return 1
    return int(end)


def _candidates(text: str) -> Iterator[str]:
    text = text.strip()
    if text.startswith("{") or _BASE64.fullmatch(text) or text[:3].lower() == "%7b":
        yield text[:_LONGEST]
    yield from (candidate for _, _, candidate in _find_members(text))


def _as_json(candidate: str) -> str:
    """Return a challenge as JSON, out of base64, a query's encoding or escaped quotes; "" if it is none."""
    text = candidate.strip()
    if text[:3].lower() == "%7b":
        text = unquote_plus(text)
    if not text.startswith("{"):
        try:
            text = decode_segment(text.rstrip("=").replace("+", "-").replace("/", "_"))
        except ValueError:
            return ""
    for form in (text, text.replace('\\\\\\"', '"').replace('\\"', '"')):
        try:
            value, _ = json.JSONDecoder().raw_decode(form.strip())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            return json.dumps(value) if _is_challenge(value) else _in_body(value)
    return ""


def _in_body(body: Mapping[str, object]) -> str:
    """Return the challenge in a body's `claims`."""
    claims = body.get("claims")
    return _as_json(claims[:_LONGEST]) if isinstance(claims, str) and claims.strip()[:1] == "{" else ""


def _is_challenge(value: Mapping[str, object]) -> bool:
    return any(isinstance(value.get(part), dict) for part in _PARTS)


def _requested_claims(challenge: str) -> list[tuple[str, object]]:
    """Return each claim a challenge asks for, with what it says of it."""
    if not challenge:
        return []
    parts = json.loads(challenge)
    return [
        (as_identifier(name), asked)
        for part in _PARTS
        if isinstance(parts.get(part), dict)
        for name, asked in parts[part].items()
        if _WORD.fullmatch(name)
    ]


def _values(asked: object) -> list[object]:
    """Return `value` and `values` of a claim that is asked for; older services write `Values`."""
    if not isinstance(asked, Mapping):
        return []
    members = {str(name).lower(): value for name, value in asked.items()}
    return [*as_list(members.get("value")), *as_list(members.get("values"))]


def _fitting(asked: object, pattern: re.Pattern[str]) -> list[str]:
    names = [as_identifier(value) for value in _values(asked)]
    return [name for name in names if pattern.fullmatch(name)]


def _guids(asked: object) -> list[str]:
    return [name.lower() for name in _fitting(asked, GUID)]


def _policies(asked: object) -> tuple[str, str]:
    ids = _guids(asked)[:_MOST]
    return "Conditional Access policies", ", ".join(ids) or "asked for, without their ids"


def _contexts(asked: object) -> tuple[str, str]:
    names = [name for name in _fitting(asked, _CONTEXT) if name.lower() != "cp1"][:_MOST]
    return "authentication context", ", ".join(names)


def _not_before(asked: object) -> tuple[str, str]:
    times = [when for when in map(read_epoch, _values(asked)) if when]
    return "tokens from before", utc_time(max(times)) if times else "a time that cannot be read"


def _address(asked: object) -> tuple[str, str]:
    return "network address the service saw", ", ".join(_fitting(asked, _ADDRESS)[:2]) or "not given"


def _methods(asked: object) -> tuple[str, str]:
    names = _fitting(asked, _WORD)
    return "MFA", "asked for" if not MFA_METHODS.isdisjoint(names) else ", ".join(names[:4])


def _capability(asked: object) -> tuple[str, str]:
    return "client capability", ", ".join(_fitting(asked, _WORD)[:4])


def _cae_error(asked: object) -> tuple[str, str]:
    return "reason the service gives", ", ".join(_fitting(asked, _WORD)[:2])


def _constant(label: str, value: str) -> Callable[[object], tuple[str, str]]:
    return lambda _: (label, value)


_PARTS: Final = ("access_token", "id_token", "userinfo")
_READERS: Final[Mapping[str, Callable[[object], tuple[str, str]]]] = {
    "capolids": _policies,
    "polids": _policies,
    "acrs": _contexts,
    "nbf": _not_before,
    "xms_rp_ipaddr": _address,
    "xms_caeerror": _cae_error,
    "xms_cc": _capability,
    "amr": _methods,
    "deviceid": _constant("registered device", "asked for"),
    "auth_time": _constant("sign-in", "its time is asked for"),
}
_SENTENCES: Final = {
    "Conditional Access policies": (
        "Conditional Access policies decided this, by id: {value}. In Entra > Entra ID > Conditional Access, an "
        "administrator finds a policy by its id in the address of its page, and in the sign-in log under the tab "
        "Conditional Access."
    ),
    "authentication context": (
        "The authentication context {value} is asked for: Entra > Entra ID > Conditional Access > Authentication "
        "contexts names it, and the policies bound to it say what it requires."
    ),
    "tokens from before": (
        "Tokens issued before {value} are refused: something happened to the account since, such as a new password, a "
        "revocation or a risk. A new sign-in helps; the same token does not."
    ),
    "network address the service saw": (
        "The service saw the network address {value}; Entra may have seen another one, and a policy on locations "
        "decides by it."
    ),
    "registered device": (
        "A registered device is asked for, and a sign-in by device code cannot show one: sign in with a browser on a "
        "registered device, or have the account excluded from that policy."
    ),
    "MFA": "MFA is asked for.",
}
