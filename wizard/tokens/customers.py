"""One customer's tenant: what the app is granted there, consented, removed and put back (protocol 11.7).

Removing is the only way to widen a grant, and takes away everything that is granted for everybody, also by others. So
all of it is read and kept on disk before, and posted again; a run that was killed in between puts it back first at its
next start. Nothing is posted on a guess: only 65001 means that nobody has consented yet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.retries import wait
from wizard.microsoft.customer_consents import consent_to, removal_of
from wizard.tokens.consent_plan import Plan, lost, plan_of
from wizard.tokens.customer_access import Access, Came, Customer
from wizard.tokens.customer_grants import ApiGrant, GrantReader
from wizard.tokens.customer_requests import CustomerRequests
from wizard.tokens.customer_states import API_MISSING, NOT_CONSENTED_YET, CustomerState, state_of
from wizard.tokens.record import Owner
from wizard.tokens.redeem import redeem_with_retries

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.services import Services
    from wizard.microsoft.token_response import TokenResponse
    from wizard.tokens.wanted_consents import WantedApi

SEEN_AFTER: Final = (2.0, 5.0, 10.0, 20.0, 30.0)
"""Seconds between looks for a consent that was posted: a minute was enough (protocol 11.7)."""
IS_THERE: Final = 409
"""Partner Center's status for a consent that is there: believed only after a look through Graph (protocol 11.7)."""
ROUNDS: Final = 2


@dataclass(slots=True)
class _Posted:
    """What came of the consents that were posted.

    Args:
        trouble: what went wrong first, None where nothing did.
        has_conflict: whether Partner Center said of one that it is there already.
        is_whole: whether it took all that was granted before.
    """

    trouble: ServiceRefusal | Unreachable | None = None
    has_conflict: bool = False
    is_whole: bool = True


