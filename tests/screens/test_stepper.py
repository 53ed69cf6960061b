"""The stepper says what its half sign means, wherever that is drawn and there is room."""

from __future__ import annotations

import pytest

from screens.widgets.stepper import Stepper
from tests.screens.driving import wizard


def drawn(stepper: Stepper) -> str:
    return str(stepper.render())


@pytest.mark.parametrize(
    ("size", "line"),
    [
        ((80, 24), "✓ Start  ◐ Tenant  ● App  ○ Consent  ○ User  ○ Store   ◐ to confirm · 2 of 5"),
        ((76, 24), "✓ Start  ◐ Tenant  ● App  ○ Consent  ○ User  ○ Store              2 of 5"),
        ((60, 20), "Step 2 of 5  ✓◐●○○○                         ◐ to confirm"),
    ],
)
async def test_what_a_half_sign_means_stands_beside_it_where_there_is_room(size: tuple[int, int], line: str) -> None:
    async with wizard(size=size) as driver:
        await driver.begin()
        await driver.check()
        await driver.press("f6")
        await driver.until_page("app")
        await driver.pilot.pause()
        stepper = driver.shell.query_one(Stepper)

        assert drawn(stepper) == line
        assert len(line) == stepper.content_size.width


async def test_nothing_is_explained_that_is_not_drawn() -> None:
    async with wizard() as driver:
        await driver.begin()

        assert "to confirm" not in drawn(driver.shell.query_one(Stepper))
