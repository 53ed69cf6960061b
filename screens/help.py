"""The help of a page, as F1 shows it: a topic of `partner-wizard help`."""

from __future__ import annotations

import re
from typing import Final

from textual.content import Content

from screens.drawing import bold, plain
from wizard.catalogue.help_topics import topics
from wizard.onboarding.profile import Profile

DIAGNOSE: Final = "diagnose"
"""The page on an error explained, and on the details of a check; it names its keys itself."""
KEYS: Final = "keys"
ITEM: Final = "- "


def help_for(page: str, profile: Profile | None = None) -> tuple[str, Content]:
    """Title and text of a page's help; `page` is the id of a page, which has a topic of its name.

    `profile` gives the steps that have a page; None: the page is no step's.
    """
    step = next((each for each in profile.steps if each.id == page), None) if profile else None
    topic, keys = topics()[page], topics()[KEYS]
    lines = [*drawn(topic.text), plain("")]
    if page != DIAGNOSE:
        lines += [bold(keys.title), *table(keys.text)]
    if step is not None:
        lines += [plain(""), plain(f"For support: {', '.join(check.id for check in step.checks)}").stylize("dim")]
    return topic.title, Content("\n").join(lines)


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


def table(source: str) -> list[Content]:
    """Items of a text, such as "- **F1**: help", as lines of two columns."""
    items = [line for line in joined(source.rpartition("\n\n")[2]) if line.startswith(ITEM)]
    pairs = [line.removeprefix(ITEM).replace("**", "").split(": ", 1) for line in items]
    widest = max(len(name) for name, _ in pairs)
    return [bold(name.ljust(widest)).stylize("$accent") + plain(f"  {text}") for name, text in pairs]


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
