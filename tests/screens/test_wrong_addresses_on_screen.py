"""Wrong addresses in the wizard's field: each is named and not drawn, and the wait goes on to the right one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from screens.app import WizardApp
from screens.launch import Launch
from screens.panels.browser_panel import BrowserPanel
from tests.bad_input.wrong_addresses import RIGHT, WRONG, code_in
from tests.faults.pasted_codes import Begun, Place, begin
from tests.sampling import sample
from tests.screens.driving import flat_text, screen_text, wait_for
from tests.screens.stubs import SERVER
from wizard.core.answers import Answers
from wizard.journeys.saved_journey import JourneyFile
from wizard.journeys.session import Session
from wizard.microsoft.clouds import read_cloud_file

pytestmark = pytest.mark.xdist_group("pasted codes")

TOO_LONG = {"20 kB", "100 kB"}
"""What the field itself refuses."""


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Begun]:
    with begin(tmp_path_factory.mktemp("begun")) as ready:
        yield ready


@asynccontextmanager
async def at_the_link(place: Place) -> AsyncIterator[tuple[Pilot[int], WizardApp]]:
    """A wizard that has gone on with the saved journey, and waits for an address."""
    session = Session(read_cloud_file(place.cloud.cloud_file), file=JourneyFile(place.journey))
    app = WizardApp(lambda: Launch(session, Answers(cloud="rehearsal"), machine=SERVER))
    async with app.run_test(size=(100, 40)) as pilot:
        try:
            await wait_for(pilot, lambda: " Resume " in screen_text(app), "the welcome page")
            await pilot.press("enter")
            await wait_for(pilot, lambda: app.shell.page.page_id == "user", "step 4")
            await pilot.pause()
            await pilot.press("f5")
            await wait_for(pilot, lambda: isinstance(app.shell.page.panel, BrowserPanel), "a link")
            await pilot.pause()
            yield pilot, app
        finally:
            session.stop()
        await wait_for(pilot, lambda: not app.shell.controller.running_step, "the run to end")


def link_shown(app: WizardApp) -> str:
    panel = app.shell.page.panel
    assert panel is not None
    return panel.link


async def submit(pilot: Pilot[int], app: WizardApp, text: str) -> None:
    """Paste a text into the field, and press Enter; the field is empty before and after."""
    field = app.shell.query_one("#browser-address", Input)
    assert field.value == ""
    app.post_message(events.Paste(text))
    await pilot.pause()
    assert field.value
    assert code_in(field.value)[:12] not in screen_text(app) or "code=" not in field.value
    await pilot.press("enter")
    await pilot.pause()


@pytest.mark.parametrize("form", sample(3, ["a mail's", "quoted-printable", "in angle brackets"]))
@pytest.mark.system
async def test_each_wrong_address_is_named_and_not_drawn_and_then_the_right_one_is_taken(
    form: str, begun: Begun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = begun.place(tmp_path)
    begun.verifiers.seen.clear()
    for name, value in begun.cloud.environment.items():
        monkeypatch.setenv(name, value)
    async with at_the_link(place) as (pilot, app):
        link = link_shown(app)
        address = place.signed_in(link)
        for name, wrong in WRONG.items():
            if name in TOO_LONG:
                app.post_message(events.Paste(wrong.of(address, link)))
                await wait_for(pilot, lambda: "are no address of a browser; nothing was taken" in flat_text(app), name)
                continue
            await submit(pilot, app, wrong.of(address, link))
            await wait_for(pilot, lambda says=wrong.says: says in flat_text(app), name)  # type: ignore[misc]
            assert code_in(address)[:12] not in "".join(screen_text(app).split())
            assert app.shell.controller.running_step == "user"
        await pilot.click("#new-link")
        await wait_for(pilot, lambda: link_shown(app) != link, "a new link")
        await submit(pilot, app, address)
        await wait_for(pilot, lambda: "an earlier link of this run" in flat_text(app), "the earlier link's")
        assert not begun.verifiers.seen
        await submit(pilot, app, RIGHT[form](place.signed_in(link_shown(app))))
        await wait_for(pilot, lambda: not app.shell.controller.running_step, "the checks to end")
        assert app.shell.controller._journey is not None
        assert app.shell.controller._journey.findings["user.signed_in"].outcome == "holds"
        assert len(begun.verifiers.seen) == 1
