"""A window that changes its size under somebody's hands takes neither the keys nor the place away."""

from __future__ import annotations

from textual import events
from textual.widgets import Input, Select

from screens.widgets.check_list import CheckList
from screens.widgets.form import Form
from tests.screens.driving import Driver, screen_text, wizard
from tests.screens.gallery.ways import refused


async def made_small_and_large(driver: Driver) -> None:
    """A split is opened and closed again."""
    for size in ((80, 12), (80, 24)):
        await driver.pilot.resize_terminal(*size)
        await driver.pilot.pause()


async def the_window_itself_has_the_keys(driver: Driver, *, has_them: bool) -> None:
    """Another window is turned to, or this one."""
    driver.app.post_message(events.AppFocus() if has_them else events.AppBlur())
    await driver.pilot.pause()


async def test_keys_go_on_where_they_went_before_the_window_was_too_small() -> None:
    async with wizard() as driver:
        await driver.begin()
        await driver.press("tab")
        before = driver.app.focused
        await driver.pilot.resize_terminal(50, 12)
        await driver.press("enter")
        assert driver.app.focused is None

        await driver.pilot.resize_terminal(80, 24)
        await driver.pilot.pause()
        assert before is not None
        assert driver.app.focused is before


async def test_what_comes_while_the_window_is_too_small_has_the_keys_after_it() -> None:
    async with wizard() as driver:
        await driver.begin()
        await driver.pilot.resize_terminal(50, 12)
        await driver.stand_on("store")
        await driver.pilot.resize_terminal(80, 24)
        await driver.pilot.pause()

        assert driver.app.focused is driver.shell.query_one("#check")


async def test_no_button_takes_the_keys_of_a_field_while_another_window_has_them() -> None:
    async with wizard() as driver:
        await driver.begin()
        field = driver.shell.query_one("#field-tenant", Input)
        field.focus()
        await driver.pilot.pause()
        await the_window_itself_has_the_keys(driver, has_them=False)
        await made_small_and_large(driver)
        await the_window_itself_has_the_keys(driver, has_them=True)

        assert driver.app.focused is field


async def test_a_list_that_was_open_is_not_chosen_from_unseen() -> None:
    async with wizard() as driver:
        await driver.stand_on("user")
        select = driver.shell.query_one("#field-vault_identity", Select)
        select.focus()
        await driver.press("enter")
        await made_small_and_large(driver)

        assert driver.app.focused is select
        assert not select.expanded


async def test_the_page_stays_where_it_was_read() -> None:
    async with wizard() as driver:
        await driver.stand_on("user")
        driver.shell.query(Input).first().focus()
        await driver.press("pagedown", "pagedown")
        read_at = driver.shell.page.scroll_y
        await made_small_and_large(driver)

        assert driver.shell.page.scroll_y == read_at > 0


async def test_a_secret_is_typed_on() -> None:
    async with wizard(credential="secret") as driver:
        await driver.stand_on("app")
        field = driver.shell.query_one("#field-client_secret", Input)
        field.focus()
        await driver.press(*"first")
        await made_small_and_large(driver)
        await driver.press(*"last")

        assert field.value == "firstlast"


async def test_a_field_worked_in_stays_in_view_whatever_the_page_was_scrolled_to_before() -> None:
    async with wizard() as driver:
        await refused(driver, "user", "write_check", "ForbiddenByRbac", "said", service="key_vault", status=403)
        field = driver.shell.query_one("#field-vault_secret", Input)
        driver.shell.query_one(Form).unfold()
        await driver.pilot.pause()
        field.focus()
        await driver.pilot.pause()
        await the_window_itself_has_the_keys(driver, has_them=False)
        await driver.pilot.resize_terminal(80, 22)
        await driver.pilot.pause()
        await the_window_itself_has_the_keys(driver, has_them=True)

        assert driver.app.focused is field
        assert driver.shell.page.region.contains_region(field.region)


async def test_a_check_pointed_to_stays_in_view() -> None:
    async with wizard(size=(80, 40)) as driver:
        await driver.stand_on("user")
        driver.shell.query_one("#checks").focus()
        await driver.press("end")
        await driver.pilot.resize_terminal(80, 20)
        await driver.pilot.pause()

        checks = driver.shell.query_one(CheckList)
        assert checks.pointed_at is not None
        assert checks.pointed_at.title in screen_text(driver.app)
