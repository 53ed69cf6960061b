"""Tokens, codes and secrets made for tests: none was ever issued, and none opens anything."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime

from wizard.catalogue.diagnosis import Diagnosis
from wizard.explain.token_reader.token_finder import find_tokens

NOW = datetime(2026, 11, 21, 10, 4, tzinfo=UTC)
CONTOSO = "0c0c0c0c-1111-4222-8333-444444444444"
FABRIKAM = "0f0f0f0f-1111-4222-8333-444444444444"
CLIENT = "aaaaaaaa-2222-4333-8444-555555555555"
USER = "bbbbbbbb-2222-4333-8444-555555555555"
MEMBER = "b79fbf4d-3ef9-4689-8143-76b194e85509"
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
PARTNER_CENTER = "https://api.partnercenter.microsoft.com"


def base64url(text: str | bytes) -> str:
    octets = text.encode() if isinstance(text, str) else text
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def noise(length: int, seed: int = 1) -> str:
    """Letters and digits in an order that repeats nowhere within 12 characters, the same at each call."""
    octets, state = bytearray(), seed
    while len(octets) < length:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        octets += state.to_bytes(8, "big")
    return base64url(bytes(octets))[:length]


SIGNATURE = noise(342)
REFRESH_TOKEN = f"1.AX{noise(40, 2)}.AgABAwEAAAD{noise(1100, 3)}"
AUTHORIZATION_CODE = f"1.AX{noise(40, 4)}.AgABBAIAAAD{noise(700, 5)}"
DEVICE_CODE = f"CAQABAAEAAAD{noise(220, 6)}"
CLIENT_SECRET = f"Qx48Q~{noise(34, 7).replace('-', '.').replace('_', '~')}"


def at(minutes: float) -> int:
    """A time of a token, minutes from NOW."""
    return int(NOW.timestamp() + 60 * minutes)


def made(payload: object, head: object = None, signature: str = SIGNATURE) -> str:
    """A token of any payload."""
    head = {"typ": "JWT", "alg": "RS256", "kid": "a-key"} if head is None else head
    return f"{base64url(json.dumps(head))}.{base64url(json.dumps(payload))}.{signature}"


def access_claims(**changed: object) -> dict[str, object]:
    """What Partner Center's access token of a healthy integration user says; None takes a claim away."""
    claims: dict[str, object] = {
        "aud": PARTNER_CENTER,
        "iss": f"https://sts.windows.net/{CONTOSO}/",
        "iat": at(-5),
        "nbf": at(-5),
        "exp": at(37.2),
        "acr": "1",
        "amr": ["pwd", "mfa"],
        "appid": CLIENT,
        "appidacr": "1",
        "idp": f"https://sts.windows.net/{CONTOSO}/",
        "ipaddr": "203.0.113.9",
        "name": "Partner Integration",
        "oid": USER,
        "scp": "user_impersonation",
        "sub": noise(43, 8),
        "tid": CONTOSO,
        "unique_name": "partner-integration@contoso.com",
        "upn": "partner-integration@contoso.com",
        "uti": noise(22, 9),
        "ver": "1.0",
        "wids": [MEMBER],
    }
    return {name: value for name, value in (claims | changed).items() if value is not None}


def access_token(**changed: object) -> str:
    return made(access_claims(**changed))


def id_token(**changed: object) -> str:
    claims: dict[str, object] = {
        "aud": CLIENT,
        "iss": f"https://login.microsoftonline.com/{CONTOSO}/v2.0",
        "iat": at(-5),
        "nbf": at(-5),
        "exp": at(55),
        "name": "Partner Integration",
        "nonce": "n",
        "oid": USER,
        "preferred_username": "partner-integration@contoso.com",
        "sub": noise(43, 8),
        "tid": CONTOSO,
        "ver": "2.0",
    }
    return made({name: value for name, value in (claims | changed).items() if value is not None})


def words_of(diagnosis: Diagnosis) -> Iterator[str]:
    """Every text of a diagnosis, wherever it stands in it."""
    yield from (diagnosis.code, diagnosis.title, diagnosis.cause, diagnosis.remedy, diagnosis.link, diagnosis.service)
    yield from (diagnosis.service_text, *diagnosis.steps, diagnosis.send_to, *diagnosis.ids.present().values())
    for name, value in diagnosis.evidence:
        yield from (name, value)
    yield json.dumps(diagnosis.as_json(), ensure_ascii=False)
    yield repr(diagnosis)


def parts_repeated(secret: str, diagnosis: Diagnosis, length: int = 12) -> list[str]:
    """The parts of a secret, of any alignment, that a diagnosis repeats: there must be none."""
    text = "\n".join(words_of(diagnosis))
    return [part for at in range(len(secret) - length + 1) if (part := secret[at : at + length]) in text]


def only_token(text: str) -> Diagnosis:
    """What is said of the one token in a text."""
    found = find_tokens(text, NOW)
    assert len(found) == 1, [sighting.diagnosis.title for sighting in found]
    return found[0].diagnosis


def row_of(diagnosis: Diagnosis, name: str) -> str:
    """A row of the chart, "" where it has none."""
    return dict(diagnosis.evidence).get(name, "")
