"""What docstrings say of public functions: what they return, which arguments there are, what is raised."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Final

import pytest

from tests.sources import CODE, Source, assert_none, is_private


def docstrings_that_give(files: Iterable[Source]) -> list[str]:
    """Return the public functions whose docstring begins with "Give" where Python's own begin with "Return"."""
    return [
        f"{source.path}:{node.lineno}: {node.name}"
        for source in files
        for node in ast.walk(ast.parse(source.text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not is_private(node.name)
        and re.match(r"gives?\b", ast.get_docstring(node) or "", re.IGNORECASE)
    ]


def test_docstrings_begin_with_return() -> None:
    assert_none(docstrings_that_give(CODE), "begin with what it does: Return …")


def test_a_docstring_that_gives_is_noticed() -> None:
    def planted(words: str, name: str = "read") -> list[Source]:
        return [Source("wizard/planted.py", f'class A:\n    def {name}(self) -> str:\n        """{words}"""\n')]

    assert docstrings_that_give(planted("Gives the text.")) == ["wizard/planted.py:2: read"]
    assert docstrings_that_give(planted("Give the text.")) != []
    assert docstrings_that_give(planted("Return what is given.")) == []
    assert docstrings_that_give(planted("Give the text.", "_read")) == []


Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
ARGUMENTS: Final = re.compile(r"^Args:\n((?:(?:    .*)?\n?)*)", re.MULTILINE)


def arguments_of(node: Documented) -> set[str]:
    """Return the names of a function's arguments, of a dataclass's fields, or of what a class is made with."""
    if not isinstance(node, ast.ClassDef):
        taken = node.args
        others = [each for each in (taken.vararg, taken.kwarg) if each]
        return {each.arg for each in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs, *others)}
    names = {
        each.target.id for each in node.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    }
    made = [each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"]
    return names.union(*map(arguments_of, made))


def arguments_that_are_none(files: Iterable[Source]) -> list[str]:
    """Return the names that a docstring explains under "Args:", and that nothing has."""
    found = []
    for source in files:
        for node in ast.walk(ast.parse(source.text)):
            if isinstance(node, Documented) and (section := ARGUMENTS.search(ast.get_docstring(node) or "")):
                explained = re.findall(r"^    (\*{0,2}\w+(?:, \w+)*):", section[1], re.MULTILINE)
                names = {name.strip("* ") for each in explained for name in each.split(",")}
                strange = names - arguments_of(node) - {"Raises", "Source"}
                found += [f"{source.path}:{node.lineno}: {node.name}: {name}" for name in sorted(strange)]
    return found


def test_docstrings_explain_arguments_that_there_are() -> None:
    assert_none(arguments_that_are_none(CODE), "there is no such argument")


def test_an_argument_that_is_none_is_noticed() -> None:
    explained = '"""It.\n\n    Args:\n        text: it.\n    """\n'

    def planted(name: str) -> list[str]:
        of_function = Source("wizard/a.py", f"def read({name}) -> str:\n    {explained}")
        of_class = Source("wizard/b.py", f"class Read:\n    {explained}\n    {name}: str\n")
        return arguments_that_are_none([of_function, of_class])

    assert planted("text") == []
    assert planted("words") == ["wizard/a.py:1: read: text", "wizard/b.py:1: Read: text"]


def silent_about_errors(files: Iterable[Source]) -> list[str]:
    """Return the public functions that raise an error, and do not say so."""
    return [
        f"{source.path}:{node.lineno}: {node.name}"
        for source in files
        for node in ast.walk(ast.parse(source.text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not is_private(node.name)
        and not (node.returns and ast.unparse(node.returns) == "Finding")  # of a check, an error becomes one by itself
        and (doc := ast.get_docstring(node))
        and any(is_raised(each) for each in own_nodes(node))
        and not re.search(r"\b(?:raises?|errors?|refus\w+)\b", doc, re.IGNORECASE)
    ]


def is_raised(node: ast.AST) -> bool:
    """Return whether it is an error that is made and raised here; an exit is none."""
    match node:
        case ast.Raise(exc=ast.Call(func=ast.Name(id=name))):
            return name != "SystemExit"
    return False


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what stands in a function, and not in a function within it."""
    for each in ast.iter_child_nodes(node):
        if not isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield each
            yield from own_nodes(each)


def test_docstrings_say_which_errors_are_raised() -> None:
    assert_none(silent_about_errors(CODE), "say what it raises, and when")


@pytest.mark.parametrize(("words", "is_enough"), [("Return it.", False), ("Return it; raise KeyError.", True)])
def test_a_silent_docstring_is_noticed(words: str, is_enough: bool) -> None:
    planted = f'def read(text: str) -> str:\n    """{words}"""\n    if not text:\n        raise KeyError(text)\n'

    assert bool(silent_about_errors([Source("wizard/planted.py", planted)])) != is_enough
