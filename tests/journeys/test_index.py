"""The index is a cache: whatever is the matter with it, what it says is what the files say."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.journeys.kept import APP, NOW, OTHER_APP, here, journey_of, keep
from tests.patience import PATIENCE
from wizard.core.answers import Answers
from wizard.journeys import standing
from wizard.journeys.entry import Entry
from wizard.journeys.index import HEAD, INDEX, Index, refresh_index
from wizard.journeys.saved_journey import JourneyFile

RACES = 50


def index_file() -> Path:
    return here().state / INDEX


def tenants() -> list[str]:
    return [each.tenant for each in here().entries()]


def kept_lines() -> tuple[bytes, bytes]:
    """What the index keeps of the onboardings, as it is on the disk."""
    return Index(str(here().state))._read()[1:]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the journeys that were read, one after the other."""
    names: list[str] = []
    entry_of = standing.entry_of

    def counted(path: str, name: str) -> Entry | None:
        names.append(name)
        return entry_of(path, name)

    monkeypatch.setattr(standing, "entry_of", counted)
    return names


def test_what_has_not_changed_is_not_read_again(read: list[str]) -> None:
    contoso, _ = keep("contoso.com"), keep("fabrikam.com")
    refresh_index()
    read.clear()

    assert tenants() == ["contoso.com", "fabrikam.com"]
    assert read == []

    JourneyFile(contoso).write(journey_of("contoso.com", passed=("start", "tenant")), NOW)
    assert [each.outcome for each in here().entries()] == ["provisional", "proven"]
    assert read == [contoso.stem]


def test_what_is_gone_is_not_listed_any_more() -> None:
    contoso = keep("contoso.com")
    keep("fabrikam.com")
    assert len(tenants()) == 2

    contoso.unlink()

    assert tenants() == ["fabrikam.com"]


def in_place(file: Path, text: str) -> None:
    file.write_text(text)


def by_another_file(file: Path, text: str) -> None:
    new = file.with_name(".restored")
    new.write_text(text)
    new.replace(file)


CHANGES = pytest.mark.parametrize("change", [in_place, by_another_file])


