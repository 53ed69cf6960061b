"""Only what has changed is sent, and the terminal then shows exactly what was drawn."""

from __future__ import annotations

import random

import pyte
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from screens.terminal.changed_lines import SentLines

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
