"""The vault: azure-keyvault-secrets over the one HTTP path, signed in by whichever identity azure-identity can use.

Its own retries are switched off: waiting happens in sight, in one place (`waits.with_retries`; T13).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.keyvault.secrets import SecretClient

from wizard.catalogue import read_key_vault_error
from wizard.core.errors import Busy, ServiceRefusal, Unreachable
from wizard.core.secret import Secret
from wizard.core.text import clean_line
from wizard.core.trouble import Trouble
from wizard.microsoft.azure_credentials import VAULT, azure_transport, identity_error
from wizard.microsoft.http import Http
from wizard.microsoft.http_response import read_json, retry_after, url_host
from wizard.microsoft.network_errors import UNREADABLE, read_network_error
from wizard.microsoft.vault_answers import sanitize_secret_bundle
from wizard.redaction.redactor import Redactor

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

WRITE_CHECK: Final = "-write-check"
"""Ending of the name of the disabled dummy that proves the right to write; it is kept."""


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """A secret as the vault holds it. `value` is None where only its properties were read."""

    version: str
    value: Secret | None
    enabled: bool
    tags: Mapping[str, str] = field(default_factory=dict)
    expires_at: datetime | None = None
    created_at: datetime | None = None


class KeyVault:
    """One vault.

    Args:
        http: the one HTTP path; the vault's host is allowed on it from now on.
        url: the vault's address.
        credential: of azure-identity.
    """

    def __init__(self, http: Http, url: str, credential: TokenCredential) -> None:
        self._http = http
        self.host = url_host(url)
        http.allowed_hosts.add(self.host, sanitize_secret_bundle)
        self._client = SecretClient(
            url, credential, transport=azure_transport(http), retry_total=0, logging_enable=False
        )

    def read(self, name: str, version: str = "") -> StoredSecret | None:
        """A secret's value, the newest version unless one is named; None where there is none (404)."""
        with self._asking():
            try:
                found = self._client.get_secret(name, version or None)
            except ResourceNotFoundError:
                return None
            properties = found.properties
            return StoredSecret(
                clean_line(properties.version or "", 64),
                None if found.value is None else Secret(found.value),
                properties.enabled is not False,
                dict(properties.tags or {}),
                properties.expires_on,
                properties.created_on,
            )

    def is_soft_deleted(self, name: str) -> bool:
        """Whether a deleted secret holds the name."""
        with self._asking():
            try:
                self._client.get_deleted_secret(name)
            except ResourceNotFoundError:
                return False
        return True

    def write(self, name: str, value: Secret, tags: Mapping[str, str], expires_at: datetime) -> str:
        """Write a new version; returns its version id.

        Raises:
            Unreachable: also where it may have been written, and the answer was lost or could not be read.
        """
        with self._asking():
            made = self._client.set_secret(
                name, value.reveal(), tags=dict(tags), expires_on=expires_at, content_type="text/plain"
            )
            return clean_line(made.properties.version or "", 64)

    def prove_write_access(self, name: str) -> None:
        """Write a disabled dummy beside `name`; an existing dummy of ours is only given a new version."""
        with self._asking():
            self._client.set_secret(
                name + WRITE_CHECK, "write check of partner-wizard", enabled=False, content_type="text/plain"
            )

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Turn azure-core's exceptions into our errors."""
        try:
            yield
        except ClientAuthenticationError as error:
            raise _sign_in_failed(error, self.host, self._http.redactor) from None
        except HttpResponseError as error:
            raise _refusal(error, self.host) from None
        except (ServiceRequestError, ServiceResponseError) as error:
            raise read_network_error(error, self.host) from None
        except (AzureError, *UNREADABLE) as error:
            if "challenge" in str(error):  # the SDK keeps the token from a host that is not what it says (T11)
                why = "its challenge names another service, so no token was sent"
            else:
                why = f"gave an answer that could not be read ({type(error).__name__})"
            raise Unreachable(self.host, Trouble.ANSWER, why) from None


def _refusal(error: HttpResponseError, host: str) -> ServiceRefusal | Unreachable:
    response: Any = error.response
    if response is None:
        return Unreachable(host, Trouble.ANSWER, "gave an answer that could not be read")
    headers = {name.lower(): value for name, value in response.headers.items()}
    if response.status_code == 429 or response.status_code >= 500:
        return Busy(host, response.status_code, retry_after(headers.get("retry-after")))
    return read_key_vault_error(read_json(response.internal_response), response.status_code, headers)


def _sign_in_failed(error: ClientAuthenticationError, vault: str, redactor: Redactor) -> ServiceRefusal:
    """The vault identity could not sign in; azure-identity's text names each identity tried, and quotes programs."""
    response: Any = error.response
    if response is not None and url_host(response.request.url) == vault:
        return read_key_vault_error(read_json(response.internal_response), response.status_code, {})
    return identity_error(error.message or error, VAULT, redactor)
