"""A partner with customers on the rehearsal cloud, and the run over them as the command opens it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from tests.harness import in_world
from tests.rehearsals.stored_journeys import CLIENT, Stored
from wizard.commands.rehearse import PacedClock
from wizard.core.fixes import Action
from wizard.jobs.customer_run import CustomerRun, open_run
from wizard.journeys.kept_grants import KeptGrants
from wizard.journeys.session import Session
from wizard.microsoft.clouds import read_cloud_file
from wizard.rehearsal import Scene, load_scene
from wizard.rehearsal.choices import Service
from wizard.rehearsal.customer_facts import Customer, CustomerCase, Customers, ForeignGrant
from wizard.rehearsal.customer_tenants import CustomerTenant, CustomerTenants
from wizard.rehearsal.world import Consent
from wizard.tokens.wanted_consents import built_in_wanted

SHAREPOINT = "00000003-0000-0ff1-ce00-000000000000"
EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"
GRAPH = "00000003-0000-0000-c000-000000000000"
AZURE = "797f4846-ba00-4fd7-ba43-dac1f8f63013"
FOREIGN = (
    ForeignGrant(SHAREPOINT, ("AllSites.Read", "AllSites.Write")),
    ForeignGrant(EXCHANGE, ("Exchange.Manage",)),
    ForeignGrant(SHAREPOINT, ("MyFiles.Read",), user="55555555-eeee-4eee-8eee-0000000000aa"),
)
"""What others have granted to the app, to everybody and to one user."""
Scopes = dict[str, frozenset[str]]


@dataclass
class Partner:
    """A partner that has onboarded, and has customers."""

    journey: Stored
    run: CustomerRun
    kept: KeptGrants
    actions: list[Action]
    since: int = 0

    def add(self, case: CustomerCase, number: int = 0, foreign: tuple[ForeignGrant, ...] = ()) -> CustomerTenant:
        """Let there be one more customer."""
        customer = Customer(f"d0000000-0000-4000-8000-{number:012d}", f"c{number}.example", "Northwind", case, foreign)
        with self.journey.cloud.state.lock:
            return self.journey.cloud.state.customers.add(customer)

    def sent(self, method: str = "") -> list[str]:
        """The requests about consents that Partner Center got: method and status."""
        return [
            f"{each.method} {each.status}" for each in self.journey.cloud.log[self.since :]
            if "/applicationconsents" in each.path and method in ("", each.method)
        ]  # fmt: skip


def granted(tenant: CustomerTenant) -> Scopes:
    """What the app is granted there for everybody."""
    return {app_id: grant.scopes for app_id, grant in tenant.grants.items()}


def partner_scene() -> Scene:
    """A partner on a cloud that has Azure Resource Manager: a token for it proves a consent."""
    scene = load_scene("all-holds-public")
    return in_world(scene, azure=replace(scene.world.azure, answers=True))


def reads_relationships(journey: Stored) -> None:
    """Let the app read GDAP relationships in the partner's tenant."""
    state = journey.cloud.state
    with state.lock:
        state.set_grant(CLIENT, Service.GRAPH, frozenset({"User.Read", "DelegatedAdminRelationship.Read.All"}))


def open_partner(journey: Stored, state: Path) -> Partner:
    """Open the run over the customers of a journey that was played."""
    clouds = read_cloud_file(journey.cloud.cloud_file)
    session = Session(clouds, clock=PacedClock(journey.cloud.clock))
    onboarding = session.load(journey.at_hand).onboarding
    actions: list[Action] = []
    onboarding.record = actions.append
    kept = KeptGrants(state, CLIENT)
    run = open_run(onboarding, built_in_wanted(), kept)
    assert isinstance(run, CustomerRun), run
    return Partner(journey, run, kept, actions, len(journey.cloud.log))


def begin_anew(journey: Stored) -> None:
    """Let the partner have no customer: one cloud serves many tests."""
    journey.in_world(customers=Customers(), consent=Consent())
    with journey.cloud.state.lock:
        journey.cloud.state.customers = CustomerTenants(Customers())
        journey.cloud.state.joined_customer_group = False
        journey.cloud.state.roles_given.clear()
    reads_relationships(journey)
