"""Finds codes, names of errors and HTTP statuses in free text, and never takes a date, a port or a size for one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from wizard.catalogue.lookup import is_listed, look_up
from wizard.explain.reading.service_mentions import OTHER_SERVICE, ServiceMentions, find_service

_BREAK: Final = r"(?:=?\n[>|<* \t]{0,8}+)?"
_AADSTS = re.compile(
    r"A" + _BREAK + "A" + _BREAK + "D" + _BREAK + "S" + _BREAK + "T" + _BREAK + "S"
    r"([ \t:#_=\"'-]{0,3}+)([0-9]{0,24})(?:(=?)\n[>|<* \t]{0,8}+([0-9]{1,9})(.?))?",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"(?:codes?|resulttype|error|fehler|エラー ?コード|رمز الخطأ)"
    r"[\"'\]]{0,2}[ \t]{0,3}[:=#：]?[ \t]{0,3}[\[\"'(#]{0,2}[ \t]?([1-9][0-9]{3,9})(?![0-9A-Za-z_]|[.,:/-][0-9])",
    re.IGNORECASE,
)
# What may follow a code in a sentence; another word in small letters is what was counted: "error: 90002 records".
_IN_A_SENTENCE: Final = (
    "since|for|from|on|at|in|when|while|was|is|has|as|to|and|or|but|by|because|with|after|before|during|again|means|the"
    "|an|this|that|it|they|we|you|if|what|why|how|help|error|code|returned|occurred|came|comes|appears|appeared|keeps"
    "|shows|blocks|blocked|stops|still|trying|received|happens|says|said|thrown|raised|via|using|please"
    "|bei|beim|aus|vom|von|im|am|seit|trat|tritt|wurde|wird|ist|und|oder|pour|lors|est|dans|et|avec"
)
_COUNTED = re.compile(rf"[ \t]{{1,3}}(?!(?:{_IN_A_SENTENCE})\b)[a-z]{{2,}}")
_NO_ERROR = re.compile(
    r"(?:exit|zip|postal|post|country|area|process|return|status|http|source|bar|qr|unicode|line|sign-in)[ _-]?$",
    re.IGNORECASE,
)
_TELEMETRY = re.compile(r"x-ms-clitelem[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"']?\d,([1-9][0-9]{3,9}),", re.IGNORECASE)
_BRACKETED = re.compile(r"\(([1-9][0-9]{3,6})\)")
_ABOUT_SIGN_IN = re.compile(r"\bMFA\b|multi-?factor|unauthori[sz]ed|partner ?center|\b401\b", re.IGNORECASE)
_NAME = re.compile(
    r"(?<![\w/])(?:AKV[0-9]{5}|[A-Za-z]{3,30}(?:_[A-Za-z]{2,30}){1,4}|[A-Z][a-z]{2,20}(?:[A-Z][a-z]{1,20}){1,6})(?![\w])"
)
_STATUS = re.compile(
    r"(?<![\w.:/-])(4[0-9]{2}|50[0-4])(?![\w:/-]|\.[0-9])[\])]?[ :,-]{0,3}\(?"
    r"(Forbidden|Conflict|Unauthorized|Throttled|Too Many Requests|Client Error)?"
    r"|\b(Forbidden|Conflict|Unauthorized|Throttled)\b"
)
_STATUS_BEFORE = re.compile(
    r"(?:HTTP(?:/[\d.]{1,3})?|status(?:[ _]?code)?|error|answered|answers|returned|response|code|with|failed|success)"
    r"[\"':=(\[ ]{0,4}(?:an? )?(?:HTTP )?$",
    re.IGNORECASE,
)
_OF_A_PROXY = re.compile(
    r"(?:tunnel connection failed:?|CONNECT tunnel failed, response|received HTTP code|from proxy:?) $", re.IGNORECASE
)
# Programs say the status in one line, and what they asked in another.
_BY_A_PROGRAM = re.compile(r"returned an error: \($|not indicate success: $|RequestException: \(?$", re.IGNORECASE)
_STATUS_OF: Final = {"Forbidden": 403, "Conflict": 409, "Unauthorized": 401, "Throttled": 429}
_NEAR_A_NAME: Final = 300
_OF_SERVICES: Final = ("vault", "partner", "graph", "login.", "sts.", "oauth2", "akv", "ms-")
"""Without one of these in a text no service is named in it."""
_LISTED: Final = re.compile(r"[^\s,;|/+&]+")
_MOST_STATUSES: Final = 1_000
_MOST_IN_A_LIST: Final = 50
_SHORT: Final = 60
"""Characters within which a bare number may be a code: somebody typed or copied just that."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code in a text: where it stands, whose it is, and the code, the name or the HTTP status."""

    start: int
    end: int
    service: str
    code: str = ""
    error: str = ""
    status: int = 0


