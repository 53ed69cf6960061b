"""With `--ascii` every sign on a page is drawn as its twin, in the same cells; a QR code is not drawn at all."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from screens.app import WizardApp
from screens.dialogs.qr import QrDialog
from screens.launch import Launch
from screens.terminal.ascii_filter import in_cells
from screens.terminal.terminal_app import TerminalApp
from tests.screens.driving import FILLED, screen_text, wait_for
from tests.screens.stubs import StubSession


def lines_of(app: object) -> list[str]:
    strips = app.screen._compositor.render_strips()  # type: ignore[attr-defined]
    return [strip.text for strip in strips]


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)], ids=str)
async def test_no_page_of_the_wizard_has_a_sign_that_ascii_lacks(size: tuple[int, int]) -> None:
    launch = Launch(StubSession(), FILLED)
    app = WizardApp(lambda: launch, is_ascii=True)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for keys in ((), ("enter",), ("f1",), ("escape",), ("ctrl+p",)):
            await pilot.press(*keys)
            await pilot.pause()
            assert screen_text(app).isascii(), (keys, screen_text(app))
        launch.session.stop()


async def test_a_qr_code_is_not_drawn_and_says_so() -> None:
    app = WizardApp(lambda: Launch(StubSession(), FILLED), is_ascii=True)
    async with app.run_test(size=(120, 60)) as pilot:
        await app.push_screen(QrDialog("https://microsoft.com/devicelogin"))
        await pilot.pause()
        assert "A QR code cannot be drawn in ASCII" in screen_text(app)
        assert not {"▀", "▄", "█", "#"} & set(screen_text(app))


async def test_without_it_signs_are_drawn_as_they_are() -> None:
    launch = Launch(StubSession(), FILLED)
    app = WizardApp(lambda: launch)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await wait_for(pilot, lambda: not screen_text(app).isascii(), "a sign")
        launch.session.stop()


class Bordered(TerminalApp):
    """Borders, titles, a scroll bar, and what a server may send."""

    CSS = "VerticalScroll { border: round red; height: 8; } Input { border: tall blue; } Static { height: 3; }"

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title = "✓ München"
            for _ in range(9):
                yield Static("contoso.com › 求める · ⠂ “waiting” – 14:12 …│")
        yield Input("Zürich")

    def last_words(self, error: BaseException | None) -> str:
        return ""


async def test_borders_titles_and_scroll_bars_go_through_the_table_and_no_line_changes_its_width() -> None:
    widths = []
    for is_ascii in (False, True):
        app = Bordered(is_ascii=is_ascii)
        async with app.run_test(size=(60, 14)) as pilot:
            await pilot.pause()
            lines = lines_of(app)
            widths.append([cell_len(line) for line in lines])
            assert "".join(lines).isascii() is is_ascii
            if is_ascii:
                assert "+ Munchen" in "".join(lines)
    assert widths[0] == widths[1] == [60] * 14


@pytest.mark.parametrize("text", ["✓ ✗ ▸ · ◇ ◆ ○ ● … “a” – —", "求める", "e\u0301", "👩‍🚀 🇩🇪", "⠂┃▌█▀▄"])
def test_a_text_keeps_the_cells_that_textual_counts(text: str) -> None:
    assert in_cells(text).isascii()
    assert len(in_cells(text)) == sum(map(cell_len, text))
