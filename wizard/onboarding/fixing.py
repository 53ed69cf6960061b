"""Makes a fix that somebody has confirmed: request by request, each recorded before it leaves and after its answer.

A precondition that no longer holds stops it; a refusal halfway takes back what was made. What was so already is not
done again, and nothing is sent a second time: whether a request without an answer was done, the check tells that is
asked again after it. The integration user's token makes no fix.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from secrets import token_hex
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

from wizard.core.errors import Busy, NotRecorded, ServiceRefusal, Unreachable
from wizard.core.findings import Finding, FixResult
from wizard.core.first_password import FirstPassword, new_first_password
from wizard.core.fix_conditions import Goal, JsonObject
from wizard.core.fixes import Action, ActionState, Api, ChangeRequest, Fix, filled
from wizard.core.retries import RETRY_PAUSES, wait
from wizard.core.text import clean_line
from wizard.core.wording import upper_first
from wizard.onboarding.fix_accounts import SignedIn, sign_in_for

if TYPE_CHECKING:
    from wizard.microsoft.changes import Change, Seen
    from wizard.onboarding.onboarding_context import Onboarding

PERMISSION_LACKS: Final = 403
NOT_AUTHORIZED: Final = "AuthorizationFailed"
"""Resource Manager's code for a right that is missing (protocol 11.8)."""
BY_POLICY: Final = "RequestDisallowedByPolicy"
"""Resource Manager's code, with 403, for what nobody may do in a subscription, whoever asks (protocol 11.8)."""
PROVISIONING: Final = "Azure to make what was asked for"
LOOKS_EVERY: Final = 5.0
"""Seconds between looks at what is being made, unless the service asks for more."""
LONGEST_PROVISIONING: Final = timedelta(minutes=10)
CHANGED: Final = "Somebody has changed it since it was checked: nothing was overwritten. Check again."
NOT_SEEN_YET: Final = frozenset({400, 404})
"""Statuses by which Graph refuses what hangs on an object that it does not know everywhere yet (protocol 6.4)."""


Stops: TypeAlias = Callable[[ChangeRequest | None, Mapping[str, JsonObject]], str]
"""Says why a request must not leave, by what those before it gave, "" where it may; None is the end of them all."""


class NotReady(Exception):
    """What was made is not ready, and stays; its text says how it stands."""


def apply_fix(
    onboarding: Onboarding,
    fix: Fix,
    *,
    stops: Stops = lambda _request, _answers: "",
    given: Mapping[str, JsonObject] = MappingProxyType({}),
) -> FixResult:
    """Make the requests of a fix that somebody has confirmed, and return what came of them.

    Args:
        onboarding: whose fix it is.
        fix: is made.
        stops: is asked right before a request, and says why it must not leave, "" where it may: what was made before is
            then taken back. It gets the request, and what those before it gave; and None once all were made.
        given: what fills places of the requests beside what they give, by name: such as a key that no fix may show.

    Raises:
        Cancelled: the cancel signal was set; what was sent is in the record.
    """
    if not fix.requests:
        return FixResult(fix, is_made=True, message=f"{fix.title}: done.", answers=fix.fills)
    who = sign_in_for(onboarding, fix)
    if isinstance(who, str):
        return FixResult(fix, is_made=False, message=who)
    with onboarding.services.attributed_to(f"fix {fix.name}"):
        return _Making(onboarding, fix, who, stops=stops, answers=dict(given)).make()


def record_check(onboarding: Onboarding, result: FixResult, finding: Finding) -> None:
    """Record that the check was asked again after a fix, and what it found."""
    last = result.actions[-1]
    checked = replace(
        last,
        number=f"{last.group}.checked",
        at=onboarding.now_stamp(),
        state=ActionState.CHECKED,
        is_undo=False,
        status=0,
        request_id="",
        message=f"{finding.outcome.value}: {finding.title}",
    )
    onboarding.memory.actions.append(checked)
    with suppress(NotRecorded):  # nothing was changed by it, and the result says that the record cannot be written
        onboarding.record(checked)