def find_numbers(text: str) -> list[Code]:
    """Return the numbered codes: AADSTS in any form, and bare numbers where a code stands."""
    found = [*_entra_codes(text), *_placed_codes(text)]
    if is_list(text):
        taken = {code.end for code in found}
        found += [code for code in _listed_numbers(text) if code.end not in taken]
    elif not found and len(text.strip()) <= _SHORT:
        found += _lone_number(text)
    return sorted(found, key=lambda code: code.start)


def is_list(text: str) -> bool:
    """Return whether a text holds nothing but codes and what separates them: each is meant for itself."""
    words = list(islice(_LISTED.finditer(text), _MOST_IN_A_LIST + 1))
    return 2 <= len(words) <= _MOST_IN_A_LIST and all(_is_code(word.group()) for word in words)


def _is_code(word: str) -> bool:
    if re.fullmatch(r"(?:AADSTS)?[1-9][0-9]{2,9}", word, re.IGNORECASE):
        number = word[-10:] if word.isdecimal() else ""
        return not number or _code_of_number(number, 0, len(number), "") is not None or _is_partner_centers(number)
    return any(name.end - name.start == len(word) for name in find_names(word))


def _listed_numbers(text: str) -> Iterator[Code]:
    for word in _LISTED.finditer(text):
        if word.group().isdecimal():
            service = "partner_center" if _is_partner_centers(word.group()) else ""
            code = _code_of_number(word.group(), word.start(), word.end(), service)
            yield from [code] if code else []


def _is_partner_centers(number: str) -> bool:
    """Return whether a number that stands alone can only be one of Partner Center's."""
    return not is_listed("entra", number) and look_up("partner_center", number) is not None


def find_names(text: str) -> Iterator[Code]:
    """Yield the names of errors that are no everyday words, such as ForbiddenByRbac and authorization_declined."""
    owners: dict[str, str] = {}
    mentions = ServiceMentions(text)
    for found in _NAME.finditer(text):
        name = found.group()
        if name not in owners:
            services = ("entra", "key_vault", "graph", "partner_center")
            owners[name] = next((service for service in services if look_up(service, name)), "")
        if owners[name] and not name.lower().startswith("http_"):
            is_oauth = owners[name] == "entra"
            before, after = (found.start() - _NEAR_A_NAME, found.start()), (found.end(), found.end() + _NEAR_A_NAME)
            if is_oauth and mentions.near([before], after) == OTHER_SERVICE:
                continue
            yield Code(found.start(), found.end(), owners[name], "" if is_oauth else name, name if is_oauth else "")


def find_statuses(text: str) -> Iterator[Code]:
    """Yield HTTP statuses and everyday words such as Forbidden, where the service is named in the same line."""
    lowered = text.lower()
    if not any(word in lowered for word in _OF_SERVICES):
        return
    looked_up = 0
    for found in _STATUS.finditer(text):
        number, word = found[1], found[2] or found[3] or ""
        before = text[max(0, found.start() - 200) : found.start()].rpartition("\n")[2]
        if number and not word and not _STATUS_BEFORE.search(before[-40:]):
            continue
        if _OF_A_PROXY.search(before[-60:]):
            continue
        looked_up += 1
        if looked_up > _MOST_STATUSES:
            return
        behind = text[found.end() : found.end() + 400]
        is_by_a_program = _BY_A_PROGRAM.search(before[-40:])
        service = find_service(before, behind if is_by_a_program else behind[:200].partition("\n")[0])
        if not service and is_by_a_program:
            service = find_service(text[max(0, found.start() - 400) : found.start()])
        if not service:
            continue
        status = int(number) if number else _STATUS_OF[word]
        name = word if word in _STATUS_OF and look_up(service, word) else ""
        if name or look_up(service, f"http_{status}"):
            yield Code(found.start(), found.end(), service, name, name, status)


