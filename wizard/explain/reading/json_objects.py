"""Finds JSON objects in a text, and what is nearly one: forms of Python and JavaScript, cut off, or wrapped."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from wizard.explain.reading.log_records import RECORD_START

DEEPEST: Final = 40
"""Levels of an object that are read."""

_WINDOW: Final = 4_096

# Only where a member or another object follows, or a text is full of beginnings that end at once.
_START = re.compile(r"\{\s*+(?:[\"'}]|[A-Za-z_][\w.-]{0,60}\s{0,4}:)|\[\s*+(?=\{\s*+[\"'A-Za-z_])")
_BLANK = re.compile(r"\s*+")
_KEY = re.compile(r"[A-Za-z_][\w.-]{0,80}")
_STRINGS: Final = {
    '"': re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)("?)', re.DOTALL),
    "'": re.compile(r"'([^'\\]*+(?:\\.[^'\\]*+)*+)('?)", re.DOTALL),
}
_NUMBER = re.compile(r"-?[0-9]{1,15}(?![\w.])")
_BARE = re.compile(r"[^,}\]\n]{1,200}+")
_WORDS: Final = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "", "f": "", "\n": ""}
_DECODER = json.JSONDecoder()
_WIDE: Final = 38  # a narrow window's line; the first line of a value begins after its name


def find_objects(text: str) -> Iterator[tuple[object, int, int]]:
    """Yield each outermost object or array of objects in `text`, with where it starts and ends.

    What is cut off or broken is given as far as it could be read. Takes time in proportion to the text.
    """
    place = 0
    while start := _START.search(text, place):
        value, end = _read(text, start.start())
        place = max(end, start.start() + 1)
        if isinstance(value, (dict, list)) and value:
            yield value, start.start(), place


def _read(text: str, start: int) -> tuple[object, int]:
    """Return the value that starts at `start`, and where it ends.

    A decoder that fails counts the lines before: so it is given a small part first, and more only of what is longer.
    """
    size = _WINDOW
    while True:
        part = text[start : start + size]
        try:
            value, end = _DECODER.raw_decode(part)
        except (ValueError, RecursionError):
            value, end = _Reader(part, start - text.rfind("\n", max(0, start - _WINDOW), start)).read()
        if end < len(part) or start + size >= len(text):
            return value, start + end
        size *= 16


def unescape(text: str) -> str:
    """Return `text` with one level of backslash escapes undone; what is no escape stays."""

    def decode(found: re.Match[str]) -> str:
        if number := found[1] or found[2]:
            return chr(int(number, 16))
        return _ESCAPED.get(found[3], found[3])

    return _ESCAPE.sub(decode, text) if "\\" in text else text


class _Reader:
    """Reads one value, as far as it goes; where it stopped is `place`."""

    def __init__(self, text: str, column: int) -> None:
        self.text = text
        self.column = column
        self.place = 0
        self.stopped = False

    def read(self) -> tuple[object, int]:
        return self._value(0), self.place

    def _next(self) -> str:
        """Return the next character that is not blank, "" at the end."""
        self.place = _BLANK.match(self.text, self.place).end()  # type: ignore[union-attr]
        return self.text[self.place : self.place + 1]

    def _value(self, depth: int) -> object:
        sign = self._next()
        if depth > DEEPEST or not sign:
            self.stopped = True
            return None
        if sign == "{":
            return self._object(depth)
        if sign == "[":
            return self._array(depth)
        if sign in _STRINGS:
            return self._string(sign)
        if number := _NUMBER.match(self.text, self.place):
            self.place = number.end()
            return int(number.group())
        bare = _BARE.match(self.text, self.place)
        if not bare:
            self.stopped = True
            return None
        self.place = bare.end()
        word = bare.group().strip()
        return _WORDS.get(word, word)

    def _object(self, depth: int) -> dict[str, object]:
        self.place += 1
        members: dict[str, object] = {}
        while not self.stopped:
            sign = self._next()
            if sign == "}":
                self.place += 1
                return members
            if sign == ",":
                self.place += 1
                continue
            name = self._string(sign) if sign in _STRINGS else self._key()
            if self.stopped or self._next() != ":":
                break
            self.place += 1
            members[name] = self._value(depth + 1)
        self.stopped = True
        return members

    def _array(self, depth: int) -> list[object]:
        self.place += 1
        values: list[object] = []
        while not self.stopped:
            sign = self._next()
            if sign == "]":
                self.place += 1
                return values
            if sign == ",":
                self.place += 1
                continue
            before = self.place
            values.append(self._value(depth + 1))
            if self.place == before:
                break
        self.stopped = True
        return values

    def _key(self) -> str:
        if found := _KEY.match(self.text, self.place):
            self.place = found.end()
            return found.group()
        self.stopped = True
        return ""

    def _string(self, quote: str) -> str:
        found = _STRINGS[quote].match(self.text, self.place)
        if not found:  # never: the quote is there
            self.stopped = True
            return ""
        end, raw = found.end(), found[1]
        # A line end inside a string is a terminal's wrapping, unless the next record of a log begins there.
        if "\n" in raw and (record := RECORD_START.search(raw, 1)):
            end, raw = found.start(1) + record.start(), raw[: record.start()]
            self.stopped = True
        self.stopped = self.stopped or not found[2]
        self.place = end
        return unescape(self._unwrapped(raw, found.start(1)) if "\n" in raw else raw)

    def _unwrapped(self, raw: str, start: int) -> str:
        """Return a string without the line ends that a terminal or a mail made: those at the end of a long line."""
        line_start = self.text.rfind("\n", 0, start) + 1
        column = start - line_start + (self.column if line_start == 0 else 0)
        lines: list[str] = []
        for line in raw.split("\n"):
            lines.append(line)
            lines.append("" if column + len(line) >= _WIDE else "\n")
            column = 0
        return "".join(lines[:-1])
