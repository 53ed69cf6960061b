"""Every text of the program that a person may read: the catalogue, help, scenes, README, pages and code."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Text:
    """A text in one line, and its place."""

    place: str
    words: str


def texts(root: Path = ROOT) -> Iterator[Text]:
    """Yield every text under `root`, a checkout of the project."""
    yield from catalogue_texts(root)
    yield from page_texts(root)
    yield from scene_texts(root)
    yield from code_texts(root)


def catalogue_texts(root: Path) -> Iterator[Text]:
    """Yield what is said about each code, once for each of its causes: title, cause, actions and whom to send it to."""
    catalogue = json.loads((root / "assets" / "entra-errors.json").read_text(encoding="utf-8"))
    for entry in (*catalogue["aadsts"], *catalogue["other"]):
        if "actions" not in entry:
            continue
        for each in ({}, *entry.get("causes", ())):
            said = {**entry, **each}
            parts = (said["title"], said["cause"], *said["actions"])
            words = " ".join(part for part in parts if part)
            yield Text(f"entra-errors.json {entry['code']} {each.get('when', '')}", f"{entry['code']}: {_line(words)}")


def page_texts(root: Path) -> Iterator[Text]:
    """Yield the paragraphs, list items and rows of the help, of README.md and of the pages that a browser shows."""
    for path in (root / "README.md", *sorted((root / "assets" / "help").glob("*.md"))):
        for part in re.split(r"\n\s*\n|\n(?=\s*[-|] )", path.read_text(encoding="utf-8")):
            if part.strip():
                yield Text(path.name, _line(part))
    for path in sorted((root / "assets" / "pages").glob("*.html")):
        yield Text(path.name, _line(re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8"))))


def scene_texts(root: Path) -> Iterator[Text]:
    """Yield what each scene asks and says, and the comments of scenes and of the base world."""
    for path in sorted((root / "assets" / "scenes").glob("*.toml")):
        source = path.read_text(encoding="utf-8")
        scene = tomllib.loads(source)
        yield Text(path.name, _line(f"{scene.get('title', '')} {scene.get('watch_for', '')}"))
        for comment in re.findall(r"# (.+)", source):
            yield Text(path.name, _line(comment))


def code_texts(root: Path) -> Iterator[Text]:
    """Yield every string of the code that contains words, but no docstring; values in an f-string become "…"."""
    for folder in ("wizard", "screens"):
        for path in sorted((root / folder).rglob("*.py")):
            place = path.relative_to(root).as_posix()
            for line, words in strings(ast.parse(path.read_text(encoding="utf-8"))):
                if " " in words.strip():
                    yield Text(f"{place}:{line}", _line(words))


def strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and text of the strings of a module; pieces that are concatenated or added are one string."""
    inner: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inner.add(node.value)
        if node in inner or not isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp):
            continue
        words = _words(node)
        if words is not None:
            inner |= set(ast.walk(node))
            yield node.lineno, words


def _words(node: ast.AST) -> str | None:
    """Return the text of an expression, None if it is no string."""
    match node:
        case ast.Constant(value=str(words)):
            return words
        case ast.JoinedStr(values=values):
            return "".join(_words(value) or "…" for value in values)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            parts = [_words(left), _words(right)]
            return None if parts == [None, None] else "".join(part or "…" for part in parts)
    return None


def _line(words: str) -> str:
    return " ".join(words.split())
