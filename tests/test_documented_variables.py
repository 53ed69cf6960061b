"""Every environment variable that the program reads is in `help environment`, and every one that is there is read."""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

from tests.documented import HELP, ROOT
from wizard.core.process import ignore_textual

_NAME: Final = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
READ_BY_LIBRARIES: Final = {"NO_PROXY": "requests.utils", "TEXTUAL_THEME": "textual.constants"}
"""Variables that a library reads, and the module that does."""
EXAMPLES: Final = {"PROXY", "PORT", "USER", "PASSWORD", "PARTNER_APP_SECRET"}
"""Names in the examples of that page."""
NO_VARIABLES: Final = {
    "AF_UNIX",  # a kind of socket
    *("GET", "HEAD", "POST", "NO", "YES", "PERHAPS", "FILE", "SCENE", "PRETTY_NAME", "AADSTS", "CAUSE"),
    "PYTHONPATH",  # set for the process that sends alerts, and not read
    *("AZURE_CORE_COLLECT_TELEMETRY", "AZURE_CORE_NO_COLOR"),  # set for the Azure CLI, and not read
}
"""Words that look like a variable's name, in modules that read the environment."""


def variables_in(source: str) -> set[str]:
    """Return the names of variables in a module that has to do with the environment."""
    if "environ" not in source:
        return set()
    tree = ast.parse(source)
    strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {each for each in strings if _NAME.fullmatch(each) and len(each) > 2} - NO_VARIABLES


def variables_of_the_program() -> set[str]:
    """Return the names of variables that our code reads; the rehearsal cloud reads none."""
    return {name for path in _code() for name in variables_in(path.read_text(encoding="utf-8"))}


def _code() -> Iterable[Path]:
    for package in ("wizard", "screens"):
        yield from (path for path in (ROOT / package).rglob("*.py") if "rehearsal" not in path.parts)


def documented_variables() -> set[str]:
    """Return the variables of the table, and of the sentences below it."""
    text = (HELP / "environment.md").read_text(encoding="utf-8")
    return {name for code in re.findall(r"`([^`]+)`", text) for name in re.findall(r"\b[A-Z][A-Z0-9_]+\b", code)}


def test_every_variable_that_is_read_is_documented_and_no_other() -> None:
    assert documented_variables() - EXAMPLES == variables_of_the_program() | READ_BY_LIBRARIES.keys()


@pytest.mark.parametrize(("name", "module"), READ_BY_LIBRARIES.items())
def test_a_library_still_reads_what_is_left_to_it(name: str, module: str) -> None:
    assert name.lower() in inspect.getsource(importlib.import_module(module)).lower()


@pytest.mark.parametrize(
    "planted",
    ['value = os.environ.get("NEW_NAME", "")', 'if "NEW_NAME" in environ: pass', 'has = environ.get; has("NEW_NAME")'],
)
def test_a_variable_that_is_read_anywhere_is_noticed(planted: str) -> None:
    assert variables_in(planted) == {"NEW_NAME"}


def test_textual_writes_nothing_to_a_file_and_presses_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_SCREENSHOT", "TEXTUAL_PRESS"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("TEXTUAL_THEME", "nord")
    ignore_textual()
    assert [name for name in os.environ if name.startswith("TEXTUAL")] == ["TEXTUAL_THEME"]
