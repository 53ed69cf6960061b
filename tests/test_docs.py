"""What the documents say is there, and what is there is in the documents."""

from __future__ import annotations

import io
import json
import re
import tomllib
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.documented import MADE, README, commands, part
from tests.test_journey import ALL, holding, journey_with
from wizard import __version__
from wizard.commands.options import build_parser
from wizard.core.events import BrowserPrompt, CheckEnded, ConsentLink, DeviceCodePrompt, SubmissionRejected
from wizard.core.findings import Finding, Outcome
from wizard.microsoft.clouds import Cloud, built_in_clouds
from wizard.onboarding.probes.vault_access import VAULT_FIELDS
from wizard.plain.answers_file import CREDENTIAL_KEYS, KEYS, parse_answers
from wizard.plain.line_writer import LineWriter

ROOT = README.parent
TEXT = README.read_text(encoding="utf-8")
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
FOREIGN: set[str] = set()
"""Options of other programs that the README names."""


def options() -> set[str]:
    return {
        option
        for each in commands().values()
        for action in each._actions
        for option in action.option_strings
        if option.startswith("--") and option != "--help"
    }


def in_code(text: str) -> str:
    """What stands in code blocks and between backticks."""
    blocks = re.findall(r"```.*?\n(.*?)```", text, re.DOTALL)
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))])


@pytest.mark.parametrize("name", MADE)
def test_tables_are_those_of_the_code(name: str) -> None:
    assert part(name) == MADE[name](), "run python -m tests.documented"


def test_every_command_is_documented() -> None:
    for name in commands():
        assert f"partner-wizard {name}".strip() in in_code(TEXT)


def test_every_command_in_the_readme_exists() -> None:
    named = set(re.findall(r"\bpartner-wizard ([a-z][a-z-]+)", in_code(TEXT)))

    assert named - set(commands()) == set()


def test_every_option_is_documented() -> None:
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", part("options")))

    assert named == options()


def test_every_option_in_the_readme_exists() -> None:
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", in_code(TEXT)))

    assert named - options() - FOREIGN == set()


def test_exit_codes_are_those_of_the_help() -> None:
    epilog = " ".join((build_parser().epilog or "").split())
    promised = dict(re.findall(r"(\d+(?:, \d+)*) ([a-z][^·\d]*)", epilog.partition(": ")[2]))
    written = dict(re.findall(r"^\| (\d+(?:, \d+)*) \| (.*?) \|$", TEXT, re.MULTILINE))

    assert written == {code: words.strip() for code, words in promised.items()}


def test_the_lines_of_json_have_the_members_that_the_readme_names() -> None:
    block = re.search(r"With `--json` each line is one of\n\n```\n(.*?)```", TEXT, re.DOTALL)
    assert block
    documented = {
        frozenset(re.findall(r'[{,]"(\w+)":', re.sub(r":\{[^}]*\}", ":…", line))) for line in block[1].splitlines()
    }
    out = io.StringIO()
    lines = LineWriter(out=out, err=io.StringIO(), as_json=True)
    for event in (
        ConsentLink("https://login.microsoftonline.com", ""),
        DeviceCodePrompt("vault", "", "https://microsoft.com/devicelogin", "ABCD1234", NOW),
        BrowserPrompt("vault", "", "https://login.microsoftonline.com", "http://localhost", NOW),
        SubmissionRejected("vault", "The link was another one."),
        CheckEnded(Finding("tenant.exists", Outcome.FAILS, "No such tenant.")),
    ):
        lines.emit(event)
    lines.summary(journey_with(holding(*ALL)), "proven")

    assert documented == {frozenset(json.loads(line)) for line in out.getvalue().splitlines()}


def test_the_example_of_an_answers_file_is_taken() -> None:
    example = re.search(r"```toml\n(cloud = .*?)```", TEXT, re.DOTALL)
    assert example

    answers, given = parse_answers(tomllib.loads(example[1]), Path(), {"PARTNER_APP_SECRET": "not a secret"})

    assert answers.cloud in built_in_clouds()
    assert "credential" in given


def test_every_key_of_an_answers_file_is_in_the_example() -> None:
    example = re.search(r"```toml\n(cloud = .*?)```", TEXT, re.DOTALL)
    assert example
    for key in KEYS:
        assert re.search(rf"^{key.rpartition('.')[2]} =", example[1], re.MULTILINE), key


def test_every_way_to_name_a_credential_is_documented() -> None:
    for key in CREDENTIAL_KEYS:
        assert re.search(rf"\b{key} = ", in_code(TEXT)), key


def test_every_vault_identity_is_documented() -> None:
    identities = next(field for field in VAULT_FIELDS if field.key == "vault_identity")

    assert set(re.findall(r"^\| `([a-z-]+)` \|", part("identities"), re.MULTILINE)) == {
        value for value, _ in identities.choices
    }


def test_the_example_of_a_cloud_file_has_every_key() -> None:
    example = re.search(r"```toml\n(\[.*?)```", TEXT, re.DOTALL)
    assert example
    (table,) = tomllib.loads(example[1]).values()

    assert set(table) == {field.name for field in fields(Cloud)} - {"name"}


def test_every_built_in_cloud_is_named() -> None:
    for name in built_in_clouds():
        assert f"`{name}`" in TEXT


def test_the_map_is_that_of_the_code() -> None:
    tree = part("map")
    for package in ("wizard", "screens"):
        for path in (ROOT / package).iterdir():
            if package == "screens" and path.is_file():
                continue
            if not path.name.startswith("_") and (path.suffix == ".py" or path.is_dir()):
                assert path.name in tree, f"{path.name} is not in the map"
    within: list[str] = []
    for line in tree.splitlines():
        if found := re.match(r"( *)(\S+/)\s", line):
            within = [*within[: len(found[1]) // 2], found[2]]
            assert ROOT.joinpath(*within).is_dir(), within
    named = re.findall(r"\b([a-z_]+)\.py\b", tree)
    assert {
        name for name in named if not [*ROOT.glob(f"wizard/**/{name}.py"), *ROOT.glob(f"screens/{name}.py")]
    } == set()


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_to_files_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (ROOT / target).exists(), target


def test_make_targets_in_the_documents_exist() -> None:
    made = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for document in ("README.md", "CONTRIBUTING.md"):
        code = in_code((ROOT / document).read_text(encoding="utf-8"))
        assert set(re.findall(r"^make ([a-z]+)", code, re.MULTILINE)) <= made


def test_the_changelog_has_a_place_for_what_comes_next() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert re.search(r"^## \[Unreleased\]$", text, re.MULTILINE)
    assert re.findall(r"^### (?!Added|Changed|Deprecated|Removed|Fixed|Security)", text, re.MULTILINE) == []
    assert f"## [{__version__}]" in text or __version__ == "0.1.0"
