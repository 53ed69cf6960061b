"""Every regular expression of the program: those that its modules hold, and those written where they are used."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from wizard.catalogue import outgoing_message, placeholders
from wizard.core.late_pattern import LatePattern
from wizard.explain.reading.service_mentions import pattern_of, patterns_of_names
from wizard.explain.reading.wordings import wordings

PACKAGES = ("wizard", "screens")
ASKED = {"match", "fullmatch", "search", "finditer", "findall", "sub", "subn", "split"}
ANCHORED = {"match", "fullmatch"}
"""Asked so, a pattern is tried at one place of a text alone."""


class Used(NamedTuple):
    """A pattern, where it was found, and by which methods it is asked."""

    pattern: re.Pattern[str]
    where: str
    asked: frozenset[str]


@lru_cache(1)
def modules() -> dict[str, ModuleType]:
    """Every module of the program."""
    found = {}
    for package in map(importlib.import_module, PACKAGES):
        found[package.__name__] = package
        for each in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if not each.name.endswith("__main__"):
                found[each.name] = importlib.import_module(each.name)
    return found


@lru_cache(1)
def all_patterns() -> list[Used]:
    """Every pattern once."""
    found: dict[tuple[Any, int], tuple[re.Pattern[str], str, set[str]]] = {}

    def add(pattern: re.Pattern[str], where: str, asked: set[str]) -> None:
        first = found.setdefault((pattern.pattern, pattern.flags), (pattern, where, set()))
        first[2].update(asked)

    for name, module in modules().items():
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        held = [(label, value, pattern) for label, value in vars(module).items() for pattern in held_by(value)]
        if not held and "re." not in source:
            continue
        tree = ast.parse(source)
        for pattern, line, asked in written_in_place(tree):
            add(pattern, f"{name}:{line}", {asked})
        named = asked_by_name(tree)
        for label, value, pattern in held:
            is_named = isinstance(value, (re.Pattern, LatePattern))
            add(pattern, f"{name}.{label}", named.get(label, set()) if is_named else ASKED)
    for wording in wordings():
        for text in wording.patterns:
            add(re.compile(text, re.IGNORECASE), f"message of {wording.service}/{wording.key}", {"finditer"})
    for text, where, asked in kept_as_text():
        add(re.compile(text, re.IGNORECASE if asked == "search" else 0), where, {asked})
    add(re.compile(pattern_of(patterns_of_names())), "names of services", {"finditer"})
    return [Used(pattern, where, frozenset(asked)) for pattern, where, asked in found.values()]


def kept_as_text() -> Iterator[tuple[str, str, str]]:
    """The patterns that are compiled when they are asked, with the method that asks them."""
    catalogue = json.loads(files("assets").joinpath("entra-errors.json").read_text(encoding="utf-8"))
    for name, text in catalogue["patterns"].items():
        yield text, f"pattern {name} of causes", "search"
    for entry in (*catalogue["aadsts"], *catalogue["other"]):
        for cause in entry.get("causes", ()):
            for text in (cause["when"], cause.get("unless", "")):
                if text not in catalogue["patterns"]:
                    yield text, f"a cause of {entry['code']}", "search"
    for placeholder, patterns in placeholders._PATTERNS.items():
        for text in patterns:
            yield text, f"placeholder {placeholder}", "search"
    for placeholder, (_, text) in outgoing_message._PLACEHOLDERS.items():
        yield text, f"value of {placeholder}", "fullmatch"


def held_by(value: object, depth: int = 4) -> Iterator[re.Pattern[str]]:
    """The patterns in a module's variable, in what it holds, and in the classes and closures it defines."""
    if isinstance(value, (re.Pattern, LatePattern)):
        yield value.compiled if isinstance(value, LatePattern) else value
        return
    inner: list[object] = []
    if isinstance(value, dict):
        inner = [*value, *value.values()]
    elif isinstance(value, (list, tuple, set, frozenset)):
        inner = list(value)
    elif isinstance(value, type):
        inner = list(vars(value).values()) if value.__module__.split(".")[0] in PACKAGES else []
    elif is_dataclass(value):
        inner = [getattr(value, each.name) for each in fields(value)]
    for each in inner if depth else ():
        yield from held_by(each, depth - 1)


def written_in_place(tree: ast.AST) -> Iterator[tuple[re.Pattern[str], int, str]]:
    """The patterns given to `re.search` and its like as text, with line and function; flags as they stand there."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        module, asked = node.func.value, node.func.attr
        if not (isinstance(module, ast.Name) and module.id == "re" and asked in ASKED):
            continue
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
            flags = re.IGNORECASE if "IGNORECASE" in ast.unparse(node) else 0
            yield re.compile(node.args[0].value, flags), node.lineno, asked


def asked_by_name(tree: ast.AST) -> dict[str, set[str]]:
    """How each name of a module is asked, as in `_NAME.match(…)`; what is handed on is asked in any way."""
    asked: dict[str, set[str]] = {}
    nodes = list(ast.walk(tree))
    called = {
        id(node.func.value): node.func.attr
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            asked.setdefault(node.id, set()).update({called[id(node)]} if id(node) in called else ASKED)
    return asked
