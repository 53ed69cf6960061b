"""What of the machine may be used: the least of what it has, and of what each group of processes is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from wizard.core.system_limits import cores, memory_limit


def groups(base: Path, **limits: str) -> tuple[Path, Path]:
    """Write a group within a group, with limits such as a_cpu="…", and whose it is."""
    for name, text in limits.items():
        group, _, kind = name.partition("_")
        folder = {"top": base, "a": base / "a", "b": base / "a" / "b"}[group]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{kind}.max").write_text(f"{text}\n")
    (base / "own").write_text("0::/a/b\n")
    return base, base / "own"


@pytest.mark.parametrize(
    ("limits", "number"),
    [
        ({"b_cpu": "25000 100000"}, 1),
        ({"a_cpu": "150000 100000", "b_cpu": "max 100000"}, 2),
        ({"top_cpu": "max 100000"}, 64),
        ({"b_cpu": "strange"}, 64),
        ({}, 64),
    ],
)
def test_cores_are_as_many_as_each_group_above_allows(
    limits: dict[str, str], number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _process: set(range(64)))
    assert cores(*groups(tmp_path, **limits)) == number


@pytest.mark.parametrize(
    ("limits", "number"),
    [({"a_memory": "1000", "b_memory": "2000"}, 1000), ({"b_memory": "max"}, None), ({}, None)],
)
def test_memory_is_what_the_strictest_group_allows(limits: dict[str, str], number: int | None, tmp_path: Path) -> None:
    assert memory_limit(*groups(tmp_path, **limits)) == number


def test_where_nothing_tells_of_groups_there_is_no_limit(tmp_path: Path) -> None:
    assert memory_limit(tmp_path, tmp_path / "none") is None
    assert cores(tmp_path, tmp_path / "none") >= 1
