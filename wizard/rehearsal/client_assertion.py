"""The proof of a client: a JWT that its certificate signed, or one of an issuer that it trusts (protocol 1.5, 11.4)."""

from __future__ import annotations

import time
from collections.abc import Mapping

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from wizard.rehearsal.aadsts_errors import EntraError, bad_assertion
from wizard.rehearsal.choices import Service
from wizard.rehearsal.cloud_state import AppState, CloudState
from wizard.rehearsal.issued_tokens import SKEW, Claims, base64url, verified_claims
from wizard.rehearsal.machine_identity import outside_key, trusts_of


def check_client_assertion(state: CloudState, app: AppState, assertion: str) -> None:
    """Verify a client assertion against the app's certificate, or against its federated credentials.

    Args:
        state: the cloud.
        app: the client.
        assertion: the JWT, as sent in client_assertion.

    Raises:
        EntraError: 50027 if it is no JWT; 700027 if the certificate is not the app's; 700021, 700023 or 700024 if one
            of its claims is wrong; of the token of another issuer 70025, 700211, 700212, 700213 or 700024.
    """
    outside = _outside_claims(assertion)
    if outside is not None:
        _check_trust(state, app, outside)
        return
    try:
        header = jwt.get_unverified_header(assertion)
    except jwt.PyJWTError:
        raise bad_assertion(50027, "JWT token is invalid or malformed.") from None
    usable = [each.certificate for each in app.keys if each.usable_from <= state.clock.now()]
    named = next((each for each in usable if _names_certificate(header, each)), None)
    if named is None:
        raise _unknown_key(app)
    try:
        claims = verified_claims(assertion, named.public_key(), ["PS256", "RS256"])
    except jwt.PyJWTError:
        raise _unknown_key(app) from None
    _check_assertion_claims(state, app, claims)


def _outside_claims(assertion: str) -> Claims | None:
    """Return the claims of a token that the machine's host issued, None for any other."""
    try:
        return verified_claims(assertion, outside_key().public_key(), ["RS256"])
    except jwt.PyJWTError:
        return None


def _check_trust(state: CloudState, app: AppState, claims: Claims) -> None:
    trusted = [(each.issuer, each.audience, each.subject) for each in trusts_of(state, app)]
    if not trusted:
        raise bad_assertion(70025, "Client application has no configured federated identity credentials.")
    presented = tuple(str(claims.get(name, "")) for name in ("iss", "aud", "sub"))
    rows = ((700211, "issuer"), (700212, "audience"), (700213, "subject"))
    for number, (code, what) in enumerate(rows):
        trusted = [each for each in trusted if each[number] == presented[number]]
        if not trusted:
            words = (
                f"No matching federated identity record found for presented assertion {what} '{presented[number]}'. "
                "Check your federated identity credential Subject, Audience and Issuer against the presented "
                "assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation"
            )
            raise bad_assertion(code, words)
    ends = claims.get("exp")
    if not isinstance(ends, int) or ends + SKEW < state.clock.now().timestamp():
        raise bad_assertion(700024, "Client assertion is not within its valid time range.")


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
    if not any(begins - SKEW <= now <= ends + SKEW for now in times):
        raise bad_assertion(700024, "Client assertion is not within its valid time range.")


def _names_certificate(header: Mapping[str, object], certificate: x509.Certificate) -> bool:
    sha256 = base64url(certificate.fingerprint(hashes.SHA256()))
    sha1 = base64url(certificate.fingerprint(hashes.SHA1()))
    named = {str(header[key]).rstrip("=") for key in ("x5t#S256", "x5t", "kid") if key in header}
    return bool(named & {sha256, sha1, certificate.fingerprint(hashes.SHA1()).hex().upper()})


def _unknown_key(app: AppState) -> EntraError:
    words = f"The certificate with identifier used to sign the client assertion is not registered on application. App ID: {app.app.client_id}."  # noqa: E501
    return bad_assertion(700027, words)
