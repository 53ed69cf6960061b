"""Finds codes, names of errors and HTTP statuses in free text, and never takes a date, a port or a size for one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import Final, NamedTuple

from wizard.catalogue.lookup import is_listed, look_up
from wizard.core.late_pattern import late_pattern
from wizard.explain.reading.failed_steps import is_failed_token_step
from wizard.explain.reading.service_mentions import OTHER_SERVICE, ServiceMentions

_BREAK: Final = r"(?:=?\n[>|<* \t]{0,8}+)?"
_AADSTS = late_pattern(
    r"[Aa](?i:ADSTS|" + _BREAK + "A" + _BREAK + "D" + _BREAK + "S" + _BREAK + "T" + _BREAK + "S)"
    r"([ \t:#_=\"'-]{0,3}+)([0-9]{0,24})(?:(=?)\n[>|<* \t]{0,8}+([0-9]{1,9})(.?))?",
)
# A pattern that begins with a set of characters, in any case of letters, is found five times as fast.
_PLACE = late_pattern(
    r"[CcRrEeFfエر](?=[OoEeRrラم])"
    r"(?i:(?<=c)odes?|(?<=r)esulttype|(?<=e)rror|(?<=f)ehler|(?<=エ)ラー ?コード|(?<=ر)مز الخطأ)"
    r"[\"'\]]{0,2}[ \t]{0,12}[:=#：]?[ \t]{0,3}[\[\"'(#]{0,2}[ \t]?([1-9][0-9]{3,9})(?![0-9A-Za-z_]|[.,:/-][0-9])",
    needs=("code", "resulttype", "error", "fehler", "エラー", "رمز"),
)
# The page of an entry of the sign-in log has its labels and their values below each other.
_BELOW_ITS_LABEL = late_pattern(
    r"\berror code[ \t]{0,8}:?[ \t]{0,8}\r?\n(?:[ \t]{0,8}\r?\n)?[ \t]{0,8}([1-9][0-9]{4,9})[ \t]{0,8}(?:\r?\n|\Z)",
    re.IGNORECASE,
    needs=("error code",),
)
_BEFORE_ITS_NAME = late_pattern(r"(?<![\w.,:/-])([1-9][0-9]{3,9}) error code\b", needs=("error code",))
# What may follow a code in a sentence; another word in small letters is what was counted: "error: 90002 records".
_IN_A_SENTENCE: Final = (
    "since|for|from|on|at|in|when|while|was|is|has|as|to|and|or|but|by|because|with|after|before|during|again|means|the"
    "|an|this|that|it|they|we|you|if|what|why|how|help|error|code|returned|occurred|came|comes|appears|appeared|keeps"
    "|shows|blocks|blocked|stops|still|trying|received|happens|says|said|thrown|raised|via|using|please"
    "|bei|beim|aus|vom|von|im|am|seit|trat|tritt|wurde|wird|ist|und|oder|pour|lors|est|dans|et|avec"
)
_COUNTED = late_pattern(rf"[ \t]{{1,3}}(?!(?:{_IN_A_SENTENCE})\b)[a-z]{{2,}}")
_NO_WORD_ENDS: Final = frozenset("\"'{[(,;:\n\t")
_BLANKS: Final = frozenset(" \t")
_NO_ERROR = late_pattern(
    r"(?:exit|zip|postal|post|country|area|process|return|status|http|source|bar|qr|unicode|line|sign-in)[ _-]?$",
    re.IGNORECASE,
)
# "Get-PartnerCustomer : 2032 …": a cmdlet prints the service's number before its words.
_OF_A_CMDLET = late_pattern(r"\b[A-Z][a-z]+-Partner\w{0,60} ?: ([1-9][0-9]{3,5})\b", needs=("-Partner",))
# The SDK prints the service's number on a line of its own; also one that nobody has documented.
_OF_AN_EXCEPTION = late_pattern(
    r"\bPartner ?Exception\b[^\n]{0,200}\n(?:[^\n]{0,200}\n){0,6}?[ \t]{0,8}Error ?Code: ?([1-9][0-9]{3,6})\b",
    re.IGNORECASE,
    needs=("partnerexception", "partner exception"),
)
_TELEMETRY = late_pattern(
    r"x-ms-clitelem[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"']?\d,([1-9][0-9]{3,9}),", re.IGNORECASE, needs=("x-ms-clitelem",)
)
_OF_B2C = late_pattern(r"\bAADB2C[0-9]{5}(?![0-9])", needs=("AADB2C",))
_BRACKETED = late_pattern(r"\(([1-9][0-9]{3,6})\)")
_ABOUT_SIGN_IN = late_pattern(r"\bMFA\b|multi-?factor|unauthori[sz]ed|partner ?center|\b401\b", re.IGNORECASE)
# Names without a low line begin with a capital, of which a text has few: most of it is passed over.
_CAPITAL_NAME = late_pattern(r"[A-Z](?<![\w/].)(?:(?<=A)KV[0-9]{5}|[a-z]{2,20}(?:[A-Z][a-z]{1,20}){1,6})(?!\w)")
_JOINED_NAME = late_pattern(r"[A-Za-z](?<![\w/].)[A-Za-z]{2,29}(?:_[A-Za-z]{2,40}){1,4}(?!\w)", needs=("_",))
_ANYBODYS: Final = frozenset(
    {
        "AccessDenied",
        "AuthenticationFailed",
        "BadParameter",
        "BadRequest",
        "GatewayTimeout",
        "InvalidTemplate",
        "NotFound",
        "OperationNotAllowed",
        "QuotaExceeded",
        "ResourceNotFound",
        "TooManyRequests",
        "UnknownError",
    }
)
"""Names that are a service's only where that service is named."""
# What may stand at a place of a code: digits alone, which the last letter of a label may touch.
_NUMBER = late_pattern(r"[1-9](?<![0-9A-DF-QT-Za-df-qt-z].)[0-9]{3,9}(?![0-9])")
_STATUS = late_pattern(
    r"[45CFINTU](?:(?<![^\W_].)(?<!\w_.)(?<![.:/-].)(?:(?<=4)[0-9]{2}|(?<=5)0[0-4])"
    r"(?![\w/-]|:(?! ?CorrelationId)|\.[0-9])[\])]?[ :,|-]{0,3}\(?"
    r"(Forbidden|Conflict|Unauthorized|Throttled|NotFound|Internal ?Server ?Error|Too Many Requests|(?:Client )?Error)?"
    r"|(?<!\w.)(?:(?<=F)orbidden|(?<=C)onflict|(?<=U)nauthorized|(?<=T)hrottled|(?<=N)otFound"
    r"|(?<=I)nternalServerError)\b)",
    needs=("4", "50", "Forbidden", "Conflict", "Unauthorized", "Throttled", "NotFound", "InternalServerError"),
)
_STATUS_BEFORE = late_pattern(
    r"(?:HTTP(?:/[\d.]{1,3})?|status(?:[ _]?code)?|error|answered|answers|returned|response|code|with|failed|success"
    r"|->|zurückgegeben|retourné une erreur|devuelto un error|geretourneerd|restituito un errore|retornou um erro)"
    r"[\"':=(\[ ]{0,4}(?:an? )?(?:HTTP )?$|(?<=[^\W\d_]): \($",  # of PowerShell and .NET, in any language
    re.IGNORECASE,
)
# The head of an answer is read by itself, where a service is named.
_HEAD = late_pattern(r"[<*| \t]{0,4}HTTP/[0-9.]{1,3} ")
_OF_A_PROXY = late_pattern(
    r"(?:tunnel connection failed:?|CONNECT tunnel failed, response|received HTTP code|from proxy:?) $",
    re.IGNORECASE,
)
_OF_A_TOKEN_REQUEST = late_pattern(
    r"\b(?:retriev|acquir|obtain|get|fetch|request)\w{0,6} (?:(?:the|an?|ms|microsoft|graph|azure|aad|entra|oauth2?"
    r"|access|bearer|app) ){0,5}tokens?\b|\btoken requests?\b",
    re.IGNORECASE,
)
_AS_A_VALUE = late_pattern(r"(?:[:=] ?|[{'\"(])$")
_VALUE_ENDS = late_pattern(r"[}'\")]|[ \t]{0,8}(?:access[ \t]{0,8})?$", re.IGNORECASE)
_OF_A_MEMBER = late_pattern(r"[\"']code[\"']\s?:\s?[\"']?$")
"""In a body a number is the code of whoever wrote it, and no status."""
_STATUS_OF: Final = {
    "Forbidden": 403,
    "Conflict": 409,
    "Unauthorized": 401,
    "Throttled": 429,
    "NotFound": 404,
    "InternalServerError": 500,
}
UNNAMED: Final = "network"
"""The service of a status for which the text names none."""
_NEAR_A_NAME: Final = 300
_REACH: Final = 600
_LISTED: Final = late_pattern(r"[^\s,;|/+&]+")
_MOST_STATUSES: Final = 1_500
_MOST_IN_A_LIST: Final = 50
_MOST_OF_A_NAME: Final = 1_000
_SHORT: Final = 60
"""Characters within which a bare number may be a code: somebody typed or copied just that."""


