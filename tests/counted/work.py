"""The work of a piece of the program, counted place by place: twice the text may take about twice the work everywhere.

The program's modules are imported once more, rewritten so that each loop, call, search and copy tells what it does: a
turn of a loop is one, a search in a text is as much as the characters it looked at, a pattern as much as its steps.
"""

from __future__ import annotations

import ast
import importlib
import re
import sys
import types
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from itertools import islice
from pathlib import Path
from typing import Any

from tests.counted.matcher import Matcher

SEARCHES = {"find", "index", "rfind", "rindex"}
WHOLE = {
    *("count", "replace", "split", "rsplit", "splitlines", "partition", "rpartition", "join", "encode", "decode"),
    *("lower", "upper", "casefold", "title", "translate", "strip", "lstrip", "rstrip", "removeprefix", "removesuffix"),
    *("isprintable", "isascii", "isalnum", "isdigit", "isalpha", "expandtabs", "sort", "extend", "insert", "copy"),
}
"""Methods that look at a whole text or list, or copy it."""
ASKED = {"match", "fullmatch", "search", "finditer", "findall", "sub", "subn", "split"}
FUNCTIONS = {
    *("sorted", "list", "tuple", "set", "frozenset", "dict", "sum", "min", "max", "any", "all", "str", "repr"),
    *("unquote", "unquote_plus", "quote", "escape", "unescape", "loads", "dumps", "raw_decode", "b64decode"),
    *("urlsafe_b64decode", "b64encode", "urlsplit", "urlparse", "parse_qsl", "parse_qs", "normalize", "literal_eval"),
}
"""Functions that look at all of what they are given."""
SLACK = 0.5
"""What each character may cost beyond, at a place that a shorter text hardly comes to."""
LENGTHS = (400, 2_000)
"""At one of these lengths twice the text takes about twice the work: at a greater one where a limit is reached."""

Place = tuple[str, int]
Load = Callable[[str], Any]
"""Gives a module of the program by its name, rewritten."""


class Work:
    """What is done, by place; the rewritten modules tell it."""

    def __init__(self) -> None:
        self.done: Counter[Place] = Counter()
        self.is_counted = False

    def add(self, place: Place, amount: int) -> None:
        if self.is_counted:
            self.done[place] += amount

    def each(self, place: Place, items: Iterable[Any]) -> Iterator[Any]:
        """The items of a comprehension."""
        for item in items:
            self.add(place, 1)
            yield item

    def function(self, place: Place, called: Callable[..., Any], *given: Any, **more: Any) -> Any:
        """Call a function that looks at all it is given."""
        self.add(place, 1 + sum(map(_size, given)))
        return called(*given, **more)

    def cut(self, place: Place, whole: Any, part: Any) -> Any:
        """Copy a part of a text or list."""
        piece = whole[part]
        self.add(place, 1 + _size(piece))
        return piece

    def added(self, place: Place, first: Any, second: Any) -> Any:
        """Copy two texts or lists into one."""
        both = first + second
        self.add(place, 1 + _size(both))
        return both

    def written(self, place: Place, text: str) -> str:
        """Copy what an f-string holds."""
        self.add(place, 1 + len(text))
        return text

    def within(self, place: Place, item: Any, whole: Any) -> bool:
        """Look for something in a text or list."""
        is_there = item in whole
        if isinstance(whole, (str, bytes)):
            self.add(place, 1 + (whole.find(item) if is_there else len(whole)))
        elif isinstance(whole, (list, tuple)):
            self.add(place, 1 + (whole.index(item) if is_there else len(whole)))
        return bool(is_there)

    def method(self, place: Place, owner: Any, name: str, *given: Any, **more: Any) -> Any:
        """Call a method, or a function of a module."""
        if not self.is_counted:
            return getattr(owner, name)(*given, **more)
        if owner is re and name in ASKED:
            return self._pattern(
                place, re.compile(given[0], *_flags(name, given, more)), name, *_for_pattern(name, given)
            )
        owner = getattr(owner, "compiled", owner)  # of a pattern that is compiled when it is needed
        if isinstance(owner, re.Pattern) and name in ASKED:
            return self._pattern(place, owner, name, *given, **more)
        result = getattr(owner, name)(*given, **more)
        if name in SEARCHES and isinstance(owner, (str, bytes)):
            start, end, _ = slice(*[*given[1:3], None, None][:2]).indices(len(owner))
            looked_at = end - start if result < 0 else result - start if name in {"find", "index"} else end - result
            self.add(place, 1 + max(looked_at, 0))
        elif isinstance(owner, (str, bytes, bytearray, list)) and name in WHOLE:
            self.add(place, 1 + max(_size(owner), _size(result)))
        elif isinstance(owner, types.ModuleType) or name in FUNCTIONS:
            self.add(place, 1 + sum(map(_size, given)))
        return result

    def _pattern(self, place: Place, pattern: re.Pattern[Any], name: str, *given: Any, **more: Any) -> Any:
        if name == "finditer":
            return self._found(place, pattern, given)
        matcher = Matcher(pattern)
        try:
            if name in {"match", "fullmatch"}:
                matcher.match(*given, whole=name == "fullmatch")
            elif name == "search":
                matcher.search(*given)
            else:
                text = given[1] if name in {"sub", "subn"} else given[0]
                most = more.get("count", more.get("maxsplit", 0)) or None
                for _ in islice(matcher.finditer(text), most):
                    pass
                matcher.steps += len(text)
        finally:
            self.add(place, 1 + matcher.steps)
        return getattr(pattern, name)(*given, **more)

    def _found(self, place: Place, pattern: re.Pattern[Any], given: Sequence[Any]) -> Iterator[Any]:
        matcher = Matcher(pattern)
        counted = matcher.finditer(*given)
        for found in pattern.finditer(*given):
            steps = matcher.steps
            assert next(counted) == found.span()
            self.add(place, 1 + matcher.steps - steps)
            yield found
        steps = matcher.steps
        assert next(counted, None) is None
        self.add(place, 1 + matcher.steps - steps)