@CHANGES
def test_a_change_shows_though_size_and_time_are_those_of_before(change: Callable[[Path, str], None]) -> None:
    path = keep("contoso.com")
    refresh_index()
    status = path.stat()

    change(path, path.read_text().replace("contoso.com", "fabrika.com"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    assert (path.stat().st_mtime_ns, path.stat().st_size) == (status.st_mtime_ns, status.st_size)
    assert tenants() == ["fabrika.com"]


@CHANGES
def test_of_changes_one_upon_the_other_none_is_missed(change: Callable[[Path, str], None]) -> None:
    path = keep("contoso.com")
    text = path.read_text()

    for number in range(200):
        change(path, text.replace("contoso.com", f"con-{number:03}.com"))
        assert tenants() == [f"con-{number:03}.com"]


def test_where_the_clock_of_the_file_system_stands_still_a_change_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    path = keep("contoso.com")
    monkeypatch.setattr("wizard.journeys.index.changed_at", lambda _status: 2**62)
    assert tenants() == ["contoso.com"]

    in_place(path, path.read_text().replace("contoso.com", "fabrika.com"))

    assert tenants() == ["fabrika.com"]


def test_what_is_replaced_while_it_is_read_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    path = keep("contoso.com")
    refresh_index()
    entry_of = standing.entry_of

    def and_replaced(path: str, name: str) -> Entry | None:
        entry = entry_of(path, name)
        keep("contoso.com", passed=("start",))
        return entry

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(standing, "entry_of", and_replaced)
        JourneyFile(path).write(journey_of("contoso.com", passed=("start", "tenant")), NOW)
        assert [each.step for each in here().entries()] == ["app"]

    assert [each.step for each in here().entries()] == ["tenant"]


@pytest.mark.parametrize(
    "name", [b"a\nb.json", b"\xff.json", b"a\n\nb.json", b"tab\t.json", b".hidden.json", b"1 2.json"]
)
def test_a_file_with_a_strange_name_hides_no_other(name: bytes) -> None:
    keep("contoso.com")
    strange = here().state / "journeys" / os.fsdecode(name)
    strange.touch()
    refresh_index()

    assert [each for each in tenants() if each] == ["contoso.com"]

    strange.unlink()
    keep("fabrikam.com")
    assert tenants() == ["contoso.com", "fabrikam.com"]


def torn(index: Path) -> None:
    index.write_bytes(index.read_bytes()[:-40])


def torn_at_a_line(index: Path) -> None:
    index.write_text("\n".join(index.read_text().split("\n")[:2]))


def full_of_nothing(index: Path) -> None:
    """As a crash leaves a file, a part of which has not reached the disk."""
    before, word, after = index.read_bytes().rpartition(b"fabrikam.com")
    index.write_bytes(before + bytes(len(word)) + after)


def short_of_a_word(index: Path) -> None:
    lines = index.read_text().split("\n")
    lines[1] = lines[1].rpartition("\t")[0]
    index.write_text("\n".join(lines))


def of_another_version(index: Path) -> None:
    index.write_bytes(index.read_bytes().replace(HEAD, HEAD + b".1").replace(b"contoso", b"stale"))


def no_text(index: Path) -> None:
    index.write_bytes(b"\xff\x00" * 400)


def a_folder(index: Path) -> None:
    index.unlink()
    index.mkdir()


def somebody_elses(index: Path) -> None:
    index.unlink()
    index.symlink_to("/etc/passwd")


@pytest.mark.parametrize(
    "spoil",
    [
        Path.unlink,
        torn,
        torn_at_a_line,
        full_of_nothing,
        short_of_a_word,
        of_another_version,
        no_text,
        a_folder,
        somebody_elses,
    ],
)
def test_a_spoilt_index_is_made_anew(spoil: Callable[[Path], None]) -> None:
    keep("contoso.com")
    keep("fabrikam.com")
    before = here().entries()

    spoil(index_file())

    assert here().entries() == before
    assert [each.tenant for each in before] == ["contoso.com", "fabrikam.com"]


@pytest.mark.skipif(os.getuid() == 0, reason="nothing keeps root from writing")
def test_an_index_that_cannot_be_written_costs_time_alone() -> None:
    keep("contoso.com")
    here().state.chmod(0o500)
    try:
        assert tenants() == ["contoso.com"]
    finally:
        here().state.chmod(0o700)


@pytest.fixture
def held() -> Iterator[Callable[[], None]]:
    """The lock of the index, as another process has it; what is yielded lets it go."""
    here().state.mkdir(parents=True)
    with (here().state / "index.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lambda: fcntl.flock(lock, fcntl.LOCK_UN)


@pytest.mark.usefixtures("held")
def test_an_index_that_another_process_holds_is_not_written_and_costs_time_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep("contoso.com")
    monkeypatch.setattr("wizard.journeys.index.LONGEST_WAIT", 0.05)

    assert tenants() == ["contoso.com"]
    assert not index_file().exists()


def test_who_has_waited_for_the_index_looks_at_the_files_again(held: Callable[[], None]) -> None:
    keep("contoso.com")
    index = Index(str(here().state))
    look, looks = index._seen, list[int]()

    def look_and_count() -> bytes:
        seen = look()
        looks.append(seen.count(b".json"))
        if len(looks) == 1:  # before the lock is asked for
            keep("fabrikam.com")
            held()
        return seen

    index._seen = look_and_count  # type: ignore[method-assign]

    assert len(index.rows()) == 2
    assert looks == [1, 2]
    assert kept_lines()[1].count(b"proven") == 2 * 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "cannot be used: it is not a saved journey"),
        ("", "cannot be used: it is not a saved journey"),
        (
            '{"version": 2, "onboarding": {}}',
            "cannot be used: it was written by a newer version of partner-wizard (form 2, this one reads form 1)",
        ),
        ('{"version": "\\u001b]0;x"}', "cannot be used: it is not a saved journey"),
    ],
)
def test_a_file_that_cannot_be_used_is_listed_with_the_reason_and_hides_no_other(content: str, says: str) -> None:
    broken = keep("contoso.com")
    keep("fabrikam.com")
    assert len(tenants()) == 2

    broken.write_text(content)  # in its place: no name in the folder has changed

    spoilt, good = here().entries()
    assert (spoilt.name, spoilt.outcome, spoilt.stands) == (broken.stem, "unreadable", says)
    assert (good.tenant, good.outcome) == ("fabrikam.com", "proven")


