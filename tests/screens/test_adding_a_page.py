"""A page is a module, its style, and a line of the table: nothing else has to know of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import ComposeResult
from textual.widgets import Static

from screens.actions import Offer, Offers
from screens.app import WizardApp
from screens.pages.page import Page, PageContext
from screens.pages.table import PAGES
from tests.screens.driving import wizard


class TenantsPage(Page):
    """A page that the wizard does not have."""

    def __init__(self, context: PageContext) -> None:
        super().__init__("tenants")
        self.counted = 0

    def compose(self) -> ComposeResult:
        yield Static("Every tenant in a line", markup=False, id="every-tenant")
        yield Static(markup=False, id="notice")

    def offers(self) -> Offers:
        return Offers({"check": Offer("Count them", self.count), "back": Offer("Back"), "quit": Offer("Quit")}, "check")

    def count(self) -> None:
        self.counted += 1
        self.say(f"Counted {self.counted} times.")


async def test_a_page_is_shown_offers_what_it_does_itself_and_what_the_shell_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    style = tmp_path / "tenants.tcss"
    style.write_text("#every-tenant { padding-left: 7; color: $warn; }")
    monkeypatch.setattr(WizardApp, "CSS_PATH", [*WizardApp.CSS_PATH, style])
    monkeypatch.setitem(PAGES, "tenants", TenantsPage)
    async with wizard() as driver:
        await driver.shell.show("tenants")
        await driver.pilot.pause()
        assert "Every tenant in a line" in driver.text
        assert driver.app.screen.query_one("#every-tenant").styles.padding.left == 7
        assert "Count them" in driver.text

        await driver.press("enter")
        await driver.press("f5")
        assert "Counted 2 times." in driver.text

        await driver.press("escape")
        assert driver.shell.page.page_id == "welcome"
        await driver.press("ctrl+q")
        assert driver.app.return_code == 1
