"""Texts on which a pattern, or a loop, tries again and again if it can."""

from __future__ import annotations

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

END = "\x00"
"""What no pattern expects: a repetition that has come so far fails here, and gives back."""


def pumps(pattern: str, flags: int) -> list[tuple[str, str]]:
    """Texts made for a pattern: what stands before each of its repetitions, and what is repeated there."""
    tree = PARSER.parse(pattern, flags)
    made: dict[tuple[str, str], None] = {}
    for before, body in _repetitions(tree, "", tree.state.flags):
        made |= dict.fromkeys([(before, body), ("", before + body), ("", body)])
    return list(made)


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
    """The parts of a node."""
    if code in REPEATS:
        return [what[2]]
    if code is CODES.SUBPATTERN:
        return [what[3]]
    if code is CODES.BRANCH:
        return list(what[1])
    if code in BORDERS and code is not CODES.AT:
        return [what[1]]
    return [what] if code is CODES.ATOMIC_GROUP else []
