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

from tests.documented import CONTRIBUTING, HELP, MADE, README, ROOT, Part, commands, counted_marks, part
from tests.test_journey import ALL, holding, journey_with
from wizard import __version__
from wizard.commands.command_help import exit_codes
from wizard.core.events import BrowserPrompt, CheckEnded, ConsentLink, DeviceCodePrompt, SubmissionRejected
from wizard.core.findings import Finding, FixResult, Outcome
from wizard.core.fixes import Action, ActionState
from wizard.microsoft.clouds import Cloud, built_in_clouds
from wizard.onboarding.probes.app_fixes import add_redirect_uri
from wizard.onboarding.probes.vault_access import VAULT_FIELDS
from wizard.onboarding.profile import CSP, EVERY_CHECK, STEPS
from wizard.plain.alert_settings import ALERT_KEYS
from wizard.plain.answers_file import CREDENTIAL_KEYS, KEYS, parse_answers
from wizard.plain.line_writer import LineWriter
from wizard.rehearsal import scene_names

PAGES = sorted(HELP.glob("*.md"))
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in (README, *PAGES))
"""What a user reads: README.md and every page of the help."""
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
FOREIGN = {"--unix-socket"}
"""Options of other programs that the documents name."""


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


def page(name: str) -> str:
    """A page of the help as it is written."""
    return (HELP / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("made", MADE, ids=str)
def test_generated_parts_are_those_of_the_code(made: Part) -> None:
    assert made.read() == made.make(), "run python -m tests.documented"


@pytest.mark.parametrize("document", [README, HELP / "commands.md"], ids=lambda path: path.name)
def test_every_command_is_in_the_tables_and_no_other(document: Path) -> None:
    named = re.findall(r"^\| `partner-wizard ?([a-z-]*)` \|", document.read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(named) == sorted(commands())


def test_every_command_in_the_documents_exists() -> None:
    named = set(re.findall(r"\bpartner-wizard ([a-z][a-z-]+)", in_code(TEXT)))

    assert named - set(commands()) == set()


def test_every_option_is_documented() -> None:
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", part(HELP / "commands.md", "options")))

    assert named == options()


def test_every_option_in_the_documents_exists() -> None:
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", in_code(TEXT)))

    assert named - options() - FOREIGN == set()


def test_exit_codes_are_those_of_the_help() -> None:
    sentence = " ".join(exit_codes("").split())
    promised = dict(re.findall(r"(\d+(?:, \d+)*) ([a-z][^·\d]*)", sentence.partition(": ")[2]))
    written = dict(re.findall(r"^\| (\d+(?:, \d+)*) \| (.*?) \|$", page("exit-codes"), re.MULTILINE))

    assert written == {code: words.strip() for code, words in promised.items()}


def test_the_lines_of_json_have_the_members_that_the_help_names() -> None:
    block = re.search(r"With `--json` each line is one of\n\n```\n(.*?)```", page("json"), re.DOTALL)
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
    fix = add_redirect_uri("33333333-cccc-4ccc-8ccc-000000000003", "http://localhost", "web", ())
    times = ("1.1", "2026-11-21T10:00:00Z", fix.name, "user.redirect_uri", (1, 1))
    made = Action(*times, "ada@contoso.com", "", "", "PATCH", "graph.microsoft.com", "/v1.0", ActionState.MADE)
    lines.fix(fix, {"graph": "graph.microsoft.com"}, in_full=True)
    lines.fix_result(FixResult(fix, is_made=True, message="Done.", actions=(made,)))
    lines.summary(journey_with(holding(*ALL)), "proven")

    assert documented == {frozenset(json.loads(line)) for line in out.getvalue().splitlines()}


def test_the_example_of_an_answers_file_is_taken() -> None:
    example = re.search(r"```toml\n(cloud = .*?)```", page("answers"), re.DOTALL)
    assert example

    answers, given = parse_answers(
        tomllib.loads(example[1]), Path(), {"PARTNER_APP_SECRET": "no secret", "REFRESH_TOKEN": "none"}
    )

    assert answers.cloud in built_in_clouds()
    assert "credential" in given


def test_every_key_of_an_answers_file_is_in_the_example() -> None:
    example = re.search(r"```toml\n(cloud = .*?)```", page("answers"), re.DOTALL)
    assert example
    for key in KEYS:
        assert re.search(rf"^{key.rpartition('.')[2]} =", example[1], re.MULTILINE), key


def test_every_key_of_alerts_is_in_the_examples() -> None:
    for name in ("answers", "alerting"):
        example = re.search(r"^\[alerts\].*?\n(.*?)(?:\n\n|```)", page(name), re.MULTILINE | re.DOTALL)
        assert example
        assert re.findall(r"^(\w+) =", example[1], re.MULTILINE) == list(ALERT_KEYS)


def test_every_way_to_name_a_credential_is_documented() -> None:
    for key in CREDENTIAL_KEYS:
        assert re.search(rf"\b{key} = ", in_code(page("answers"))), key


def test_every_vault_identity_is_documented() -> None:
    identities = next(field for field in VAULT_FIELDS if field.key == "vault_identity")

    assert set(re.findall(r"^\| `([a-z-]+)` \|", part(HELP / "identities.md", "identities"), re.MULTILINE)) == {
        value for value, _ in identities.choices
    }


def test_the_example_of_a_cloud_file_has_every_key() -> None:
    example = re.search(r"```toml\n(\[.*?)```", page("clouds"), re.DOTALL)
    assert example
    (table,) = tomllib.loads(example[1]).values()

    assert set(table) == {field.name for field in fields(Cloud)} - {"name"}


def test_the_readme_fits_on_a_few_screens_and_begins_with_what_why_and_how() -> None:
    lines = README.read_text(encoding="utf-8").splitlines()
    first_screen = "\n".join(lines[:24])

    assert len(lines) <= 150
    assert first_screen.index("**Why.**") < first_screen.index("pipx install")
    for command in ("partner-wizard rehearse ", "partner-wizard  "):
        assert command in first_screen


def test_the_steps_in_the_readme_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| (\d) \| (.*?) \|", README.read_text(encoding="utf-8"), re.MULTILINE)

    assert rows == [(str(CSP.number_of(step.id)), step.title) for step in CSP.steps]


def test_every_check_and_scene_that_the_documents_name_exists() -> None:
    steps = "|".join(STEPS)

    assert set(re.findall(rf"^(?:{steps})\.[a-z_]+$", in_code(TEXT), re.MULTILINE)) == set(EVERY_CHECK)
    named = re.findall(r"(?:partner-wizard rehearse |SCENE=)([a-z][a-z0-9-]*)", in_code(TEXT))
    assert set(named) <= set(scene_names())


def test_ci_calls_the_test_command_of_the_readme() -> None:
    found = re.search(r"^## Tests\n\n```\n(.*?)\n```", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert found

    called = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [line for line in called if line == f'{found[1]} PYTHON="$python"']


def test_facts_are_counted_by_each_of_their_marks() -> None:
    legend = "| mark | |\n|---|---|\n| (D) | read. Or quoted |\n| (C) | told |\n| (U) | a guess |\n\n"
    facts = "## 1 One\nIt is (D). So is (D, quoted) and (D, C). (A) is none, (U) is one; (C) and (C, D).\n"

    assert counted_marks(f"{legend}{facts}") == [("D", "read", 4), ("C", "told", 3), ("U", "a guess", 1)]


def test_every_built_in_cloud_is_named() -> None:
    for name in built_in_clouds():
        assert f"`{name}`" in page("clouds")


def test_the_map_is_that_of_the_code() -> None:
    tree = part(CONTRIBUTING, "map")
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


DOCUMENTS = [README, CONTRIBUTING, ROOT / "CHANGELOG.md", *PAGES]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_to_files_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_to_headings_lead_somewhere(document: Path) -> None:
    for file, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#([^)]+)\)", document.read_text(encoding="utf-8")):
        target = (document.parent / file if file else document).read_text(encoding="utf-8")
        headings = re.findall(r"^#+ (.+)$", target, re.MULTILINE)
        assert anchor in {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings}


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
