"""How the house is kept: one name a module, one owner of each form and table, no private part of another, plain words.

Each guard is a function from sources to what breaks it, tried on a planted violation as well as on the code.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import pytest

from tests.documented import commands
from tests.sources import (
    CODE,
    PLACES_OF_WORDS,
    ROOT,
    WITHOUT_REHEARSAL,
    WORDS_SHOWN,
    Source,
    assert_none,
    is_private,
    sources,
)

LINES: Final = 400
"""How long a file may be."""
SEEN_IN: Final = f"Textual {'.'.join(version('textual').split('.')[:2])}"
"""What a comment says beside a private part of Textual's: the version that is installed."""

# --- one name a module ------------------------------------------------------------------------------------------------


def shared_names(paths: Iterable[str]) -> list[str]:
    """Return the modules and packages that have a name in common; in wizard/commands they have those of commands."""
    named = defaultdict[str, list[str]](list)
    for path in map(Path, paths):
        is_command = path.parent.as_posix() == "wizard/commands" and path.stem.replace("_", "-") in {
            *commands(),
            "wizard",
        }
        name = path.parent.name if path.stem == "__init__" else path.stem
        if not name.startswith("__") and not is_command:
            named[name].append(path.as_posix())
    return [" ".join(found) for found in named.values() if len(found) > 1]


def test_no_two_modules_have_one_name() -> None:
    assert_none(shared_names(source.path for source in CODE), "these have a name in common")


def test_a_second_module_of_a_name_is_noticed() -> None:
    paths = ["wizard/core/text.py", "wizard/commands/report.py", "screens/report.py", "wizard/__init__.py"]

    assert shared_names([*paths, "screens/__init__.py", "screens/__main__.py", "wizard/__main__.py"]) == []
    assert shared_names([*paths, "screens/text.py"]) == ["wizard/core/text.py screens/text.py"]
    assert shared_names([*paths, "screens/core/report.py"]) == ["screens/report.py screens/core/report.py"]
    assert shared_names([*paths, "screens/text/__init__.py"]) == ["wizard/core/text.py screens/text/__init__.py"]


# --- one owner --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Owned:
    """Something that is defined once.

    Args:
        sibling: what another definition of it would look like, whatever its flags, quantifiers and quotes.
        planted: such definitions.
        besides: a module that has something like it for another use, or that may not load the owner.
    """

    owner: str
    sibling: str
    planted: tuple[str, ...]
    besides: str = ""


