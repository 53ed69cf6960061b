"""The journey's requests as a bare script makes them with MSAL and azure-keyvault-secrets; it judges nothing."""

from __future__ import annotations

import sys
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import msal
import requests
from azure.core.exceptions import ResourceNotFoundError
from azure.identity import EnvironmentCredential
from azure.keyvault.secrets import SecretClient

from tests.bench import elsewhere

LOGIN = "https://login.microsoftonline.com"
PARTNER = "https://api.partnercenter.microsoft.com"
GRAPH = "https://graph.microsoft.com"
SCOPE = f"{PARTNER}/user_impersonation"
CLAIMS = '{"access_token":{"amr":{"values":["mfa"]}}}'


def main() -> None:
    """Make the requests."""
    elsewhere.time_requests()
    answers = tomllib.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    name, client_id = answers["vault"]["secret"], answers["client_id"]
    web = requests.Session()
    look_at_the_hosts(web, answers["vault"]["url"])
    found = web.get(f"{LOGIN}/{answers['tenant']}/v2.0/.well-known/openid-configuration").json()
    tenant = found["issuer"].split("/")[3]
    app = msal.PublicClientApplication(client_id, authority=f"{LOGIN}/{tenant}")
    app.initiate_device_flow([SCOPE], claims_challenge=CLAIMS)

    query = urlencode({"client_id": client_id, "scope": f"{PARTNER}/.default"})
    elsewhere.say(type="consent_link", url=f"{LOGIN}/{tenant}/v2.0/adminconsent?{query}")
    elsewhere.wait(10)

    vault = SecretClient(answers["vault"]["url"], EnvironmentCredential())
    expect_none(vault.get_secret, name)
    vault.set_secret(f"{name}-write-check", "write check", enabled=False)
    expect_none(vault.get_secret, name)
    expect_none(vault.get_deleted_secret, name)

    flow = app.initiate_device_flow([SCOPE], claims_challenge=CLAIMS)
    elsewhere.say(type="sign_in", **{"for": "integration_user"}, user_code=flow["user_code"])
    tokens: dict[str, str] = {}
    while "access_token" not in tokens:
        elsewhere.wait(flow["interval"])
        tokens = app.acquire_token_by_device_flow(flow, exit_condition=lambda _flow: True)
    ask_partner_center(web, tokens["access_token"], customers=True)
    app.acquire_token_by_refresh_token(tokens["refresh_token"], [SCOPE])

    ends = datetime.now(UTC) + timedelta(days=90)
    vault.set_secret(name, tokens["refresh_token"], expires_on=ends)
    kept = vault.get_secret(name).value
    renewed = app.acquire_token_by_refresh_token(kept, [SCOPE])
    ask_partner_center(web, renewed["access_token"], customers=False)
    elsewhere.finish()


def look_at_the_hosts(web: requests.Session, vault: str) -> None:
    """A question to each host, as step 0 asks them."""
    web.get(f"{LOGIN}/common/discovery/instance?api-version=1.1&authorization_endpoint={LOGIN}/common/")
    web.get(f"{PARTNER}/v1/profiles/mpn")
    web.get(f"{GRAPH}/v1.0/organization")
    web.head(f"{vault}/secrets")


def expect_none(ask: object, name: str) -> None:
    """Ask for a secret that is not there."""
    try:
        ask(name)  # type: ignore[operator]
    except ResourceNotFoundError:
        return
    raise SystemExit(f"{name} is there")


def ask_partner_center(web: requests.Session, token: str, customers: bool) -> None:
    """Profile, MFA, and one customer."""
    headers = {"Authorization": f"Bearer {token}", "ValidateMfa": "true"}
    paths = ["/v1/profiles/organization"] + ["/v1/customers?size=1"] * customers
    for path in paths:
        web.get(PARTNER + path, headers=headers).raise_for_status()


if __name__ == "__main__":
    main()
