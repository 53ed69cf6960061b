"""A session opens a journey in a cloud, new or resumed, and keeps it saved. Screens and plain lines start here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wizard.core.answers import SECRET_FIELDS, Answers
from wizard.core.errors import BadInput
from wizard.core.events import Emit, NotSaved
from wizard.core.facts import Facts
from wizard.core.findings import Outcome
from wizard.core.secret import Secret
from wizard.core.waiting import Cancel, Clock, SystemClock
from wizard.journeys.saved_journey import JourneyFile, SavedJourney
from wizard.microsoft.clouds import Cloud, built_in_clouds
from wizard.microsoft.exchanges import Exchange
from wizard.onboarding.journey import Journey
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.profile import PROFILES, Profile
from wizard.onboarding.sign_in.methods import require_known_flow

if TYPE_CHECKING:
    from wizard.redaction.redactor import Redactor


@dataclass(slots=True)
class Session:
    """Where journeys are opened.

    Args:
        clouds: by name, what `cloud` may be.
        profiles: by name, what `profile` may be.
        clock: measures waits, stamps facts.
        file: keeps the journey; None keeps nothing.
        cancel: ends waits and requests.
        is_attended: whether a person is there while checks wait.
        port: of this machine, where a browser's answer is caught; 0: any free one.
    """

    clouds: Mapping[str, Cloud] = field(default_factory=built_in_clouds)
    profiles: Mapping[str, Profile] = field(default_factory=lambda: PROFILES)
    clock: Clock = field(default_factory=SystemClock)
    file: JourneyFile | None = None
    cancel: Cancel = field(default_factory=Cancel)
    is_attended: bool = False
    port: int = 0
    _journey: Journey | None = None
    _is_unsaved: bool = False

    def stop(self) -> None:
        """End the current run: its waits and requests raise `Cancelled` within a fraction of a second."""
        self.cancel.set()

    def ready(self) -> None:
        """Let the open journey run again after `stop`."""
        if not self.cancel.is_set:
            return
        self.cancel = Cancel()
        if self._journey:
            self._journey.onboarding.cancel = self.cancel
            self._journey.onboarding.services.http.cancel = self.cancel

    @property
    def open_journey(self) -> Journey | None:
        """The journey that was opened last, None before."""
        return self._journey

    def cloud(self, name: str) -> Cloud:
        """Return the cloud of this name; raise `BadInput` if there is none."""
        if name not in self.clouds:
            raise BadInput("cloud", f"expected one of {', '.join(self.clouds)}; --cloud-file FILE adds another")
        return self.clouds[name]

    def profile(self, name: str) -> Profile:
        """Return the profile of this name; raise `BadInput` if there is none."""
        if name not in self.profiles:
            named = " or ".join(f'"{each}"' for each in self.profiles)
            raise BadInput("profile", f"expected {named}; there are no other profiles yet")
        return self.profiles[name]

    def saved(self) -> SavedJourney | None:
        """Return the journey on disk, None if there is none; raise `BadInput` for a file that is not one."""
        return self.file.read() if self.file else None

    def begin(self, answers: Answers, emit: Emit) -> Journey:
        """Open a new journey, and return it; raise `BadInput` if the answers name an unknown sign-in flow."""
        require_known_flow(answers.sign_in_flow)
        profile = self.profile(answers.profile)
        return self._open(Journey(self._onboarding(answers, Facts(), emit), profile, save=self._save))

    def resume(self, saved: SavedJourney, emit: Emit) -> Journey:
        """Open a saved journey, and return it; raise `BadInput` if its profile is unknown.

        What was only in memory is gone: a token that was not stored, and the app's credential. The steps that depend on
        it are open again, unless the journey is proven. Consent stays given.
        """
        profile = self.profile(saved.answers.profile)
        onboarding = self._onboarding(saved.answers, saved.facts, emit, saved.exchanges)
        journey = Journey(onboarding, profile, saved.findings, saved.skipped, self._save)
        if journey.is_proven:
            return self._open(journey)
        reopened = [each for each in profile.steps if each.reopens_on_resume(saved.answers)]
        lost = profile.checks_from(tuple(each.id for each in reopened))
        findings = {check: finding for check, finding in saved.findings.items() if check not in lost}
        skipped = {check: each for check, each in saved.skipped.items() if check not in lost}
        facts = saved.facts.without(name for each in reopened for name in each.facts)
        onboarding = self._onboarding(saved.answers, facts, emit, saved.exchanges)
        return self._open(Journey(onboarding, profile, findings, skipped, self._save))

    def load(self, saved: SavedJourney, emit: Emit = lambda _event: None) -> Journey:
        """Return the saved journey as it was saved, to be read and not run; changes of it are not written."""
        onboarding = self._onboarding(saved.answers, saved.facts, emit, saved.exchanges)
        return Journey(onboarding, self.profile(saved.answers.profile), saved.findings, saved.skipped)

    def lost_sign_in(self, saved: SavedJourney) -> bool:
        """Return whether a person signed in, but the token was not proven in the vault: it has to be done again."""
        profile, findings = self.profile(saved.answers.profile), saved.findings
        if profile.sign_in is None:
            return False
        signed_in = [findings[each.id] for each in profile.checks.values() if each.signs_in and each.id in findings]
        is_proven = all(check in findings for check in profile.checks_from(profile.steps_after(profile.sign_in.id)))
        return any(each.outcome is Outcome.HOLDS for each in signed_in) and not is_proven

    def _open(self, journey: Journey) -> Journey:
        self._journey = journey
        return journey

    def _onboarding(self, answers: Answers, facts: Facts, emit: Emit, earlier: tuple[Exchange, ...] = ()) -> Onboarding:
        from wizard.microsoft.services import Services

        services = Services(self.cloud(answers.cloud), self.clock, self.cancel)
        services.http.earlier_exchanges = earlier
        _remember_secrets(services.http.redactor, answers)
        return Onboarding(
            answers,
            services,
            self.clock,
            self.cancel,
            emit,
            facts,
            is_attended=self.is_attended,
            port=self.port,
        )

    def _save(self, journey: Journey) -> None:
        """Write the journey to disk; an error of the disk is emitted once, and ends nothing."""
        _remember_secrets(journey.onboarding.services.http.redactor, journey.onboarding.answers)
        if self.file is None:
            return
        try:
            self.file.write(journey, journey.onboarding.now_stamp())
        except OSError as error:
            if not self._is_unsaved:
                journey.onboarding.emit(NotSaved(f"{self.file.path}: {error.strerror}"))
            self._is_unsaved = True
        else:
            self._is_unsaved = False


def _remember_secrets(redactor: Redactor, answers: Answers) -> None:
    """Let no text show the secrets among the answers, not even a passphrase, which no service is ever sent."""
    for each in SECRET_FIELDS:
        if isinstance(secret := getattr(answers, each), Secret):
            redactor.remember(secret.reveal())
