"""Signing in by authorization code: the page, the redirect URIs and their platforms, and the code's end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import msal
import pytest
import requests

from tests.harness import in_world
from tests.rehearsals.cloud.bare_client import Client, claims_of, code_of, landed
from wizard.rehearsal import RehearsalCloud, load_scene
from wizard.rehearsal.cloud_state import AZURE_CLI, GRAPH_TOOLS
from wizard.rehearsal.world import ClientType

Start = Callable[..., Client]
LOCALHOST = ("http://localhost",)
QUERY = pytest.mark.filterwarnings("ignore:response_mode='form_post' is recommended:UserWarning")
"""MSAL's advice; a program that has the address pasted needs the answer in it."""
NOWHERE = {"public_redirect_uris": (), "web_redirect_uris": (), "spa_redirect_uris": ()}


@pytest.fixture
def under() -> Iterator[Callable[..., Client]]:
    """Starts a cloud whose app has its redirect URIs as told: under(web_redirect_uris=…), with consent given."""
    with ExitStack() as stack:

        def starter(scene: str = "all-holds-secret", survives: bool = True, **uris: Any) -> Client:
            told = load_scene(scene)
            app = replace(told.world.app, **{**NOWHERE, **uris}, granted=True)
            changed = in_world(told, app=app, client_type=ClientType(code_survives=survives))
            client = Client(stack.enter_context(RehearsalCloud(changed)))
            stack.callback(client.http.close)
            return client

        yield starter


def page_error(answer: requests.Response) -> int:
    """The code of an error page, from which nothing comes back."""
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")
    assert "location" not in answer.headers
    found = re.search(r"AADSTS(\d+)", answer.text)
    assert found, answer.text
    return int(found[1])


@pytest.mark.parametrize("scene", ["all-holds-public", "security-defaults"])
def test_a_code_of_the_browser_is_redeemed_once(start: Start, scene: str) -> None:
    client = start(scene)
    client.consented()
    answer = client.browsed()
    assert answer["state"] == "some-state"
    assert code_of(client.redeem(answer["code"], code_verifier="wrong")) == 501481
    assert code_of(client.redeem(answer["code"], redirect_uri="http://localhost")) == 500112
    assert client.redeem(answer["code"]).status_code == 200
    assert code_of(client.redeem(answer["code"])) == 54005


@pytest.mark.parametrize(("seconds", "codes"), [(59, None), (61, [70008])])
def test_an_authorization_code_lives_a_minute(start: Start, seconds: int, codes: list[int] | None) -> None:
    client = start()
    client.consented()
    code = client.browsed()["code"]
    client.cloud.clock.advance(seconds)
    assert client.redeem(code).json().get("error_codes") == codes


def test_a_code_is_refused_by_another_tenant_s_authority(start: Start) -> None:
    client = start()
    client.consented()
    code = client.browsed()["code"]
    refused = client.redeem(code, tenant="fabrikam.com")
    assert (refused.status_code, refused.json()["error"], code_of(refused)) == (400, "invalid_grant", 700005)
    assert client.redeem(code, tenant="organizations").status_code == 200


@pytest.mark.parametrize("platform", ["web", "public"])
@pytest.mark.parametrize(
    "given", ["http://localhost", "http://localhost:1", "http://localhost:65535", "http://localhost/"]
)
def test_the_port_of_localhost_does_not_count(under: Start, platform: str, given: str) -> None:
    client = under(**{f"{platform}_redirect_uris": LOCALHOST})
    assert "code" in client.browsed(redirect_uri=given)


@pytest.mark.parametrize("given", ["https://localhost", "http://localhost:4711/other", "http://127.0.0.1", "nonsense["])
def test_another_address_is_not_the_registered_one(under: Start, given: str) -> None:
    client = under(public_redirect_uris=LOCALHOST)
    assert page_error(client.http.get(client.authorize_link(redirect_uri=given))) == 50011


