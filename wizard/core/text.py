"""Cleans what servers send: after `clean` a text can move no cursor, write no clipboard and reverse no line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from wizard.core.late_pattern import holds_any, late_pattern

LONGEST: Final = 2_000
"""Characters of a server text that are kept; the rest is cut with an ellipsis."""

# Whole escape sequences go first, so that their parameters do not stay behind as litter (ECMA-48: CSI, and the
# string sequences OSC, DCS, SOS, PM, APC up to ST or BEL; each also in its one-byte C1 form).
_SEQUENCES = late_pattern(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_ESCAPES: Final = tuple("\x1b\x9b\x9d\x90\x98\x9e\x9f")
"""One of these begins each escape sequence."""
_ENDS: Final = tuple("\r\x0b\x0c\x85\u2028\u2029")
_SOFT_BREAK = late_pattern(r"=\r?\n")
_QUOTED = late_pattern(r"(?m)^[ \t]*(?:>[ \t]?)+")
_ODD = late_pattern(r"[^\t\n\x20-\x7e]")
"""What may have to be cleaned: a text without it is clean."""
# Everything that ends a line: CR LF, CR, VT, FF, NEL, line and paragraph separator.
_LINE_ENDS = late_pattern(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# C0 but TAB and LF, DEL, C1; bidirectional controls and marks, zero-width, filler and other format characters,
# variation selectors, tags, surrogates that no encoder takes, noncharacters.
_FORBIDDEN = late_pattern(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160"
    r"\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "]"
)


_SURROGATE = late_pattern(r"[\ud800-\udfff]")
_PRINTABLE = late_pattern(r"[\x20-\x7e]+")


def clean(text: str, limit: int = LONGEST) -> str:
    """Return `text` without control, bidirectional and invisible characters, at most `limit` characters long.

    Every line end becomes LF; TAB and LF stay. What is cut ends with an ellipsis.
    """
    looked_at = plain = text[: limit * 4]
    if _ODD.search(looked_at):
        plain = _SEQUENCES.sub("", looked_at) if holds_any(looked_at, _ESCAPES) else looked_at
        plain = _LINE_ENDS.sub("\n", plain) if holds_any(plain, _ENDS) else plain
        if _FORBIDDEN.search("".join(set(plain))):  # of a long text each character is asked about once
            plain = _FORBIDDEN.sub("", plain)
    if len(plain) <= limit and len(looked_at) == len(text):
        return plain
    return plain[: limit - 1] + "…"


def clean_line(text: str, limit: int = LONGEST) -> str:
    """Return `text` cleaned and folded onto one line, single spaces between words."""
    return " ".join(clean(text, limit).split())


def is_invisible(character: str) -> bool:
    """Return whether nothing is drawn for a character, such as a zero-width space; not for a byte that is no UTF-8."""
    return _FORBIDDEN.fullmatch(character) is not None and _SURROGATE.fullmatch(character) is None


def is_link_to(url: str, hosts: Iterable[str]) -> bool:
    """Return whether `url` is a plain https address on one of `hosts` ("name" or "name:port") that can be a link.

    It may have no other scheme, user names, ports that the host does not name, non-ASCII, white space, more than 2,000
    characters.
    """
    if len(url) > LONGEST or not url.isascii() or url != clean(url) or re.search(r"\s|[\\<>\"`{}|^]", url):
        return False
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc or parts.netloc.endswith(":"):
        return False
    name = parts.hostname if port is None or port == 443 else f"{parts.hostname}:{port}"
    return name in {host.lower().removesuffix(":443") for host in hosts}


def is_sendable(token: object) -> bool:
    """Return whether a header or form can hold a token, code or secret: printable ASCII (RFC 6749, appendix A; T17)."""
    return isinstance(token, str) and _PRINTABLE.fullmatch(token) is not None


def without_quoting(pasted: str) -> str:
    """Return what was pasted without what a mail adds: quotation marks of a reply, quoted-printable (RFC 2045)."""
    if _SOFT_BREAK.search(pasted) and "=3D" in pasted:
        import quopri

        pasted = quopri.decodestring(pasted.encode("utf-8", "replace")).decode("utf-8", "replace")
    return _QUOTED.sub("", pasted)
