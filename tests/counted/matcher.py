"""A matcher that counts its steps, and finds what the standard engine finds.

It tries what the standard engine tries, in the same order: each instruction, each character that a repetition takes or
gives back, and each position at which a search begins is a step. So a pattern that tries again and again shows in the
count, on any machine alike.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from string import printable
from typing import Any

from tests.counted import instructions
from tests.counted.instructions import Attempt, Instruction

PARSER: Any = importlib.import_module("re._parser")
_compiler: Any = importlib.import_module("re._compiler")
CODES: Any = importlib.import_module("re._constants")

Node = tuple[Any, Any]
"""What the standard parser gives: an operator and what belongs to it."""
Span = tuple[int, int]

ONE_CHARACTER = {CODES.LITERAL, CODES.NOT_LITERAL, CODES.IN, CODES.ANY}
"""What takes exactly one character."""
BORDERS = {CODES.AT, CODES.ASSERT, CODES.ASSERT_NOT}
REPEATS = {CODES.MAX_REPEAT: "greedy", CODES.MIN_REPEAT: "lazy", CODES.POSSESSIVE_REPEAT: "possessive"}


class Matcher:
    """Counts in `steps` what a pattern takes on the texts it is given.

    Args:
        pattern: one that the standard engine has compiled.
        cap: steps after which `TooManySteps` is raised.
    """

    def __init__(self, pattern: re.Pattern[Any], cap: int = 10_000_000) -> None:
        self.steps = 0
        self.cap = cap
        self._program = program_of(pattern.pattern, pattern.flags)
        self.marks: list[int] = []
        """Where each group of the last match begins and ends; -1 where one took no part."""

    def match(self, text: Any, start: int = 0, end: int | None = None, *, whole: bool = False) -> Span | None:
        """The span of a match that begins at `start`; with `whole`, that ends at `end` as well."""
        start, end = _within(text, start, end)
        return self._attempt(text, start, end, (lambda position: position == end) if whole else None)

    def search(self, text: Any, start: int = 0, end: int | None = None) -> Span | None:
        """The first match."""
        return next(self.finditer(text, start, end), None)

    def finditer(self, text: Any, start: int = 0, end: int | None = None) -> Iterator[Span]:
        """Every match, as the standard engine finds them one after the other."""
        start, end = _within(text, start, end)
        next_beginning = self._program.next_beginning(text, end)
        advance = False
        while found := self._search(text, start, end, next_beginning, advance):
            yield found
            start, advance = found[1], found[0] == found[1]

    def _search(
        self, text: Any, start: int, end: int, next_beginning: Callable[[int], int], advance: bool
    ) -> Span | None:
        """The first match; with `advance`, one at `start` must not be empty. Each place passed is a step."""
        accepts = (lambda position: position != start) if advance else None
        position = start
        while (begins := next_beginning(position)) <= end:
            self.steps += begins + 1 - position
            if found := self._attempt(text, begins, end, accepts if begins == start else None):
                return found
            position = begins + 1
        self.steps += begins - position
        return None

    def _attempt(self, text: Any, start: int, end: int, accepts: Callable[[int], bool] | None) -> Span | None:
        program = self._program
        attempt = Attempt(program.written, text, end, program.groups, program.loops, self.cap - self.steps)
        attempt.position = start
        try:
            found = attempt.run(0, accepts)
        finally:
            self.steps += attempt.steps
        self.marks = attempt.marks
        return (start, attempt.position) if found else None


class Program:
    """A pattern as a row of instructions, written from the tree of the standard parser."""

    def __init__(self, tree: Any) -> None:
        self.written: list[Instruction] = []
        self.groups = tree.state.groups
        self.loops = 0
        self.can_begin = _beginnings(tree, tree.state.flags)
        self._asked_of: set[Any] = set()
        self._may_begin: re.Pattern[Any] | None = None
        self._sequence(tree, tree.state.flags)
        self.written.append(instructions.Success())

    def next_beginning(self, text: Any, end: int) -> Callable[[int], int]:
        """Gives the next place from one on at which a match may begin; the one after `end` where there is none."""
        if self._may_begin is None or not self._asked_of.issuperset(text):
            self._asked_of.update(text, printable if isinstance(text, str) else printable.encode())
            each = [character if isinstance(text, str) else bytes((character,)) for character in self._asked_of]
            able = text[:0].join(re.escape(character) for character in each if self.can_begin(character))
            opened, closed, none = ("[", "]", "(?!)") if isinstance(text, str) else (b"[", b"]", b"(?!)")
            self._may_begin = re.compile(opened + able + closed if able else none)
        may_begin = self._may_begin
        last = end if self.can_begin(text[:0]) else end + 1

        def next_from(position: int) -> int:
            found = may_begin.search(text, position, end)
            return found.start() if found else max(last, position)

        return next_from

    def _sequence(self, nodes: Iterable[Node], flags: int) -> None:
        row: list[Node] = []
        for node in nodes:
            if node[0] is CODES.LITERAL:
                row.append(node)
                continue
            self._row(row, flags)
            row = []
            self._node(*node, flags)
        self._row(row, flags)

    def _row(self, row: list[Node], flags: int) -> None:
        if row:
            self.written.append(instructions.One(as_pattern(row, flags)))

    def _node(self, code: Any, what: Any, flags: int) -> None:
        if code in ONE_CHARACTER or code is CODES.AT:
            self.written.append(instructions.One(as_pattern([(code, what)], flags)))
        elif code is CODES.SUBPATTERN:
            group, more, fewer, inner = what
            if group is not None:
                self.written.append(instructions.Mark(2 * group))
            self._sequence(inner, _scoped(flags, more, fewer))
            if group is not None:
                self.written.append(instructions.Mark(2 * group + 1))
        elif code is CODES.BRANCH:
            self._branch(what[1], flags)
        elif code in REPEATS:
            self._repeat(REPEATS[code], what, flags)
        elif code is CODES.ATOMIC_GROUP:
            self._apart(instructions.Possessive(1, 1), what, flags)
        elif code in BORDERS:
            direction, inner = what
            back = inner.getwidth()[0] if direction < 0 else 0
            self._apart(instructions.HostProbe(back, code is CODES.ASSERT), inner, flags)
        elif code is CODES.GROUPREF:
            self.written.append(instructions.Same(what, bool(flags & re.IGNORECASE)))
        elif code is CODES.GROUPREF_EXISTS:
            self._if(what, flags)
        elif code is CODES.FAILURE:
            self.written.append(instructions.Fail())
        else:
            raise NotImplementedError(f"{code} {what}")

    def _branch(self, alternatives: list[Sequence[Node]], flags: int) -> None:
        branch = instructions.Branch([_beginnings(each, flags) for each in alternatives])
        self.written.append(branch)
        leaves = [instructions.Jump() for _ in alternatives]
        for alternative, leave in zip(alternatives, leaves, strict=True):
            branch.starts.append(len(self.written))
            self._sequence(alternative, flags)
            self.written.append(leave)
        for leave in leaves:
            leave.to = len(self.written)

    def _repeat(self, kind: str, what: Any, flags: int) -> None:
        least, most, inner = what
        if len(inner) == 1 and inner[0][0] in ONE_CHARACTER:
            furthest = as_pattern([(CODES.POSSESSIVE_REPEAT, (0, most, inner))], flags)
            self.written.append(instructions.Run(furthest, least, kind))
            return
        bound = float("inf") if most is CODES.MAXREPEAT else int(most)
        if kind == "possessive":
            self._apart(instructions.Possessive(least, bound), inner, flags)
            return
        enter = instructions.Enter(self.loops)
        until = instructions.Until(self.loops, least, bound, kind == "lazy")
        self.loops += 1
        self.written.append(enter)
        until.again = len(self.written)
        self._sequence(inner, flags)
        enter.until = len(self.written)
        self.written.append(until)

    def _apart(
        self, instruction: instructions.HostProbe | instructions.Possessive, inner: Iterable[Node], flags: int
    ) -> None:
        self.written.append(instruction)
        self._sequence(inner, flags)
        self.written.append(instructions.Success())
        instruction.then = len(self.written)

    def _if(self, what: Any, flags: int) -> None:
        group, yes, no = what
        decide, leave = instructions.IfGroup(group), instructions.Jump()
        self.written.append(decide)
        self._sequence(yes, flags)
        self.written.append(leave)
        decide.otherwise = len(self.written)
        self._sequence(no or (), flags)
        leave.to = len(self.written)


def _within(text: Any, start: int, end: int | None) -> Span:
    """The bounds of a search, where they lie beyond the text."""
    end = len(text) if end is None else max(0, min(end, len(text)))
    return max(0, min(start, len(text))), end


@lru_cache(2_000)
def program_of(pattern: str | bytes, flags: int) -> Program:
    """The program of an expression; `flags` are those of `re.compile`."""
    return Program(PARSER.parse(pattern, flags & ~_compiler.SRE_FLAG_DEBUG))


_MADE: dict[str, re.Pattern[Any]] = {}


def as_pattern(nodes: list[Node], flags: int) -> re.Pattern[Any]:
    """An expression of the standard engine, made of nodes that hold no group."""
    key = f"{nodes} {flags}"
    if key not in _MADE:
        state = PARSER.State()
        state.flags = flags
        _MADE[key] = _compiler.compile(PARSER.SubPattern(state, nodes), 0)
    return _MADE[key]


def _scoped(flags: int, more: int, fewer: int) -> int:
    if more & PARSER.TYPE_FLAGS:
        flags &= ~PARSER.TYPE_FLAGS
    return int((flags | more) & ~fewer)


def _beginnings(nodes: Sequence[Node], flags: int) -> Callable[[Any], bool]:
    """Tells of a character ("" at the end of the text) whether a match of the nodes may begin with it."""
    known: dict[Any, bool] = {}
    ask = partial(_begins, list(nodes), flags)

    def can_begin(character: Any) -> bool:
        if character not in known:
            known[character] = ask(character) is not False
        return known[character]

    return can_begin


def _begins(nodes: Iterable[Node], flags: int, character: Any) -> bool | None:
    """Whether the nodes may begin so; None where they may match nothing, so that what follows decides."""
    for code, what in nodes:
        begins: bool | None = True
        if code in ONE_CHARACTER:
            return bool(character) and as_pattern([(code, what)], flags).match(character) is not None
        if code is CODES.SUBPATTERN:
            begins = _begins(what[3], _scoped(flags, what[1], what[2]), character)
        elif code is CODES.ATOMIC_GROUP:
            begins = _begins(what, flags, character)
        elif code is CODES.BRANCH:
            each = [_begins(alternative, flags, character) for alternative in what[1]]
            begins = True if True in each else None if None in each else False
        elif code in REPEATS:
            least, _, inner = what
            begins = _begins(inner, flags, character)
            begins = None if begins is False and not least else begins
        elif code in BORDERS:
            begins = None
        if begins is not None:
            return begins
    return None
