"""Pictures of the gallery's states: as SVG, and with Chromium as PNG."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from html import escape
from pathlib import Path

from tests.pictures.svg import picture
from tests.screens.gallery import GALLERY, State, brought
from tests.screens.gallery.drawn import as_text, rows_of, strips_of

ASSETS = Path(__file__).parents[2] / "assets" / "pictures"
IN_README = {
    "welcome": "What to have at hand",
    "tenant-failed": "A check that fails says what came back, what to do, and who can",
    "user-code": "The integration user signs in with a device code",
    "done-proven": "Done: what was proven, and when the token ends",
}
"""States that the README shows, and its words for them."""
SIZES = ((60, 20), (80, 24), (120, 40), (200, 60))
"""Columns and rows: the smallest, the usual, one with three panes, and one larger than anything needs."""
THEMES = ("partner-256", "partner-16", "partner-light", "high-contrast")
IN_EVERY_THEME = (
    "welcome", "welcome-rehearsal", "welcome-several", "start-no-identity", "start-inspected", "tenant-failed",
    "tenant-provisional", "tenant-waiting", "app-open", "app-list-open", "consent-link", "user-code",
    "user-browser", "store-failed", "done-proven", "done-not-proven", "details", "explained", "report", "scenes",
    "palette", "leave", "code-qr", "cloud-choice", "help-welcome",
)  # fmt: skip
"""States that are drawn in each of them, and with ASCII signs: every page, panel and dialog is in one of these."""


async def draw(
    which: State,
    size: tuple[int, int],
    title: str = "partner-wizard",
    *,
    colour: bool = True,
    theme: str = "",
    is_ascii: bool = False,
) -> str:
    """A state as SVG; the rest is what `brought` takes."""
    async with brought(which, size, colour=colour, theme=theme, is_ascii=is_ascii) as driver:
        strips = strips_of(driver.app)
    return picture(rows_of(strips), title, as_text(strips))


async def draw_for_readme() -> dict[str, str]:
    """The README's pictures by the names of their files."""
    return {f"{name}.svg": await draw(GALLERY[name], (80, 24), words) for name, words in IN_README.items()}


async def draw_all(folder: Path) -> list[Path]:
    """Every state at every size, and without colour; some in every theme; into `folder`. Gives the files."""
    written = []

    def write(path: Path, svg: str) -> None:
        written.append(path)
        _write(path, svg)

    for name, which in GALLERY.items():
        is_small = which.sizes[0] < SIZES[0]
        for width, height in which.sizes if is_small else SIZES:
            write(folder / f"{width}x{height}" / f"{name}.svg", await draw(which, (width, height), name))
        write(folder / "no-colour" / f"{name}.svg", await draw(which, which.sizes[0], name, colour=False))
        if name not in IN_EVERY_THEME:
            continue
        for theme in THEMES:
            write(folder / theme / f"{name}.svg", await draw(which, which.sizes[0], name, theme=theme))
        write(folder / "ascii" / f"{name}.svg", await draw(which, which.sizes[0], name, is_ascii=True))
    _write(folder / "index.html", _page(folder, written))
    return written


def as_png(pictures: Iterable[Path]) -> bool:
    """Each SVG as PNG beside it; False where there is no Chromium with its driver to do it."""
    if shutil.which("chromium") is None or shutil.which("chromedriver") is None:
        return False
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    from tests.browser.chromium import FLAGS

    options = Options()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (*FLAGS, "--hide-scrollbars", "--allow-file-access-from-files"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options, Service(shutil.which("chromedriver")))
    try:
        for svg in pictures:
            width, height = (round(float(number)) for number in _box(svg))
            metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            driver.get(svg.resolve().as_uri())
            driver.save_screenshot(str(svg.with_suffix(".png")))
    finally:
        driver.quit()
    return True


def _box(svg: Path) -> list[str]:
    return svg.read_text(encoding="utf-8").partition('viewBox="0 0 ')[2].partition('"')[0].split()


def _page(folder: Path, pictures: Iterable[Path]) -> str:
    """A page that shows all pictures, state by state."""
    rows = []
    for path in sorted(pictures, key=lambda path: list(GALLERY).index(path.stem)):
        where = path.relative_to(folder).as_posix()
        rows.append(f'<figure id="{escape(where)}"><img src="{where}" loading="lazy"><figcaption>{where}</figcaption>')
    style = "body{background:#ddd;font:14px sans-serif}figure{display:inline-block;margin:8px}img{max-width:100%}"
    return f"<!doctype html><meta charset=utf-8><title>Gallery</title><style>{style}</style>{'</figure>'.join(rows)}"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