@dataclass(slots=True)
class _Making:
    """One fix under way. `answers` are what its requests gave, by name; `made` those that an undo takes back.

    `first_password` is that of an account which is made, or may be.
    """

    onboarding: Onboarding
    fix: Fix
    who: Mapping[Api, SignedIn]
    stops: Stops
    number: str = field(default_factory=lambda: token_hex(6))
    answers: dict[str, JsonObject] = field(default_factory=dict)
    made: list[tuple[int, ChangeRequest]] = field(default_factory=list)
    actions: dict[str, Action] = field(default_factory=dict)
    first_password: FirstPassword | None = None

    def make(self) -> FixResult:
        for place, request in enumerate(self.fix.requests, 1):
            try:
                closed = self._make_one(place, request)
            except Unreachable as error:
                return self._result(_no_answer(error))
            except NotRecorded as error:
                return self._result(f"{error}. The fix stops here.")
            except NotReady as error:
                return self._result(f"{error} What was made stays.")
            if closed is not None:
                return self._result(self._taken_back(closed))
        if why := self.stops(None, self.answers):
            return self._result(self._taken_back(why))
        names = " and ".join(dict.fromkeys(each.account.name for each in self.who.values()))
        if self.made:
            return self._result(f"{self.fix.title}: done by {names}.", is_made=True)
        return self._result(f"{self.fix.title}: it was so already; nothing was changed.", is_made=True)

    def _make_one(self, place: int, request: ChangeRequest) -> str | None:
        """Make one request; return None, or why the fix ends here.

        Raises:
            Unreachable: no answer came.
        """
        if why := self.stops(request, self.answers):
            return why
        if why := self._stopped_by(request):
            if why == ActionState.NOT_NEEDED:
                self._record(place, request, ActionState.NOT_NEEDED)
                return None
            self._record(place, request, ActionState.CHANGED_BEFORE, message=why)
            return why
        try:
            change = self._send_until_seen(place, request)
        except ServiceRefusal as refusal:
            return self._refused(place, request, refusal)
        except Busy as error:
            state = ActionState.REFUSED if error.status == 429 else ActionState.NO_ANSWER
            self._record(place, request, state, message=error.detail)
            if state is ActionState.NO_ANSWER:
                raise
            return f"{error.host} has too much to do ({error.detail}). Try again in a few minutes."
        except Unreachable as error:
            self._record(place, request, ActionState.NO_ANSWER, message=error.detail)
            raise
        self._record(place, request, ActionState.MADE, change=change)
        self.made.append((place, request))
        if request.gives:
            self.answers[request.gives] = change.answer
        if request.gives_secret:
            self.onboarding.services.http.redactor.remember(str(change.answer.get(request.gives_secret, "")))
        until = request.until
        is_ready = until is None or until.is_reached(change.answer)
        if until is not None and not is_ready and (why := self._wait_until(request, until, change.retry_after)):
            raise NotReady(why)
        return None

    def _stopped_by(self, request: ChangeRequest) -> str:
        """Return what the precondition says against a request: `NOT_NEEDED`, a sentence, or "" for nothing."""
        try:
            if request.unless is not None and request.unless.is_reached(self._read(request, request.unless.path).now):
                return ActionState.NOT_NEEDED
            before = request.precondition
            if before is None:
                return ""
            now = self._read(request, before.path, before.body).now
        except ServiceRefusal as refusal:
            name, said = self._by(request).account.name, refusal.description or refusal.code
            return f"{name} may not read what is to be changed: {said}"
        if before.is_made(now, request.body):
            if request.gives and now is not None:
                self.answers[request.gives] = now
            return ActionState.NOT_NEEDED
        return "" if before.is_met(now) else before.otherwise or CHANGED

    def _by(self, request: ChangeRequest) -> SignedIn:
        return self.who[self.fix.api_of(request)]

    def _read(self, request: ChangeRequest, path: str, asked_with: JsonObject | None = None) -> Seen:
        by, changes = self._by(request), self.onboarding.services.changes
        return changes.read(by.host, str(filled(path, self.answers)), by.token, asked_with)

    def _wait_until(self, request: ChangeRequest, goal: Goal, first_pause: float | None) -> str:
        """Wait until what was made can be used; return why the fix ends here, "" once it can.

        Raises:
            Unreachable: no answer came.
            Cancelled: the cancel signal was set.
        """
        onboarding, pause = self.onboarding, first_pause
        since = onboarding.clock.now()
        until = since + LONGEST_PROVISIONING
        while onboarding.clock.now() < until:
            wait(onboarding, PROVISIONING, max(pause or 0.0, LOOKS_EVERY), until=until, since=since)
            try:
                seen = self._read(request, goal.path)
            except Busy as error:
                pause = error.retry_after
                continue
            except ServiceRefusal as refusal:
                return f"Whether it is ready cannot be seen: {refusal.description or refusal.code}"
            if goal.is_reached(seen.now):
                return ""
            pause = seen.retry_after
        minutes = round(LONGEST_PROVISIONING.total_seconds() / 60)
        return f"What was asked for is not ready after {minutes} minutes. Wait, then check again."

    def _send_until_seen(self, place: int, request: ChangeRequest) -> Change:
        """Record a request and make it; if it may be refused for what is not known everywhere yet, wait and try again.

        Raises:
            ServiceRefusal: at the last try, or at once.
            Busy, Unreachable: as `Changes.send` does.
            Cancelled: the cancel signal was set while it waited.
        """
        from wizard.microsoft.changes import is_there_already

        for number, pause in enumerate(RETRY_PAUSES, 2):
            self._record(place, request, ActionState.SENT)
            try:
                return self._send(request)
            except ServiceRefusal as refusal:
                if not request.waits_for or refusal.status not in NOT_SEEN_YET or is_there_already(refusal):
                    raise
                self._record(place, request, ActionState.REFUSED, refusal=refusal)
            wait(self.onboarding, request.waits_for, pause, next_try=number)
        self._record(place, request, ActionState.SENT)
        return self._send(request)

    def _send(self, request: ChangeRequest) -> Change:
        answers = dict(self.answers)
        if request.password_of:
            self.first_password = FirstPassword(request.password_of, new_first_password())
            self.onboarding.services.http.redactor.remember(self.first_password.value.reveal())
            answers["first"] = {"password": self.first_password.value.reveal()}
        path, body = str(filled(request.path, self.answers)), filled(request.body, answers)
        sent = body if isinstance(body, Mapping) else None
        by = self._by(request)
        return self.onboarding.services.changes.send(by.host, request.method, path, sent, by.token)

    def _refused(self, place: int, request: ChangeRequest, refusal: ServiceRefusal) -> str | None:
        from wizard.microsoft.changes import CHANGED_MEANWHILE, is_there_already

        if request.password_of:
            self.first_password = None  # the account was not made
        if is_there_already(refusal):
            self._record(place, request, ActionState.NOT_NEEDED, refusal=refusal)
            return None
        if refusal.status in CHANGED_MEANWHILE:
            self._record(place, request, ActionState.CHANGED_BEFORE, refusal=refusal)
            if self.fix.api_of(request) is Api.GRAPH or not refusal.description:
                return "Somebody has changed it meanwhile: nothing was overwritten. Check again."
            return f"It conflicts with what is there, and nothing was overwritten: {refusal.description}"
        self._record(place, request, ActionState.REFUSED, refusal=refusal)
        if refusal.code == BY_POLICY:
            return f"A policy of the subscription forbids it, whoever asks: {refusal.description or refusal.code}"
        if refusal.code == NOT_AUTHORIZED:  # whose words say the same, with every id in full
            lacks = f"{self._by(request).account.name} may not do this: it takes {' and '.join(request.permissions)}."
            return f"{lacks} Send the command to whoever has that right."
        if refusal.status == PERMISSION_LACKS:
            return (
                f"{self._by(request).account.name} may not do this: it takes {' and '.join(request.permissions)}. The "
                f"service said: {refusal.description or refusal.code}"
            )
        return f"The service refused: {refusal.description or refusal.code or refusal.status}"

    def _taken_back(self, why: str) -> str:
        """Take back what was made, the last first; return why, and what has become of it."""
        if not self.made:
            return f"Nothing was changed. {upper_first(why)}"
        left = []
        for place, request in reversed(self.made):
            undo = request.undo
            if undo is None or not self._undone(place, undo):
                left.append(f"{request.method} {filled(request.path, self.answers)}")
        if left:
            return f"{why} Not taken back: {', '.join(left)}. {self.fix.undo}"
        return f"{why} What was made before that is taken back."

    def _undone(self, place: int, undo: ChangeRequest) -> bool:
        try:
            before = undo.precondition
            if before is not None and not before.is_met(self._read(undo, before.path, before.body).now):
                self._record(place, undo, ActionState.CHANGED_BEFORE, message=before.otherwise or CHANGED, is_undo=True)
                return False
            self._record(place, undo, ActionState.SENT, is_undo=True)
            change = self._send(undo)
        except ServiceRefusal as refusal:
            self._record(place, undo, ActionState.REFUSED, refusal=refusal, is_undo=True)
            return False
        except Unreachable as error:
            self._record(place, undo, ActionState.NO_ANSWER, message=error.detail, is_undo=True)
            return False
        self._record(place, undo, ActionState.MADE, change=change, is_undo=True)
        if self.fix.requests[place - 1].password_of:
            self.first_password = None
        return True

    def _record(
        self,
        place: int,
        request: ChangeRequest,
        state: ActionState,
        *,
        change: Change | None = None,
        refusal: ServiceRefusal | None = None,
        message: str = "",
        is_undo: bool = False,
    ) -> None:
        onboarding, by = self.onboarding, self._by(request)
        action = Action(
            f"{self.number}.{place}{'-undo' if is_undo else ''}",
            onboarding.now_stamp(),
            self.fix.name,
            self.fix.check,
            (place, len(self.fix.requests)),
            by.account.name,
            by.account.tenant_id,
            onboarding.answers.client_id,
            request.method,
            by.host,
            str(filled(request.path, self.answers)),
            state,
            is_undo,
        )
        if change is not None:
            action = replace(action, status=change.status, request_id=change.ids.request_id)
        if refusal is not None:
            said = onboarding.services.http.redactor.redact(clean_line(refusal.description or refusal.code, 300))
            action = replace(action, status=refusal.status, request_id=refusal.ids.request_id, message=said)
        if message:
            action = replace(action, message=message)
        self.actions[action.number] = action
        onboarding.memory.actions.append(action)
        onboarding.record(action)

    def _result(self, message: str, *, is_made: bool = False) -> FixResult:
        given = {name: str(filled(text, self.answers)) for name, text in self.fix.fills.items()} if is_made else {}
        actions = tuple(self.actions.values())
        return FixResult(self.fix, is_made, message, actions, answers=given, first_password=self.first_password)


def _no_answer(error: Unreachable) -> str:
    return (
        f"{error.host} gave no answer ({error.detail}), so it is not known whether the last request was done. It is "
        "not sent again; the check that follows says what is so now."
    )