WORK = Work()


def _size(value: Any) -> int:
    return len(value) if isinstance(value, (str, bytes, bytearray, list, tuple, set, frozenset, dict)) else 0


def _flags(name: str, given: Sequence[Any], more: dict[str, Any]) -> list[Any]:
    place = 4 if name in {"sub", "subn"} else 3 if name == "split" else 2
    return [more["flags"]] if "flags" in more else list(given[place : place + 1])


def _for_pattern(name: str, given: Sequence[Any]) -> Sequence[Any]:
    return given[1:3] if name in {"sub", "subn"} else given[1:2]


class _Rewriter(ast.NodeTransformer):
    """Lets each place tell what it does."""

    def __init__(self, module: str) -> None:
        self._module = module

    def _emit(self, node: ast.AST, method: str, *given: ast.expr, more: list[ast.keyword] | None = None) -> ast.Call:
        place = ast.Constant((self._module, getattr(node, "lineno", 0)))  # type: ignore[arg-type]
        called = ast.Attribute(ast.Name("__work__", ast.Load()), method, ast.Load())
        return ast.Call(called, [place, *given], more or [])

    def _begin(self, node: Any, after: int = 0) -> Any:
        self.generic_visit(node)
        node.body.insert(after, ast.Expr(self._emit(node, "add", ast.Constant(1))))
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        return self._begin(node, 1 if ast.get_docstring(node) is not None else 0)

    def visit_For(self, node: ast.For) -> Any:
        return self._begin(node)

    def visit_While(self, node: ast.While) -> Any:
        return self._begin(node)

    def visit_comprehension(self, node: ast.comprehension) -> Any:
        self.generic_visit(node)
        node.iter = self._emit(node.target, "each", node.iter)
        return node

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        called = node.func
        if isinstance(called, ast.Attribute) and called.attr in SEARCHES | WHOLE | ASKED | FUNCTIONS:
            name = ast.Constant(called.attr)
            return self._emit(node, "method", called.value, name, *node.args, more=node.keywords)
        if isinstance(called, ast.Name) and called.id in FUNCTIONS:
            return self._emit(node, "function", called, *node.args, more=node.keywords)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        self.generic_visit(node)
        if isinstance(node.slice, ast.Slice) and isinstance(node.ctx, ast.Load):
            bounds = [bound or ast.Constant(None) for bound in (node.slice.lower, node.slice.upper, node.slice.step)]
            return self._emit(node, "cut", node.value, ast.Call(ast.Name("slice", ast.Load()), bounds, []))
        return node

    def visit_Compare(self, node: ast.Compare) -> Any:
        self.generic_visit(node)
        if len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            found = self._emit(node, "within", node.left, node.comparators[0])
            return ast.UnaryOp(ast.Not(), found) if isinstance(node.ops[0], ast.NotIn) else found
        return node

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        self.generic_visit(node)
        return self._emit(node, "added", node.left, node.right) if isinstance(node.op, ast.Add) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Any:
        for part in node.values:
            if isinstance(part, ast.FormattedValue):  # its format is a JoinedStr too, and stays one
                part.value = self.visit(part.value)
        return self._emit(node, "written", node)


