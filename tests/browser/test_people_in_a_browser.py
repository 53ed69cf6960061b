"""A person with Chromium: opens the consent link and the device page of the rehearsal, and the wizard goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import CHROMIUM, DRIVER, Browser, chromium
from tests.harness import Program, program
from wizard.rehearsal import RehearsalCloud, device_codes, load_scene

pytestmark = [
    pytest.mark.system,
    pytest.mark.browser,
    pytest.mark.skipif(
        not (Path(CHROMIUM).exists() and Path(DRIVER).exists()), reason=f"needs {CHROMIUM} and {DRIVER}"
    ),
]
ADMIN, USER, OTHER = "admin@contoso.com", "partner-integration@contoso.com", "adele@contoso.com"
NAMES = ["production", "own"]


@contextmanager
def at_work(names: Any, base: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Program, Browser]]:
    """A run that waits for its people, and a browser."""
    monkeypatch.setattr(device_codes, "POLL_INTERVAL", 1)
    with (
        RehearsalCloud(load_scene("all-holds-public"), names=names, people="wait") as cloud,
        chromium(cloud, base) as browser,
        program(cloud, base, lambda _event: None) as run,
    ):
        yield run.run(), browser


def consent(run: Program, browser: Browser, account: str = ADMIN, decision: str = "accept") -> None:
    browser.open(run.wait_for("consent_link")["url"])
    browser.press_account(account)
    browser.press(decision)


@pytest.mark.parametrize("names", NAMES)
def test_consent_and_sign_in_by_hand_lead_to_a_proven_token(
    names: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_work(names, tmp_path, monkeypatch) as (run, browser):
        consent(run, browser)
        assert browser.driver.current_url.startswith("http://localhost:")  # the wizard's own page
        assert "wizard" in browser.text
        code = run.wait_for("sign_in")
        browser.sign_in(code["verification_uri"], code["user_code"].lower(), USER)
        assert "Contoso Partner Integration" in browser.text
        browser.press("approve")
        assert browser.see("done")
        assert run.end() == 0
        assert run.summary["outcome"] == "proven"
        assert set(run.summary["hosts"]) <= {each.host for each in run.cloud.log}


@pytest.mark.parametrize("names", NAMES)
def test_consent_declined_by_hand_is_told(names: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with at_work(names, tmp_path, monkeypatch) as (run, browser):
        consent(run, browser, decision="cancel")
        assert "accept" not in browser.text
        assert run.end() == 1
        finding = run.of("finding")[-1]
        assert (finding["check"], finding["code"]) == ("consent.answer", "AADSTS65004")


def test_one_who_may_not_consent_sees_why_and_so_does_the_wizard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_work("production", tmp_path, monkeypatch) as (run, browser):
        browser.open(run.wait_for("consent_link")["url"])
        browser.press_account(USER)
        assert "may not consent" in browser.see("error").text
        browser.press("cancel")
        assert run.end() == 1
        assert run.of("finding")[-1]["code"] == "AADSTS90093"


@pytest.mark.parametrize("names", NAMES)
def test_a_sign_in_declined_by_hand_is_told(names: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with at_work(names, tmp_path, monkeypatch) as (run, browser):
        consent(run, browser)
        code = run.wait_for("sign_in")
        browser.sign_in(code["verification_uri"], code["user_code"], USER)
        browser.press("decline")
        assert "declined" in browser.title
        assert run.end() == 1
        finding = run.of("finding")[-1]
        assert (finding["check"], finding["code"]) == ("user.signed_in", load_scene("user-declines").expected.code)


def test_a_mistyped_code_is_said_and_the_right_one_still_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with at_work("production", tmp_path, monkeypatch) as (run, browser):
        consent(run, browser)
        code = run.wait_for("sign_in")
        browser.open(code["verification_uri"])
        browser.type("user_code", "WRONGCODE")
        browser.press("next")
        assert "does not work" in browser.see("error").text
        assert not run.outcome("user.signed_in")
        browser.sign_in(code["verification_uri"], code["user_code"], USER)
        browser.press("approve")
        assert run.end() == 0


def test_the_wrong_account_by_hand_is_refused_and_nothing_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_work("production", tmp_path, monkeypatch) as (run, browser):
        consent(run, browser)
        code = run.wait_for("sign_in")
        browser.sign_in(code["verification_uri"], code["user_code"], OTHER)
        browser.press("approve")
        assert run.end() == 1
        finding = run.of("finding")[-1]
        assert finding["check"] == "user.account"
        assert OTHER in finding["message"]
        assert run.cloud.vault.versions("partner-center-refresh-token") == []
