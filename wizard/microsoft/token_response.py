"""Token responses, and what an access token says, as values. Signatures are not checked here: the services do that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wizard.core.claims import CLIENT_TYPES
from wizard.core.errors import Unreachable
from wizard.core.jwt import payload_segment, read_segment
from wizard.core.secret import Secret
from wizard.core.text import clean_line
from wizard.core.trouble import Trouble


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """The claims of an access token that onboarding reads (protocol 1.7). "" and () mean absent.

    `amr` is None where the claim is absent: then the token does not say how the user signed in.
    """

    audience: str = ""
    tenant_id: str = ""
    user_id: str = ""
    user_name: str = ""
    client_type: str = ""
    amr: tuple[str, ...] | None = None
    scopes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TokenResponse:
    """A success of the token endpoint. `home_tenant_id` is the user's own tenant (`utid`), "" where not told.

    `expires_in` is how many seconds the access token lives, 0 where the answer does not say it.
    """

    access_token: Secret
    refresh_token: Secret | None
    scopes: tuple[str, ...]
    claims: AccessClaims
    home_tenant_id: str = ""
    user_name: str = ""
    expires_in: int = 0


def read_token_response(body: object, host: str) -> TokenResponse:
    """Return the response in a token endpoint's JSON, or in MSAL's dict.

    Raises:
        ServiceRefusal: it holds an error.
        Unreachable: it is neither a success nor an error.
    """
    from wizard.catalogue import read_entra_error  # with a refusal; the first page needs none of it

    if not isinstance(body, Mapping):
        raise Unreachable(host, Trouble.ANSWER, "gave an answer that is not JSON")
    if "error" in body:
        raise read_entra_error(body, 400, {})
    access, refresh = body.get("access_token"), body.get("refresh_token")
    if not isinstance(access, str) or not access:
        raise Unreachable(host, Trouble.ANSWER, "answered without an access token")
    info = read_segment(body.get("client_info"))
    id_claims = body.get("id_token_claims")
    id_claims = id_claims if isinstance(id_claims, Mapping) else read_segment(payload_segment(body.get("id_token")))
    scope, expires_in = body.get("scope"), body.get("expires_in")
    return TokenResponse(
        Secret(access),
        Secret(refresh) if isinstance(refresh, str) and refresh else None,
        tuple(scope.split()) if isinstance(scope, str) else (),
        read_access_claims(access),
        _text(info, "utid").lower(),
        _text(id_claims, "preferred_username"),
        expires_in if isinstance(expires_in, int) else 0,
    )


def read_access_claims(token: str) -> AccessClaims:
    """Return the claims of an access token; all absent if it is not a readable JWT."""
    claims = read_segment(payload_segment(token))
    amr, roles = claims.get("amr"), claims.get("wids")
    return AccessClaims(
        _text(claims, "aud").rstrip("/"),
        _text(claims, "tid").lower(),
        _text(claims, "oid").lower(),
        _text(claims, "upn") or _text(claims, "unique_name") or _text(claims, "preferred_username"),
        CLIENT_TYPES.get(_text(claims, "appidacr") or _text(claims, "azpacr"), ""),
        tuple(clean_line(str(value), 40) for value in amr) if isinstance(amr, list) else None,
        tuple(_text(claims, "scp").split()),
        tuple(clean_line(value, 40) for value in roles if isinstance(value, str)) if isinstance(roles, list) else (),
    )


def _text(claims: Mapping[str, object], name: str) -> str:
    value = claims.get(name)
    return clean_line(value, 300) if isinstance(value, str) else ""
