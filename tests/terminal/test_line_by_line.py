"""`run` on a terminal asks one line at a time, and tells a wrong answer at once."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.terminals import Terminal
from wizard.rehearsal import RehearsalCloud, load_scene

pytestmark = pytest.mark.system


@pytest.fixture
def cloud() -> Iterator[RehearsalCloud]:
    with RehearsalCloud(load_scene("all-holds-secret")) as running:
        yield running


def start(cloud: RehearsalCloud, tmp_path: Path, *more: str) -> Terminal:
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "dumb", "LC_ALL": "C.UTF-8", **cloud.environment}
    command = [sys.executable, "-m", "wizard", "run", "--cloud-file", str(cloud.cloud_file), *more]
    return Terminal(command, env, (100, 60))


def answer(terminal: Terminal, question: str, *typed: str) -> None:
    """Type answers to a question, each one when the question is asked again."""
    for text in typed:
        asked(terminal, question)
        terminal.type(text + "\r")


def asked(terminal: Terminal, words: str) -> None:
    """Wait for words that were written after those this waited for last."""
    since = terminal.read_up_to
    terminal.wait_for(lambda _text: words.encode() in terminal.raw[since:])
    terminal.read_up_to = terminal.raw.index(words.encode(), since) + len(words)


def test_a_journey_is_answered_line_by_line(cloud: RehearsalCloud, tmp_path: Path) -> None:
    (tmp_path / "answers.toml").write_text('cloud = "rehearsal"\n')
    terminal = start(cloud, tmp_path, "--answers", str(tmp_path / "answers.toml"))
    secret = (cloud.folder / "client-secret").read_text().strip()
    try:
        answer(terminal, "Kind (csp/cpv/referrals/app-only) [csp]: ", "")
        answer(terminal, "Partner tenant: ", "https://contoso.com/about", "https://contoso.com/")
        terminal.wait_for(lambda _text: b"without https://" in terminal.raw)
        terminal.wait_for(lambda _text: b"taken as contoso.com: the scheme and the slash are left off." in terminal.raw)
        answer(terminal, "Application id: ", "33333333-cccc-4ccc-8ccc-000000000003")
        answer(terminal, "Associated in Partner Center (yes/no)", "perhaps", "yes")
        terminal.wait_for(lambda _text: b"answer with one of these words" in terminal.raw)
        answer(terminal, "Credential [secret]: ", "secret")
        answer(terminal, "Client secret (not shown): ", f"'{secret}' ")
        answer(terminal, "Public client (yes/no/unknown): ", "no")
        answer(terminal, "Graph identity (none/", "")
        answer(terminal, "Redirect URI: ", "")
        link = terminal.wait_for(
            lambda _text: bool(re.search(rb"https://localhost:\d+/\S+adminconsent\S+", terminal.raw))
        )
        assert link
        url = re.search(rb"https://localhost:\d+/\S+adminconsent\S+", terminal.raw)
        assert url
        cloud.people.on_event({"type": "consent_link", "url": url[0].decode()})
        cloud.clock.advance(30)
        terminal.wait_for("type granted")
        terminal.type("granted\r")
        answer(terminal, "Integration user: ", "partner-integration@contoso.com")
        answer(terminal, "Way to sign in (auto/", "device-code")
        answer(terminal, "Sign-in policies (", "")
        answer(terminal, "Key vault: ", "contoso-partner")
        answer(terminal, "Secret's name [partner-center-refresh-token]: ", "")
        answer(terminal, "Vault identity (default/", "environment")
        answer(terminal, "May replace another secret (yes/no) [no]: ", "no")
        answer(terminal, "Account (primary/sandbox) [primary]: ", "")
        terminal.wait_for(lambda _text: bool(re.search(rb"code     \w{9}", terminal.raw)))
        code = re.search(rb"code     (\w{9})", terminal.raw)
        assert code
        cloud.people.on_event(
            {"type": "sign_in", "for": "integration_user", "account": "", "user_code": code[1].decode(),
             "verification_uri": "", "expires_at": ""}
        )  # fmt: skip
        cloud.clock.advance(30)

        assert terminal.exit_code() == 0
    finally:
        terminal.close()
    assert b"proven: start proven, tenant proven" in terminal.raw
    assert secret.encode() not in terminal.raw


def test_kind_and_cloud_are_asked_first_and_the_one_that_a_cloud_file_adds_is_the_default(
    cloud: RehearsalCloud, tmp_path: Path
) -> None:
    terminal = start(cloud, tmp_path)
    try:
        answer(terminal, "Kind (csp/cpv/referrals/app-only) [csp]: ", "reseller", "")
        terminal.wait_for(lambda _text: b"expected one of csp, cpv, referrals, app-only" in terminal.raw)
        answer(terminal, "Cloud (global/us-government/us-dod/china/rehearsal) [rehearsal]: ", "mars", "")
        terminal.wait_for(
            lambda _text: b"expected one of global, us-government, us-dod, china, rehearsal" in terminal.raw
        )
        answer(terminal, "Partner tenant: ", "contoso.com")
        answer(terminal, "Application id: ", "33333333-cccc-4ccc-8ccc-000000000003")
        terminal.wait_for(lambda _text: "◇ Start".encode() in terminal.raw)
    finally:
        terminal.close()
    asked_of_tenant = terminal.raw.index(b"Partner tenant: ")
    assert terminal.raw.index(b"Where the partner tenant lives") < asked_of_tenant


def test_a_failure_can_be_fixed_and_checked_again(cloud: RehearsalCloud, tmp_path: Path) -> None:
    answers = cloud.answers_file.read_text().replace('tenant = "contoso.com"', 'tenant = "contoso.invalid"')
    path = cloud.folder / "wrong.toml"
    path.write_text(answers)
    terminal = start(cloud, tmp_path, "--answers", str(path))
    try:
        terminal.wait_for("AADSTS90002")
        answer(terminal, "check again, change an answer, or quit?", "change")
        answer(terminal, "Partner tenant [contoso.invalid]: ", "contoso.com")
        answer(terminal, "Associated in Partner Center (yes/no) [yes]: ", "")
        terminal.wait_for("tenant.cloud")
        terminal.press("ctrl+c")

        assert terminal.exit_code() == 130
    finally:
        terminal.close()
