"""A few customers of a partner, in words that stay whatever becomes of the program's own."""

from __future__ import annotations

from collections.abc import Iterator

from screens.customer_source import CustomerRow
from screens.dialogs.customer_table import CustomerTable
from tests.screens.driving import Driver
from tests.screens.gallery.ways import stand_on
from wizard.core.findings import Finding, Outcome, Who
from wizard.core.waiting import Cancel
from wizard.onboarding.view import JourneyView

CHECK = "customers.consent"
REFUSES = Finding(
    CHECK,
    Outcome.FAILS,
    "A policy of the customer's tenant gives the integration user no token.",
    {},
    (
        "Find the policy: entra.microsoft.com > Entra ID > Sign-in logs > the failed entry.",
        'Exclude "Service provider users" of the partner\'s tenant there.',
    ),
    (Who.ADMIN,),
    "AADSTS53003",
    title="The customer's Conditional Access refuses",
    administrator="customer_policies",
)
NOT_YET = Finding(
    CHECK, Outcome.FAILS, "The app has no consent.", {}, ("Consent.",), (Who.OPERATOR,), title="Nobody has consented"
)
HOLDS = Finding(CHECK, Outcome.HOLDS, "Everything that is wanted is granted.")
LISTED = tuple(
    CustomerRow(f"c0000000-0000-4000-8000-{number:012d}", name, domain, "active")
    for number, (name, domain) in enumerate(
        [("Fabrikam", "fabrikam.com"), ("Northwind", "northwind.com"), ("Adatum", "adatum.com"), ("Wingtip", "")]
    )
)


class FewCustomers:
    """Three of four have answered; the fourth never does."""

    def look(self, view: JourneyView, cancel: Cancel) -> Iterator[tuple[CustomerRow, ...] | CustomerRow | Finding]:
        """Three at once."""
        yield LISTED
        for row, state, finding in zip(
            LISTED, ("consented", "policy", "not consented"), (HOLDS, REFUSES, NOT_YET), strict=False
        ):
            yield CustomerRow(row.tenant_id, row.name, row.domain, row.relationship, state, finding)
        cancel.wait(60)


async def show_customers(driver: Driver) -> CustomerTable:
    """Open the table, and wait until three have answered."""
    await stand_on(driver, "tenant")
    view = driver.shell.controller.view
    assert view is not None
    table = CustomerTable(FewCustomers(), view)
    driver.app.push_screen(table)
    await driver.until_text("3 of 4")
    return table