@pytest.mark.parametrize(
    ("platform", "proves", "outcome"),
    [
        ("web", True, "1"),
        ("web", False, 7000218),
        ("public", True, 700025),
        ("public", False, "0"),
        ("spa", True, 9002327),
        ("spa", False, 9002327),
    ],
)
@pytest.mark.parametrize("switch", [True, False], ids=["switch on", "switch off"])
@pytest.mark.parametrize(
    "uri", ["http://localhost:4711", "https://login.microsoftonline.com/common/oauth2/nativeclient"]
)
def test_the_platform_of_the_redirect_uri_decides_the_client_type(
    under: Start, platform: str, proves: bool, outcome: str | int, switch: bool, uri: str
) -> None:
    """Neither the app's switch nor the form of the address matters (protocol 11.0, 11.3)."""
    client = under("all-holds-public" if switch else "all-holds-secret", **{f"{platform}_redirect_uris": (uri,)})
    registered = client.cloud.state.apps[client.client_id]
    if not registered.secrets:
        registered.secrets = list(client.cloud.state.apps[client.world.operator.client_id].secrets)
    proof = {"client_secret": registered.secrets[0].value} if proves else {}
    redeemed = client.redeem(client.browsed(redirect_uri=uri)["code"], redirect_uri=uri, **proof)
    if isinstance(outcome, int):
        assert code_of(redeemed) == outcome
        return
    renewal = {"grant_type": "refresh_token", "refresh_token": redeemed.json()["refresh_token"], "scope": client.scope}
    assert claims_of(redeemed.json()["access_token"])["appidacr"] == outcome
    assert claims_of(client.token(**renewal, **proof).json()["access_token"])["appidacr"] == outcome
    other = {} if proves else {"client_secret": registered.secrets[0].value}
    assert code_of(client.token(**renewal, **other)) == (7000218 if proves else 700025)


@pytest.mark.parametrize("platform", ["web", "public"])
@pytest.mark.parametrize("survives", [True, False])
def test_whether_the_code_survives_a_wrong_client_type_is_the_world_s(
    under: Start, platform: str, survives: bool
) -> None:
    client = under(survives=survives, **{f"{platform}_redirect_uris": LOCALHOST})
    code = client.browsed()["code"]
    secret = {"client_secret": client.secret()}
    wrong, right = (secret, {}) if platform == "public" else ({}, secret)
    assert code_of(client.redeem(code, **wrong)) in (7000218, 700025)
    again = client.redeem(code, **right)
    assert again.json().get("error_codes") == (None if survives else [54005])


def test_a_single_page_app_needs_pkce_before_anybody_signs_in(under: Start) -> None:
    client = under(spa_redirect_uris=LOCALHOST)
    answer = landed(client.http.get(client.authorize_link(code_challenge=""), allow_redirects=False))
    assert answer["error_description"].startswith("AADSTS9002325")


def test_device_codes_follow_the_app_s_switch_whatever_is_registered(under: Start) -> None:
    client = under(web_redirect_uris=LOCALHOST)
    assert code_of(client.poll(client.issued())) == 7000218
    assert client.poll(client.issued(), client_secret=client.secret()).status_code == 200


@pytest.mark.parametrize("prompt", ["none", "login"])
@pytest.mark.parametrize(
    ("uris", "given", "code"),
    [
        ({"public_redirect_uris": LOCALHOST}, "https://example.com/", 50011),
        ({}, "http://localhost", 500113),
        ({}, "", 500113),
        ({"web_redirect_uris": LOCALHOST}, "", 900971),
    ],
)
def test_an_address_that_is_not_there_stays_on_the_page(
    under: Start, prompt: str, uris: dict[str, Any], given: str, code: int
) -> None:
    client = under(**uris)
    link = client.authorize_link(redirect_uri=given, prompt=prompt)
    assert page_error(client.http.get(link, allow_redirects=False)) == code


@pytest.mark.parametrize("platform", ["web", "public", "spa"])
def test_asked_without_a_prompt_a_registered_address_gets_login_required(under: Start, platform: str) -> None:
    client = under(**{f"{platform}_redirect_uris": LOCALHOST})
    sent = client.http.get(client.authorize_link(prompt="none"), allow_redirects=False)
    assert sent.headers["location"].startswith("http://localhost:4711?")
    answer = landed(sent)
    assert (answer["error"], answer["state"]) == ("login_required", "some-state")
    assert answer["error_description"].startswith("AADSTS50058")
    assert client.cloud.state.authorization_codes == {}


