"""The README's pictures show the program as it is, and need nothing from anywhere else."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from screens.app import THEMES as ALL_THEMES
from tests.documented import README
from tests.pictures.drawing import ASSETS, IN_EVERY_THEME, IN_README, THEMES, as_png, draw, draw_for_readme
from tests.pictures.recording import expected
from tests.pictures.svg import Frame, animation, picture
from tests.screens.gallery import GALLERY
from tests.screens.gallery.drawn import HostProbe, Run

STALE = "the README's pictures are stale: `make pictures` draws them again"
SVG = "{http://www.w3.org/2000/svg}"
LARGEST = {"journey.svg": 300_000}
PLAIN = HostProbe((255, 255, 255), (0, 0, 0))
PICTURES = sorted(ASSETS.glob("*.svg"))


async def test_the_pictures_show_what_the_screens_say_now() -> None:
    for name, svg in (await draw_for_readme()).items():
        assert description(ET.parse(ASSETS / name).getroot()) == description(ET.fromstring(svg)), f"{name}: {STALE}"


def test_the_recording_goes_through_the_steps_there_are() -> None:
    assert description(ET.parse(ASSETS / "journey.svg").getroot()) == expected(), f"journey.svg: {STALE}"


def test_the_readme_shows_every_picture() -> None:
    shown = set(re.findall(r"!\[[^\]]+\]\(assets/pictures/([^)]+)\)", README.read_text(encoding="utf-8")))

    assert shown == {path.name for path in PICTURES} == {*(f"{name}.svg" for name in IN_README), "journey.svg"}


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_a_picture_is_small_and_whole_in_itself(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    root = ET.fromstring(text)

    assert len(text.encode()) < LARGEST.get(path.name, 60_000)
    assert not re.search(r"@import|@font-face|url\(", text)
    assert not [each.tag for each in root.iter() if each.tag in (f"{SVG}script", f"{SVG}image", f"{SVG}foreignObject")]
    for each in root.iter():
        for name, value in each.attrib.items():
            assert not name.endswith("href") or value.startswith("#")
            assert not name.startswith("on")


def test_words_stand_in_their_cells_and_blocks_are_drawn_without_a_font() -> None:
    rows = [[Run("✓ it holds  <&>", PLAIN)], [Run("▀█", PLAIN), Run("  漢x", PLAIN)]]
    root = ET.fromstring(picture(rows, "title", "text"))
    cells = root.findall(f"{SVG}g")[0]
    words = {
        (text.text, float(text.attrib["x"])) for line in cells.findall(f"{SVG}g") for text in line.findall(f"{SVG}text")
    }

    assert words == {("✓", 0.0), ("it holds", 16.8), ("<&>", 100.8), ("漢", 33.6), ("x", 50.4)}
    (path,) = cells.iter(f"{SVG}path")
    assert path.attrib["d"] == "M0 0h8.4v8.5h-8.4zM8.4 0h8.4v17h-8.4z"


def test_a_recording_shows_one_frame_at_a_time_and_ends_on_the_last() -> None:
    frames = [Frame([[Run(text, PLAIN)]], seconds) for text, seconds in (("one", 1.0), ("two", 3.0), ("three", 4.0))]
    text = animation(frames, "title", "text")
    begins = [re.search(rf"@keyframes k{n}{{.*?([\d.]+)%{{visibility:visible}}", text) for n in range(3)]
    ends = [re.search(rf"@keyframes k{n}{{.*visible}}([\d.]+)%{{visibility:hidden}}", text) for n in range(3)]

    assert [float(found[1]) for found in begins if found] == [0.0, 12.5, 50.0]
    assert [float(found[1]) for found in ends if found] == [12.5, 50.0]
    assert "animation:8s step-end infinite" in text
    assert "prefers-reduced-motion" in text


@pytest.mark.browser
async def test_chromium_makes_a_png_of_the_same_size(tmp_path: Path) -> None:
    svg = tmp_path / "leave.svg"
    svg.write_text(await draw(GALLERY["leave"], (80, 24)), encoding="utf-8")
    _, _, width, height = ET.parse(svg).getroot().attrib["viewBox"].split()

    assert as_png([svg])
    head = svg.with_suffix(".png").read_bytes()[:24]
    assert head[1:4] == b"PNG"
    assert int.from_bytes(head[16:20]) == round(float(width))
    assert int.from_bytes(head[20:24]) == round(float(height))


def description(root: ET.Element) -> str:
    """What a picture says of itself."""
    return (root.findtext(f"{SVG}desc") or "").strip("\n")


def test_what_is_drawn_in_every_theme_is_in_the_gallery_and_every_theme_but_the_usual_is_drawn() -> None:
    assert {*IN_EVERY_THEME} <= {*GALLERY}
    assert {"partner", *THEMES} == {*ALL_THEMES}
