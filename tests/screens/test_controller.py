"""What the wizard does, without any screen: a journey is opened, its steps run, and what follows is known."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from screens.controller import Controller
from screens.journey_commands import FollowUp
from screens.launch import Launch
from screens.notices import GoTo, JourneyOpened, Notice, OpeningFailed, Progress, RunEnded
from tests.screens.driving import FILLED
from tests.screens.stubs import StubSession
from wizard.core.errors import BadInput
from wizard.core.events import CheckEnded
from wizard.core.findings import Outcome
from wizard.journeys.saved_journey import JourneyFile
from wizard.onboarding.gate import State


class Desk:
    """A controller whose threads are run when the test says so, and the notices that came of them."""

    def __init__(self, session: StubSession | None = None) -> None:
        self.session = session or StubSession()
        self.notices: list[Notice] = []
        self.waiting: list[Callable[[], None]] = []
        self.controller = Controller(Launch(self.session, FILLED), self._deliver, self._start_thread)

    def _deliver(self, settle: Callable[[], Notice | None]) -> None:
        if (notice := settle()) is not None:
            self.notices.append(notice)

    def _start_thread(self, _name: str, work: Callable[[], None]) -> None:
        self.waiting.append(work)

    def work(self) -> None:
        """Run the oldest thread that waits."""
        self.waiting.pop(0)()

    def begin(self) -> None:
        """Open a new journey."""
        self.controller.begin(self.controller.defaults)
        self.work()

    def run(self, step: str, *more: object) -> RunEnded:
        """Run a step to its end."""
        self.controller.start(step, *more)  # type: ignore[arg-type]
        self.work()
        ended = self.notices[-1]
        assert isinstance(ended, RunEnded)
        return ended


@pytest.fixture
def desk() -> Desk:
    begun = Desk()
    begun.begin()
    return begun


def test_the_controller_loads_no_textual() -> None:
    code = "import sys, screens.controller; assert 'textual' not in sys.modules, sorted(sys.modules)"

    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_new_journey_is_entered_and_its_view_does_not_change_with_the_journey(desk: Desk) -> None:
    (opened,) = desk.notices
    assert isinstance(opened, JourneyOpened)
    assert opened.is_entered

    desk.run("tenant")

    assert "tenant.exists" not in opened.view.findings
    assert desk.controller.view is not None
    assert "tenant.exists" in desk.controller.view.findings


def test_each_progress_carries_the_journey_as_it_stood_then(desk: Desk) -> None:
    desk.run("tenant")

    told = [each for each in desk.notices if isinstance(each, Progress) and isinstance(each.event, CheckEnded)]
    assert len(told) > 1
    for number, each in enumerate(told):
        asked = [other.event.finding.check for other in told[: number + 1]]  # type: ignore[union-attr]
        assert [check for check in each.view.findings if check.startswith("tenant.")] == asked


def test_a_run_ends_with_the_step_proven_and_nothing_follows(desk: Desk) -> None:
    ended = desk.run("tenant")

    assert ended.view.state("tenant") in {State.PROVEN, State.PROVISIONAL}
    assert ended.go_to is None
    assert desk.controller.running_step == ""


def test_while_a_step_runs_no_other_run_starts(desk: Desk) -> None:
    desk.controller.start("tenant")
    desk.controller.start("app")

    assert desk.controller.running_step == "tenant"
    assert len(desk.waiting) == 1


def test_the_next_step_opens_by_itself_if_every_check_holds() -> None:
    desk = Desk(StubSession(checks_machine=True))
    desk.begin()

    assert desk.run("start", FollowUp.OPEN_NEXT).go_to == GoTo(
        "tenant", "✓ Start: every host answers, and the clock is right."
    )


def test_the_page_stays_if_a_check_does_not_hold() -> None:
    desk = Desk(StubSession(checks_machine=True))
    desk.begin()
    desk.session.stub.refuse("identities", "", "as the test says")

    assert desk.run("start", FollowUp.OPEN_NEXT).go_to is None


def test_another_sign_in_follows_the_run_that_is_stopped_for_it(desk: Desk) -> None:
    desk.controller.start("tenant")
    assert not desk.controller.sign_in_again(), "it follows the run under way"
    desk.work()

    ended = desk.notices[-1]
    assert isinstance(ended, RunEnded)
    assert ended.go_to == GoTo("tenant", runs=True)


def test_a_stopped_run_keeps_what_was_proven_and_leads_nowhere(desk: Desk) -> None:
    desk.run("tenant")
    desk.controller.start("app", FollowUp.OPEN_NEXT)
    desk.controller.stop()
    desk.work()

    ended = desk.notices[-1]
    assert isinstance(ended, RunEnded)
    assert (ended.was_stopped, ended.go_to) == (True, None)
    assert ended.view.findings["tenant.exists"].outcome is Outcome.HOLDS


def test_an_error_nobody_expected_ends_the_run_by_kind_and_place(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_step: str) -> State:
        raise KeyError("a secret")

    monkeypatch.setattr(desk.controller._journey, "run", fail)
    ended = desk.run("tenant")

    assert "KeyError in test_controller.py" in ended.unexpected_error
    assert "a secret" not in ended.unexpected_error


def test_a_locked_step_leads_to_the_one_that_locks_it(desk: Desk) -> None:
    assert desk.controller.step_to_run_first("tenant") is None
    assert desk.controller.step_to_run_first("user") == GoTo("tenant")


def test_an_answer_is_refused_and_the_view_keeps_the_former_one(desk: Desk) -> None:
    with pytest.raises(BadInput):
        desk.controller.change("tenant", "no domain")

    assert desk.controller.view is not None
    assert desk.controller.view.answers.tenant == "contoso.com"


def test_the_saved_journey_is_opened_to_tell_where_it_goes_on_and_entered_on_a_word(tmp_path: Path) -> None:
    file = JourneyFile(tmp_path / "journey.json")
    first = Desk(StubSession(file=file))
    first.begin()
    first.run("tenant")
    second = Desk(StubSession(file=file))
    second.controller.open_saved()
    second.work()

    (opened,) = second.notices
    assert isinstance(opened, JourneyOpened)
    assert not opened.is_entered
    assert second.controller.view is None
    assert second.controller.resume()
    assert second.controller.view is not None
    assert second.controller.view.open_step.id == "app"


def test_resuming_while_the_saved_journey_is_being_opened_enters_it(tmp_path: Path) -> None:
    file = JourneyFile(tmp_path / "journey.json")
    first = Desk(StubSession(file=file))
    first.begin()
    first.run("tenant")
    second = Desk(StubSession(file=file))
    second.controller.open_saved()
    assert not second.controller.resume(), "it is being opened"
    second.work()

    (opened,) = second.notices
    assert isinstance(opened, JourneyOpened)
    assert opened.is_entered


def test_of_two_openings_the_later_one_counts(tmp_path: Path) -> None:
    file = JourneyFile(tmp_path / "journey.json")
    first = Desk(StubSession(file=file))
    first.begin()
    first.run("tenant")
    second = Desk(StubSession(file=file))
    second.controller.open_saved()
    second.controller.begin(FILLED)
    second.work()
    assert second.notices == [], "the first opening is not told any more"
    second.work()

    (opened,) = second.notices
    assert isinstance(opened, JourneyOpened)
    assert opened.is_entered
    assert "tenant.exists" not in opened.view.findings


def test_an_opening_that_fails_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()

    def fail(*_arguments: object) -> None:
        raise BadInput("profile", "expected csp")

    monkeypatch.setattr(desk.session, "begin", fail)
    desk.begin()

    assert desk.notices == [OpeningFailed("profile: expected csp")]
