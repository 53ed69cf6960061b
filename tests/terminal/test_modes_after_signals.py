"""Whatever signal comes while the terminal hides what is typed: it shows it again, and hides it after going on."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.terminal.terminals import JobControl
from wizard.rehearsal import RehearsalCloud, load_scene

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
EXITS = {signal.SIGHUP: 129, signal.SIGINT: 130, signal.SIGQUIT: 131, signal.SIGTERM: 143}
PROGRAMS = ("explain", "run", "screens")
PROMPTS = {"explain": b"What you paste is not shown", "run": b"Client secret (not shown): ", "screens": b"Begin"}
TYPED = "half-of-a-secret"


@pytest.fixture(scope="module")
def cloud() -> Iterator[RehearsalCloud]:
    with RehearsalCloud(load_scene("all-holds-secret")) as running:
        yield running


def command_of(program: str, cloud: RehearsalCloud, folder: Path) -> list[str]:
    """A program that asks for something without showing it."""
    if program == "screens":
        return [sys.executable, "-m", "tests.bench.stub_wizard"]
    if program == "explain":
        return [sys.executable, "-m", "wizard", "explain"]
    lines = cloud.answers_file.read_text().splitlines()
    kept = [line for line in lines if not line.startswith("credential")]
    answers = folder / "answers.toml"
    answers.write_text("\n".join(["credential = { prompt = true }", *kept]))
    return [sys.executable, "-m", "wizard", "run", "--cloud-file", str(cloud.cloud_file), "--answers", str(answers)]


def is_asked_more_often(terminal: JobControl, prompt: bytes, times: int, _text: str) -> bool:
    return terminal.raw.count(prompt) > times


@contextmanager
def asking(program: str, cloud: RehearsalCloud, folder: Path) -> Iterator[JobControl]:
    """A program at its question: nothing that is typed is shown."""
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    env |= {"PYTHONPATH": str(ROOT), **cloud.environment}
    terminal = JobControl(command_of(program, cloud, folder), env, folder / "told")
    try:
        terminal.wait_for(lambda _text: PROMPTS[program] in terminal.raw and not terminal.shows_keys)
        yield terminal
    finally:
        if terminal.states[-1:] != ["stopped"] and not any("ended" in each for each in terminal.states):
            terminal.signal_job(signal.SIGKILL)
        terminal.close()


@pytest.mark.parametrize("number", EXITS, ids=lambda number: number.name)
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_signal_that_ends_leaves_a_terminal_that_shows_what_is_typed(
    program: str, number: signal.Signals, cloud: RehearsalCloud, tmp_path: Path
) -> None:
    with asking(program, cloud, tmp_path) as terminal:
        terminal.type(TYPED)
        terminal.signal_job(number)
        terminal.wait_for(lambda _text: terminal.states == [f"ended {EXITS[number]}"])
        assert terminal.shows_keys
    assert TYPED.encode() not in terminal.raw


@pytest.mark.parametrize("program", ["explain", "run"])
@pytest.mark.parametrize(("key", "code"), [("\x03", 130), ("\x1c", 131)], ids=["Ctrl+C", "Ctrl+Backslash"])
def test_a_key_that_ends_leaves_a_terminal_that_shows_what_is_typed(
    program: str, key: str, code: int, cloud: RehearsalCloud, tmp_path: Path
) -> None:
    with asking(program, cloud, tmp_path) as terminal:
        terminal.type(key)
        terminal.wait_for(lambda _text: terminal.states == [f"ended {code}"])
        assert terminal.shows_keys


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_stopped_program_leaves_the_terminal_to_the_shell_and_hides_keys_again_when_it_goes_on(
    program: str, cloud: RehearsalCloud, tmp_path: Path
) -> None:
    with asking(program, cloud, tmp_path) as terminal:
        for times in (1, 2):
            terminal.type(TYPED if program != "screens" else "")
            terminal.type("\x1a")
            terminal.wait_for(lambda _text: terminal.states[-1:] == ["stopped"])
            assert terminal.shows_keys
            asked = terminal.raw.count(PROMPTS[program])
            terminal.to_the_front()
            terminal.signal_job(signal.SIGCONT)
            terminal.wait_for(lambda _text: not terminal.shows_keys)
            asked_again = partial(is_asked_more_often, terminal, PROMPTS[program], asked)
            terminal.wait_for(asked_again)
            assert terminal.states.count("stopped") == times
        terminal.signal_job(signal.SIGTERM)
        terminal.wait_for(lambda _text: terminal.states[-1] == "ended 143")
        assert terminal.shows_keys
    assert TYPED.encode() not in terminal.raw


def test_what_was_typed_before_a_stop_is_not_left_to_the_shell(cloud: RehearsalCloud, tmp_path: Path) -> None:
    with asking("run", cloud, tmp_path) as terminal:
        terminal.keep_input_on_signals()
        terminal.type(f"{TYPED}\x1a")  # it waits in the terminal for its Enter
        terminal.wait_for(lambda _text: terminal.states[-1:] == ["stopped"])
        assert terminal.states == ["left 0 bytes", "stopped"]


@pytest.mark.parametrize("program", ["explain", "run"])
def test_a_stopped_program_is_ended_in_the_background(program: str, cloud: RehearsalCloud, tmp_path: Path) -> None:
    """As “kill %1” does it: the signal, and one to go on with, while the terminal is the shell's."""
    with asking(program, cloud, tmp_path) as terminal:
        terminal.type("\x1a")
        terminal.wait_for(lambda _text: terminal.states[-1:] == ["stopped"])
        terminal.signal_job(signal.SIGTERM)
        terminal.signal_job(signal.SIGCONT)
        terminal.wait_for(lambda _text: terminal.states[-1] == "ended 143")
        assert terminal.shows_keys


@pytest.mark.parametrize("number", EXITS, ids=lambda number: number.name)
def test_a_signal_right_at_the_start_of_the_screens_restores_the_terminal(
    number: signal.Signals, cloud: RehearsalCloud, tmp_path: Path
) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
    terminal = JobControl(command_of("screens", cloud, tmp_path), env, tmp_path / "told")
    try:
        while terminal.shows_keys:
            terminal.read(0)
        terminal.signal_job(number)
        terminal.wait_for(lambda _text: terminal.states == [f"ended {EXITS[number]}"])
        assert terminal.shows_keys
    finally:
        terminal.close()
