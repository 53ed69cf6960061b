"""The built wheel, unpacked far from the checkout: everything it needs is in it, and it runs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from wizard import __version__

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]

WITHOUT_CHECKOUT = """
import sys
sys.path[:] = [path for path in sys.path if path not in ("", {root!r})]
sys.meta_path[:] = [finder for finder in sys.meta_path if "editable" not in repr(finder).lower()]
sys.path.insert(0, {target!r})
"""
"""Takes the editable install off the path, and leaves what it depends on."""


@dataclass(frozen=True)
class Wheel:
    """The wheel, and where it is unpacked."""

    file: Path
    target: Path

    def run(self, program: str) -> subprocess.CompletedProcess[str]:
        """Run a program with the wheel's packages, in a folder that holds nothing."""
        folder = self.target.parent / "empty"
        folder.mkdir(exist_ok=True)
        return subprocess.run(
            [sys.executable, "-P", "-c", WITHOUT_CHECKOUT.format(root=str(ROOT), target=str(self.target)) + program],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Call partner-wizard as its script does."""
        return self.run(f"from wizard.cli import main\nsys.exit(main({list(arguments)!r}))")


def build(source: Path, folder: Path) -> Path:
    """Build a wheel into a folder, and return it."""
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(source)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=PATIENCE,
    )
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Wheel:
    folder = tmp_path_factory.mktemp("wheel")
    file = build(ROOT, folder)
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder / "installed")
    return Wheel(file, folder / "installed")


def test_it_holds_every_module_and_every_asset(wheel: Wheel) -> None:
    held = {path.relative_to(wheel.target).as_posix() for path in wheel.target.rglob("*") if path.is_file()}
    ours = {
        path.relative_to(ROOT).as_posix()
        for package in ("wizard", "screens", "assets")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert ours - held == set()
    for example in ("assets/clouds.toml", "assets/entra-errors.json", "assets/scenes/world.toml", "screens/app.py"):
        assert example in held
    assert any(name.startswith("assets/pages/") for name in held)
    assert any(name.endswith(".tcss") for name in held)


def test_it_holds_nothing_else(wheel: Wheel) -> None:
    tops = {path.name for path in wheel.target.iterdir()}

    assert tops == {"wizard", "screens", "assets", f"partner_wizard-{__version__}.dist-info"}


def test_it_carries_its_bill_of_materials(wheel: Wheel) -> None:
    (bill,) = wheel.target.glob("*.dist-info/sboms/*")

    assert bill.name == "sbom.cdx.json"
    assert bill.read_bytes() == (ROOT / "locks" / "sbom.cdx.json").read_bytes()


def test_built_elsewhere_at_another_time_it_has_the_same_bytes(wheel: Wheel, tmp_path: Path) -> None:
    elsewhere = tmp_path / "another place"
    without_cache = shutil.ignore_patterns("__pycache__")
    for folder in ("wizard", "screens", "assets", "locks"):
        shutil.copytree(ROOT / folder, elsewhere / folder, ignore=without_cache, copy_function=shutil.copyfile)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copyfile(ROOT / file, elsewhere / file)
    for path in elsewhere.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))

    built = build(elsewhere, tmp_path)

    assert built.name == wheel.file.name
    assert built.read_bytes() == wheel.file.read_bytes()


def test_its_script_is_partner_wizard(wheel: Wheel) -> None:
    (scripts,) = wheel.target.glob("*.dist-info/entry_points.txt")

    assert "partner-wizard = wizard.__main__:main" in scripts.read_text(encoding="utf-8")


def test_it_is_the_wheel_that_runs_and_not_the_checkout(wheel: Wheel) -> None:
    ended = wheel.run(
        "import json, assets, screens.app, wizard\n"
        "print(json.dumps([wizard.__file__, screens.app.__file__, assets.__file__]))"
    )

    assert ended.returncode == 0, ended.stderr
    for file in json.loads(ended.stdout):
        assert Path(file).is_relative_to(wheel.target)


def test_it_says_its_version(wheel: Wheel) -> None:
    assert wheel.call("--version").stdout == f"partner-wizard {__version__}\n"


def test_it_names_its_scenes(wheel: Wheel) -> None:
    ended = wheel.call("rehearse", "--list")

    named = {line.split()[0] for line in ended.stdout.splitlines() if line.startswith("  ")}
    assert named == {path.stem for path in (ROOT / "assets" / "scenes").glob("*.toml")} - {"world"}


def test_it_plays_a_scene_to_the_end(wheel: Wheel) -> None:
    ended = wheel.call("rehearse", "all-holds-public", "--unattended", "--json")

    assert ended.returncode == 0, ended.stderr
    last = json.loads(ended.stdout.splitlines()[-1])
    assert (last["type"], last["outcome"]) == ("summary", "proven")


def test_it_has_its_help(wheel: Wheel) -> None:
    ended = wheel.call("help", "user")

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("# Integration user\n")


def test_it_reads_its_clouds_and_its_error_catalogue(wheel: Wheel) -> None:
    ended = wheel.run(
        "from wizard.microsoft.clouds import built_in_clouds\n"
        "from wizard.catalogue import explain\n"
        "print(sorted(built_in_clouds()), explain('entra', 'AADSTS53003').title)"
    )

    assert ended.returncode == 0, ended.stderr
    assert "'global'" in ended.stdout
    assert "Conditional Access" in ended.stdout
