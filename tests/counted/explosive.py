"""Texts on which a pattern, or a loop, tries again and again if it can."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.counted.matcher import BORDERS, CODES, ONE_CHARACTER, PARSER, REPEATS, as_pattern

_SOME = 'aA0 -._=:/~%"\\\n\t✗✓!?éb'

UNITS = (
    "eyJ", "eyJ.", "://", "://a", "password", "password=", 'password="', "password\\", 'password\\"', "0.A",
    "1.A.", "\\", "-----BEGIN PRIVATE KEY-----", "-----BEGIN ", "Bearer ", "Bearer a", "a", "client_", "aBc8Q~",
    "code= ", "%25", "%2525", "password%25", "enter the code ", "&quot;", "pwd&quot;", "<pwd>", "cookie: ",
    "cookie: =", "cookie: a", "authorization: Digest ", "a.", "M.C1_", "\t", "\n", "{", "Aa1", "@", "a@b.",
    "password: ", '{"password":', "://a:", "a'", "AB\\", "-p ", "--a", "-u a:", "--password ", "secret ",
    "secret '", "token=", "Bearer\n", "pass: a ", "-a-", "secret is ", "AADSTS", "AADSTS50076 ", "AADSTS5=\n",
    '{"a":', '[{"a":', '{"a":1x}\n', "eyJhbGciOi.", '{"', "{'a':'", '\\"', "</a <br ", "&#",
    "ForbiddenByRbac invalid_grant ", "Abc_", "9", " ", "> ", "\x1b[", "HTTP/1.1 403 x\n",
    "\nCode: Forbidden\nMessage: x", "Correlation ID: ", "403 Forbidden vault ", "✗ user.account: x\n",
    "https://login.microsoftonline.com/?error=a&", '{"type":"finding",', '{"type":"finding","evidence":',
    "✗ fails: (", "✗ user.account: ", "a ", "    to do: x\n", "    b\n", "claims={", "claims=eyJh",
    'claims":"{\\"', "claims=%7B%22", "[", 'claims={"claims":"{', "eyJ\n", "eyJhbGciOiJub25lIn0.e30\n",
    "eyJ4.AAAA\n", "code=", "code='", 'refresh_token="', ".", "~Q8", "proxy ", "https://", "consent ", "token ",
    "'", "0", "`", "a`", "` ", "-", "<", "(", "=", "=\n", ">", "<input ", "<input name=", "error=a&",
    "error_description=a ", "[]", "\r\n", "é", "A", "A1", "_",
)  # fmt: skip
"""What is repeated, in no order."""

PASTES = {
    "codes without a number": ("AADSTS", ""),
    "codes": ("AADSTS50076 ", ""),
    "broken codes": ("AADSTS5=\n", ""),
    "braces": ("{", ""),
    "objects": ('{"a":', ""),
    "objects in arrays": ('[{"a":', ""),
    "broken objects": ('{"a":1x}\n', ""),
    "objects of Python": ("{'error': 'x', ", ""),
    "heads of tokens": ("eyJhbGciOi.", ""),
    "strings": ('{"', ""),
    "strings of Python": ("{'a':'", ""),
    "percent signs": ("%25", ""),
    "backslashes": ("\\", ""),
    "escaped quotes": ('\\"', ""),
    "tags": ("</a <br ", ""),
    "comments": ("<!--a", ""),
    "entities": ("&#", ""),
    "a word": ("a", ""),
    "names": ("ForbiddenByRbac invalid_grant ", ""),
    "half names": ("Abc_", ""),
    "digits": ("9", ""),
    "blanks": (" ", "x"),
    "line ends": ("\n", "x"),
    "quotes of mail": ("> ", "x"),
    "escape sequences": ("\x1b[", "x"),
    "private keys": ("-----BEGIN PRIVATE KEY-----", ""),
    "HTTP answers": ("HTTP/1.1 403 x\n", ""),
    "HTTP answers with bodies": ('HTTP/1.1 400 Bad Request\n\n{"error":"x","code":"y"}\n', ""),
    "answers of one host": ('HTTP/1.1 403 Forbidden\nHost: api.partnercenter.microsoft.com\n\n{"error":"x"}\n', ""),
    "printed errors": ("\nCode: Forbidden\nMessage: x", ""),
    "printed errors with more inside": ("\nCode: Forbidden\nMessage: x\nInner error: {", ""),
    "labels": ("Correlation ID: ", ""),
    "statuses": ("403 Forbidden vault ", ""),
    "own findings": ("✗ user.account: x\n", ""),
    "addresses": ("https://login.microsoftonline.com/?error=a&", ""),
    "words joined by hyphens": ("secret: ab-ab-ab-ab-ab-ab-ab-ab-ab-9 ", ""),
}
"""What people could paste to stop the reader of pastes: what is repeated, and what ends it."""

NUMBERED = {
    "lines": '{"level":"error","code":"C#","message":"a job failed","error":"e#"}',
    "lines of Entra": '{"level":"error","error":"invalid_grant","error_description":"AADSTS#: failed"}',
    "codes": '{"code":#,"description":"no","source":"x"}',
}
"""Lines of logs, each with another number where # stands."""


