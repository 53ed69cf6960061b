"""Tokens in the form Entra issues them (protocol 1.7)."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from wizard.rehearsal.choices import Home, Service
from wizard.rehearsal.cloud_state import AppState, CloudState, Session
from wizard.rehearsal.resources import (
    CHANGES,
    CHANGES_PEOPLE,
    METHODS_READ_ALL,
    POLICY_READ_ALL,
    RISK_READ_ALL,
    USER_READ_ALL,
    Resource,
)
from wizard.rehearsal.world import Tenant

SKEW = 300
"""Seconds by which clocks may differ."""
Claims = Mapping[str, object]


@cache
def signing_key() -> rsa.RSAPrivateKey:
    """Return the key that all clouds of this process sign with."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def key_id() -> str:
    """Return the signing key's id."""
    modulus = signing_key().public_key().public_numbers().n
    return base64url(hashlib.sha1(modulus.to_bytes(256, "big"), usedforsecurity=False).digest())


def public_keys(issuer: str) -> dict[str, object]:
    """Return the document of signing keys (RFC 7517)."""
    numbers = signing_key().public_key().public_numbers()
    key = {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": key_id(),
        "x5t": key_id(),
        "n": base64url(numbers.n.to_bytes(256, "big")),
        "e": base64url(numbers.e.to_bytes(3, "big")),
        "issuer": issuer,
    }
    return {"keys": [key]}


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """An access token and its lifetime in seconds."""

    token: str
    lifetime: int


def access_token(
    state: CloudState,
    app: AppState,
    resource: Resource,
    kind: str,
    session: Session,
    scp: str,
    tenant: Tenant | None = None,
) -> IssuedToken:
    """Issue an access token of version 1.0 for a user.

    Args:
        state: the cloud.
        app: the client.
        resource: the API it is for.
        kind: the claim appidacr: 0 public, 1 secret, 2 certificate.
        session: the sign-in it comes from.
        scp: the claim of that name: the permissions, separated by spaces.
        tenant: that it is for, None for the partner's.
    """
    claims = _common(state, resource, tenant or state.world.tenant, app, kind)
    person = session.person
    upn = person.account
    if person.home is Home.FABRIKAM:
        upn = f"{person.account.replace('@', '_')}#EXT#@{state.world.tenant.domain}"
        claims["idp"] = f"https://sts.windows.net/{state.world.home_tenant.id}/"
    claims |= {
        "acr": "1",
        "given_name": person.name.split()[0],
        "family_name": person.name.split()[-1],
        "ipaddr": "127.0.0.1",
        "name": person.name,
        "oid": person.object_id,
        "puid": "10032000" + person.object_id[-8:].upper(),
        "scp": scp,
        "sub": pairwise_subject(person.object_id, resource.app_id),
        "unique_name": person.account if person.home is Home.CONTOSO else f"live.com#{person.account}",
        "upn": upn,
        "wids": [*person.roles, "b79fbf4d-3ef9-4689-8143-76b194e85509"],
    }
    if state.world.policy.amr_in_tokens:
        claims["amr"] = list(session.amr)
    return _issued(state, claims)


def app_token(state: CloudState, app: AppState, resource: Resource, kind: str, tenant: Tenant) -> IssuedToken:
    """Issue an access token of version 1.0 for an app itself in a tenant; other arguments as for `access_token`."""
    claims = _common(state, resource, tenant, app, kind)
    claims |= {"oid": app.principal_id, "sub": app.principal_id, "idp": claims["iss"]}
    operator = state.world.operator
    is_operator = resource.service is Service.GRAPH and app.app.client_id == operator.client_id
    if resource.service is Service.GRAPH and app.app.graph_roles:
        claims["roles"] = ["Application.Read.All", "Directory.Read.All", "Organization.Read.All"]
    elif is_operator:
        policies = ["Organization.Read.All", POLICY_READ_ALL] if operator.reads_policies else []
        apps = ["Application.Read.All", "Directory.Read.All"] if operator.reads_apps else []
        people = [USER_READ_ALL, "Directory.Read.All", METHODS_READ_ALL, RISK_READ_ALL] if operator.reads_people else []
        changes = sorted(CHANGES - CHANGES_PEOPLE) if operator.changes_apps else []
        changes += sorted(CHANGES_PEOPLE) if operator.changes_people else []
        if roles := policies + apps + people + changes:
            claims["roles"] = roles
    return _issued(state, claims)


