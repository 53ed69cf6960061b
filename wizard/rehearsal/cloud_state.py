"""Everything that changes while the cloud runs: apps, grants, codes, tokens and vaults."""

from __future__ import annotations

import secrets
import threading
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, cast

from wizard.rehearsal.aadsts_errors import EntraError, app_disabled, app_not_found, malformed_tenant, unknown_tenant
from wizard.rehearsal.azure_state import AzureState
from wizard.rehearsal.certificate_key import AppKey
from wizard.rehearsal.choices import Home, MachineIdentity, Service
from wizard.rehearsal.clock import RehearsalClock
from wizard.rehearsal.customer_tenants import CustomerTenant, CustomerTenants
from wizard.rehearsal.host_names import HostNames
from wizard.rehearsal.machine_facts import FederatedTrust
from wizard.rehearsal.new_accounts import NewAccount
from wizard.rehearsal.redirect_platforms import Platform
from wizard.rehearsal.resources import CHANGES, OF_CUSTOMERS, POLICY_READ_ALL, Resource, permission_id, resources_of
from wizard.rehearsal.vault_state import VaultState
from wizard.rehearsal.world import App, ClientSecret, Person, Tenant, World

GENERIC = ("organizations", "common")
AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
GRAPH_TOOLS = "14d82eec-204b-4c2f-b7e8-296a70dab67e"
_FIRST_PARTY = (
    (AZURE_CLI, "99999999-0000-4000-8000-0000000000f1", "Microsoft Azure CLI"),
    (GRAPH_TOOLS, "99999999-0000-4000-8000-0000000000f2", "Microsoft Graph Command Line Tools"),
)
"""Microsoft's own public clients, known and consented everywhere: id, object id and name."""


Flow = Literal["device_code", "auth_code"]
"""How a person signed in."""
_ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SecretValue:
    """A client secret: its id, value and lifetime."""

    id: str
    value: str = field(repr=False)
    usable_from: datetime
    expires_at: datetime
    name: str = "rehearsal"


@dataclass(frozen=True, slots=True)
class AddedTrust:
    """A federated credential of an app, as Graph shows it; Entra takes what it names from `usable_from` on."""

    row: Mapping[str, object]
    trust: FederatedTrust
    usable_from: datetime


@dataclass(slots=True)
class AppState:
    """An app as the tenant knows it now.

    `audience`, `required` and `created` are those of the registration: "" and None as the scene's world says. Nobody
    sees it before `seen_from`. `assigned` are those who were assigned since the start, as Graph shows them,
    `trusts` the federated credentials that were added since.
    """

    app: App
    in_tenant: bool
    service_principal: bool
    first_party: bool = False
    secrets: list[SecretValue] = field(default_factory=list)
    keys: list[AppKey] = field(default_factory=list)
    audience: str = ""
    required: tuple[Mapping[str, object], ...] | None = None
    created: datetime | None = None
    seen_from: datetime = _ALWAYS
    is_enabled: bool = True
    assigned: list[Mapping[str, object]] = field(default_factory=list)
    trusts: list[AddedTrust] = field(default_factory=list)

    @property
    def principal_id(self) -> str:
        """Object id of its service principal, which its own tokens carry as oid."""
        return f"{self.app.object_id[:-2]}5b"


@dataclass(frozen=True, slots=True)
class Grant:
    """Delegated permissions that an administrator granted for everybody; they can be seen from `visible_from` on."""

    scopes: frozenset[str]
    visible_from: datetime


@dataclass(slots=True)
class Session:
    """A finished sign-in: who, how, for which app.

    `platform` is that of the redirect URI, None if the flow has none; `began` is when it was made, None if that
    does not matter.
    """

    person: Person
    tenant: Tenant
    client_id: str
    amr: tuple[str, ...]
    flow: Flow
    platform: Platform | None = None
    nonce: str = ""
    began: datetime | None = None


