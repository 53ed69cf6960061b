"""Finds tokens, codes and client secrets in a text, and says what each is and lacks; never repeats a part of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final

from wizard.catalogue.diagnosis import Diagnosis
from wizard.core.late_pattern import late_pattern
from wizard.core.shapes import CLIENT_SECRET_PATTERN
from wizard.explain.results import LocatedDiagnosis
from wizard.explain.token_reader.opaque_values import OpaqueKind, OpaqueValue, describe_opaque
from wizard.explain.token_reader.token_claims import is_complete, read_token
from wizard.explain.token_reader.token_report import describe_token

_LONGEST: Final = 400_000
_LONGEST_HEAD: Final = 4_000
_LONGEST_VALUE: Final = 20_000
_SHORT: Final = 22
"""Characters that no value of Entra's own forms is as short as."""

# A token's head begins with "{"; in escaped text the n of \n, or the digits of %20, may stand before it.
_HEAD = late_pattern(r"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt])|(?<=%2[027]))e[wy][A-Za-z0-9_-]{6,}", needs=("ew", "ey"))
_PIECE = late_pattern(r"[A-Za-z0-9_.~-]+")
_BREAK = late_pattern(r"=?[ \t]{0,8}(?:\\r)?(?:\\n|\r?\n)[ \t>|]{0,20}")
_LINE_IS_OVER = late_pattern(r"=?[ \t]{0,8}(?:[\r\n\"'\\,<&;)}\]]|\Z)")
# Entra's own forms: refresh tokens and authorization codes begin alike; a client secret has its mark in the middle.
_ENTRA_FORM = late_pattern(r"(?<![A-Za-z0-9_.~-])[01]\.A[A-Za-z0-9_-]{20,}\.?", needs=("0.A", "1.A"))
_SECRET_FORM = late_pattern(rf"(?<![A-Za-z0-9_.~-]){CLIENT_SECRET_PATTERN}{{31,34}}(?![A-Za-z0-9_~-])", needs=("~",))
_TO_A_VALUE: Final = r"[\"'\\]{0,4}\s{0,8}[:=]\s{0,8}"
_OF_A_VALUE: Final = r"[^\s\"'&,;}<>\\]"
# It begins with a set of characters, in any case of letters: so it is found five times as fast.
_MEMBER = late_pattern(
    r"[RrAaIiDdCcSs](?<![A-Za-z0-9].)(?P<name>(?i:(?<=r)efresh_?token|(?<=a)ccess_?token|(?<=i)d_?token"
    r"|(?<=d)evice_?code|(?<=a)uth(?:orization)?_?code|(?<=c)lient_?secret|(?<=s)ecret_?text|(?<=c)ode"
    # The number or the name of an error is none, nor is what is short and in quotes; a log may have one in every line.
    rf"(?!{_TO_A_VALUE}(?:[0-9]{{1,24}}(?!{_OF_A_VALUE})|[A-Za-z0-9]{{1,24}}(?!{_OF_A_VALUE}|{_TO_A_VALUE})"
    rf"|\\{{0,4}}(?:\"[^\"]{{0,{_SHORT - 1}}}\"|'[^']{{0,{_SHORT - 1}}}')))))"
    rf"{_TO_A_VALUE}(?P<quote>\\{{0,4}}[\"']?)",
    needs=("token", "code", "secret"),
)
_UNQUOTED = late_pattern(rf"{_OF_A_VALUE}+")
_WORD = late_pattern(rf"[A-Za-z0-9]{{1,24}}(?!{_OF_A_VALUE})")
_KINDS: Final = {
    "refreshtoken": OpaqueKind.REFRESH_TOKEN,
    "accesstoken": OpaqueKind.ACCESS_TOKEN,
    "idtoken": OpaqueKind.ID_TOKEN,
    "devicecode": OpaqueKind.DEVICE_CODE,
    "authcode": OpaqueKind.AUTHORIZATION_CODE,
    "authorizationcode": OpaqueKind.AUTHORIZATION_CODE,
    "code": OpaqueKind.AUTHORIZATION_CODE,
    "clientsecret": OpaqueKind.CLIENT_SECRET,
    "secrettext": OpaqueKind.CLIENT_SECRET,
}
_SHORTEST: Final = {OpaqueKind.CLIENT_SECRET: 16, OpaqueKind.REFRESH_TOKEN: 20, OpaqueKind.DEVICE_CODE: 20}
_SHORTEST_OTHER: Final = 40
_LONGEST_SIGNATURE: Final = 700
_MOST_DOTS: Final = 4
_FORM = late_pattern(r"[\sA-Za-z0-9._~+/=%!*$\"'\\-]+")


