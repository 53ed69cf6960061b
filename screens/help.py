"""The help of a page, from assets/help: written once, read on the screen and in the README."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Final

from textual.content import Content

from screens.drawing import bold, plain
from wizard.onboarding.profile import Profile
from wizard.onboarding.step import Step

KEYS: Final = """Tab and Shift+Tab go from field to field, Enter goes on. In the check list the arrows choose a check, \
Enter shows all that is known of it. F5 checks, F6 goes to the next step, Esc stops what is running or goes back, PgUp \
and PgDn scroll, F9 explains an error that you met anywhere, Ctrl+P lists everything that can be done, Ctrl+Q quits."""
DIALOG_TITLES: Final = {
    "consent-link": "The consent link",
    "browser": "The sign-in in a browser",
    "device-code": "The device code",
}
"""Pages within a step that have a help of their own."""
DIAGNOSE: Final = "diagnose"
"""The page on an error explained, and on the details of a check; it names its keys itself."""
TITLES: Final = {**DIALOG_TITLES, DIAGNOSE: "Explain an error"}
ITEM: Final = "- "


def help_source(page: str) -> str:
    """The help of a page as it is written, in a few forms of Markdown: `## heading`, `- item`, `**bold**`."""
    file = files("assets") / "help" / f"{page}.md"
    return file.read_text(encoding="utf-8").strip()


def help_for(page: str, profile: Profile | None = None) -> tuple[str, Content]:
    """Title and text of a page's help; `page` is the id of a page, or a key of `TITLES`.

    `profile` gives the steps that have a page; None: the page is no step's.
    """
    step = next((each for each in profile.steps if each.id == page), None) if profile else None
    lines = [plain(step.why), plain("")] if step else []
    lines += [*drawn(help_source(page)), plain("")]
    if step is not None and step.fields:
        lines += [bold("What is asked"), *(plain(f"· {asked}") for asked in asked_in(step)), plain("")]
    if page != DIAGNOSE:
        lines += [bold("Keys"), plain(KEYS)]
    if step is not None:
        lines += [plain(""), plain(f"For support: {', '.join(check.id for check in step.checks)}").stylize("dim")]
    return (step.title if step else TITLES.get(page, page.capitalize())), Content("\n").join(lines)


def asked_in(step: Step) -> list[str]:
    """What a step asks for: each field with its help."""
    return [f"{field.label}: {field.help}" for field in step.fields]


def drawn(source: str) -> list[Content]:
    """Markdown of the help as lines to draw: a paragraph or an item is one line, which the screen wraps."""
    lines: list[Content] = []
    for block in source.split("\n\n"):
        if lines:
            lines.append(plain(""))
        for line in joined(block):
            if line.startswith("## "):
                lines.append(bold(line.removeprefix("## ")))
            elif line.startswith(ITEM):
                lines.append(Content.assemble(plain("· "), *_spans(line.removeprefix(ITEM))))
            else:
                lines.append(Content.assemble(*_spans(line)))
    return lines


def joined(block: str) -> list[str]:
    """The lines of a block without its soft line breaks: an item goes on where the next line is indented."""
    lines: list[str] = []
    for line in block.splitlines():
        if lines and not line.startswith((ITEM, "## ")):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line.strip())
    return lines


def _spans(text: str) -> list[Content]:
    parts = re.split(r"\*\*(.+?)\*\*", text)
    return [bold(part) if index % 2 else plain(part) for index, part in enumerate(parts) if part]
