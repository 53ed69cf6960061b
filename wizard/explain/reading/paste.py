"""Makes text of what was pasted: by its encoding, without private keys; names what is no text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wizard.core.late_pattern import holds_any, late_pattern
from wizard.core.text import clean
from wizard.explain.reading.marks import RESERVED

_MEGABYTE: Final = 1_000_000
LARGEST: Final = 8 * _MEGABYTE
"""Bytes or characters that are read; of more, the beginning and the end."""

_HEAD: Final = 2 * _MEGABYTE

_PICTURES: Final = (
    (b"\x89PNG", "a PNG picture"),  # the line ends behind it change in a paste
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"%PDF-", "a PDF document"),
)
_ARCHIVES: Final = (
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "a zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
)
# A message can quote the line that it looked for, with nothing of a key behind it.
_PRIVATE_KEY = late_pattern(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"(?!['\"`.,;)](?![^-]{0,200}?[A-Za-z0-9+/]{24}))"
    r"[^-]*+(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?"
    r"|PuTTY-User-Key-File-\d[^\n]*(?:\n[^\n]+)*"
)

# Escape sequences that are whole; what is left of one, a lone ESC or a C1 character of a mangled encoding, goes alone.
_SEQUENCES = late_pattern(
    r"(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-~]"
    r"|\x1b[\]PX^_][^\x07\x1b\x9c\n]{0,4000}(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]?[0-Z\\^-~]?"
    r"|[\x80-\x84\x86-\x9f]"
)
_MAY_BE_SEQUENCES: Final = ("\x1b", *map(chr, range(0x80, 0x85)), *map(chr, range(0x86, 0xA0)))

_ASCII: Final = {**dict.fromkeys((*range(32), 127)), 9: "\t", 10: "\n", 11: "\n", 12: "\n", 13: "\n"}

WHAT_HELPS: Final = (
    "What helps: the whole text of the error with its code or AADSTS number; from a browser, the page's text or the "
    "address it ended on; from a program, its log or the answer it got, with the headers."
)
PICTURE: Final = "Text cannot be read out of a picture. Copy the text itself: select it, copy it, and paste it here."
PRIVATE_KEY: Final = (
    "There is a private key in it: not shown, not kept. If others saw it, replace it: make a new certificate, add it "
    "at entra.microsoft.com > Entra ID > App registrations > All applications > your app > "
    "Certificates & secrets, and remove the old one there."
)


@dataclass(frozen=True, slots=True)
class Paste:
    """What was pasted, as text.

    Args:
        text: ready to be read: one form of line ends, no control characters, no private keys; "" if there is none.
        read_as: what it is, where that is known without reading it, such as "a PNG picture"; else "".
        notes: what was left out, and what would help; never a part of it.
    """

    text: str
    read_as: str = ""
    notes: tuple[str, ...] = ()


def read_paste(pasted: str | bytes) -> Paste:
    """Return the text of what was pasted, or say why there is none. Never raises."""
    whole = len(pasted)
    cut = whole > LARGEST
    if isinstance(pasted, bytes):
        if binary := _recognise_binary(pasted):
            return binary
        encoding = _encoding(pasted)
        # A cut may fall into the middle of a character of two bytes.
        head, tail = (pasted[:_HEAD], pasted[_HEAD - LARGEST :]) if cut else (pasted, b"")
        text = head.decode(encoding, "replace")
        text += "\n" + tail[(whole - len(tail)) % 2 :].decode(encoding, "replace") if tail else ""
    else:
        text = f"{pasted[:_HEAD]}\n{pasted[_HEAD - LARGEST :]}" if cut else pasted
        if text.count("\0") * 3 > len(text):
            text = text.replace("\0", "")
        if _has_control_bytes(text[:8_000].encode("utf-8", "replace")):
            return _binary()
    notes = []
    if cut:
        notes.append(
            f"It is long ({whole / _MEGABYTE:.0f} MB): its first {_HEAD // _MEGABYTE} MB and its last "
            f"{(LARGEST - _HEAD) // _MEGABYTE} MB were read, what is between them was not read."
        )
    text, hidden = remove_private_keys(RESERVED.sub("", _without_blanks_at_line_ends(to_plain_text(text))))
    if hidden:
        notes.append(PRIVATE_KEY)
    if not text.strip():
        if hidden:
            return Paste("", "a private key", tuple(notes))
        return Paste("", "nothing" if whole == 0 else "blank space", ("There is no text in it.", WHAT_HELPS))
    return Paste(text, "", tuple(notes))


def to_plain_text(text: str) -> str:
    """Return `text` with LF line ends, and without escape sequences, control and invisible characters."""
    if text.isascii() and "\x1b" not in text:  # a megabyte takes a tenth of the time
        return text.replace("\r\n", "\n").translate(_ASCII)
    if holds_any(text, _MAY_BE_SEQUENCES):
        text = _SEQUENCES.sub("", text)
    return clean(text, max(len(text), 1))


def _without_blanks_at_line_ends(text: str) -> str:
    """Return `text` without the blanks that a console leaves where it breaks a line, so that a sentence goes on."""
    if " \n" not in text:
        return text
    return "\n".join(line.rstrip(" ") for line in text.split("\n"))


def remove_private_keys(text: str) -> tuple[str, bool]:
    """Return `text` with private keys taken out, and whether there was one."""
    if "PRIVATE KEY" not in text and "PuTTY-User-Key" not in text:
        return text, False
    text, number = _PRIVATE_KEY.subn(" ", text)
    return text, number > 0


def _recognise_binary(octets: bytes) -> Paste | None:
    start = octets[:16]
    for magic, name in _PICTURES:
        if start.startswith(magic) and (magic != b"BM" or _has_control_bytes(octets)):
            return Paste("", name, (PICTURE,))
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return Paste("", "a WebP picture", (PICTURE,))
    for magic, name in _ARCHIVES:
        if start.startswith(magic) and (magic != b"BZh" or _has_control_bytes(octets)):
            return Paste("", name, ("It was not opened. Unpack it, and give the text file that is in it.",))
    if _encoding(octets) in ("utf-8", "cp1252") and _has_control_bytes(octets):
        return _binary()
    return None


def _binary() -> Paste:
    return Paste("", "binary data", ("This is no text: nothing in it could be read.", WHAT_HELPS))


def _has_control_bytes(octets: bytes) -> bool:
    """Return whether the beginning holds bytes that no text has."""
    start = octets[:8_000]
    odd = sum(octet < 32 and octet not in b"\t\n\r\x0b\x0c\x1b\x08" for octet in start)
    return odd * 30 > len(start) + 60


def _encoding(octets: bytes) -> str:
    if octets.startswith(b"\xef\xbb\xbf"):
        return "utf-8"
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16-le" if octets[0] == 0xFF else "utf-16-be"
    start = octets[:4_000]
    if len(start) >= 4:
        # ASCII in UTF-16 has a zero in every other place.
        if start[1::2].count(0) * 10 > len(start) * 3 and start[::2].count(0) * 50 < len(start):
            return "utf-16-le"
        if start[::2].count(0) * 10 > len(start) * 3 and start[1::2].count(0) * 50 < len(start):
            return "utf-16-be"
    try:
        octets[: LARGEST // 4].decode("utf-8")
    except UnicodeDecodeError as error:
        # A character that is cut off at the end is no sign of another encoding.
        return "utf-8" if error.start >= min(len(octets), LARGEST // 4) - 4 else "cp1252"
    return "utf-8"
