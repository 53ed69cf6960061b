"""What a check found of many things: a row for each below the check, and all of them in its details."""

from __future__ import annotations

import pytest

from screens.check_rows import MOST_ITEMS, Row, row_of
from tests.screens.driving import flat_text, wait_for
from tests.screens.test_scenes_on_screen import begin, rehearsing, run_shown_step
from tests.test_journey import holding, journey_with
from wizard.core.findings import Finding, Item, ItemKind, Outcome
from wizard.core.wording import item_in_words
from wizard.onboarding.profile import EVERY_CHECK

PERMISSIONS = "consent.permissions"


async def test_ten_findings_stand_on_the_page_and_in_the_details(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsing("permissions-not-as-requested", monkeypatch) as (_cloud, app):
        async with app.run_test(size=(160, 70)) as pilot:
            journey = await begin(pilot, app)
            for step in ("tenant", "app", "consent"):
                await wait_for(pilot, lambda step=step: app.shell.page.page_id == step, f"{step} is shown")  # type: ignore[misc]
                await run_shown_step(pilot, app)
                if step != "consent":
                    await pilot.press("f6")
            found = journey.findings[PERMISSIONS].open_items
            assert len(found) == 10
            shown = flat_text(app)
            assert [item.subject for item in found if item_in_words(item) not in shown] == []

            app.screen.query_one("#checks").focus()
            await pilot.press("end", "enter")
            await wait_for(pilot, lambda: app.screen is not app.shell, "the details are open")
            details = flat_text(app)
            assert [item.subject for item in found if item.subject not in details] == []


def row_with(*items: Item) -> Row:
    """The row of a check that found these."""
    journey = journey_with(holding("start", "tenant", "app"))
    journey.findings[PERMISSIONS] = Finding(PERMISSIONS, Outcome.FAILS, "Found.", title="Missing", items=items)
    return row_of(journey.view(), EVERY_CHECK[PERMISSIONS])


def test_of_very_many_the_page_shows_some_and_says_how_many_more() -> None:
    row = row_with(*(Item(f"P{number}", Outcome.FAILS, "not granted", ItemKind.MISSING) for number in range(169)))

    assert len(row.items) == MOST_ITEMS
    assert row.items[-1] == ("…", f"and {169 - MOST_ITEMS + 1} more, which Details shows")


def test_what_holds_takes_no_row_of_the_page() -> None:
    held, missing = (
        Item("A", Outcome.HOLDS, "granted", ItemKind.MISSING),
        Item("B", Outcome.FAILS, "not granted", ItemKind.MISSING),
    )

    row = row_with(held, missing)
    assert row.notes == ("Found.",)
    assert [" ".join(item) for item in row.items] == [item_in_words(missing)]
