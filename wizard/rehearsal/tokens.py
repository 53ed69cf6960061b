"""Tokens in the form Entra issues them, and the proof of a client's certificate (protocol 1.5, 1.7)."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa

from wizard.rehearsal.entra_errors import EntraError, bad_assertion
from wizard.rehearsal.resources import READS_POLICIES, Resource
from wizard.rehearsal.state import AppState, CloudState, Session
from wizard.rehearsal.world import Home, Service, Tenant

_SKEW = 300
Claims = Mapping[str, object]


@cache
def signing_key() -> rsa.RSAPrivateKey:
    """The key all clouds of this process sign with."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def key_id() -> str:
    """The signing key's id."""
    modulus = signing_key().public_key().public_numbers().n
    return base64url(hashlib.sha1(modulus.to_bytes(256, "big"), usedforsecurity=False).digest())


def public_keys(issuer: str) -> dict[str, object]:
    """The JWKS document."""
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
class Issued:
    """An access token and its lifetime in seconds."""

    token: str
    lifetime: int


def access_token(state: CloudState, app: AppState, resource: Resource, kind: str, session: Session, scp: str) -> Issued:
    """A v1-form access token for a user. `kind` is appidacr: 0 public, 1 secret, 2 certificate."""
    claims = _common(state, resource, state.world.tenant, app, kind)
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
        "sub": pairwise(person.object_id, resource.app_id),
        "unique_name": person.account if person.home is Home.CONTOSO else f"live.com#{person.account}",
        "upn": upn,
        "wids": [*person.roles, "b79fbf4d-3ef9-4689-8143-76b194e85509"],
    }
    if state.world.policy.amr_in_tokens:
        claims["amr"] = list(session.amr)
    return _issued(state, claims)


def app_token(state: CloudState, app: AppState, resource: Resource, kind: str) -> Issued:
    """A v1-form access token for an app itself."""
    claims = _common(state, resource, state.world.tenant, app, kind)
    subject = f"{app.app.object_id[:-2]}5b"
    claims |= {"oid": subject, "sub": subject, "idp": claims["iss"]}
    operator = state.world.operator
    if resource.service is Service.GRAPH and app.app.graph_roles:
        claims["roles"] = ["Application.Read.All", "Directory.Read.All", "Organization.Read.All"]
    elif resource.service is Service.GRAPH and app.app.client_id == operator.client_id and operator.reads_policies:
        claims["roles"] = ["Organization.Read.All", READS_POLICIES]
    return _issued(state, claims)


def id_token(state: CloudState, session: Session, login: str) -> str:
    """A v2 id_token: no amr in it."""
    now = min(time.time(), state.clock.now().timestamp())
    person, tenant = session.person, state.world.tenant
    claims: dict[str, object] = {
        "aud": session.client_id,
        "iss": f"https://{login}/{tenant.id}/v2.0",
        "iat": int(now) - _SKEW,
        "nbf": int(now) - _SKEW,
        "exp": int(max(time.time(), state.clock.now().timestamp())) + 3600,
        "name": person.name,
        "oid": person.object_id,
        "preferred_username": person.account,
        "rh": f"1.{secrets.token_urlsafe(30)}.",
        "sub": pairwise(person.object_id, session.client_id),
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
    """uid and utid of the account; a guest's are those of the home tenant."""
    person = session.person
    uid = person.home_object_id or person.object_id
    return base64url(json.dumps({"uid": uid, "utid": state.home_of(person).id}).encode())


def read_access_token(authorization: str) -> Claims | None:
    """The claims of a bearer token this cloud signed, whatever its audience and age; None for anything else."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        return None
    options = {"verify_aud": False, "verify_exp": False, "verify_nbf": False, "verify_iat": False}
    try:
        claims: dict[str, object] = jwt.decode(token.strip(), signing_key().public_key(), ["RS256"], options=options)  # type: ignore[arg-type]
    except jwt.PyJWTError:
        return None
    return claims


def expired(claims: Claims, now: datetime) -> bool:
    """Whether a token's time is over at `now`."""
    end = claims.get("exp")
    return not isinstance(end, int) or end < now.timestamp()


def check_assertion(state: CloudState, app: AppState, assertion: str) -> None:
    """Verifies a client assertion against the app's certificate; raises 700027, 700023, 700024 or 700021."""
    certificate = app.certificate
    try:
        header = jwt.get_unverified_header(assertion)
    except jwt.PyJWTError:
        raise bad_assertion(50027, "JWT token is invalid or malformed.") from None
    is_known = certificate is not None and app.certificate_usable_from <= state.clock.now()
    if certificate is None or not is_known or not _names_certificate(header, certificate):
        raise _unknown_key(app)
    key = certificate.public_key()
    options = {"verify_aud": False, "verify_exp": False, "verify_nbf": False, "verify_iat": False}
    try:
        claims: dict[str, object] = jwt.decode(assertion, key, ["PS256", "RS256"], options=options)  # type: ignore[arg-type]
    except jwt.PyJWTError:
        raise _unknown_key(app) from None
    _check_assertion_claims(state, app, claims)


def _check_assertion_claims(state: CloudState, app: AppState, claims: Claims) -> None:
    if claims.get("iss") != app.app.client_id or claims.get("sub") != app.app.client_id:
        raise bad_assertion(700021, "Client assertion application identifier does not match 'client_id' parameter.")
    audience = str(claims.get("aud", ""))
    own = audience.startswith("https://") and state.names.service_of(audience.split("/")[2]) is Service.LOGIN
    if not own or ("/oauth2/" not in audience and not audience.endswith("/v2.0")):
        raise bad_assertion(700023, "Client assertion audience claim does not match Realm issuer.")
    begins, ends = claims.get("nbf", 0), claims.get("exp")
    times = (time.time(), state.clock.now().timestamp())
    if not isinstance(begins, int | float) or not isinstance(ends, int | float):  # MSAL sends fractions
        raise bad_assertion(50027, "JWT token is invalid or malformed.")
    if not any(begins - _SKEW <= now <= ends + _SKEW for now in times):
        raise bad_assertion(700024, "Client assertion is not within its valid time range.")


def _names_certificate(header: Mapping[str, object], certificate: x509.Certificate) -> bool:
    sha256 = base64url(certificate.fingerprint(hashes.SHA256()))
    sha1 = base64url(certificate.fingerprint(hashes.SHA1()))
    named = {str(header[key]).rstrip("=") for key in ("x5t#S256", "x5t", "kid") if key in header}
    return bool(named & {sha256, sha1, certificate.fingerprint(hashes.SHA1()).hex().upper()})


def _unknown_key(app: AppState) -> EntraError:
    words = f"The certificate with identifier used to sign the client assertion is not registered on application. App ID: {app.app.client_id}."  # noqa: E501
    return bad_assertion(700027, words)


def _common(state: CloudState, resource: Resource, tenant: Tenant, app: AppState, kind: str) -> dict[str, object]:
    issued = int(state.clock.now().timestamp()) - _SKEW
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


def _issued(state: CloudState, claims: dict[str, object]) -> Issued:
    lifetime = 3600 + secrets.randbelow(1800)
    claims["exp"] = int((state.clock.now() + timedelta(seconds=lifetime)).timestamp())
    return Issued(_signed(claims), lifetime)


def _signed(claims: dict[str, object]) -> str:
    return jwt.encode(claims, signing_key(), algorithm="RS256", headers={"kid": key_id(), "x5t": key_id()})


def pairwise(object_id: str, client: str) -> str:
    """A subject that differs from client to client."""
    return base64url(hashlib.sha256(f"{object_id}/{client}".encode()).digest())


def base64url(value: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
