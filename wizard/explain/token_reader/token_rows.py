"""The rows of a token: what it says, by name, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from wizard.catalogue.well_known import audience, cloud_title, microsoft_client, role_name
from wizard.core.claims import CLIENT_TYPES, did_mfa
from wizard.core.timestamps import utc_time
from wizard.explain.token_reader.token_claims import TokenClaims, TokenKind
from wizard.explain.token_reader.token_times import format_relative

_CLIENTS: Final = {
    "public": "public: no secret and no certificate",
    "secret": "confidential: with a client secret",
    "certificate": "confidential: with a certificate",
}


def token_rows(token: TokenClaims, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield names and values in reading order; a value may be empty."""
    form = f", v{token.version} form" if token.version else ""
    whose = {True: ", of a user", False: ", app-only", None: ""}[token.of_user]
    managed = ", of a managed identity" if token.is_managed_identity else ""
    yield "kind", f"{token.kind}{form}{whose if token.kind is TokenKind.ACCESS else ''}{managed}"
    if token.kind is TokenKind.ENCRYPTED:
        yield "algorithm", token.algorithm
        return
    yield "tenant", token.tenant
    yield "client", _named(token.client, microsoft_client(token.client))
    yield "client type", _CLIENTS.get(CLIENT_TYPES.get(token.client_type, ""), token.client_type)
    yield "user", token.user
    yield "object id", token.user_id
    yield "account", _account(token)
    yield "roles", ", ".join(role_name(each) or each for each in token.roles)
    yield "permissions", ", ".join(token.scopes)
    yield "app roles", ", ".join(token.app_roles)
    yield "for", _named(token.audience, audience(token.audience).name)
    yield "issued", _time(token.issued, now)
    yield "not before", _time(token.begins, now) if token.begins != token.issued else ""
    yield "expires", _time(token.ends, now)
    if token.kind is TokenKind.ACCESS and token.of_user is not False:
        yield "MFA", _mfa_row(token) if token.is_whole or token.amr is not None else ""
        yield "signed in", _time(token.signed_in, now)
    yield "issuer", token.issuer
    yield "cloud", cloud_title(token.issuer_host)
    if token.kind is TokenKind.ACCESS and token.of_user is not False:
        yield "authentication contexts", ", ".join(token.contexts)
        yield "device", token.device
        yield "sign-in flow", "not said; the sign-in log shows it (Original transfer method: device code flow)"
    yield "client capabilities", ", ".join(token.capabilities)
    yield "unique token id", token.identifier
    yield "signature", "not checked" if token.signature == "there" else f"{token.signature}; not checked"


def _account(token: TokenClaims) -> str:
    if token.is_guest:
        return f"guest from {token.home or 'elsewhere'}"
    return "at home in this tenant" if token.is_guest is False else ""


def _mfa_row(token: TokenClaims) -> str:
    if token.amr is None:
        return "said, but not readable" if "amr" in token.present else "not said"
    how = f"(amr: {', '.join(token.amr)})" if token.amr else "(amr names no method)"
    return f"{'proven' if did_mfa(token.amr) else 'not proven'} {how}"


def _named(value: str, name: str) -> str:
    return f"{name} ({value})" if name and value else value


def _time(when: datetime | None, now: datetime) -> str:
    return f"{utc_time(when)} ({format_relative(when, now)})" if when else ""
