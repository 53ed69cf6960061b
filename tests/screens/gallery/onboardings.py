"""Onboardings for the list of the first page: one of each way in which they can stand."""

from __future__ import annotations

from wizard.journeys.entry import Entry

FOLDER = "/home/operator/.local/state/partner-wizard"
APP = "33333333-cccc-4ccc-8ccc-00000000000"


def entry(number: int, tenant: str, **more: str) -> Entry:
    """An onboarding of the folder."""
    name = f"{tenant or 'draft'}-{number:010x}"
    app = {"app": f"{APP}{number}"} if tenant else {}
    return Entry(f"{FOLDER}/journeys/{name}.json", name, cloud="global", profile="csp", tenant=tenant, **app, **more)


SEVERAL = (
    entry(
        1,
        "contoso.com",
        app_name="Partner automation",
        outcome="proven",
        stands="proven",
        expires_at="2027-02-19T09:59:00Z",
        expires_why="90 days without a renewal",
    ),
    entry(
        2,
        "emea.contoso.com",
        outcome="proven",
        stands="proven",
        expires_at="2026-11-30T10:00:00Z",
        expires_why="the app's credential expires",
    ),
    entry(
        3,
        "fabrikam.com",
        outcome="failed",
        step="app",
        stands="step 2, App registration: The client secret is wrong",
    ),
    entry(
        4,
        "a-rather-long-name-of-a-subsidiary.fabrikam.onmicrosoft.com",
        outcome="unreachable",
        step="store",
        stands="step 5, Store and prove: Could not tell whether the token was written to the vault",
    ),
    Entry(
        f"{FOLDER}/journeys/tailspin.contoso.com-0000000005.json",
        "tailspin.contoso.com-0000000005",
        stands="cannot be used: it is not a saved journey",
    ),
    Entry(
        f"{FOLDER}/journey.json",
        "journey.json",
        cloud="global",
        profile="csp",
        tenant="northwind.contoso.com",
        outcome="provisional",
        step="consent",
        stands="step 3, Admin consent",
    ),
)
