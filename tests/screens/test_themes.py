"""Every theme can be read: what stands on a ground differs from it by at least 4.5 to 1 (WCAG 2.2, AA)."""

from __future__ import annotations

import json
import re

import pytest
from textual.color import Color
from textual.theme import Theme

from screens.app import ASSETS, MEANINGS, STYLES, THEME_OF_COLOURS, THEMES

LEAST = 4.5
GROUNDS = ("background", "surface", "field")
ON_GROUNDS = ("foreground", "quiet", "good", "fine", "warn", "bad", "accent")
PAIRS = [
    *((ink, ground) for ink in ON_GROUNDS for ground in GROUNDS),
    ("on-accent", "accent"),
    ("foreground", "focus-surface"),
]


def colours_of(name: str) -> dict[str, Color]:
    """The colours of a theme by what they mean."""
    theme = json.loads((ASSETS / "themes" / f"{name}.json").read_bytes())
    named = {**theme, **theme["variables"]}
    wanted = {*ON_GROUNDS, *GROUNDS, "on-accent", "focus-surface"}
    return {name: Color.parse(value) for name, value in named.items() if name in wanted}


def contrast(one: Color, other: Color) -> float:
    """The contrast of two colours as WCAG measures it: 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Color) -> float:
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour.rgb)
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast(Color.parse("#000000"), Color.parse("#ffffff")) == pytest.approx(21)
    assert contrast(Color.parse("#767676"), Color.parse("#ffffff")) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
def test_every_ink_can_be_read_on_every_ground(theme: str) -> None:
    colours = colours_of(theme)
    measured = {f"{ink} on {ground}": contrast(colours[ink], colours[ground]) for ink, ground in PAIRS}

    assert not {pair: round(ratio, 2) for pair, ratio in measured.items() if ratio < LEAST}


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_says_what_each_of_our_colours_is_and_textual_takes_it(theme: str) -> None:
    written = json.loads((ASSETS / "themes" / f"{theme}.json").read_bytes())

    assert written["name"] == theme
    assert {*MEANINGS} <= {*written["variables"]}
    assert Theme(**written).to_color_system().generate()["accent"].lower() == written["accent"]


@pytest.mark.parametrize("theme", THEMES)
def test_what_is_acted_on_what_is_proven_what_warns_and_what_fails_differ(theme: str) -> None:
    colours = colours_of(theme)

    assert len({colours[name].hex for name in ("accent", "good", "warn", "bad", "foreground")}) == 5


def test_the_theme_for_256_colours_uses_colours_that_such_terminals_have() -> None:
    steps = {0x00, 0x5F, 0x87, 0xAF, 0xD7, 0xFF}
    greys = {8 + 10 * step for step in range(24)}
    for colour in colours_of(THEME_OF_COLOURS["256"]).values():
        assert {*colour.rgb} <= steps or (len({*colour.rgb}) == 1 and colour.rgb[0] in greys), colour.hex


def test_the_theme_for_16_colours_uses_those_16() -> None:
    for colour in colours_of(THEME_OF_COLOURS["standard"]).values():
        assert {*colour.rgb} <= {0x00, 0x55, 0xAA, 0xFF}, colour.hex


def test_no_style_sheet_names_a_colour_of_its_own() -> None:
    """A QR code is black on white whatever the theme."""
    for name in STYLES:
        for line in (ASSETS / "styles" / f"{name}.tcss").read_text("utf-8").splitlines():
            if not line.startswith(".qr "):
                assert not re.search(r": *#[0-9a-fA-F]{3,8}\b", line), f"{name}.tcss: {line}"
