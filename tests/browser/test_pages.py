"""The rehearsal's pages: right at a desktop's and a phone's width, with nothing from outside."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.browser.chromium import CHROMIUM, DESKTOP, DRIVER, PHONE, Browser, chromium
from wizard.rehearsal import RehearsalCloud, device_codes, load_scene

pytestmark = [
    pytest.mark.system,
    pytest.mark.browser,
    pytest.mark.skipif(
        not (Path(CHROMIUM).exists() and Path(DRIVER).exists()), reason=f"needs {CHROMIUM} and {DRIVER}"
    ),
]
PICTURES = os.environ.get("PICTURES", "")
"""A folder to keep a picture of every page in, for looking at them."""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RehearsalCloud, Browser]]:
    with (
        RehearsalCloud(load_scene("all-holds-public"), names="production", people="wait") as cloud,
        chromium(cloud, tmp_path_factory.mktemp("pages")) as browser,
    ):
        yield cloud, browser


def new_code(cloud: RehearsalCloud) -> str:
    app, names = cloud.scene.world.app, cloud.names
    with cloud.state.lock:
        scope = f"https://{names.partner_center}/user_impersonation offline_access openid"
        return device_codes.issue(cloud.state, app.client_id, scope, True, "").user_code


def consent_url(cloud: RehearsalCloud, **more: str) -> str:
    query = {"client_id": cloud.scene.world.app.client_id, "state": "s" * 22}
    query |= {"scope": f"https://{cloud.names.partner_center}/.default", **more}
    return f"https://{cloud.names.login}/{cloud.scene.world.tenant.id}/v2.0/adminconsent?{urlencode(query)}"


def enter_code(cloud: RehearsalCloud, browser: Browser) -> None:
    browser.open(cloud.names.device_page)


def wrong_code(cloud: RehearsalCloud, browser: Browser) -> None:
    enter_code(cloud, browser)
    browser.type("user_code", "W" * 20)
    browser.press("next")


def pick_account(cloud: RehearsalCloud, browser: Browser) -> None:
    enter_code(cloud, browser)
    browser.type("user_code", new_code(cloud))
    browser.press("next")


def password(cloud: RehearsalCloud, browser: Browser) -> None:
    pick_account(cloud, browser)
    browser.press_account("partner-integration@fabrikam.com")


def second_factor(cloud: RehearsalCloud, browser: Browser) -> None:
    password(cloud, browser)
    browser.press("next")


def question(cloud: RehearsalCloud, browser: Browser) -> None:
    second_factor(cloud, browser)
    browser.press("next")


def signed_in(cloud: RehearsalCloud, browser: Browser) -> None:
    question(cloud, browser)
    browser.press("approve")


def declined(cloud: RehearsalCloud, browser: Browser) -> None:
    question(cloud, browser)
    browser.press("decline")


def consent_account(cloud: RehearsalCloud, browser: Browser) -> None:
    browser.open(consent_url(cloud))


def consent_question(cloud: RehearsalCloud, browser: Browser) -> None:
    consent_account(cloud, browser)
    browser.press_account("admin@contoso.com")


def consent_forbidden(cloud: RehearsalCloud, browser: Browser) -> None:
    consent_account(cloud, browser)
    browser.press_account("partner-integration@contoso.com")


def consent_given(cloud: RehearsalCloud, browser: Browser) -> None:
    consent_question(cloud, browser)
    browser.press("accept")


def consent_refused(cloud: RehearsalCloud, browser: Browser) -> None:
    consent_question(cloud, browser)
    browser.press("cancel")


def bad_redirect(cloud: RehearsalCloud, browser: Browser) -> None:
    browser.open(consent_url(cloud, redirect_uri="https://somewhere.example.com/" + "very-long-path" * 9))


def home(cloud: RehearsalCloud, browser: Browser) -> None:
    browser.open(f"https://{cloud.names.login}/")


PAGES: dict[str, Callable[[RehearsalCloud, Browser], None]] = {
    each.__name__: each
    for each in (
        home, enter_code, wrong_code, pick_account, password, second_factor, question, signed_in, declined,
        consent_account, consent_question, consent_forbidden, consent_given, consent_refused, bad_redirect,
    )
}  # fmt: skip
OPEN_ENDED = {"signed_in", "declined", "consent_given", "consent_refused", "bad_redirect"}
"""Pages that ask for nothing."""


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_fits_and_loads_nothing_from_outside(
    page: str, size: tuple[int, int], here: tuple[RehearsalCloud, Browser]
) -> None:
    cloud, browser = here
    browser.resize(size)
    PAGES[page](cloud, browser)
    if PICTURES:
        browser.picture(Path(PICTURES) / f"{page}-{size[0]}.png")
    assert not browser.scrolls_sideways()
    assert len(browser.hosts()) == 1
    assert browser.hosts() <= set(cloud.names.services)
    assert browser.title
    assert "Rehearsal cloud" in browser.text
    check_controls(browser, page)


def check_controls(browser: Browser, page: str) -> None:
    """Fields have labels; buttons have words, a stable id, and a size a finger hits."""
    script = """
    const fields = [...document.querySelectorAll('input:not([type=hidden])')];
    const targets = [...document.querySelectorAll('button, input:not([type=hidden])')];
    return {
      unlabelled: fields.filter(each => !each.labels.length).map(each => each.id),
      small: targets.filter(each => each.getBoundingClientRect().height < 44).map(each => each.id),
      nameless: [...document.querySelectorAll('button')].filter(each => !each.id || !each.innerText.trim()).length,
      ids: targets.map(each => each.id),
      language: document.documentElement.lang,
      headings: document.querySelectorAll('h1').length,
      wide: [...document.querySelectorAll('main, main *')].filter(each => each.scrollWidth > each.clientWidth + 1
        && getComputedStyle(each).display !== 'inline').map(each => each.outerHTML.slice(0, 80)),
    }"""
    found = browser.driver.execute_script(script)
    assert found["unlabelled"] == []
    assert found["small"] == []
    assert found["nameless"] == 0
    assert len(found["ids"]) == len(set(found["ids"]))
    assert found["language"] == "en"
    assert found["headings"] == 1
    assert found["wide"] == []
    assert bool(found["ids"]) == (page not in OPEN_ENDED | {"home"})


def test_the_keyboard_alone_goes_from_the_code_to_the_end(here: tuple[RehearsalCloud, Browser]) -> None:
    cloud, browser = here
    browser.resize(DESKTOP)
    enter_code(cloud, browser)
    focused = "return document.activeElement.id"
    assert browser.driver.execute_script(focused) == "user_code"
    browser.driver.switch_to.active_element.send_keys(new_code(cloud), "\n")
    assert browser.see("account-1")
