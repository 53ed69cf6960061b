"""Take each guard out of a copy of the project, and show that every test named for it fails there.

`make guards` runs all; `make guards ARGS="terminal signin"` those of some files. Exits with 1 if a test passes
without its guard, or fails with it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.guards.catalogue import ROOT, Guard, guards

COPIED = (
    "wizard", "screens", "assets", "tests", "locks",
    "pyproject.toml", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE",
)  # fmt: skip
LIMIT = 900.0
"""Seconds after which tests that hang without a guard have failed."""
WITHOUT_GUARD = {"TEST_PATIENCE": "40"}
"""Without a guard most tests wait for what never comes."""


def copy_project(folder: Path) -> Path:
    """Copy the project into a new folder below `folder`; return its path."""
    target = Path(tempfile.mkdtemp(dir=folder))
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target / name)
    make_environment(target)
    return target


def make_environment(root: Path) -> None:
    """Make a Python below `root` with what is installed here, and the copy in the place of the project."""
    venv.create(root / ".venv", symlinks=True)
    (site,) = (root / ".venv" / "lib").glob("python*/site-packages")
    # Lines of a .pth file that stands in a folder named here are not read: that of the editable install among them.
    (site / "copy.pth").write_text(f"{root}\n{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    program = root / ".venv" / "bin" / "partner-wizard"
    program.write_text(f"#!{python_of(root)}\nimport sys\nfrom wizard.__main__ import main\nsys.exit(main())\n")
    program.chmod(0o755)


def python_of(root: Path) -> Path:
    """Return the interpreter of a copy."""
    return root / ".venv" / "bin" / "python"


def run_tests(root: Path, tests: tuple[str, ...], environment: Mapping[str, str]) -> dict[str, str]:
    """Run tests in a copy of the project.

    Args:
        root: the copy.
        tests: their ids.
        environment: variables for them, beside those of this process.

    Returns:
        "passed", "failed", "broken" or "missing" by test id; a parameterised test has failed if one of its cases has.
    """
    report = root / "report.xml"
    command = [
        str(python_of(root)),
        "-m",
        "pytest",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        f"--junitxml={report}",
    ]
    try:
        subprocess.run(
            [*command, *tests],
            cwd=root,
            env=os.environ | environment,
            capture_output=True,
            timeout=LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return dict.fromkeys(tests, "failed")
    if not report.exists():  # the copy cannot even be imported: that proves nothing
        return dict.fromkeys(tests, "missing")
    found: dict[str, str] = {}
    for case in ET.parse(report).getroot().iter("testcase"):
        module = case.attrib["classname"].replace(".", "/") + ".py"
        name = f"{module}::{case.attrib['name']}"
        for test in tests:
            if name == test or name.startswith(f"{test}["):
                has_failed = case.find("failure") is not None
                found[test] = "failed" if has_failed or found.get(test) == "failed" else "passed"
                if case.find("error") is not None:  # it was not even begun: that proves nothing
                    found[test] = "broken"
    return {test: found.get(test, "missing") for test in tests}


def faults_of(guard: Guard, folder: Path) -> list[str]:
    """Return what is wrong with a guard's tests: [] if each of them fails without it."""
    if (count := guard.occurrences()) != 1:
        return [f"its lines occur {count} times in {guard.file}"]
    root = copy_project(folder)
    try:
        guard.take_out(root)
        found = run_tests(root, guard.tests, WITHOUT_GUARD)
    finally:
        shutil.rmtree(root)
    return [f"{test} {outcome} without it" for test, outcome in found.items() if outcome != "failed"]


def main() -> int:
    """Judge the guards of the files named, or all."""
    wanted = [each for each in guards() if not sys.argv[1:] or each.part in sys.argv[1:]]
    wrong = 0
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(os.cpu_count()) as pool:
        folder = Path(name)
        root = copy_project(folder)
        together = tuple(dict.fromkeys(test for each in wanted for test in each.tests))
        for test, outcome in run_tests(root, together, {}).items():
            if outcome != "passed":
                wrong += 1
                print(f"✗ {test} {outcome} with every guard in place", flush=True)
        for guard, faults in zip(wanted, pool.map(lambda each: faults_of(each, folder), wanted), strict=True):
            wrong += bool(faults)
            print(f"{'✗' if faults else '✓'} {guard.part}: {guard.holds}", flush=True)
            for fault in faults:
                print(f"    {fault}", flush=True)
    print(f"{len(wanted)} guards, {wrong} faults")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
