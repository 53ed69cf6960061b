"""What a program that matches is made of: each instruction takes a step, and goes on or fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


class TooManySteps(AssertionError):
    """The cap was reached: the pattern tries again and again."""


class Attempt:
    """Where a matcher stands in a text, and what it has still to try.

    `todo` holds (instruction, position, last position): the positions from the one to the other are to be tried from
    that instruction on. Between them lies (-1, list, index, value): what was changed on the way, as it was before.
    """

    def __init__(self, program: list[Instruction], text: Any, end: int, groups: int, loops: int, cap: int) -> None:
        self.text = text
        self.end = end
        self.position = 0
        self.steps = 0
        self.todo: list[tuple[Any, ...]] = []
        self.marks = [-1] * (2 * groups)
        self.counters = [(0, -1)] * loops
        self._program = program
        self._cap = cap

    def run(self, at: int, accepts: Callable[[int], bool] | None = None) -> bool:
        """Run from an instruction to the next success that is accepted."""
        program, cap = self._program, self._cap
        while True:
            self.steps += 1
            if self.steps > cap:
                raise TooManySteps(f"more than {cap:,} steps")
            goes_on = program[at].take(self, at)
            if goes_on == SUCCESS and (accepts is None or accepts(self.position)):
                return True
            if goes_on < 0:
                goes_on = self._resume()
                if goes_on < 0:
                    return False
            at = goes_on

    def apart(self, at: int, position: int) -> int:
        """Run a part for itself; gives where it ends, or -1. What it has left to try is dropped."""
        outer, here = self.todo, self.position
        self.todo, self.position = [], position
        ends = self.position if self.run(at) else -1
        self.todo, self.position = outer, here
        return ends

    def change(self, values: list[Any], index: Any, value: Any) -> None:
        """Change something that is to be as before where this way fails."""
        self.todo.append((-1, values, index, values[index]))
        values[index] = value

    def _resume(self) -> int:
        while self.todo:
            at, *rest = self.todo.pop()
            self.steps += 1
            if at < 0:
                values, index, value = rest
                values[index] = value
                continue
            self.position, last = rest
            if self.position != last:
                self.todo.append((at, self.position + (1 if last > self.position else -1), last))
            return int(at)
        return FAILURE


FAILURE = -1
SUCCESS = -2


class Instruction:
    """One instruction; gives the place of the next one, `FAILURE` or `SUCCESS`."""

    def take(self, attempt: Attempt, at: int) -> int:
        raise NotImplementedError


class Success(Instruction):
    """The end of the program, or of a part that is matched for itself."""

    def take(self, attempt: Attempt, at: int) -> int:
        return SUCCESS


class Fail(Instruction):
    """What never matches."""

    def take(self, attempt: Attempt, at: int) -> int:
        return FAILURE


@dataclass
class One(Instruction):
    """A character, some that stand in a row, or a border: asked of the standard engine."""

    form: re.Pattern[Any]

    def take(self, attempt: Attempt, at: int) -> int:
        found = self.form.match(attempt.text, attempt.position, attempt.end)
        if not found:
            return FAILURE
        attempt.position = found.end()
        return at + 1


@dataclass
class Run(Instruction):
    """A repetition of one character; the standard engine says how far it goes, each character is a step."""

    furthest: re.Pattern[Any]
    least: int
    kind: str

    def take(self, attempt: Attempt, at: int) -> int:
        start = attempt.position
        found = self.furthest.match(attempt.text, start, attempt.end)
        assert found
        stop, least = found.end(), start + self.least
        if stop < least:
            attempt.steps += stop - start
            return FAILURE
        if self.kind == "lazy":
            attempt.position = least
            if stop > least:
                attempt.todo.append((at + 1, least + 1, stop))
        else:
            attempt.steps += stop - start
            attempt.position = stop
            if stop > least and self.kind == "greedy":
                attempt.todo.append((at + 1, stop - 1, least))
        return at + 1


@dataclass
class Branch(Instruction):
    """Alternatives: each one is a step; those that cannot begin with the character at hand are left out."""

    can_begin: list[Callable[[Any], bool]]
    starts: list[int] = field(default_factory=list)
    known: dict[Any, list[int]] = field(default_factory=dict)

    def take(self, attempt: Attempt, at: int) -> int:
        position = attempt.position
        attempt.steps += len(self.starts)
        character = attempt.text[position : min(position + 1, attempt.end)]
        if character not in self.known:
            each = zip(self.starts, self.can_begin, strict=True)
            self.known[character] = [start for start, can_begin in each if can_begin(character)]
        starts = self.known[character]
        if not starts:
            return FAILURE
        attempt.todo += [(start, position, position) for start in starts[:0:-1]]
        return starts[0]


@dataclass
class Jump(Instruction):
    """Goes on elsewhere."""

    to: int = 0

    def take(self, attempt: Attempt, at: int) -> int:
        return self.to


@dataclass
class Mark(Instruction):
    """Where a group begins or ends."""

    number: int

    def take(self, attempt: Attempt, at: int) -> int:
        attempt.change(attempt.marks, self.number, attempt.position)
        return at + 1


@dataclass
class Until(Instruction):
    """The end of what is repeated: once more, or on. `Enter` begins it."""

    number: int
    least: int
    most: float
    is_lazy: bool
    again: int = 0

    def take(self, attempt: Attempt, at: int) -> int:
        count, last = attempt.counters[self.number]
        count, position = count + 1, attempt.position
        if count < self.least:
            attempt.change(attempt.counters, self.number, (count, last))
            return self.again
        if count >= self.most or position == last:
            return at + 1
        if self.is_lazy:
            attempt.todo.append((-1, attempt.counters, self.number, (count - 1, last)))
            attempt.todo.append((self.again, position, position))
            attempt.todo.append((-1, attempt.counters, self.number, (count, position)))
            return at + 1
        attempt.todo.append((at + 1, position, position))
        attempt.change(attempt.counters, self.number, (count, position))
        return self.again


@dataclass
class Enter(Instruction):
    """The beginning of a repetition."""

    number: int
    until: int = 0

    def take(self, attempt: Attempt, at: int) -> int:
        attempt.change(attempt.counters, self.number, (-1, -1))
        return self.until


@dataclass
class HostProbe(Instruction):
    """A look ahead, or `back` characters behind."""

    back: int
    is_wanted: bool
    then: int = 0

    def take(self, attempt: Attempt, at: int) -> int:
        start, marks = attempt.position - self.back, attempt.marks[:]
        found = start >= 0 and attempt.apart(at + 1, start) >= 0
        if found and not self.is_wanted:
            attempt.marks[:] = marks
        elif found:
            attempt.todo.append((-1, attempt.marks, slice(None), marks))
        return self.then if found == self.is_wanted else FAILURE


@dataclass
class Possessive(Instruction):
    """What is repeated, or taken once, and never given back."""

    least: int
    most: float
    then: int = 0

    def take(self, attempt: Attempt, at: int) -> int:
        attempt.todo.append((-1, attempt.marks, slice(None), attempt.marks[:]))
        count = 0
        while count < self.most and (end := attempt.apart(at + 1, attempt.position)) >= 0:
            count += 1
            if end == attempt.position:
                count = max(count, self.least)
                break
            attempt.position = end
        return self.then if count >= self.least else FAILURE


@dataclass
class Same(Instruction):
    """What a group has matched, once more."""

    group: int
    ignores_case: bool

    def take(self, attempt: Attempt, at: int) -> int:
        first, last = attempt.marks[2 * self.group : 2 * self.group + 2]
        if first < 0 or last < first:
            return FAILURE
        meant = attempt.text[first:last]
        stop = attempt.position + len(meant)
        here = attempt.text[attempt.position : min(stop, attempt.end)]
        attempt.steps += len(meant)
        if meant != here and not (self.ignores_case and meant.lower() == here.lower()):
            return FAILURE
        attempt.position = stop
        return at + 1


@dataclass
class IfGroup(Instruction):
    """One way where a group has matched, another where it has not."""

    group: int
    otherwise: int = 0

    def take(self, attempt: Attempt, at: int) -> int:
        return at + 1 if attempt.marks[2 * self.group + 1] >= 0 else self.otherwise
