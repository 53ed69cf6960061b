"""Ten scenes in a real terminal, with real keys, real time and the program as it is started."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.terminal.terminals import Terminal
from wizard.onboarding.profile import CSP
from wizard.onboarding.step import Step
from wizard.rehearsal import load_scene

pytestmark = pytest.mark.system

TEN = {
    "all-holds-public": "",
    "unknown-tenant": "AADSTS90002",
    "other-cloud": "in another cloud",
    "app-not-here": "AADSTS700016",
    "secret-id-pasted": "the secret's id, not its value",
    "expired-secret": "AADSTS7000222",
    "own-service-principal-missing": "AADSTS7000229",
    "consent-declined": "AADSTS65004",
    "vault-firewall": "firewall",
    "sign-in-without-mfa": "without MFA",
}
"""Scenes, and what the screen says where they end."""
RESTORED = (b"\x1b[?1049l", b"\x1b[?25h")
"""Leaves the alternate screen, shows the cursor."""


@contextmanager
def rehearsing(scene: str, home: Path, size: tuple[int, int] = (80, 24), **more: str) -> Iterator[Terminal]:
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **more}
    terminal = Terminal([sys.executable, "-m", "wizard", "rehearse", scene], env, size)
    try:
        yield terminal
    finally:
        terminal.close()


def is_at_rest(text: str) -> bool:
    """Whether the checks have ended: the page says what they came to."""
    return bool(re.search(r"checks passed|[▌┃] [✗?] ", text)) and "Esc Back" in text


def is_page_of(step: Step, text: str) -> bool:
    """Whether a step's page is there; the line above it says so a moment earlier."""
    is_titled = any(line.strip() == step.title for line in text.splitlines())
    return is_titled and f"{CSP.number_of(step.id)} of 5" in text


def in_one_line(text: str) -> str:
    """The words of a page, whatever lines they were broken into."""
    return " ".join(re.sub(r"[│▌]", " ", text).split())


def walk(terminal: Terminal, last: str) -> None:
    """Press Enter on the first page; F5 and F6 on each step up to `last`."""
    terminal.wait_for("Begin")
    terminal.press("enter")
    for step in CSP.steps[1:]:  # step 0 is checked by itself, and goes on by itself
        terminal.press_until("f6", partial(is_page_of, step))
        terminal.press("f5")
        terminal.wait_for(is_at_rest)
        if step.id == last:
            return


@pytest.mark.parametrize("scene", TEN)
def test_scene_ends_in_a_real_terminal_as_its_table_says(scene: str, tmp_path: Path) -> None:
    expected = load_scene(scene).expected
    with rehearsing(scene, tmp_path) as terminal:
        walk(terminal, expected.check.partition(".")[0])
        if expected.exit_code:
            terminal.wait_for(lambda text: TEN[scene] in in_one_line(text))
        else:
            terminal.press_until("f6", "is onboarded")

        assert terminal.leave() == expected.exit_code
    assert all(sequence in terminal.raw for sequence in RESTORED)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)], ids=["TERM", "HUP", "INT"]
)
def test_a_signal_ends_the_wizard_in_order_and_restores_the_terminal(number: int, code: int, tmp_path: Path) -> None:
    with rehearsing("all-holds-public", tmp_path) as terminal:
        terminal.wait_for("Begin")
        terminal.press("enter")
        terminal.wait_for("1 of 5")
        terminal.press("f5")
        terminal.send_signal(number)

        assert terminal.exit_code() == code
    assert all(sequence in terminal.raw for sequence in RESTORED)
    assert terminal.raw.rindex(b"\x1b[?1049l") > terminal.raw.rindex(b"\x1b[?1049h")


def test_a_stray_signal_to_go_on_costs_no_key_and_the_wizard_ends_as_ever(tmp_path: Path) -> None:
    with rehearsing("all-holds-public", tmp_path) as terminal:
        terminal.wait_for("Begin")
        for _ in range(3):
            terminal.send_signal(signal.SIGCONT)
            terminal.read(0.15)
        for _ in range(3):
            terminal.press("f9")
            terminal.wait_for("paste here, or type a code")
            terminal.press("escape")
            terminal.wait_for("Begin")
        terminal.press("ctrl+q")

        assert terminal.exit_code() == 1


def test_a_terminal_too_small_gets_a_kind_sentence_and_can_be_left(tmp_path: Path) -> None:
    with rehearsing("all-holds-public", tmp_path, (40, 10)) as terminal:
        terminal.wait_for("Please make it larger")
        terminal.press("ctrl+q")

        assert terminal.exit_code() == 1


def test_without_colour_every_state_is_told_in_signs_and_words(tmp_path: Path) -> None:
    with rehearsing("unknown-tenant", tmp_path, NO_COLOR="1") as terminal:
        walk(terminal, "tenant")

        shown = in_one_line(terminal.wait_for("✗ Tenant"))
        assert "✗ The tenant was not found in this cloud" in shown
        assert "Check again" in terminal.text
        assert "○ Consent" in terminal.text
        assert b"\x1b[38;2;" not in terminal.raw.replace(b"38;2;0;0;0", b"")
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 1
