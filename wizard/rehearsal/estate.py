"""More tenants on one cloud: each has a world and a state of its own, and all of them the same hosts and vaults.

A request is of the tenant that its path names (login), or its token (APIs); else, and at a vault, of the scene's own.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from starlette.applications import Starlette
from starlette.routing import Route

from wizard.rehearsal.choices import Service
from wizard.rehearsal.cloud_files import issued_before
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.earlier_tokens import IssuedBefore
from wizard.rehearsal.fault_injection import FaultInjector
from wizard.rehearsal.issued_tokens import read_access_token
from wizard.rehearsal.world import World

RoutesOf: TypeAlias = Mapping[Service, Callable[[], Sequence[Route]]]
"""What makes the routes of each service."""
_KEPT_READY: Final = 64
"""Of how many tenants the applications are kept; those of others are made when they are asked for."""
_FIRST: Final = 1_000
"""The last digits of the ids of tenants and apps that have a number; those of the scene's own are lower."""


@dataclass(frozen=True, slots=True)
class Resident:
    """A tenant of the cloud: its state, and the faults of its world."""

    state: CloudState
    injector: FaultInjector


class Estate:
    """Every tenant of a cloud.

    Args:
        own: the scene's.
        routes: makes the routes of each service, for a tenant.
    """

    def __init__(self, own: Resident, routes: Callable[[CloudState], RoutesOf]) -> None:
        self._own, self._routes = own, routes
        self._others: dict[str, Resident] = {}
        self._ready: OrderedDict[str, _Applications] = OrderedDict()

    def add(self, world: World) -> CloudState:
        """Let another tenant be in the cloud, and return its state; its vaults are those of the scene's own."""
        own = self._own.state
        state = CloudState(world, own.names, own.clock)
        state.vaults = own.vaults
        self._others[world.tenant.id] = Resident(state, FaultInjector(world.faults))
        return state

    def resident(self, service: Service | None, path: str, authorization: str) -> Resident:
        """Return whose a request is."""
        if not self._others or service in (None, Service.VAULT):
            return self._own
        if service is Service.LOGIN:
            return self._others.get(path.split("/")[1].lower(), self._own)
        claims = read_access_token(authorization) or {}
        return self._others.get(str(claims.get("tid", "")), self._own)

    def application(self, resident: Resident, service: Service) -> Starlette:
        """Return what answers for a service of a tenant."""
        key = resident.state.world.tenant.id
        if key not in self._ready:
            self._ready[key] = _Applications(self._routes(resident.state))
            if len(self._ready) > _KEPT_READY:
                self._ready.pop(next(each for each in self._ready if each in self._others))
        self._ready.move_to_end(key)
        return self._ready[key].of(service)


class _Applications:
    """What answers for a tenant; each is made once it is asked for."""

    def __init__(self, routes: RoutesOf) -> None:
        self._routes = routes
        self._made: dict[Service, Starlette] = {}

    def of(self, service: Service) -> Starlette:
        if service not in self._made:
            self._made[service] = Starlette(routes=list(self._routes[service]()))
        return self._made[service]


def numbered(world: World, number: int) -> World:
    """Return a world of the same kind for another tenant, with an app of its own."""
    tenant = replace(
        world.tenant,
        id=f"{world.tenant.id[:-12]}{_FIRST + number:012}",
        domain=f"contoso-{number}.com",
        name=f"Contoso{number}",
    )
    app = replace(
        world.app,
        client_id=f"{world.app.client_id[:-12]}{_FIRST + number:012}",
        object_id=f"{world.app.object_id[:-12]}{_FIRST + number:012}",
    )
    return replace(world, tenant=tenant, app=app)


def store_token(state: CloudState, vault: str, name: str, tags: Mapping[str, str], age_days: float = 1) -> None:
    """Put a refresh token of a tenant's integration user into a vault, as an onboarding has left it there.

    Args:
        state: the tenant's.
        vault: the vault's name.
        name: of the secret.
        tags: beside those that say whose it is.
        age_days: since it was written.
    """
    world = state.world
    person = world.people[world.behaviour.signs_in_as]
    whose = {"tenant_id": world.tenant.id, "client_id": world.app.client_id, "user_id": person.object_id}
    value = issued_before(state, IssuedBefore(to=world.behaviour.signs_in_as))
    state.vaults[vault].add_aged_version(name, value, age_days, True, whose | dict(tags))
