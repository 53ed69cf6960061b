"""Which onboardings `--all` takes, of this machine or of vaults, and how one of them is opened and asked."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.commands.stored_answers import refuse_a_person, with_credential_of
from wizard.core.answers import Answers, vault_host
from wizard.core.errors import BadInput, ServiceRefusal, Unreachable, WizardError
from wizard.core.events import CheckEnded, Event
from wizard.core.facts import Facts
from wizard.core.findings import Finding, Outcome
from wizard.core.text import clean
from wizard.jobs.fleet import Member, Result
from wizard.jobs.fleet_in_vaults import members_in
from wizard.journeys.journey_folder import JourneyFolder
from wizard.journeys.saved_journey import JourneyFile, SavedJourney
from wizard.journeys.session import Session
from wizard.microsoft.wire import Wire
from wizard.onboarding.profile import PROFILES
from wizard.plain.line_writer import LineWriter
from wizard.tokens.renewal_rule import reaches_credential

if TYPE_CHECKING:
    from wizard.microsoft.clouds import Cloud
    from wizard.onboarding.onboarding_context import Onboarding

Ask = Callable[[Session, SavedJourney, LineWriter], int]
"""Checks, or renews, one onboarding: in this session, as it is stored, and says so in lines."""

Look = Callable[[Session, str], None]
"""Looks at what the vault of an onboarding keeps: is given the session that opened it, and its name."""


@dataclass(slots=True)
class Fleet:
    """Every onboarding of this machine, or of some vaults.

    Args:
        clouds: by name, what they may be in.
        folder: keeps them.
        answers: what they have in common, and the names of those that an answers file gives.
        session: whose cancel signal ends the whole, and whose clock all of them use.
        wire: the connections that all of them share.
    """

    clouds: Mapping[str, Cloud]
    folder: JourneyFolder
    answers: tuple[Answers, set[str]]
    session: Session
    wire: Wire = field(default_factory=lambda: Wire(is_shared=True))

    @property
    def state(self) -> str:
        """The state folder of this machine."""
        return str(self.folder.state)

    def members(self, *, with_token: bool) -> tuple[list[Member], int]:
        """Return those that can be asked, in the order of their names, and how many are not onboarded yet.

        Args:
            with_token: whether an onboarding that stores none is left out.
        """
        members, unfinished = [], 0
        for entry in self.folder.entries():
            profile = PROFILES.get(entry.profile)
            if entry.outcome in {"revoked", "revoking"} or (with_token and profile and not profile.spec.has("user")):
                continue
            if profile and profile.spec.has("user") and not entry.expires_at:
                unfinished += 1
                continue
            members.append(Member(entry.name, entry.tenant, entry.tenant_id, entry.path))
        return members, unfinished

    def members_in_vaults(
        self, places: Mapping[str, list[str]], workers: int, found: Callable[[str], None] = lambda _tenant_id: None
    ) -> tuple[list[Member], list[Result]]:
        """Return the onboardings whose tokens some vaults keep, and a result for each vault that does not tell them.

        Args:
            places: addresses of vaults, and the names of secrets there; none: the vault is asked which there are.
            workers: how many of these names are asked for side by side.
            found: is called with the tenant of each, as it is found.

        Raises:
            BadInput: the identity of the vaults takes a person.
            Cancelled: the session was stopped.
        """
        members: list[Member] = []
        silent: list[Result] = []
        for url, names in places.items():
            host = vault_host(url)
            shared = replace(self.answers[0], vault_url=url, cloud=self._cloud_of(host))
            refuse_a_person(shared, "--all", ("vault_identity",))
            vault = Member(host.partition(".")[0], host, "")
            try:
                members += members_in(partial(self._opened_for, shared), names, workers, found)
            except Unreachable as error:
                silent.append(Result(vault, "unreachable", mistake=clean(str(error))))
            except ServiceRefusal as refusal:
                silent.append(Result(vault, "failed", mistake=f"does not tell its secrets: {clean(str(refusal))}"))
        return members, silent

    def _opened_for(self, shared: Answers) -> Onboarding:
        return self._session().load(SavedJourney(shared, Facts(), {}, {}, "")).onboarding

    def _cloud_of(self, host: str) -> str:
        """Return the cloud that the answers file names, else the first whose vaults end as this one does."""
        answers, given = self.answers
        fitting = (each.name for each in self.clouds.values() if each.holds_vault(host))
        return answers.cloud if "cloud" in given else next(fitting, answers.cloud)

    def _session(self, file: JourneyFile | None = None) -> Session:
        return Session(
            self.clouds, clock=self.session.clock, file=file, folder=self.folder, cancel=self.session.cancel,
            wire=self.wire,
        )  # fmt: skip

    def asked(self, member: Member, ask: Ask, look: Look) -> Result:
        """Return how it ends for one of them.

        Args:
            member: which one.
            ask: asks it.
            look: is called with the session that has asked it, and with its name.

        Raises:
            WizardError: its file, or its answers, cannot be used.
            Cancelled: the session was stopped.
        """
        session, saved = self._opened(member)
        said: list[Mapping[str, object]] = []
        findings: list[Finding] = []

        def also(event: Event) -> None:
            if isinstance(event, CheckEnded) and event.finding.outcome is not Outcome.HOLDS:
                findings.append(event.finding)

        lines = LineWriter(out=io.StringIO(), err=io.StringIO(), as_json=True, watch=said.append, also=also)
        ask(session, self._with_shared_answers(saved), lines)
        look(session, member.name)
        return Result(member, str(said[-1]["outcome"]), tuple(said), tuple(findings))

    def look_at(self, member: Member, look: Look) -> None:
        """Look at one that an earlier run has asked, as after asking it; one that cannot be opened is left out."""
        with suppress(WizardError):
            session, saved = self._opened(member)
            session.load(self._with_shared_answers(saved))
            look(session, member.name)

    def loaded(self, member: Member) -> Onboarding:
        """Return one of them, loaded once more; raises `WizardError` where its file cannot be used any more."""
        session, saved = self._opened(member)
        return session.load(self._with_shared_answers(saved)).onboarding

    def _opened(self, member: Member) -> tuple[Session, SavedJourney]:
        file = JourneyFile(Path(member.path)) if member.path else None
        session, saved = self._session(file), file.read() if file else member.found
        if saved is None:
            raise BadInput(member.name, "its file is gone")
        return session, saved

    def _with_shared_answers(self, saved: SavedJourney) -> SavedJourney:
        """Return an onboarding with the identities of the answers file, and its credential where none is at hand."""
        answers, given = self.answers
        if reaches_credential(saved.answers, saved.facts):
            given = given - {"credential"}
        return replace(saved, answers=with_credential_of(saved.answers, answers, given))
