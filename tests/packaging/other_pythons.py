"""Runs a short part on every other Python that is here: each module loads, and the unattended journey is proven.

Run by `.ci/run`. It takes the packages of this environment, which are the same files for each version, and installs for
the other one only those that are compiled for one version (cffi), from the lock.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from tests.packaging.lock_files import LOCKS, ROOT

VERSIONS: Final = ("3.11", "3.12", "3.13", "3.14")
COMPILED: Final = "cffi"
HOLDS: Final = "every module loads, the unattended journey is proven; no more was run"
FAILURE: Final = "a module does not load, or the unattended journey is not proven"
LIMIT: Final = 300
"""Seconds after which a program that was started counts as hung."""
PROGRAM: Final = """
import sys
from tests.packaging.without_posix import import_all
import screens.terminal.driver
failed = import_all()
if failed:
    sys.exit(f"modules that do not load: {failed}")
from wizard.cli import main
sys.exit(main(["rehearse", "all-holds-secret", "--unattended"]))
"""


def python_of(version: str) -> str:
    """Return the path of an interpreter of that version, "" if there is none: on the PATH, or one of pyenv's."""
    kept = sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob(f"versions/{version}.*/bin/python"))
    for candidate in (*map(str, reversed(kept)), shutil.which(f"python{version}")):
        if candidate and _output([candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]) == version:
            return candidate
    return ""


def trouble_with(python: str, version: str, folder: Path) -> str:
    """Return what does not hold on a Python, "" if all does."""
    lines = (LOCKS / "dev.txt").read_text(encoding="utf-8").splitlines()
    first = next(at for at, line in enumerate(lines) if line.startswith(f"{COMPILED}=="))
    last = next(at for at in range(first + 1, len(lines)) if not lines[at].startswith("    --hash="))
    (folder / "lock.txt").write_text("\n".join(lines[first:last]) + "\n", encoding="utf-8")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    only = ["--only-binary", ":all:", "--python-version", version, "--target", str(folder / "compiled")]
    if _output([*install, *only, "--require-hashes", "--requirement", str(folder / "lock.txt")]) is None:
        return f"skipped: {COMPILED} could not be installed for it"
    packages = os.pathsep.join((str(folder / "compiled"), str(ROOT), sysconfig.get_path("purelib")))
    environment = {**os.environ, "PYTHONPATH": packages, "HOME": str(folder), "XDG_STATE_HOME": str(folder)}
    return "" if "user proven, store proven" in (_output([python, "-c", PROGRAM], environment) or "") else FAILURE


def _output(command: list[str], environment: dict[str, str] | None = None) -> str | None:
    """Return what a program wrote, None where it failed, whose last lines are shown."""
    try:
        ended = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as why:
        print(f"{command[0]}: {type(why).__name__}")
        return None
    if ended.returncode:
        print("\n".join(ended.stderr.splitlines()[-8:]))
    return ended.stdout.strip() if ended.returncode == 0 else None


def said_of(version: str) -> str:
    """Return what came of a version, in a sentence."""
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return "the tests themselves"
    if not (python := python_of(version)):
        return "not on this machine, nothing run"
    with tempfile.TemporaryDirectory() as folder:
        return trouble_with(python, version, Path(folder)) or HOLDS


def main() -> int:
    """Say of each version what came of it."""
    with ThreadPoolExecutor(2) as pool:
        said = dict(zip(VERSIONS, pool.map(said_of, VERSIONS), strict=True))
    for version, sentence in said.items():
        print(f"Python {version}: {sentence}")
    return int(FAILURE in said.values())


if __name__ == "__main__":
    sys.exit(main())
