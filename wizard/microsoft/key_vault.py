"""The vault: azure-keyvault-secrets over the one HTTP path, signed in by whichever identity azure-identity can use.

Its own retries are switched off: waiting happens in sight, in one place (`retries.with_retries`; T13).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from azure.core.exceptions import ResourceNotFoundError
from azure.keyvault.secrets import SecretClient

from wizard.core.errors import Unreachable
from wizard.core.secret import Secret
from wizard.core.text import clean_line
from wizard.core.trouble import Trouble
from wizard.microsoft.azure_errors import translating_vault_errors
from wizard.microsoft.azure_transport import azure_transport
from wizard.microsoft.http_response import url_host
from wizard.microsoft.secret_bundle import read_vault_answer

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.keyvault.secrets import SecretProperties

    from wizard.microsoft.http import Http

WRITE_CHECK: Final = "-write-check"
"""Ending of the name of the disabled dummy that proves the right to write; it is kept."""
MOST_PAGES: Final = 400
"""Pages of a list, of 25 versions each (protocol 11.8): as many as a version an hour gives in a year."""
EARLIEST: Final = datetime.min.replace(tzinfo=UTC)


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
        login_hosts = {http.cloud.login, *http.cloud.login_aliases}
        http.allowed_hosts.add(self.host, partial(read_vault_answer, login_hosts=login_hosts))
        self._client = SecretClient(
            url, credential, transport=azure_transport(http), retry_total=0, logging_enable=False
        )

    def read(self, name: str, version: str = "") -> StoredSecret | None:
        """Return a secret with its value, the newest version unless one is named; None where there is none (404)."""
        with translating_vault_errors(self._http, self.host):
            try:
                found = self._client.get_secret(name, version or None)
            except ResourceNotFoundError:
                return None
            return _stored(found.properties, None if found.value is None else Secret(found.value))

    def page(self, after: str = "") -> tuple[dict[str, StoredSecret], str]:
        """Return some secrets of the vault without their values, by name, and where the next page is, "" for nowhere.

        A page has 25 at the most, and nothing is chosen by tag (protocol 11.8).

        Args:
            after: where this page is, as the one before it has said.
        """
        with translating_vault_errors(self._http, self.host):
            pages = self._client.list_properties_of_secrets().by_page(after or None)
            found = {clean_line(each.name or "", 127): _stored(each) for each in next(pages, ())}
            return found, str(getattr(pages, "continuation_token", "") or "")

    def versions(self, name: str) -> list[StoredSecret]:
        """Return every version of a secret without its value, the latest first; none where there is no such secret.

        Two that were made within one second are in no order that says which is newer.

        Raises:
            Unreachable: also where the list has more than `MOST_PAGES` pages.
        """
        found: list[StoredSecret] = []
        with translating_vault_errors(self._http, self.host):
            try:
                pages = self._client.list_properties_of_secret_versions(name).by_page()
                for number, page in enumerate(pages, 1):
                    found += [_stored(properties) for properties in page]
                    if number > MOST_PAGES:
                        raise Unreachable(self.host, Trouble.ANSWER, "lists versions without an end")
            except ResourceNotFoundError:
                return []
        return sorted(found, key=lambda each: each.created_at or EARLIEST, reverse=True)

    def is_soft_deleted(self, name: str) -> bool:
        """Return whether a deleted secret holds the name."""
        with translating_vault_errors(self._http, self.host):
            try:
                self._client.get_deleted_secret(name)
            except ResourceNotFoundError:
                return False
        return True

    def write(self, name: str, value: Secret, tags: Mapping[str, str], expires_at: datetime) -> str:
        """Write a new version, and return its id.

        Raises:
            Unreachable: also where it may have been written, and the answer was lost or could not be read.
        """
        with translating_vault_errors(self._http, self.host):
            made = self._client.set_secret(
                name, value.reveal(), tags=dict(tags), expires_on=expires_at, content_type="text/plain"
            )
            return clean_line(made.properties.version or "", 64)

    def set_tags(self, name: str, version: str, tags: Mapping[str, str]) -> None:
        """Write the tags of a version in place of its own; its value, and everything else, stays as it is."""
        with translating_vault_errors(self._http, self.host):
            self._client.update_secret_properties(name, version, tags=dict(tags))

    def disable(self, name: str, version: str) -> None:
        """Disable a version: it can no longer be read, and can be enabled again; nothing else of it changes."""
        with translating_vault_errors(self._http, self.host):
            self._client.update_secret_properties(name, version, enabled=False)

    def prove_write_access(self, name: str) -> None:
        """Write a disabled dummy beside `name`, to prove the right to write; one of ours only gets a new version."""
        with translating_vault_errors(self._http, self.host):
            self._client.set_secret(
                name + WRITE_CHECK, "write check of partner-wizard", enabled=False, content_type="text/plain"
            )


def _stored(properties: SecretProperties, value: Secret | None = None) -> StoredSecret:
    return StoredSecret(
        clean_line(properties.version or "", 64),
        value,
        properties.enabled is not False,
        dict(properties.tags or {}),
        properties.expires_on,
        properties.created_on,
    )