def test_the_account_that_is_hinted_at_stands_first(start: Start) -> None:
    client = start()
    link = client.authorize_link(login_hint="Partner-Integration@contoso.com", prompt="login")
    first = re.search(r'id="account-1"[^>]*value="(\w+)"', client.http.get(link).text)
    assert first
    assert first[1] == "integration"


def test_who_cancels_is_sent_back_with_an_error(start: Start) -> None:
    answer = start().browsed(who="", step="cancel")
    assert (answer["error"], answer["state"]) == ("access_denied", "some-state")
    assert answer["error_description"].startswith("AADSTS65004")


def test_graph_shows_the_redirect_uris_by_platform(under: Start) -> None:
    client = under(
        "consent-seen-late",
        web_redirect_uris=LOCALHOST,
        public_redirect_uris=("https://login.microsoftonline.com/common/oauth2/nativeclient",),
        spa_redirect_uris=("https://contoso.com/app",),
    )
    token = client.app_token(client.secret(), f"https://{client.names.graph}/.default").json()["access_token"]
    url = f"https://{client.names.graph}/v1.0/applications(appId='{client.client_id}')"
    shown = client.http.get(url, headers={"Authorization": f"Bearer {token}"}).json()
    assert shown["web"]["redirectUris"] == ["http://localhost"]
    assert shown["publicClient"]["redirectUris"] == ["https://login.microsoftonline.com/common/oauth2/nativeclient"]
    assert shown["spa"]["redirectUris"] == ["https://contoso.com/app"]


@QUERY
@pytest.mark.parametrize("names", ["own", "production"])
def test_msal_takes_the_answer_its_nonce_and_state(start: Start, names: str) -> None:
    client = start(names=names)
    client.consented()
    app = msal.PublicClientApplication(client.client_id, **client.authority())
    flow = app.initiate_auth_code_flow(
        [client.scope], "http://localhost:4711", prompt="login", login_hint="partner-integration@contoso.com"
    )
    sent = client.http.post(flow["auth_uri"], data={"who": "integration", "step": "approve"}, allow_redirects=False)
    tokens = app.acquire_token_by_auth_code_flow(flow, landed(sent))
    assert tokens["id_token_claims"]["preferred_username"] == "partner-integration@contoso.com"
    assert "refresh_token" in tokens


@QUERY
def test_a_secret_goes_along_for_a_web_address_in_msal_too(under: Start) -> None:
    client = under(web_redirect_uris=LOCALHOST)
    app = msal.ConfidentialClientApplication(client.client_id, client_credential=client.secret(), **client.authority())
    flow = app.initiate_auth_code_flow([client.scope], "http://localhost:4711")
    sent = client.http.post(flow["auth_uri"], data={"who": "integration", "step": "approve"}, allow_redirects=False)
    tokens = app.acquire_token_by_auth_code_flow(flow, landed(sent))
    assert claims_of(tokens["access_token"])["appidacr"] == "1"


@pytest.mark.parametrize("client_id", [AZURE_CLI, GRAPH_TOOLS])
@pytest.mark.parametrize("service", ["vault", "graph"])
@pytest.mark.parametrize("tenant", ["contoso.com", "organizations"])
def test_microsoft_s_own_clients_sign_somebody_in_everywhere(
    start: Start, client_id: str, service: str, tenant: str
) -> None:
    client = start()
    audience = f"https://{client.names.vault_suffix if service == 'vault' else client.names.graph}"
    answer = client.browsed("admin", client_id=client_id, scope=f"{audience}/.default", tenant=tenant)
    token = client.redeem(answer["code"], client_id=client_id, tenant=tenant).json()["access_token"]
    assert (claims_of(token)["aud"], claims_of(token)["appid"]) == (audience, client_id)
