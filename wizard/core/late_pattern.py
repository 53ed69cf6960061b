"""Regular expressions that are compiled when they are first needed, and not even tried where nothing can match."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, wraps
from typing import Any, Final, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")

_SHORT: Final = 200
"""Characters of a text in which a pattern is found as fast as a few words."""


class LatePattern:
    """A pattern that is asked as `re.Pattern` is.

    Looking for a few words in a text takes a hundredth of the time that a pattern does; most texts hold none of them.
    """

    def __init__(self, text: str, flags: int, needs: tuple[str, ...]) -> None:
        self._text = text
        self._flags = int(flags)
        self._ignores_case = bool(flags & re.IGNORECASE) or "(?i:" in text
        self.needs = needs

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern itself."""
        compiled = re.compile(self._text, self._flags)
        if not self.needs:  # asked without a detour from now on
            vars(self).update({name: getattr(compiled, name) for name in ("search", "finditer", "findall", "sub")})
        return compiled

    def search(self, text: str, *span: int) -> re.Match[str] | None:
        """Return the first match."""
        if (span and span[0]) or self.may_be_in(text, *span):
            return self.compiled.search(text, *span)
        return None

    def finditer(self, text: str, *span: int) -> Iterator[re.Match[str]]:
        """Return every match."""
        return self.compiled.finditer(text, *span) if self.may_be_in(text, *span) else iter(())

    def findall(self, text: str, *span: int) -> list[Any]:
        """Return what every match holds."""
        return self.compiled.findall(text, *span) if self.may_be_in(text, *span) else []

    def sub(self, by: str | Callable[[re.Match[str]], str], text: str) -> str:
        """Return `text` with something else in the place of each match."""
        return self.compiled.sub(by, text) if self.may_be_in(text) else text

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.compiled, name)
        setattr(self, name, method)
        return method

    def may_be_in(self, text: str, *span: int) -> bool:
        """Return whether something can be found; from the middle of a text on it is not asked: that was done before."""
        if not self.needs or any(span) or (len(text) < _SHORT and "compiled" in vars(self)):
            return True
        return holds_any(lowered(text) if self._ignores_case else text, self.needs)


def late_pattern(text: str, flags: int = 0, needs: tuple[str, ...] = ()) -> re.Pattern[str]:
    """Return a pattern that is compiled when it is first asked.

    Args:
        text: as for `re.compile`.
        flags: as for `re.compile`.
        needs: one of these stands in everything that matches; in small letters where the pattern ignores the case.
    """
    return cast("re.Pattern[str]", LatePattern(text, flags, needs))


def holds_any(text: str, words: Iterable[str]) -> bool:
    """Return whether one of `words` stands in `text`."""
    for word in words:  # noqa: SIM110  # `any` takes as long again
        if word in text:
            return True
    return False


class _Kept(threading.local):
    """The text that a reader asked about last, and the same in small letters; None while nobody reads."""

    last: tuple[str, str] | None = None


_kept: Final = _Kept()


def lowered(text: str) -> str:
    """Return `text` in small letters, which a reader that `lowers_once` makes only once of each text."""
    last = _kept.last
    if last is None:
        return text.lower()
    if last[0] is not text:
        last = _kept.last = (text, text.lower())
    return last[1]


def lowers_once(reader: Callable[P, R]) -> Callable[P, R]:
    """Return `reader`, which asks many patterns about one text, so that the text is put into small letters only once.

    Nothing of the text is kept when it returns or raises: there may be a secret in it.
    """

    @wraps(reader)
    def read(*args: P.args, **named: P.kwargs) -> R:
        before = _kept.last
        _kept.last = before or ("", "")
        try:
            return reader(*args, **named)
        finally:
            _kept.last = before

    return read
