"""Tests that drive a real terminal or browser are system tests: `make test` needs neither, and stays quick."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
DRIVERS = [
    f"tests.{path.parent.name}.{path.stem}"
    for folder in ("terminal", "browser")
    for path in (TESTS / folder).glob("test_*.py")
]


@pytest.mark.parametrize("name", sorted(DRIVERS))
def test_a_module_that_drives_a_terminal_or_browser_bears_the_marker(name: str) -> None:
    marks = importlib.import_module(name).pytestmark
    names = {mark.name for mark in (marks if isinstance(marks, list) else [marks])}

    assert "system" in names