def numbered(line: str, length: int) -> str:
    """A log of about a length."""
    return "\n".join(line.replace("#", str(number % 400 + 50_000)) for number in range(length // len(line) + 1))


END = "\x00"
"""What no pattern expects: a repetition that has come so far fails here, and gives back."""


def pumps(pattern: str, flags: int) -> list[tuple[str, str]]:
    """Texts made for a pattern: what stands before each of its repetitions, and what is repeated there."""
    tree = PARSER.parse(pattern, flags)
    made: dict[tuple[str, str], None] = {}
    for before, body in _repetitions(tree, "", tree.state.flags):
        made |= dict.fromkeys([(before, body), ("", before + body), ("", body)])
    return list(made)


def groups_taken_whole(pattern: re.Pattern[str]) -> int:
    """How many atomic groups, and possessive repetitions of more than one character, a pattern has."""
    return _taken_whole(PARSER.parse(pattern.pattern, pattern.flags))


def _taken_whole(nodes: Any) -> int:
    count = 0
    for code, what in nodes:
        is_repeat = code is CODES.POSSESSIVE_REPEAT
        is_of_one = is_repeat and len(what[2]) == 1 and what[2][0][0] in ONE_CHARACTER
        count += code is CODES.ATOMIC_GROUP or (is_repeat and not is_of_one)
        count += sum(map(_taken_whole, _inner(code, what)))
    return count


def _repetitions(nodes: Any, before: str, flags: int) -> Iterator[tuple[str, str]]:
    for code, what in nodes:
        for inner in _inner(code, what):
            yield from _repetitions(inner, before, flags)
        if code in REPEATS and what[1] > 1:
            yield before, _example(what[2], flags) or "a"
        before += _example([(code, what)], flags)


def _example(nodes: Any, flags: int) -> str:
    """A short text that the nodes match, borders left aside."""
    return "".join(_example_of(code, what, flags) for code, what in nodes)


def _example_of(code: Any, what: Any, flags: int) -> str:
    if code in ONE_CHARACTER:
        form = as_pattern([(code, what)], flags)
        return chr(what) if code is CODES.LITERAL else next((each for each in _SOME if form.match(each)), "")
    if code in REPEATS:
        return _example(what[2], flags) * min(int(what[0]), 200)
    if code in BORDERS:
        return ""
    return next((_example(inner, flags) for inner in _inner(code, what)), "")


def _inner(code: Any, what: Any) -> list[Any]:
    """The sequences of nodes within a node."""
    if code in REPEATS:
        return [what[2]]
    if code is CODES.SUBPATTERN:
        return [what[3]]
    if code is CODES.BRANCH:
        return list(what[1])
    if code in BORDERS and code is not CODES.AT:
        return [what[1]]
    return [what] if code is CODES.ATOMIC_GROUP else []
