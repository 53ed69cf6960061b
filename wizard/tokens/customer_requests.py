"""The requests that change what an app is granted at a customer: within Partner Center's limit, and each recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from secrets import token_hex
from typing import TYPE_CHECKING

from wizard.core.errors import Busy, ServiceRefusal, Unreachable
from wizard.core.fixes import CUSTOMERS, Action, ActionState
from wizard.core.retries import WaitContext, with_retries
from wizard.core.timestamps import timestamp
from wizard.microsoft.customer_consents import ConsentRequest, CustomerConsents

if TYPE_CHECKING:
    from wizard.core.request_rate import RequestRate
    from wizard.core.secret import Secret
    from wizard.microsoft.http import Http
    from wizard.tokens.record import Owner


@dataclass(frozen=True, slots=True)
class Sending:
    """What the requests of a run have in common.

    Args:
        waiter: waits between tries.
        owner: the partner's tenant, and the app.
        account: who asks, for the record.
        partner_token: returns a token for Partner Center.
        rate: keeps the limit of Partner Center.
        record: keeps a line of each request, before it leaves and after its answer.
    """

    waiter: WaitContext
    owner: Owner
    account: str
    partner_token: Callable[[], Secret]
    rate: RequestRate
    record: Callable[[Action], None]


@dataclass(slots=True)
class CustomerRequests:
    """Sends them for one customer.

    Args:
        sending: what they have in common.
        http: the one HTTP path.
    """

    sending: Sending
    http: Http
    _group: str = field(default_factory=lambda: token_hex(6))
    _sent: int = 0

    def post(self, request: ConsentRequest) -> None:
        """Make a request that may be made twice: a second one is answered with 409.

        Raises:
            ServiceRefusal: it was refused.
            Busy, Unreachable: at the last of several tries.
            NotRecorded: the record cannot be written, so it did not leave.
        """
        self._sent += 1
        with_retries(self.sending.waiter, f"{request.method} {request.path}", lambda: self._once(request))

    def remove(self, request: ConsentRequest) -> bool:
        """Make a request that removes something, once; return whether it was done, as far as an answer says so.

        A second one would be told that nothing is there, which says nothing of the first. Only where it was too busy to
        be looked at (429) it is made again.

        Raises:
            ServiceRefusal: it was refused, so nothing was done.
            Busy: it was not looked at, at the last of several tries.
            NotRecorded: the record cannot be written, so it did not leave.
        """
        self._sent += 1

        def once() -> bool:
            try:
                self._once(request)
            except Unreachable as error:
                if _is_throttled(error):
                    raise
                return False
            return True

        return with_retries(self.sending.waiter, f"{request.method} {request.path}", once)

    def _once(self, request: ConsentRequest) -> None:
        sending = self.sending
        access_token = sending.partner_token()
        sending.rate.wait_for_turn(sending.waiter.cancel)
        self._record(request, ActionState.SENT)
        try:
            answer = CustomerConsents(self.http).send(request, access_token)
        except ServiceRefusal as refusal:
            state = ActionState.NOT_NEEDED if refusal.status == 409 else ActionState.REFUSED
            self._record(request, state, refusal.status, refusal.ids.request_id, refusal.description)
            raise
        except Unreachable as error:
            state = ActionState.REFUSED if _is_throttled(error) else ActionState.NO_ANSWER
            self._record(request, state, message=error.detail)
            raise
        self._record(request, ActionState.MADE, answer.status, answer.headers.get("ms-requestid", ""))

    def _record(
        self, request: ConsentRequest, state: ActionState, status: int = 0, request_id: str = "", message: str = ""
    ) -> None:
        sending = self.sending
        sending.record(
            Action(
                f"{self._group}.{self._sent}",
                timestamp(sending.waiter.clock.now()),
                CUSTOMERS,
                CUSTOMERS,
                (self._sent, self._sent),
                sending.account,
                sending.owner.tenant_id,
                sending.owner.client_id,
                request.method,
                self.http.cloud.partner_center,
                request.path,
                state,
                status=status,
                request_id=request_id,
                message=message,
            )
        )


def _is_throttled(error: Unreachable) -> bool:
    return isinstance(error, Busy) and error.status == 429
