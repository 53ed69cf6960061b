"""What the operator's machine can prove about itself: by a managed identity's endpoint, or a pod's token in a file."""

from __future__ import annotations

import secrets
from datetime import timedelta
from functools import cache
from typing import Final

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wizard.rehearsal import issued_tokens
from wizard.rehearsal.choices import MachineIdentity
from wizard.rehearsal.cloud_state import AppState, CloudState
from wizard.rehearsal.machine_facts import AUDIENCE, FederatedTrust

ENDPOINT_PATH: Final = "/machine/identity/token"
TOKEN_FILE: Final = "workload-token"
"""The file in the cloud's folder that holds the workload's token."""
MANAGED_OBJECT_ID: Final = "44444444-dddd-4ddd-8ddd-0000000000a4"
_CLUSTER: Final = "https://oidc.rehearsal.test/contoso-cluster/"
_SUBJECT: Final = "system:serviceaccount:partner:renewal"


@cache
def outside_key() -> rsa.RSAPrivateKey:
    """Return the key of whoever issues the machine's tokens."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def own_trust(state: CloudState) -> FederatedTrust:
    """Return the federated credential that fits the machine's token."""
    if state.world.machine.identity is MachineIdentity.MANAGED:
        login, tenant = state.names.login, state.world.tenant.id
        return FederatedTrust(f"https://{login}/{tenant}/v2.0", MANAGED_OBJECT_ID, AUDIENCE)
    return FederatedTrust(_CLUSTER, _SUBJECT, AUDIENCE)


def trusts_of(state: CloudState, app: AppState) -> list[FederatedTrust]:
    """Return the federated credentials that Entra takes for an app, each with what it says in full."""
    added = [each.trust for each in app.trusts if each.usable_from <= state.clock.now()]
    return [*trusts_of_scene(state, app), *added]


def trusts_of_scene(state: CloudState, app: AppState) -> list[FederatedTrust]:
    """Return those that the scene's world gives it."""
    own = own_trust(state)
    return [
        FederatedTrust(each.issuer or own.issuer, each.subject or own.subject, each.audience or own.audience, each.name)
        for each in app.app.federated
    ]


def new_token(state: CloudState) -> str:
    """Issue the machine's token, as its host does."""
    trust, now = own_trust(state), state.clock.now()
    ends = max(now, state.started) + timedelta(seconds=state.world.machine.token_expires_in)
    claims = {
        "iss": trust.issuer,
        "sub": trust.subject,
        "aud": trust.audience,
        "iat": int(now.timestamp()) - 7200,
        "nbf": int(now.timestamp()) - 7200,
        "exp": int(ends.timestamp()),
        "jti": secrets.token_urlsafe(16),
    }
    return jwt.encode(claims, outside_key(), algorithm="RS256")


class MachineIdentityApi:
    """The endpoint of a managed identity, in the form of App Service."""

    def __init__(self, state: CloudState) -> None:
        self._state = state
        self.header = secrets.token_urlsafe(24)

    def routes(self) -> list[Route]:
        """Return its route."""
        return [Route(ENDPOINT_PATH, self.token)]

    async def token(self, request: Request) -> Response:
        """Return a token of the machine for a resource."""
        state = self._state
        if request.headers.get("x-identity-header") != self.header:
            return JSONResponse({"statusCode": 401, "message": "The header X-IDENTITY-HEADER is wrong."}, 401)
        resource = request.query_params.get("resource", "")
        if state.world.machine.identity is not MachineIdentity.MANAGED:
            return JSONResponse({"statusCode": 400, "message": "No managed identity found."}, 400)
        with state.lock:
            token, ends = self._issue(resource)
        return JSONResponse(
            {"access_token": token, "expires_on": str(ends), "resource": resource, "token_type": "Bearer"}
        )

    def _issue(self, resource: str) -> tuple[str, int]:
        state = self._state
        now = int(state.clock.now().timestamp())
        if resource == AUDIENCE:
            return new_token(state), now + 3600
        operator: AppState = state.apps[state.world.operator.client_id]
        asked = next(each for each in state.provisioned() if each.audience == resource.rstrip("/"))
        issued = issued_tokens.app_token(state, operator, asked, "2", state.operator_tenant)
        return issued.token, now + issued.lifetime
