"""What the wizard does: opens a journey, runs a step, and knows what follows. Knows no Textual, and draws nothing.

Everything here is called on the thread that draws. A run, and an opening, work in a thread of their own; what they
come to is settled on the drawing thread again, in its order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from screens.begun_answers import begun, for_another
from screens.journey_commands import FollowUp
from screens.kept_journeys import KeptJourneys
from screens.notices import GoTo, JourneyOpened, Notice, OpeningFailed, Progress, RunEnded
from screens.step_run import RunOutcome, StepRun, run_step
from wizard.core.answers import Answers, Value
from wizard.core.errors import BadInput, WizardError, place_of
from wizard.core.events import BrowserPrompt, ConsentLink, DeviceCodePrompt, Event, NotSaved
from wizard.core.inbox import Message, Purpose
from wizard.core.pasted_values import Meant
from wizard.onboarding.sign_in.flow_check import FLOW_FIELD, other_flow

if TYPE_CHECKING:
    from screens.launch import Launch
    from wizard.core.fixes import Fix
    from wizard.journeys.saved_journey import SavedJourney
    from wizard.microsoft.clouds import Cloud
    from wizard.microsoft.http_adapter import PendingRequest
    from wizard.onboarding.journey import Journey
    from wizard.onboarding.profile import Profile
    from wizard.onboarding.view import JourneyView

KEPT_SECRETS: Final = ("client_secret", "passphrase")
"""Never saved; taken from the defaults again where these belong to the same app."""
KEY_FIELDS: Final = ("tenant", "client_id")
"""What says, with cloud and profile, which onboarding it is."""
HERE_ALREADY: Final = "This tenant and app are onboarded on this machine already: that journey is gone on with."

Settle = Callable[[], Notice | None]
"""Applies a thread's result on the drawing thread, and returns what is to be drawn."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The opening under way: whether its journey is shown at once, with which words, and what was asked for then."""

    enters: bool
    notice: str = ""
    queued: Callable[[], None] | None = None


