"""What Microsoft Graph lets be changed of an app's credentials, and of the policy for them (protocol 6.2, 11.4)."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from starlette.requests import Request

from wizard.rehearsal.certificate_key import AppKey
from wizard.rehearsal.clock import iso_timestamp
from wizard.rehearsal.cloud_state import AddedTrust, AppState, CloudState, SecretValue, new_secret
from wizard.rehearsal.graph_answers import GraphError
from wizard.rehearsal.machine_facts import AUDIENCE, FederatedTrust

Body = Mapping[str, object]
Answer = tuple[int, Mapping[str, object] | None]
POLICIES: Final = "/v1.0/policies/appManagementPolicies"


class GraphCredentials:
    """Takes new secrets and certificates of apps, removes them, and excepts an app from the tenant's policy."""

    def __init__(self, state: CloudState) -> None:
        self._state = state

    def add_password(self, request: Request, body: Body) -> Answer:
        """Make a client secret, whose value is in this answer alone; raise `GraphError` if the policy forbids it."""
        app, asked = self._app(request), body.get("passwordCredential")
        wanted = asked if isinstance(asked, Mapping) else {}
        now = self._state.clock.now()
        ends = _moment(wanted.get("endDateTime")) or now + timedelta(days=730)
        rules = self._state.world.policy.app_management
        if rules.secrets_forbidden and not self._is_excepted():
            words = "Credential type not allowed as per assigned policy."
            raise GraphError(400, "CredentialTypeNotAllowedAsPerAppPolicy", words)
        if rules.secret_days and ends - now > timedelta(days=rules.secret_days):
            words = "Credential lifetime exceeds the max value allowed as per assigned policy."
            raise GraphError(400, "CredentialInvalidLifetimeAsPerAppPolicy", words)
        usable_from = now + timedelta(seconds=app.app.new_key_delay)
        made = SecretValue(str(uuid.uuid4()), new_secret(), usable_from, ends, str(wanted.get("displayName", "")))
        app.secrets.append(made)
        shown = {"keyId": made.id, "displayName": made.name, "hint": made.value[:3], "secretText": made.value,
                 "startDateTime": iso_timestamp(now), "endDateTime": iso_timestamp(ends)}  # fmt: skip
        return 200, shown

    def remove_password(self, request: Request, body: Body) -> Answer:
        """Remove a client secret; raise `GraphError` if there is none of this id."""
        app, key_id = self._app(request), str(body.get("keyId", ""))
        left = [each for each in app.secrets if each.id != key_id]
        if len(left) == len(app.secrets):
            raise GraphError(400, "Request_BadRequest", f"No password credential found with keyId '{key_id}'.")
        app.secrets = left
        kept = tuple(each for each in app.app.secrets if each.id != key_id)
        if kept != app.app.secrets:
            app.app = replace(app.app, secrets=kept)
            self._state.world = replace(self._state.world, app=app.app)
        return 204, None

    def add_policy(self, _request: Request, body: Body) -> Answer:
        """Make a policy for credentials, which binds nobody until it is assigned."""
        policy_id = str(uuid.uuid4())
        self._state.credential_exceptions[policy_id] = {**body, "id": policy_id}
        return 201, self._state.credential_exceptions[policy_id]

    def remove_policy(self, request: Request, _body: Body) -> Answer:
        """Remove a policy, and whatever it is assigned to loses it; raise `GraphError` if there is none."""
        policy_id = request.path_params["policy_id"]
        if self._state.credential_exceptions.pop(policy_id, None) is None:
            raise _missing(policy_id)
        self._state.excepted.discard(policy_id)
        return 204, None

    def assign_policy(self, request: Request, body: Body) -> Answer:
        """Assign a policy to an app; raise `GraphError` if it has one already."""
        self._app(request)
        policy_id = str(body.get("@odata.id", "")).rpartition("/")[2]
        if policy_id not in self._state.credential_exceptions:
            raise _missing(policy_id)
        if self._state.excepted or self._state.world.policy.app_management.app_excepted:
            raise GraphError(400, "Request_BadRequest", "Only one policy of this type can be assigned to an app.")
        self._state.excepted.add(policy_id)
        return 204, None

    def add_trust(self, request: Request, body: Body) -> Answer:
        """Let an app trust the token of another issuer; raise `GraphError` if its name or token is there already."""
        app, now = self._app(request), self._state.clock.now()
        trust = FederatedTrust(str(body.get("issuer", "")), str(body.get("subject", "")), AUDIENCE)
        for each in app.trusts:
            if each.row["name"] == body.get("name") or each.trust == trust:
                raise GraphError(409, "Request_MultipleObjectsWithSameKeyValue", "FederatedIdentityCredential exists.")
        row = {**body, "id": str(uuid.uuid4())}
        app.trusts.append(AddedTrust(row, trust, now + timedelta(seconds=app.app.new_key_delay)))
        return 201, row

    def remove_trust(self, request: Request, _body: Body) -> Answer:
        """Remove a federated credential; raise `GraphError` if there is none of this id."""
        app, trust_id = self._app(request), request.path_params["trust_id"]
        left = [each for each in app.trusts if each.row["id"] != trust_id]
        if len(left) == len(app.trusts):
            raise _missing(trust_id)
        app.trusts = left
        return 204, None

    def _app(self, request: Request) -> AppState:
        app = self._state.apps.get(request.path_params["app_id"].lower())
        if app is None or app.first_party:
            raise _missing(request.path_params["app_id"])
        return app

    def _is_excepted(self) -> bool:
        if self._state.world.policy.app_management.app_excepted:
            return True
        return any(_allows_secrets(self._state.credential_exceptions[each]) for each in self._state.excepted)


def change_keys(app: AppState, value: object, now: datetime) -> None:
    """Make certificates those of a PATCH: one with a known `keyId` stays, one with a `key` is new, others go.

    Raises:
        GraphError: one has neither, or is no certificate.
    """
    wanted = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    known = {each.key_id: each for each in app.keys}
    keys = list[AppKey]()
    for each in wanted:
        if there := known.get(str(each.get("keyId", ""))):
            keys.append(there)
        elif isinstance(encoded := each.get("key"), str):
            usable_from = now + timedelta(seconds=app.app.new_key_delay)
            keys.append(AppKey(_certificate(encoded), str(each.get("displayName", "")), usable_from))
        else:
            raise GraphError(400, "Request_BadRequest", "New key credential must have a value.")
    app.keys = keys


def _allows_secrets(policy: Mapping[str, object]) -> bool:
    parts = policy.get("restrictions")
    listed = parts.get("passwordCredentials") if isinstance(parts, dict) else None
    return any(
        each.get("restrictionType") == "passwordAddition" and each.get("state") == "disabled"
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, dict)
    )


def _certificate(encoded: str) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError):
        raise GraphError(400, "Request_BadRequest", "Key credential value is not a valid certificate.") from None


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text).replace("Z", "+00:00")).astimezone(UTC)
    except ValueError:
        return None


def _missing(what: str) -> GraphError:
    words = f"Resource '{what}' does not exist or one of its queried reference-property objects are not present."
    return GraphError(404, "Request_ResourceNotFound", words)
