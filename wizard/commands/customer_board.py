"""Asks for the customers of the onboarding that the screens show: how the app stands at each. Nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from screens.customer_source import CustomerRow

if TYPE_CHECKING:
    from wizard.core.findings import Finding
    from wizard.core.waiting import Cancel
    from wizard.jobs.customer_list import KnownCustomer
    from wizard.journeys.session import Session
    from wizard.onboarding.view import JourneyView


class CustomerBoard:
    """Asks with the token that is stored.

    Args:
        session: of the wizard.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def look(self, view: JourneyView, cancel: Cancel) -> Iterator[tuple[CustomerRow, ...] | CustomerRow | Finding]:
        """Yield the list of customers, then each as its tenant answers; and in between what could not be read.

        Raises:
            WizardError: it cannot go on; `Cancelled` where the signal was set.
        """
        import os

        from wizard.core.findings import Finding
        from wizard.jobs.customer_run import member_of, open_run
        from wizard.jobs.fleet import Member, Result, ask_all
        from wizard.journeys.kept_grants import KeptGrants
        from wizard.journeys.saved_journey import SavedJourney
        from wizard.journeys.session import Session
        from wizard.journeys.state_folder import state_folder
        from wizard.tokens.customer_access import Came
        from wizard.tokens.customers import CustomerConsent
        from wizard.tokens.wanted_consents import built_in_wanted

        session = Session(self._session.clouds, self._session.profiles, self._session.clock, cancel=cancel)
        onboarding = session.load(SavedJourney(view.answers, view.facts, {}, {}, "")).onboarding
        kept = KeptGrants(Path(state_folder(os.environ)), view.answers.client_id)
        run = open_run(onboarding, built_in_wanted(), kept)
        if isinstance(run, Finding):
            yield run
            return
        listed = run.listed()
        yield tuple(_row(each) for each in listed.known.values())
        yield from listed.unread
        came: dict[str, Came] = {}

        def ask(member: Member) -> Result:
            result, came[member.name] = run.asked(listed.known[member.name].customer, CustomerConsent.look)
            return result

        members = (member_of(each.customer) for each in listed.known.values())
        for result in ask_all(members, ask, WORKERS, cancel):
            name = result.member.name
            what = came.pop(name, None)
            if what is not None:
                yield _row(listed.known[name], what.state.value.replace("_", " "), run.finding_of(what))


WORKERS = 8
"""Customers that are asked side by side: somebody looks on."""


def _row(known: KnownCustomer, state: str = "", finding: Finding | None = None) -> CustomerRow:
    customer = known.customer
    return CustomerRow(
        customer.tenant_id, customer.name, customer.domain, known.relationship or "not read", state, finding
    )