OWNED: Final = {
    "the form of a GUID": Owned(
        "wizard/core/shapes.py",
        r"\{+8\}+.{0,60}\{+4\}+.{0,60}\{+12\}+|\[[^\]\n]*[Aa]-[Ff][^\]\n]*\]\{+36\}+|\buuid\.UUID\(",
        (
            r'_ID = re.compile(r"[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}", re.I)',
            r'rf"{NAME}: ([0-9A-F]{{8}}-[0-9A-F]{{4}}-[0-9A-F]{{4}}-[0-9A-F]{{4}}-[0-9A-F]{{12}})"',
            r'_ID = re.compile(r"[0-9a-fA-F-]{36}")',
        ),
    ),
    "the form of a client secret": Owned("wizard/core/shapes.py", r"Q~", (r'_SECRET = r"\w{3}\dQ~[\w.~-]{31,34}"',)),
    "the methods that are MFA": Owned(
        "wizard/core/claims.py",
        r"""ngcmfa|["']mfa["']\s+(?:not\s+)?in\s+[^\n]*\b(?:amr|methods)\b""",
        ('MFA = {"mfa", "ngcmfa"}', 'return "mfa" in token.amr', 'has_mfa = "mfa" in claims["amr"]'),
    ),
    "the claims request for MFA": Owned(
        "wizard/core/claims.py",
        r"""\\?["']amr\\?["']\s*:\s*\{\s*\\?["']values""",
        ("""'{"access_token": {"amr": {"values": ["mfa"]}}}'""", """{"access_token": {"amr": {'values': ["mfa"]}}}"""),
    ),
    "the decoding of base64url": Owned(
        "wizard/core/jwt.py",
        r"urlsafe_b64decode|b64decode\([^)\n]*b?[\"']-_",
        ('base64.urlsafe_b64decode(part + "==")', 'base64.b64decode(part, altchars=b"-_")'),
    ),
    "the role Global Administrator": Owned(
        "wizard/core/claims.py",
        r"(?i)62e90394-?69f5-?4237-?9190-?012177145e10",
        ('ADMIN = "62E90394-69F5-4237-9190-012177145E10"',),
    ),
    "the types of clients": Owned(
        "wizard/core/claims.py",
        r"""["']?\b(?:0["']?\s*:\s*["']public|1["']?\s*:\s*["'](?:secret|confidential))""",
        ("""{'0': "public client"}""", '{0: "public"}', '{"1": "confidential client"}'),
    ),
    "the form of a time": Owned(
        "wizard/core/timestamps.py",
        r"%Y-[^\n}]*|%H:%M|\bisoformat\(|\bstrftime\(",
        (
            'f"{moment:%Y-%m-%dT%H:%M:%SZ}"',
            'moment.isoformat(timespec="seconds")',
            'moment.strftime("%d.%m.%Y")',
            'f"until {ends:%Y-%m-%d}"',
            'f"{ends:%H:%M} UTC"',
        ),
        besides="wizard/commands/status.py",
    ),
    "signs of outcomes": Owned(
        "wizard/core/wording.py",
        "[✓✗◐]",
        ('{Outcome.HOLDS: "✓"}', 'f"✗ {why}"', 'sign = "◐" if later else ""'),
        besides="wizard/core/ascii_signs.py",
    ),
    "words of outcomes": Owned(
        "wizard/core/wording.py",
        r"""\bHOLDS(?:\.value)?\s*:\s*\(?\s*["'](?!\$)|["']holds["']\s*:""",
        ('{Outcome.HOLDS: "holds"}', """{Outcome.HOLDS: ("+", "holds")}""", '{"holds": "is so"}'),
    ),
    "words for people": Owned(
        "wizard/core/wording.py",
        r"""\b(?:OPERATOR|ADMIN)(?:\.value)?\s*:\s*["']|["'](?:operator|admin)["']\s*:""",
        ('{Who.OPERATOR: "you"}', "{Who.ADMIN.value: 'an administrator'}", '{"admin": "your administrator"}'),
        besides="wizard/catalogue/recipients.py",
    ),
    "the place in a traceback": Owned(
        "wizard/core/errors.py",
        r"tb_lineno|__traceback__|\bimport traceback\b|\bextract_tb\b",
        ("trace.tb_lineno", "import traceback", "lines = extract_tb(error)[-1].lineno"),
    ),
}


def defined_elsewhere(owned: Owned, files: Iterable[Source]) -> list[str]:
    """Return where something is defined that another module owns."""
    return [
        f"{source.line_of(found.start())}: {found[0]}"
        for source in files
        if source.path not in (owned.owner, owned.besides)
        for found in re.finditer(owned.sibling, source.text)
    ]


@pytest.mark.parametrize("name", OWNED)
def test_it_is_defined_once(name: str) -> None:
    owned = OWNED[name]

    assert_none(defined_elsewhere(owned, WITHOUT_REHEARSAL), f"{name} is defined in {owned.owner}, and again in")
    assert re.search(owned.sibling, (ROOT / owned.owner).read_text(encoding="utf-8")), f"{owned.owner} has it no more"


@pytest.mark.parametrize(("name", "planted"), [(name, each) for name, owned in OWNED.items() for each in owned.planted])
def test_a_second_definition_is_noticed(name: str, planted: str) -> None:
    assert len(defined_elsewhere(OWNED[name], [Source("wizard/planted.py", f"import re\n{planted}\n")])) == 1


# --- private parts of another -----------------------------------------------------------------------------------------


def defined_in(tree: ast.AST) -> set[str]:
    """Return the private names that a module defines, at whatever depth."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name, ctx=ast.Store()):
                names.add(name)
    return {name for name in names if is_private(name)}


def is_own(value: ast.expr) -> bool:
    """Return whether an attribute of this is one's own: of `self`, `cls` or `super()`."""
    match value:
        case ast.Name(id="self" | "cls") | ast.Call(func=ast.Name(id="super")):
            return True
    return False


