"""kill -9 in each step, then again to the end: consent is given once, nothing secret is left, nothing is lost."""

from __future__ import annotations

import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.canaries import Canaries, encoded_forms, leaks
from tests.harness import SECRET_NAME, Program, answering, files_below, in_world, program, wait_for, with_faults
from tests.sampling import sample
from wizard.rehearsal import RehearsalCloud, device_codes, load_scene
from wizard.rehearsal.choices import Service
from wizard.rehearsal.world import Consent, Fault


@dataclass(frozen=True)
class Point:
    """An instant of a run: after a JSON line, while a slow answer holds what comes next.

    Args:
        hold: service, method and path of the request that is answered late.
        after: so many such requests are answered at once.
        consents, signs_in: whether somebody does so before.
    """

    name: str
    kind: str
    check: str = ""
    hold: tuple[str, str, str] | None = None
    after: int = 0
    consents: bool = True
    signs_in: bool = True
    scene: str = "all-holds-secret"

    @property
    def is_stored(self) -> bool:
        return self.check.startswith("store.")

    @property
    def is_after_sign_in(self) -> bool:
        return self.check in {"user.signed_in", "user.mfa", "user.redeems"} or self.check.startswith("store.")


DISCOVERY = ("login", "GET", "*/openid-configuration")
TOKEN = ("login", "POST", "*/token")
PROFILE = ("partner_center", "GET", "*/organization")
PUT = ("vault", "PUT", f"/secrets/{SECRET_NAME}")
POINTS = [
    Point("tenant", "finding", "tenant.well_formed", DISCOVERY),
    Point("app", "finding", "app.well_formed", TOKEN),
    Point("consent-before-the-answer", "finding", "consent.link", consents=False),
    Point("consent-right-after-the-answer", "finding", "consent.answer"),
    Point("consent-while-the-grant-is-awaited", "finding", "consent.answer", scene="consent-seen-late"),
    Point("consent-at-its-end", "finding", "consent.granted", ("vault", "GET", f"/secrets/{SECRET_NAME}")),
    Point("user-before-the-code", "finding", "user.vault_reachable", ("vault", "PUT", "*-write-check")),
    Point("user-while-the-code-waits", "finding", "user.sign_in_ready", signs_in=False),
    Point("user-with-a-token", "finding", "user.mfa", PROFILE),
    Point("between-sign-in-and-store", "finding", "user.redeems", PUT),
    Point("store-written-not-proven", "finding", "store.read_back", PROFILE, 1),
    Point("public-between-sign-in-and-store", "finding", "user.redeems", PUT, scene="all-holds-public"),
]


@pytest.fixture(autouse=True)
def quick_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_codes, "POLL_INTERVAL", 1)


@contextmanager
def killed(
    point: Point, base: Path, canaries: Canaries, umask: int = 0o022
) -> Iterator[tuple[RehearsalCloud, Program]]:
    """A cloud and the run that was killed at a point."""
    scene = load_scene(point.scene)
    if scene.world.consent.grant_delay:
        scene = in_world(scene, consent=Consent(grant_delay=5))
    if point.hold:
        service, method, path = point.hold
        scene = with_faults(scene, Fault(Service(service), method, path, point.after, 1, delay=60))
    with canaries.watching(), RehearsalCloud(scene, people="wait") as cloud:
        people = answering(cloud, consents=point.consents, signs_in=point.signs_in)
        with program(cloud, base, people) as first:
            first.run(umask=umask)
            first.wait_for(point.kind, point.check)
            if point.hold:
                wait_for(lambda: cloud._injector._matched[0] > point.after, "the request that is held")
            first.signal(signal.SIGKILL)
            assert first.end() == -signal.SIGKILL
        yield cloud, first


def consents_posted(cloud: RehearsalCloud) -> int:
    return sum(each.method == "POST" and each.path.endswith("/adminconsent") for each in cloud.log)


