"""The customers of the onboarding that is shown, as the screens see them; the command that starts them fills it in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from wizard.core.findings import Finding
    from wizard.core.waiting import Cancel
    from wizard.onboarding.view import JourneyView


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer in the table.

    Args:
        tenant_id: of its tenant.
        name, domain: "" where nobody lists them.
        relationship: the status of its best GDAP relationship, in words.
        state: how the app stands there, in words; "" while its tenant was not asked yet.
        finding: what was found; None while it was not asked yet.
    """

    tenant_id: str
    name: str
    domain: str
    relationship: str
    state: str = ""
    finding: Finding | None = None


class CustomerSource(Protocol):
    """Asks for customers; nothing is changed."""

    def look(self, view: JourneyView, cancel: Cancel) -> Iterator[tuple[CustomerRow, ...] | CustomerRow | Finding]:
        """Yield the list of customers, then each as its tenant answers; and in between what could not be read.

        Args:
            view: the journey whose token is stored.
            cancel: ends it.

        Raises:
            WizardError: it cannot go on; `Cancelled` where the signal was set.
        """
        ...