class Code(NamedTuple):
    """A code in a text: where it stands, whose it is, and the code, the name or the HTTP status."""

    start: int
    end: int
    service: str
    code: str = ""
    error: str = ""
    status: int = 0


def find_numbers(text: str, mentions: ServiceMentions) -> list[Code]:
    """Return the numbered codes: AADSTS in any form, and bare numbers where a code stands."""
    found = [*_entra_codes(text), *_placed_codes(text, mentions)]
    if is_list(text):
        taken = {code.end for code in found}
        found += [code for code in _listed_numbers(text) if code.end not in taken]
    elif not found and len(text.strip()) <= _SHORT:
        found += _lone_number(text, mentions)
    return sorted(found, key=itemgetter(0))


def is_list(text: str) -> bool:
    """Return whether a text holds nothing but codes and what separates them: each is meant for itself."""
    words = list(islice(_LISTED.finditer(text), _MOST_IN_A_LIST + 1))
    return 2 <= len(words) <= _MOST_IN_A_LIST and all(_is_code(word.group()) for word in words)


def _is_code(word: str) -> bool:
    if re.fullmatch(r"(?:AADSTS)?[1-9][0-9]{2,9}", word, re.IGNORECASE):
        number = word[-10:] if word.isdecimal() else ""
        return not number or _code_of_number(number, 0, len(number), "") is not None or _is_partner_centers(number)
    return any(name.end - name.start == len(word) for name in find_names(word, ServiceMentions("")))


