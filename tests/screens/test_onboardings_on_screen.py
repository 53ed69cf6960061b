"""The first page where there are several onboardings: it lists and filters them, and goes on with the one chosen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from screens.widgets.onboarding_list import OnboardingList
from tests.journeys.kept import APP, NOW, OTHER_APP, here, journey_of, keep
from tests.screens.driving import FILLED, Driver, screen_text, wizard
from tests.screens.stubs import StubSession
from wizard.core.answers import Answers
from wizard.journeys.entry import Entry
from wizard.journeys.journey_folder import JourneyFolder
from wizard.journeys.saved_journey import JourneyFile
from wizard.reporting.fleet_record import FleetRecord, Standing, write_record


@pytest.fixture
def session() -> Iterator[StubSession]:
    """A session in the folder of this test; what it has locked is let go at the end."""
    made = StubSession(folder=here())
    yield made
    made.let_go()


def shown(session: StubSession, answers: Answers = FILLED, **more: object) -> AbstractAsyncContextManager[Driver]:
    return wizard(answers, session=session, **more)  # type: ignore[arg-type]


def listed(driver: Driver) -> list[str]:
    """The lines of the list."""
    widget = driver.shell.query_one(OnboardingList)
    region = widget.content_region
    lines = screen_text(driver.app).splitlines()[region.y : region.bottom]
    return [text for line in lines if (text := line[region.x : region.right].strip(" │"))]


def pointed(driver: Driver) -> Entry:
    entry = driver.shell.query_one(OnboardingList).pointed
    assert entry is not None
    return entry


async def test_each_is_listed_with_where_it_stands_and_the_one_pointed_at_with_what_to_do(session: StubSession) -> None:
    keep("contoso.com")
    keep("fabrikam.com", passed=("start", "tenant"))
    async with shown(session) as driver:
        assert "2 onboardings on this machine" in driver.text
        first, second = listed(driver)
        assert first.split() == ["✓", "contoso.com", "proven", "until", "2027-02-23"]
        assert " ".join(second.split()) == "◐ fabrikam.com step 2, App registration"
        assert "Next: check it" in driver.text
        assert "90 days without a renewal" in driver.text
        await driver.press("down")
        assert "Next: go on with it." in driver.text


async def test_typing_filters_by_tenant_app_and_where_it_stands_and_keeps_the_one_pointed_at(
    session: StubSession,
) -> None:
    keep("contoso.com")
    keep("emea.contoso.com", OTHER_APP, passed=("start",))
    keep("fabrikam.com", passed=("start",))
    async with shown(session) as driver:
        await driver.press("down", *"contoso")
        assert [line.split()[1] for line in listed(driver)] == ["contoso.com", "emea.contoso.com"]
        assert pointed(driver).tenant == "emea.contoso.com"

        await driver.press(*["backspace"] * 7, *"STEP fab")
        assert [line.split()[1] for line in listed(driver)] == ["fabrikam.com"]
        assert pointed(driver).tenant == "fabrikam.com"

        await driver.press(*["backspace"] * 8, *OTHER_APP[:8])
        assert [line.split()[1] for line in listed(driver)] == ["emea.contoso.com"]


async def test_words_that_none_has_are_said_and_enter_begins_nothing(session: StubSession) -> None:
    keep("contoso.com")
    keep("fabrikam.com")
    async with shown(session) as driver:
        await driver.press(*"tailspin", "enter")
        await driver.until_text("None has these words.")
        assert listed(driver) == []
        assert driver.shell.page.page_id == "welcome"
        assert driver.controller.view is None


async def test_enter_goes_on_with_the_one_pointed_at_and_locks_that_one_alone(session: StubSession) -> None:
    contoso, fabrikam = keep("contoso.com"), keep("fabrikam.com", passed=("start", "tenant", "app"))
    async with shown(session) as driver:
        await driver.press("down", "enter")
        await driver.until_page("consent")
        assert driver.controller.view is not None
        assert driver.controller.view.answers.tenant == "fabrikam.com"
        other = JourneyFile(contoso)
        other.lock()
        other.unlock()
        with pytest.raises(Exception, match="another partner-wizard uses"):
            JourneyFile(fabrikam).lock()


async def test_one_that_another_program_has_is_refused_and_another_can_be_chosen(session: StubSession) -> None:
    in_use = JourneyFile(keep("contoso.com"))
    keep("fabrikam.com")
    in_use.lock()
    async with shown(session) as driver:
        await driver.press("enter")
        await driver.until_text("another partner-wizard uses")
        await driver.press("down", "enter")
        await driver.until_text("✓ fabrikam.com is onboarded")
    in_use.unlock()


async def test_the_one_that_is_open_is_marked_and_another_can_be_gone_on_with(session: StubSession) -> None:
    keep("contoso.com")
    keep("fabrikam.com", passed=("start", "tenant"))
    async with shown(session) as driver:
        await driver.press("down", "enter")
        await driver.until_page("app")
        await driver.press(*["escape"] * 3)
        await driver.until_page("welcome")
        assert pointed(driver).tenant == "fabrikam.com"
        assert "open here" in driver.text
        assert driver.shell.offers.labels["resume"] == "Go on"
        await driver.press("enter")
        await driver.until_page("app")
        await driver.press(*["escape"] * 3)
        await driver.until_page("welcome")
        await driver.press("up", "enter")
        await driver.until_text("✓ contoso.com is onboarded")


async def test_one_that_cannot_be_used_says_why_and_is_not_offered(session: StubSession) -> None:
    broken = keep("contoso.com")
    broken.write_text("{")
    keep("fabrikam.com")
    async with shown(session) as driver:
        await driver.until_text("It cannot be used: it is not a saved journey. Move the file away.")
        assert "resume" not in driver.shell.offers.labels
        await driver.press("enter")
        assert driver.controller.view is None
        await driver.press("down")
        assert driver.shell.offers.labels["resume"] == "Resume"


async def test_another_tenant_is_begun_from_the_list_and_no_other_is_touched(session: StubSession) -> None:
    before = {path: path.read_bytes() for path in (keep("contoso.com"), keep("fabrikam.com"))}
    async with shown(session, Answers()) as driver:
        await driver.pilot.click("#another")
        await driver.until_page("tenant")
        driver.controller.change("tenant", "tailspin.contoso.com")
        driver.controller.change("client_id", OTHER_APP)
    assert {path: path.read_bytes() for path in before} == before
    assert [each.tenant for each in here().entries()] == ["contoso.com", "fabrikam.com", "tailspin.contoso.com"]


async def test_another_tenant_of_the_last_page_leaves_the_finished_one(session: StubSession) -> None:
    path = keep("contoso.com")
    before = path.read_bytes()
    async with shown(session) as driver:
        await driver.press("enter")
        await driver.until_text("✓ contoso.com is onboarded")
        await driver.pilot.click("#another")
        await driver.until_page("tenant")
        driver.controller.change("tenant", "fabrikam.com")
        driver.controller.change("client_id", APP)
        assert driver.controller.kept.place[0] == "--tenant"
        assert driver.controller.kept.place[1].startswith("fabrikam.com-")
    assert path.read_bytes() == before
    assert [each.tenant for each in here().entries()] == ["contoso.com", "fabrikam.com"]


async def test_a_tenant_and_app_that_are_here_already_are_gone_on_with_and_said(session: StubSession) -> None:
    path = keep("contoso.com", passed=("start", "tenant", "app"))
    async with shown(session, Answers()) as driver:
        await driver.pilot.click("#another")
        await driver.until_page("tenant")
        driver.controller.change("tenant", "CONTOSO.com")
        driver.controller.change("client_id", APP)
        await driver.until_text("This tenant and app are onboarded on this machine already")
        assert driver.shell.page.page_id == "consent"
        assert session.file is not None
        assert session.file.path == path
    assert [each.tenant for each in here().entries()] == ["contoso.com"]
    assert [each.name for each in path.parent.iterdir() if each.name.startswith("draft-")] == []


async def test_one_saved_journey_looks_as_it_did_and_offers_another_tenant(session: StubSession) -> None:
    keep("contoso.com", passed=("start", "tenant", "app"))
    async with shown(session) as driver:
        await driver.until_text("It goes on with step 3, Admin consent.")
        assert "A journey is saved: contoso.com" in driver.text
        assert list(driver.shell.offers.labels) == ["resume", "begin", "another", "profile", "cloud", "explain", "quit"]
        await driver.press("enter")
        await driver.until_page("consent")


async def test_start_over_begins_the_same_tenant_again_in_its_own_file(session: StubSession) -> None:
    path = keep("contoso.com")
    async with shown(session, Answers()) as driver:
        await driver.until_text("It is proven to the end.")
        await driver.pilot.click("#begin")
        await driver.until_text("Start over?")
        await driver.pilot.click("#leave")
        await driver.until_page("tenant")
        assert driver.controller.view is not None
        assert driver.controller.view.answers.tenant == "contoso.com"
        assert session.file is not None
        assert session.file.path == path


async def test_the_single_file_of_an_earlier_version_is_named_and_gone_on_with_in_its_place(
    session: StubSession,
) -> None:
    JourneyFile(here().old_form).write(journey_of("contoso.com", passed=("start", "tenant")), NOW)
    async with shown(session) as driver:
        await driver.until_text("It is in the single file of an earlier version, and stays there:")
        await driver.press("enter")
        await driver.until_page("app")
        driver.controller.change("integration_user", "ada@contoso.com")
    saved = JourneyFile(here().old_form).read()
    assert saved is not None
    assert saved.answers.integration_user == "ada@contoso.com"
    assert [each.is_old_form for each in here().entries()] == [True]


async def test_among_several_the_single_file_is_named_as_such(session: StubSession) -> None:
    JourneyFile(here().old_form).write(journey_of("contoso.com"), NOW)
    keep("fabrikam.com")
    async with shown(session) as driver:
        await driver.press("down")
        assert "the single file of an earlier version" in driver.text
        assert pointed(driver).is_old_form


async def test_of_a_broken_only_one_another_tenant_can_be_begun(session: StubSession) -> None:
    broken = keep("contoso.com")
    broken.write_text("{")
    async with shown(session, Answers()) as driver:
        assert "The saved journey cannot be used" in driver.text
        await driver.pilot.click("#another")
        await driver.until_page("tenant")
    assert broken.read_text() == "{"


async def test_one_that_was_named_is_offered_alone(session: StubSession) -> None:
    path = keep("contoso.com", passed=("start", "tenant"))
    keep("fabrikam.com")
    session.file = JourneyFile(path)
    async with shown(session) as driver:
        await driver.until_text("A journey is saved: contoso.com")
        await driver.press("enter")
        await driver.until_page("app")


async def test_the_last_line_names_the_one_that_was_worked_on(
    session: StubSession, capsys: pytest.CaptureFixture[str]
) -> None:
    path = keep("contoso.com", passed=("start", "tenant"))
    keep("fabrikam.com")
    async with shown(session) as driver:
        await driver.press("enter")
        await driver.until_page("app")
        await driver.press("ctrl+q")
    assert capsys.readouterr() is not None
    assert driver.controller.kept.place == ("--tenant", path.stem)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_two_thousand_are_listed_and_the_last_can_be_seen(session: StubSession, size: tuple[int, int]) -> None:
    session.folder = folder = Many()
    async with shown(session, size=size) as driver:
        assert "2,000 onboardings on this machine" in driver.text
        await driver.press("pagedown")
        assert pointed(driver).tenant in " ".join(listed(driver))
        driver.shell.query_one(OnboardingList).move(5_000)
        await driver.pilot.pause()
        assert pointed(driver) is folder.many[-1]
        assert listed(driver)[-1].split()[1] == "1999.contoso.com"
        await driver.press(*"0777")
        assert [line.split()[1] for line in listed(driver)] == ["0777.contoso.com"]


class Many(JourneyFolder):
    """Two thousand onboardings."""

    def __init__(self) -> None:
        super().__init__(Path(os.devnull))
        self.many = [Entry(f"/{n}", f"{n:04}", tenant=f"{n:04}.contoso.com", outcome="proven") for n in range(2_000)]

    def entries(self) -> list[Entry]:
        return self.many


@pytest.mark.parametrize("tenants", [("contoso.com", "fabrikam.com"), ("contoso.com",), ()])
async def test_the_last_run_over_all_is_below_it_with_what_fails_and_what_ends_next(
    tenants: tuple[str, ...], session: StubSession
) -> None:
    for tenant in tenants:
        keep(tenant)
    found = (
        Standing("good", "", "proven", ends_at="2026-12-01T00:00:00Z"),
        Standing("bad", "", "failed", "store.redeems", "AADSTS700082", "The refresh token has expired"),
    )
    record = FleetRecord("check", "2026-11-21T06:17:00Z", {each.name: each for each in found})
    assert write_record(str(here().state), record) == ""
    async with shown(session, Answers()) as driver:
        text = " ".join(driver.text.split())
        assert "Checked 2 onboardings on 2026-11-21 06:17 UTC: 1 proven, 1 failed." in text
        assert "Fails: The refresh token has expired (AADSTS700082): bad." in text
        assert "Ends next: good on 2026-12-01." in text
