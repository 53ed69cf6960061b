"""What is to be explained, as bytes: words of the command line, files, a pipe, or a paste into the terminal."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

from wizard.core.errors import BadInput

HEAD: Final = 8_000_000
"""Bytes of the beginning that are kept of a very large text."""
TAIL: Final = 56_000_000
"""Bytes of its end that are kept: a log says at its end what went wrong."""
CUT: Final = "It is larger than 64 MB: only its first 8 MB and its last 56 MB were taken at all."

PROMPT: Final = "Paste, then press Enter and Ctrl+D. What you paste is not shown; Ctrl+C stops."

_CHUNK: Final = 1_000_000
_END: Final = b"\x04"
_FILE_NAME: Final = re.compile(
    r"(?!\S*AADSTS|[^\s?]*\?\S*=)(?:(?:~|\.{1,2})?/[^\s]{1,250}|[^\s:?&=]{1,250}\.(?:txt|log|json|jsonl|eml|html?|md|har|out|err|csv|xml))",
    re.IGNORECASE,
)
"""A word that is meant as the name of a file; what ends a sign-in begins with a slash as well, and has fields."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """What is to be explained.

    Args:
        content: as it came; of more than 64 MB the beginning and the end.
        notes: what was not taken of it.
        name: of the file, where several are explained.
    """

    content: bytes
    notes: tuple[str, ...] = ()
    name: str = ""


def read_pasted(words: Sequence[str]) -> Iterator[Pasted]:
    """Give what is to be explained, one after the other.

    Args:
        words: of the command line: names of files, "-" for standard input, a text, or nothing.

    Raises:
        BadInput: nothing can be read there. It never repeats what was given: that could be a secret.
    """
    if not words or list(words) == ["-"]:
        yield _standard_input()
        return
    files = _files(words) if any(word.strip() for word in words) else []
    for name, found in files:
        pasted = _file(name, found)
        yield replace(pasted, name=name) if len(files) > 1 else pasted
    if not files:
        yield Pasted(" ".join(words).encode("utf-8", "surrogateescape"))


def _files(words: Sequence[str]) -> list[tuple[str, os.stat_result]]:
    """Give the words as files if each of them is one; none where they are a text."""
    found = [_status(word) if len(words) == 1 else _status_of_several(word) for word in words]
    files = [(word, status) for word, status in zip(words, found, strict=True) if status]
    if len(files) == len(words):
        for _, status in files:
            _hold_to_be_a_file(status)  # before the first of them is explained
        return files
    if files and all(status or _FILE_NAME.fullmatch(word) for word, status in zip(words, found, strict=True)):
        raise BadInput("explain", "one of the files that were named is not there; nothing was read")
    return []


def _status_of_several(name: str) -> os.stat_result | None:
    try:
        return Path(name).stat()
    except (OSError, ValueError):
        return None


def _status(name: str) -> os.stat_result | None:
    """What the file system says of a file, None where the word is no file's name."""
    try:
        return Path(name).stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        is_meant = _FILE_NAME.fullmatch(name) and len(name) < 256
    except OSError as error:
        if not _FILE_NAME.fullmatch(name) or len(name) > 255:
            return None
        raise BadInput("explain", f"the file cannot be looked at: {error.strerror}") from None
    if is_meant:
        raise BadInput(
            "explain",
            "there is no file of that name. A text that looks like one goes in by a pipe: … | partner-wizard explain -",
        )
    return None


def _hold_to_be_a_file(found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise BadInput("explain", "that is a folder, and no file. Name a file in it")
    if not stat.S_ISREG(found.st_mode):
        raise BadInput(
            "explain",
            "that is a pipe or a device, and no file. Send it to standard input: … | partner-wizard explain -",
        )


def _file(name: str, found: os.stat_result) -> Pasted:
    try:
        with Path(name).open("rb") as stream:
            if found.st_size <= HEAD + TAIL:
                return _bounded(stream)
            head = stream.read(HEAD)
            stream.seek(-TAIL, os.SEEK_END)
            return Pasted(head + stream.read(TAIL), (CUT,))
    except OSError as error:
        raise BadInput("explain", f"the file cannot be read: {error.strerror}") from None


def _standard_input() -> Pasted:
    if sys.stdin is None:
        raise BadInput("explain", "standard input is closed; give a text or the name of a file")
    if sys.stdin.isatty():
        return Pasted(_terminal(sys.stdin.fileno()))
    try:
        return _bounded(sys.stdin.buffer)
    except OSError as error:
        raise BadInput("explain", f"standard input cannot be read: {error.strerror}") from None


def _bounded(stream: BinaryIO) -> Pasted:
    """Read to the end, and keep the beginning and the end of what is too large to keep."""
    head, tail, taken = bytearray(), bytearray(), 0
    while chunk := stream.read(_CHUNK):
        taken += len(chunk)
        room = HEAD - len(head)
        head += chunk[:room]
        tail += chunk[room:]
        del tail[: max(0, len(tail) - TAIL)]
    return Pasted(bytes(head + tail), (CUT,) if taken > HEAD + TAIL else ())


def _terminal(number: int) -> bytes:
    """Read a paste until Ctrl+D, without showing it: it may hold a secret, and a terminal keeps what it has shown.

    A terminal that edits lines cuts them at 4,095 characters; a token is longer. So it is read key by key.
    """
    pasted = bytearray()
    from wizard.plain.hidden_input import hidden_input

    def ask() -> None:
        print(PROMPT, file=sys.stderr, flush=True)

    with hidden_input(number, ask, key_by_key=True):
        while chunk := os.read(number, 65_536):
            before, end, _ = chunk.partition(_END)
            pasted += before
            if end:
                break
    return _typed(bytes(pasted))


def _typed(text: bytes) -> bytes:
    """Let Backspace take away what was typed before it."""
    if b"\x7f" not in text:
        return text
    kept = bytearray()
    for each in text:
        if each != 0x7F:
            kept.append(each)
        elif kept:
            kept.pop()
    return bytes(kept)
