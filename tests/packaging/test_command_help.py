"""Every command's help: a sentence, examples that the real parser takes, the variables that it reads."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

import pytest

from tests.documented import commands
from tests.in_process import call_cli
from wizard.commands.command_help import EXAMPLES, READS, SENTENCES, VARIABLES
from wizard.commands.completion import scenes
from wizard.commands.options import read_options

COMMANDS = sorted(commands())
SHELL_WORDS = {"|", ">", "<"}


def words_of(example: str) -> list[str]:
    """What the program is given by an example, as a shell would: without pipes and redirections."""
    typed = shlex.split(re.sub(r'eval "\$\((.*)\)"', r"\1", example))
    words = typed[typed.index("partner-wizard") + 1 :]
    return words[: next((at for at, word in enumerate(words) if word in SHELL_WORDS), len(words))]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_a_sentence_examples_and_the_environment(command: str) -> None:
    ended = call_cli(*command.split(), "--help")
    text = " ".join(ended.stdout.split())

    assert ended.returncode == 0
    assert SENTENCES[command] in text
    assert SENTENCES[command].endswith(".")
    assert SENTENCES[command].count(". ") == 0
    assert 2 <= len(EXAMPLES[command]) <= 3
    assert all(f"\n  {example}\n" in ended.stdout for example in EXAMPLES[command])
    assert all(f"\n  {name} " in ended.stdout for name in READS[command])
    assert "exit codes: 0 " in text
    assert max(map(len, ended.stdout.splitlines())) <= 80


@pytest.mark.parametrize("command", COMMANDS)
def test_the_real_parser_takes_every_example(command: str) -> None:
    for example in EXAMPLES[command]:
        options = read_options(words_of(example))
        assert (options.command or "") in {command, "rehearse"}, example
        assert getattr(options, "scene", "wrong-secret") in scenes(), example


def test_every_variable_is_one_that_the_program_or_its_libraries_read() -> None:
    ours = "\n".join(path.read_text(encoding="utf-8") for path in Path("wizard").rglob("*.py"))
    by_libraries = {"COLUMNS", "NO_COLOR", "TEXTUAL_THEME"}
    assert {name for names in READS.values() for name in names} == set(VARIABLES)
    assert {name for name in VARIABLES if f'"{name}"' not in ours} <= by_libraries | {"HTTPS_PROXY", "NO_PROXY"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (("rehears",), "rehearse"),
        (("suport-bundle",), "support-bundle"),
        (("run", "--anwsers", "a.toml"), "--answers"),
        (("check", "--jsn"), "--json"),
        (("--jurney=a.json",), "--journey"),
        (("rehearse", "--unatended"), "--unattended"),
        (("rehearse", "wrong-secrt"), "wrong-secret"),
        (("rehearse", "vault-forbiden", "--unattended"), "vault-forbidden"),
    ],
    ids=" ".join,
)
def test_what_is_mistyped_is_answered_by_what_was_meant(
    typed: tuple[str, ...], meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wizard.cli._can_draw", lambda _alternative: True)
    ended = call_cli(*typed)

    assert ended.returncode == 2
    assert f"did you mean {meant}?" in ended.stderr


@pytest.mark.parametrize("typed", [("zzzz",), ("run", "--zzzz"), ("rehearse", "zzzz"), ("completion", "zzzz")])
def test_nothing_is_suggested_for_what_is_like_nothing(typed: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.cli._can_draw", lambda _alternative: True)
    ended = call_cli(*typed)

    assert ended.returncode == 2
    assert "did you mean" not in ended.stderr


def test_ascii_writes_twins_and_nothing_else(tmp_path: Path) -> None:
    told = call_cli("explain", "AADSTS50076")
    twins = call_cli("explain", "AADSTS50076", "--ascii")

    assert not told.stdout.isascii()
    assert twins.stdout.isascii()
    assert len(twins.stdout) == len(told.stdout)


def test_every_parser_is_of_a_command_that_help_knows() -> None:
    assert all(isinstance(parser, argparse.ArgumentParser) for parser in commands().values())
    assert set(commands()) == set(SENTENCES) == set(EXAMPLES) == set(READS)
