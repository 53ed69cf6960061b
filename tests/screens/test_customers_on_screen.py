"""The table of customers: it filters, sorts, says what was found of each, and asks nobody once it is closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from screens.customer_source import CustomerRow
from screens.dialogs.customer_table import CustomerTable
from screens.palette import palette_commands
from tests.screens.driving import Driver, flat_text, wizard
from tests.screens.gallery.several_customers import LISTED, FewCustomers, show_customers
from tests.screens.gallery.ways import stand_on
from wizard.core.errors import BadInput
from wizard.core.findings import Finding, Outcome
from wizard.core.waiting import Cancel
from wizard.onboarding.view import JourneyView


def names_of(driver: Driver) -> list[str]:
    """The customers that are shown, from the top."""
    text = driver.app.screen.query_one("#customers-table")
    return [str(text.get_row_at(row)[0]) for row in range(text.row_count)]  # type: ignore[attr-defined]


async def test_it_filters_sorts_and_says_what_was_found_of_the_one_pointed_at() -> None:
    async with wizard(size=(120, 40)) as driver:
        await show_customers(driver)
        assert names_of(driver) == ["Adatum", "Northwind", "Fabrikam", "Wingtip"], "what refuses comes first"

        await driver.press("down")
        await driver.until_text("AADSTS53003")
        await driver.press("enter")
        await driver.until_text("Who: A Conditional Access Administrator of the customer")
        await driver.press("escape")
        await driver.pilot.click("#customers-sort")
        assert names_of(driver) == ["Adatum", "Fabrikam", "Northwind", "Wingtip"]
        assert "AADSTS53003" in flat_text(driver.app), "the same one is pointed at"

        driver.app.screen.query_one("#customers-filter").focus()
        await driver.press(*"policy")
        assert names_of(driver) == ["Northwind"]
        await driver.press(*"x")
        assert names_of(driver) == []
        await driver.press("escape")
        assert driver.app.screen is driver.shell


UNREAD = Finding("customers.gdap", Outcome.UNKNOWN, "Graph refused.", title="Customers with GDAP could not be read")


class Troubled(FewCustomers):
    """A part of the list could not be read, and it ends early."""

    def look(self, view: JourneyView, cancel: Cancel) -> Iterator[tuple[CustomerRow, ...] | CustomerRow | Finding]:
        """A list, and no more."""
        yield LISTED
        yield UNREAD
        raise BadInput("credential", "has to be entered again")


class Cancelling(FewCustomers):
    """Notes that it was ended."""

    cancel: Cancel | None = None

    def look(self, view: JourneyView, cancel: Cancel) -> Iterator[tuple[CustomerRow, ...] | CustomerRow | Finding]:
        """As the others."""
        self.cancel = cancel
        yield from super().look(view, cancel)


async def test_the_palette_opens_it_once_a_token_is_stored_and_closing_it_ends_it() -> None:
    async with wizard() as driver:
        await stand_on(driver, "tenant")
        controller, source = driver.shell.controller, Cancelling()
        assert controller.view is not None
        controller.customers = source
        assert "Customers" not in [each.title for each in palette_commands(driver.shell)]
        facts = replace(controller.view.facts, secret_version="f" * 32)
        controller.view = replace(controller.view, facts=facts)

        next(each for each in palette_commands(driver.shell) if each.title == "Customers").callback()

        await driver.until_text("3 of 4")
        await driver.press("escape")
        await driver.until(lambda: source.cancel is not None and source.cancel.is_set, "it to be ended")


@pytest.mark.system
async def test_what_ends_it_early_is_said() -> None:
    async with wizard() as driver:
        await stand_on(driver, "tenant")
        assert driver.shell.controller.view is not None
        driver.app.push_screen(CustomerTable(Troubled(), driver.shell.controller.view))

        await driver.until_text("has to be entered again")
        assert "? Customers with GDAP could not be read" in flat_text(driver.app)