def uses_of_private_parts(tree: ast.AST, ours: set[str]) -> Iterator[tuple[int, str]]:
    """Yield line and text of each use of another's private part.

    Args:
        ours: private names that some module of `screens` defines: on `self`, any other is of the library's class.
    """
    here = defined_in(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=value, attr=name) if is_private(name):
                if name not in (ours if is_own(value) else here):
                    yield node.lineno, ast.unparse(node)
            case ast.ImportFrom(module=module, names=names):
                parts = [*(module or "").split("."), *(alias.name for alias in names)]
                if any(is_private(part) for part in parts):
                    yield node.lineno, ast.unparse(node)


def says_version(source: Source, tree: ast.AST, line: int) -> bool:
    """Return whether a comment says in which version a private part was seen.

    It stands in the function that uses it, on its line, or right above one of these.
    """
    around = [
        (node.lineno, node.end_lineno or node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    first, last = max(around, default=(line, line))
    lines = source.text.splitlines()
    while first > 1 and lines[first - 2].lstrip().startswith(("#", "@")):
        first -= 1
    return any(SEEN_IN in each.partition("#")[2] for each in lines[first - 1 : last])


def private_parts(files: Iterable[Source]) -> list[str]:
    """Return where files use private parts of others; screens/terminal may use Textual's, with the version."""
    trees = {source: ast.parse(source.text) for source in files}
    ours = {name for tree in trees.values() for name in defined_in(tree)}
    return [
        f"{source.path}:{line}: {text}"
        for source, tree in trees.items()
        for line, text in uses_of_private_parts(tree, ours)
        if not (source.path.startswith("screens/terminal/") and says_version(source, tree, line))
    ]


def test_no_screen_reads_a_private_part_of_another() -> None:
    assert_none(private_parts(sources("screens")), "private parts of another module, or of Textual")


PLANTED_PARTS: Final = {
    "of an object": "def draw(app: App) -> None:\n    app._compositor.reflow()\n",
    "written to": "def draw(app: App) -> None:\n    app._clipboard = ''\n",
    "of another class of ours": "class Page:\n    def draw(self) -> None:\n        self.app._frame.draw()\n",
    "of a base class of Textual's": "class Page(Screen):\n    def draw(self):\n        self._refresh_layout()\n",
    "an imported module": "from textual._context import active_app\n",
    "an imported name": "from screens.page import _title\n",
}


@pytest.mark.parametrize("planted", PLANTED_PARTS.values(), ids=PLANTED_PARTS)
def test_a_private_part_of_another_is_noticed(planted: str) -> None:
    assert len(private_parts([Source("screens/pages/planted.py", planted)])) == 1
    assert len(private_parts([Source("screens/terminal/planted.py", planted)])) == 1


@pytest.mark.parametrize(
    "own",
    [
        "class Page:\n    _title = ''\n\n    def is_like(self, other):\n        return self._title == other._title\n",
        "class Page(Body):\n    def _draw(self) -> None:\n        super()._draw()\n",
        "name = type(self).__name__\nfor _ in range(3):\n    pass\n",
    ],
)
def test_a_private_part_of_ones_own_may_be_used(own: str) -> None:
    assert private_parts([Source("screens/pages/own.py", own)]) == []


@pytest.mark.parametrize(
    ("comment", "is_enough"),
    [(SEEN_IN, True), (f"{SEEN_IN}.8: no other way", True), ("Textual 0.1", False), ("", False)],
)
def test_in_terminal_textuals_private_parts_need_the_version_they_were_seen_in(comment: str, is_enough: bool) -> None:
    beside = f"def draw(app: App) -> None:\n    app._x()  # {comment}\n"
    above = f"# {comment},\n# so.\ndef draw(app: App) -> None:\n    app._x()\n"
    within = f"def draw(app: App) -> None:\n    # {comment}.\n    if app.is_headless:\n        app._x()\n"
    imported = f"from textual._x import X  # {comment}\n"

    for text in (beside, above, within, imported):
        assert bool(private_parts([Source("screens/terminal/planted.py", text)])) != is_enough, text


def test_the_comment_of_another_function_does_not_count() -> None:
    text = f"def one(app: App) -> None:\n    app._x()  # {SEEN_IN}\n\n\ndef two(app: App) -> None:\n    app._y()\n"

    assert private_parts([Source("screens/terminal/planted.py", text)]) == ["screens/terminal/planted.py:6: app._y"]


# --- words and sizes --------------------------------------------------------------------------------------------------

NOT_OF_THE_FIELD: Final = re.compile(
    r"(?<![A-Za-z])(?<!--)(?:mend(?:s|ed|ing)?|astray|anew|dies|looked\W+at\W+from\W+all\W+sides|belongs?\W+into)"
    r"(?![A-Za-z])",
    re.IGNORECASE,
)
"""The changelog may name the option that was `--anew`."""


def odd_words(files: Iterable[Source]) -> list[str]:
    """Return where words stand that neither Microsoft nor GitHub would write, in texts and names."""
    return [
        f"{source.line_of(found.start())}: {found[0]}"
        for source in files
        for found in NOT_OF_THE_FIELD.finditer(source.text)
    ]


def test_words_are_those_of_the_field() -> None:
    assert_none(odd_words(sources(*PLACES_OF_WORDS, suffixes=WORDS_SHOWN)), "say it plainly")


@pytest.mark.parametrize(
    "planted",
    [
        "who can mend it",
        "It is Mended.",
        "def begin_anew() -> None:",
        "led astray",
        "it dies in May",
        "belongs into a file",
        "its token is looked at\n# from all sides",
    ],
)
def test_an_odd_word_is_noticed(planted: str) -> None:
    assert len(odd_words([Source("README.md", planted)])) == 1


@pytest.mark.parametrize(
    "plain", ["We recommend it.", "an amendment", "a new link", "ladies", "It belongs to the tenant.", "`--anew`"]
)
def test_a_plain_word_is_left_alone(plain: str) -> None:
    assert odd_words([Source("README.md", plain)]) == []


def too_long(files: Iterable[Source]) -> list[str]:
    """Return the files with too many lines."""
    return [f"{source.path}: {count}" for source in files if (count := len(source.text.splitlines())) > LINES]


def test_no_file_is_too_long() -> None:
    assert_none(too_long(CODE), f"more than {LINES} lines")


def test_a_file_that_is_too_long_is_noticed() -> None:
    assert too_long([Source("wizard/planted.py", "pass\n" * LINES)]) == []
    assert too_long([Source("wizard/planted.py", "pass\n" * (LINES + 1))]) == [f"wizard/planted.py: {LINES + 1}"]


def paths_that_lead_nowhere(document: Source) -> list[str]:
    """Return the paths between backticks, below the packages of the project, where nothing is."""
    named = re.finditer(r"`((?:wizard|screens|assets|tests)/[\w./-]*)`", document.text)
    return [f"{document.line_of(found.start())}: {found[1]}" for found in named if not (ROOT / found[1]).exists()]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "wizard/microsoft/HAZARDS.md"])
