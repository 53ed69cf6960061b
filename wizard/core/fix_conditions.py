"""What has to be so before a request that changes something, and what shows that its aim is reached. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

JsonObject = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Contains:
    """A list that has an object with these members."""

    members: JsonObject


@dataclass(frozen=True, slots=True)
class Lacks:
    """A list that has no object with these members."""

    members: JsonObject


@dataclass(frozen=True, slots=True)
class Precondition:
    """What has to be so right before a request: the object still shows the values that the fix was made from.

    A value may be `Contains` or `Lacks`. Of an object the members that are named count, of a list its objects.

    Args:
        path: of the object, with its query.
        values: of the members that the request changes, as they were read; None for a member that is not there.
        made: what the object shows where the request is not needed any more; the request's body if this is empty.
        body: what is asked with, by POST, where the service answers a question; None where an object is read.
        otherwise: what is so where it does not hold, as a sentence; "": somebody has changed it meanwhile.
        is_new: whether the request makes the object, so that nothing must be there yet.
    """

    path: str
    values: JsonObject
    made: JsonObject = field(default_factory=dict)
    body: JsonObject | None = None
    otherwise: str = ""
    is_new: bool = False

    def is_met(self, shown: JsonObject | None) -> bool:
        """Return whether the object still shows the values; None for no object."""
        if self.is_new:
            return shown is None
        return shown is not None and all(_is_so(shown.get(name), value) for name, value in self.values.items())

    def is_made(self, shown: JsonObject | None, body: JsonObject | None) -> bool:
        """Return whether the object shows already what a request with this body would change."""
        wanted = self.made or body or {}
        return bool(shown and wanted) and all(_is_so((shown or {}).get(name), value) for name, value in wanted.items())


@dataclass(frozen=True, slots=True)
class Goal:
    """What shows that the aim of a request is reached.

    Args:
        path: of the object that is read, with its query.
        shows: its members then, and of a list the items that are named; empty: that it is there is enough.
        is_gone: whether the aim is that it is not there.
    """

    path: str
    shows: JsonObject = field(default_factory=dict)
    is_gone: bool = False

    def is_reached(self, shown: JsonObject | None) -> bool:
        """Return whether an object shows it; None for no object."""
        if shown is None or self.is_gone:
            return shown is None and self.is_gone
        return _shows(shown, self.shows)


def _shows(now: object, wanted: object) -> bool:
    """Return whether a value shows what is wanted: members that are named, items that are listed, words in any case."""
    if isinstance(wanted, Mapping):
        return isinstance(now, Mapping) and all(_shows(now.get(name), value) for name, value in wanted.items())
    if isinstance(wanted, list | tuple):
        return isinstance(now, list | tuple) and all(any(_shows(item, each) for item in now) for each in wanted)
    if isinstance(wanted, str) and isinstance(now, str):
        return now.casefold() == wanted.casefold()
    return now == wanted


def _is_so(now: object, wanted: object) -> bool:
    """Return whether a member shows a value; of an object, the members that are named; of words, in any order."""
    if isinstance(wanted, Contains | Lacks):
        shown = now if isinstance(now, list) else []
        return any(_is_so(each, wanted.members) for each in shown) is isinstance(wanted, Contains)
    if isinstance(wanted, Mapping):
        return isinstance(now, Mapping) and all(_is_so(now.get(name), value) for name, value in wanted.items())
    if isinstance(now, str) and isinstance(wanted, str):
        return sorted(now.split()) == sorted(wanted.split())
    if isinstance(now, list) and isinstance(wanted, list | tuple) and any(isinstance(each, Mapping) for each in wanted):
        return len(now) == len(wanted) and all(any(_is_so(each, one) for each in now) for one in wanted)
    return now == wanted
