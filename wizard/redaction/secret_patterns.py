"""Takes out of texts what looks like a secret: a token, a password, the value after a secret's name.

Every pattern is linear in the length of the text: a run is taken whole, and never tried again from its middle.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from wizard.core.late_pattern import late_pattern, lowers_once
from wizard.core.secret import MASK
from wizard.core.shapes import CLIENT_SECRET_HEAD

SHORTEST: Final = 6
"""Characters below which a text is no secret that could be told from a word."""

_NAMES = (
    # Unmistakable, whatever stands before them: AZURE_CLIENT_SECRET, x-ms-token-aad-access-token.
    r"(?:access|refresh|id)[ _-]?token|(?:client|app|shared)[ _-]?secret(?:[ _-]?value)?|client[ _-]?assertion"
    r"|(?:device|user)[ _-]?code|code[_-]?verifier|api[ _-]?key|subscription-key|secret[_-]?text|private[_-]?key"
    r"|(?:account|shared[_-]?access)[_-]?key|password|passwd|passphrase"
    # Words of their own.
    r"|(?<![A-Za-z0-9])(?:assertion|pwd|authorization|(?:set-)?cookie)"
    # Only as a parameter; `code` is a secret in a redirect, and the number of an error elsewhere.
    r"|(?:(?<![A-Za-z0-9_.-])|(?<=26)|(?<=3F)|(?<=23))(?:code|sig|otc)"
)
# Everyday words as well: only what looks like a value after them is a secret. `vault_secret` is a secret's name.
_WORDS = r"(?<![A-Za-z0-9])(?:(?<!vault_)secret(?:[ _-]?value)?|token|pass|kennwort|passwort)"
_FIRST = "(?=[acdikoprstu])"
"""The letters that these begin with: most places of a text are passed by at once."""
_NAMED = (
    "token",
    "secret",
    "assertion",
    "code",
    "key",
    "pass",
    "pwd",
    "authorization",
    "cookie",
    "sig",
    "otc",
    "kennwort",
)
"""One of these stands in each of the names and words."""
_QUOTE = r"\\*+(?:[\"'`]|&(?:quot|apos|\#34|\#39|\#x27|\#x22);|%(?:25)*2[27])"
_MEMBER = late_pattern(
    rf"{_FIRST}({_NAMES}|{_WORDS})(?:{_QUOTE})?[ \t]{{0,8}}(=>|[:=]|%(?:25)*3[AD])[ \t]{{0,8}}",
    re.IGNORECASE,
    needs=_NAMED,
)
_ELEMENT = late_pattern(
    rf"(<(?:{_NAMES})>)[^<]*+",
    re.IGNORECASE,
    needs=(
        "token>",
        "secret>",
        "value>",
        "assertion>",
        "code>",
        "verifier>",
        "key>",
        "text>",
        "password>",
        "passwd>",
        "passphrase>",
        "pwd>",
        "authorization>",
        "cookie>",
        "sig>",
        "otc>",
    ),
)
_WORD = late_pattern(_WORDS, re.IGNORECASE)
_SECRET_NAME = late_pattern(rf"(?:.*[_.-])?(?:{_NAMES})", re.IGNORECASE)
_OPENING = late_pattern(rf"\[?[ \t]{{0,8}}[BbRrUu]{{0,2}}({_QUOTE})", re.IGNORECASE)
_BARE = late_pattern(r"[^\s&\"'`<>\\]*+")
_BARE_ENCODED = late_pattern(r"[^\s&\"'`<>\\%]*+(?:%(?!(?:25)*26)[^\s&\"'`<>\\%]*+)*", re.IGNORECASE)
_AUTHORIZATION = late_pattern(
    r"(?:Bearer|Basic|PoP|Negotiate|NTLM|Token|ApiKey|SharedKey|SharedKeyLite)[ \t]{1,8}[^\s\"'`<\\]+"
    r"|(?:Digest|OAuth|Hawk|SharedAccessSignature|AWS4)[^\r\n]*+",
    re.IGNORECASE,
)
_COOKIE = late_pattern(r"[^\s\"'`<\\=;,]{1,200}+=[^\r\n\"'`<\\]*+")
_NO_SECRET = late_pattern(
    r"(?:null|true|false|none|undefined)[,;)}\]]*|AADSTS\d{1,10}\b.*|[{\[].*|[,;:.)}\]]*", re.IGNORECASE | re.DOTALL
)
_PLAIN_WORD = late_pattern(r"[A-Za-z][a-z]{0,15}[.,;:)]*")
_LETTERS = late_pattern(r"[A-Za-z]{1,15}[.,;:)]*")
_NO_AUTHORIZATION_CODE = late_pattern(r"(?:AADSTS)?\d{1,10}[.,;)]*|0x[0-9A-Fa-f]{1,16}|[A-Za-z_]{1,60}[.,;:)]*")
_PASSWORDS = ("password", "passwd", "passphrase", "pwd")
_NO_VALUE = late_pattern(
    r"[A-Z]?[a-z]*(?:[_-][A-Z]?[a-z]+){0,20}|[A-Z_]*|[0-9]{4}-[0-9]{2}-[0-9]{2}T?[0-9:.Z+-]*|https?://.*|--?[a-z-]+"
    r"|(?:[a-z0-9-]{1,63}\.){1,8}(?:com|net|org|cn|us)(?::\d+)?(?:/[A-Za-z/-]*)?"
    r"|AADSTS\d+.*|[{\[•].*",
    re.DOTALL,
)
"""Words, names joined by hyphens, constants, times, addresses, options, codes, objects, and what is masked."""
_CAMEL_CASE = late_pattern(r"(?:[A-Z][a-z]+){2,8}")

_OPTION = late_pattern(
    r"(?<![\w-])-(?:(p)|(u|U|-user|-proxy-user)"
    r"|[A-Za-z-]{0,40}?(?:password|passwd|passphrase|pass|pwd|secret|token|kennwort|api-?key|account-key))"
    rf"(?:[ \t]{{1,8}}|(?:{_QUOTE})[ \t]{{0,8}},?\s{{0,40}}|[ \t]{{0,8}},\s{{0,40}})",
    re.IGNORECASE,
    needs=("-p", "-u", "pass", "pwd", "secret", "token", "kennwort", "key"),
)
_PROGRAM = late_pattern(r"(?<![\w-])(?:az|azd|curl|wget|docker|m365|sshpass|psql|mysql|httpie)(?![\w-])", re.IGNORECASE)
_PERSON = late_pattern(r"[^\s:\"'`,]{0,100}+:(?!//)")
_SENTENCE = late_pattern(
    rf"{_FIRST}(?:{_NAMES}|{_WORDS})[ \t]{{1,8}}(?:(?:is|was|of|the|value)[ \t]{{1,8}}){{0,2}}",
    re.IGNORECASE,
    needs=_NAMED,
)
_NEXT_LINE = late_pattern(
    r"\b(?:Bearer|Basic|PoP)[ \t]{0,8}\r?\n[ \t]{0,8}([^\s\"'`<>\\]{6,}+)(?=[ \t]{0,8}(?:[\r\n]|$))",
    re.IGNORECASE,
    needs=("bearer", "basic", "pop"),
)

_PEM = late_pattern(
    r"-----BEGIN [A-Z0-9 ]{0,40}?PRIVATE KEY(?: BLOCK)?-----"
    r"[A-Za-z0-9+/=\s\\,:_%]*+(?:-(?!----END)[A-Za-z0-9+/=\s\\,:_%]*+)*"
    r"(?:-----END [A-Z0-9 ]{0,40}?PRIVATE KEY(?: BLOCK)?-----)?",
    needs=("-----BEGIN",),
)
_JWT = late_pattern(r"eyJ[A-Za-z0-9_-]*+(?:\.[A-Za-z0-9_-]*+)*")
_REFRESH_TOKEN = late_pattern(
    r"(?<![0-9.])[01]\.A[A-Za-z0-9_.-]*+|(?<![A-Za-z0-9])M\.[CR]\d{1,4}_[A-Za-z0-9_.!*$-]*+",
    needs=("0.A", "1.A", "M.C", "M.R"),
)
_CLIENT_SECRET = late_pattern(CLIENT_SECRET_HEAD + r"(?:~|%7E)[A-Za-z0-9_.~%-]{8,}+", re.IGNORECASE, needs=("~", "%7e"))
# As Entra ID made them until 2021: 32 octets in base64.
_OLD_CLIENT_SECRET = late_pattern(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/]{43}=(?![=\w])", needs=("=",))
_SCHEME = late_pattern(
    r"\b(Bearer|Basic|PoP)([ \t]{1,8}|%20|\+)(?=[A-Za-z0-9][a-z]*+[A-Z0-9+/=._~-])"
    r"[A-Za-z0-9._~+/-]{8,}+={0,2}+(?![=\w\"'])",
    needs=("Bearer", "Basic", "PoP"),
)
_ADDRESSES = late_pattern(r"://[^\s\"'`<>]++")
_HAS_PASSWORD = late_pattern(r"[^/@:?#\[]*+:(?![0-9]{1,5}(?:[^0-9A-Za-z@]|$))")
_AUTHORITY = late_pattern(r"[^/?#]*+")
_USER_CODE = late_pattern(r"(enter the code:?[ \t]{1,8})[A-Z0-9-]{6,12}", re.IGNORECASE, needs=("enter the code",))
_OPAQUE = late_pattern(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{100,}+")
_HARMLESS = late_pattern(r"[A-Za-z0-9-]{1,40}")
"""A name, a number, a GUID: every pattern needs another sign, or a longer run."""


@lowers_once
def redact_patterns(text: str) -> str:
    """Return `text` with `•••` for everything that looks like a secret.

    Tokens, client secrets, private keys, the values of `Authorization`, cookies, user information in an address, and
    the values of members and parameters such as `client_secret`, in JSON (escaped or not), forms, addresses, headers
    and Python's notation. GUIDs, error codes, hosts, paths, times and ids of requests stay.
    """
    if _HARMLESS.fullmatch(text):
        return text
    text = _PEM.sub(MASK, text)
    text = _ELEMENT.sub(rf"\1{MASK}", _mask_after(_MEMBER, _member_value, text))
    text = _mask_after(_OPTION, _option_value, text)
    text = _mask_after(_SENTENCE, _sentence_value, text)
    text = _mask_after(_NEXT_LINE, _next_line_value, text)
    text = _JWT.sub(lambda found: MASK if "." in found[0][9:] or len(found[0]) >= 60 else found[0], text)
    text = _REFRESH_TOKEN.sub(lambda found: MASK if len(found[0]) >= 24 else found[0], text)
    text = _CLIENT_SECRET.sub(MASK, text)
    text = _OLD_CLIENT_SECRET.sub(lambda found: MASK if _is_opaque(found[0]) else found[0], text)
    text = _SCHEME.sub(rf"\1\2{MASK}", text)
    text = _ADDRESSES.sub(_without_user_info, text)
    text = _USER_CODE.sub(rf"\1{MASK}", text)
    return _OPAQUE.sub(lambda found: MASK if _is_opaque(found[0]) else found[0], text)


def is_secret_name(name: str) -> bool:
    """Return whether a member or parameter of this name holds a secret; `code` does not, it names errors as well."""
    return len(name) <= 100 and _SECRET_NAME.fullmatch(name) is not None and name.lower() not in {"code", "sig", "otc"}


def is_everyday_secret(name: str, value: str) -> bool:
    """Return whether a member of an everyday name, such as `token`, holds what looks like a secret."""
    return any(_is_value(value) and found.end() == len(name) for found in _WORD.finditer(name[:100]))


def _is_opaque(run: str) -> bool:
    """Return whether a long run is no word or list of ids: device codes and old tokens mix cases and digits."""
    return any(each.isdigit() for each in run) and any(map(str.isupper, run)) and any(map(str.islower, run))


def _mask_after(names: re.Pattern[str], value: Callable[[str, re.Match[str]], tuple[int, int]], text: str) -> str:
    """Mask the values after what `names` finds."""
    parts: list[str] = []
    kept, at = 0, 0
    while found := names.search(text, at):
        at = found.end()
        begin, end = value(text, found)
        if begin < end:
            parts += (text[kept:begin], MASK)
            kept = at = end
    return "".join((*parts, text[kept:]))


def _member_value(text: str, found: re.Match[str]) -> tuple[int, int]:
    """Return where the secret after a name begins and ends; an empty span if there is none."""
    name, separator, at = found[1].lower(), found[2].upper(), found.end()
    empty = _empty_span(found)
    is_parameter = separator == "=" or separator.endswith("3D")
    if name in {"code", "sig", "otc"} and not is_parameter:
        return empty
    if name in {"authorization", "cookie", "set-cookie"} and is_parameter:
        return empty  # authorization="https://…" of a challenge is an address
    is_word = _WORD.fullmatch(text, found.start(1), found.end(1)) is not None
    if opening := _OPENING.match(text, at):
        begin, end = opening.end(), _closing_quote(text, opening.end(), opening[1])
        return (begin, end) if not is_word or _is_value(text[begin:end]) else empty
    if name == "authorization":
        header = _AUTHORIZATION.match(text, at)
    elif name.endswith("cookie"):
        header = _COOKIE.match(text, at)
    else:
        header = None
    if header:
        return header.span()
    value = (_BARE if separator in {"=", ":", "=>"} else _BARE_ENCODED).match(text, at)
    is_sentence = separator == ":" and text[at - 1].isspace()
    if (
        value
        and is_word
        and (not _is_value(value[0]) or (is_sentence and _CAMEL_CASE.fullmatch(value[0].rstrip(".,;:)"))))
    ):
        return empty
    if value is None or _is_no_secret(name, value[0], is_sentence=is_sentence):
        return empty
    return value.span()


def _is_no_secret(name: str, value: str, *, is_sentence: bool) -> bool:
    """Return whether an unquoted value is no secret: null, an error code, an object, the next word of a sentence."""
    if _NO_SECRET.fullmatch(value) or value.lower() == name:
        return True
    if name in {"code", "otc"}:
        return _NO_AUTHORIZATION_CODE.fullmatch(value) is not None
    word = _PLAIN_WORD if name.endswith("code") else _LETTERS  # a user code is of capital letters
    return is_sentence and name not in _PASSWORDS and word.fullmatch(value) is not None


def _empty_span(found: re.Match[str]) -> tuple[int, int]:
    return found.end(), found.end()


def _is_value(text: str) -> bool:
    """Return whether a text is like a password or a token, and not like a word, name, time or address."""
    words = text[:200].split()
    return 0 < len(words) <= 4 and any(
        len(word) >= SHORTEST and not _NO_VALUE.fullmatch(word.strip(".,;:!?()'\"")) for word in words
    )


def _option_value(text: str, found: re.Match[str]) -> tuple[int, int]:
    """Return where the secret after an option of a command line begins and ends, also as the next item of a list."""
    is_of_program = found[1] or found[2]
    before = text[max(0, found.start() - 300) : found.start()].rpartition("\n")[2]
    if is_of_program and not _PROGRAM.search(before):
        return _empty_span(found)
    begin = found.end()
    opening = _OPENING.match(text, begin)
    if opening:
        begin, end = opening.end(), _closing_quote(text, opening.end(), opening[1])
    else:
        bare = _BARE.match(text, begin)
        end = bare.end() if bare else begin
    if found[2]:
        person = _PERSON.match(text, begin, end)
        return (person.end(), end) if person else _empty_span(found)
    value = text[begin:end]
    is_joined = len(value) >= SHORTEST and "-" in value.strip("-") and not value.startswith("-")
    return (begin, end) if is_joined or _is_value(value) else _empty_span(found)


def _sentence_value(text: str, found: re.Match[str]) -> tuple[int, int]:
    """Return where the secret that a sentence names begins and ends: in quotes, or a run that is not like a word."""
    if opening := _OPENING.match(text, found.end()):
        begin, end = opening.end(), _closing_quote(text, opening.end(), opening[1])
        is_name = found[0].lower().startswith("code") and _NO_AUTHORIZATION_CODE.fullmatch(text, begin, end)
        is_value = not is_name and " " not in text[begin:end] and _is_value(text[begin:end])
        return (begin, end) if is_value else _empty_span(found)
    bare = _BARE.match(text, found.end())
    if bare is None or len(bare[0]) < 2 * SHORTEST or not _is_opaque(bare[0]) or not _is_value(bare[0]):
        return _empty_span(found)
    return bare.span()


def _next_line_value(_text: str, found: re.Match[str]) -> tuple[int, int]:
    """Return where the token that stands alone on the next line begins and ends."""
    return found.span(1) if _is_value(found[1]) else _empty_span(found)


def _without_user_info(found: re.Match[str]) -> str:
    """Mask who signs in, and with what, in addresses that stand in one run; a password may hold `@` and `/`."""
    parts = found[0].split("://")
    for number, part in enumerate(parts[1:], 1):
        authority = _AUTHORITY.match(part)
        end = part.rfind("@", 0, None if _HAS_PASSWORD.match(part) else authority.end() if authority else 0)
        if end >= 0:
            parts[number] = MASK + part[end:]
    return "://".join(parts)


def _closing_quote(text: str, at: int, opening: str) -> int:
    """Return where a quoted value ends: before its closing quote, or at the end of the line or of the text.

    A quote in JSON within JSON has 1, 3, 7 … backslashes before it; one that belongs to the value has more.
    """
    mark = opening.lstrip("\\")
    depth = len(opening) - len(mark)
    stops = re.compile(rf"[\r\n]|{re.escape(mark)}")
    begin = at
    while (stop := stops.search(text, at)) and stop[0] == mark:
        end, slashes = stop.start(), 0
        while end - slashes > begin and text[end - slashes - 1] == "\\":
            slashes += 1
        if len(mark) > 1 or (slashes >= depth and (slashes - depth) % (2 * (depth + 1)) == 0):
            return end - (depth if len(mark) == 1 else 0)
        at = begin = stop.end()
    return stop.start() if stop else len(text)
