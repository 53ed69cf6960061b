"""App registrations that are made, or changed, while the cloud runs, by the members that Graph takes (protocol 6.4)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from wizard.rehearsal.choices import Home
from wizard.rehearsal.cloud_state import AppState, CloudState
from wizard.rehearsal.graph_answers import GraphError
from wizard.rehearsal.graph_credentials import change_keys
from wizard.rehearsal.world import App

Body = Mapping[str, object]
_AUDIENCES: Final = frozenset({
    "AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount",
})  # fmt: skip
_PLATFORMS: Final = {"web": "web_redirect_uris", "publicClient": "public_redirect_uris", "spa": "spa_redirect_uris"}


def is_registered_here(cloud: CloudState, state: AppState) -> bool:
    """Return whether the tenant has an app's registration, and shows it by now."""
    is_own = not state.first_party and state.app.home is Home.CONTOSO
    return is_own and state.in_tenant and cloud.is_seen(state)


def new_registration(cloud: CloudState, body: Body) -> AppState:
    """Return the app of a new registration, without a service principal; raise `GraphError` 400 for a wrong member."""
    name = body.get("displayName")
    if not isinstance(name, str) or not name:
        raise GraphError(400, "Request_BadRequest", "A value is required for property 'displayName' of resource.")
    made = App(str(uuid.uuid4()), str(uuid.uuid4()), name, requests=(), public_client=False)
    state = AppState(made, in_tenant=True, service_principal=False, audience="AzureADMyOrg", required=())
    state.created = cloud.clock.now()
    change_registration(state, body, state.created)
    state.seen_from = state.created + timedelta(seconds=cloud.world.directory.replication_delay)
    return state


def change_registration(state: AppState, body: Body, now: datetime) -> None:
    """Change an app's registration as a PATCH says it; raise `GraphError` 400 for a member that it does not take."""
    app, audience, required = state.app, state.audience, state.required
    for name, value in body.items():
        match name, value:
            case "displayName", str():
                app = replace(app, name=value)
            case (("web" | "publicClient" | "spa"), {"redirectUris": [*uris]}):
                app = replace(app, **{_PLATFORMS[name]: tuple(map(str, uris))})  # type: ignore[arg-type]
            case "isFallbackPublicClient", bool() | None:
                app = replace(app, public_client=value is True)
            case "signInAudience", str() if value in _AUDIENCES:
                audience = value
            case "keyCredentials", _:
                change_keys(state, value, now)
            case "requiredResourceAccess", list():
                required = tuple(value)
            case _:
                words = f"Invalid value specified for property '{name}' of resource."
                raise GraphError(400, "Request_BadRequest", words)
    state.app, state.audience, state.required = app, audience, required
