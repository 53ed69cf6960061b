"""The locks hold what pyproject.toml asks for and all that this needs, pinned and hashed, and no known-bad release."""

from __future__ import annotations

import json
import re
from importlib import metadata
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.packaging.bill_of_materials import without_addresses
from tests.packaging.lock_files import DEPENDENCIES, EXTRAS, GROUPS, LOCKS, PROJECT, WANTED, closure, pins_of
from wizard import __version__

LINUX = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
KNOWN_BAD = {
    "requests": ("2.32.3", "2.32.5"),  # CVE-2024-47081, CVE-2026-25645
    "urllib3": ("2.6.2", "2.7.0"),  # CVE-2026-21441, CVE-2026-97687 to -97689
    "pyjwt": ("2.10.0", "2.11.0", "2.14.0"),  # CVE-2024-53861, CVE-2026-32597, CVE-2026-102275
    "cryptography": ("44.0.0", "46.0.6", "49.0.0"),  # CVE-2024-12797, CVE-2026-39892, CVE-2026-69247
    "azure-core": ("1.37.0",),  # CVE-2026-21226
    "azure-identity": ("1.16.0",),  # CVE-2024-35255
    "starlette": ("1.0.0", "1.3.0"),  # CVE-2026-48710, limits of forms
    "h11": ("0.14.0",),  # CVE-2025-43859
    "aiosmtpd": ("1.4.5",),  # CVE-2024-34083
}
"""Releases that have an advisory, and that an installation without the lock may not choose either."""


@pytest.mark.parametrize("lock", WANTED)
def test_a_lock_holds_each_direct_dependency_inside_its_bounds(lock: str) -> None:
    pins = pins_of(lock)

    for each in map(Requirement, WANTED[lock]):
        pin = pins.get(canonicalize_name(each.name))
        assert pin, f"{each.name} is not in locks/{lock}.txt: make lock"
        assert each.specifier.contains(pin.version), f"locks/{lock}.txt has {pin.requirement}: make lock"


@pytest.mark.parametrize("lock", WANTED)
def test_each_release_is_pinned_and_hashed_and_says_why_it_is_there(lock: str) -> None:
    for name, pin in pins_of(lock).items():
        assert pin.version, name
        assert pin.hashes, name
        assert all(each.startswith("sha256:") and len(each) == 71 for each in pin.hashes), name
        assert pin.reasons, name


@pytest.mark.parametrize("lock", ["product", "alerts", "rehearsal", "dev", "build"])
def test_a_lock_holds_all_that_its_dependencies_need(lock: str) -> None:
    pins = pins_of(lock)
    needed = closure(WANTED[lock])
    others = [name for name in needed if name in pins and pins[name].version != metadata.version(name)]
    if others:
        pytest.skip(f"not installed from the lock: {', '.join(others)}")

    assert set(needed) == {name for name, pin in pins.items() if pin.is_for({})}
    for name, asked in needed.items():
        assert all(each.specifier.contains(pins[name].version) for each in asked), name


@pytest.mark.parametrize("machine", [{"sys_platform": "win32", "os_name": "nt"}, {"sys_platform": "darwin"}, LINUX])
@pytest.mark.parametrize("python", ["3.11.0", "3.12.1", "3.13.0", "3.14.0"])
def test_a_lock_serves_every_platform_and_python(machine: dict[str, str], python: str) -> None:
    there = {**machine, "python_full_version": python, "python_version": python[:4]}
    for lock, wanted in WANTED.items():
        installed = {name for name, pin in pins_of(lock).items() if pin.is_for(there)}
        assert {canonicalize_name(Requirement(each).name) for each in wanted} <= installed


def test_every_lock_has_the_same_release() -> None:
    everything = pins_of("dev")
    for lock in ("product", "alerts", "rehearsal", "build"):
        assert {name: pin.version for name, pin in pins_of(lock).items()}.items() <= {
            name: pin.version for name, pin in everything.items()
        }.items()


def test_a_lock_names_no_address() -> None:
    for file in LOCKS.glob("*.txt"):
        text = file.read_text(encoding="utf-8")
        assert "://" not in text, file.name
        assert not re.search(r"^--(?!hash)|index-url|find-links", text, re.MULTILINE), file.name
    assert {file.stem for file in LOCKS.glob("*.txt")} == set(WANTED)


@pytest.mark.parametrize("name", KNOWN_BAD)
def test_a_known_bad_release_is_not_chosen(name: str) -> None:
    listed = [*DEPENDENCIES, *(each for extra in EXTRAS.values() for each in extra)]
    (bounds,) = {each.specifier for each in map(Requirement, listed) if canonicalize_name(each.name) == name}

    assert not list(bounds.filter(KNOWN_BAD[name]))


def test_the_wheel_is_built_by_what_the_lock_of_its_builder_holds() -> None:
    assert PROJECT["build-system"]["requires"] == GROUPS["build"]


# --- the bill of materials --------------------------------------------------------------------------------------------


def bill() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((LOCKS / "sbom.cdx.json").read_text(encoding="utf-8"))
    return read


def test_the_bill_of_materials_names_what_the_wheel_needs_at_run_time_and_nothing_else() -> None:
    parts = {canonicalize_name(each["name"]): each["version"] for each in bill()["components"]}

    there = {**LINUX, "python_full_version": "3.11.7", "python_version": "3.11"}
    assert parts == {name: pin.version for name, pin in pins_of("product").items() if pin.is_for(there)}
    assert len(parts) == len(bill()["components"])


def test_the_bill_of_materials_says_of_what_and_which_part_needs_which() -> None:
    read = bill()

    assert read["bomFormat"] == "CycloneDX"
    assert (read["metadata"]["component"]["name"], read["metadata"]["component"]["version"]) == (
        "partner-wizard",
        __version__,
    )
    needs = {each["ref"]: each.get("dependsOn", []) for each in read["dependencies"]}
    root = {canonicalize_name(each.split("==")[0]) for each in needs[read["metadata"]["component"]["bom-ref"]]}
    assert root == {canonicalize_name(Requirement(each).name) for each in DEPENDENCIES}
    assert {each["bom-ref"] for each in read["components"]} <= set(needs)


def test_the_bill_of_materials_is_the_same_wherever_it_is_made() -> None:
    read = bill()

    assert without_addresses(read) == read
    assert "serialNumber" not in read
    assert "timestamp" not in read["metadata"]
    assert without_addresses({"externalReferences": [1], "a": [{"externalReferences": 1, "b": 2}]}) == {"a": [{"b": 2}]}
