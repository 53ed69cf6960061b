"""What Microsoft Graph lets be changed of people: accounts made, and members of AdminAgents (protocol 4.7)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.routing import Route

from wizard.rehearsal import account_api
from wizard.rehearsal.customer_directory import GROUP, RELATIONSHIPS, is_in_group
from wizard.rehearsal.graph_answers import GraphError
from wizard.rehearsal.graph_changes import Answer, Body, GraphChanges
from wizard.rehearsal.new_accounts import NewAccount
from wizard.rehearsal.resources import CHANGES_MEMBERS, CHANGES_RELATIONSHIPS, CHANGES_USERS
from wizard.rehearsal.world import Person

_KINDS: Final = ("[A-Z]", "[a-z]", "[0-9]", "[^A-Za-z0-9]")
_LEAST_KINDS, _SHORTEST = 3, 8
"""What Entra asks of a password."""
_REQUIRED: Final = ("accountEnabled", "displayName", "mailNickname", "passwordProfile", "userPrincipalName")


class GraphPeople(GraphChanges):
    """Takes what fixes of the integration account send."""

    def routes(self) -> list[Route]:
        """Return the routes that change people."""
        members = "/v1.0/groups/{group}/members"
        rows: tuple[tuple[str, str, Callable[[Request, Body], Answer], str], ...] = (
            ("POST", "/v1.0/users", self._add_user, CHANGES_USERS),
            ("DELETE", "/v1.0/users/{user}", self._remove_user, CHANGES_USERS),
            ("POST", members + "/$ref", self._add_member, CHANGES_MEMBERS),
            ("DELETE", members + "/{user}/$ref", self._remove_member, CHANGES_MEMBERS),
            ("POST", RELATIONSHIPS + "/{relationship}/accessAssignments", self._assign_role, CHANGES_RELATIONSHIPS),
        )
        return [self._route(*row) for row in rows]

    def _add_user(self, _request: Request, body: Body) -> Answer:
        if lacking := [name for name in _REQUIRED if name not in body]:
            raise _bad(f"A value is required for property '{lacking[0]}' of resource 'User'.")
        name, profile = str(body["userPrincipalName"]), body["passwordProfile"]
        state = self._state
        if name.rpartition("@")[2].lower() != state.world.tenant.domain:
            raise _bad("The domain portion of the userPrincipalName property is invalid. You must use one of the "
                       "verified domain names in your organization.")  # fmt: skip
        if any(account_api.user_name(state, each).lower() == name.lower() for each in state.people.values()):
            raise _bad("Another object with the same value for property userPrincipalName already exists.")
        password = str(profile.get("password", "")) if isinstance(profile, dict) else ""
        if len(password) < _SHORTEST or sum(bool(re.search(kind, password)) for kind in _KINDS) < _LEAST_KINDS:
            raise _bad("The specified password does not comply with password complexity requirements. Please provide a "
                       "different password.")  # fmt: skip
        object_id = f"55555555-eeee-4eee-8eee-0000000001{len(state.new_accounts):02}"
        person = Person(name, str(body["displayName"]), object_id, mfa_registered=False)
        known = next((key for key, each in state.world.people.items() if each.account == name), name)
        state.new_accounts[known] = NewAccount(person, password, state.clock.now())
        return 201, {"id": object_id, **{member: body[member] for member in _REQUIRED if member != "passwordProfile"}}

    def _remove_user(self, request: Request, _body: Body) -> Answer:
        person = account_api.find_person(self._state, request.path_params["user"])
        for key, each in [*self._state.new_accounts.items()]:
            if each.person.object_id == person.object_id:
                del self._state.new_accounts[key]
                self._state.agents.pop(key, None)
        return 204, None

    def _add_member(self, request: Request, body: Body) -> Answer:
        if request.path_params["group"] == GROUP and self._state.customers.all:
            return self._join_customer_group()
        self._require_group(request)
        key = self._key(str(body.get("@odata.id", "")).rpartition("/")[2])
        if self._state.person(key).admin_agent:
            raise _bad("One or more added object references already exist for the following modified properties: "
                       "'members'.")  # fmt: skip
        self._state.agents[key] = True
        return 204, None

    def _join_customer_group(self) -> Answer:
        if is_in_group(self._state):
            raise _bad("One or more added object references already exist for the following modified properties: "
                       "'members'.")  # fmt: skip
        self._state.joined_customer_group = True
        return 204, None

    def _assign_role(self, request: Request, body: Body) -> Answer:
        """Give the roles of a relationship to the partner's group (protocol 11.7)."""
        tenant = self._state.customers.find(request.path_params["relationship"][:36])
        container = body.get("accessContainer")
        if tenant is None or not isinstance(container, dict) or container.get("accessContainerId") != GROUP:
            raise GraphError(404, "Request_ResourceNotFound", "The relationship or the security group does not exist.")
        self._state.roles_given.add(tenant.customer.tenant_id)
        return 201, {"id": tenant.object_id("assignment"), "status": "pending", **body}

    def _remove_member(self, request: Request, _body: Body) -> Answer:
        self._require_group(request)
        self._state.agents[self._key(request.path_params["user"])] = False
        return 204, None

    def _require_group(self, request: Request) -> None:
        ids = [group["id"] for group in account_api.groups(self._state)]
        if request.path_params["group"] not in ids:
            words = f"Resource '{request.path_params['group']}' does not exist."
            raise GraphError(404, "Request_ResourceNotFound", words)

    def _key(self, object_id: str) -> str:
        """Return the key of the person with an object id; raise 404 where there is none."""
        person = account_api.find_person(self._state, object_id)
        return next(key for key, each in self._state.people.items() if each.object_id == person.object_id)


def _bad(words: str) -> GraphError:
    return GraphError(400, "Request_BadRequest", words)
