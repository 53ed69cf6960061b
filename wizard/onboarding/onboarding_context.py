"""What the checks of one onboarding work on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from wizard.core.answers import Answers
from wizard.core.events import Emit
from wizard.core.facts import Facts
from wizard.core.fixes import Action
from wizard.core.timestamps import timestamp
from wizard.core.waiting import Cancel, Clock
from wizard.onboarding.memory import Memory
from wizard.onboarding.profile_spec import ProfileSpec, default_profile
from wizard.onboarding.token_place import secret_name_of
from wizard.tokens.record import Owner

if TYPE_CHECKING:
    from wizard.microsoft import services


@dataclass(slots=True)
class Onboarding:
    """One onboarding: what was answered, what was learnt, and what a check asks and waits with.

    Args:
        answers: of the operator.
        services: Microsoft's services, as this onboarding asks them.
        clock: what waits go by.
        cancel: the signal that ends every wait.
        emit: is given every event.
        facts: what checks have learnt.
        memory: what this process alone knows.
        is_attended: whether a person is there who can paste or say things while a check waits.
        port: of this machine, at which a browser's answer is received; 0 for any free one.
        spec: which kind of onboarding it is.
        record: keeps a line of what a fix changes, before the next request leaves.
    """

    answers: Answers
    services: services.Services
    clock: Clock
    cancel: Cancel
    emit: Emit = lambda _event: None
    facts: Facts = field(default_factory=Facts)
    memory: Memory = field(default_factory=Memory)
    is_attended: bool = False
    port: int = 0
    spec: ProfileSpec = field(default_factory=default_profile)
    record: Callable[[Action], None] = lambda _action: None

    def learn(self, **facts: Any) -> None:
        """Keep what a check has learnt; names are those of `Facts`."""
        self.facts = replace(self.facts, **facts)

    @property
    def owner(self) -> Owner:
        """Whose token it is."""
        return Owner(self.facts.tenant_id, self.answers.client_id)

    @property
    def secret_name(self) -> str:
        """The name under which the vault keeps the token, or is to keep it."""
        return secret_name_of(self.answers, self.facts)

    @property
    def api_audience(self) -> str:
        """The `aud` of a token for the API of this kind of onboarding."""
        return self.services.cloud.audience(self.spec.api)

    @property
    def api_scope(self) -> str:
        """The delegated permission that the integration user consents to."""
        return self.services.cloud.scope(self.spec.api)

    @property
    def app_tenant_id(self) -> str:
        """The tenant that the app is registered in: the vendor's own, or the one that is onboarded."""
        return self.facts.home_tenant_id or self.facts.tenant_id

    def now_stamp(self) -> str:
        """Return the present moment as facts keep times."""
        return timestamp(self.clock.now())
