"""One file for each cloud, tenant, app and profile: its name, its place, who may work on it, and what becomes of it."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.journeys.kept import APP, NOW, OTHER_APP, TENANT_ID, here, journey_of, keep
from tests.patience import PATIENCE
from wizard.core.answers import Answers
from wizard.journeys.journey_folder import JourneyFolder
from wizard.journeys.saved_journey import JourneyFile, JourneyInUse
from wizard.journeys.session import Session
from wizard.onboarding.journey import Journey

LONGEST_DOMAIN = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 57, "com"])
CONTOSO = Answers(tenant="contoso.com", client_id=APP)


@pytest.fixture
def session() -> Iterator[Session]:
    """A session in the folder of this test; what it has locked is let go at the end."""
    made = Session(folder=here())
    yield made
    made.let_go()


def begun(session: Session, answers: Answers) -> Journey:
    """A journey that was begun and saved."""
    journey = session.begin(answers, lambda _event: None)
    journey.save(journey)
    return journey


def files() -> list[str]:
    return sorted(path.name for path in here().state.rglob("*") if path.is_file() and not path.name.startswith("index"))


@pytest.mark.parametrize(
    "tenant", [LONGEST_DOMAIN, TENANT_ID, "contoso.com", "../../etc/passwd", "..", "con", "käse.example", "a\nb\tc\0d"]
)
def test_every_tenant_has_a_name_that_a_file_may_have(tenant: str) -> None:
    path = here().path_of(replace(CONTOSO, tenant=tenant))

    assert path is not None
    assert path.parent == here().state / "journeys"
    assert len(path.name) <= 80
    assert path.name.isascii()
    assert path.name.isprintable()
    assert not path.name.startswith(".")
    JourneyFile(path).write(journey_of(tenant), NOW)
    assert path.is_file()


def test_each_of_cloud_tenant_app_and_profile_has_a_file_of_its_own() -> None:
    answers = [
        CONTOSO,
        replace(CONTOSO, cloud="china"),
        replace(CONTOSO, tenant="fabrikam.com"),
        replace(CONTOSO, client_id=OTHER_APP),
        replace(CONTOSO, profile="harbour"),
        replace(CONTOSO, tenant=LONGEST_DOMAIN),
        replace(CONTOSO, tenant=LONGEST_DOMAIN.replace("com", "org")),
    ]

    assert len({here().path_of(each) for each in answers}) == len(answers)
    assert here().path_of(replace(CONTOSO, tenant="Contoso.COM", client_id=APP.upper())) == here().path_of(CONTOSO)
    assert here().path_of(replace(CONTOSO, client_id="")) is None


def test_folders_and_files_are_the_owners_alone() -> None:
    path = keep("contoso.com")

    modes = {each: stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent, here().state)}
    assert list(modes.values()) == [0o600, 0o700, 0o700]


def test_a_draft_moves_to_its_name_once_tenant_and_app_are_answered(session: Session) -> None:
    journey = begun(session, Answers())
    (draft,) = [name for name in files() if name.endswith(".json")]
    assert draft.startswith("draft-")

    journey.change("tenant", "contoso.com")
    assert draft in files()
    journey.change("client_id", APP)

    path = here().path_of(CONTOSO)
    assert path is not None
    assert files() == [path.name, path.with_suffix(".lock").name]
    with pytest.raises(JourneyInUse):
        JourneyFile(path).lock()
    session.let_go()
    saved = JourneyFile(path).read()
    assert saved is not None
    assert saved.answers.tenant == "contoso.com"


def test_an_onboarding_whose_name_is_taken_stays_where_it_is_and_replaces_nothing(session: Session) -> None:
    path = keep("contoso.com")
    before = path.read_bytes()
    journey = begun(session, Answers(tenant="contoso.com"))

    journey.change("client_id", APP)

    assert path.read_bytes() == before
    assert session.file is not None
    assert session.file.path.name.startswith("draft-")
    assert session.twin(journey.onboarding.answers) == path


def test_another_tenant_leaves_the_one_before_alone(session: Session) -> None:
    path = keep("contoso.com")
    before = path.read_bytes()
    session.choose(path)

    journey = session.begin(Answers(), lambda _event: None, is_another=True)
    journey.change("tenant", "fabrikam.com")
    journey.change("client_id", OTHER_APP)

    assert path.read_bytes() == before
    assert [each.tenant for each in here().entries()] == ["contoso.com", "fabrikam.com"]


def test_a_file_that_the_operator_named_stays_and_another_tenant_is_kept_in_the_folder(
    session: Session, tmp_path: Path
) -> None:
    named = tmp_path / "mine.json"
    JourneyFile(named).write(journey_of("contoso.com"), NOW)
    before = named.read_bytes()
    session.file, session.is_named = JourneyFile(named), True

    journey = session.begin(Answers(tenant="fabrikam.com", client_id=APP), lambda _event: None, is_another=True)
    journey.save(journey)

    assert named.read_bytes() == before
    assert [each.tenant for each in here().entries()] == ["fabrikam.com"]


def test_a_file_that_the_operator_named_takes_what_is_begun_and_never_moves(session: Session, tmp_path: Path) -> None:
    named = tmp_path / "mine.json"
    session.file, session.is_named = JourneyFile(named), True

    journey = session.begin(CONTOSO, lambda _event: None)
    journey.change("tenant", "fabrikam.com")

    assert named.is_file()
    assert files() == []


def test_the_single_file_of_an_earlier_version_is_gone_on_with_in_its_place_and_never_removed(session: Session) -> None:
    JourneyFile(here().old_form).write(journey_of("contoso.com"), NOW)
    session.choose_for(CONTOSO)
    assert session.file is not None
    assert session.file.path == here().old_form

    session.forget(CONTOSO)
    begun(session, CONTOSO)

    assert here().old_form.is_file()
    assert [each.is_old_form for each in here().entries()] == [False, True]


def test_a_tenant_is_found_by_its_id_as_well() -> None:
    path = keep("contoso.com")

    assert here().kept(replace(CONTOSO, tenant=TENANT_ID)) == path
    assert here().kept(replace(CONTOSO, tenant="contoso.onmicrosoft.com"), TENANT_ID) == path
    assert here().kept(replace(CONTOSO, tenant=TENANT_ID, client_id=OTHER_APP)) != path
    assert here().kept(replace(CONTOSO, tenant="fabrikam.com", client_id=OTHER_APP)) != path


def test_a_journey_that_is_not_open_any_more_writes_nothing(session: Session) -> None:
    first = begun(session, CONTOSO)
    path = session.file.path if session.file else Path()
    before = path.read_bytes()
    begun(session, replace(CONTOSO, tenant="fabrikam.com"))

    first.change("integration_user", "ada@contoso.com")

    assert path.read_bytes() == before
    assert [each.tenant for each in here().entries()] == ["contoso.com", "fabrikam.com"]


HOLD = (
    "import sys; from pathlib import Path; from wizard.journeys.saved_journey import JourneyFile\n"
    "file = JourneyFile(Path(sys.argv[1])); file.lock(); print('locked', flush=True); sys.stdin.read()"
)


def test_two_programs_on_one_onboarding_exclude_each_other_and_on_two_they_do_not(session: Session) -> None:
    path, other = keep("contoso.com"), keep("fabrikam.com")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "locked\n"

        with pytest.raises(JourneyInUse, match="another partner-wizard"):
            session.choose(path)
        session.choose(other)

        program.communicate(timeout=PATIENCE)
    session.choose(path)


def test_a_lock_that_moved_away_with_its_journey_is_not_taken_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    file = JourneyFile(keep("contoso.com"))
    locks: list[int] = []

    def flock_late(handle: int, _how: int) -> None:
        if not locks:
            file.path.with_suffix(".lock").unlink()
        locks.append(handle)

    monkeypatch.setattr("fcntl.flock", flock_late)
    file.lock()
    file.unlock()

    assert len(locks) == 2


def test_where_the_folder_is_missing_there_is_nothing_and_nothing_is_made() -> None:
    assert JourneyFolder(here().state).entries() == []
    assert not here().state.exists()
