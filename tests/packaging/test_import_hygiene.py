"""What a command or a module loads: the guard of the start-up budget is this contract, not a clock."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import wizard
from tests.patience import PATIENCE
from wizard.commands.command_help import SENTENCES

HEAVY = {"textual", "msal", "azure", "requests", "cryptography", "jwt", "qrcode", "shtab"}
SERVERS = {"starlette", "uvicorn", "trustme"}
ROOT = Path(__file__).parents[2]

SHOW = "import json, sys; sys.stderr.write('loaded ' + json.dumps(sorted(sys.modules)))"


def loaded_by(program: str) -> set[str]:
    """The modules a fresh interpreter has loaded after `program`."""
    ended = subprocess.run(
        [sys.executable, "-c", f"import atexit\n@atexit.register\ndef show():\n    {SHOW}\n{program}"],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return set(json.loads(ended.stderr.rpartition("loaded ")[2]))


def roots(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"],
        ["--help"],
        *([name, "--help"] for name in SENTENCES if name),
    ],
    ids=" ".join,
)
def test_version_and_help_load_nothing_heavy(arguments: list[str]) -> None:
    modules = loaded_by(f"from wizard.cli import main\nmain({arguments!r})")

    assert not roots(modules) & (HEAVY | SERVERS | {"screens"})
    ours = {name for name in modules if name.partition(".")[0] == "wizard"}
    assert ours == {
        "wizard",
        "wizard.cli",
        "wizard.commands",
        "wizard.commands.command_help",
        "wizard.commands.job_options",
        "wizard.commands.options",
    }


def test_whoever_neither_measures_nor_alerts_loads_nothing_of_it() -> None:
    modules = loaded_by("from wizard.commands import all_onboardings, check, renew")

    assert not roots(modules) & {"prometheus_client", "apprise", "markdown", "yaml", "click"}
    assert not {name for name in modules if name.startswith("wizard.jobs.alert")}


def test_the_version_is_said_before_the_command_line_is_loaded() -> None:
    asks = "import sys\nsys.argv[1:] = ['--version']\n"
    modules = loaded_by(f"{asks}from wizard.__main__ import main\nassert main() == 0")

    assert not {"argparse", "pathlib", "wizard.cli"} & modules


def test_garbage_is_looked_for_seldom_while_modules_load_and_not_at_the_end() -> None:
    loaded_by(
        "import gc\nfrom wizard.core.garbage import SELDOM, USUAL, with_few_collections\n"
        "assert with_few_collections(lambda: gc.get_threshold()[0]) == SELDOM > USUAL[0]\n"
        "assert gc.get_freeze_count() > 0"
    )


def test_a_program_that_goes_on_for_long_collects_as_usual_but_not_what_is_loaded() -> None:
    loaded_by(
        "import gc\nfrom wizard.core.garbage import USUAL, collect_as_usual, with_few_collections\n"
        "assert with_few_collections(lambda: collect_as_usual() or 7) == 7\n"
        "assert gc.get_threshold() == USUAL and gc.get_freeze_count() > 0"
    )


@pytest.mark.parametrize("form", [[], ["--json"], ["--message"]], ids=["plain", "json", "message"])
def test_an_explanation_loads_neither_screens_nor_services_nor_the_journey(form: list[str]) -> None:
    paste = "AADSTS50076 ForbiddenByRbac eyJhbGciOiJub25lIn0.eyJhdWQiOiJhIn0.c https://localhost/?error=access_denied"
    modules = loaded_by(f"from wizard.cli import main\nassert main(['explain', *{form!r}, {paste!r}]) == 0")

    assert "wizard.catalogue" in modules
    assert not roots(modules) & (HEAVY | SERVERS | {"screens", "http"})
    assert not {"wizard.onboarding", "wizard.microsoft", "wizard.rehearsal"} & modules


@pytest.mark.parametrize("asked", [[], ["user"], ["run"], ["vault", "--json"]], ids=" ".join)
def test_help_loads_neither_screens_nor_services_nor_the_journey(asked: list[str]) -> None:
    modules = loaded_by(f"from wizard.cli import main\nassert main(['help', *{asked!r}]) == 0")

    assert not roots(modules) & (HEAVY | SERVERS | {"screens", "rich"})
    assert not {"wizard.onboarding", "wizard.microsoft", "wizard.rehearsal"} & modules


def test_help_on_a_terminal_loads_neither_textual_nor_services() -> None:
    modules = loaded_by("from wizard.commands.markdown_output import print_markdown\nprint_markdown('# A')")

    assert not roots(modules) & (HEAVY | SERVERS | {"screens"})


def test_the_first_screen_loads_textual_and_no_service() -> None:
    modules = loaded_by("import screens.app")

    assert "textual" in modules
    assert not roots(modules) & ({"msal", "azure", "requests", "cryptography", "jwt"} | SERVERS)


@pytest.mark.parametrize(
    "module",
    [
        "wizard.onboarding.journey",
        "wizard.journeys.session",
        "wizard.reporting.journey_report",
        "wizard.onboarding.health",
        "wizard.reporting.bundle",
        "wizard.journeys.saved_journey",
        "wizard.plain.runner",
    ],
)
def test_the_core_loads_neither_screens_nor_services(module: str) -> None:
    modules = loaded_by(f"import {module}")

    assert not roots(modules) & (HEAVY | SERVERS)
    assert "wizard.rehearsal" not in modules


def test_diagnosis_loads_nothing_but_itself() -> None:
    modules = loaded_by("import wizard.catalogue, wizard.explain")

    assert not roots(modules) & (HEAVY | SERVERS)
    assert not {"wizard.microsoft", "wizard.onboarding.steps", "wizard.onboarding.journey"} & modules
    assert "wizard.explain.explainer" not in modules, "what reads pastes is loaded when something is pasted"


@pytest.mark.parametrize(
    "module",
    ["wizard.commands.run", "wizard.commands.report", "wizard.commands.check", "wizard.microsoft.services"],
)
def test_production_never_loads_the_rehearsal_cloud(module: str) -> None:
    modules = loaded_by(f"import {module}")

    assert not any(name.startswith("wizard.rehearsal") for name in modules)
    assert not roots(modules) & SERVERS


def test_the_rehearsal_cloud_loads_nothing_of_the_product() -> None:
    modules = loaded_by("import wizard.rehearsal")

    ours = {name for name in modules if name.startswith("wizard.")}
    assert {name for name in ours if not name.startswith("wizard.rehearsal")} == set()
    assert not roots(modules) & {"msal", "azure", "textual", "screens"}


def test_the_contract_of_the_rehearsal_cloud_names_every_module_of_the_product() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {each["name"]: each for each in settings["tool"]["importlinter"]["contracts"]}
    forbidden = set(contracts["the rehearsal cloud knows nothing of the product"]["forbidden_modules"])

    ours = {f"wizard.{module.name}" for module in pkgutil.iter_modules(wizard.__path__)}

    assert ours - {"wizard.rehearsal"} <= forbidden
