"""An error nobody expected: no variable's value on the terminal, exit code 1; a worker's error ends nothing."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
from textual.css.query import NoMatches

from screens.crash import farewell
from tests.screens.driving import wizard
from tests.screens.stubs import CANARY
from tests.terminal.terminals import Terminal

CRASHING = """
import sys
from screens.app import WizardApp, run_wizard
from screens.launch import Launch
from screens.shell import Shell
from tests.screens.stubs import StubSession
from wizard.core.answers import Answers

def crash(self, *args, **more):
    canary_local = "0.canary-" + "refresh-token"
    raise ValueError("canary-" + "in-the-text")

where = sys.argv[1]
if where == "handler":
    Shell.action_help = crash
elif where == "timer":
    Shell.on_mount = lambda self: self.set_timer(0.01, lambda: crash(self))
elif where == "compose":
    Shell.compose = crash
elif where == "draw":
    Shell.draw = crash
elif where == "input":
    from screens.terminal.driver import TerminalDriver
    TerminalDriver.run_input_thread = crash
sys.exit(run_wizard(lambda: Launch(StubSession(), Answers())))
"""

WAITING = """
import errno, os, signal, sys
from pathlib import Path
import screens.terminal.driver
from screens.app import run_wizard
from screens.launch import Launch
from tests.screens.driving import FILLED
from tests.screens.stubs import StubSession
from wizard.journeys.saved_journey import JourneyFile

class Reading:
    def __getattr__(self, name):
        return getattr(os, name)

    def read(self, number, length):
        octets = os.read(number, length)
        if not octets:
            raise OSError(errno.EIO, "Input/output error")
        return octets

how = sys.argv[1]
session = StubSession(checks_machine=True)
session.stub.hold.clear()
if how == "journey kept":
    session.file = JourneyFile(Path(sys.argv[0]).with_name("journey.json"))
if how == "by an error":
    screens.terminal.driver.os = Reading()
if how in ("by no signal", "by an error") and (child := os.fork()):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # it goes to whom the terminal belongs
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
if how in ("by no signal", "by an error"):
    os.setsid()
sys.exit(run_wizard(lambda: Launch(session, FILLED)))
"""


@pytest.mark.system
@pytest.mark.parametrize("where", ["handler", "timer", "compose", "draw", "input"])
def test_a_crash_leaves_one_line_and_a_sane_terminal(where: str, tmp_path: Path) -> None:
    program = tmp_path / "crashing.py"
    program.write_text(CRASHING)
    root = Path(__file__).parents[2]
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "xterm-256color", "PYTHONPATH": str(root)}
    terminal = Terminal([sys.executable, str(program), where], env)
    try:
        if where == "handler":
            terminal.wait_for("Begin")
            terminal.press("f1")
        assert terminal.exit_code() == 1
    finally:
        terminal.close()

    assert b"canary" not in terminal.raw
    assert b"errors shown" not in terminal.raw
    said = rb"stopped unexpectedly: ValueError in crashing\.py:11(, called in \w+\.py:\d+)?; run it again\."
    assert re.search(said, b" ".join(terminal.raw.split()))
    assert terminal.raw.rindex(b"\x1b[?1049l") > terminal.raw.rindex(b"\x1b[?1049h")


@pytest.mark.system
@pytest.mark.parametrize("how", ["by its signal", "journey kept", "by no signal", "by an error"])
def test_a_terminal_that_is_gone_ends_the_wizard_at_once_with_129(how: str, tmp_path: Path) -> None:
    terminal = waiting(how, tmp_path)
    os.close(terminal._fd)  # hang up

    ended = os.waitpid(terminal.pid, 0)
    assert os.waitstatus_to_exitcode(ended[1]) == 129


def waiting(how: str, folder: Path) -> Terminal:
    """A wizard whose step 0 waits, in a terminal that will be lost in this way."""
    program = folder / "waiting.py"
    program.write_text(WAITING)
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "xterm-256color"}
    root = Path(__file__).parents[2]
    terminal = Terminal([sys.executable, str(program), how], env | {"PYTHONPATH": str(root)})
    terminal.wait_for("Begin")
    terminal.press("enter")
    terminal.wait_for("checking")  # step 0 begins by itself
    return terminal


def test_the_farewell_names_kind_and_place_alone() -> None:
    try:
        raise KeyError(CANARY)
    except KeyError as error:
        said = farewell(error, is_saved=True)

    assert "KeyError in test_crash_on_screen.py:" in said
    assert CANARY not in said


def test_the_farewell_promises_nothing_where_nothing_is_saved() -> None:
    assert "saved" in farewell(ValueError(), is_saved=True)
    assert farewell(ValueError(), is_saved=False) == "partner-wizard stopped unexpectedly: ValueError; run it again."


async def test_an_error_in_a_check_is_a_line_on_the_page_without_its_text() -> None:
    async with wizard() as driver:
        await driver.begin()
        driver.services.refusals["discover"] = [RuntimeError(CANARY)]
        await driver.check()

        assert "The check stopped unexpectedly (RuntimeError in stubs.py:" in " ".join(driver.text.split())
        assert CANARY not in driver.text
        await driver.check()
        assert "Next" in driver.text


async def test_a_disk_that_takes_nothing_is_told_and_ends_nothing(tmp_path: Path) -> None:
    async with wizard(file=tmp_path / "journey.json") as driver:
        await driver.begin()

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        driver.session.file.write = full  # type: ignore[method-assign,union-attr]
        await driver.check()

        assert "! not saved" in driver.text
        assert "Next" in driver.text


async def test_a_page_that_is_taken_apart_while_it_looks_for_its_parts_is_no_crash() -> None:
    async with wizard() as driver:
        app, error = driver.app, NoMatches("No nodes match '#label'")
        app._is_ending = True
        app._handle_exception(error)
        assert app._exception is None

        app._is_ending = False
        app.fail(error)
        assert app._exception is error
        app._exception = None
        app._exception_event.clear()