def _listed_numbers(text: str) -> Iterator[Code]:
    for word in _LISTED.finditer(text):
        if word.group().isdecimal():
            service = "partner_center" if _is_partner_centers(word.group()) else ""
            code = _code_of_number(word.group(), word.start(), word.end(), service)
            yield from [code] if code else []


def _is_partner_centers(number: str) -> bool:
    """Return whether a number that stands alone can only be one of Partner Center's."""
    return not is_listed("entra", number) and is_listed("partner_center", number)


def find_names(text: str, mentions: ServiceMentions, cut: set[str] | None = None) -> Iterator[Code]:
    """Yield the names of errors that are no everyday words, such as ForbiddenByRbac and authorization_declined.

    Args:
        text: of any length.
        mentions: of services in it.
        cut: gets the names of which there are more than are looked at.
    """
    owners: dict[str, str] = {}
    times: Counter[str] = Counter()
    names = merge(_CAPITAL_NAME.finditer(text), _JOINED_NAME.finditer(text), key=re.Match.start)
    for found in names:
        name = found.group()
        if name not in owners:
            services = ("entra", "key_vault", "graph", "resource_manager", "partner_center")
            owners[name] = next((service for service in services if look_up(service, name)), "")
        if owners[name] and not name.lower().startswith("http_"):
            times[name] += 1
            if times[name] > _MOST_OF_A_NAME:
                if cut is not None:
                    cut.add(name)
                continue
            is_oauth = owners[name] == "entra"
            before, after = (found.start() - _NEAR_A_NAME, found.start()), (found.end(), found.end() + _NEAR_A_NAME)
            named = mentions.near([before], after) if is_oauth or name in _ANYBODYS else ""
            if named == OTHER_SERVICE or (name in _ANYBODYS and named != owners[name]):
                continue
            yield Code(found.start(), found.end(), owners[name], "" if is_oauth else name, name if is_oauth else "")


