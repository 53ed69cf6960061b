"""Only what has changed is sent, and the terminal then shows exactly what was drawn."""

from __future__ import annotations

import random

import pyte
import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate
from textual.css.stylesheet import Stylesheet
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Input

from screens.terminal.changed_lines import SentLines, bare
from tests.screens.driving import wizard

WIDTH, HEIGHT = 30, 8
STYLES = [Style(), Style(bold=True), Style(color="#102030", bgcolor="#a0b0c0")]


def random_line(source: random.Random) -> Strip:
    cells, segments = WIDTH, []
    while cells:
        wide = source.random() < 0.2 and cells >= 2
        text = "語" if wide else source.choice("abc ▀✓") * source.randint(1, min(4, cells))
        segments.append(Segment(text, source.choice(STYLES)))
        cells -= 2 if wide else len(text)
    return Strip(segments, WIDTH).simplify()


def shown(screen: pyte.Screen) -> list[str]:
    """The screen's text; pyte keeps an empty cell behind a wide character."""
    return [line.rstrip() for line in screen.display]


def test_the_terminal_shows_what_was_drawn_after_any_change() -> None:
    source = random.Random(7)
    console = Console(color_system="truecolor", force_terminal=True)
    screen = pyte.Screen(WIDTH, HEIGHT)
    screen.reset_mode(pyte.modes.DECAWM)
    stream, sent = pyte.Stream(screen), SentLines()
    lines = [random_line(source) for _ in range(HEIGHT)]
    for _ in range(300):
        for row in source.sample(range(HEIGHT), source.randint(0, 3)):
            lines[row] = random_line(source)
        stream.feed(sent.update(lines, console))
        assert shown(screen) == [line.text.rstrip() for line in lines]


def test_nothing_is_sent_when_nothing_has_changed_and_all_after_a_suspension() -> None:
    console = Console(color_system="truecolor", force_terminal=True)
    sent, lines = SentLines(), [random_line(random.Random(3)) for _ in range(HEIGHT)]
    whole = sent.update(lines, console)

    assert sent.update(lines, console) == ""
    sent.forget()
    assert sent.update(lines, console) == whole
    assert sent.update(lines[:-1], console) == whole[: whole.rindex("\x1b[8;1H")]


def part_of(lines: list[Strip], *rows: int, without: tuple[int, ...] = ()) -> ChopsUpdate:
    """An update of Textual's that draws these rows alone, in two parts each; of some the second one is not drawn."""
    chops: list[dict[int, Strip | None]] = [dict.fromkeys((0, 10)) for _ in lines]
    for row in rows:
        first, second = lines[row].divide([10, WIDTH])
        chops[row] = {0: first, 10: None if row in without else second}
    return ChopsUpdate(chops, [(row, 0, WIDTH) for row in rows], [[10, WIDTH] for _ in lines])


def never() -> list[Strip]:
    raise AssertionError("every line was drawn, where two would do")


@pytest.fixture
def narrow() -> list[Strip]:
    """Lines without wide characters, which a part could cut."""
    return [Strip([Segment(letter * WIDTH, Style())], WIDTH) for letter in "abcdefgh"]


def test_an_update_of_a_part_is_laid_over_what_was_sent(narrow: list[Strip]) -> None:
    console, sent = Console(color_system="truecolor", force_terminal=True), SentLines()
    sent.update(narrow, console)
    changed = [*narrow]
    changed[2], changed[5] = narrow[6], narrow[7]

    written = sent.difference(part_of(changed, 2, 5), never).render_segments(console)

    assert [line for line in "abcdefgh" if line in written] == ["g", "h"]
    assert sent.shows(changed)


def test_every_line_is_drawn_where_an_update_leaves_out_a_part(narrow: list[Strip]) -> None:
    console, sent = Console(color_system="truecolor", force_terminal=True), SentLines()
    sent.update(narrow, console)
    changed = [*narrow]
    changed[2] = narrow[6]

    sent.difference(part_of(changed, 2, without=(2,)), lambda: changed).render_segments(console)

    assert sent.shows(changed)


def test_every_line_is_drawn_after_an_update_that_was_not_written(narrow: list[Strip]) -> None:
    console, sent = Console(color_system="truecolor", force_terminal=True), SentLines()
    sent.update(narrow, console)
    changed = [*narrow]
    changed[2] = narrow[6]
    assert not sent.difference(part_of(changed, 2), never).is_empty
    changed[5] = narrow[7]

    sent.difference(part_of(changed, 5), lambda: changed).render_segments(console)

    assert sent.shows(changed)


def test_an_update_that_changes_nothing_is_known(narrow: list[Strip]) -> None:
    console, sent = Console(color_system="truecolor", force_terminal=True), SentLines()
    sent.update(narrow, console)

    assert sent.difference(part_of(narrow, 1, 4), never).is_empty
    assert not sent.difference(part_of([*narrow[:4], narrow[0], *narrow[5:]], 4), never).is_empty


async def test_a_line_is_drawn_from_what_stands_on_it_alone() -> None:
    async with wizard() as driver:
        await driver.begin()
        compositor = driver.shell._compositor
        whole = compositor.render_strips()
        drawn = [list(compositor._get_renders(Region(0, row, 80, 1))) for row in range(24)]
        assert max(map(len, drawn)) < len(list(compositor._get_renders())) / 2
        for row in range(24):
            chops = compositor._render_chops(Region(0, row, 1, 1), lambda y, row=row: y == row)  # type: ignore[misc]
            parts = [part for part in chops[row].values() if part is not None]
            assert bare(Strip.join(parts)) == bare(whole[row]), row


async def test_a_character_typed_lays_nothing_out_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async with wizard() as driver:
        await driver.begin()
        field = driver.shell.query_one("#field-tenant", Input)
        field.focus()
        await driver.pilot.pause()
        laid_out: list[Screen[object]] = []
        monkeypatch.setattr(
            type(driver.shell._compositor), "reflow", lambda _self, parent, _size: laid_out.append(parent)
        )
        await driver.press("x")
        assert field.value.endswith("x")
        assert laid_out == []


async def test_the_styles_are_parsed_once_at_the_start_and_again_for_another_theme(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parsed: list[Stylesheet] = []
    reparse = Stylesheet.reparse

    def counted(sheet: Stylesheet) -> None:
        parsed.append(sheet)
        reparse(sheet)

    monkeypatch.setattr(Stylesheet, "reparse", counted)
    async with wizard() as driver:
        await driver.begin()
        assert parsed == []
        driver.app.theme = "high-contrast"
        await driver.pilot.pause()
        assert len(parsed) == 1