@dataclass(slots=True)
class DeviceCode:
    """A device code, and what a person did with it."""

    device_code: str = field(repr=False)
    user_code: str
    client_id: str
    scope: str
    wants_mfa: bool
    correlation_id: str
    expires_at: datetime
    declined: bool = False
    spent: bool = False
    failed: EntraError | None = None
    session: Session | None = None


@dataclass(slots=True)
class AuthorizationCode:
    """An authorization code, good once."""

    session: Session
    redirect_uri: str
    scope: str
    challenge: str
    expires_at: datetime
    spent: bool = False


@dataclass(slots=True)
class RefreshToken:
    """A refresh token: bound to a user and a client, not to a resource.

    `was_redeemed` and `is_revoked` count only in a world whose policy revokes on reuse.
    """

    session: Session
    last_used: datetime
    was_redeemed: bool = False
    is_revoked: bool = False


class CloudState:
    """The state of one cloud. Handlers and people hold `lock` while they read or change it."""

    def __init__(self, world: World, names: HostNames, clock: RehearsalClock) -> None:
        self.lock = threading.RLock()
        self.world = world
        self.names = names
        self.clock = clock
        self.started = clock.now()
        self.is_repaired = False
        self.resources = resources_of(names, world.app.requests)
        self.apps = self._apps()
        self.grants: dict[tuple[str, Service], Grant] = {}
        self.added_principals: set[Service] = set()
        self.credential_exceptions: dict[str, Mapping[str, object]] = {}
        """Policies for credentials that were made here, by id; `excepted` are those that are assigned to the app."""
        self.excepted: set[str] = set()
        self.new_accounts: dict[str, NewAccount] = {}
        self.agents: dict[str, bool] = {}
        self.device_codes: dict[str, DeviceCode] = {}
        self.authorization_codes: dict[str, AuthorizationCode] = {}
        self.refresh_tokens: dict[str, RefreshToken] = {}
        self.calls_of_users = 0
        self.revoked_tokens: set[str] = set()
        self.vaults = {item.name: VaultState(item, clock) for item in (world.vault, world.spare_vault)}
        self.azure = AzureState(clock)
        self.customers = CustomerTenants(world.customers)
        self.joined_customer_group = False
        """Whether somebody has added the partner's users to the group that holds roles at customers."""
        self.roles_given: set[str] = set()
        """Ids of the customers at whom somebody has given that group the roles of the relationship."""
        if world.app.granted:
            self.grant(world.app.client_id, self.provisioned())

    def _apps(self) -> dict[str, AppState]:
        app, operator = self.world.app, self.world.operator
        trusts = () if self.world.machine.identity is MachineIdentity.NONE else (FederatedTrust(),)
        operator_app = App(operator.client_id, operator.object_id, operator.name, public_client=False, federated=trusts)
        states = {
            app.client_id: AppState(app, app.in_tenant, app.service_principal and app.in_tenant),
            operator.client_id: AppState(operator_app, in_tenant=True, service_principal=True, required=()),
        }
        for client_id, object_id, name in _FIRST_PARTY:
            own = App(client_id, object_id, name, home=Home.FABRIKAM, public_redirect_uris=("http://localhost",))
            states[client_id] = AppState(own, in_tenant=True, service_principal=True, first_party=True)
        states[app.client_id].secrets = [self._new_secret(item) for item in app.secrets]
        operator_secret = SecretValue(str(uuid.uuid4()), new_secret(), self.started, self._days(365))
        states[operator.client_id].secrets = [operator_secret]
        return states

    def _new_secret(self, item: ClientSecret) -> SecretValue:
        usable_from, expires_at = self.usable_after(item.usable_after), self._days(item.expires_in_days)
        return SecretValue(item.id, new_secret(), usable_from, expires_at)

    def change_world(self, world: World) -> None:
        """Let another world be true from now on; what has happened in the cloud, and its ids, stay."""
        with self.lock:
            before, self.world = self.world, world
            self.resources = resources_of(self.names, world.app.requests)
            self._change_app(before.app, world.app)
            for vault in (world.vault, world.spare_vault):
                self.vaults[vault.name].change(vault)

    def _change_app(self, before: App, app: App) -> None:
        state = self.apps[app.client_id]
        state.app = app
        if app.in_tenant != before.in_tenant or app.service_principal != before.service_principal:
            state.in_tenant, state.service_principal = app.in_tenant, app.service_principal and app.in_tenant
        if app.certificate_usable_after != before.certificate_usable_after:
            usable_from = self.usable_after(app.certificate_usable_after)
            state.keys = [replace(each, usable_from=usable_from) for each in state.keys]
        number = len(before.secrets)
        kept = dict(zip(before.secrets, state.secrets[:number], strict=True))
        state.secrets = [kept.get(item) or self._new_secret(item) for item in app.secrets] + state.secrets[number:]
        if app.granted and not before.granted:
            self.grant(app.client_id, self.provisioned())

    def usable_after(self, seconds: float) -> datetime:
        """Return the moment so many seconds after the cloud's start."""
        return self.started + timedelta(seconds=seconds)

    def _days(self, days: float) -> datetime:
        return self.started + timedelta(days=days)

    def tenant(self, segment: str, error: str = "invalid_request") -> Tenant:
        """Return the tenant with this id or domain; raise `EntraError` 90002, with `error` as its name, or 900023."""
        for tenant in (self.world.tenant, self.world.home_tenant):
            if segment.lower() in (tenant.id, tenant.domain, f"{tenant.name.lower()}.onmicrosoft.com"):
                return tenant
        if (found := self.customers.find(segment)) is not None:
            return Tenant(found.customer.tenant_id, found.customer.domain, found.customer.name)
        if not _looks_like_tenant(segment):
            raise malformed_tenant(segment)
        raise unknown_tenant(segment, error)

    def app_in(self, tenant: Tenant, client_id: str) -> AppState:
        """Return the app as the tenant knows it; raise `EntraError` 700016 if it does not."""
        state = self.apps.get(client_id.lower())
        if state is not None and tenant.id == self.world.home_tenant.id and self._is_at_home(state):
            return replace(state, in_tenant=True, service_principal=True)
        if state is not None and self.customer(tenant) is not None:
            return state
        if state is None or not state.in_tenant or tenant.id != self.world.tenant.id or not self.is_seen(state):
            raise app_not_found(client_id, tenant.name)
        if not state.is_enabled:
            raise app_disabled(client_id, state.app.name)
        return state

    def customer(self, tenant: Tenant) -> CustomerTenant | None:
        """Return the customer that a tenant is, None where it is none of the partner's."""
        return self.customers.find(tenant.id)

    def is_seen(self, state: AppState) -> bool:
        """Return whether an app that was made a moment ago is known everywhere by now."""
        return state.seen_from <= self.clock.now()

    def requested(self, state: AppState, resource: Resource) -> tuple[str, ...]:
        """Return the delegated permissions that an app asks of an API, by name."""
        if state.required is None:
            return resource.requested if state.app.client_id == self.world.app.client_id else ()
        names = {permission_id(name): name for name in (*resource.scopes, *resource.requested)}
        ids = [
            each["id"] for api in state.required if api["resourceAppId"] == resource.app_id
            for each in cast("list[Mapping[str, str]]", api["resourceAccess"])
        ]  # fmt: skip
        return tuple(names[each] for each in ids if each in names)

    def _is_at_home(self, state: AppState) -> bool:
        """Return whether the other tenant is the one that an app, or the operator, comes from."""
        operator = self.world.operator
        is_operator = state.app.client_id == operator.client_id
        return operator.home is Home.FABRIKAM if is_operator else state.app.home is Home.FABRIKAM

    @property
    def operator_tenant(self) -> Tenant:
        """The tenant of the operator and of the vaults."""
        return self.world.home_tenant if self.world.operator.home is Home.FABRIKAM else self.world.tenant

    def provisioned(self) -> list[Resource]:
        """Return the APIs that have a service principal in the tenant."""
        lacks = not self.world.partner_center.provisioned and Service.PARTNER_CENTER not in self.added_principals
        without = (Service.PARTNER_CENTER,) if lacks else ()
        return [resource for service, resource in self.resources.items() if service not in without]

    def grant(self, client_id: str, resources: Iterable[Resource]) -> None:
        """Record admin consent for what the app asks of `resources`, and make its service principal."""
        state = self.apps[client_id]
        visible = self.clock.now() + timedelta(seconds=self.world.consent.grant_delay)
        for resource in resources:
            requested = self.requested(state, resource)
            if requested and (client_id, resource.service) not in self.grants:
                self.grants[client_id, resource.service] = Grant(frozenset(requested), visible)
        state.in_tenant = state.service_principal = True

    def set_grant(self, client_id: str, service: Service, scopes: frozenset[str]) -> None:
        """Record what is granted to an app for everybody; it is seen after the world's delay."""
        visible = self.clock.now() + timedelta(seconds=self.world.consent.grant_delay)
        self.grants[client_id, service] = Grant(scopes, visible)

    def grant_id(self, client_id: str, service: Service) -> str:
        """Return the id of a grant in Graph."""
        return f"{self.apps[client_id].principal_id[:8]}-{self.resources[service].object_id[-4:]}-"

    def granted(self, state: AppState, resource: Resource) -> frozenset[str]:
        """Return the delegated permissions that are granted and can be seen now."""
        if state.first_party:
            return (
                resource.scopes
                - OF_CUSTOMERS
                - (frozenset() if state.app.client_id == GRAPH_TOOLS else {POLICY_READ_ALL, *CHANGES})
            )
        grant = self.grants.get((state.app.client_id, resource.service))
        if grant is None or grant.visible_from > self.clock.now():
            return frozenset()
        return grant.scopes

    def new_refresh_token(self, session: Session) -> str:
        """Issue a refresh token for a session."""
        value = f"1.AX{secrets.token_urlsafe(840)}"
        self.refresh_tokens[value] = RefreshToken(session, self.clock.now())
        return value

    def present(self, session: Session) -> Session:
        """Return a session with its person as the world knows the account now."""
        now = next(
            (each for each in self.people.values() if each.object_id == session.person.object_id), session.person
        )
        return replace(session, person=now)

    def revoke(self, session: Session) -> None:
        """Revoke every refresh token of a sign-in."""
        for token in self.refresh_tokens.values():
            token.is_revoked |= token.session is session

    @property
    def people(self) -> Mapping[str, Person]:
        """Everybody who has an account now, by key: those of the world, as somebody has changed them since."""
        everybody = {key: self.person(key) for key in (*self.world.people, *self.new_accounts)}
        return {key: person for key, person in everybody.items() if person.is_there}

    def person(self, key: str) -> Person:
        """Return the person of that key, also one whose account is still to be made."""
        new = self.new_accounts.get(key)
        person = new.person if new else self.world.people[key]
        return replace(person, admin_agent=self.agents.get(key, person.admin_agent))

    def home_of(self, person: Person) -> Tenant:
        """Return the tenant that the person's account comes from."""
        return self.world.home_tenant if person.home is Home.FABRIKAM else self.world.tenant

    def person_of(self, claims: Mapping[str, object]) -> Person | None:
        """Return the person whose token has these claims, None if it is an app's own."""
        people = self.people.values()
        return next((person for person in people if person.object_id == claims.get("oid")), None)


def new_secret() -> str:
    """Return a client secret's value, in Entra's form: 40 characters with a tilde."""
    return f"{secrets.token_urlsafe(3)[:3]}8Q~{secrets.token_urlsafe(40)[:34]}"


def _looks_like_tenant(segment: str) -> bool:
    groups = segment.split("-")
    if [len(group) for group in groups] == [8, 4, 4, 4, 12]:
        return all(character in "0123456789abcdefABCDEF" for group in groups for character in group)
    labels = segment.split(".")
    return len(labels) > 1 and all(label and label.replace("-", "").isalnum() for label in labels)
