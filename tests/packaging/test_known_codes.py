"""A code that stands alone is explained out of assets/codes.txt, and in the same words as by the catalogue."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documented import KNOWN_CODES, known_codes
from tests.in_process import call_cli
from tests.packaging.test_import_hygiene import loaded_by
from tests.patience import PATIENCE
from wizard.commands.known_codes import explain_code, page_of
from wizard.core.columns import lay_out
from wizard.core.text import clean

CODES = re.findall(r"^@(\w+)$", KNOWN_CODES.read_text(encoding="utf-8"), re.MULTILINE)


def run(*arguments: str, folder: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """The program as a person starts it."""
    return subprocess.run(
        [sys.executable, "-m", "wizard", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        env={"PYTHONPATH": str(KNOWN_CODES.parents[1]), "PYTHONUTF8": "1", **environment},
        cwd=folder,
        timeout=PATIENCE,
        check=False,
    )


def test_what_is_said_of_each_code_is_what_the_catalogue_says_today() -> None:
    assert KNOWN_CODES.read_text(encoding="utf-8") == known_codes(), "python -m tests.documented writes it anew"


def test_every_code_of_the_catalogue_is_there_in_both_forms() -> None:
    assert {"AADSTS50076", "50076", "900421", "ForbiddenByRbac", "invalid_grant"} <= set(CODES)
    assert len(CODES) == len(set(CODES)) > 800


@pytest.mark.parametrize("code", CODES[::40])
def test_a_code_is_said_in_the_words_of_the_reader_of_pastes(code: str) -> None:
    for columns in (40, 80, 100):
        said = call_cli("explain", code, COLUMNS=str(columns)).stdout

        assert "\n".join([*lay_out(page_of(code), columns), ""]) == said


def test_nothing_of_it_has_to_be_cleaned() -> None:
    text = KNOWN_CODES.read_text(encoding="utf-8")

    assert clean(text, len(text)) == text


@pytest.mark.parametrize("word", ["AADSTS50076", "aadsts50076", "50076", "ForbiddenByRbac"])
def test_a_code_alone_loads_neither_the_command_line_nor_the_catalogue(word: str) -> None:
    asks = f"import sys\nsys.argv[1:] = ['explain', {word!r}]\nsys.stdout.reconfigure(encoding='utf-8')\n"
    modules = loaded_by(f"{asks}from wizard.__main__ import main\nassert main() == 0")

    assert {name for name in modules if name.partition(".")[0] == "wizard"} == {
        *("wizard", "wizard.__main__", "wizard.commands", "wizard.commands.known_codes"),
        *("wizard.core", "wizard.core.assets", "wizard.core.columns"),
    }
    assert not {"argparse", "dataclasses", "pathlib", "typing"} & modules


def test_the_program_says_the_same_of_it_with_an_option_and_from_a_pipe() -> None:
    said = run("explain", "AADSTS50076", COLUMNS="70")

    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout == call_cli("explain", "AADSTS50076", COLUMNS="70").stdout
    assert said.stdout == run("explain", "AADSTS50076", COLUMNS="70", PYTHONUTF8="0", LC_ALL="C.UTF-8").stdout


def test_a_file_of_that_name_is_read(tmp_path: Path) -> None:
    (tmp_path / "AADSTS50076").write_text("ForbiddenByRbac", encoding="utf-8")

    assert "AADSTS50076" not in run("explain", "AADSTS50076", folder=tmp_path).stdout


@pytest.mark.parametrize("word", ["", "-", "nothing", "AADSTS", "AADSTS99999999", "@50076", "50076\n@50079", "é"])
def test_what_is_no_known_code_is_left_to_the_reader_of_pastes(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain_code(word) is None
    assert capsys.readouterr().out == ""
