"""What `make soak` prints is what was tried: a property that nobody tried is not held, and nothing is left out."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.soak import soak_plugin
from tests.soak.__main__ import seed_of
from tests.soak.promises import Promise, Tally, promises, tries_of
from tests.soak.soak_plugin import FULL, Counting, remembered

ROOT = Path(__file__).parents[1]
TESTS = [name for each in promises() for name in each.tests]
TWO = (
    Promise("A1", "one is tried", 3, {"a/test_a.py::test_one": 2, "a/test_a.py::test_many[50]": 50}),
    Promise("B1", "the other is not", 1, {"b/test_b.py::test_two": 1}),
)


def report(nodeid: str, outcome: str = "passed", *noted: tuple[str, object]) -> list[pytest.TestReport]:
    """The three reports of a case."""
    stages = [("setup", "passed"), ("call", outcome), ("teardown", "passed")]
    return [
        pytest.TestReport(nodeid, ("", 0, ""), {}, each, None, when, user_properties=[("cases", 1), *noted])  # type: ignore[arg-type]
        for when, each in stages
    ]


def count(*reports: list[pytest.TestReport]) -> Counting:
    counting = Counting(TWO)
    for each in (one for several in reports for one in several):
        counting.pytest_runtest_logreport(each)
    return counting


def test_a_property_that_was_not_tried_is_shown_as_not_held() -> None:
    counting = count(report("tests/a/test_a.py::test_one[x]"))

    assert counting.tally.lines(TWO) == [
        "A1  one is tried: 2 tried, 2 held",
        "B1  the other is not: 0 tried, 0 held  ✗ NOT HELD",
    ]


def test_a_case_that_fails_or_is_skipped_is_not_held() -> None:
    failed = count(report("tests/a/test_a.py::test_one[x]", "failed"), report("tests/a/test_a.py::test_one[y]"))
    skipped = count(report("tests/a/test_a.py::test_one", "skipped", ("skipped", 1)))

    assert failed.tally.lines(TWO)[0] == "A1  one is tried: 4 tried, 2 held  ✗ NOT HELD"
    assert skipped.tally.lines(TWO)[0].endswith("0 tried, 0 held  ✗ NOT HELD")


def test_a_case_counts_as_often_as_it_says_itself_or_as_the_table_says() -> None:
    assert tries_of("tests/a/test_a.py::test_many[50]", 1, {}, TWO) == {"A1": 50}
    assert tries_of("tests/a/test_a.py::test_many[3]", 1, {}, TWO) == {}
    assert tries_of("tests/a/test_a.py::test_one", 4, {}, TWO) == {"A1": 8}
    assert tries_of("tests/a/test_a.py::test_one", 4, {"A1": 3, "B1": 7}, TWO) == {"A1": 3, "B1": 7}


def test_a_whole_run_goes_on_where_it_was_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FULL, str(tmp_path / "7.jsonl"))
    count(report("tests/a/test_a.py::test_one"), report("tests/b/test_b.py::test_two", "failed"))
    with (tmp_path / "7.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"case": "cut off')

    assert [(each["case"], each["held"]) for each in remembered()] == [
        ("a/test_a.py::test_one", True),
        ("b/test_b.py::test_two", False),
    ]
    assert count().tally.lines(TWO)[0] == "A1  one is tried: 2 tried, 2 held"
    assert seed_of("", is_full=True, folder=tmp_path) == "7"
    assert seed_of("9", is_full=True, folder=tmp_path) == "9"


def test_a_run_in_which_a_property_is_not_held_fails() -> None:
    class Ended:
        exitstatus: int = pytest.ExitCode.OK

    session = Ended()
    count(report("tests/a/test_a.py::test_one")).pytest_sessionfinish(session)  # type: ignore[arg-type]
    assert session.exitstatus == pytest.ExitCode.TESTS_FAILED

    session = Ended()
    session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED  # all was tried before
    both = count(report("tests/a/test_a.py::test_one"), report("tests/b/test_b.py::test_two"))
    both.pytest_sessionfinish(session)  # type: ignore[arg-type]
    assert session.exitstatus == pytest.ExitCode.OK


def test_every_property_has_an_id_of_its_own_and_tests_that_there_are() -> None:
    ids = [each.id for each in promises()]
    assert len(set(ids)) == len(ids)
    for name in TESTS:
        file, _, test = name.partition("::")
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert test.partition("[")[0] in {getattr(each, "name", "") for each in tree.body}, name


def test_every_test_with_the_marker_soak_tries_a_property() -> None:
    tried = {name.partition("::")[0] for name in TESTS}
    marked = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("test_*.py")
        if re.search(r"mark\.soak\b", path.read_text(encoding="utf-8")) and path != Path(__file__)
    }
    assert marked
    assert marked <= tried


def test_a_line_says_its_property_in_a_few_words() -> None:
    tally = Tally()
    for line in tally.lines(promises()):
        assert len(line) <= 120, line
    assert soak_plugin.shares_of(
        "tests/model/test_journey_model.py::test_whatever_happens_a_journey_keeps_what_it_promises[x-1]"
    )