@pytest.mark.parametrize("point", sample(3, POINTS), ids=lambda point: point.name)
def test_a_killed_run_is_taken_up_again_and_consent_is_given_once(point: Point, tmp_path: Path) -> None:
    canaries = Canaries()
    with killed(point, tmp_path, canaries, umask=0) as (cloud, first):
        home = [tmp_path / name for name in ("home", "work", "tmp")]
        assert leaks(canaries.all(cloud), home) == []
        check_modes(tmp_path)
        with program(cloud, tmp_path) as second:
            assert second.run(umask=0).end() == 0, second.stdout + second.stderr
        assert consents_posted(cloud) == 1
        assert leaks(canaries.all(cloud), home) == []
        check_modes(tmp_path)
        if point.is_stored:
            assert "sign_in" not in {event["type"] for event in second.events}
            assert "its proof was cut off: step 4 opens again, and proves what is stored." in second.stderr
            assert len(cloud.vault.versions(SECRET_NAME)) == 1
        elif point.is_after_sign_in:
            check_new_code_with_its_reason(first, second)
        else:
            assert "only in memory" not in second.stderr
        assert "Resuming" in second.stderr
        newest = cloud.vault.versions(SECRET_NAME)[-1]
        assert newest["version"] == second.summary["secret"]["version"]
        assert newest["value"] in cloud.state.refresh_tokens


def check_new_code_with_its_reason(first: Program, second: Program) -> None:
    (code,), (before,) = second.of("sign_in"), first.of("sign_in")
    assert code["user_code"] != before["user_code"]
    why = second.stderr.index("The token of the last sign-in was only in memory")
    assert "step 4 opens again, with a new sign-in." in second.stderr[why:]
    assert why < second.stderr.index(code["user_code"])


def check_modes(base: Path) -> None:
    """With umask 000: the journey's folder is the owner's alone, and so is every file in it."""
    folder = base / "home" / "journey"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in files_below([base / "home", base / "tmp"]):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


def test_the_search_would_find_a_secret_in_any_form(tmp_path: Path) -> None:
    secret = "1.AX" + 'abc/+"\\~é' * 20
    for number, form in enumerate(encoded_forms(secret)):
        (tmp_path / str(number)).write_bytes(b"before " + form + b" after")
        assert leaks({"it": secret}, [tmp_path]), form
        (tmp_path / str(number)).unlink()
    assert leaks({"it": secret}, [tmp_path]) == []


def kill_after(run: Program, findings: int) -> None:
    wait_for(lambda: len(run.of("finding")) > findings, "some findings")
    run.signal(signal.SIGKILL)
    run.end()


@pytest.mark.system
def test_a_half_written_journey_is_never_seen(tmp_path: Path) -> None:
    """Whatever is on disk at the instant of the kill can be read again."""
    with RehearsalCloud(load_scene("all-holds-public"), people="wait") as cloud:
        for number in range(6):
            with program(cloud, tmp_path) as run:
                run.run()
                kill_after(run, 2 * number)
            with program(cloud, tmp_path) as report:
                report.start(
                    "report", "--json", "--journey", str(report.journey), "--cloud-file", str(cloud.cloud_file)
                )
                assert report.end() in {0, 1}, report.stderr
        leftovers = [path.name for path in report.journey.parent.iterdir()]
        assert len([name for name in leftovers if name.startswith(".journey-")]) <= 6


@pytest.mark.system
def test_a_proven_journey_is_done_again_only_when_asked_for(tmp_path: Path) -> None:
    with RehearsalCloud(load_scene("all-holds-public"), people="wait") as cloud:
        for options, versions in (((), 1), ((), 1), (("--restart",), 2)):
            with program(cloud, tmp_path) as run:
                assert run.run(*options).end() == 0
            assert run.summary["outcome"] == "proven"
            assert len(cloud.vault.versions(SECRET_NAME)) == versions
        assert consents_posted(cloud) == 2
