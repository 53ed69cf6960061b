"""Waits until a person has signed in with a device code: when to ask, and what to say if that cannot be told.

The pace is RFC 8628's (3.5). Trouble on the way never ends a code that is still good (T5, T6). No wait, whoever asks
for it, goes past the end of the code: Entra is asked once more shortly before it, and once when it has come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from wizard.core.errors import AuthorizationPending, Busy, ServiceRefusal, Unanswered, Unreachable
from wizard.core.events import Emit, WaitEnded, Waiting
from wizard.core.wait_words import trouble_of
from wizard.core.waiting import Cancel, Clock
from wizard.microsoft.device_code import DEFAULT_INTERVAL, DeviceCode, DeviceCodeGrant
from wizard.microsoft.transport import ANSWER_LIMIT, CONNECT_LIMIT

if TYPE_CHECKING:
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.token_response import TokenResponse

LAST_CALL: Final = 3.0
"""Seconds before its end at which a code is asked for once more: the answer has to leave the service in time."""
LONGEST_BACK_OFF: Final = 60.0
SHORTEST_LIMIT: Final = 8.0
"""Seconds that an answer is given at least, where waiting longer for it would outlast the code."""
EXPIRED: Final = frozenset({"expired_token", "code_expired", "AADSTS70019", "AADSTS70020"})
"""Errors and codes that say that the code has expired (protocol 1.4)."""


def is_code_expired(refusal: ServiceRefusal) -> bool:
    """Return whether the service says that the code has expired."""
    return refusal.error in EXPIRED or refusal.code in EXPIRED


class Polling:
    """The wait for the sign-in with one code.

    Args:
        grant: polls.
        code: as it was issued; its life is measured on the monotonic clock, because the wall clock may jump.
        clock: measures waits.
        cancel: ends the wait.
        emit: is told what is waited for.
        who: who is to sign in, in a few words.
    """

    def __init__(
        self, grant: DeviceCodeGrant, code: DeviceCode, clock: Clock, cancel: Cancel, emit: Emit, who: str
    ) -> None:
        self.code = code
        self.pending_since_change = 0
        """How often the service said "not yet" since the credential was changed."""
        self._grant, self._clock, self._cancel, self._emit, self._who = grant, clock, cancel, emit, who
        self._ends = code.issued_at + code.life
        self._last_call = code.asked_at + code.life - min(LAST_CALL, code.life / 4)
        self._back_off = 0.0
        self._pending_at: float | None = None
        self._failures: Counter[str] = Counter()
        self._trouble: Unreachable | None = None

    @property
    def failures(self) -> str:
        """What came back in place of an answer since the last "not yet", and how often; "" for nothing."""
        return "; ".join(f"{what}, {_times(times)}" for what, times in self._failures.most_common(3))

    def wait_for_tokens(self, credential: Credential | None) -> TokenResponse:
        """Poll, as a client with `credential` or as a public one, until there is an answer; may be called again.

        Raises:
            ServiceRefusal: declined, expired, refused.
            Unanswered: the code has expired, and no answer could be read since: whether somebody signed in is unknown.
            Cancelled: the cancel signal was set.
        """
        self.pending_since_change = 0
        now, clock = self._clock.now(), self._clock
        until = now + timedelta(seconds=max(0.0, self._ends - clock.monotonic()))
        self._emit(Waiting(f"{self._who} to sign in", now, until))
        try:
            while True:
                clock.wait(self._pause(), self._cancel)
                asked_at = clock.monotonic()
                try:
                    with self._limited_to_last_call():
                        return self._grant.poll(self.code, credential)
                except AuthorizationPending as pending:
                    self._note_pending(pending)
                except Unreachable as trouble:
                    self._note_trouble(trouble)
                    again = clock.now() + timedelta(seconds=self._pause())
                    held_up = trouble_of(trouble.host, trouble.kind, trouble.detail)
                    what = f"{self._who} to sign in"
                    self._emit(Waiting(what, clock.now(), until, again, held_up, "The code stays good."))
                except ServiceRefusal as refusal:
                    if is_code_expired(refusal) and self._trouble is not None:
                        raise self._unanswered(self._trouble) from None
                    raise
                if asked_at >= self._ends:
                    if self._trouble is not None:
                        raise self._unanswered(self._trouble)
                    raise ServiceRefusal("entra", "", "expired_token", "the code has expired")
        finally:
            self._emit(WaitEnded())

    def _pause(self) -> float:
        """Return the seconds until the next poll: as many as the service wants, but never past the code's end."""
        now = self._clock.monotonic()
        to_last_call, to_end = self._last_call - now, self._ends - now
        interval = self.code.interval
        if self._trouble is not None:
            if to_last_call > 0:
                return min(max(interval, self._back_off), to_last_call)
            return max(0.0, min(1.0, to_end))  # two or three more tries: then the code has expired anyway
        if to_last_call > 0:
            # The last call replaces the two polls around it, so that the pace is kept where there is time for it.
            return interval if 2 * interval <= to_last_call else to_last_call
        return max(to_end, min(interval, DEFAULT_INTERVAL)) if to_end > 0 else 0.0

    def _note_pending(self, pending: AuthorizationPending) -> None:
        self.code.interval += 5.0 if pending.slow_down else 0.0
        self.pending_since_change += 1
        self._back_off = 0.0
        self._pending_at = self._clock.monotonic()
        self._failures.clear()
        self._trouble = None

    def _note_trouble(self, trouble: Unreachable) -> None:
        seconds = trouble.retry_after if isinstance(trouble, Busy) else None
        self._back_off = seconds or min(max(2 * self._back_off, self.code.interval), LONGEST_BACK_OFF)
        self._failures[trouble.detail] += 1
        self._trouble = trouble

    def _unanswered(self, trouble: Unreachable) -> Unanswered:
        since = None if self._pending_at is None else self._ends - self._pending_at
        return Unanswered(trouble.host, trouble.kind, self.failures, since)

    @contextmanager
    def _limited_to_last_call(self) -> Iterator[None]:
        """Give up an answer in time for the last call: a service that hangs must not outlast the code."""
        now = self._clock.monotonic()
        to_last_call = self._last_call - now
        if not 0 < to_last_call < CONNECT_LIMIT + ANSWER_LIMIT:
            yield
            return
        with self._grant.limited_to(max(to_last_call, min(SHORTEST_LIMIT, self._ends - now - 1.0), 1.0)):
            yield


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
