"""Security defaults, and no browser on this machine: both sign-ins are made elsewhere, and their addresses pasted."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness import SECRET_NAME, Browser, in_world
from tests.terminal.pasting import PersonElsewhere, as_it_is, padded, wrapped
from tests.terminal.terminals import Terminal
from tests.terminal.test_line_by_line import asked, start
from tests.terminal.test_real_terminal import is_at_rest
from wizard.journeys.saved_journey import JourneyFile
from wizard.journeys.session import Session
from wizard.microsoft.clouds import read_cloud_file
from wizard.onboarding.profile import CSP
from wizard.plain.answers_file import read_answers
from wizard.rehearsal import RehearsalCloud, load_scene

pytestmark = pytest.mark.system

SIGNS_IN = {"vault": "admin", "integration user": "integration"}
"""Who signs in, in this order."""
ADDRESS = "Address (not shown):\r\n"
FORMS = [as_it_is, padded, wrapped]


@pytest.fixture
def cloud() -> Iterator[RehearsalCloud]:
    scene = load_scene("browser-vault")
    assert scene.world.policy.security_defaults
    with RehearsalCloud(scene, people="wait") as running:
        yield running


@pytest.fixture
def granted() -> Iterator[RehearsalCloud]:
    """The same cloud, in which the app has its consent."""
    scene = load_scene("browser-vault")
    with RehearsalCloud(in_world(scene, app=replace(scene.world.app, granted=True)), people="wait") as running:
        yield running


@pytest.fixture
def person(cloud: RehearsalCloud) -> PersonElsewhere:
    return PersonElsewhere(Browser(cloud, is_elsewhere=True))


ANSWERS = f"""
cloud = "rehearsal"
tenant = "contoso.com"
associated = true
account = "primary"
client_id = "33333333-cccc-4ccc-8ccc-000000000003"
credential = {{ none = true }}
public_client = true
integration_user = "partner-integration@contoso.com"

[consent]
redirect_uri = "http://localhost"

[sign_in]
flow = "browser"
redirect_uri = "http://localhost"
rules = "security-defaults"

[vault]
url = "https://contoso-partner.vault.rehearsal.test"
secret = "{SECRET_NAME}"
replace = false
identity = "browser"

[graph]
identity = "none"
"""
"""Every answer, so that no question is asked."""


def link_after(terminal: Terminal, pattern: str) -> str:
    """The next link that the program writes on a line of its own."""
    since = terminal.read_up_to
    wanted = re.compile(rb"(https://localhost:\d+/\S+/" + pattern.encode() + rb"\?\S+)\r\n")
    terminal.wait_for(lambda _text: wanted.search(terminal.raw, since) is not None)
    found = wanted.search(terminal.raw, since)
    assert found
    terminal.read_up_to = found.end()
    return found[1].decode()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_both_addresses_are_pasted_line_by_line_and_nothing_of_them_is_shown(
    form: Callable[[str], str], cloud: RehearsalCloud, person: PersonElsewhere, tmp_path: Path
) -> None:
    (tmp_path / "answers.toml").write_text(ANSWERS)
    terminal = start(cloud, tmp_path, "--answers", str(tmp_path / "answers.toml"))
    try:
        person.browser.consent(link_after(terminal, "adminconsent"))
        asked(terminal, "type granted")
        terminal.type("granted\r")
        for who in SIGNS_IN.values():
            link = link_after(terminal, "authorize")
            asked(terminal, ADDRESS)
            terminal.type(person.sign_in(link, who, form) + "\r")

        assert terminal.exit_code() == 0
        assert terminal.is_as_new
    finally:
        terminal.close()
    assert b"proven: start proven, tenant proven" in terminal.raw
    assert b"Sign in with an account that may open the vault, at this address:" in terminal.raw
    assert b"Sign in as partner-integration@contoso.com, in a private window, at this address:" in terminal.raw
    assert len(person.codes) == 2
    assert person.is_nowhere_in(terminal.raw)
    assert b"session_state" not in terminal.raw
    (version,) = cloud.vault.versions(SECRET_NAME)
    assert version["tags"]["flow"] == "auth_code"  # type: ignore[index]


@contextmanager
def on_screens(cloud: RehearsalCloud, folder: Path) -> Iterator[Terminal]:
    """The wizard, which goes on with a saved journey whose answers are filled in."""
    (folder / "answers.toml").write_text(ANSWERS)
    answers, _ = read_answers(folder / "answers.toml", {})
    file = JourneyFile(folder / "journey" / "journey.json")
    journey = Session(read_cloud_file(cloud.cloud_file)).begin(
        replace(answers, consent_granted=True), lambda _event: None
    )
    file.write(journey, journey.onboarding.now_stamp())
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    given = ["--cloud-file", str(cloud.cloud_file), "--journey", str(file.path)]
    terminal = Terminal([sys.executable, "-m", "wizard", *given], env)
    try:
        yield terminal
    finally:
        terminal.close()


def link_on_screen(terminal: Terminal) -> str:
    """The next link that the wizard draws, from what its lines lead to (OSC 8)."""
    since = terminal.read_up_to
    wanted = re.compile(rb"\x1b\]8;[^;]*;(https://localhost:\d+/[^\x1b]+/authorize\?[^\x1b]+)\x1b")
    seen = terminal.raw[:since]
    terminal.wait_for(lambda _text: any(each not in seen for each in wanted.findall(terminal.raw, since)))
    link = next(each for each in wanted.findall(terminal.raw, since) if each not in seen)
    terminal.read_up_to = len(terminal.raw)
    return str(link.decode())


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_both_addresses_are_pasted_on_the_screens_and_nothing_of_them_is_shown(
    form: Callable[[str], str], granted: RehearsalCloud, tmp_path: Path
) -> None:
    person = PersonElsewhere(Browser(granted, is_elsewhere=True))
    with on_screens(granted, tmp_path) as terminal:
        terminal.wait_for("A journey is saved")
        terminal.press("enter")
        terminal.wait_for("Check again")
        terminal.press("f6")
        for step in CSP.steps[1:]:
            terminal.wait_for(f"{CSP.number_of(step.id)} of 5")
            terminal.press("f5")
            for who in SIGNS_IN.values() if step.id == "user" else ():
                link = link_on_screen(terminal)
                terminal.wait_for("paste it, then Enter")  # where there is a browser, Enter opens it
                terminal.type(f"\x1b[200~{person.sign_in(link, who, form)}\x1b[201~")
                terminal.wait_for("Enter hands them in")
                terminal.press("enter")
            terminal.wait_for(is_at_rest)
            terminal.press("f6")
        terminal.wait_for("is onboarded")
        terminal.press("ctrl+q")

        assert terminal.exit_code() == 0
        assert terminal.is_as_new
    assert len(person.codes) == 2
    assert person.is_nowhere_in(terminal.raw)
    assert b"session_state" not in terminal.raw
    assert len(granted.vault.versions(SECRET_NAME)) == 1
