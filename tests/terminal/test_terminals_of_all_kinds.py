"""The wizard in terminals of all kinds: it can be read and worked in each, and leaves each as it was."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.terminal.terminals import Terminal

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
STUB = [sys.executable, "-m", "tests.bench.stub_wizard"]
KINDS = ("xterm-256color", "xterm-16color", "linux", "screen", "screen-256color", "tmux-256color", "vt220")
"""Values of TERM; COLORTERM is not set, so that each has the colours of its name."""
LOOKS = [
    {"NO_COLOR": "1"},
    {"COLORTERM": "truecolor"},
    {"TEXTUAL_THEME": "ansi-dark"},
    {"TEXTUAL_THEME": "ansi-light"},
    {"TEXTUAL_THEME": "ansi-light", "NO_COLOR": "1"},
    {"TEXTUAL_THEME": "textual-light"},
    {"TEXTUAL_THEME": "high-contrast"},
]
LINUX_F5 = "\x1b[[E"
"""F5 as the Linux console sends it."""
MOUSE = re.compile(rb"\x1b\[\?(?:1000|1002|1003|1006|1015|1016)h")


@contextmanager
def shown(
    command: list[str], home: Path, size: tuple[int, int] = (80, 24), look: Mapping[str, str] | None = None, **more: str
) -> Iterator[Terminal]:
    """A program in a terminal of its own."""
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    terminal = Terminal(command, env | {"TERM": "xterm-256color"} | more | dict(look or {}), size)
    try:
        yield terminal
    finally:
        terminal.close()


def is_passed(text: str) -> bool:
    """Whether the page, its buttons and the footer, which are drawn one after the other, all say that it goes on."""
    return all(words in text for words in ("checks passed", "Next", "Enter Next"))


def check_step_1(terminal: Terminal, f5: str = "f5") -> None:
    """From the first page to a first step that is proven, by keys."""
    terminal.wait_for("Begin")
    terminal.press("enter")
    terminal.wait_for("1 of 5")
    terminal.press(f5)
    terminal.wait_for(is_passed)
    assert "✓" in terminal.text
    assert "✓ Tenant  3 of 3" in terminal.text


def leave(terminal: Terminal) -> None:
    """Quit; the terminal is as it was before."""
    is_code_shown = "ABCD1234X" in terminal.text
    terminal.press("ctrl+q")
    if is_code_shown:
        terminal.wait_for("Quit now?")
        terminal.press("right", "enter")
    assert terminal.exit_code() == 1
    for on, off in ((b"?1049h", b"?1049l"), (b"?25l", b"?25h"), (b"?1000h", b"?1000l"), (b"?2004h", b"?2004l")):
        assert terminal.raw.rfind(b"\x1b[" + off) > terminal.raw.rfind(b"\x1b[" + on)


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_is_checked_by_keys_whatever_the_terminal_calls_itself(kind: str, tmp_path: Path) -> None:
    with shown(STUB, tmp_path, TERM=kind) as terminal:
        check_step_1(terminal, LINUX_F5 if kind == "linux" else "f5")
        leave(terminal)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: " ".join(f"{name}={value}" for name, value in look.items()))
def test_a_step_is_checked_in_every_look(look: dict[str, str], tmp_path: Path) -> None:
    with shown(STUB, tmp_path, look=look) as terminal:
        check_step_1(terminal)
        leave(terminal)


@pytest.mark.parametrize("size", [(200, 60), (60, 20)], ids=str)
def test_a_step_is_checked_in_a_window_of_this_size(size: tuple[int, int], tmp_path: Path) -> None:
    with shown(STUB, tmp_path, size) as terminal:
        check_step_1(terminal)
        leave(terminal)


def end(command: list[str], **more: str) -> None:
    """End this test's own session, if it is still there."""
    subprocess.run(command, env={"PATH": os.environ["PATH"]} | more, capture_output=True, check=False)


@pytest.mark.skipif(shutil.which("screen") is None, reason="needs GNU screen")
def test_a_step_is_checked_inside_gnu_screen(tmp_path: Path) -> None:
    folder = tmp_path / "screens"
    folder.mkdir(mode=0o700)
    command = ["screen", "-q", "-U", "-c", "/dev/null", "-S", "wizard", *STUB]
    try:
        with shown(command, tmp_path, SCREENDIR=str(folder)) as terminal:
            check_step_1(terminal)
            terminal.press("ctrl+q")
            assert terminal.exit_code() == 0
    finally:  # a session outlives the window of a test that failed
        end(["screen", "-S", "wizard", "-X", "quit"], SCREENDIR=str(folder))


