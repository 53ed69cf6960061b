"""Finds JSON objects in a text with the standard decoder, and objects as Python prints them with its own reader."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from wizard.core.late_pattern import late_pattern

_WINDOW: Final = 4_096
"""Characters that a decoder is given first: where it fails it counts the lines before."""
_LONGEST_OF_PYTHON: Final = 20_000
_MOST_WORK: Final = 2
"""Characters, for each of a text, in which objects are looked for in vain; after these, fewer places are tried."""
_LONGEST_LINE: Final = 1_000
"""Characters of a line that is kept, and known when it comes again."""
_MOST_LINES: Final = 1_000
"""Lines that are kept."""
_MOST_BROKEN: Final = 2_000
"""Beginnings of objects that are followed in vain; after these, no more objects are looked for."""
_MOST_BROKEN_OF_PYTHON: Final = 400
"""Of these, as many are tried as Python's."""

_MEMBER: Final = r"\s*+(?:'|\"[^\"\\]{0,300}+(?:\\.[^\"\\]{0,300}+){0,20}\"\s*+:)"
_START = late_pattern(rf"\{{(?:\s*+\}}|(?={_MEMBER}))|\[\s*+(?=\{{{_MEMBER})", re.DOTALL)
# It begins as Python's do, or a line end soon breaks it: then it may be JSON in a narrow window.
_MAY_BE_PYTHON = late_pattern(r"[\[{\s]{1,40}'|[^\n]{1,200}\n")
_TOKEN = late_pattern(r"\"[^\"\\]*+(?:\\.[^\"\\]*+)*\"|'[^'\\]*+(?:\\.[^'\\]*+)*'|[^\"'{}\[\]]++|[{}\[\]]", re.DOTALL)
_ESCAPE = late_pattern(r"\\(?:(\\(?:\\\\)+)|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "", "f": "", "\n": ""}
# A terminal or a mail may have put a line end into a string.
_DECODER: Final = json.JSONDecoder(strict=False)


def find_objects(text: str) -> Iterator[tuple[object, int, int]]:
    """Yield each outermost object or array of objects in `text`, with where it starts and ends.

    What is cut off or broken is none: its codes are found as in any text. Takes time in proportion to the text.
    """
    place, work, broken = 0, 0, 0
    lines: dict[str, object] = {}
    while broken < _MOST_BROKEN:
        start = place + 1  # a log repeats its lines: the next one is often known
        line_end = text.find("\n", start, start + _LONGEST_LINE) if lines and text.startswith("\n", place) else -1
        line = text[start:line_end] if line_end > 0 else ""
        if line not in lines:
            if (found := _START.search(text, place)) is None:
                break
            start = found.start()
            line_end = text.find("\n", start, start + _LONGEST_LINE)
            line = text[start:line_end] if line_end > 0 else ""
        if line in lines:
            yield lines[line], start, line_end
            place = line_end
            continue
        value, end = _read(text, start, may_be_python=broken < _MOST_BROKEN_OF_PYTHON and 4 * work <= len(text))
        if isinstance(value, (dict, list)) and value:
            if end == line_end and len(lines) < _MOST_LINES:
                lines[line] = value
            yield value, start, end
            place = end
        else:
            broken += 1
            work += end - start
            place = end if work > _MOST_WORK * len(text) else start + 1


def _read(text: str, start: int, *, may_be_python: bool) -> tuple[object, int]:
    """Return the object that starts at `start`, None if there is none, and how far it was looked for."""
    size = _WINDOW
    while True:
        part = text[start : start + size]
        try:
            value, end = _DECODER.raw_decode(part)
        except json.JSONDecodeError as error:
            is_cut = error.pos >= len(part) or error.msg.startswith("Unterminated string")
            if is_cut and start + size < len(text):
                size *= 16
                continue
            failed = start + max(error.pos, 1)
            is_tried = may_be_python and _MAY_BE_PYTHON.match(part)
            return _read_python(text, start, failed) if is_tried else (None, failed)
        except (RecursionError, ValueError):  # too deep, or a number of thousands of digits
            return None, start + len(part)
        if end < len(part) or start + size >= len(text):
            unwrapped = _unwrap(part[:end])
            return (_decode(unwrapped) or value) if len(unwrapped) < end else value, start + end
        size *= 16


def _read_python(text: str, start: int, failed: int) -> tuple[object, int]:
    """Return the object that Python printed at `start`, None if it is none, and how far it was looked for."""
    depth, end = 0, start
    while token := _TOKEN.match(text, end, start + _LONGEST_OF_PYTHON):
        end = token.end()
        depth += (token[0] in "{[") - (token[0] in "}]")
        if depth == 0:
            break
    else:
        return None, max(failed, end)
    piece = _unwrap(text[start:end])
    if len(piece) < end - start and (value := _decode(piece)):
        return value, end
    from ast import literal_eval

    try:
        return literal_eval(piece.replace("\n", " ")), end
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None, max(failed, end)


def _decode(piece: str) -> object:
    try:
        return _DECODER.decode(piece)
    except (RecursionError, ValueError):
        return None


def _unwrap(piece: str) -> str:
    """Return a piece without the line ends of a terminal: those of lines that are all as long as its window is wide."""
    if "\n" not in piece:
        return piece
    lines = piece.split("\n")
    is_wrapped = len(lines) > 2 and len(set(map(len, lines[1:-1]))) == 1 and len(lines[-1]) <= len(lines[1])
    return "".join(lines) if is_wrapped else piece


def unescape(text: str) -> str:
    """Return `text` with one level of backslash escapes undone; what is no escape stays."""

    def decode(found: re.Match[str]) -> str:
        if backslashes := found[1]:
            return str(backslashes[::2])
        if number := found[2] or found[3]:
            return chr(int(number, 16))
        return _ESCAPED.get(found[4], found[4])

    return _ESCAPE.sub(decode, text) if "\\" in text else text
