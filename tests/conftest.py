"""What every test may rely on: the same environment everywhere, an empty HOME of its own, and no way out."""

from __future__ import annotations

import gc
import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.programs import find_program
from tests.sampling import every_nth, mark_what_is_left_out

FROZEN = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "TZ": "UTC"}
"""Variables every test and every process it starts sees alike."""

UNSET = re.compile(
    r"(http|https|all|no|ftp)_proxy|(requests|curl)_ca_bundle|ssl_cert_(file|dir)|sslkeylogfile"
    r"|(azure|msi|identity|imds|arm|xdg|textual|tmux|ssh|python|coverage)_?.*"
    r"|(no|force|clicolor).*color|columns|lines|pager|browser|term_program.*|display|wayland_display",
    re.IGNORECASE,
)
"""Variables that would let a developer's machine decide how a test ends."""

KEPT = {"PYTEST_XDIST_WORKER", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE"}

NEEDS = {
    "browser": ("chromium", "chromedriver", "certutil"),
    "tmux": ("tmux",),
    "ssh": ("ssh", "ssh-keygen", "sshd"),
}
"""Markers, and the programs without which a test that bears one is skipped."""

LOOPBACK = re.compile(r"127\.[0-9.]+|::1|localhost|::ffff:127\.[0-9.]+")


def pytest_configure() -> None:
    """Freeze the environment before anything is imported."""
    freeze_environment()
    sys.addaudithook(stay_on_loopback)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two workers a core: many tests wait for a program that waits for an answer."""
    return 2 * (os.cpu_count() or 1)


def freeze_environment() -> None:
    """Keep a developer's own settings from deciding what is drawn, or how a test ends."""
    for name in [name for name in os.environ if UNSET.fullmatch(name) and name not in KEPT]:
        del os.environ[name]
    os.environ.update(FROZEN)
    time.tzset()
    os.umask(0o022)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell leaves it for what it starts behind itself
        signal.signal(signal.SIGINT, signal.default_int_handler)


def stay_on_loopback(event: str, arguments: tuple[object, ...]) -> None:
    """Fail a test that would talk to another machine: it could pass here and fail elsewhere."""
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and not LOOPBACK.fullmatch(str(address[0])):
        raise RuntimeError(f"a test must not leave this machine, and tried to reach {address[0]}")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what `.ci/run` shortens the system tests with."""
    parser.addoption("--every", type=int, default=1, metavar="N", help="run every Nth case of each test")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave cases that show much the same to `make test-system`, before anything is chosen by its markers."""
    mark_what_is_left_out(items)
    if (nth := config.getoption("--every")) > 1:
        chosen = every_nth(nth, items)
        config.hook.pytest_deselected(items=[each for each in items if each not in set(chosen)])
        items[:] = chosen


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose programs are missing, and say which."""
    for marker, programs in NEEDS.items():
        if not item.get_closest_marker(marker):
            continue
        if missing := [program for program in programs if find_program(program) is None]:
            pytest.skip(f"{marker} tests need {', '.join(missing)}")


@pytest.fixture
def tried(request: pytest.FixtureRequest) -> Callable[[str, int], None]:
    """Note how often a test has tried a property of tests/soak/properties.toml, where its table cannot know it."""
    return lambda name, times: request.node.user_properties.append((f"tried {name}", times))


@pytest.fixture(autouse=True)
def no_vault_is_known() -> None:
    """The SDK keeps the challenge of a vault for the whole process; each test is to meet it."""
    if cache := sys.modules.get("azure.keyvault.secrets._shared.http_challenge_cache"):
        cache.clear()


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty HOME for each test."""
    folder = tempfile.mkdtemp(prefix="home-", dir=tmp_path_factory.getbasetemp())  # its own mktemp counts them all
    monkeypatch.setenv("HOME", folder)
    return Path(folder)


def pytest_runtest_logfinish() -> None:
    """Exclude what outlives a test from garbage collection.

    Textual keeps some megabytes of each application; looking through all of them at every collection would take most of
    the time.
    """
    gc.collect()
    gc.freeze()
