"""Tests that drive a real terminal or browser are system tests: `make test` needs neither, and stays quick."""

from __future__ import annotations

import importlib
import os
import re
from pathlib import Path

import pytest

from tests.sampling import SAMPLED

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


@pytest.mark.xdist_group("those that look at one scene")
def test_a_group_goes_to_one_worker(request: pytest.FixtureRequest) -> None:
    """pytest-xdist tells a group by the node id; where it cannot, each worker plays each scene."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        assert request.node.nodeid.endswith("@those that look at one scene")


@pytest.mark.parametrize("key", SAMPLED)
def test_what_is_sampled_is_a_test_with_cases(key: str) -> None:
    module, _, name = key.partition("::")
    source = (TESTS / module).read_text(encoding="utf-8")

    assert re.search(rf"parametrize\((?:(?!\ndef |\nasync def ).|\n)*\n(?:async )?def {name}\(", source), key
    assert SAMPLED[key] > 1
