"""Completion: each shell takes the script, and offers commands, options and scenes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.documented import commands
from tests.in_process import call_cli
from tests.patience import PATIENCE
from wizard.commands.completion import scenes, script_for
from wizard.commands.options import SHELLS
from wizard.rehearsal import scene_names

DOES_NOT_RUN = {"bash": ["bash", "-n"], "zsh": ["zsh", "-n"], "fish": ["fish", "--no-execute"]}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_names_every_command_and_scene_and_no_hidden_option(shell: str) -> None:
    ended = call_cli("completion", shell)

    assert ended.returncode == 0
    assert ended.stdout == script_for(shell) + "\n"
    assert all(name in ended.stdout for name in (*commands(), *scenes()))


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_takes_its_script(shell: str, tmp_path: Path) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    script = tmp_path / "script"
    script.write_text(script_for(shell), encoding="utf-8")
    ended = run(*DOES_NOT_RUN[shell], str(script))

    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["re"], {"rehearse", "renew", "report", "revoke"}),
        (["rehearse", "wrong-"], {"wrong-account", "wrong-secret"}),
        (["run", "--an"], {"--answers"}),
        (["completion", ""], set(SHELLS)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bash_completes(typed: list[str], offered: set[str], tmp_path: Path) -> None:
    script = tmp_path / "script"
    words = " ".join(f"'{word}'" for word in ["partner-wizard", *typed])
    script.write_text(
        f'{script_for("bash")}\nCOMP_WORDS=({words})\nCOMP_CWORD={len(typed)}\nCOMP_LINE="${{COMP_WORDS[*]}}"\n'
        '_shtab_partner_wizard\nprintf "%s\\n" "${COMPREPLY[@]}"\n',
        encoding="utf-8",
    )
    ended = run("bash", str(script))

    assert {line.strip() for line in ended.stdout.splitlines()} == offered, ended.stderr


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("re", {"rehearse", "renew", "report", "revoke"}),
        ("rehearse wrong-", {"wrong-account", "wrong-secret"}),
        ("run --an", {"--answers"}),
    ],
)
def test_fish_completes(typed: str, offered: set[str], tmp_path: Path) -> None:
    if not shutil.which("fish"):
        pytest.skip("fish is not installed")
    script = tmp_path / "script"
    script.write_text(script_for("fish"), encoding="utf-8")
    ended = run("fish", "--no-config", "-c", f"source {script}; complete -C 'partner-wizard {typed}'")

    assert {line.split("\t")[0] for line in ended.stdout.splitlines()} == offered, ended.stderr


def test_the_scenes_are_those_of_the_rehearsal_cloud() -> None:
    assert scenes() == sorted(scene_names())
