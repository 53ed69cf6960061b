"""Reads what is to be explained, as bytes: words of the command line, files, a pipe, or a paste at the terminal."""

from __future__ import annotations

import os
import re
import select
import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from wizard.core.errors import BadInput
from wizard.core.waiting import POLL_INTERVAL
from wizard.plain.hidden_input import can_ask, hidden_input

HEAD: Final = 8_000_000
"""Bytes of the beginning that are kept of a very large text."""
TAIL: Final = 56_000_000
"""Bytes of its end that are kept: a log says at its end what went wrong."""
CUT: Final = "It is larger than 64 MB: only its first 8 MB and its last 56 MB were read."

PROMPT: Final = "Paste, then press Enter and Ctrl+D. What you paste is not shown; Ctrl+C stops."

_CHUNK: Final = 1_000_000
_CTRL_D: Final = b"\x04"
_FILE_NAME: Final = re.compile(
    r"(?!\S*AADSTS|[^\s?]*\?\S*=)(?:(?:~|\.{1,2})?/[^\s]{1,250}|[^\s:?&=]{1,250}\.(?:txt|log|json|jsonl|eml|html?|md|har|out|err|csv|xml))",
    re.IGNORECASE,
)
"""A word that is meant as the name of a file. An address that a sign-in ended on may begin with a slash, too, but has
fields."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """What is to be explained.

    Args:
        content: the bytes; of more than 64 MB the beginning and the end.
        notes: what was not read of it, in sentences.
        name: of the file, if several are explained.
    """

    content: bytes
    notes: tuple[str, ...] = ()
    name: str = ""


def read_pasted(words: Sequence[str]) -> Iterator[Pasted]:
    """Yield what is to be explained, one text after the other.

    Args:
        words: of the command line: names of files, "-" for standard input, a text, or nothing.

    Raises:
        BadInput: nothing can be read there. It never repeats a word: that could be a secret.
    """
    if not words or list(words) == ["-"]:
        yield _read_standard_input()
        return
    files = _files(words) if any(word.strip() for word in words) else []
    for name, status in files:
        pasted = _read_file(name, status)
        yield replace(pasted, name=name) if len(files) > 1 else pasted
    if not files:
        yield Pasted(" ".join(words).encode("utf-8", "surrogateescape"))


def _files(words: Sequence[str]) -> list[tuple[str, os.stat_result]]:
    """Return the words as files if each of them is one; none if they are a text."""
    statuses = [_status(word) if len(words) == 1 else _status_among_several(word) for word in words]
    files = [(word, status) for word, status in zip(words, statuses, strict=True) if status]
    if len(files) == len(words):
        for _, status in files:
            _require_file(status)  # before the first of them is explained
        return files
    if files and all(status or _FILE_NAME.fullmatch(word) for word, status in zip(words, statuses, strict=True)):
        raise BadInput("explain", "one of the named files does not exist; nothing was read")
    return []


def _status_among_several(name: str) -> os.stat_result | None:
    try:
        return os.stat(name)  # noqa: PTH116  # pathlib takes longer to load than a code to be explained
    except (OSError, ValueError):
        return None


def _status(name: str) -> os.stat_result | None:
    """Return what the file system says of a file, None if the word is not the name of one."""
    try:
        return os.stat(name)  # noqa: PTH116  # pathlib takes longer to load than a code to be explained
    except (FileNotFoundError, NotADirectoryError, ValueError):
        is_meant = _FILE_NAME.fullmatch(name) and len(name) < 256
    except OSError as error:
        if not _FILE_NAME.fullmatch(name) or len(name) > 255:
            return None
        raise BadInput("explain", f"the file cannot be examined: {error.strerror}") from None
    if is_meant:
        raise BadInput(
            "explain",
            "there is no file of that name. A text that looks like one goes in by a pipe: … | partner-wizard explain -",
        )
    return None


def _require_file(status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise BadInput("explain", "that is a folder, not a file. Name a file in it")
    if not stat.S_ISREG(status.st_mode):
        raise BadInput(
            "explain",
            "that is a pipe or a device, not a file. Send it to standard input: … | partner-wizard explain -",
        )


def _read_file(name: str, status: os.stat_result) -> Pasted:
    from pathlib import Path

    try:
        with Path(name).open("rb") as stream:
            if status.st_size <= HEAD + TAIL:
                return _read_bounded(stream)
            head = stream.read(HEAD)
            stream.seek(-TAIL, os.SEEK_END)
            return Pasted(head + stream.read(TAIL), (CUT,))
    except OSError as error:
        raise BadInput("explain", f"the file cannot be read: {error.strerror}") from None


def _read_standard_input() -> Pasted:
    if sys.stdin is None:
        raise BadInput("explain", "standard input is closed; give a text or the name of a file")
    if can_ask():
        return Pasted(_read_terminal(sys.stdin.fileno()))
    try:
        return _read_bounded(sys.stdin.buffer)
    except OSError as error:
        raise BadInput("explain", f"standard input cannot be read: {error.strerror}") from None


def _read_bounded(stream: BinaryIO) -> Pasted:
    """Read a stream to its end, and keep the beginning and the end of what is too large."""
    head, tail, taken = bytearray(), bytearray(), 0
    while chunk := stream.read(_CHUNK):
        taken += len(chunk)
        room = HEAD - len(head)
        head += chunk[:room]
        tail += chunk[room:]
        del tail[: max(0, len(tail) - TAIL)]
    return Pasted(bytes(head + tail), (CUT,) if taken > HEAD + TAIL else ())


def _read_terminal(number: int) -> bytes:
    """Read a paste until Ctrl+D, without showing it: it may hold a secret, and a terminal keeps what it has shown.

    A terminal that edits lines cuts them at 4,095 bytes, and a token is longer: it is read key by key.
    """
    pasted = bytearray()

    def ask() -> None:
        print(PROMPT, file=sys.stderr, flush=True)

    with hidden_input(number, ask, key_by_key=True):
        while chunk := _read_when_there(number):
            before, end, _ = chunk.partition(_CTRL_D)
            pasted += before
            if end:
                break
    return _without_deleted(bytes(pasted))


def _read_when_there(number: int) -> bytes:
    """Return what has been typed, b"" at the end of input.

    A signal just before a read that blocks would be handled only after the next key (PEP 475), so nothing blocks here.
    """
    while not select.select([number], [], [], POLL_INTERVAL)[0]:
        pass
    return os.read(number, 65_536)


def _without_deleted(text: bytes) -> bytes:
    """Return what was typed without the bytes that Backspace deleted."""
    if b"\x7f" not in text:
        return text
    kept = bytearray()
    for each in text:
        if each != 0x7F:
            kept.append(each)
        elif kept:
            kept.pop()
    return bytes(kept)
