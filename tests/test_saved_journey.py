"""What lies on disk: no secret, nobody else's to read, never half written, and only one wizard at a time."""

from __future__ import annotations

import json
import os
import pwd
import stat
import subprocess
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.test_journey import ALL, holding, journey_with
from wizard.core.answers import Answers
from wizard.core.errors import BadInput
from wizard.core.findings import Finding, NotAsked, Outcome, Skipped, SupportIds, Who
from wizard.core.secret import Secret
from wizard.journeys.last_sign_in import LastSignIn, describe_last_sign_in
from wizard.journeys.saved_journey import JourneyFile, JourneyInUse
from wizard.journeys.session import Session
from wizard.journeys.state_folder import state_folder

CANARY = "canary-7Q~very.secret"
NOW = "2026-11-21T10:00:00Z"


@pytest.fixture
def file(tmp_path: Path) -> JourneyFile:
    return JourneyFile(tmp_path / "state" / "journey.json")


def full_journey(answers: Answers | None = None):  # type: ignore[no-untyped-def]
    journey = journey_with(holding(*ALL), answers or Answers(tenant="contoso.com", credential="none"))
    journey.onboarding.learn(tenant_id="t", user_roles=("a", "b"), public_client=True, consent_how="seen in Graph")
    return journey


def test_what_was_written_is_read_again(file: JourneyFile) -> None:
    journey = full_journey()
    journey.findings["user.mfa"] = Finding(
        "user.mfa",
        Outcome.FAILS,
        "no MFA",
        {"amr": "pwd", "n": 3, "f": False},
        ("do", "then that"),
        (Who.ADMIN,),
        "c",
        SupportIds("1", "2", "3", "4"),
        "consent.granted",
        unreachable=True,
    )
    journey.skipped["app.credential"] = Skipped(NotAsked.DOES_NOT_APPLY, "none")

    file.write(journey, NOW)
    saved = file.read()

    assert saved is not None
    assert (saved.answers, saved.facts) == (journey.onboarding.answers, journey.onboarding.facts)
    assert (saved.findings, saved.skipped, saved.saved_at) == (journey.findings, journey.skipped, NOW)


def test_no_secret_reaches_the_file(file: JourneyFile) -> None:
    answers = Answers(
        client_secret=Secret(CANARY), passphrase=Secret(CANARY), consent_answer=f"https://x?state={CANARY}"
    )
    journey = full_journey(answers)
    journey.onboarding.memory.sign_in.refresh_token = Secret(CANARY)

    file.write(journey, NOW)

    assert CANARY not in file.path.read_text()
    saved = file.read()
    assert saved is not None
    assert saved.answers.client_secret is None


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_file_and_folder_are_the_owners_alone(file: JourneyFile, umask: int) -> None:
    before = os.umask(umask)
    try:
        file.write(full_journey(), NOW)
    finally:
        os.umask(before)

    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("broken", ["os.fsync", "json.dumps", "pathlib.Path.replace", "os.fchmod"])
