"""A cloud of many tenants whose tokens one vault keeps: good ones, and bad ones in more than twenty ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from wizard.rehearsal import RehearsalCloud, load_scene
from wizard.rehearsal.choices import Home, MfaHeader, Service
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.estate import numbered, store_token
from wizard.rehearsal.vault_state import Version
from wizard.rehearsal.world import Fault, World

VAULT = "contoso-partner"
TAGS = {"account": "primary", "client_type": "public", "flow": "device_code", "profile": "csp"}


@dataclass(frozen=True)
class Kind:
    """A way in which a stored token is bad.

    Args:
        check: that fails, or cannot tell.
        code: of its finding.
        world: what is different in the tenant.
        stored: what is different in the vault.
        state: what has happened in the tenant since.
        outcome: how the onboarding ends.
    """

    check: str
    code: str = ""
    world: Callable[[World], World] = lambda world: world
    stored: Callable[[Version], None] = lambda _version: None
    state: Callable[[CloudState, Version], None] = lambda _state, _version: None
    outcome: str = "failed"


def part(name: str, **changes: Any) -> Callable[[World], World]:
    """Return what changes a part of a world."""
    return lambda world: replace(world, **{name: replace(getattr(world, name), **changes)})


def person(**changes: Any) -> Callable[[World], World]:
    """Return what changes the integration user, or with a name of `AccountFacts` what Graph tells of the account."""

    def change(world: World) -> World:
        known = world.people["integration"]
        of_graph = {name: value for name, value in changes.items() if hasattr(known.graph, name)}
        rest = {name: value for name, value in changes.items() if name not in of_graph}
        changed = replace(known, graph=replace(known.graph, **of_graph), **rest)
        return replace(world, people={**world.people, "integration": changed})

    return change


def fault(service: Service, path: str, status: int) -> Callable[[World], World]:
    return lambda world: replace(world, faults=(Fault(service, "", path, 0, 0, status=status),))


def tagged(**tags: str) -> Callable[[Version], None]:
    def change(version: Version) -> None:
        version.tags = dict(version.tags) | tags

    return change


def valued(value: str) -> Callable[[Version], None]:
    return lambda version: setattr(version, "value", value)


def idle(state: CloudState, version: Version) -> None:
    state.refresh_tokens[version.value].last_used = state.clock.now().replace(year=2020)


def without_mfa(state: CloudState, version: Version) -> None:
    token = state.refresh_tokens[version.value]
    token.session = replace(token.session, amr=("pwd",))


def ungranted(state: CloudState, _version: Version) -> None:
    state.grants.clear()


def disabled(state: CloudState, _version: Version) -> None:
    state.apps[state.world.app.client_id].is_enabled = False


def revoked(state: CloudState, version: Version) -> None:
    state.revoked_tokens.add(version.value)


def unknown_token(state: CloudState, version: Version) -> None:
    del state.refresh_tokens[version.value]


BAD = {
    "device codes blocked": Kind("store.redeems", "AADSTS530036", part("policy", device_code_blocked_on_refresh=True)),
    "security defaults": Kind(
        "store.redeems",
        "AADSTS530035",
        part("policy", security_defaults=True, security_defaults_on_refresh=True),
    ),
    "account disabled": Kind("store.redeems", "AADSTS50057", person(enabled=False)),
    "account deleted": Kind("store.redeems", "AADSTS50034", person(deleted=True)),
    "account a guest": Kind("user.account", world=person(home=Home.FABRIKAM)),
    "no Admin agent": Kind("user.admin_agent", "2032", person(admin_agent=False)),
    "idle for too long": Kind("store.redeems", "AADSTS700082", state=idle),
    "revoked": Kind("store.redeems", "AADSTS50173", state=revoked),
    "a token of nobody": Kind("store.redeems", "AADSTS9002313", state=unknown_token),
    "app gone": Kind("store.redeems", "AADSTS700016", part("app", in_tenant=False, granted=False)),
    "app disabled": Kind("store.redeems", "AADSTS7000112", state=disabled),
    "app no public client": Kind("store.redeems", "AADSTS7000218", part("app", public_client=False)),
    "consent withdrawn": Kind("store.redeems", "AADSTS65001", state=ungranted),
    "MFA not counted": Kind("store.mfa_compliant", world=part("partner_center", mfa_header=MfaHeader.FALSE)),
    "without MFA": Kind("store.partner_center", "900421", part("partner_center", enforces_mfa=True), state=without_mfa),
    "no partner": Kind("store.partner_center", "60003", part("partner_center", is_partner=False)),
    "another tenant's profile": Kind(
        "store.partner_center", world=part("partner_center", profile_tenant="22222222-bbbb-4bbb-8bbb-000000000002")
    ),
    "another account's token": Kind("user.account", stored=tagged(user_id="55555555-eeee-4eee-8eee-000000000009")),
    "an unknown tenant": Kind(
        "tenant.exists", "AADSTS90002", stored=tagged(tenant_id="aaaaaaaa-1111-4111-8111-000000000009")
    ),
    "disabled in the vault": Kind(
        "user.secret_name", "SecretDisabled", stored=lambda version: setattr(version, "enabled", False)
    ),
    "empty": Kind("store.read_back", stored=valued("")),
    "something else": Kind("store.redeems", "AADSTS9002313", stored=valued("a secret, and no token")),
    "Partner Center silent": Kind(
        "store.partner_center", world=fault(Service.PARTNER_CENTER, "/v1/*", 503), outcome="unreachable"
    ),
}
"""The kinds, by a few words."""


@contextmanager
def cloud_of(kinds: list[str]) -> Iterator[tuple[RehearsalCloud, dict[str, str]]]:
    """Yield a cloud with a tenant for each kind, "" for a good one, and the kinds by the name of their onboarding."""
    scene = load_scene("all-holds-public")
    with RehearsalCloud(scene) as cloud:
        for number, kind in enumerate(kinds):
            bad = BAD.get(kind, Kind(""))
            world = numbered(bad.world(scene.world), number)
            state, name = cloud.add_tenant(world), f"token-{number}"
            if world.app.in_tenant:
                state.grant(world.app.client_id, state.provisioned())
            store_token(state, VAULT, name, TAGS)
            (version,) = cloud.vault.history(name)
            bad.state(state, version)
            bad.stored(version)
        yield cloud, {f"{VAULT}/token-{number}": kind for number, kind in enumerate(kinds)}


def address(cloud: RehearsalCloud) -> str:
    """Return the address of the vault."""
    return f"https://{VAULT}.{cloud.names.vault_suffix}"