@pytest.mark.tmux
def test_a_step_is_checked_inside_tmux(tmp_path: Path) -> None:
    server = ["tmux", "-L", "wizard", "-f", "/dev/null"]
    try:
        with shown([*server, "new-session", " ".join(STUB)], tmp_path, (80, 25), TMUX_TMPDIR=str(tmp_path)) as terminal:
            check_step_1(terminal)
            terminal.press("ctrl+q")
            assert terminal.exit_code() == 0
    finally:  # a session outlives the window of a test that failed
        end([*server, "kill-server"], TMUX_TMPDIR=str(tmp_path))


def resize(terminal: Terminal, columns: int, rows: int) -> None:
    """Give the window another size."""
    terminal._screen.resize(rows, columns)
    terminal._screen.reset()
    fcntl.ioctl(terminal._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    terminal.send_signal(signal.SIGWINCH)


def test_a_code_outlives_every_change_of_the_window(tmp_path: Path) -> None:
    with shown(STUB, tmp_path) as terminal:
        check_step_1(terminal)
        terminal.press("f6")
        terminal.wait_for("2 of 5")
        terminal.press("f5")
        terminal.wait_for(is_passed)
        terminal.press("f6")
        terminal.wait_for("3 of 5")
        terminal.press("f5")
        terminal.wait_for("paste it, then Enter")
        terminal.press("shift+tab", "enter")
        terminal.wait_for("● Already granted")
        terminal.wait_for("Enter Consent was granted")
        terminal.press("enter")
        terminal.wait_for(is_passed)
        terminal.press("f6")
        terminal.wait_for("4 of 5")
        terminal.press("f5")
        terminal.wait_for("ABCD1234X")
        for columns, rows in ((60, 20), (200, 60), (80, 24)):
            resize(terminal, columns, rows)
            terminal.wait_for("ABCD1234X")
            terminal.wait_for("https://microsoft.com/devicelogin")
        resize(terminal, 59, 19)
        terminal.wait_for("This window has 59 columns and 19 rows.")
        resize(terminal, 80, 24)
        terminal.wait_for("ABCD1234X")
        leave(terminal)


def test_the_mouse_is_left_to_the_terminal_where_that_is_wished(tmp_path: Path) -> None:
    for more, is_used in (((), True), (("--no-mouse",), False)):
        with shown([sys.executable, "-m", "wizard", *more], tmp_path) as terminal:
            terminal.wait_for("Begin")
            assert bool(MOUSE.search(terminal.raw)) is is_used
            terminal.press("ctrl+q")
            assert terminal.exit_code() == 1


def test_ctrl_l_draws_everything_again(tmp_path: Path) -> None:
    with shown(STUB, tmp_path) as terminal:
        terminal.wait_for("Enter Begin")
        pages = []
        for _ in range(2):  # a key has its turn when the page is at rest: the first one shows what is to come again
            terminal._screen.erase_in_display(2)
            terminal.press("\x0c")
            pages.append(terminal.wait_for(lambda text: "Begins a new journey" in text and "^Q Quit" in text))
        assert pages[0] == pages[1]


def test_ctrl_z_gives_the_shell_back_and_fg_the_page(tmp_path: Path) -> None:
    with shown(STUB, tmp_path) as terminal:
        terminal.wait_for("Begin")
        terminal.press("\x1a")
        terminal.wait_for(lambda _text: b"\x1b[?1049l" in terminal.raw)
        _, status = os.waitpid(terminal.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        terminal._screen.reset()
        terminal.send_signal(signal.SIGCONT)
        terminal.wait_for("Begin")
        leave(terminal)


@pytest.mark.parametrize("kind", ["dumb", ""])
def test_a_terminal_that_cannot_draw_is_told_of_run_and_sent_no_sequence(kind: str, tmp_path: Path) -> None:
    with shown([sys.executable, "-m", "wizard"], tmp_path, (100, 24), TERM=kind) as terminal:
        assert terminal.exit_code() == 2

    assert b"cannot draw" in terminal.raw
    assert b"partner-wizard run" in terminal.raw
    assert b"\x1b" not in terminal.raw
