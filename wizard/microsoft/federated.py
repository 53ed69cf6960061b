"""The outside token of a federated credential: a managed identity's, a pod's, or that in a file (protocol 11.4)."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wizard.core.errors import BadInput
from wizard.core.files import read_file
from wizard.core.jwt import payload_segment, read_segment
from wizard.core.secret import Secret
from wizard.core.text import clean_line
from wizard.microsoft.credentials import FederatedCredential
from wizard.microsoft.sign_in_targets import SignInTarget

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

    from wizard.microsoft.http import Http

MANAGED, WORKLOAD, FILE = "managed", "workload", "file"
"""Where an outside token comes from."""
TOKEN_FILE: Final = "AZURE_FEDERATED_TOKEN_FILE"
"""The variable that names the token of a Kubernetes pod."""
LARGEST_TOKEN: Final = 20_000
"""Bytes of a token's file; more is another file."""
APP: Final = SignInTarget("app", "key_vault", "")
"""What a managed identity's token is for here; refusals are those of an Azure identity."""


@dataclass(frozen=True, slots=True)
class OutsideToken:
    """What an outside token says of itself, "" and None where it does not. `expires_at` is aware, UTC."""

    issuer: str
    subject: str
    audience: str
    expires_at: datetime | None

    def as_evidence(self) -> dict[str, str]:
        """Return what a federated credential has to equal, by the names that Entra has for it."""
        named = {"issuer": self.issuer, "subject": self.subject, "audience": self.audience}
        return {name: value for name, value in named.items() if value}


def read_outside_token(token: Secret) -> OutsideToken:
    """Return what a token says; nothing of it is verified here."""
    claims = read_segment(payload_segment(token.reveal()))
    audience = claims.get("aud")
    if isinstance(audience, list):
        audience = " ".join(str(each) for each in audience)
    return OutsideToken(_text(claims.get("iss")), _text(claims.get("sub")), _text(audience), _time(claims.get("exp")))


def _text(value: object) -> str:
    return clean_line(value, 600) if isinstance(value, str) else ""


def _time(value: object) -> datetime | None:
    """Return a NumericDate (RFC 7519, 2) as a time, None for what is none."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def federated_credential(http: Http, source: str, place: str) -> FederatedCredential:
    """Return the credential of an app that trusts the tokens of a source.

    Args:
        http: the one HTTP path.
        source: `MANAGED`, `WORKLOAD` or `FILE`.
        place: the client id of a managed identity, "" for the machine's only one; or the path of the file.
    """
    if source == MANAGED:
        return FederatedCredential(source, place, _managed_identity(http, place))
    return FederatedCredential(source, place, lambda: _read_file(place, source))


def _managed_identity(http: Http, client_id: str) -> Callable[[], Secret]:
    """Return what asks the machine's identity endpoint; azure-identity keeps its token until shortly before its end."""
    made: list[TokenCredential] = []

    def read() -> Secret:
        from wizard.microsoft.azure_credentials import access_token, create_credential

        if not made:
            made.append(create_credential(http, MANAGED, APP, client_id))
        return access_token(http, made[0], f"{http.cloud.token_exchange}/.default", "", APP)

    return read


def _read_file(place: str, source: str) -> Secret:
    """Return the token in the file now: whoever issues it writes a new one before it ends.

    Raises:
        BadInput: there is no such file, or no JWT in it.
    """
    name = place or os.environ.get(TOKEN_FILE, "")
    field = "assertion_file" if source == FILE else "credential"
    if not name:
        raise BadInput(field, f"{TOKEN_FILE} is not set, so this is no pod with a workload identity")
    path = Path(name).expanduser()
    try:
        text = read_file(path, LARGEST_TOKEN).decode("ascii").strip()
    except OSError as error:
        raise BadInput(field, f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        text = ""
    if text.count(".") != 2 or not read_segment(payload_segment(text)) or not text.isprintable() or " " in text:
        raise BadInput(field, f"{path} holds no token (a JWT, on one line)")
    return Secret(text)
