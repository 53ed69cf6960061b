"""MSAL, azure-identity and azure-keyvault-secrets believe the cloud, unmodified and with TLS verified."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jwt
import msal
import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.keyvault.secrets import SecretClient
from azure.keyvault.secrets._shared.http_challenge_cache import clear

from tests.rehearsals.cloud.bare_client import MFA_CLAIMS, Client, claims_of

Start = Callable[..., Client]
NAMES = pytest.mark.parametrize("names", ["own", "production"])


def inner_error(caught: HttpResponseError) -> Mapping[str, Any]:
    assert caught.error is not None
    return caught.error.innererror


def certificate(client: Client) -> dict[str, str]:
    folder = client.cloud.folder
    pem = (folder / "client-certificate.pem").read_text()
    key, _, public = pem.partition("-----BEGIN CERTIFICATE")
    return {
        "private_key": key,
        "passphrase": (folder / "client-certificate.passphrase").read_text(),
        "public_certificate": "-----BEGIN CERTIFICATE" + public,
    }


@pytest.fixture
def vault_of() -> Iterator[Callable[[Client], SecretClient]]:
    """A vault client that signs in as the operator; its challenge cache is global, so it is cleared."""
    open_things: list[Any] = []

    def build(client: Client) -> SecretClient:
        options: dict[str, Any] = {
            "proxies": {"https": client.cloud.proxy_url},
            "connection_verify": str(client.cloud.ca_bundle),
            "retry_total": 0,
        }
        environment = client.cloud.environment
        credential = ClientSecretCredential(
            environment["AZURE_TENANT_ID"],
            environment["AZURE_CLIENT_ID"],
            environment["AZURE_CLIENT_SECRET"],
            authority=f"https://{client.names.login}",
            disable_instance_discovery=not client.names.known_authority,
            **options,
        )
        url = f"https://{client.world.vault.name}.{client.names.vault_suffix}"
        vault = SecretClient(url, credential, **options)
        open_things.extend([vault, credential])
        return vault

    clear()
    yield build
    for thing in open_things:
        thing.close()
    clear()


@NAMES
def test_device_flow_of_a_public_client(start: Start, names: str) -> None:
    client = start(names=names)
    client.consented()
    app = msal.PublicClientApplication(client.client_id, **client.authority())
    flow = app.initiate_device_flow([client.scope], claims_challenge=MFA_CLAIMS)
    assert len(flow["user_code"]) == 9
    assert flow["verification_uri"] in client.names.device_pages
    client.cloud.people.on_event({"type": "sign_in", "for": "integration_user", "user_code": flow["user_code"]})
    client.cloud.clock.advance(12.1)
    tokens = app.acquire_token_by_device_flow(flow, exit_condition=lambda _flow: True)
    assert tokens["scope"] == client.scope
    assert "amr" not in tokens["id_token_claims"]
    renewed = app.acquire_token_by_refresh_token(tokens["refresh_token"], [client.scope])
    assert renewed["refresh_token"] != tokens["refresh_token"]
    again = app.acquire_token_by_refresh_token(tokens["refresh_token"], [client.scope])
    assert "access_token" in again, "the old token is not revoked"
    assert client.partner_center(renewed["access_token"]).headers["isMfaCompliant"] == "true"


@NAMES
@pytest.mark.parametrize("scene", ["all-holds-secret", "all-holds-certificate"])
def test_device_flow_and_renewal_of_a_confidential_client(start: Start, names: str, scene: str) -> None:
    client = start(scene, names=names)
    client.consented()
    credential: Any = client.secret() if scene == "all-holds-secret" else certificate(client)
    app = msal.ConfidentialClientApplication(client.client_id, client_credential=credential, **client.authority())
    app_only = app.acquire_token_for_client([f"https://{client.names.partner_center}/.default"])
    assert "access_token" in app_only, app_only
    flow = app.client.initiate_device_flow(scope=[client.scope, "offline_access", "openid"])
    client.cloud.people.on_event({"type": "sign_in", "for": "integration_user", "user_code": flow["user_code"]})
    client.cloud.clock.advance(12.1)
    tokens = app.client.obtain_token_by_device_flow(flow, exit_condition=lambda _flow: True)
    kind = "1" if scene == "all-holds-secret" else "2"
    assert claims_of(tokens["access_token"])["appidacr"] == kind
    assert "access_token" in app.acquire_token_by_refresh_token(tokens["refresh_token"], [client.scope])


def test_older_certificate_assertions_are_taken_too(start: Start) -> None:
    client = start("all-holds-certificate")
    pem = certificate(client)
    (key,) = client.cloud.state.apps[client.client_id].keys
    sha1 = key.thumbprint.hex()
    app = msal.ConfidentialClientApplication(
        client.client_id, client_credential=pem | {"thumbprint": sha1}, **client.authority()
    )
    assert "access_token" in app.acquire_token_for_client([f"https://{client.names.graph}/.default"])


def test_a_stranger_s_certificate_is_refused(start: Start) -> None:
    ours, theirs = start("all-holds-certificate"), start("all-holds-secret")
    app = msal.ConfidentialClientApplication(
        theirs.client_id, client_credential=certificate(ours), **theirs.authority()
    )
    answer = app.acquire_token_for_client([f"https://{theirs.names.graph}/.default"])
    assert answer["error_codes"] == [700027]


def test_access_tokens_verify_against_the_published_keys(start: Start) -> None:
    client = start()
    token = client.signed_in()["access_token"]
    keys = client.http.get(client.discovery().json()["jwks_uri"]).json()["keys"]
    key = jwt.PyJWK(next(key for key in keys if key["kid"] == jwt.get_unverified_header(token)["kid"]))
    jwt.decode(token, key, ["RS256"], audience=f"https://{client.names.partner_center}")


@NAMES
def test_vault_stores_and_reads_back(start: Start, names: str, vault_of: Callable[[Client], SecretClient]) -> None:
    client = start(names=names)
    vault = vault_of(client)
    with pytest.raises(ResourceNotFoundError):
        vault.get_secret("token")
    with pytest.raises(ResourceNotFoundError):
        vault.get_deleted_secret("token")
    first = vault.set_secret("token", "first", tags={"tenant_id": "t"})
    second = vault.set_secret("token", "second", enabled=False)
    assert first.properties.version != second.properties.version
    with pytest.raises(HttpResponseError, match="disabled") as caught:
        vault.get_secret("token")
    assert inner_error(caught.value) == {"code": "SecretDisabled"}
    vault.update_secret_properties("token", second.properties.version, enabled=True)
    found = vault.get_secret("token")
    assert (found.value, found.properties.tags) == ("second", {})
    assert {item.version for item in vault.list_properties_of_secret_versions("token")} == {
        item["version"] for item in client.cloud.vault.versions("token")
    }


def test_vault_soft_deletes(start: Start, vault_of: Callable[[Client], SecretClient]) -> None:
    vault = vault_of(start("secret-name-deleted"))
    name = "partner-center-refresh-token"
    with pytest.raises(ResourceExistsError) as caught:
        vault.set_secret(name, "value")
    assert inner_error(caught.value) == {"code": "ObjectIsDeletedButRecoverable"}
    vault.begin_recover_deleted_secret(name).result()
    assert vault.set_secret(name, "value").name == name


def test_vault_challenges_an_empty_first_request(start: Start, vault_of: Callable[[Client], SecretClient]) -> None:
    client = start()
    vault_of(client).set_secret("token", "value")
    statuses = [exchange.status for exchange in client.cloud.log if exchange.path == "/secrets/token"]
    assert statuses == [401, 200]
