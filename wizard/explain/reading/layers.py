"""Undoes what a text is wrapped in, a layer at a time: escapes, address and page encodings, mail, base64."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote_plus

from wizard.explain.reading.json_objects import unescape
from wizard.explain.reading.paste import decode_text, to_plain_text

# A closing or a well-known tag: angle brackets alone are placeholders, arrows, or curl's marks.
_PAGE = re.compile(r"</[a-zA-Z]|<(?:br|html|body|!doctype|p|div|span|wbr)\b", re.IGNORECASE)
_TAG = re.compile(r"<(?:/?([A-Za-z][A-Za-z0-9]{0,20})(?:\s[^<>]{0,2000})?/?|!--[^>]{0,2000}+|!doctype[^<>]{0,200}+)>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8}\d{0,2});")
_INLINE: Final = frozenset("a abbr b bdi bdo code em font i mark s small span strong sub sup tt u wbr".split())  # noqa: SIM905

_WORD = re.compile(r"\S+")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_BACKSLASH = re.compile(r"\\(?:[\"'/nrt\\]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})")

_MAIL_BYTES = re.compile(r"(?:=[0-9A-F]{2})+")
_SOFT_END = re.compile(r"=[ \t]{0,4}\n")
_QUOTED = re.compile(r"^[ \t]{0,4}(?:>[ \t]?)+", re.MULTILINE)

# Lines of base64 as mail and PEM have them, or one block by itself.
_BASE64 = re.compile(
    r"(?<![A-Za-z0-9+/_.-])(?:(?:[A-Za-z0-9+/]{60,76}\n)+[A-Za-z0-9+/]{0,76}={0,2}|[A-Za-z0-9+/_-]{24,}={0,2})"
    r"(?![A-Za-z0-9+/_-])"
)
_HEX: Final = re.compile(r"[0-9a-fA-F-]+")
_LARGEST_BLOCK: Final = 4_000_000


def undo_mail_quoting(text: str) -> str:
    """Return `text` without a mail's transfer encoding and the marks of its quotation."""
    text = _without_mail_encoding(text)
    return _QUOTED.sub("", text) if ">" in text else text


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

    def decode(found: re.Match[str]) -> str:
        word = found.group()
        return to_plain_text(unquote_plus(word)) if "%" in word and _PERCENT.search(word) else word

    return _WORD.sub(decode, text) if _PERCENT.search(text) else text


def _without_tags(text: str) -> str:
    if not _PAGE.search(text):
        return text

    def decode(found: re.Match[str]) -> str:
        return "" if (found[1] or "").lower() in _INLINE else "\n"

    return _TAG.sub(decode, text)


def _without_entities(text: str) -> str:
    if "&" not in text:
        return text
    return _ENTITY.sub(lambda found: to_plain_text(html.unescape(found.group())), text)


def _without_mail_encoding(text: str) -> str:
    if "=" not in text or not ("=3D" in text or "quoted-printable" in text.lower()):
        return text

    def decode(found: re.Match[str]) -> str:
        return to_plain_text(bytes.fromhex(found.group().replace("=", "")).decode("utf-8", "replace"))

    return _MAIL_BYTES.sub(decode, _SOFT_END.sub("", text))


def _without_base64(text: str) -> str:
    def decode(found: re.Match[str]) -> str:
        block = found.group()
        inner = _of_base64(block)
        return block if inner is None else f"\n{inner}\n"

    return _BASE64.sub(decode, text)


def _of_base64(block: str) -> str | None:
    """Return the text in a block, None if it holds none: most long words are no base64."""
    if len(block) > _LARGEST_BLOCK or (len(block) < 80 and _HEX.fullmatch(block)):
        return None
    bare = "".join(block.split()).rstrip("=").translate(_STANDARD)
    try:
        octets = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    inner = decode_text(octets)
    if inner is None or (not re.search(r"[^A-Za-z0-9+/=]", inner[:400]) and len(inner) < 24):
        return None
    return to_plain_text(inner)


_STANDARD: Final = str.maketrans("-_", "+/")
_LAYERS: Final[tuple[Callable[[str], str], ...]] = (
    _without_mail_encoding,
    _without_escapes,
    _without_percents,
    _without_tags,
    _without_entities,
    _without_base64,
)