class _Loader(SourceFileLoader):
    """Loads a module rewritten, whatever bytecode there is."""

    def get_code(self, fullname: str) -> types.CodeType:
        tree = ast.parse(Path(self.path).read_text(encoding="utf-8"))
        tree = ast.fix_missing_locations(_Rewriter(fullname).visit(tree))
        made: types.CodeType = compile(tree, self.path, "exec", dont_inherit=True)
        return made

    def exec_module(self, module: types.ModuleType) -> None:
        vars(module)["__work__"] = WORK
        super().exec_module(module)


class _Finder(MetaPathFinder):
    """Finds the program's modules."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path) if fullname.partition(".")[0] == "wizard" else None
        if spec and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(fullname, spec.loader.path)
        return spec


_rewritten: dict[str, types.ModuleType] = {}


def _of_the_program() -> dict[str, types.ModuleType]:
    return {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "wizard"}


@contextmanager
def rewritten() -> Iterator[Load]:
    """Have the rewritten modules in place of the program's own."""
    own, finder = _of_the_program(), _Finder()
    for name in own:
        del sys.modules[name]
    sys.modules.update(_rewritten)
    sys.meta_path.insert(0, finder)
    try:
        yield importlib.import_module
    finally:
        sys.meta_path.remove(finder)
        _rewritten.update(_of_the_program())
        for name in _rewritten:
            del sys.modules[name]
        sys.modules.update(own)


def work_of(use: Callable[[Load, str], object], text: str) -> Counter[Place]:
    """What is done with a text, by place; a first use, uncounted, fills what is read once."""
    with rewritten() as load:
        use(load, "AADSTS50076")
        WORK.done = Counter()
        WORK.is_counted = True
        try:
            use(load, text)
        finally:
            WORK.is_counted = False
        return WORK.done


def repeated(unit: str, before: str = "", end: str = "") -> Callable[[int], str]:
    """Texts of about any length in which something is repeated."""
    return lambda length: before + unit * (length // len(unit) + 1) + end


def assert_work_in_proportion(use: Callable[[Load, str], object], text_of: Callable[[int], str]) -> None:
    """A text doubled, and doubled again, takes about twice the work each time at every place.

    Where text is read again and again it takes four times.
    """
    growing: list[str] = []
    for length in LENGTHS:
        once, twice, again = (work_of(use, text_of(many * length)) for many in (1, 2, 4))
        growing = [
            *_growing(once, twice, length, "once, then doubled"),
            *_growing(twice, again, 2 * length, "doubled, then doubled again"),
        ]
        if not growing:
            return
    raise AssertionError("twice the text takes more than twice the work:\n" + "\n".join(growing))


def _growing(before: Counter[Place], after: Counter[Place], length: int, how: str) -> list[str]:
    """The places where twice the text took more than about twice the work, in words."""
    return [
        f"{module}, line {line}: {before[module, line]:,}, then {amount:,} ({how})"
        for (module, line), amount in after.most_common()
        if amount > 2.6 * before[module, line] + SLACK * 2 * length
    ]