@dataclass(frozen=True, slots=True)
class _Run:
    """A token as it stands in a text: `value` without the line breaks in it."""

    value: str
    end: int
    is_broken: bool


def find_tokens(text: str, now: datetime, most: int = 1_000) -> list[LocatedDiagnosis]:
    """Return a diagnosis for each token, code and client secret in a text, in their order.

    Args:
        text: of any length and form; also cut tokens, tokens with line breaks, values of JSON and forms.
        now: aware; the times in tokens are compared with it.
        most: of a form that are looked at.

    A token that lacks nothing has `Retry.YES`. No part of a diagnosis holds a part of what was found.
    """
    found: list[LocatedDiagnosis] = []
    for finder in (_readable, _by_name, _in_entra_form, _in_secret_form):
        matches = list(islice(finder(text, now), most))
        found += matches
        text = _blank(text, matches)
    return sorted(found, key=lambda located: located.start)


def _readable(text: str, now: datetime) -> Iterator[LocatedDiagnosis]:
    """Yield tokens that can be read: three base64url parts, the first a JSON object with alg or typ."""
    position, wasted = 0, 0
    while match := _HEAD.search(text, position):
        run = _run(text, match.start(), _LONGEST)
        token = read_token(run.value)
        wasted += 0 if token else len(run.value)
        is_trap = wasted > _LONGEST + 4 * len(text)  # heads in a run of heads: each would be followed to its end
        position = match.end() if token is None and "." in run.value and not is_trap else run.end
        if token is not None:
            yield LocatedDiagnosis(_with_breaks(describe_token(token, now), run), match.start(), run.end)


def _with_breaks(diagnosis: Diagnosis, run: _Run) -> Diagnosis:
    if not run.is_broken:
        return diagnosis
    words = "Line breaks stand in it here: take them out before it is used."
    return replace(
        diagnosis,
        cause=f"{diagnosis.cause} {words}",
        evidence=(*diagnosis.evidence, ("line breaks", "in the text it was found in")),
    )


def _by_name(text: str, _now: datetime) -> Iterator[LocatedDiagnosis]:
    """Yield what is recognised by its name: the value of refresh_token, device_code, client_secret and the like."""
    position = 0
    while match := _MEMBER.search(text, position):
        name = text[match.start() : match.end("name")].lower()
        if name == "code" and not match["quote"] and (word := _WORD.match(text, match.end())):
            position = word.end()  # the name or the number of an error
            continue
        kind = _KINDS[name.replace("_", "")]
        value, end, is_quoted = _value(text, match.end(), match["quote"][-1:])
        is_found = _is_plausible(value, kind, name)
        # A sentence in quotes may hold another name; what stands without quotes is one value.
        position = max(match.end(), end) if is_found or not is_quoted else match.end()
        if is_found:
            yield LocatedDiagnosis(describe_opaque(kind, OpaqueValue(value, is_named=True)), match.end(), end)


def _in_entra_form(text: str, _now: datetime) -> Iterator[LocatedDiagnosis]:
    position = 0
    while match := _ENTRA_FORM.search(text, position):
        run = _run(text, match.start(), _LONGEST_VALUE, is_readable=False)
        position = max(match.end(), run.end)
        if len(run.value) >= _SHORTEST_OTHER:
            value = OpaqueValue(text[match.start() : run.end])
            yield LocatedDiagnosis(describe_opaque(OpaqueKind.REFRESH_TOKEN, value), match.start(), run.end)


