"""The list of guards is in order: each stands in its file once, and names tests that are there."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from tests.each import for_each
from tests.guards.catalogue import ROOT, Guard, guards


@for_each(guards(), names=lambda guard: f"{guard.part}: {guard.holds}")
def test_a_guard_stands_where_the_list_says_and_names_tests_that_exist(guard: Guard) -> None:
    assert guard.occurrences() == 1, "the code has changed: bring the entry up to date"
    assert guard.find != guard.replace
    assert guard.tests
    for test in guard.tests:
        module, _, name = test.partition("::")
        assert name.partition("[")[0] in functions(ROOT / module), test


@cache
def functions(path: Path) -> set[str]:
    """The names of all functions of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
