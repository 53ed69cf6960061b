"""A screen that works on a journey: opens it and runs its steps in worker threads, and posts what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from textual.screen import Screen

from screens.messages import JourneyOpened, OpeningFailed, RunEnded, Told
from wizard.core.answers import Answers
from wizard.core.errors import BadInput, Cancelled, WizardError, place_of
from wizard.core.events import BrowserPrompt, ConsentLink, DeviceCodePrompt, Event
from wizard.journeys.saved_journey import SavedJourney
from wizard.journeys.session import Session
from wizard.onboarding.journey import Journey

KEPT_SECRETS = ("client_secret", "passphrase")
"""Never saved; taken from the defaults again where these belong to the same app."""


class JourneyScreen(Screen[None]):
    """Holds the session and the open journey. At most one thread works on them at a time.

    Args:
        session: opens journeys.
        defaults: the answers a new journey begins with.
        watch: is given what a person has to act on, as a line of JSON would say it.
    """

    def __init__(
        self,
        session: Session,
        defaults: Answers,
        watch: Callable[[Mapping[str, object]], None] | None,
    ) -> None:
        super().__init__()
        self.session = session
        self.defaults = defaults
        self.journey: Journey | None = None
        self.running = ""
        """The id of the step whose checks run, "" while none do."""
        self.is_opening = False
        self._open_next: Callable[[], None] | None = None
        self._watch = watch

    @property
    def would_lose_token(self) -> bool:
        """Whether a token is in memory that is not proven in the vault yet."""
        journey = self.journey
        if journey is None or journey.is_proven:
            return False
        memory = journey.onboarding.memory
        return memory.sign_in.tokens is not None and not memory.sign_in.rejected_for

    def open_saved(self, saved: SavedJourney) -> None:
        """Open the saved journey; `JourneyOpened` follows."""
        self._open(lambda: self._resumed(saved), is_resumed=True)

    def open_new(self, answers: Answers) -> None:
        """Open a new journey; `JourneyOpened` follows."""
        self._open(lambda: self.session.begin(answers, self._emit), is_resumed=False)

    def run_step(self, journey: Journey, step: str) -> None:
        """Run the checks of a step; `Told` and at last `RunEnded` follow."""
        self.session.ready()
        self.running = step
        self.run_worker(
            lambda: self._run(journey, step),
            name=f"checks of {step}",
            group="step",
            thread=True,
            exclusive=True,
            exit_on_error=False,
        )

    def stop_running(self) -> None:
        """End the run under way; `RunEnded` follows."""
        if self.running:
            self.session.stop()

    def opening_ended(self) -> bool:
        """To be called when an opening has ended: starts the one that was asked for meanwhile, and says whether so."""
        self.is_opening = False
        following, self._open_next = self._open_next, None
        if following is not None:
            following()
        return following is not None

    # --- in the worker's thread: nothing here touches a widget ----------------------------------------------------

    def _open(self, opening: Callable[[], Journey], *, is_resumed: bool) -> None:
        if self.is_opening:
            self._open_next = partial(self._open, opening, is_resumed=is_resumed)
            return
        self.is_opening = True

        def work() -> None:
            try:
                journey = opening()
            except WizardError as error:
                self.post_message(OpeningFailed(str(error)))
            except Exception as error:  # noqa: BLE001  # shown on the page, by kind and place alone
                self.post_message(OpeningFailed(f"opening the journey stopped unexpectedly ({place_of(error)})"))
            else:
                self.post_message(JourneyOpened(journey, is_resumed))

        self.run_worker(work, name="opening", group="opening", thread=True, exit_on_error=False)

    def _resumed(self, saved: SavedJourney) -> Journey:
        journey = self.session.resume(saved, self._emit)
        answers = journey.onboarding.answers
        if answers.client_id == self.defaults.client_id:
            found = {key: getattr(self.defaults, key) for key in KEPT_SECRETS if not getattr(answers, key)}
            journey.onboarding.answers = replace(answers, **found)
        return journey

    def _run(self, journey: Journey, step: str) -> None:
        ended = RunEnded(step)
        try:
            journey.run(step)
        except Cancelled:
            ended.was_stopped = True
        except BadInput as mistake:
            ended.mistake = BadInput(mistake.field, mistake.expected)
        except WizardError as error:
            ended.trouble = str(error)
        except Exception as error:  # noqa: BLE001  # shown on the page, by kind and place alone
            ended.trouble = f"the run stopped unexpectedly ({place_of(error)})"
        self.post_message(ended)

    def _emit(self, event: Event) -> None:
        if self._watch and isinstance(event, ConsentLink | DeviceCodePrompt | BrowserPrompt):
            self._watch(event.as_json())
        self.post_message(Told(event))