def test_a_write_that_fails_leaves_the_old_state(
    file: JourneyFile, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write(full_journey(), NOW)

    def fail(*_args: object, **_kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(broken, fail)
    with pytest.raises(OSError, match="No space"):
        file.write(full_journey(Answers(tenant="fabrikam.com")), NOW)
    monkeypatch.undo()

    saved = file.read()
    assert saved is not None
    assert saved.answers.tenant == "contoso.com"
    assert [each.name for each in file.path.parent.iterdir()] == [file.path.name]


@pytest.mark.parametrize("reads", [True, False], ids=["report", "run"])
def test_a_folder_in_which_others_could_exchange_it_is_refused_by_whoever_uses_it(
    file: JourneyFile, monkeypatch: pytest.MonkeyPatch, reads: bool
) -> None:
    file.write(full_journey(), NOW)
    use = file.read if reads else file.lock
    file.path.parent.chmod(0o777)
    with pytest.raises(BadInput, match="everybody may write to"):
        use()
    file.path.parent.chmod(0o700)
    file.path.parent.rename(file.path.parent.with_name("elsewhere"))
    file.path.parent.symlink_to(file.path.parent.with_name("elsewhere"))
    with pytest.raises(BadInput, match="not a folder of yours"):
        use()
    file.path.parent.unlink()
    file.path.parent.with_name("elsewhere").rename(file.path.parent)
    monkeypatch.setattr(os, "getuid", lambda: 4321)
    with pytest.raises(BadInput, match="not a folder of yours"):
        use()


def test_the_program_s_own_folder_is_closed_again(tmp_path: Path) -> None:
    folder = tmp_path / "partner-wizard" / "journeys"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    file = JourneyFile(folder / "x.json")
    file.lock()
    file.unlock()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("change", [{"version": 2}, {"answers": {"later": 1}}, {"facts": {"later": 1}}], ids=str)
def test_one_that_a_newer_version_wrote_is_called_that(file: JourneyFile, change: dict[str, object]) -> None:
    file.write(full_journey(), NOW)
    file.path.write_text(json.dumps(json.loads(file.path.read_text()) | change))
    with pytest.raises(BadInput, match="was written by a newer version of partner-wizard"):
        file.read()


def test_no_lock_is_left_behind_and_what_a_killed_process_was_writing_is_swept(file: JourneyFile) -> None:
    file.path.parent.mkdir()
    gone = file.path.with_name(f".{file.path.name}.{gone_process()}")
    names = (f".another.json.{gone_process()}", f".{file.path.name}.{os.getpid()}", ".x")
    of_others = [file.path.with_name(name) for name in names]
    for each in (gone, *of_others):
        each.touch()
    file.lock()
    assert sorted(file.path.parent.iterdir()) == sorted([*of_others, file.path.with_suffix(".lock")])
    file.unlock()
    assert sorted(file.path.parent.iterdir()) == sorted(of_others)


def gone_process() -> int:
    ended = subprocess.Popen(["true"])
    ended.wait()
    return ended.pid


def test_a_link_or_a_pipe_in_its_place_is_refused(file: JourneyFile, tmp_path: Path) -> None:
    file.path.parent.mkdir()
    target = tmp_path / "target.json"
    target.write_text("{}")
    file.path.symlink_to(target)
    with pytest.raises(BadInput, match="regular file"):
        file.read()
    file.path.unlink()
    os.mkfifo(file.path)
    with pytest.raises(BadInput, match="regular file"):
        file.read()


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", '{"version": 99}', '{"version": 1}', "\x00\xff", "[" * 100_000],
)
def test_a_file_that_is_no_journey_is_named_and_not_a_crash(file: JourneyFile, content: str) -> None:
    file.path.parent.mkdir()
    file.path.write_text(content)

    with pytest.raises(BadInput) as refused:
        file.read()

    assert str(file.path) in str(refused.value)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("answers", {"tenant": 5}),
        ("answers", {"unknown": "x"}),
        ("facts", {"user_roles": 3}),
        ("findings", [{}]),
        ("answers", {"client_secret": "smuggled"}),
        ("skipped", []),
    ],
)
def test_wrong_types_inside_are_refused(file: JourneyFile, member: str, value: object) -> None:
    file.write(full_journey(), NOW)
    data = json.loads(file.path.read_text())
    data[member] = value
    file.path.write_text(json.dumps(data))

    with pytest.raises(BadInput):
        file.read()


def test_two_wizards_on_one_journey_the_second_is_told(file: JourneyFile) -> None:
    file.lock()
    second = JourneyFile(file.path)

    with pytest.raises(JourneyInUse, match="another partner-wizard"):
        second.lock()
    file.unlock()

    second.lock()
    second.unlock()


def test_without_a_file_there_is_nothing_to_resume(file: JourneyFile) -> None:
    assert file.read() is None


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"XDG_STATE_HOME": "/s", "HOME": "/h"}, "/s/partner-wizard"),
        ({"XDG_STATE_HOME": "relative", "HOME": "/h"}, "/h/.local/state/partner-wizard"),
        ({"HOME": "/h"}, "/h/.local/state/partner-wizard"),
        ({"HOME": ""}, "/of/the/user/.local/state/partner-wizard"),
        ({"HOME": "relative"}, "/of/the/user/.local/state/partner-wizard"),
        ({}, "/of/the/user/.local/state/partner-wizard"),
    ],
)
def test_state_lies_where_the_platform_keeps_state(
    environ: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pwd, "getpwuid", lambda _uid: SimpleNamespace(pw_dir="/of/the/user"))
    assert state_folder(environ) == expected


