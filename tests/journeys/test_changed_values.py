"""The file of a journey with any of its values changed, and every write of it that fails."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.kept import NOW, journey_of
from wizard.core.errors import BadInput
from wizard.core.findings import Finding, Outcome
from wizard.journeys.saved_journey import JourneyFile
from wizard.journeys.session import Session

ODD: tuple[Any, ...] = (
    *(None, True, -1, 10**30, 1.5, "", "x" * 70_000, "\x1b]52;c;eA==\x07", "\ud800", "\u202e", "1" * 40),
    *([], {}, [[]], {"a": {}}, ["a", None], "2026-11-21T10:00:00Z"),
)
OPERATIONS = (
    "wizard.core.files.open_own",
    "os.fchmod",
    "os.fsync",
    "json.dumps",
    "pathlib.Path.replace",
)
PARTS = 10
ERRORS = (errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS, errno.EACCES)


def places(value: Any, *path: str | int) -> Iterator[tuple[str | int, ...]]:
    """Every place in a value that holds another."""
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from places(each, *path, key)


def with_value(data: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """A copy of data that holds another value at a place."""
    changed = json.loads(json.dumps(data))
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return changed


@pytest.mark.parametrize(
    ("first", "nth"), [(0, 97), *(pytest.param(first, PARTS, marks=pytest.mark.soak) for first in range(PARTS))]
)
def test_a_file_with_one_value_changed_is_read_or_refused_in_words(
    first: int, nth: int, tmp_path: Path, tried: Callable[[str, int], None]
) -> None:
    file = JourneyFile(tmp_path / "state" / "journey.json")
    journey = journey_of("contoso.com", passed=("start", "tenant"))
    journey.findings["app.exists"] = Finding("app.exists", Outcome.FAILS, "no", {"a": "b", "n": 1}, ("do this",))
    file.write(journey, NOW)
    data, number = json.loads(file.path.read_text(encoding="utf-8")), 0
    cases = [(path, odd) for path in places(data) for odd in ODD]
    for path, odd in cases[first::nth]:
        number += 1
        file.path.write_text(json.dumps(with_value(data, path, odd)), encoding="utf-8")
        session = Session(file=JourneyFile(file.path))
        try:
            saved = session.saved()
            assert saved is not None
            resumed = session.resume(saved, lambda _event: None)
        except BadInput:
            continue
        assert resumed.view().profile.name == resumed.onboarding.answers.profile
        assert not resumed.is_proven, path
    assert len(cases) > 1_380
    tried("H4", number)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_whichever_part_of_a_write_fails_the_old_state_or_the_new_one_is_there(
    operation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tried: Callable[[str, int], None]
) -> None:
    number = 0
    for code in ERRORS:
        for former in (None, "contoso.com"):
            number += 1
            file = JourneyFile(tmp_path / f"state-{number}" / "journey.json")
            file.path.parent.mkdir()
            if former:
                file.write(journey_of(former), NOW)

            def fail(*_args: object, code: int = code, **_more: object) -> None:
                raise OSError(code, "as the test says")

            with monkeypatch.context() as broken:
                broken.setattr(operation, fail)
                with pytest.raises(OSError, match="as the test says"):
                    file.write(journey_of("fabrikam.com"), NOW)
            saved = file.read()
            assert (saved.answers.tenant if saved else None) == former
            assert [each for each in file.path.parent.iterdir() if each != file.path] == []

            file.write(journey_of("fabrikam.com"), NOW)
            again = file.read()
            assert again is not None
            assert again.answers.tenant == "fabrikam.com"
    tried("P5", number)
