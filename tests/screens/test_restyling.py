"""A class of a page styles again the parts that the style sheets name with it, and nothing else."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from screens.terminal.restyling import PARTS

_RULE = re.compile(r"([^{}]+)\{[^{}]*\}")


def parts_named_with(name: str) -> set[str]:
    """The last part of each selector of ours that names a class above it."""
    sheets = [each.read_text(encoding="utf-8") for each in files("assets").joinpath("styles").iterdir()]
    text = re.sub(r"/\*.*?\*/", "", "\n".join(sheets), flags=re.DOTALL)
    selectors = [each.strip() for rule in _RULE.findall(text) for each in rule.split(",")]
    return {each.split()[-1] for each in selectors if re.search(rf"\.{name}(?![\w-])", each)}


@pytest.mark.parametrize("name", PARTS)
def test_every_part_that_a_class_styles_is_in_the_table(name: str) -> None:
    assert parts_named_with(name) == set(PARTS[name].split(", "))
