"""Undoes what a text is wrapped in, a layer at a time: escapes, address and page encodings, mail."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from wizard.core.late_pattern import late_pattern
from wizard.explain.reading.json_objects import unescape
from wizard.explain.reading.paste import to_plain_text

# A closing or a well-known tag: angle brackets alone are placeholders, arrows, or curl's marks.
_PAGE = late_pattern(r"</[a-zA-Z]|<(?:br|html|body|!doctype|p|div|span|wbr)\b", re.IGNORECASE, needs=("<",))
_TAG = late_pattern(r"<(?:/?([A-Za-z][A-Za-z0-9]{0,20})(?:\s[^<>]{0,2000})?/?|!--[^>]{0,2000}+|!doctype[^<>]{0,200}+)>")
_ENTITY = late_pattern(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8}\d{0,2});")
_INLINE: Final = frozenset("a abbr b bdi bdo code em font i mark s small span strong sub sup tt u wbr".split())  # noqa: SIM905

_WORD = late_pattern(r"\S+")
_PERCENT = late_pattern(r"%[0-9A-Fa-f]{2}")
_BACKSLASH = late_pattern(r"\\(?:[\"'/nrt\\]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})")

# A mail's mark, or the margin beside which PowerShell 7 prints an error; and the column of Python's rich at the right.
_QUOTED = late_pattern(
    r"^(?:[ \t]{0,4}(?:[>│][ \t]?)+| {3,8}\| )|[ \t]{2,200}\w{1,60}\.py:[0-9]{1,6}[ \t]{0,9}$",
    re.MULTILINE,
    needs=(">", "│", " | ", ".py:"),
)


def undo_mail_quoting(text: str) -> str:
    """Return `text` without the marks of a mail's quotation, and without the margin of PowerShell's errors."""
    return _QUOTED.sub("", text)


def undo_layers(text: str) -> str:
    """Return `text` with one layer of everything that it is wrapped in undone; the same where it is wrapped in nothing.

    It never grows, so that layers can be undone again and again.
    """
    for layer in _LAYERS:
        text = layer(text)
    return text


def _without_escapes(text: str) -> str:
    return unescape(text) if _BACKSLASH.search(text) else text


def _without_percents(text: str) -> str:
    """Undo the encoding of addresses and forms, only in words that have it: a plus elsewhere is a plus."""
    if not _PERCENT.search(text):
        return text
    from urllib.parse import unquote_plus

    def decode(found: re.Match[str]) -> str:
        word = found.group()
        return to_plain_text(unquote_plus(word)) if "%" in word and _PERCENT.search(word) else word

    return _WORD.sub(decode, text)


def _without_tags(text: str) -> str:
    if not _PAGE.search(text):
        return text

    def decode(found: re.Match[str]) -> str:
        return "" if (found[1] or "").lower() in _INLINE else "\n"

    return _TAG.sub(decode, text)


def _without_entities(text: str) -> str:
    if "&" not in text:
        return text
    import html

    return _ENTITY.sub(lambda found: to_plain_text(html.unescape(found.group())), text)


_LAYERS: Final[tuple[Callable[[str], str], ...]] = (
    _without_escapes,
    _without_percents,
    _without_tags,
    _without_entities,
)