def test_a_line_says_where_the_onboarding_stands_after_its_process_is_gone() -> None:
    keep("a.contoso.com", passed=("start", "tenant", "app", "consent", "user"))
    keep("b.contoso.com", passed=("start",))
    JourneyFile(here().draft()).write(journey_of("", "", passed=("start",)), NOW)

    first, second, draft = here().entries()

    assert (first.stands, first.step) == ("step 4, Integration user", "user")  # the token was in memory alone
    assert (second.stands, second.expires_at) == ("step 1, Tenant association", "")
    assert draft.name.startswith("draft-")


def test_what_a_journey_says_cannot_break_a_line_of_the_index() -> None:
    answers = Answers(tenant="a\tb\nc\x1b[31m", client_id=APP)
    path = here().path_of(answers)
    assert path is not None
    JourneyFile(path).write(journey_of(answers.tenant), NOW)
    keep("fabrikam.com", OTHER_APP)

    assert tenants() == ["a b c", "fabrikam.com"]
    assert kept_lines()[1].count(b"\n") == 1


def test_a_file_that_goes_while_the_folder_is_listed_is_no_onboarding(monkeypatch: pytest.MonkeyPatch) -> None:
    gone, _ = keep("contoso.com"), keep("fabrikam.com")
    scandir = os.scandir

    @contextmanager
    def listed_before_it_went(folder: int) -> Iterator[list[os.DirEntry[str]]]:
        with scandir(folder) as found:
            files = list(found)
        gone.unlink(missing_ok=True)
        yield files

    monkeypatch.setattr(os, "scandir", listed_before_it_went)

    assert tenants() == ["fabrikam.com"]


RACE = """
import os, sys
from tests.journeys.kept import here, keep
from wizard.journeys.standing import entry_of

def race(number):
    for turn in range(4):
        path = keep(f"{number:02}.contoso.com", passed=("start", "tenant", "app", "consent", "user")[: turn + 1])
        assert entry_of(str(path), path.stem) in here().entries()
    if number % 5 == 0:
        path.unlink()
        assert path.stem not in [each.name for each in here().entries()]

gun, start = os.pipe()
for number in range(int(sys.argv[1])):
    if os.fork() == 0:
        os.close(start)
        os.read(gun, 1)
        race(number)
        os._exit(0)
os.close(start)
sys.exit(any([os.wait()[1] for _ in range(int(sys.argv[1]))]))
"""
"""Starts as many processes, and lets them all begin at once."""


def test_fifty_races_leave_a_true_index() -> None:
    here().state.mkdir(parents=True)
    ended = subprocess.run(
        [sys.executable, "-c", RACE, str(RACES)], stderr=subprocess.PIPE, text=True, timeout=4 * PATIENCE, check=False
    )
    assert (ended.stderr, ended.returncode) == ("", 0)

    on_disk = kept_lines()
    assert here().entries()
    index_file().unlink()
    assert here().entries()

    assert kept_lines() == on_disk
    assert tenants() == [f"{number:02}.contoso.com" for number in range(RACES) if number % 5]
    assert {each.stands for each in here().entries()} == {"step 4, Integration user"}
    assert [each.name for each in here().state.iterdir() if each.name.startswith(".")] == []
