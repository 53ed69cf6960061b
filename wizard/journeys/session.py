"""A session: opens a journey in a cloud, new or resumed, and keeps it saved. Screens and plain lines start here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
from wizard.onboarding.profile import PROFILES, Profile
from wizard.onboarding.sign_in.methods import require_way
from wizard.onboarding.step import Onboarding
from wizard.redaction.redactor import Redactor


@dataclass(slots=True)
class Session:
    """Where journeys are opened.

    Args:
        clouds: by name, what `cloud` may be.
        profiles: by name, what `profile` may be.
        clock: measures waits, stamps facts.
        file: keeps the journey; None keeps nothing.
        cancel: ends what is going on.
        somebody_answers: whether a person is there while checks wait.
        port: the port of this machine that a browser's answer is caught at; 0: any free one.
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
        """End the run under way: its waits and requests raise `Cancelled` within a fraction of a second."""
        self.cancel.set()

    def ready(self) -> None:
        """Make the open journey ready for another run after `stop`."""
        if not self.cancel.is_set:
            return
        self.cancel = Cancel()
        if self._journey:
            self._journey.onboarding.cancel = self.cancel
            self._journey.onboarding.services.http.cancel = self.cancel

    @property
    def open_journey(self) -> Journey | None:
        """The journey opened last."""
        return self._journey

    def cloud(self, name: str) -> Cloud:
        """The cloud of this name; raises `BadInput`."""
        if name not in self.clouds:
            raise BadInput("cloud", f"expected one of {', '.join(self.clouds)}; --cloud-file FILE adds another")
        return self.clouds[name]

    def profile(self, name: str) -> Profile:
        """The profile of this name; raises `BadInput`."""
        if name not in self.profiles:
            named = " or ".join(f'"{each}"' for each in self.profiles)
            raise BadInput("profile", f"expected {named}; other profiles are not there yet")
        return self.profiles[name]

    def saved(self) -> SavedJourney | None:
        """The journey on disk, if any; raises `BadInput`."""
        return self.file.read() if self.file else None

    def begin(self, answers: Answers, emit: Emit) -> Journey:
        """Open a new journey. Raises BadInput where the answers name no way to sign in that there is."""
        require_way(answers.sign_in_flow)
        profile = self.profile(answers.profile)
        return self._opened(Journey(self._onboarding(answers, Facts(), emit), profile, saved=self._save))

    def resume(self, saved: SavedJourney, emit: Emit) -> Journey:
        """Open a saved journey. Raises BadInput where its profile is none of ours.

        What was only in memory is gone, and the steps that stand on it are open again, unless all was proven: that of a
        token that was not stored, and that of the app's credential, which is never kept. Consent given stays given.
        """
        profile = self.profile(saved.answers.profile)
        onboarding = self._onboarding(saved.answers, saved.facts, emit, saved.exchanges)
        journey = Journey(onboarding, profile, saved.findings, saved.skipped, self._save)
        if journey.is_proven:
            return self._opened(journey)
        reopened = [each for each in profile.steps if each.reopens(saved.answers)]
        lost = profile.checks_behind(tuple(each.id for each in reopened))
        findings = {name: finding for name, finding in saved.findings.items() if name not in lost}
        facts = saved.facts.without(name for each in reopened for name in each.facts)
        skipped = {name: why for name, why in saved.skipped.items() if name not in lost}
        onboarding = self._onboarding(saved.answers, facts, emit, saved.exchanges)
        return self._opened(Journey(onboarding, profile, findings, skipped, self._save))

    def as_saved(self, saved: SavedJourney, emit: Emit = lambda _event: None) -> Journey:
        """The saved journey as it stands, to be read and not run; nothing of it is kept."""
        onboarding = self._onboarding(saved.answers, saved.facts, emit, saved.exchanges)
        return Journey(onboarding, self.profile(saved.answers.profile), saved.findings, saved.skipped)

    def lost_sign_in(self, saved: SavedJourney) -> bool:
        """Whether somebody signed in, and the token was not proven in the vault, so that it has to be done again."""
        profile, found = self.profile(saved.answers.profile), saved.findings
        if profile.sign_in is None:
            return False
        signed_in = [found[each.id] for each in profile.checks.values() if each.signs_in and each.id in found]
        is_proven = all(check in found for check in profile.checks_behind(profile.steps_behind(profile.sign_in.id)))
        return any(each.outcome is Outcome.HOLDS for each in signed_in) and not is_proven

    def _opened(self, journey: Journey) -> Journey:
        self._journey = journey
        return journey

    def _onboarding(self, answers: Answers, facts: Facts, emit: Emit, earlier: tuple[Exchange, ...] = ()) -> Onboarding:
        from wizard.microsoft.services import Services

        services = Services(self.cloud(answers.cloud), self.clock, self.cancel)
        services.http.earlier_exchanges = earlier
        _know_secrets(services.http.redactor, answers)
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
        """Keep the journey on disk; a disk that does not take it is told once, and ends nothing."""
        _know_secrets(journey.onboarding.services.http.redactor, journey.onboarding.answers)
        if self.file is None:
            return
        try:
            self.file.write(journey, journey.onboarding.stamp())
        except OSError as error:
            if not self._is_unsaved:
                journey.onboarding.emit(NotSaved(f"{self.file.path}: {error.strerror}"))
            self._is_unsaved = True
        else:
            self._is_unsaved = False


def _know_secrets(redactor: Redactor, answers: Answers) -> None:
    """Let no text show the secrets among the answers, a passphrase that no service is ever sent among them."""
    for each in SECRET_FIELDS:
        if isinstance(secret := getattr(answers, each), Secret):
            redactor.remember(secret.reveal())