def test_resuming_reopens_what_was_only_in_memory_and_keeps_consent(file: JourneyFile) -> None:
    journey = full_journey(Answers(tenant="contoso.com", credential="secret"))
    del journey.findings["store.redeems"]
    file.write(journey, NOW)
    session = Session(file=file)
    saved = session.saved()
    assert saved is not None

    assert session.last_sign_in(saved) is LastSignIn.LOST
    resumed = session.resume(saved, lambda _event: None)

    assert resumed.open_step.id == "app"
    assert "consent.granted" in resumed.findings
    assert resumed.onboarding.facts.consent_how == "seen in Graph"
    assert not {check for check in resumed.findings if check.startswith(("user.", "store."))}


@pytest.mark.parametrize(
    ("found", "version", "last", "words"),
    [
        ({"store.written": None}, "", LastSignIn.LOST, "was only in memory: step 4 opens again, with a new sign-in."),
        ({"store.redeems": None}, "v1", LastSignIn.TO_BE_PROVEN, "proves what is stored. Nobody has to sign in."),
        ({"store.redeems": Outcome.UNKNOWN}, "v1", LastSignIn.TO_BE_PROVEN, "is kept in kv.vault.azure.net as token,"),
        ({"store.mfa_compliant": Outcome.FAILS}, "v1", LastSignIn.STORED, "is kept in kv.vault.azure.net as token"),
        ({"store.written": Outcome.UNKNOWN}, "", LastSignIn.UNCERTAIN, "Whether the token of the last sign-in reached"),
        ({"user.signed_in": None}, "", LastSignIn.NOTHING_LOST, ""),
        ({}, "v1", LastSignIn.NOTHING_LOST, ""),
    ],
)  # fmt: skip
def test_what_is_said_of_the_last_sign_in_after_a_kill_is_what_is_known(
    file: JourneyFile, found: dict[str, Outcome | None], version: str, last: LastSignIn, words: str
) -> None:
    journey = full_journey()
    journey.onboarding.learn(secret_version=version, vault_url="https://kv.vault.azure.net", secret_name="token")
    for check, outcome in found.items():
        del journey.findings[check]
        if outcome:
            journey.findings[check] = Finding(check, outcome, "x", unreachable=outcome is Outcome.UNKNOWN)
    file.write(journey, NOW)
    session = Session(file=file)
    saved = session.saved()
    assert saved is not None
    assert session.last_sign_in(saved) is last
    sentence = describe_last_sign_in(last, saved, journey.profile)
    assert words in sentence
    assert bool(sentence) is bool(words)


def test_a_public_client_resumes_at_step_4(file: JourneyFile) -> None:
    journey = full_journey()
    del journey.findings["store.written"]
    file.write(journey, NOW)
    session = Session(file=file)
    saved = session.saved()
    assert saved is not None

    assert session.resume(saved, lambda _event: None).open_step.id == "user"


def test_a_proven_journey_stays_proven(file: JourneyFile) -> None:
    file.write(full_journey(), NOW)
    session = Session(file=file)
    saved = session.saved()
    assert saved is not None

    assert session.resume(saved, lambda _event: None).is_proven
    assert session.last_sign_in(saved) is LastSignIn.NOTHING_LOST
    assert session.last_sign_in(replace(saved, findings={})) is LastSignIn.NOTHING_LOST


def test_what_stands_there_already_is_not_written_again(file: JourneyFile) -> None:
    journey = full_journey()
    file.write(journey, NOW)
    before = file.path.stat().st_ino

    file.write(journey, "2026-11-21T11:00:00Z")
    assert file.path.stat().st_ino == before

    journey.skipped["app.credential"] = Skipped(NotAsked.DOES_NOT_APPLY, "none")
    file.write(journey, "2026-11-21T12:00:00Z")
    saved = file.read()
    assert saved is not None
    assert (saved.skipped, saved.saved_at) == (journey.skipped, "2026-11-21T12:00:00Z")


def test_a_file_that_is_gone_is_written_again(file: JourneyFile) -> None:
    journey = full_journey()
    file.write(journey, NOW)
    file.path.unlink()

    file.write(journey, NOW)

    assert file.read() is not None