def _in_secret_form(text: str, _now: datetime) -> Iterator[LocatedDiagnosis]:
    for match in _SECRET_FORM.finditer(text):
        yield LocatedDiagnosis(
            describe_opaque(OpaqueKind.CLIENT_SECRET, OpaqueValue(match.group())), match.start(), match.end()
        )


def _run(text: str, start: int, longest: int, *, is_readable: bool = True) -> _Run:
    """Follow a token over its dots and over line breaks, as long as whole lines of its characters come.

    Args:
        start: where its first character stands.
        longest: characters after which it is given up.
        is_readable: whether it has three parts and a signature, by which its end is known.
    """
    piece = _PIECE.match(text, start)
    pieces: list[str] = []
    end, length, dots, tail = start, 0, 0, 0
    while piece is not None:
        pieces.append(piece.group())
        end = piece.end()
        length += len(pieces[-1])
        dots += pieces[-1].count(".")
        after_dot = len(pieces[-1]) - pieces[-1].rfind(".") - 1
        tail = after_dot if "." in pieces[-1] else tail + after_dot
        gap = _BREAK.match(text, end)
        if gap is None or length > longest or (is_readable and _is_over(pieces, length, dots, tail)):
            break
        piece = _PIECE.match(text, gap.end())
        if piece is not None and not _goes_on(text, pieces[-1], piece.group(), piece.end()):
            break
    value = "".join(pieces)
    kept = value.rstrip(".")
    return _Run(kept, end - (len(value) - len(kept)), len(pieces) > 1)


def _is_over(pieces: list[str], length: int, dots: int, tail: int) -> bool:
    """Return whether nothing can follow: the signature is whole, or the parts are longer or more than a token has."""
    if dots == 0:
        return length > _LONGEST_HEAD
    if dots != 2:
        return dots > _MOST_DOTS
    return tail > _LONGEST_SIGNATURE or (tail >= 43 and is_complete("".join(pieces)))


def _goes_on(text: str, last: str, piece: str, end: int) -> bool:
    """Return whether a line goes on with a token: it holds nothing else, and is no short word after a short line."""
    is_split_at_dot = piece.startswith(".") or last.endswith(".")
    return _LINE_IS_OVER.match(text, end) is not None and (len(piece) >= 24 or is_split_at_dot or len(last) >= 40)


def _value(text: str, start: int, mark: str) -> tuple[str, int, bool]:
    """Return the value at `start`, where it ends, and whether it stands in quotes: else white space or "&" ends it."""
    if mark and mark in "\"'":
        end = text.find(mark, start, start + _LONGEST_VALUE)
        if end >= 0:
            return text[start:end].rstrip("\\"), end, True
    plain = _UNQUOTED.match(text, start, start + _LONGEST_VALUE)
    if plain is None:
        return "", start, False
    run = _run(text, start, _LONGEST_VALUE, is_readable=False)
    end = run.end if run.is_broken else plain.end()
    return text[start:end], end, False


def _is_plausible(value: str, kind: OpaqueKind, name: str) -> bool:
    """Return whether a value can be what its name says: "code" names errors as well, and examples are no secrets."""
    if name == "code" and not (_ENTRA_FORM.match(value) or len(value) >= 2 * _SHORTEST_OTHER):
        return False
    plain = "".join(value.split())
    is_long = len(plain) >= _SHORTEST.get(kind, _SHORTEST_OTHER)
    return is_long and any(character.isdecimal() for character in plain) and _FORM.fullmatch(value) is not None


def _blank(text: str, matches: list[LocatedDiagnosis]) -> str:
    """Return a text of the same length in which what was found is blank."""
    parts, position = [], 0
    for each in matches:
        parts += [text[position : each.start], " " * (each.end - each.start)]
        position = each.end
    return "".join((*parts, text[position:]))
