"""What a token says, as values: its head and its claims, read without its signature, also where it is cut."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from wizard.catalogue.members import as_list
from wizard.catalogue.well_known import cloud_title
from wizard.core.jwt import decode_cut_segment
from wizard.core.late_pattern import late_pattern
from wizard.core.shapes import CLIENT_SECRET_PATTERN, is_guid
from wizard.core.text import clean_line
from wizard.explain.token_reader.token_times import read_epoch

_LONGEST: Final = 120
_MOST: Final = 20
_KEY = late_pattern(r'[\s,]*"((?:[^"\\]|\\.)*)"\s*:\s*')
# What is longer than any name a person reads, or has the form of a client secret or a token, may be a secret.
_MAY_BE_SECRET = late_pattern(rf"[A-Za-z0-9_~-]{{41}}|{CLIENT_SECRET_PATTERN}|eyJ[A-Za-z0-9_-]{{12}}")
_WORD = late_pattern(r"[A-Za-z0-9_.:-]{1,40}")
_USER_NAMES: Final = ("upn", "preferred_username", "unique_name", "email")
# Characters of a signature, by the length of the key.
_RSA_SIGNATURES: Final = (342, 512, 683)
_SIGNATURES: Final = {"HS256": (43,), "HS384": (64,), "HS512": (86,), "ES256": (86,), "ES384": (128,)}


class TokenKind(StrEnum):
    """What a token is, in words."""

    ACCESS = "access token"
    ID = "id token"
    ASSERTION = "client assertion"
    ENCRYPTED = "encrypted token"
    OTHER = "token"


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """What a token says (protocol 1.7). "" , () and None mean absent or unreadable.

    Args:
        kind: what it is.
        version: "1.0" or "2.0".
        is_whole: False if its claims are cut: what is absent may stand in the part that is not here.
        signature: "there", "cut" or "missing".
        of_user: whether it is a user's (True) or the app's own (False), None if it does not say.
        client_type: "0", "1" or "2" (`appidacr`, `azpacr`).
        amr: how the user signed in; None if the token does not say.
        present: the names of the claims that are there.
    """

    kind: TokenKind
    version: str = ""
    is_whole: bool = True
    signature: str = "there"
    algorithm: str = ""
    is_entra: bool = False
    of_user: bool | None = None
    is_managed_identity: bool = False
    audience: str = ""
    issuer: str = ""
    issuer_host: str = ""
    issuer_tenant: str = ""
    tenant: str = ""
    client: str = ""
    client_type: str = ""
    user: str = ""
    user_id: str = ""
    home: str = ""
    is_guest: bool | None = None
    roles: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    app_roles: tuple[str, ...] = ()
    amr: tuple[str, ...] | None = None
    contexts: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    device: str = ""
    identifier: str = ""
    issued: datetime | None = None
    begins: datetime | None = None
    ends: datetime | None = None
    signed_in: datetime | None = None
    present: frozenset[str] = field(default=frozenset())


def read_token(token: str) -> TokenClaims | None:
    """Return what a token says, None if the text is none. The text may be cut anywhere.

    Args:
        token: base64url parts with dots between them, without white space.
    """
    parts = token.rstrip(".").split(".")
    if len(parts) < 2:
        return None  # a head alone says nothing
    head, head_is_whole = _decode(parts[0])
    if not {"alg", "typ", "enc"} & head.keys():
        return None
    algorithm = _word(head.get("alg"))
    if "enc" in head or len(parts) > 3:
        return TokenClaims(TokenKind.ENCRYPTED, is_whole=len(parts) == 5, algorithm=algorithm)
    claims, is_whole = _decode(parts[1])
    signature = _signature(algorithm, parts[2] if len(parts) > 2 else "")
    return _claims(claims, is_whole and head_is_whole, signature, algorithm)


def is_complete(token: str) -> bool:
    """Return whether a token has a signature of the length its algorithm makes, so that nothing can follow it."""
    parts = token.split(".")
    if len(parts) != 3 or len(parts[2]) < 43:
        return False
    head, _ = _decode(parts[0])
    return _signature(_word(head.get("alg")), parts[2]) == "there"


def safe_line(value: object, limit: int = _LONGEST) -> str:
    """Return a claim as one cleaned line a person may see; what may be a secret is not shown."""
    if not isinstance(value, str):
        return ""
    text = clean_line(value, limit)
    return "(not shown: it may be a secret)" if _MAY_BE_SECRET.search(text) else text


def as_guid(value: object) -> str:
    """Return a GUID in lower case, "" for anything else."""
    text = value.strip().lower() if isinstance(value, str) and len(value) < 60 else ""
    return text if is_guid(text) else ""


def _claims(claims: Mapping[str, object], is_whole: bool, signature: str, algorithm: str) -> TokenClaims:
    issuer = claims.get("iss")
    issuer_host, issuer_tenant = _issuer(issuer)
    tenant = as_guid(claims.get("tid"))
    user = next(filter(None, (safe_line(claims.get(name)) for name in _USER_NAMES)), "")
    amr = claims.get("amr")
    return TokenClaims(
        kind=_kind(claims, bool(cloud_title(issuer_host))),
        version=_word(claims.get("ver")),
        is_whole=is_whole,
        signature=signature,
        algorithm=algorithm,
        is_entra=bool(cloud_title(issuer_host)),
        of_user=_of_user(claims, bool(user)),
        is_managed_identity=isinstance(claims.get("xms_mirid"), str),
        audience=safe_line(claims.get("aud")).rstrip("/"),
        issuer=safe_line(issuer),
        issuer_host=issuer_host,
        issuer_tenant=issuer_tenant,
        tenant=tenant,
        client=as_guid(claims.get("appid")) or as_guid(claims.get("azp")),
        client_type=_word(claims.get("appidacr")) or _word(claims.get("azpacr")),
        user=user,
        user_id=as_guid(claims.get("oid")),
        home=_home(claims, tenant),
        is_guest=_is_guest(claims, tenant or issuer_tenant, issuer_host),
        roles=tuple(guid for guid in map(as_guid, _first_values(claims.get("wids"))) if guid),
        scopes=tuple(safe_line(scope) for scope in _text(claims.get("scp")).split()[:_MOST]),
        app_roles=tuple(name for name in map(safe_line, _first_values(claims.get("roles"))) if name),
        amr=tuple(name for name in map(_word, amr[:_MOST]) if name) if isinstance(amr, list) else None,
        contexts=tuple(name for name in map(_word, _first_values(claims.get("acrs"))) if name),
        capabilities=tuple(name for name in map(_word, _first_values(claims.get("xms_cc"))) if name),
        device=as_guid(claims.get("deviceid")),
        identifier=_word(claims.get("uti")),
        issued=read_epoch(claims.get("iat")),
        begins=read_epoch(claims.get("nbf")),
        ends=read_epoch(claims.get("exp")),
        signed_in=read_epoch(claims.get("auth_time")),
        present=frozenset(claims),
    )


def _kind(claims: Mapping[str, object], is_entra: bool) -> TokenKind:
    """Return the kind of a token: access by its client, id by its audience, assertion by a subject that issued it."""
    audience, issuer = _text(claims.get("aud")), _text(claims.get("iss"))
    if issuer and issuer == claims.get("sub") and "tid" not in claims and audience.startswith("https://"):
        return TokenKind.ASSERTION
    if claims.keys() & {"appid", "azp", "appidacr", "azpacr", "scp"}:
        return TokenKind.ACCESS
    if claims.keys() & {"nonce", "at_hash", "c_hash"} or (
        (is_entra or "tid" in claims) and as_guid(audience) and "roles" not in claims
    ):
        return TokenKind.ID
    return TokenKind.ACCESS if is_entra else TokenKind.OTHER


def _of_user(claims: Mapping[str, object], has_name: bool) -> bool | None:
    """Return whether it is a user's token: `idtyp` is optional; an app's has no `scp`, and its `sub` is its `oid`."""
    if claims.get("idtyp") in ("app", "user"):
        return claims["idtyp"] == "user"
    if _text(claims.get("scp")) or has_name:
        return True
    if "roles" in claims or (as_guid(claims.get("oid")) and claims.get("oid") == claims.get("sub")):
        return False
    return None


def _issuer(value: object) -> tuple[str, str]:
    """Return the host and the tenant of an `iss`, "" each where it names none."""
    try:
        parts = urlsplit(_text(value))
        return (parts.hostname or "").lower(), as_guid(parts.path.strip("/").partition("/")[0])
    except ValueError:
        return "", ""


def _home(claims: Mapping[str, object], tenant: str) -> str:
    """Return where a guest is at home: a tenant's id, or a name such as "live.com"; "" for nobody's guest."""
    provider = _text(claims.get("idp"))
    host, home = _issuer(provider)
    if not provider or home == tenant:
        return ""
    return home or (safe_line(host or provider, 60))


def _is_guest(claims: Mapping[str, object], tenant: str, issuer_host: str) -> bool | None:
    """Return whether the account is a guest: by `acct`, else by an `idp` of another tenant; None if it is not said."""
    account = claims.get("acct")
    if not isinstance(account, bool) and account in (0, 1, "0", "1"):
        return str(account) == "1"
    provider = _text(claims.get("idp"))
    if not provider:
        return None
    host, home = _issuer(provider)
    federated = not home and host != issuer_host and "live.com" not in provider.lower()
    return None if federated else home != tenant


def _signature(algorithm: str, part: str) -> str:
    if not part:
        return "missing"
    lengths = _RSA_SIGNATURES if algorithm[:2] in ("RS", "PS") else _SIGNATURES.get(algorithm)
    return "there" if not lengths or len(part) in lengths else "cut"


def _first_values(value: object) -> list[object]:
    return list(as_list(value))[:_MOST]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _word(value: object) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1000 else _text(value)
    return text if _WORD.fullmatch(text) else ""


def _decode(part: str) -> tuple[dict[str, object], bool]:
    """Return the members of a base64url part, and whether it is whole; of a cut one, the members before the cut."""
    try:
        text = decode_cut_segment(part)
    except ValueError:
        return {}, False
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return _members_before_cut(text), False
    return (value, True) if isinstance(value, dict) else ({}, False)


def _members_before_cut(text: str) -> dict[str, object]:
    decoder = json.JSONDecoder()
    found: dict[str, object] = {}
    position = 1 if text.startswith("{") else len(text)
    while match := _KEY.match(text, position):
        try:
            value, position = decoder.raw_decode(text, match.end())
        except (ValueError, RecursionError):
            break
        if position >= len(text):
            break  # a number at the very end may be cut itself
        found[match.group(1)] = value
    return found
