"""Every `partner-wizard …` that a text names is a command: the real parser takes it."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documented import commands
from tests.in_process import call_cli
from wizard.commands.options import read_options

ROOT = Path(__file__).parents[1]
NAMED = re.compile(r"\bpartner-wizard(?:[ \t]+(?P<words>[^\n]*))?")
CODE = re.compile(r"```.*?\n(?P<block>.*?)```|`(?P<span>[^`]+)`|“(?P<quoted>partner-wizard[^”]*)”", re.DOTALL)
SHELL_WORDS = {"|", ">", "<", "&&", ";", "2>&1"}
PLACEHOLDERS = {
    "[SCENE]": "wrong-secret",
    "[TOPIC]": "",
    "[FILE]": "",
    "…": "",
    "COMMAND": "run",
    "TEXT|FILE|-": "-",
    "NUMBER": "8400",
}
"""What stands for something else in a text: what a person would type there, "" for nothing."""
IN_CODE = {"name": "run", "command": "run", "mode": "list", "alternative": "run"}
"""What stands for a name in a text that is made by the program."""
VALUES = ("8400", "bash", "list")
"""What a command or an option that needs a value may get, where a sentence names it alone."""
PROSE = {
    *("add", "again", "and", "asks", "at", "can", "cannot", "continues", "did", "does", "enter", "goes", "has", "in"),
    *("inside", "is", "itself", "makes", "never", "offers", "on", "raises", "reads", "shows", "started", "stopped"),
    *("takes", "that", "the", "then", "to", "uses", "waits", "was", "while", "write", "writes"),
}
"""Words that follow on the program's name in a sentence."""


def texts() -> Iterator[tuple[str, str]]:
    """Every text that people read, with the name of its file."""
    folders = [ROOT / "assets" / name for name in ("help", "scenes", "pages")]
    for path in [ROOT / "README.md", *(each for folder in folders for each in folder.iterdir())]:
        yield path.name, path.read_text(encoding="utf-8")
    for path in (ROOT / "assets").glob("*.json"):
        yield path.name, path.read_text(encoding="utf-8").replace("\\n", "\n").replace('\\"', '"')
    for package in ("wizard", "screens"):
        for path in (ROOT / package).rglob("*.py"):
            for text in strings_of(ast.parse(path.read_text(encoding="utf-8"))):
                yield str(path.relative_to(ROOT)), text


def strings_of(module: ast.Module) -> Iterator[str]:
    """Every string of a program; where a value is put into one, what it stands for."""
    inside = {id(part) for node in ast.walk(module) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(module):
        if isinstance(node, ast.JoinedStr):
            yield "".join(_part(each) for each in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.value


def _part(node: ast.expr) -> str:
    if isinstance(node, ast.FormattedValue):
        return IN_CODE.get(ast.unparse(node.value), "VALUE")
    return str(node.value) if isinstance(node, ast.Constant) else ""


def named_in_code(text: str) -> Iterator[list[str]]:
    """The words of each command that stands between marks or in a block: all of the line is the command."""
    for found in CODE.finditer(text):
        for line in (found["block"] or found["span"] or found["quoted"]).splitlines():
            command = NAMED.search(line.partition("  #")[0])
            if command and (found["block"] is None or line.lstrip("$ ").startswith("partner-wizard")):
                words = shlex.split((command["words"] or "").replace(")", " ")) if command["words"] else []
                end = next((at for at, word in enumerate(words) if word in SHELL_WORDS), len(words))
                yield [each for word in words[:end] if (each := PLACEHOLDERS.get(word, word))]


def named_in_prose(text: str) -> Iterator[list[str]]:
    """The words of each command in a sentence: as far as they are a command and its options."""
    for found in NAMED.finditer(CODE.sub("", text)):
        words: list[str] = []
        for word in (found["words"] or "").split():
            bare = word.strip(".,:;()”“’‘")
            if not (bare.startswith("--") or (not words and re.fullmatch(r"[a-z-]+", bare) and bare not in PROSE)):
                break
            words.append(bare)
            if bare != word:
                break
        yield words


def named() -> Iterator[tuple[str, list[str]]]:
    for name, text in texts():
        for words in (*named_in_code(text), *named_in_prose(text)):
            yield name, words


def is_taken(words: list[str]) -> bool:
    """Whether the command line takes these words; a sentence may leave out the value of the last option."""
    for given in (words, *([*words, value] for value in VALUES)):
        try:
            read_options(given)
        except SystemExit as ended:
            if ended.code == 0:  # --help, --version
                return True
        else:
            return True
    return False


def test_every_command_that_a_text_names_is_one() -> None:
    found = {(name, tuple(words)) for name, words in named()}

    assert {(name, words) for name, words in found if not is_taken(list(words))} == set()
    assert len(found) > 40
    assert {words[0] for _, words in found if words} >= {"run", "check", "rehearse", "report", "support-bundle"}


def test_help_names_no_other_commands_than_there_are() -> None:
    listed = set(re.findall(r"^    ([a-z-]+)  ", call_cli("--help").stdout, re.MULTILINE))

    assert listed == set(commands()) - {""}


@pytest.mark.parametrize(
    "text",
    [
        "Type `partner-wizard renew --install`.",
        "Then partner-wizard repair, and wait.",
        "```\n$ partner-wizard run --force\n```",
        "Afterwards “partner-wizard rotate” tells.",
        "Run partner-wizard check --repair.",
    ],
)
def test_a_command_that_there_is_not_is_found(text: str) -> None:
    assert not all(is_taken(words) for words in (*named_in_code(text), *named_in_prose(text)))
