"""Every text that a person may read of the program, one by one: the catalogue, help, scenes, README, pages and code."""

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
    """A text in one line, as it is read at once, and where it stands."""

    place: str
    words: str


def texts(root: Path = ROOT) -> Iterator[Text]:
    """Every text under `root`, a checkout of the project."""
    yield from of_catalogue(root)
    yield from of_pages(root)
    yield from of_scenes(root)
    yield from of_code(root)


def of_catalogue(root: Path) -> Iterator[Text]:
    """What is said of each code, once for each of its causes: title, cause, remedy and whom to send it to."""
    catalogue = json.loads((root / "assets" / "entra-errors.json").read_text(encoding="utf-8"))
    for entry in (*catalogue["aadsts"], *catalogue["other"]):
        if "remedy" not in entry:
            continue
        for each in ({}, *entry.get("causes", ())):
            said = {**entry, **each}
            words = " ".join(said[name] for name in ("title", "cause", "remedy", "send_to") if said.get(name))
            yield Text(f"entra-errors.json {entry['code']} {each.get('when', '')}", f"{entry['code']}: {_line(words)}")


def of_pages(root: Path) -> Iterator[Text]:
    """The paragraphs, points and rows of the help, of README.md and of the pages that a browser shows."""
    for path in (root / "README.md", *sorted((root / "assets" / "help").glob("*.md"))):
        for part in re.split(r"\n\s*\n|\n(?=\s*[-|] )", path.read_text(encoding="utf-8")):
            if part.strip():
                yield Text(path.name, _line(part))
    for path in sorted((root / "assets" / "pages").glob("*.html")):
        yield Text(path.name, _line(re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8"))))


def of_scenes(root: Path) -> Iterator[Text]:
    """What each scene asks and says, and what the switches of the base world are said to do."""
    for path in sorted((root / "assets" / "scenes").glob("*.toml")):
        source = path.read_text(encoding="utf-8")
        scene = tomllib.loads(source)
        yield Text(path.name, _line(f"{scene.get('title', '')} {scene.get('watch_for', '')}"))
        for comment in re.findall(r"# (.+)", source):
            yield Text(path.name, _line(comment))


def of_code(root: Path) -> Iterator[Text]:
    """Every string of the program's code that holds words; what an f-string puts in is "…". Docstrings are none."""
    for folder in ("wizard", "screens"):
        for path in sorted((root / folder).rglob("*.py")):
            place = path.relative_to(root).as_posix()
            for line, words in strings(ast.parse(path.read_text(encoding="utf-8"))):
                if " " in words.strip():
                    yield Text(f"{place}:{line}", _line(words))


def strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The strings of a module, whole: pieces that stand one behind the other, or are added, are one."""
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
    """What an expression says, None where it is no string."""
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
