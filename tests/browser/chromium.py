"""A real Chromium with a fresh profile, and a home whose certificate store trusts a rehearsal cloud."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.patience import PATIENCE
from wizard.rehearsal import RehearsalCloud

CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
DESKTOP, PHONE = (1280, 900), (390, 844)
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
)  # fmt: skip


class Browser:
    """What a person does with a browser: open, see, type, press."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def open(self, url: str) -> None:
        self.driver.get(url)

    def see(self, element_id: str) -> Any:
        """The element with this id, as soon as it is there."""
        return WebDriverWait(self.driver, PATIENCE).until(
            lambda driver: next(iter(driver.find_elements(By.ID, element_id)), None), f"no #{element_id} came"
        )

    def press(self, element_id: str) -> None:
        """Press a button, and wait until its page is gone."""
        button = self.see(element_id)
        page = self.driver.find_element(By.TAG_NAME, "html").id
        button.click()
        self.leave(page, f"#{element_id} led nowhere")

    def leave(self, page: str, otherwise: str = "no other page came") -> None:
        """Wait until the page whose root element this is has gone."""
        WebDriverWait(self.driver, PATIENCE).until(
            lambda driver: next((each.id for each in driver.find_elements(By.TAG_NAME, "html")), page) != page,
            otherwise,
        )

    def press_account(self, account: str) -> None:
        """Press the button of an account."""
        buttons = [each for each in self.driver.find_elements(By.TAG_NAME, "button") if account in each.text]
        assert len(buttons) == 1, f"{len(buttons)} buttons for {account}"
        element_id = buttons[0].get_attribute("id")
        assert element_id, f"the button for {account} has no id"
        self.press(element_id)

    def type(self, element_id: str, text: str) -> None:
        field = self.see(element_id)
        field.clear()
        field.send_keys(text)

    @property
    def text(self) -> str:
        return str(self.driver.find_element(By.TAG_NAME, "body").text)

    @property
    def title(self) -> str:
        return str(self.driver.title)

    def sign_in(self, page: str, user_code: str, account: str) -> None:
        """Walk from the code to the question whether this is the right app."""
        self.open(page)
        self.type("user_code", user_code)
        self.press("next")
        self.press_account(account)
        self.press("next")  # the password
        self.press("next")  # the second factor

    def sign_in_at(self, link: str, account: str) -> None:
        """Open a link, and walk from the account back to the app that the link is of."""
        self.open(link)
        self.press_account(account)
        self.press("next")  # the password
        self.press("next")  # the second factor
        self.press("approve")

    def resize(self, size: tuple[int, int]) -> None:
        """Give the page another size, a phone's touch included."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": size[0], "height": size[1], "deviceScaleFactor": 2, "mobile": size == PHONE},
        )

    def hosts(self) -> set[str]:
        """Hosts of everything the page has loaded, itself included."""
        script = "return [location.href, ...performance.getEntriesByType('resource').map(each => each.name)]"
        return {url.split("/")[2] for url in self.driver.execute_script(script)}

    def scrolls_sideways(self) -> bool:
        """Whether anything is wider than the window."""
        return bool(
            self.driver.execute_script(
                "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
        )

    def picture(self, path: Path) -> None:
        """Keep what is to be seen."""
        self.driver.save_screenshot(str(path))


def trust(home: Path, bundle: Path) -> None:
    """Let Chromium with this home trust a CA."""
    database = home / ".pki" / "nssdb"
    database.mkdir(parents=True, mode=0o700)
    for arguments in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "rehearsal", "-i", str(bundle)]):
        subprocess.run(
            ["certutil", "-d", f"sql:{database}", *arguments], check=True, capture_output=True, timeout=PATIENCE
        )


@contextmanager
def chromium(
    cloud: RehearsalCloud, base: Path, size: tuple[int, int] = DESKTOP, *, localhost: str = ""
) -> Iterator[Browser]:
    """Chromium that trusts the cloud; under production names it goes through the cloud's proxy.

    Args:
        cloud: whose pages it opens.
        base: holds its home.
        size: of its window.
        localhost: the address that it takes for localhost, as if it ran on another machine; needs production names.
    """
    home = base / "browser"
    trust(home, cloud.ca_bundle)
    options = Options()
    options.binary_location = CHROMIUM
    for flag in FLAGS:
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={home / 'profile'}")
    options.add_argument(f"--window-size={size[0]},{size[1]}")
    if cloud.names.kind == "production":
        options.add_argument(f"--proxy-server={cloud.proxy_url}")
        if localhost:
            options.add_argument(f"--host-resolver-rules=MAP localhost {localhost}")
    else:
        options.add_argument("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost")  # nobody else is asked
    driver = webdriver.Chrome(options, Service(DRIVER, env={**os.environ, "HOME": str(home)}))
    try:
        driver.set_page_load_timeout(PATIENCE)
        browser = Browser(driver)
        browser.resize(size)
        yield browser
    finally:
        driver.quit()
