"""The page of a sign-in in a browser: what it says, what fits, and what stands behind the link."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from textual.widgets import Static

from screens.machine import Machine
from screens.widgets.link import broken, linked
from tests.sampling import sample
from tests.screens.driving import screen_text
from tests.screens.stubs import DESKTOP, SERVER
from tests.screens.waiting_for_browser import (
    ACCOUNT,
    WRONG,
    field_of,
    joined,
    paste,
    press_new_link,
    until_rejected,
    waiting,
)
from wizard.core.inbox import NewLink, Purpose, RedirectResponse

SIZES = [(60, 20), (76, 24), (80, 24), (120, 40), (200, 60)]


async def test_the_page_says_who_signs_in_where_with_which_app_and_how_the_answer_comes_back() -> None:
    async with waiting() as (driver, run):
        assert f"Sign in as {ACCOUNT} · app Contoso Partner Center" in driver.text
        assert "1 Open this link in a private window" in driver.text
        assert "2 Sign in with MFA, as this account, not as an administrator." in driver.text
        assert "3 The browser then shows “can't reach this page”, or nothing. That is expected: copy" in driver.text
        assert "paste it here within a minute." in driver.text
        assert "ssh -L" not in driver.text
        assert re.search(f"[⠂⠐] waiting for {ACCOUNT} · 1", driver.text)
        assert " left · Enter submits" in driver.text
        assert run.links[0] in joined(driver)
        assert driver.app.focused is field_of(driver)


@pytest.mark.parametrize(
    ("purpose", "headline", "awaited"),
    [
        (Purpose.VAULT, "Sign in with an account that may open the key vault", "somebody who may open the key vault"),
        (
            Purpose.GRAPH,
            "Sign in with an account that may read the tenant's policies",
            "somebody who may read the tenant's policies",
        ),
    ],
)
async def test_a_sign_in_for_another_purpose_has_words_of_its_own(
    purpose: Purpose, headline: str, awaited: str
) -> None:
    async with waiting(purpose=purpose, app="Microsoft Azure CLI") as (driver, run):
        assert headline in driver.text
        assert f"waiting for {awaited}" in driver.text
        assert "· app Microsoft Azure CLI" in driver.text
        assert "not as an administrator" not in driver.text
        await paste(driver, WRONG)
        await driver.press("enter")
        await until_rejected(driver)
        await press_new_link(driver)
        await driver.until(lambda: len(run.links) == 2, "a new link")
        assert run.taken == [RedirectResponse(WRONG), NewLink()]


@pytest.mark.parametrize("port", sample(2, [0, 8400]))
@pytest.mark.parametrize("machine", [SERVER, DESKTOP], ids=["server", "desktop"])
async def test_the_field_is_in_sight_at_every_size_and_the_link_is_never_cut(port: int, machine: Machine) -> None:
    async with waiting(port=port, machine=machine) as (driver, run):
        for size in SIZES:
            await driver.pilot.resize_terminal(*size)
            await driver.pilot.pause()
            place = driver.shell.query_one("#place").region
            is_framed = driver.shell.query_one("#browser-line").has_class("card")
            label = "#browser-line" if is_framed else "#browser-label"
            for name in ("#browser-address", "#browser-wait", label):
                assert place.contains_region(driver.shell.query_one(name).region), (name, size)
            if size >= (80, 24):
                assert driver.shell.page.max_scroll_y == 0, size
                assert run.links[0] in joined(driver), size
            assert driver.shell.has_class("-full")
            assert driver.app.focused is field_of(driver)
            more = driver.shell.query_one("#more")
            assert not more.display or driver.shell.query_one("#cancel").region.right <= more.region.x, size
            seen = joined(driver)
            while driver.shell.page.scroll_y < driver.shell.page.max_scroll_y:
                await driver.press("pagedown")
                seen += joined(driver)
            assert run.links[0][-40:] in seen
            assert "aminute" in seen


async def test_beside_the_lines_of_a_link_nothing_stands() -> None:
    async with waiting((120, 40)) as (driver, run):
        lines = [line.strip(" │") for line in screen_text(driver.app).splitlines()]
        first = next(number for number, line in enumerate(lines) if line.startswith("https://"))
        height = driver.shell.query_one("#browser-link").content_size.height

        assert "".join(lines[first : first + height]) == run.links[0]


async def test_each_line_of_a_link_leads_to_all_of_it() -> None:
    async with waiting() as (driver, run):
        region = driver.shell.query_one("#browser-link").content_region
        strips = driver.app.screen._compositor.render_strips()[region.y : region.bottom]
        behind = [{each.style.link for each in strip if each.style and each.text.strip()} for strip in strips]

        assert len(behind) == 12
        assert all(run.links[0] in links for links in behind)
        assert f";{run.links[0]}\x1b\\" in strips[5].render(driver.app.console)


@pytest.mark.parametrize("address", ["https://contoso.com/\x1b]0;x\x07", "https://contoso.com/\u202e", "https://a b"])
def test_what_is_no_plain_address_is_no_link(address: str) -> None:
    assert linked("https://", "https://contoso.com/", is_clickable=True).spans
    assert not linked("https://", address, is_clickable=True).spans


def test_a_link_is_broken_at_its_joints_and_where_it_has_none_at_the_end_of_the_line() -> None:
    link = "https://login.example/tenant/authorize?client_id=0123456789&nonce=" + "0" * 50

    lines = broken(link, 30)

    assert lines[:3] == ["https://login.example/tenant/", "authorize?client_id=0123456789", "&nonce=" + "0" * 23]
    assert "".join(lines) == link
    assert all(len(line) <= 30 for line in lines)
    assert broken(link, 30, joints="")[0] == link[:30]


async def test_a_terminal_that_would_draw_links_as_text_gets_none() -> None:
    async with waiting(machine=replace(SERVER, shows_links=False)) as (driver, run):
        strips = driver.app.screen._compositor.render_strips()
        assert not [each for strip in strips for each in strip if each.style and each.style.link]
        assert run.links[0] in joined(driver)


@pytest.mark.system
async def test_where_a_listener_waits_the_way_to_it_is_said_first() -> None:
    async with waiting((80, 30), port=8400) as (driver, _):
        assert "Or run this on your own machine first, and nothing has to be pasted:" in driver.text
        assert "ssh -L 8400:localhost:8400 operator@partner-host" in driver.text
        assert " Open in browser " not in driver.text
    async with waiting((80, 30), port=8400, machine=DESKTOP) as (driver, _):
        assert "The answer comes back by itself. For a browser elsewhere" in driver.text
        assert "ssh -L 8400:localhost:8400 operator@partner-host" in driver.text
        assert " Open in browser " in driver.text


async def test_f1_explains_the_sign_in_in_a_browser() -> None:
    async with waiting((100, 60)) as (driver, _):
        await driver.press("f1")
        assert str(driver.app.screen.query_one("#reader-title", Static).content) == "The sign-in in a browser"
        assert "A code is valid for one minute" in driver.text
        assert "Why plain http is safe here" in driver.text
