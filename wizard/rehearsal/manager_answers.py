"""Answers and refusals of Azure Resource Manager, and who asks."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wizard.rehearsal.choices import Service
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.issued_tokens import Claims, read_access_token

FIRST_SUBSCRIPTION: Final = "88888888-aaaa-4aaa-8aaa-000000000001"
Body = Mapping[str, object]
Answer = tuple[int, Body | None, dict[str, str]]
"""Status, body (None for none), and further headers."""


class ManagerError(Exception):
    """A refusal of Resource Manager."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def manager_route(
    state: CloudState, method: str, path: str, answering: Callable[[Request, Claims, Body], Answer]
) -> Route:
    """Return a route whose handler is given the request, the claims of its token, and its body."""

    async def answer(request: Request) -> Response:
        headers = {"x-ms-request-id": str(uuid.uuid4()), "x-ms-correlation-request-id": str(uuid.uuid4())}
        try:
            content = json.loads(await request.body() or b"{}")
            with state.lock:
                claims = _claims(state, request)
                status, body, more = answering(request, claims, content if isinstance(content, dict) else {})
        except ManagerError as refusal:
            error = {"code": refusal.code, "message": refusal.message}
            return JSONResponse({"error": error}, refusal.status, headers)
        except ValueError:
            error = {"code": "InvalidRequestContent", "message": "The request content was invalid."}
            return JSONResponse({"error": error}, 400, headers)
        return Response(None, status, headers | more) if body is None else JSONResponse(body, status, headers | more)

    return Route(path, answer, methods=[method])


def _claims(state: CloudState, request: Request) -> Claims:
    claims = read_access_token(request.headers.get("authorization", ""))
    if claims is None or claims.get("aud") != state.resources[Service.RESOURCE_MANAGER].audience:
        raise ManagerError(401, "InvalidAuthenticationToken", "The access token is invalid.")
    if not request.query_params.get("api-version"):
        raise ManagerError(
            400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required."
        )
    return claims


def subscription_ids(state: CloudState) -> dict[str, str]:
    """Return the names of the subscriptions, by their ids."""
    first, last = FIRST_SUBSCRIPTION[:-1], int(FIRST_SUBSCRIPTION[-1])
    return {f"{first}{last + place}": name for place, name in enumerate(state.world.azure.subscriptions)}


def subscription_of(state: CloudState, request: Request) -> str:
    """Return the id of the subscription in a request's path; raise 404 if the operator has no such."""
    found = str(request.path_params["subscription"])
    if found not in subscription_ids(state) or not state.world.azure.answers:
        raise ManagerError(404, "SubscriptionNotFound", f"The subscription '{found}' could not be found.")
    return found


def location_of_group(state: CloudState, subscription: str, group: str) -> str:
    """Return where a resource group is; "" if there is none of this name."""
    made = state.azure.groups.get(subscription, {})
    own = {each.name: each.location for each in state.world.azure.groups} if subscription == FIRST_SUBSCRIPTION else {}
    names = {name.lower(): location for name, location in (own | made).items()}
    return names.get(group.lower(), "")


def lacks_right(claims: Claims, action: str, scope: str) -> ManagerError:
    """Return the refusal of somebody who may not do something on a scope."""
    oid = claims.get("oid", "")
    return ManagerError(
        403,
        "AuthorizationFailed",
        f"The client '{oid}' with object id '{oid}' does not have authorization to perform action '{action}' over "
        f"scope '{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.",
    )


def not_found(what: str) -> ManagerError:
    """Return the refusal of what is not there."""
    return ManagerError(404, "ResourceNotFound", f"The Resource '{what}' was not found.")
