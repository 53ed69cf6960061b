"""The renewal of the app's own credential: a new one is made, proven, stored, read back; the former one goes last.

A new key is proven while nobody but this run has it: Entra takes it, and a renewal of the stored token is made with it.
Only then it becomes the newest version in the vault. So whatever moment a run ends at, programs find a credential that
works; a key that was made and not stored is known by its name, and the next run removes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Final

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.findings import Finding, FixResult, Who
from wizard.core.fixes import ActionState, ChangeRequest, Fix
from wizard.core.retries import wait
from wizard.core.timestamps import timestamp
from wizard.jobs.asking import Asking
from wizard.jobs.kept_keys import Keys, keys_of
from wizard.jobs.key_changes import NewKey, new_key
from wizard.jobs.old_keys import OldKeys
from wizard.jobs.renewal import Renewal, RenewalState
from wizard.jobs.renewal_checks import (
    KEY_DUE,
    KEY_KNOWN,
    KEY_LEFT,
    KEY_MADE,
    KEY_USED,
    KEYS_OLD,
    with_renewal,
)
from wizard.onboarding.finding_builders import could_not_tell, fails, holds, refused, warns
from wizard.onboarding.fixing import Stops, apply_fix, record_check
from wizard.onboarding.memory import Memory
from wizard.onboarding.probes.app_access import refusal_of_app_at_home
from wizard.onboarding.probes.app_credential import (
    MADE_NOW,
    NEW_CREDENTIAL_PAUSE,
    NEW_CREDENTIAL_WAIT,
    TRYING,
    check_credential,
)
from wizard.onboarding.steps.tenant import check_tenant_exists

if TYPE_CHECKING:
    from datetime import datetime

    from wizard.core.fix_conditions import JsonObject
    from wizard.microsoft.credentials import Credential
    from wizard.onboarding.journey import Journey
    from wizard.tokens.renewal_rule import RenewalRule

FASTER: Final = "The vault has another version by now: another run was faster."
TRY_AGAIN: Final = "Look at what the checks above say, then run it again."
KEEPS_SILENT: Final = fails("The stored token was not renewed.", (), title="The renewal has ended")
PROVES: Final = frozenset({RenewalState.RENEWED, RenewalState.RENEWED_BY_ANOTHER, RenewalState.ANOTHER_TOOLS})
"""How a renewal ends whose credential was taken; a token that another tool keeps is left to it."""


class RotationState(StrEnum):
    """How it ended; the words of JSON."""

    NOT_DUE = "not_due"
    RENEWED = "renewed"
    RENEWED_BY_ANOTHER = "renewed_by_another"
    SHOWN = "shown"
    """It was only shown what would be sent."""
    STOPPED = "stopped"
    """A finding says why."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What the command line says.

    Args:
        kind: "secret", "certificate" or "federated": what the credential is to be; "" for the kind that it has.
        is_forced: whether it is due whatever the rule says.
        says_yes: whether keys may be removed that other programs may have.
        is_dry_run: whether it is only shown what would be sent.
    """

    kind: str = ""
    is_forced: bool = False
    says_yes: bool = False
    is_dry_run: bool = False


@dataclass(slots=True)
class Rotation:
    """Renews the app's credential if it is due, and removes what it took the place of.

    Args:
        journey: its onboarding says what is used; its facts, and its answers after a move, are new afterwards.
        rule: when a token or credential is due.
        orders: of the command line.
        shown: the fixes, in their order, each with its result; None where it was only shown.
    """

    journey: Journey
    rule: RenewalRule
    orders: Orders
    shown: list[tuple[Fix, FixResult | None]] = field(default_factory=list, init=False)
    state: RotationState = field(default=RotationState.STOPPED, init=False)
    due_at: datetime | None = field(default=None, init=False)
    version: str = field(default="", init=False)
    asking: Asking = field(init=False)
    _key: NewKey | None = field(default=None, init=False)
    _has_lost: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.asking = Asking(with_renewal(self.journey.profile), self.journey.onboarding)
        self._forget()

    def run(self) -> None:
        """Renew it, as far as nothing stops it. Raises `Cancelled`."""
        asking, onboarding = self.asking, self.journey.onboarding
        if not onboarding.facts.tenant_id and not asking.holds("tenant.exists", check_tenant_exists):
            return
        stored = keys_of(onboarding, self.orders.kind)
        if not asking.opens(KEY_KNOWN, stored.check):
            return
        asking.opens(KEY_LEFT, lambda: self._old(stored).remove_left())
        is_due = False

        def due() -> Finding:
            nonlocal is_due
            is_due, self.due_at, finding = stored.check_due(self.rule.before, is_forced=self.orders.is_forced)
            return finding

        if not asking.opens(KEY_DUE, due):
            return
        if is_due:
            if not asking.opens(KEY_MADE, lambda: self._check_made(stored)) or self._has_lost:
                return
            if self.orders.is_dry_run:
                self.state = RotationState.SHOWN
                return
        if (is_due or stored.is_move) and not asking.opens(KEY_USED, lambda: self._check_used(stored)):
            return
        if self._has_lost:
            self.state = RotationState.RENEWED_BY_ANOTHER
            return
        self.state = RotationState.RENEWED if is_due else RotationState.NOT_DUE
        asking.opens(KEYS_OLD, lambda: self._check_old(stored))

    @property
    def outcome(self) -> str:
        """ "proven", "failed" or "unreachable", as a summary line says it."""
        return self.asking.outcome

    # --- the new one ------------------------------------------------------------------------------------------------

    def _check_made(self, stored: Keys) -> Finding:
        """The app has a new key, which was proven before the vault got it; else what was made is taken back."""
        onboarding = self.journey.onboarding
        made = new_key(onboarding, stored)
        if isinstance(made, Finding):
            return made
        self._key = made
        if self.orders.is_dry_run:
            self.shown.append((made.fix, None))
            return replace(holds(f"{made.fix.title}: nothing was sent (--dry-run)."), title="A new credential is due")
        result = self._apply(made.fix, made.given, partial(self._stops, stored))
        if result.is_made:
            finding = holds(made.said)
            record_check(onboarding, result, replace(finding, title=KEY_MADE.title))
            return finding
        if self._has_lost:
            self.state = RotationState.RENEWED_BY_ANOTHER
            return warns(result.message, (), title="Another run has renewed the credential")
        if result.actions and result.actions[-1].state is ActionState.NO_ANSWER:
            return self._after_silence(stored, result)
        return fails(result.message, TRY_AGAIN, Who.OPERATOR, Who.ADMIN)

    def _stops(self, stored: Keys, request: ChangeRequest | None, answers: Mapping[str, JsonObject]) -> str:
        """Return why the vault must not get the new key yet, "" once it is proven and follows the newest version."""
        if self._key is None or not self._key.is_proven_before(request):
            return ""
        credential = self._key.credential(answers)
        self._forget(credential)
        try:
            why = self._not_proven(credential)
        finally:
            self._forget()
        if why:
            return why
        try:
            self._has_lost = stored.has_moved()
        except (ServiceRefusal, Unreachable) as error:
            return f"The vault does not tell its newest version ({error})."
        return FASTER if self._has_lost else ""

    def _not_proven(self, credential: Credential) -> str:
        """Return why a credential is not proven, "" once Entra takes it and the stored token is renewed with it.

        Entra may not know it everywhere for some minutes, so a refusal that may come of that is waited out.
        """
        onboarding, asking = self.journey.onboarding, self.asking
        if not asking.holds("app.credential", check_credential):
            return _said(asking.findings["app.credential"])
        facts = onboarding.facts
        if not self.journey.profile.spec.has("user") or facts.client_type == "public" or not facts.secret_version:
            return ""
        onboarding.learn(client_type=credential.client_type)
        until = onboarding.clock.now() + NEW_CREDENTIAL_WAIT
        while True:
            renewal = Renewal(self.journey, self.rule, is_forced=True)
            renewal.run()
            asking.findings |= renewal.asking.findings
            if renewal.state in PROVES:
                return ""
            why = next(iter(renewal.asking.closing), KEEPS_SILENT)
            if why.code not in MADE_NOW or onboarding.clock.now() >= until:
                onboarding.learn(client_type=facts.client_type)
                return _said(why)
            wait(onboarding, TRYING, NEW_CREDENTIAL_PAUSE, until)

    def _after_silence(self, stored: Keys, result: FixResult) -> Finding:
        """Return what the vault says after a request that got no answer: it may have been done."""
        if self._key and self._key.value and stored.check_given(self._key.value) is None:
            return holds("The answer was lost, and the vault has the new credential.")
        return could_not_tell(result.message, "Run it again after half an hour.", Who.OPERATOR)

    def _check_used(self, stored: Keys) -> Finding:
        """What the answers name is the newest version, as it was written, and Entra takes it."""
        onboarding, key = self.journey.onboarding, self._key
        self._forget()
        onboarding.answers = stored.named_in(onboarding.answers)
        if other := stored.check_given(key.value if key else None):
            self._has_lost = True
            return other
        if refusal := refusal_of_app_at_home(onboarding):
            return refused(refusal)
        if stored.newest is None:
            onboarding.learn(credential_expires_at="")
            return holds("The app proves itself with a token of this machine, which has no end.")
        self.version = stored.newest.version
        if stored.newest.expires_at:
            onboarding.learn(credential_expires_at=timestamp(stored.newest.expires_at))
        return holds(f"Version {self.version} of {stored.name} is what programs get.", version=self.version)

    # --- the former ones --------------------------------------------------------------------------------------------

    def _check_old(self, stored: Keys) -> Finding:
        """What the newest version took the place of is removed a day later, or once somebody says yes."""
        self._forget()
        now = stored.unread()
        finding = now.check()
        if finding.unreachable or finding.actions:
            return finding
        return self._old(now).remove_old()

    def _old(self, stored: Keys) -> OldKeys:
        return OldKeys(stored, self._apply, says_yes=self.orders.says_yes, is_dry_run=self.orders.is_dry_run)

    def _apply(
        self,
        fix: Fix,
        given: Mapping[str, JsonObject] | None = None,
        stops: Stops = lambda _request, _answers: "",
    ) -> FixResult:
        """Make a fix, or show it; and keep it for the lines."""
        if self.orders.is_dry_run:
            self.shown.append((fix, None))
            return FixResult(fix, is_made=False, message="nothing was sent (--dry-run)")
        result = apply_fix(self.journey.onboarding, fix, stops=stops, given=given or {})
        self.shown.append((fix, result))
        return result

    def _forget(self, credential: Credential | None = None) -> None:
        """Let services be asked again, as the app with this credential, or with the one that the answers name."""
        onboarding = self.journey.onboarding
        onboarding.memory = Memory(actions=onboarding.memory.actions, new_credential=credential)


def _said(finding: Finding) -> str:
    return f"The new credential is not proven: {finding.title}. {finding.message}"