def find_statuses(text: str, mentions: ServiceMentions) -> Iterator[Code]:
    """Yield HTTP statuses and the words for them, where a service is named: in the line, or near a program's own form.

    Programs say the status in one line, and what they asked in another; a person says both in one. A number for which
    no service is named is of the network. The last one has no service where there are more than are looked at.
    """
    looked_up, told_to = 0, 0
    for found, following in _with_following(_STATUS.finditer(text)):
        is_number = text[found.start()].isdecimal()
        reason, word = found[1], "" if is_number else found.group()
        start, end = _line_of(text, found.start(), found.end())
        before, behind = text[start : found.start()], text[found.end() : end]
        is_alone = not before.strip() and not behind.strip()
        is_said = reason or word or is_alone or _STATUS_BEFORE.search(before[-40:])
        if not is_said:
            continue
        looked_up += 1
        if looked_up > _MOST_STATUSES:
            yield Code(found.start(), found.end(), "")
            return
        status = int(text[found.start() : found.start() + 3]) if is_number else _STATUS_OF[word]
        is_of_a_token = is_failed_token_step(text, found.start(), mentions)
        if not is_of_a_token and (_OF_A_PROXY.search(before) or _OF_A_TOKEN_REQUEST.search(before)):
            continue
        is_head = _HEAD.fullmatch(before) is not None
        service = "" if is_head else mentions.near([(start, found.start())], (found.end(), end))
        service = "entra" if is_of_a_token else service
        if service:
            told_to = end  # what this line names is of this line's status
        elif is_head or is_number or (_AS_A_VALUE.search(before[-2:]) and _VALUE_ENDS.match(behind)):
            first = max(found.start() - _REACH, told_to)
            last = _before_its_line(text, found.end() + _REACH, end, following)
            service = "" if is_head else mentions.near([(first, found.start())], (found.end(), last))
        name = reason or word or ""
        name = name if name in _STATUS_OF and look_up(service, name) else ""
        if not service and is_number and not _OF_A_MEMBER.search(before[-12:]):
            service = UNNAMED
        if service and (name or look_up(service, f"http_{status}")):
            yield Code(found.start(), found.end(), service, name, name, status)


def _with_following(found: Iterator[re.Match[str]]) -> Iterator[tuple[re.Match[str], re.Match[str] | None]]:
    """Yield each match with the one that follows it, None for the last."""
    last = next(found, None)
    for each in found:
        if last:
            yield last, each
        last = each
    if last:
        yield last, None


def _before_its_line(text: str, reach: int, end: int, following: re.Match[str] | None) -> int:
    """Return how far behind a line, which ends at `end`, a status of it may find its service: to another's line."""
    if following is None or following.start() >= reach or following.start() <= end:
        return reach
    return max(end, text.rfind("\n", end, following.start()))


