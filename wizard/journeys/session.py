"""A session opens a journey in a cloud, new or resumed, and keeps it saved. Screens and plain lines start here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from wizard.core.answers import SECRET_FIELDS, Answers
from wizard.core.errors import BadInput
from wizard.core.events import Emit, NotSaved
from wizard.core.facts import Facts
from wizard.core.fixes import Action
from wizard.core.secret import Secret
from wizard.core.timestamps import day
from wizard.core.waiting import Cancel, Clock, SystemClock
from wizard.journeys.action_file import ACTIONS, ActionFile
from wizard.journeys.last_sign_in import LastSignIn, last_sign_in
from wizard.journeys.resuming import as_resumed
from wizard.journeys.saved_journey import JourneyFile, JourneyInUse, SavedJourney
from wizard.microsoft.clouds import Cloud, built_in_clouds
from wizard.microsoft.exchanges import Exchange
from wizard.onboarding.journey import Journey
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.profile import PROFILES, Profile
from wizard.onboarding.sign_in.methods import require_known_flow

if TYPE_CHECKING:
    from pathlib import Path

    from wizard.journeys.entry import Entry
    from wizard.journeys.journey_folder import JourneyFolder
    from wizard.microsoft.wire import Wire
    from wizard.redaction.redactor import Redactor


@dataclass(slots=True)
class Session:
    """Where journeys are opened.

    Args:
        clouds: by name, what `cloud` may be.
        profiles: by name, what `profile` may be.
        clock: measures waits, stamps facts.
        file: keeps the journey; None keeps nothing, or is chosen in the folder once a journey is opened.
        folder: keeps every onboarding of this machine; None where there is the file alone.
        is_named: whether the operator named the file: it stays where it is, whatever its journey is about.
        cancel: ends waits and requests.
        is_attended: whether a person is there while checks wait.
        port: of this machine, where a browser's answer is caught; 0: any free one.
        wire: the connections that it shares with other sessions; None for its own.
        loaded: what the first journey that was loaded works on, None before.
    """

    clouds: Mapping[str, Cloud] = field(default_factory=built_in_clouds)
    profiles: Mapping[str, Profile] = field(default_factory=lambda: PROFILES)
    clock: Clock = field(default_factory=SystemClock)
    file: JourneyFile | None = None
    folder: JourneyFolder | None = None
    is_named: bool = False
    cancel: Cancel = field(default_factory=Cancel)
    is_attended: bool = False
    port: int = 0
    wire: Wire | None = None
    loaded: Onboarding | None = None
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

    @property
    def is_saved(self) -> bool:
        """Whether the open journey is on disk, with all that is proven."""
        return self.file is not None and self._journey is not None and not self._is_unsaved and self.file.path.exists()

    def cloud(self, name: str) -> Cloud:
        """Return the cloud of this name; raise `BadInput` if there is none."""
        if name not in self.clouds:
            raise BadInput("cloud", f"expected one of {', '.join(self.clouds)}; --cloud-file FILE adds another")
        return self.clouds[name]

    def profile(self, name: str) -> Profile:
        """Return the profile of this name; raise `BadInput` if there is none."""
        if name not in self.profiles:
            named = " or ".join(f'"{each}"' for each in self.profiles)
            raise BadInput("profile", f"expected {named}")
        return self.profiles[name]

    def saved(self) -> SavedJourney | None:
        """Return the journey on disk, None if there is none; raise `BadInput` for a file that is not one."""
        return self.file.read() if self.file else None

    def begin(self, answers: Answers, emit: Emit, *, is_another: bool = False) -> Journey:
        """Open a new journey, and return it.

        Args:
            answers: to begin with.
            emit: is given its events.
            is_another: whether the present one is kept, even where it has a file of the operator's own.

        Raises:
            BadInput: the answers name an unknown profile or sign-in flow.
            JourneyInUse: another process has the journey of these answers.
        """
        require_known_flow(answers.sign_in_flow)
        profile = self.profile(answers.profile)
        self._place_new(answers, is_another=is_another)
        return self._open(Journey(self._onboarding(answers, Facts(), emit), profile, save=self._save))

    def resume(self, saved: SavedJourney, emit: Emit) -> Journey:
        """Open a saved journey, and return it; raise `BadInput` if its profile is unknown, or it was revoked.

        What was only in memory is gone, as `as_resumed` says.
        """
        if saved.revoked_at:
            raise BadInput("journey", revoked(saved))
        profile = self.profile(saved.answers.profile)
        left = as_resumed(saved, profile)
        onboarding = self._onboarding(left.answers, left.facts, emit, left.exchanges)
        return self._open(Journey(onboarding, profile, left.findings, left.skipped, self._save))

    def load(self, saved: SavedJourney, emit: Emit = lambda _event: None) -> Journey:
        """Return the saved journey as it was saved, to be read and not run; changes of it are not written."""
        onboarding = self._onboarding(saved.answers, saved.facts, emit, saved.exchanges)
        self.loaded = self.loaded or onboarding
        return Journey(onboarding, self.profile(saved.answers.profile), saved.findings, saved.skipped)

    def keep_facts(self, journey: Journey, known: Facts, *, credential_of: Answers | None = None) -> bool:
        """Write what a job has learnt of the stored token into the journey's file; return whether it is there.

        Args:
            journey: as `load` gave it; its facts are newer.
            known: the facts that the job began with: if others are there by now, a wizard has gone on, and they stay.
            credential_of: answers that name the credential that the journey has from now on; None: its own.
        """
        if self.file is None:
            return False
        try:
            self.file.lock()
        except (JourneyInUse, BadInput):
            return False
        try:
            saved = self.file.read()
            if saved is None or saved.facts != known:
                return False
            kept = self.load(saved)
            kept.onboarding.facts = journey.onboarding.facts
            if (named := credential_of) is not None:
                kept.onboarding.answers = replace(
                    kept.onboarding.answers, credential=named.credential, credential_name=named.credential_name
                )
            self.file.write(kept, journey.onboarding.now_stamp())
        except (OSError, BadInput):
            return False
        finally:
            self.file.unlock()
        return True

    def last_sign_in(self, saved: SavedJourney) -> LastSignIn:
        """Return what has become of the token that somebody signed in for, in a journey that is not proven."""
        return last_sign_in(saved, self.profile(saved.answers.profile))

    def _open(self, journey: Journey) -> Journey:
        self._journey = journey
        return journey

    def _onboarding(self, answers: Answers, facts: Facts, emit: Emit, earlier: tuple[Exchange, ...] = ()) -> Onboarding:
        from wizard.microsoft.services import Services

        services = Services(self.cloud(answers.cloud), self.clock, self.cancel, self.wire)
        services.http.earlier_exchanges = earlier
        _remember_secrets(services.http.redactor, answers)
        onboarding = Onboarding(
            answers,
            services,
            self.clock,
            self.cancel,
            emit,
            facts,
            is_attended=self.is_attended,
            port=self.port,
            spec=self.profile(answers.profile).spec,
            record=self._record,
        )
        if onboarding.app_tenant_id and (kept := self._actions) is not None:
            onboarding.memory.actions += kept.read(onboarding.app_tenant_id, answers.client_id)
        return onboarding

    @property
    def _actions(self) -> ActionFile | None:
        """The record of what fixes have changed: one of this machine, or beside a file of the operator's own."""
        if self.file is None:
            return None
        if self.folder is not None and self.folder.state in self.file.path.parents:
            return ActionFile(self.folder.state / ACTIONS)
        return ActionFile(self.file.path.with_name(f"{self.file.path.stem}.{ACTIONS}"))

    def _record(self, action: Action) -> None:
        if (actions := self._actions) is not None:
            actions.add(action)

    # --- the file of the journey ------------------------------------------------------------------------------------

    def entries(self) -> list[Entry]:
        """Return a line for every onboarding of this machine; none where the file alone counts."""
        return self.folder.entries() if self.folder is not None and not self.is_named else []

    def choose(self, path: Path) -> None:
        """Lock the journey of a file, and let the former one go.

        Raises:
            JourneyInUse: another process has it; the former one stays chosen.
            BadInput: its folder cannot be used.
        """
        former = self.file
        file = former if former is not None and former.path == path else JourneyFile(path)
        file.lock()
        self.file = file
        if former is not None and former is not file:
            former.unlock()

    def choose_for(self, answers: Answers) -> None:
        """Choose the file in which the onboarding of these answers is kept, or is to be; raises what `choose` does."""
        if self.folder is not None and not self.is_named:
            path = self.folder.kept(answers) or self.folder.path_of(answers)
            self.choose(path or self.folder.draft())
        elif self.file is not None:
            self.file.lock()

    def let_go(self) -> None:
        """Let other processes have the journey."""
        if self.file is not None:
            self.file.unlock()

    def forget(self, answers: Answers) -> None:
        """Forget the journey that was chosen; the single file of an earlier version stays, and gives way to another."""
        if self.file is None:
            return
        if self.folder is not None and not self.is_named and self.file.path == self.folder.old_form:
            self.choose(self.folder.path_of(answers) or self.folder.draft())
        self.file.remove()

    def twin(self, answers: Answers) -> Path | None:
        """Return the file in which the onboarding of these answers is kept, if that is another than the open one's."""
        if self._journey is None or (kept_by_key := self._kept_by_key) is None:
            return None
        folder, file = kept_by_key
        kept = folder.kept(answers, self._journey.onboarding.facts.tenant_id)
        return kept if kept != file.path else None

    def go_over(self, path: Path) -> None:
        """Choose another file, and drop the draft that led to it; raises what `choose` does."""
        former = self.file
        self.choose(path)
        if former is not None and self.folder is not None and self.folder.is_draft(former.path):
            former.discard()

    @property
    def _kept_by_key(self) -> tuple[JourneyFolder, JourneyFile] | None:
        """The folder and the file, where that has its name from the journey's key, and not from the operator."""
        folder, file = self.folder, self.file
        if folder is None or file is None or self.is_named or not folder.keeps(file.path):
            return None
        return folder, file

    def _place_new(self, answers: Answers, *, is_another: bool) -> None:
        """Choose the file of a journey that is begun; it takes the place of the present one only if it has its key."""
        if self.folder is None or (self.is_named and not is_another):
            return
        present = self.file.path if self.file is not None and not is_another else None
        path = self.folder.path_of(answers)
        if path is None and present is not None and self.folder.is_draft(present):
            path = present
        if path is None or (path.exists() and path != present):
            path = self.folder.draft()
        self.choose(path)
        self.is_named = False

    def _save(self, journey: Journey) -> None:
        """Write the journey to disk; an error of the disk is emitted once, and ends nothing."""
        _remember_secrets(journey.onboarding.services.http.redactor, journey.onboarding.answers)
        if self.file is None or journey is not self._journey:
            return
        try:
            self._follow_key(journey.onboarding.answers)
            self.file.write(journey, journey.onboarding.now_stamp())
        except OSError as error:
            if not self._is_unsaved:
                journey.onboarding.emit(NotSaved(f"{self.file.path}: {error.strerror}"))
            self._is_unsaved = True
        else:
            self._is_unsaved = False

    def _follow_key(self, answers: Answers) -> None:
        """Let the file have the name of the journey's key, once that is known, unless another journey has it."""
        if (kept_by_key := self._kept_by_key) is None:
            return
        folder, file = kept_by_key
        path = folder.path_of(answers)
        if path is not None and path != file.path and not path.exists():
            file.move_to(path)


def revoked(saved: SavedJourney) -> str:
    """Return what to say of a journey that was revoked, to whoever would go on with it."""
    when = day(saved.revoked_at)
    if not saved.is_end_proven:
        return f"its end began on {when}, and is not proven yet: partner-wizard revoke goes on with it"
    return f"it was revoked on {when}; partner-wizard run --restart begins a new one"


def _remember_secrets(redactor: Redactor, answers: Answers) -> None:
    """Let no text show the secrets among the answers, not even a passphrase, which no service is ever sent."""
    for each in SECRET_FIELDS:
        if isinstance(secret := getattr(answers, each), Secret):
            redactor.remember(secret.reveal())