class Controller:
    """The wizard without its screens. One journey; at most one thread works on it.

    Args:
        launch: the session, and the answers a new journey begins with.
        deliver: takes a `Settle` from any thread, calls it on the drawing thread, and draws what it returns.
        start_thread: runs a function in a thread of its own, by a name.
    """

    def __init__(
        self, launch: Launch, deliver: Callable[[Settle], None], start_thread: Callable[[str, Callable[[], None]], None]
    ) -> None:
        self.session = launch.session
        self.defaults = launch.defaults
        self.scene, self.customers = launch.scene, launch.customers
        self.kept = KeptJourneys(launch.session, launch.place)
        self.current_run: StepRun | None = None
        self.view: JourneyView | None = None
        self.is_unsaved = False
        """Whether the journey could not be written to disk."""
        self._chosen: set[str] = set()
        self._watch = launch.watch
        self._repair = launch.repair
        self._deliver = deliver
        self._start_thread = start_thread
        self._journey: Journey | None = None
        self._resumable: Journey | None = None
        self._found_proven: Journey | None = None
        self._opening: Opening | None = None
        self._interrupted_fix = ""
        if launch.journey is not None:
            launch.journey.onboarding.emit, launch.journey.onboarding.is_attended = self._emit, True
            self._enter(launch.journey)

    # --- what is known --------------------------------------------------------------------------------------------

    @property
    def running_step(self) -> str:
        """The id of the step whose checks run, "" while none do."""
        return self.current_run.step if self.current_run else ""

    @property
    def profile(self) -> Profile:
        """The steps: of the open journey, else of one begun now."""
        return self.view.profile if self.view else self.session.profile(self.defaults.profile)

    @property
    def cloud(self) -> Cloud:
        """The cloud of a journey begun now."""
        return self.session.cloud(self.defaults.cloud)

    @property
    def clouds(self) -> dict[str, str]:
        """The titles of the clouds to choose from, by name."""
        return {name: cloud.title for name, cloud in self.session.clouds.items()}

    @property
    def begun_profile(self) -> Profile:
        """The kind of a journey begun now: the chosen one, else that of the journey at hand."""
        at_hand = None if "profile" in self._chosen else self.view or self.kept.saved
        return self.session.profile((at_hand.answers if at_hand else self.defaults).profile)

    def now(self) -> datetime:
        """Return the time by the session's clock; aware, UTC."""
        return self.session.clock.now()

    @property
    def pending_request(self) -> PendingRequest | None:
        """The request under way, None between requests."""
        return self._journey.onboarding.services.http.pending_request if self._journey else None

    @property
    def is_kept(self) -> bool:
        """Whether the journey is saved: a rehearsal's is not, nor one that cannot be written down."""
        return self.session.file is not None and self.scene is None and not self.is_unsaved

    @property
    def would_lose_token(self) -> bool:
        """Whether a token is in memory that is not proven in the vault yet."""
        view = self.view
        return view is not None and not view.is_proven and view.has_token and not view.rejected_for

    @property
    def was_proven(self) -> bool:
        """Whether the journey at hand was proven to its end when the wizard found it."""
        return self._found_proven is not None and self._found_proven is (self._journey or self._resumable)

    # --- opening a journey ----------------------------------------------------------------------------------------

    def open_saved(self) -> None:
        """Open the saved journey to tell where it goes on; `JourneyOpened` follows."""
        if self.kept.saved is not None:
            self._open(partial(self._resume, self.kept.saved), enters=False)

    def open_file(self, path: Path) -> None:
        """Open the journey of a file in the place of the one that is open; `JourneyOpened` follows."""
        self._open(partial(self._resume_from, path), enters=True)

    def choose(self, key: str, value: str) -> None:
        """Choose the cloud, or the profile, of a journey begun from now on."""
        self.defaults = replace(self.defaults, **{key: value})  # type: ignore[arg-type]  # key is one of the two
        self._chosen.add(key)

    def begin(self, answers: Answers) -> None:
        """Open a new journey; `JourneyOpened` follows."""
        self._open(
            lambda: self.session.begin(begun(answers, self.session.profile(answers.profile)), self._emit), enters=True
        )

    def begin_another(self) -> None:
        """Open the journey of another tenant with what can be kept of this one, which stays as it is."""
        answers = for_another(self.view.answers, self.defaults, self._chosen) if self.view else self.defaults
        answers = begun(answers, self.session.profile(answers.profile))
        self.kept.has_several |= self.view is not None or self.kept.saved is not None
        self._open(lambda: self.session.begin(answers, self._emit, is_another=True), enters=True)

    def resume(self) -> bool:
        """Go on with the open journey, or with the saved one: return whether that is open, else it is being opened."""
        if self._journey is None and self.kept.saved is not None and self.kept.shares_its_folder:
            if self.kept.present is not None:
                self.open_file(self.kept.present)
            return False
        if self._journey is None and self._resumable is not None:
            self._enter(self._resumable)
        if self._journey is not None:
            return True
        if self._opening is not None:
            self._opening = replace(self._opening, enters=True)
        elif self.kept.saved is not None:
            self._open(partial(self._resume, self.kept.saved), enters=True)
        return False

    def _open(self, opening: Callable[[], Journey], *, enters: bool, notice: str = "") -> None:
        if self._opening is not None:
            queued = partial(self._open, opening, enters=enters, notice=notice)
            self._opening = replace(self._opening, queued=queued)
            return
        self._opening = Opening(enters, notice)

        def work() -> None:
            try:
                journey = opening()
            except WizardError as error:
                self._deliver(partial(self._opening_failed, str(error)))
            except Exception as error:  # noqa: BLE001  # shown on the page, by kind and place alone
                why = f"opening the journey stopped unexpectedly ({place_of(error)})"
                self._deliver(partial(self._opening_failed, why))
            else:
                self._deliver(partial(self._opened, journey))

        self._start_thread("opening", work)

    def _resume_from(self, path: Path, *, drops_draft: bool = False) -> Journey:
        (self.session.go_over if drops_draft else self.session.choose)(path)
        saved = self.session.saved()
        if saved is None:
            raise BadInput(str(path), "is not there any more")
        return self._resume(saved)

    def _resume(self, saved: SavedJourney) -> Journey:
        journey = self.session.resume(saved, self._emit)
        left = journey.settle_interrupted_fix()
        self._interrupted_fix = left.sentence if left else ""
        answers = journey.onboarding.answers
        if answers.client_id == self.defaults.client_id:
            found = {key: getattr(self.defaults, key) for key in KEPT_SECRETS if not getattr(answers, key)}
            journey.onboarding.answers = replace(answers, **found)
        self._found_proven = journey if journey.is_proven else None
        return journey

    def _opened(self, journey: Journey) -> Notice | None:
        opening = self._end_opening()
        if opening is None:
            return None
        if not opening.enters:
            self._resumable = journey
            return JourneyOpened(journey.view(), is_entered=False)
        self._enter(journey)
        return JourneyOpened(journey.view(), is_entered=True, notice=opening.notice or self._interrupted_fix)

    def _opening_failed(self, why: str) -> Notice | None:
        return OpeningFailed(why) if self._end_opening() else None

    def _end_opening(self) -> Opening | None:
        """Return the opening that has ended; None where another one was asked for meanwhile, which begins now."""
        opening, self._opening = self._opening, None
        if opening is not None and opening.queued is not None:
            opening.queued()
            return None
        return opening

    @property
    def _is_entering(self) -> bool:
        """Whether another journey is about to take the place of the open one."""
        return self._opening is not None and self._opening.enters

    def _enter(self, journey: Journey) -> None:
        self._journey, self._resumable = journey, None
        self.view = journey.view()

    # --- changing it ----------------------------------------------------------------------------------------------

    def as_meant(self, key: str, text: str) -> Meant:
        """Return what a text means for a field, and a sentence on what was changed."""
        return self._journey.as_meant(key, text) if self._journey is not None else Meant(text, "")

    def change(self, key: str, value: Value) -> tuple[str, ...]:
        """Change an answer; return the ids of the checks that are un-proven by it.

        Raises:
            BadInput: the value has not the form of the field; the former value is kept.
        """
        if self._journey is None or self._is_entering:
            return ()
        answers = self._journey.onboarding.answers
        if key in KEY_FIELDS and (twin := self.session.twin(replace(answers, **{key: value}))):  # type: ignore[arg-type]
            self._open(partial(self._resume_from, twin, drops_draft=True), enters=True, notice=HERE_ALREADY)
            return ()
        gone = self._journey.change(key, value)
        if self.current_run is None:
            self.view = self._journey.view()
        return gone

    def submit(self, purpose: Purpose, message: Message) -> None:
        """Pass what a person pasted or chose to the check that waits for it; dropped if nothing runs."""
        if self._journey is not None and self.current_run is not None:
            self._journey.submit(purpose, message)

    def use_other_flow(self, step: str) -> None:
        """Choose the other flow, which a refusal of this one has offered."""
        if flow := other_flow(self.view.blocking(step)) if self.view else "":
            self.change(FLOW_FIELD, flow)

    @property
    def repair_is_open(self) -> bool:
        """Whether this is a rehearsal, and what fails in its scene can be repaired."""
        return self._repair is not None and self._repair.is_open

    def rehearse_repair(self) -> str:
        """Let the repair be done, and keep the corrected answers; return who did what, as a sentence."""
        if self._repair is None or self._journey is None or self.current_run is not None:
            return ""
        repaired = self._repair.apply()
        self._journey.change_all(repaired.answers)
        self.view = self._journey.view()
        return repaired.says

    # --- writing it down ------------------------------------------------------------------------------------------

    def save_bundle(self, line: str) -> str:
        """Write the support bundle into the folder or file that a line names; return a sentence that says so."""
        from screens.bundle_file import save_bundle

        if self._journey is None:
            return "Begin or resume a journey first: the support bundle tells what was found in it."
        return save_bundle(self._journey, line, self.now())

    # --- running a step -------------------------------------------------------------------------------------------

    def step_to_run_first(self, step: str) -> GoTo | None:
        """Return the step that has to run before this one, None where this one can run."""
        view = self.view
        lock = view.lock(step) if view else None
        if view is None or lock is None:
            return None
        earlier = lock.check.partition(".")[0]
        if view.tries_vault_first(step):
            return GoTo(earlier, "The vault is tried first; nobody has to sign in again.", True, continues_at=step)
        return GoTo(earlier)

    def start(
        self, step: str, follow_up: FollowUp = FollowUp.STAY, next_step: str = "", fixes: Sequence[Fix] = ()
    ) -> None:
        """Run the checks of a step, as `Commands` says; `Progress` and at last `RunEnded` follow."""
        journey = self._journey
        if journey is None or self.current_run is not None or self._is_entering:
            return
        self.session.ready()
        self.current_run = StepRun(step, follow_up, next_step)
        self._start_thread(f"checks of {step}", partial(self._run_in_thread, journey, step, fixes))

    def stop(self) -> None:
        """End the run under way; `RunEnded` follows."""
        if self.current_run is not None:
            self.session.stop()

    def sign_in_again(self) -> bool:
        """Drop the sign-in, for another one. Return whether it is dropped; else that follows the run under way."""
        if self.current_run is not None:
            self.current_run = replace(self.current_run, follow_up=FollowUp.SIGN_IN_AGAIN)
            self.session.stop()
            return False
        self._forget_sign_in()
        return True

    def _forget_sign_in(self) -> None:
        if self._journey is not None:
            self._journey.forget_sign_in()
            self.view = self._journey.view()

    def _run_in_thread(self, journey: Journey, step: str, fixes: Sequence[Fix]) -> None:
        """In the run's thread."""
        outcome = run_step(journey, step, fixes)
        self._deliver(partial(self._ended, journey, step, outcome))

    def _emit(self, event: Event) -> None:
        """In the run's thread, which alone changes the journey: what is drawn is the journey at this moment."""
        if self._watch and isinstance(event, ConsentLink | DeviceCodePrompt | BrowserPrompt):
            self._watch(event.as_json())
        if self._journey is not None:
            self._deliver(partial(self._progressed, Progress(event, self._journey.view())))

    def _progressed(self, progress: Progress) -> Notice:
        self.view = progress.view
        if isinstance(progress.event, NotSaved):
            self.is_unsaved = True
        return progress

    def _ended(self, journey: Journey, step: str, outcome: RunOutcome) -> Notice:
        current_run, self.current_run = self.current_run or StepRun(step), None
        self.view = journey.view()
        if current_run.follow_up is FollowUp.SIGN_IN_AGAIN:
            self._forget_sign_in()
            go_to: GoTo | None = GoTo(step, runs=True)
        elif outcome.has_filled and not (outcome.was_stopped or outcome.unexpected_error):
            go_to = GoTo(step, " ".join(outcome.fixed))  # its fields show other answers now
        elif outcome.was_stopped or outcome.mistake or outcome.unexpected_error:
            go_to = None
        else:
            go_to = current_run.destination(self.view)
        return RunEnded(
            step,
            self.view,
            outcome.was_stopped,
            outcome.mistake,
            outcome.unexpected_error,
            go_to,
            " ".join(outcome.fixed),
        )
