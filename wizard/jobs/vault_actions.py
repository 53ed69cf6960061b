"""The record of what a job changes in a vault: a line before each request leaves, and one after its answer."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from secrets import token_hex
from typing import TYPE_CHECKING

from wizard.core.errors import NotRecorded, ServiceRefusal, Unreachable
from wizard.core.fixes import RENEWAL, Action, ActionState
from wizard.core.text import clean_line

if TYPE_CHECKING:
    from wizard.onboarding.onboarding_context import Onboarding


@dataclass(slots=True)
class VaultActions:
    """The requests of one run, in their order.

    Args:
        onboarding: whose vault it is; says who is recorded, and where.
        host: of the vault.
        actions: what is known of each request, by its number.
    """

    onboarding: Onboarding
    host: str
    actions: dict[str, Action] = field(default_factory=dict)
    _group: str = field(default_factory=lambda: token_hex(6))

    def sent(self, check: str, method: str, path: str) -> str:
        """Record that a request is about to leave, and return its number.

        Raises:
            NotRecorded: the record cannot be written, so that nothing may be changed.
        """
        onboarding, place = self.onboarding, len(self.actions) + 1
        number = f"{self._group}.{place}"
        action = Action(
            number,
            onboarding.now_stamp(),
            RENEWAL,
            check,
            (place, place),
            f"the vault identity “{onboarding.answers.vault_identity}”",
            onboarding.app_tenant_id,
            onboarding.answers.client_id,
            method,
            self.host,
            path,
            ActionState.SENT,
        )
        onboarding.record(action)
        self._keep(action)
        return number

    def made(self, number: str) -> None:
        """Record that a request was done."""
        self._settle(number, ActionState.MADE, status=200)

    def failed(self, number: str, error: ServiceRefusal | Unreachable) -> None:
        """Record that a request was refused, or got no answer."""
        if isinstance(error, ServiceRefusal):
            said = self.onboarding.services.http.redactor.redact(clean_line(error.description or error.code, 300))
            ids = error.ids.request_id
            self._settle(number, ActionState.REFUSED, status=error.status, request_id=ids, message=said)
        else:
            self._settle(number, ActionState.NO_ANSWER, message=error.detail)

    def _settle(
        self, number: str, state: ActionState, *, status: int = 0, request_id: str = "", message: str = ""
    ) -> None:
        action = replace(
            self.actions[number],
            at=self.onboarding.now_stamp(),
            state=state,
            status=status,
            request_id=request_id,
            message=message,
        )
        with suppress(NotRecorded):  # the line before it says that it left
            self.onboarding.record(action)
        self._keep(action)

    def _keep(self, action: Action) -> None:
        self.actions[action.number] = action
        self.onboarding.memory.actions.append(action)