def test_paths_in_the_documents_lead_somewhere(name: str) -> None:
    assert_none(paths_that_lead_nowhere(*sources(name, suffixes=(".md",))), "there is no such file or folder")


def test_a_path_that_leads_nowhere_is_noticed() -> None:
    planted = Source("README.md", "`tests/test_house.py`, `screens/`\n`wizard/nowhere.py`, `make test`")

    assert paths_that_lead_nowhere(planted) == ["README.md:2: wizard/nowhere.py"]


@pytest.mark.parametrize("place", [*PLACES_OF_WORDS, "screens", "wizard"])
def test_there_is_something_to_look_at(place: str) -> None:
    assert sources(place, suffixes=WORDS_SHOWN)


def border_titles_of_strings(files: Iterable[Source]) -> list[str]:
    """Return where the title of a border is set to what may be a string from outside."""
    is_safe = re.compile(r"border_(?:sub)?title = (?:plain|bold)\(|border_(?:sub)?title = \"")
    return [
        f"{file.path}:{number}: {line.strip()}"
        for file in files
        for number, line in enumerate(file.text.splitlines(), 1)
        if re.search(r"\.border_(?:sub)?title = ", line) and not is_safe.search(line)
    ]


def test_no_title_of_a_border_is_read_as_markup() -> None:
    """Textual reads a string there as markup: what came from outside would style the page, or end the program."""
    assert border_titles_of_strings([Source("x.py", "self.border_title = title")])
    assert_none(border_titles_of_strings(sources("screens")), "wrap it in plain()")
