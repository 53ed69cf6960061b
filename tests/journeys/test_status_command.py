"""`partner-wizard status`, and the commands that are told which onboarding is meant."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness import PROGRAM
from tests.in_process import call_cli
from tests.journeys.kept import APP, NOW, OTHER_APP, TENANT_ID, here, journey_of, keep
from tests.packaging.test_import_hygiene import HEAVY, SERVERS, loaded_by, roots
from tests.patience import PATIENCE
from tests.screens.driving import FILLED
from wizard.core.answers import Answers
from wizard.journeys.index import refresh_index
from wizard.journeys.next_act import next_act, next_command
from wizard.journeys.saved_journey import JourneyFile
from wizard.journeys.session import Session

COMMANDS = ("check", "report", "support-bundle")


def lines(*arguments: str) -> list[str]:
    ended = call_cli("status", *arguments)
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout.splitlines()


def test_every_onboarding_is_in_a_line_with_where_it_stands_when_it_ends_and_what_to_do() -> None:
    contoso, fabrikam = keep("contoso.com"), keep("fabrikam.com", OTHER_APP, passed=("start", "tenant"), cloud="china")

    assert [line.split() for line in lines()] == [
        [contoso.stem, "contoso.com", "Automation", "csp", "global", "proven", "2027-02-23", "check", "it", "daily"],
        [
            fabrikam.stem,
            "fabrikam.com",
            OTHER_APP,
            "csp",
            "china",
            "step",
            "2,",
            "App",
            "registration",
            "-",
            "go",
            "on",
            "with",
            "it",
        ],
    ]


def test_a_program_gets_all_of_it() -> None:
    path = keep("contoso.com")

    (line,) = map(json.loads, lines("--json"))

    assert line == {
        "type": "onboarding",
        "name": path.stem,
        "path": str(path),
        "old_form": False,
        "cloud": "global",
        "profile": "csp",
        "tenant": "contoso.com",
        "tenant_id": TENANT_ID,
        "app": APP,
        "app_name": "Automation",
        "outcome": "proven",
        "step": "",
        "stands": "proven",
        "expires": {"at": "2027-02-23T10:00:00Z", "why": "90 days without a renewal"},
        "next": line["next"],
        "command": f"partner-wizard check {path.stem}",
        "saved_at": NOW,
    }


def test_without_any_it_says_how_one_is_begun() -> None:
    (line,) = lines()

    assert line == "no onboarding on this machine; partner-wizard, or partner-wizard run, begins one"
    assert lines("--json") == []


def test_the_single_file_of_an_earlier_version_is_named_as_such() -> None:
    JourneyFile(here().old_form).write(journey_of("contoso.com"), NOW)

    (line,) = lines()

    assert line.startswith("journey.json  contoso.com  ")
    assert "the single file of an earlier version: proven" in line
    assert json.loads(lines("--json")[0])["old_form"] is True


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "partner-wizard").mkdir()
    (tmp_path / "partner-wizard" / "journeys").write_text("")

    ended = call_cli("status", XDG_STATE_HOME=str(tmp_path))

    assert ended.returncode == 2
    assert ended.stderr == f"partner-wizard: {tmp_path}/partner-wizard/journeys cannot be read: Not a directory\n"


SOON, LATE, PAST = "2026-12-01T00:00:00Z", "2027-02-23T10:00:00Z", "2026-11-01T00:00:00Z"


@pytest.mark.parametrize(
    ("outcome", "expires_at", "act"),
    [
        ("proven", LATE, "check it daily"),
        ("proven", "", "check it daily"),
        ("proven", SOON, "check it: it ends soon"),
        ("proven", PAST, "check it: it has ended unless renewed"),
        ("provisional", "", "go on with it"),
        ("failed", "", "fix what it names"),
        ("unreachable", LATE, "try it again"),
        ("unreadable", "", "move the file away"),
    ],
)
def test_what_to_do_next_follows_from_where_it_stands_and_when_it_ends(outcome: str, expires_at: str, act: str) -> None:
    assert next_act(outcome, expires_at, "2026-11-27", "2026-12-11") == act


def test_the_command_to_type_next_is_one_that_the_program_takes() -> None:
    keep("fabrikam.com")
    path = keep("contoso.com", passed=("start",))

    assert next_command("proven", path.stem) == f"partner-wizard check {path.stem}"
    assert next_command("failed", path.stem) == f"partner-wizard --tenant {path.stem}"
    assert next_command("unreadable", "x") == ""
    assert call_cli("report", path.stem).stdout.startswith("# Partner Center onboarding of contoso.com")


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["plain", "json"])
def test_status_loads_neither_screens_nor_services_nor_a_journey(form: list[str]) -> None:
    keep("contoso.com")
    refresh_index()
    modules = loaded_by(f"import sys\nsys.argv[1:] = ['status', *{form!r}]\nfrom wizard.__main__ import main\nmain()")

    assert not roots(modules) & (HEAVY | SERVERS | {"screens", "http", "socket", "ssl"})
    assert not {"wizard.journeys.standing", "wizard.onboarding", "wizard.microsoft", "wizard.rehearsal"} & modules
    if not form:
        assert not {"argparse", "pathlib", "dataclasses", "wizard.cli"} & modules


def test_status_that_has_to_read_journeys_loads_no_service_either() -> None:
    keep("contoso.com")
    modules = loaded_by("import sys\nsys.argv[1:] = ['status']\nfrom wizard.__main__ import main\nmain()")

    assert "wizard.journeys.standing" in modules
    assert not roots(modules) & (HEAVY | SERVERS | {"screens"})


@pytest.mark.parametrize("arguments", [["status"], ["status", "--ascii"]])
def test_a_real_program_writes_its_lines_and_bears_a_reader_that_goes_away(arguments: list[str]) -> None:
    keep("contoso.com")
    ended = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.count("\n") == 1

    read, write = os.pipe()
    os.close(read)
    gone = subprocess.run(
        [PROGRAM, *arguments], stdout=write, stderr=subprocess.PIPE, text=True, timeout=PATIENCE, check=False
    )
    os.close(write)
    assert (gone.returncode, gone.stderr) == (1, "")


# --- which onboarding is meant ---


@pytest.mark.parametrize("command", [*COMMANDS, "run"])
def test_where_there_are_several_and_none_is_named_they_are_listed(command: str, tmp_path: Path) -> None:
    contoso, fabrikam = keep("contoso.com"), keep("fabrikam.com", passed=("start",))

    ended = call_cli(command, folder=tmp_path)

    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.splitlines() == [
        "partner-wizard: --tenant: 2 onboardings fit; name one of them:",
        f"  {contoso.stem}  contoso.com, proven",
        f"  {fabrikam.stem}  fabrikam.com, step 1, Tenant association",
    ]


@pytest.mark.parametrize("command", COMMANDS)
def test_where_several_fit_they_are_listed_and_no_other(command: str, tmp_path: Path) -> None:
    first, second = sorted(path.stem for path in (keep("contoso.com"), keep("contoso.com", OTHER_APP)))
    keep("fabrikam.com", passed=("start",))

    ended = call_cli(command, "--tenant", "contoso.com", folder=tmp_path)

    assert ended.returncode == 2
    assert [line.split()[0] for line in ended.stderr.splitlines()[1:]] == [first, second]
    assert "fabrikam" not in ended.stderr


def test_two_thousand_are_not_all_listed_in_an_error() -> None:
    for number in range(25):
        keep(f"{number:02}.contoso.com")

    said = call_cli("report").stderr.splitlines()

    assert said[0] == "partner-wizard: --tenant: 25 onboardings fit; name one of them:"
    assert said[-1] == "  and 5 more: partner-wizard status lists them"
    assert len(said) == 22


@pytest.mark.parametrize("wanted", ["contoso.com", "CONTOSO.com", TENANT_ID, APP, "NAME"])
@pytest.mark.parametrize("form", ["behind the command", "--tenant"])
def test_an_onboarding_is_named_by_tenant_tenant_id_app_or_name(wanted: str, form: str) -> None:
    path = keep("contoso.com")
    keep("fabrikam.com", OTHER_APP, passed=("start",))
    word = path.stem if wanted == "NAME" else wanted

    ended = call_cli("report", *([word] if form != "--tenant" else ["--tenant", word]))

    assert ended.returncode == 0
    assert ended.stdout.startswith("# Partner Center onboarding of contoso.com: proven")


def test_the_only_one_need_not_be_named() -> None:
    keep("contoso.com")

    assert call_cli("report").stdout.startswith("# Partner Center onboarding of contoso.com")


@pytest.mark.parametrize("command", [*COMMANDS, "run"])
def test_one_that_is_not_there_is_not_guessed(command: str, tmp_path: Path) -> None:
    keep("contoso.com")

    ended = call_cli(command, "--tenant", "contoso.con", folder=tmp_path)

    assert ended.returncode == 2
    assert "no onboarding has this name, tenant or app; partner-wizard status lists them" in ended.stderr


@pytest.mark.parametrize(
    "arguments",
    [["report", "a", "--tenant", "b"], ["report", "a", "--journey", "b"], ["run", "--tenant", "a", "--journey", "b"]],
    ids=" ".join,
)
def test_one_is_named_in_one_way(arguments: list[str]) -> None:
    ended = call_cli(*arguments)

    assert ended.returncode == 2
    assert "one of NAME, --tenant and --journey says which onboarding is meant" in ended.stderr


def test_the_single_file_of_an_earlier_version_is_read_where_nothing_else_is_and_by_its_name() -> None:
    JourneyFile(here().old_form).write(journey_of("contoso.com"), NOW)
    assert call_cli("report").stdout.startswith("# Partner Center onboarding of contoso.com")

    keep("fabrikam.com")
    assert call_cli("report").returncode == 2
    for named in (["journey.json"], ["--journey", str(here().old_form)]):
        assert call_cli("report", *named).stdout.startswith("# Partner Center onboarding of contoso.com")


def test_run_of_a_named_one_is_not_given_the_answers_of_another(tmp_path: Path) -> None:
    keep("contoso.com")
    keep("fabrikam.com", OTHER_APP)
    answers = tmp_path / "answers.toml"
    answers.write_text('tenant = "fabrikam.com"\nassociated = true\n')

    ended = call_cli("run", "contoso.com", "--answers", str(answers))

    assert ended.returncode == 2
    assert "tenant: is fabrikam.com in the answers file, and contoso.com in the onboarding" in ended.stderr


def test_run_of_a_named_one_goes_by_what_was_answered_and_by_the_file_in_its_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = keep("contoso.com")
    keep("fabrikam.com", OTHER_APP)
    file = tmp_path / "answers.toml"
    file.write_text('integration_user = "ada@contoso.com"\n')
    passed: list[tuple[Answers, set[str]]] = []

    def run(_session: Session, answers: Answers, given: set[str], **_more: object) -> int:
        passed.append((answers, given))
        return 0

    monkeypatch.setattr("wizard.commands.run.run_in_plain_lines", run)
    saved = JourneyFile(path).read()
    assert saved is not None
    assert call_cli("run", "contoso.com", "--answers", str(file)).returncode == 0

    ((answers, given),) = passed
    assert answers == replace(saved.answers, integration_user="ada@contoso.com")
    assert given == {"cloud", "tenant", "client_id", "integration_user"}


def test_run_of_a_named_one_that_is_proven_says_so_without_any_answers() -> None:
    journey = journey_of("contoso.com")
    journey.onboarding.answers = replace(FILLED, client_id=APP)
    path = here().path_of(journey.onboarding.answers)
    assert path is not None
    JourneyFile(path).write(journey, NOW)
    keep("fabrikam.com", OTHER_APP)

    ended = call_cli("run", path.stem)

    assert ended.returncode == 0
    assert ended.stderr == (
        f"Already proven, saved {NOW}; add --again to prove what is stored once more, or --restart to begin again.\n"
    )