def _line_of(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the line that a piece stands in starts and ends, as far as it may be read."""
    reach, most = max(0, start - _NEAR_A_NAME), min(len(text), end + _NEAR_A_NAME)
    line_end = text.find("\n", end, most)
    return max(reach, text.rfind("\n", reach, start) + 1), line_end if line_end >= 0 else most


def _entra_codes(text: str) -> Iterator[Code]:
    known: dict[str, tuple[int, str]] = {}  # a log repeats its codes
    for found in _AADSTS.finditer(text):
        whole = found[0]
        read = known.get(whole)
        if read is None:
            read = known[whole] = _read_code_of_entra(found)
        length, code = read
        if code:
            start = found.start()
            yield Code(start, start + length, "entra", code)


def _read_code_of_entra(found: re.Match[str]) -> tuple[int, str]:
    """Return how long what was found is, up to the end of its code, and the code; "" if it is none."""
    separator, digits, soft, more, after = found.groups()
    number, end = digits, found.end(2)
    if more and not separator and len(digits) < 10 and _goes_on(digits, more, soft or "", after or ""):
        number, end = digits + more, found.end(4)
    return end - found.start(), f"AADSTS{number}" if _is_code_of_entra(separator, number) else ""


def _is_code_of_entra(separator: str, number: str) -> bool:
    return 4 <= len(number) <= 10 and number[0] != "0" and (not separator or is_listed("entra", number))


def _goes_on(digits: str, more: str, soft: str, after: str) -> bool:
    """Return whether a number that a line end breaks goes on in the next line, which may as well begin with a date."""
    if len(digits + more) > 10 or after in tuple("-./"):
        return False
    if len(digits) < 4 or soft:
        return True
    if is_listed("entra", digits + more):
        return after == ":" or not is_listed("entra", digits)
    return False


def _placed_codes(text: str, mentions: ServiceMentions) -> Iterator[Code]:
    is_any_code = any(map(_may_be_code, set(_NUMBER.findall(text))))
    for found in _PLACE.finditer(text) if is_any_code else ():
        if not _may_be_code(found[1]):
            continue
        start, end = found.span()
        if start and text[start - 1] not in _NO_WORD_ENDS:
            before = text[max(0, start - 20) : start]
            if _NO_ERROR.search(before) and not re.search(r"error[ _-]?$|sign-in[ _-]?$", before, re.IGNORECASE):
                continue
        if text[end : end + 1] in _BLANKS and _COUNTED.match(text, end):
            continue
        service = mentions.near([(start - 300, end + 200)], (0, 0)) if mentions.is_any else ""
        if code := _code_of_number(found[1], found.start(1), found.end(1), service):
            yield code
    for found in _BELOW_ITS_LABEL.finditer(text):
        if is_listed("entra", found[1]):
            yield Code(found.start(1), found.end(1), "entra", f"AADSTS{found[1]}")
    for found in _BEFORE_ITS_NAME.finditer(text):
        service = mentions.near([(found.start() - 300, found.end() + 200)], (0, 0))
        if code := _code_of_number(found[1], found.start(1), found.end(1), service):
            yield code
    for found in _OF_A_CMDLET.finditer(text):
        if is_listed("partner_center", found[1]) or not is_listed("entra", found[1]):
            yield Code(found.start(1), found.end(1), "partner_center", found[1])
    for found in _OF_AN_EXCEPTION.finditer(text):
        if not is_listed("partner_center", found[1]):
            yield Code(found.start(1), found.end(1), "partner_center", found[1])
    for found in _OF_B2C.finditer(text):
        yield Code(found.start(), found.end(), "entra", found[0].upper())
    for found in _TELEMETRY.finditer(text):
        if is_listed("entra", found[1]):
            yield Code(found.start(1), found.end(1), "entra", f"AADSTS{found[1]}")
    for found in _BRACKETED.finditer(text):
        near = text[max(0, found.start() - 160) : found.end() + 80]
        if is_listed("partner_center", found[1]) and _ABOUT_SIGN_IN.search(near):
            yield Code(found.start(), found.end(), "partner_center", found[1])


def _lone_number(text: str, mentions: ServiceMentions) -> list[Code]:
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
    service = mentions.near([(0, len(text))], (0, 0)) or (
        "partner_center" if is_alone and not is_listed("entra", number.group()) else ""
    )
    code = _code_of_number(number.group(), number.start(), number.end(), service)
    return [code] if code else []


def _code_of_number(number: str, start: int, end: int, service: str) -> Code | None:
    """Return the code a number is, None if it is none."""
    whose = _service_of_number(number, service)
    return Code(start, end, whose, f"AADSTS{number}" if whose == "entra" else number) if whose else None


@lru_cache(2_000)
def _may_be_code(number: str) -> bool:
    """Return whether a number is a code of Entra ID, or of Partner Center where that is named."""
    return bool(_service_of_number(number, "") or _service_of_number(number, "partner_center"))


@lru_cache(2_000)
def _service_of_number(number: str, service: str) -> str:
    """Return whose a number is: Entra's if it is listed, else Partner Center's; a short one only beside its name."""
    if service == OTHER_SERVICE:
        return ""
    is_of_entra = is_listed("entra", number)
    if is_of_entra and service != "partner_center":
        return "entra"
    if is_listed("partner_center", number) and (len(number) >= 6 or service == "partner_center"):
        return "partner_center"
    return "entra" if is_of_entra else ""
