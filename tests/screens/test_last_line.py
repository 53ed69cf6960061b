"""After quitting, the last line says what to type next, and the command line takes what it says."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from screens.last_line import last_line
from screens.scenes import SceneInfo
from tests.screens.driving import wizard
from tests.test_journey import ALL, holding, journey_with
from wizard.commands.full_screen import place_of
from wizard.commands.options import read_options
from wizard.core.answers import Answers
from wizard.journeys.saved_journey import JourneyFile

CONTOSO = Answers(tenant="contoso.com")
PLACE = ("--journey", "a folder/contoso.json", "--cloud-file", "clouds.toml")


def typed(line: str) -> list[str]:
    """The words of the command that a line names, without the program's own name."""
    words = shlex.split(line.splitlines()[-1])
    assert words[0] == "partner-wizard"
    return words[1:]


def test_a_journey_that_is_not_proven_is_gone_on_with() -> None:
    view = journey_with(holding("start", "tenant"), CONTOSO).view()
    line = last_line(view, None, PLACE)

    assert line.startswith("Saved up to step 2, App registration. To go on, type:\npartner-wizard --journey ")
    options = read_options(typed(line))
    assert options.command is None
    assert place_of(options) == PLACE


def test_a_proven_journey_is_reported() -> None:
    line = last_line(journey_with(holding(*ALL), CONTOSO).view(), None, PLACE)

    assert line.startswith("contoso.com is onboarded. For the report, type:\npartner-wizard report ")
    options = read_options(typed(line))
    assert options.command == "report"
    assert place_of(options) == PLACE


def test_a_saved_journey_that_was_not_opened_is_named(tmp_path: Path) -> None:
    file = JourneyFile(tmp_path / "journey.json")
    file.write(journey_with(holding("start"), CONTOSO), "2026-11-21T10:00:00Z")

    assert last_line(None, file.read(), ()) == "The journey of contoso.com is saved. To go on, type:\npartner-wizard"


def test_a_journey_that_was_found_proven_is_checked_and_not_gone_on_with(tmp_path: Path) -> None:
    file = JourneyFile(tmp_path / "journey.json")
    proven = journey_with(holding(*ALL), CONTOSO)
    file.write(proven, "2026-11-21T10:00:00Z")

    for view in (None, proven.view()):
        line = last_line(view, file.read(), PLACE, was_proven=True)

        assert line.startswith("contoso.com is onboarded. To see whether its token still holds, type:\n")
        options = read_options(typed(line))
        assert options.command == "check"
        assert place_of(options) == PLACE


def test_a_journey_that_was_found_proven_and_is_open_again_is_gone_on_with() -> None:
    view = journey_with(holding("start", "tenant"), CONTOSO).view()

    assert "To go on, type:" in last_line(view, None, PLACE, was_proven=True)


@pytest.mark.parametrize("is_opened", [False, True], ids=["left at once", "opened"])
async def test_leaving_a_journey_that_was_found_proven_names_the_check(is_opened: bool, tmp_path: Path) -> None:
    file = tmp_path / "journey.json"
    async with wizard(file=file) as driver:
        await driver.finish()
        driver.app.leave(0)
        assert "For the report, type:" in " ".join(str(each) for each in driver.app._exit_renderables)
    async with wizard(file=file) as driver:
        await driver.until_text("It is proven to the end.")
        if is_opened:
            await driver.press("enter")
            await driver.until_page("done")
        driver.app.leave(0)
        left = " ".join(str(each) for each in driver.app._exit_renderables)
    assert "To see whether its token still holds, type:\npartner-wizard check" in left
    assert "To go on" not in left


def test_nothing_is_promised_if_nothing_is_saved() -> None:
    assert last_line(None, None, PLACE) == ""


@pytest.mark.parametrize(("is_rehearsal", "says"), [(False, "To go on, type:\npartner-wizard"), (True, None)])
async def test_what_is_left_on_the_terminal(is_rehearsal: bool, says: str | None, tmp_path: Path) -> None:
    scene = SceneInfo("A question?", "Look.") if is_rehearsal else None
    async with wizard(file=tmp_path / "journey.json", scene=scene) as driver:
        await driver.stand_on("app")
        driver.app.leave(1)
        left = " ".join(str(each) for each in driver.app._exit_renderables)
    assert says in left if says else left == ""