@dataclass(slots=True)
class CustomerConsent:
    """The work at one customer. Every public function returns what came of it, and raises `Cancelled` alone."""

    access: Access
    customer: Customer
    _services: Services = field(init=False)
    _reader: GrantReader = field(init=False)
    _requests: CustomerRequests = field(init=False)
    _token: Secret | None = None
    _not_yet: ServiceRefusal | None = None
    _absent: set[str] = field(default_factory=set)
    _was_restored: bool = False
    _seen_again: tuple[ApiGrant, ...] | None = None

    def __post_init__(self) -> None:
        """Open services for this customer alone: they end with it."""
        self._services = self.access.services()
        self._requests = CustomerRequests(self.access.sending, self._services.http)
        self._reader = GrantReader(self.access.waiter, self._services, self.access.client_id)

    def look(self) -> Came:
        """Return how it stands; nothing is changed."""
        return self._guarded(self._look)

    def consent(self) -> Came:
        """Let the app be granted what is wanted, and prove it by a token of the customer's tenant."""
        return self._guarded(self._consent)

    def restore(self) -> Came:
        """Put back what an earlier run has removed."""
        return self._guarded(lambda: self._put_back() or self._look())

    def remove(self) -> Came:
        """Remove everything that is granted for everybody; the service principal stays."""
        return self._guarded(self._remove)

    def _guarded(self, act: Callable[[], Came]) -> Came:
        try:
            came = act()
        except ServiceRefusal as refusal:
            came = Came(self.customer, self._state_of(refusal), refusal)
        except Unreachable as error:
            came = Came(self.customer, CustomerState.UNREACHABLE, error=error)
        absent = tuple(each.name for each in self.access.wanted if each.app_id in self._absent)
        is_kept = self.access.kept.read(self.customer.tenant_id) is not None
        return replace(came, absent=absent, is_kept=is_kept, was_restored=self._was_restored)

    def _state_of(self, refusal: ServiceRefusal) -> CustomerState:
        """Return what a refusal means: a relationship that has ended, or is read-only, says more than the refusal."""
        state = state_of(refusal)
        if self.customer.has_ended and state in {CustomerState.NO_ACCESS, CustomerState.NO_ROLE}:
            return CustomerState.ENDED
        return CustomerState.READ_ONLY if self.customer.is_read_only and state is CustomerState.NO_ROLE else state

    # --- looking ------------------------------------------------------------------------------------------------------

    def _look(self) -> Came:
        granted = self._grants()
        plan = plan_of(granted or (), self.access.wanted, self._missing_apis(granted))
        if not plan.posts:
            return self._proven(granted or (), just_posted=False)
        state = CustomerState.NOT_CONSENTED if granted is None else CustomerState.NO_GRANT
        state = CustomerState.READ_ONLY if self.customer.is_read_only else state
        state = CustomerState.ENDED if self.customer.has_ended else state
        return Came(self.customer, state, self._not_yet if granted is None else None, plan=plan, granted=granted)

    def _grants(self) -> tuple[ApiGrant, ...] | None:
        """Return what is granted for everybody; None where nobody has consented yet, which 65001 alone says."""
        try:
            self._token = self._redeem(self.access.wanted[0]).access_token
        except ServiceRefusal as refusal:
            if refusal.code != NOT_CONSENTED_YET:
                raise
            self._token, self._not_yet = None, refusal
            return None
        return self._reader.grants(self._token)

    def _missing_apis(self, granted: tuple[ApiGrant, ...] | None) -> set[str]:
        """Return the wanted APIs that the customer does not have, as far as the app may look already."""
        has = {each.app_id for each in granted or ()}
        for api in self.access.wanted:
            if self._token is not None and api.app_id not in has and not self._reader.has_api(self._token, api.app_id):
                self._absent.add(api.app_id)
        return self._absent

    def _redeem(self, api: WantedApi) -> TokenResponse:
        access, host = self.access, str(getattr(self._services.cloud, api.host))
        owner = Owner(self.customer.tenant_id, access.client_id)
        scope = f"https://{host}/.default"
        return redeem_with_retries(access.waiter, self._services, owner, access.credential, access.refresh_token, scope)

    def _proven(self, granted: tuple[ApiGrant, ...], *, just_posted: bool) -> Came:
        """Return that it is consented, if a token of the customer's tenant for each API says so."""
        for api in self.access.wanted[1:]:
            if not api.host or api.app_id in self._absent or not getattr(self._services.cloud, api.host):
                continue
            for pause in (*(SEEN_AFTER if just_posted else ()), None):
                try:
                    self._redeem(api)
                    break
                except ServiceRefusal as refusal:
                    if refusal.code == API_MISSING:
                        self._absent.add(api.app_id)
                        break
                    if refusal.code != NOT_CONSENTED_YET or pause is None:
                        raise
                wait(self.access.waiter, "the consent to be seen", pause)
        state = CustomerState.API_ABSENT if self._absent else CustomerState.CONSENTED
        return Came(self.customer, state, granted=granted)

    # --- changing -----------------------------------------------------------------------------------------------------

    def _consent(self) -> Came:
        if (came := self._put_back()) is not None:
            return came
        granted, plan = self._seen_again or self._grants(), None
        for _round in range(ROUNDS):
            following = plan_of(granted or (), self.access.wanted, self._missing_apis(granted))
            if not following.posts:
                return replace(self._proven(granted or (), just_posted=plan is not None), plan=plan)
            plan = following
            if plan.deletes and not plan.is_identified:
                return Came(self.customer, CustomerState.UNIDENTIFIED, plan=plan, granted=granted)
            if self.customer.is_read_only:
                return Came(self.customer, CustomerState.READ_ONLY, plan=plan, granted=granted)
            former, granted = granted or (), self._make(plan)
            if self.access.kept.read(self.customer.tenant_id) is not None or lost(former, granted or ()):
                break  # not all is seen that was granted: nothing is removed, or kept in its place, by such a look
        if plan_of(granted or (), self.access.wanted, self._absent).posts:
            return Came(self.customer, CustomerState.NOT_SEEN, plan=plan, granted=granted)
        return replace(self._proven(granted or (), just_posted=True), plan=plan)

    def _make(self, plan: Plan) -> tuple[ApiGrant, ...] | None:
        """Send what is planned; return what is seen to be granted then.

        Raises:
            ServiceRefusal, Unreachable: something was not taken; what was removed is posted again, or stays kept.
        """
        kept, customer_id = self.access.kept, self.customer.tenant_id
        if plan.deletes:
            kept.keep(customer_id, plan.before)
            try:
                self._requests.remove(removal_of(customer_id, self.access.client_id))
            except (ServiceRefusal, Unreachable) as error:
                if self._is_untouched(plan, error):
                    kept.drop(customer_id)
                raise
        came = self._post_all(plan)
        posted = tuple(each for each in plan.posts if each.app_id not in self._absent)
        seen = self._read_back(plan.before if came.trouble else posted, stops_early=came.has_conflict)
        if plan.deletes and came.is_whole and seen is not None and not lost(plan.before, seen):
            kept.drop(customer_id)
        if came.trouble is not None:
            raise came.trouble
        return seen

    def _is_untouched(self, plan: Plan, error: ServiceRefusal | Unreachable) -> bool:
        """Return whether all is granted as before a removal that was refused: somebody may refuse what has been done.

        Where it is not Partner Center that answered, a look may come too early to tell.
        """
        if isinstance(error, ServiceRefusal) and not error.code:
            return False
        try:
            seen = self._grants()
        except (ServiceRefusal, Unreachable):
            return False
        return seen is not None and not lost(plan.before, seen)

    def _post_all(self, plan: Plan) -> _Posted:
        """Post every consent; return what came of it.

        Raises:
            ServiceRefusal, Unreachable: the first that went wrong, where nothing was removed before.
        """
        former = {each.app_id: each for each in plan.before}
        came = _Posted()
        for grant in plan.posts:
            before = former.get(grant.app_id)
            try:
                if before is None and not self._is_there(grant.app_id):
                    self._absent.add(grant.app_id)
                    continue
                came.has_conflict |= self._post(grant)
            except (ServiceRefusal, Unreachable) as error:
                if not plan.deletes:
                    raise
                came.trouble = came.trouble or error
                came.is_whole &= before is None or self._is_posted_again(before)
        return came

    def _is_posted_again(self, grant: ApiGrant) -> bool:
        """Return whether Partner Center takes what was granted before, where it does not take what is wanted."""
        try:
            self._post(grant)
        except (ServiceRefusal, Unreachable):
            return False
        return True

    def _is_there(self, app_id: str) -> bool:
        """Return whether the customer has an API that is to be consented to; Graph, which says it, is everywhere."""
        if app_id == self.access.wanted[0].app_id:
            return True
        if self._token is None:
            self._read_back((), stops_early=False)
        return self._token is None or self._reader.has_api(self._token, app_id)

    def _read_back(self, expected: tuple[ApiGrant, ...], *, stops_early: bool) -> tuple[ApiGrant, ...] | None:
        """Return what is granted once what is expected is among it, or after a minute; None where nothing is seen.

        Args:
            expected: what was posted.
            stops_early: whether it may have been there before, and perhaps narrower: then the first look is enough.
        """
        for pause in (*SEEN_AFTER, None):
            seen = self._grants()
            if seen is not None and (stops_early or not lost(expected, seen)):
                return seen
            if pause is not None:
                wait(self.access.waiter, "the consent to be seen", pause)
        return seen

    def _put_back(self) -> Came | None:
        """Post what an earlier run has removed; return how it stands where that is not whole, else None.

        Raises:
            ServiceRefusal, Unreachable: it was not taken; it stays kept.
        """
        kept = self.access.kept.read(self.customer.tenant_id)
        if kept is None:
            return None
        trouble: ServiceRefusal | Unreachable | None = None
        for grant in kept:
            try:
                self._post(grant)
            except (ServiceRefusal, Unreachable) as error:
                trouble = trouble or error
        seen = self._read_back(kept, stops_early=trouble is not None)
        is_there = seen is not None and not lost(kept, seen)
        self._seen_again = seen  # what a later look shows may be of an earlier moment: it would count as all there was
        if isinstance(trouble, ServiceRefusal) and trouble.code and is_there:
            self.access.kept.drop(self.customer.tenant_id)  # Partner Center takes nothing here, and has taken nothing
            return None
        if trouble is not None or not is_there:
            refusal = trouble if isinstance(trouble, ServiceRefusal) else None
            silence = trouble if isinstance(trouble, Unreachable) else None
            return Came(self.customer, CustomerState.NOT_RESTORED, refusal, silence, granted=seen)
        self.access.kept.drop(self.customer.tenant_id)
        self._was_restored = True
        return None

    def _remove(self) -> Came:
        try:
            self._requests.remove(removal_of(self.customer.tenant_id, self.access.client_id))
        except ServiceRefusal as refusal:
            if refusal.status != 404 or self._grants() is not None:
                raise
        self.access.kept.drop(self.customer.tenant_id)
        for pause in (*SEEN_AFTER, None):
            granted = self._grants()
            if not granted:
                return Came(self.customer, CustomerState.REMOVED, granted=())
            if pause is not None:
                wait(self.access.waiter, "the removal to be seen", pause)
        return Came(self.customer, CustomerState.NOT_SEEN, granted=granted)

    def _post(self, grant: ApiGrant) -> bool:
        """Consent to one API; return whether Partner Center says that it is there already.

        Raises:
            ServiceRefusal, Unreachable: it is not taken.
        """
        client_id, name = self.access.client_id, self.access.app_name
        try:
            self._requests.post(consent_to(self.customer.tenant_id, client_id, name, grant.app_id, grant.scopes))
        except ServiceRefusal as refusal:
            if refusal.status != IS_THERE:
                raise
            return True
        return False
