"""A short recording: the real program in a real terminal, from welcome to done, as one animated SVG."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from tempfile import TemporaryDirectory

from pyte.screens import Char

from screens.widgets.figures import figures_of
from tests.pictures.svg import Frame, animation
from tests.screens.gallery.drawn import Colour, HostProbe, Run, joined
from tests.terminal.terminals import Terminal
from wizard.onboarding.profile import CSP

TITLE = "partner-wizard rehearse"
COMMAND = [sys.executable, "-m", "wizard", "rehearse", "all-holds-public", "--production-names"]
"""Production names, because the address and its QR code are then the same each time."""
FORE: Colour = (224, 224, 224)
BACK: Colour = (18, 18, 18)
SHOWN_MEANWHILE = {"consent": "adminconsent", "user": "Neverenteracode"}
"""What is on the screen while a step waits for a person."""
PAGES_WITHOUT_TITLE = {"Begin  ": "Welcome", "Save report  ": "Done"}
"""The first button of a page, and what the page is called."""
CODE = "F7GHK5KJ2"
CODE_FORM = re.compile(r"\b[A-HJ-NP-Z2-9]{9}\b")
CHANGING: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=Ends at )\d\d:\d\d:\d\d"), "10:15:00"),
    (re.compile(r"(?<=until )\d\d:\d\d:\d\d"), "10:05:00"),
    (re.compile(r"\b\d\d:\d\d:\d\d\b(?<!10:15:00)(?<!10:05:00)"), "10:00:00"),
    (re.compile(r"\b20\d\d-\d\d-\d\d \d\d:\d\d\b"), "2026-11-21 10:00"),
    (re.compile(r"(?<=On )20\d\d-\d\d-\d\d"), "2027-02-19"),
    (re.compile(r"(?<=before )20\d\d-\d\d-\d\d\b"), "2027-02-19"),
    (re.compile(r"\b\d\d:\d\d(?= left)"), "14:58"),
    (re.compile(r"\b\d:\d\d(?= left)"), "4:58"),
    (CODE_FORM, CODE),
    (re.compile(r"(?<!\S)(?:[A-HJ-NP-Z2-9] ){8}[A-HJ-NP-Z2-9](?!\S)"), " ".join(CODE)),
    (re.compile(r"(?<= in )\d(?= s\b)"), "6"),
    (re.compile(r"(?<= in )\d\d(?= s\b)"), "12"),
    (re.compile(r"[\u2801-\u28ff](?= (?:waiting for|Trying again|\d+:\d\d left))"), "⠂"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "915a193dd5d02140a002dd712931cb78"),
)
"""What differs from one run to the next, and what is shown for it, of the same width."""
BROKEN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=localhost%3A)\d{5}(?!\d)"), "49152"),
    (re.compile(r"(?<=state=)[\w-]{22}"), "state-of-this-consent0"),
)
"""As `CHANGING`, of addresses, which may be broken anywhere."""


def record() -> str:
    """The recording as SVG; two runs give the same where nothing but times and ids differ."""
    frames = list(_frames())
    return animation(frames, TITLE, said(frames))


def said(frames: Sequence[Frame]) -> str:
    """The titles of the pages shown, one a line; the pages without one are known by what can be done there."""
    known = {**{step.title: step.title for step in CSP.steps[1:]}, **PAGES_WITHOUT_TITLE}
    pages: list[str] = []
    for frame in frames:
        lines = ["".join(run.text for run in row).strip() for row in frame.rows]
        page = next((page for words, page in known.items() for line in lines if line.startswith(words)), "")
        if page and page not in pages:
            pages.append(page)
    return "\n".join(pages)


def expected() -> str:
    """What `said` gives as long as the recording is of this program."""
    steps = [step.title for step in CSP.steps[1:]]
    return "\n".join(["Welcome", *steps, "Done"])


def _frames() -> Iterator[Frame]:
    """Walk through the journey; a frame wherever there is something to read."""
    with TemporaryDirectory() as home:
        env = {"PATH": os.environ["PATH"], "HOME": home, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        terminal = Terminal(COMMAND, {**env, "LC_ALL": "C.UTF-8", "TZ": "UTC"})
        try:
            terminal.wait_for("Begin")
            _settle(terminal)
            yield _frame(terminal, 3.5)
            terminal.press("enter")
            for step in CSP.steps[1:]:  # step 0 is checked by itself, and goes on by itself
                terminal.wait_for(f"{CSP.number_of(step.id)} of 5")
                _settle(terminal)
                yield _frame(terminal, 2.0)
                terminal.press("f5")
                if step.id in SHOWN_MEANWHILE:
                    terminal.wait_for(_shows(SHOWN_MEANWHILE[step.id]))
                    _settle(terminal)
                    yield _frame(terminal, 4.0)
                terminal.wait_for(_is_at_rest)
                _settle(terminal)
                yield _frame(terminal, 3.0)
                terminal.press("f6")
            terminal.wait_for(lambda text: "5 of 5" not in text)
            _settle(terminal)
            yield _frame(terminal, 5.0)
            terminal.press("ctrl+q")
            terminal.exit_code()
        finally:
            terminal.close()


def _shows(word: str) -> Callable[[str], bool]:
    """Whether a word is on the screen, in one line or broken into two."""
    return lambda text: word in "".join(text.split())


def _is_at_rest(text: str) -> bool:
    return "Check again" in text


def _settle(terminal: Terminal) -> None:
    """Read on until nothing more is drawn for a moment."""
    read = -1
    while read != len(terminal.raw):
        read = len(terminal.raw)
        terminal.read(0.4)


def _frame(terminal: Terminal, seconds: float) -> Frame:
    screen = terminal._screen
    lines = [[screen.buffer[y][x] for x in range(screen.columns)] for y in range(screen.lines)]
    return Frame([_row(line) for line in _without_changing(lines)], seconds)


def _without_changing(lines: list[list[Char]]) -> list[list[Char]]:
    """The cells with fixed times and ids; an id may go on in the next line of its page."""
    _fix_figures(lines)
    for line in lines:
        text = "".join(cell.data or " " for cell in line)
        for pattern, fixed in CHANGING:
            text = pattern.sub(fixed, text)
        if len(text) == len(line):
            line[:] = [cell._replace(data=data) for cell, data in zip(line, text, strict=True)]
    places = [(y, x) for y, line in enumerate(lines) for x in range(len(line)) if line[x].data.strip()]
    flat = "".join(lines[y][x].data for y, x in places)
    for pattern, fixed in BROKEN:
        if found := pattern.search(flat):
            for (y, x), data in zip(places[found.start() : found.end()], fixed, strict=True):
                lines[y][x] = lines[y][x]._replace(data=data)
    return lines


def _fix_figures(lines: list[list[Char]]) -> None:
    """Put the figures of the fixed code in the place of those of the code that is shown."""
    texts = ["".join(cell.data or " " for cell in line) for line in lines]
    shown = next((found[0] for text in texts if (found := CODE_FORM.search(text))), "")
    for old, new in zip(figures_of(shown), figures_of(CODE), strict=False):
        y = next((y for y, text in enumerate(texts) if old in text), None)
        if y is not None:
            at = texts[y].index(old)
            for x, data in enumerate(new.ljust(len(old)), at):
                lines[y][x] = lines[y][at]._replace(data=data)


def _row(line: Sequence[Char]) -> list[Run]:
    return joined([Run(cell.data or " ", _look(cell)) for cell in line])


def _look(cell: Char) -> HostProbe:
    fore, back = _colour(cell.fg, FORE), _colour(cell.bg, BACK)
    if cell.reverse:
        fore, back = back, fore
    return HostProbe(fore, back, cell.bold, cell.underscore)


def _colour(name: str, default: Colour) -> Colour:
    """pyte gives truecolor as six hexadecimal digits."""
    if re.fullmatch(r"[0-9a-f]{6}", name):
        return (int(name[:2], 16), int(name[2:4], 16), int(name[4:], 16))
    return default