def id_token(state: CloudState, session: Session, login: str) -> str:
    """Issue an id_token of version 2.0, which has no amr; `login` is the host of its issuer."""
    now = min(time.time(), state.clock.now().timestamp())
    person, tenant = session.person, state.world.tenant
    claims: dict[str, object] = {
        "aud": session.client_id,
        "iss": f"https://{login}/{tenant.id}/v2.0",
        "iat": int(now) - SKEW,
        "nbf": int(now) - SKEW,
        "exp": int(max(time.time(), state.clock.now().timestamp())) + 3600,
        "name": person.name,
        "oid": person.object_id,
        "preferred_username": person.account,
        "rh": f"1.{secrets.token_urlsafe(30)}.",
        "sub": pairwise_subject(person.object_id, session.client_id),
        "tid": tenant.id,
        "uti": secrets.token_urlsafe(16),
        "ver": "2.0",
    }
    if session.nonce:
        claims["nonce"] = session.nonce
    if person.home is Home.FABRIKAM:
        claims["idp"] = f"https://sts.windows.net/{state.world.home_tenant.id}/"
    return _signed(claims)


def client_info(state: CloudState, session: Session) -> str:
    """Return uid and utid of the account; a guest's are those of the home tenant."""
    person = session.person
    uid = person.home_object_id or person.object_id
    return base64url(json.dumps({"uid": uid, "utid": state.home_of(person).id}).encode())


def read_access_token(authorization: str) -> Claims | None:
    """Return the claims of the bearer token in an Authorization header, None if this cloud did not sign it.

    Its audience and age are not checked.
    """
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        return None
    return _claims_of(token.strip())


@lru_cache(1_000)
def _claims_of(token: str) -> Claims | None:
    """Return the claims of a token, None if this cloud did not sign it; it is asked for several times a request."""
    try:
        return verified_claims(token, signing_key().public_key(), ["RS256"])
    except jwt.PyJWTError:
        return None


def verified_claims(token: str, key: PublicKeyTypes, algorithms: list[str]) -> dict[str, object]:
    """Return the claims of a JWT, whatever its audience and age; raise `jwt.PyJWTError` if `key` did not sign it."""
    options = {"verify_aud": False, "verify_exp": False, "verify_nbf": False, "verify_iat": False}
    return jwt.decode(token, key, algorithms, options=options)  # type: ignore[arg-type]


def is_expired(claims: Claims, now: datetime) -> bool:
    """Return whether a token has expired at `now`."""
    end = claims.get("exp")
    return not isinstance(end, int) or end < now.timestamp()


def _common(state: CloudState, resource: Resource, tenant: Tenant, app: AppState, kind: str) -> dict[str, object]:
    issued = int(state.clock.now().timestamp()) - SKEW
    return {
        "aud": resource.audience,
        "iss": f"https://sts.windows.net/{tenant.id}/",
        "iat": issued,
        "nbf": issued,
        "aio": secrets.token_urlsafe(24),
        "appid": app.app.client_id,
        "appidacr": kind,
        "rh": f"1.{secrets.token_urlsafe(30)}.",
        "tid": tenant.id,
        "uti": secrets.token_urlsafe(16),
        "ver": "1.0",
    }


def _issued(state: CloudState, claims: dict[str, object]) -> IssuedToken:
    lifetime = 3600 + secrets.randbelow(1800)
    claims["exp"] = int((state.clock.now() + timedelta(seconds=lifetime)).timestamp())
    return IssuedToken(_signed(claims), lifetime)


def _signed(claims: dict[str, object]) -> str:
    return jwt.encode(claims, signing_key(), algorithm="RS256", headers={"kid": key_id(), "x5t": key_id()})


def pairwise_subject(object_id: str, client: str) -> str:
    """Return a subject that differs from client to client."""
    return base64url(hashlib.sha256(f"{object_id}/{client}".encode()).digest())


def base64url(value: bytes) -> str:
    """Return bytes as base64url without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
