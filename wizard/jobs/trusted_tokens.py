"""A token of this machine in the place of a secret: what the app trusts, and the keys that it no longer needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from wizard.core.answers import OUTSIDE_TOKENS
from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Finding, Who
from wizard.core.timestamps import read_timestamp
from wizard.jobs.stored_keys import mark_in_use
from wizard.microsoft.graph import Question, Unread, text_in
from wizard.onboarding.finding_builders import fails, holds
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.federated_fixes import INSTEAD, NAME, SINCE, trusts_path
from wizard.onboarding.probes.graph_reading import ask_list, read_registration, untold
from wizard.onboarding.probes.outside_token import no_outside_token, outside_token
from wizard.onboarding.probes.successor_fixes import key_mark

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from wizard.core.answers import Answers
    from wizard.core.secret import Secret
    from wizard.jobs.stored_keys import Key
    from wizard.microsoft.credentials import FederatedCredential
    from wizard.microsoft.federated import OutsideToken
    from wizard.microsoft.graph import JsonObject
    from wizard.microsoft.key_vault import StoredSecret
    from wizard.microsoft.registration import AppRegistration

FEDERATED_PAGE: Final = "in App registrations > the app > Certificates & secrets > Federated credentials"


@dataclass(slots=True)
class TrustedTokens:
    """What the app trusts of this machine, and its keys.

    Args:
        onboarding: whose they are.
        kind: what the credential is to be: a key of `OUTSIDE_TOKENS`.
        credential: of the machine.
        token: what it says of itself now.
        registration: as Graph shows the app.
        replaces: the mark of the key that the answers name, "" if not known.
    """

    onboarding: Onboarding
    kind: str
    name: str = field(init=False, default="")
    newest: StoredSecret | None = field(init=False, default=None)
    credential: FederatedCredential = field(init=False)
    token: OutsideToken = field(init=False)
    registration: AppRegistration = field(init=False)
    replaces: str = field(init=False, default="")
    _trusts: tuple[JsonObject, ...] = field(init=False, default=())

    def unread(self) -> TrustedTokens:
        """Return the same, to be read again."""
        return TrustedTokens(self.onboarding, self.kind)

    @property
    def is_move(self) -> bool:
        """Whether the credential is to be another one than the answers say."""
        return self.onboarding.answers.credential != self.kind

    @property
    def since(self) -> datetime | None:
        """Since when the app trusts it, by what this program has written there; None where it has not."""
        made = [text_in(each, "description").partition(SINCE)[2] for each in self._ours()]
        return next((at for each in made if (at := read_timestamp(each))), None)

    def named_in(self, answers: Answers) -> Answers:
        """Return answers that name it."""
        return replace(answers, credential=self.kind, credential_name="")

    def check(self) -> Finding:
        """This machine gives a token, and Graph shows the app's keys and what it trusts."""
        onboarding, source = self.onboarding, OUTSIDE_TOKENS[self.kind]
        answers = onboarding.answers
        place = {"managed": answers.managed_identity, "file": answers.assertion_file}.get(source, "")
        self.credential = onboarding.services.federated_credential(source, place)
        told = outside_token(onboarding, self.credential)
        if isinstance(told, ServiceRefusal):
            return no_outside_token(told)
        if not (told.issuer and told.subject and told.audience):
            return fails("The token of this machine does not say whose it is.", (), Who.OPERATOR)
        self.token = told
        found = read_registration(onboarding)
        if isinstance(found, Unread):
            return untold(onboarding, found)
        path = trusts_path(answers.client_id)
        question = Question("the app's federated credentials", path, "Application.Read.All", FEDERATED_PAGE)
        trusts = ask_list(onboarding, question, onboarding.app_tenant_id)
        if isinstance(trusts, Unread):
            return untold(onboarding, trusts)
        self.registration, self._trusts = found, trusts
        self.replaces = mark_in_use(onboarding, found)
        return holds(f"This machine gives the token of {told.subject}.", **told.as_evidence())

    def check_due(self, before: timedelta, *, is_forced: bool) -> tuple[bool, datetime | None, Finding]:
        """Return whether the app is to trust it from now on; a federated credential has no end."""
        del before, is_forced
        if self.is_move and not any(self._is_same(each) for each in self._trusts):
            return True, None, holds("The app is to trust the token of this machine.")
        return False, None, holds("A federated credential has no end: there is nothing to renew.")

    def has_moved(self) -> bool:
        """Return False: nothing is kept that another run could have changed."""
        return False

    def check_given(self, _value: Secret | None) -> Finding | None:
        """Return None: programs ask the machine."""
        return None

    def works_without(self, removed: Sequence[Key]) -> bool:
        """Return whether the app trusts this machine, so that it needs none of its keys."""
        return bool(removed) and any(self._is_same(each) for each in self._trusts)

    def left(self) -> Iterator[Key]:
        """Yield nothing: no value is made that could be lost."""
        yield from ()

    def superseded(self) -> Iterator[Key]:
        """Yield the key in whose place the trust has come."""
        marks = {text_in(each, "name").partition(INSTEAD)[2] for each in self._ours()} - {""}
        for each in self._keys:
            if key_mark(each) in marks:
                yield each

    def is_superseded_by_graph(self, _key: Key) -> bool:
        """Return True: it is the app's own trust that names the key."""
        return True

    def expired(self) -> Iterator[Key]:
        """Yield the keys that have expired, whoever made them."""
        now = self.onboarding.clock.now()
        for each in self._keys:
            if each.expires_at and each.expires_at <= now:
                yield each

    @property
    def _keys(self) -> tuple[Key, ...]:
        return (*self.registration.secrets, *self.registration.certificates)

    def _ours(self) -> Iterator[JsonObject]:
        for each in self._trusts:
            if text_in(each, "name").startswith(NAME) and self._is_same(each):
                yield each

    def _is_same(self, trust: JsonObject) -> bool:
        return (text_in(trust, "issuer"), text_in(trust, "subject")) == (self.token.issuer, self.token.subject)