def _entra_codes(text: str) -> Iterator[Code]:
    for found in _AADSTS.finditer(text):
        separator, digits, soft, more, after = found.groups()
        number, end = digits, found.end(2)
        if more and not separator and len(digits) < 10 and _goes_on(digits, more, soft or "", after or ""):
            number, end = digits + more, found.end(4)
        if not re.fullmatch(r"[1-9][0-9]{3,9}", number) or (separator and not is_listed("entra", number)):
            continue
        yield Code(found.start(), end, "entra", f"AADSTS{number}")


def _goes_on(digits: str, more: str, soft: str, after: str) -> bool:
    """Return whether a number that a line end breaks goes on in the next line, which may as well begin with a date."""
    if len(digits + more) > 10 or after in tuple("-./"):
        return False
    if len(digits) < 4 or soft:
        return True
    if is_listed("entra", digits + more):
        return after == ":" or not is_listed("entra", digits)
    return False


def _placed_codes(text: str) -> Iterator[Code]:
    mentions = ServiceMentions(text)
    for found in _PLACE.finditer(text):
        before = text[max(0, found.start() - 20) : found.start()]
        if _NO_ERROR.search(before) and not re.search(r"error[ _-]?$|sign-in[ _-]?$", before, re.IGNORECASE):
            continue
        if _COUNTED.match(text, found.end()):
            continue
        service = mentions.near([(found.start() - 300, found.end() + 200)], (0, 0))
        if code := _code_of_number(found[1], found.start(1), found.end(1), service):
            yield code
    for found in _TELEMETRY.finditer(text):
        if is_listed("entra", found[1]):
            yield Code(found.start(1), found.end(1), "entra", f"AADSTS{found[1]}")
    for found in _BRACKETED.finditer(text):
        near = text[max(0, found.start() - 160) : found.end() + 80]
        if look_up("partner_center", found[1]) and _ABOUT_SIGN_IN.search(near):
            yield Code(found.start(), found.end(), "partner_center", found[1])


def _lone_number(text: str) -> list[Code]:
    """Return the number that is (nearly) all of a short text, if it is one of the catalogue's."""
    numbers = list(re.finditer(r"(?<![\w.:/-])[1-9][0-9]{2,9}(?![\w/-]|[.:][0-9])", text))
    if len(numbers) != 1 or len(re.findall(r"[0-9]+", text)) != 1:
        return []
    number = numbers[0]
    is_alone = not re.search(r"\w", text[: number.start()] + text[number.end() :])
    if _COUNTED.match(text, numbers[0].end()):
        return []
    if re.search(r"\b(?:port|pid|line|id|year|in|build|version)\W{0,3}$", text[: number.start()], re.IGNORECASE):
        return []
    service = find_service(text) or ("partner_center" if is_alone and not is_listed("entra", number.group()) else "")
    code = _code_of_number(number.group(), number.start(), number.end(), service)
    return [code] if code else []


def _code_of_number(number: str, start: int, end: int, service: str) -> Code | None:
    """Return the code a number is: Entra's if it is listed, else Partner Center's; a short one only beside its name."""
    if service == OTHER_SERVICE:
        return None
    if service != "partner_center" and is_listed("entra", number):
        return Code(start, end, "entra", f"AADSTS{number}")
    if look_up("partner_center", number) and (len(number) >= 6 or service == "partner_center"):
        return Code(start, end, "partner_center", number)
    if is_listed("entra", number):
        return Code(start, end, "entra", f"AADSTS{number}")
    return None
