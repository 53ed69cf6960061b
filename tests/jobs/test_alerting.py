"""A cause is told once to each address until it changes, then again after a while, and at last that it is over."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.jobs.alert_runs import BEGIN, HOOK, MAIL, Runs, holds, refused, result, unanswered
from wizard.core.errors import BadInput
from wizard.core.findings import Finding, Item, ItemKind, Outcome
from wizard.core.waiting import Cancel
from wizard.jobs.alert_causes import find_causes
from wizard.jobs.alert_memory import LONGEST_WAIT, MemoryFile

DAY = timedelta(days=1)
BEFORE = timedelta(days=14)


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path)


def test_one_cause_over_thirty_days_is_told_once_then_reminded_of_then_over(runs: Runs) -> None:
    runs.run(result("proven", holds()))
    for _ in range(28):
        runs.run(result("failed", refused()))
    for _ in range(3):
        runs.run(result("proven", holds()))

    for address in (MAIL, HOOK):
        first, *reminders, over = runs.subjects(address)
        assert first == "Partner Center onboarding of contoso.com: The token is refused (AADSTS50076)"
        assert reminders == ["1 Partner Center onboarding to look at: still there"] * 3
        assert over == "All clear: contoso.com: The token is refused (AADSTS50076)"
    assert json.loads(runs.state.read_text())["told"] == {}
    assert runs.state.stat().st_mode & 0o777 == 0o600


def test_a_cause_that_changes_is_told_anew_and_the_one_before_is_not_called_over(runs: Runs) -> None:
    runs.run(result("failed", refused()))
    runs.run(result("failed", refused(code="AADSTS7000222")))
    runs.run(result("failed", refused(code="AADSTS7000222")))

    assert [subject[-15:] for subject in runs.subjects()] == ["d (AADSTS50076)", "(AADSTS7000222)"]
    assert not any("Over" in alert.text for _, alert in runs.sent)


def test_another_thing_that_is_missing_is_another_cause() -> None:
    def missing(*names: str) -> str:
        items = tuple(Item(name, Outcome.FAILS, "", ItemKind.MISSING) for name in names)
        finding = Finding("consent.granted", Outcome.FAILS, "Not granted.", items=items)
        return find_causes("check", result("failed", finding), BEGIN, BEFORE).causes[0].id

    assert missing("User.Read") == missing("User.Read")
    assert missing("User.Read").partition("-")[0] == missing("User.Read", "Mail.Send").partition("-")[0]
    assert missing("User.Read") != missing("User.Read", "Mail.Send")


def test_what_was_not_asked_is_not_over(runs: Runs) -> None:
    runs.run(result("failed", refused()))
    runs.run(result("failed", refused("user.vault_reachable", "Forbidden")))  # keeps store.redeems from being asked
    runs.run(result("unreachable", unanswered("start.hosts")))
    assert not any(alert.text.startswith("Over") for _, alert in runs.sent)

    runs.run(result("failed", refused("user.vault_reachable", "Forbidden"), holds()))

    assert runs.subjects()[-1] == "All clear: contoso.com: The token is refused (AADSTS50076)"


def test_renew_does_not_call_over_what_check_has_found(runs: Runs) -> None:
    runs.run(result("failed", refused()))
    runs.run(result("proven"), command="renew")

    assert len(runs.subjects()) == 1


def test_an_address_that_refuses_for_an_hour_is_tried_again_and_the_other_is_told_once(runs: Runs) -> None:
    runs.refusing = {HOOK}
    for _ in range(6):
        told = runs.run(result("failed", refused()), after=timedelta(minutes=10))
        assert told.failed == {HOOK: "error=500"}
    runs.refusing = set()
    for _ in range(6):
        assert not runs.run(result("failed", refused()), after=timedelta(minutes=10)).failed

    assert len(runs.subjects(MAIL)) == len(runs.subjects(HOOK)) == 1

    runs.refusing = {MAIL}
    runs.run(result("proven", holds()))
    runs.refusing = set()
    runs.run(result("proven", holds()))
    assert [subject[:9] for subject in runs.subjects(MAIL)] == ["Partner C", "All clear"]
    assert [subject[:9] for subject in runs.subjects(HOOK)] == ["Partner C", "All clear"]


def test_what_was_never_told_is_not_called_over(runs: Runs) -> None:
    runs.refusing = {MAIL, HOOK}
    runs.run(result("failed", refused()))
    runs.refusing = set()
    runs.run(result("proven", holds()))

    assert runs.sent == []


def test_a_service_that_does_not_answer_once_is_told_by_nobody(runs: Runs) -> None:
    for _ in range(3):  # it comes and goes
        runs.run(result("unreachable", unanswered()))
        runs.run(result("proven", holds()))
    assert runs.sent == []

    runs.run(result("unreachable", unanswered()))
    runs.run(result("unreachable", mistake="login.microsoftonline.com: no answer"))
    runs.run(result("proven", holds()))

    assert len(runs.subjects()) == 2
    assert "could not be" in runs.subjects()[0]
    assert runs.subjects()[1].startswith("All clear")


def test_an_end_is_told_days_before_and_is_over_once_it_moves(runs: Runs) -> None:
    ends = BEGIN + timedelta(days=20)
    for _ in range(13):
        runs.run(result("proven", ends=ends))
    runs.run(result("failed", refused()))  # says nothing of when it ends
    runs.run(result("proven", ends=ends + timedelta(days=365)))

    first, again, *_, over = runs.subjects()
    assert first == (
        "Partner Center onboarding of contoso.com: It ends on 2026-11-21, in 14 days: the client secret ends"
    )
    assert again == "Partner Center onboarding of contoso.com: The token is refused (AADSTS50076)"
    assert over == "All clear for 1 Partner Center onboarding"
    at = [alert.text for name, alert in runs.sent if name == MAIL]
    assert [alert.level for name, alert in runs.sent if name == MAIL] == ["warning", "failure", "success"]
    assert "It ends on 2026-11-21" in at[-1]


def test_advice_and_what_warns_is_told_by_nobody(runs: Runs) -> None:
    advice = Finding("user.other_programs", Outcome.FAILS, "A program has no MFA.")
    warning = Finding("user.mfa", Outcome.WARNS, "MFA ends soon.")
    runs.run(result("proven", advice, warning))

    assert runs.sent == []


def test_many_onboardings_are_one_alert(runs: Runs) -> None:
    bad = [result("failed", refused(), name=f"tenant-{number}") for number in range(100)]
    runs.run(*bad, result("failed", mistake="credential.env: the environment has no variable X", name="lost"))

    ((_, alert), *_) = runs.sent
    assert len(runs.sent) == 2
    assert alert.subject == "101 Partner Center onboardings to look at: 101 new"
    assert "and 38 more: partner-wizard alerts list names each" in alert.text
    assert len(alert.text) < 12_000
    runs.run(*bad[1:], result("proven", holds(), name="tenant-0"))
    assert runs.subjects()[1:] == ["All clear: tenant-0.com: The token is refused (AADSTS50076)"]


def test_a_muted_cause_is_told_by_nobody_until_its_day(runs: Runs) -> None:
    runs.run(result("failed", refused()))
    found = find_causes("check", result("failed", refused()), BEGIN, BEFORE).causes[0]
    file = MemoryFile(runs.state, runs.clock, Cancel())
    memory = file.open()
    memory.mute("check contoso", found.id, found.title, BEGIN + timedelta(days=10))
    assert file.write(memory) == ""
    file.close()

    for _ in range(9):
        runs.run(result("failed", refused()))
    assert len(runs.subjects()) == 1
    runs.run(result("failed", refused()))
    assert len(runs.subjects()) == 2  # the reminder that was due


def test_ids_hold_no_name_and_tell_onboardings_commands_and_checks_apart() -> None:
    def id_of(command: str = "check", name: str = "contoso", check: str = "store.redeems") -> str:
        return find_causes(command, result("failed", refused(check), name=name), BEGIN, BEFORE).causes[0].id

    ids = {id_of(), id_of("renew"), id_of(name="fabrikam"), id_of(check="app.credential")}
    assert len({each.partition("-")[0] for each in ids}) == 4
    assert all(set(each) <= set("0123456789abcdef-") and len(each) == 13 for each in ids)


def test_a_memory_that_is_somebody_elses_mutes_nothing(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    runs.run(result("failed", refused()))
    monkeypatch.setattr("os.getuid", lambda: -1)
    with pytest.raises(BadInput, match="it belongs to somebody else"):
        runs.run(result("failed", refused()))


def test_a_second_run_waits_for_the_first_and_for_no_more_than_that(runs: Runs) -> None:
    first = MemoryFile(runs.state, runs.clock, Cancel())
    first.open()
    began = runs.clock.monotonic()
    with pytest.raises(BadInput, match="another run does not let go"):
        runs.run(result("failed", refused()))
    assert runs.clock.monotonic() - began >= LONGEST_WAIT
    assert runs.sent == []
    first.close()


@pytest.mark.parametrize(
    "left", [b"{", b"[]", b'{"form": "else"}', b"\xff", b'{"form": "alerts of partner-wizard, form 1"}']
)
def test_a_file_that_holds_something_else_is_refused_before_anybody_is_asked(runs: Runs, left: bytes) -> None:
    runs.state.write_bytes(left)
    with pytest.raises(BadInput, match=r"alerts\.state"):
        runs.run(result("failed", refused()))
    assert runs.state.read_bytes() == left


def test_a_disk_that_is_full_is_said_and_what_was_remembered_stays(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    runs.run(result("failed", refused()))
    before = runs.state.read_bytes()

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    told = runs.run(result("proven", holds()))

    assert "No space left on device" in told.trouble
    assert "the next run tells it again" in told.in_words()
    assert runs.state.read_bytes() == before
    assert sorted(each.name for each in runs.folder.iterdir()) == [".alerts.json.lock", "alerts.json"]


def test_a_memory_that_a_newer_version_wrote_is_called_that_and_kept(runs: Runs) -> None:
    runs.run(result("failed", refused()))
    newer = runs.state.read_text().replace("form 1", "form 2")
    runs.state.write_text(newer)
    with pytest.raises(BadInput, match="was written by a newer version of partner-wizard"):
        runs.run(result("failed", refused()))
    assert runs.state.read_text() == newer
