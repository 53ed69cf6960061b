"""The pages a browser sees at the end of its redirect: right at any size, with nothing from outside and no script."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from tests.browser.chromium import CHROMIUM, DRIVER, PHONE, Browser, chromium
from wizard.microsoft.landing import Landing
from wizard.microsoft.loopback import RedirectListener
from wizard.rehearsal import RehearsalCloud, load_scene

pytestmark = [
    pytest.mark.system,
    pytest.mark.browser,
    pytest.mark.skipif(
        not (Path(CHROMIUM).exists() and Path(DRIVER).exists()), reason=f"needs {CHROMIUM} and {DRIVER}"
    ),
]
PICTURES = os.environ.get("PICTURES", "")
"""A folder to keep a picture of every page in, for looking at them."""
SIZES = {"phone": PHONE, "desktop": (1280, 800)}
CASES: tuple[Landing | None, ...] = (*Landing, None)
QUERY = "code=1.AcodeB&state=the-state"
SAYS = {
    Landing.SIGNED_IN: ("✓", "integration user has arrived"),
    Landing.VAULT_SIGNED_IN: ("✓", "for the key vault has arrived"),
    Landing.GRAPH_SIGNED_IN: ("✓", "for Microsoft Graph has arrived"),
    Landing.SIGN_IN_REFUSED: ("✗", "terminal"),
    Landing.CONSENTED: ("✓", "terminal"),
    Landing.CONSENT_REFUSED: ("✗", "terminal"),
    Landing.EARLIER_LINK: ("!", "newest link"),
    None: ("?", "terminal"),
}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with (
        RehearsalCloud(load_scene("all-holds-public"), names="own", people="wait") as cloud,
        chromium(cloud, tmp_path_factory.mktemp("landing-pages")) as browser,
    ):
        yield browser


@contextmanager
def landed(browser: Browser, landing: Landing | None) -> Iterator[RedirectListener]:
    """A browser that has just been redirected to the listener."""
    listener = RedirectListener("http://localhost", lambda _target: landing)
    try:
        browser.open(f"{listener.uri}/?{QUERY}")
        yield listener
    finally:
        listener.close()


def prefer(browser: Browser, scheme: str, *, script: bool = True) -> None:
    browser.driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not script})


def name_of(landing: Landing | None) -> str:
    return landing.value if landing else "stray"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("landing", CASES, ids=name_of)
def test_a_landing_page_fits_says_what_to_do_and_loads_nothing_from_outside(
    browser: Browser, landing: Landing | None, size: str, scheme: str
) -> None:
    browser.resize(SIZES[size])
    prefer(browser, scheme)
    with landed(browser, landing) as listener:
        if PICTURES:
            browser.picture(Path(PICTURES) / f"{name_of(landing)}-{size}-{scheme}.png")
        assert not browser.scrolls_sideways()
        assert browser.hosts() == {f"localhost:{listener.port}"}
        assert browser.title.endswith("partner-wizard")
        assert len(browser.driver.find_elements(By.TAG_NAME, "h1")) == 1
        assert browser.driver.find_elements(By.TAG_NAME, "script") == []
        sign, words = SAYS[landing]
        assert browser.title.startswith(sign)
        assert words in browser.text
        assert "You can close this tab" in browser.text
        assert lowest_contrast(browser) >= 7
        if landing:
            assert browser.driver.current_url == listener.uri + landing.path
            assert "AcodeB" not in browser.driver.page_source


def lowest_contrast(browser: Browser) -> float:
    """The least contrast of a text with what it stands on, as WCAG 2 reckons it; 7 is its highest grade."""
    script = """
    const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
    const light = colour => numbers(colour).slice(0, 3).map(each => each / 255)
      .map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
      .reduce((sum, each, index) => sum + each * [0.2126, 0.7152, 0.0722][index], 0);
    const ground = element => {
      const colour = getComputedStyle(element).backgroundColor;
      return numbers(colour)[3] === 0 ? ground(element.parentElement) : colour;
    };
    return Math.min(...[...document.querySelectorAll('svg, span, h1, p, footer')].map(each => {
      const [less, more] = [light(getComputedStyle(each).color), light(ground(each))].sort((a, b) => a - b);
      return (more + 0.05) / (less + 0.05);
    }));"""
    return float(browser.driver.execute_script(script))


def test_the_page_needs_no_script(browser: Browser) -> None:
    browser.resize(PHONE)
    prefer(browser, "light", script=False)
    try:
        with landed(browser, Landing.SIGNED_IN):
            assert "You can close this tab" in browser.text
    finally:
        prefer(browser, "light")


def test_neither_the_address_bar_nor_the_way_back_leads_to_what_came(browser: Browser) -> None:
    with landed(browser, None) as before, landed(browser, Landing.SIGNED_IN) as listener:
        browser.open(before.uri)
        page = browser.driver.find_element(By.TAG_NAME, "html").id
        browser.driver.execute_script(f"location.assign('{listener.uri}/?{QUERY}')")  # as Microsoft's last page does
        browser.leave(page)
        entries = browser.driver.execute_cdp_cmd("Page.getNavigationHistory", {})["entries"]
        assert [each["url"] for each in entries[-2:]] == [f"{before.uri}/", listener.uri + Landing.SIGNED_IN.path]
