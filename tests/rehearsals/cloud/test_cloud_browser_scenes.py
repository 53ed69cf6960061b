"""What each scene of a sign-in in a browser looks like on the wire, its own people acting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from tests.rehearsals.cloud.bare_client import Client, claims_of, code_of
from wizard.rehearsal import load_scene, scene_names
from wizard.rehearsal.cloud_state import AZURE_CLI

Start = Callable[..., Client]
BROWSER = [name for name in scene_names() if name.startswith("browser-")]
NATIVE = "https://login.microsoftonline.com/common/oauth2/nativeclient"


def redirect_uri(client: Client) -> str:
    answers = client.cloud.scene.answers["sign_in"]
    assert isinstance(answers, Mapping)
    return str(answers.get("redirect_uri", "http://localhost"))


def brought(client: Client, caught: tuple[int, list[str]], seconds: float = 12.1) -> list[dict[str, str]]:
    """What people bring within some seconds of a new link: by the listener, or handed in."""
    port, paths = caught
    paths.clear()
    handed_in: list[str] = []
    client.cloud.people.submit = lambda _purpose, address: handed_in.append(address)
    uri = redirect_uri(client).replace("http://localhost", f"http://localhost:{port}")
    link = client.authorize_link(redirect_uri=uri)
    client.cloud.people.on_event({"type": "sign_in", "for": "integration_user", "method": "browser", "url": link})
    while seconds > 0:
        client.cloud.clock.advance(min(seconds, 12.1))
        seconds -= 12.1
    found = [path for path in paths if "?" in path] + handed_in
    return [dict(parse_qsl(urlsplit(address).query)) | {"redirect_uri": uri} for address in found]


def redeemed(client: Client, answer: Mapping[str, str], **form: str) -> requests.Response:
    return client.redeem(answer["code"], redirect_uri=answer["redirect_uri"], **form)


@pytest.mark.parametrize("scene", BROWSER)
def test_only_scenes_of_the_code_keep_to_it(scene: str) -> None:
    answers = load_scene(scene).answers["sign_in"]
    assert isinstance(answers, Mapping)
    assert answers["flow"] == {"browser-grace-period": "device-code", "browser-auto": "auto"}.get(scene, "browser")


@pytest.mark.parametrize(
    "scene", [name for name in scene_names() if not name.startswith(("browser-", "fix-", "takeover-", "empty-"))]
)
def test_the_other_scenes_sign_in_by_code(scene: str) -> None:
    assert load_scene(scene).answers["sign_in"] == {"flow": "device-code"}


@pytest.mark.parametrize(
    "scene",
    [
        "browser-desktop",
        "browser-security-defaults",
        "browser-device-code-blocked",
        "browser-auto",
        "browser-policies-unread",
        "browser-vault",
    ],
)
def test_the_browser_gets_through(start: Start, caught: tuple[int, list[str]], scene: str) -> None:
    client = start(scene)
    client.consented()
    (answer,) = brought(client, caught)
    token = redeemed(client, answer).json()["access_token"]
    assert (claims_of(token)["upn"], claims_of(token)["appidacr"]) == ("partner-integration@contoso.com", "0")


@pytest.mark.parametrize(
    ("scene", "code"),
    [
        ("browser-security-defaults", 530035),
        ("browser-auto", 530035),
        ("browser-vault", 530035),
        ("browser-device-code-blocked", 53003),
    ],
)
def test_the_device_code_does_not(start: Start, scene: str, code: int) -> None:
    client = start(scene)
    client.consented()
    assert code_of(client.poll(client.issued())) == code


def test_a_new_tenant_lets_device_codes_pass_for_a_day(start: Start) -> None:
    client = start("browser-grace-period")
    assert client.signed_in()["refresh_token"]
    client.cloud.clock.advance(23 * 3_600)
    assert code_of(client.poll(client.issued())) == 530035


@pytest.mark.parametrize(
    ("scene", "status"),
    [
        ("browser-grace-period", 200),
        ("browser-auto", 200),
        ("browser-policies-unread", 403),
        ("browser-single-page", 403),
    ],
)
def test_whether_the_vault_s_identity_may_read_the_policies(start: Start, scene: str, status: int) -> None:
    client = start(scene)
    assert client.graph("/v1.0/identity/conditionalAccess/policies").status_code == status


def test_under_web_the_secret_goes_along(start: Start, caught: tuple[int, list[str]]) -> None:
    client = start("browser-web-secret")
    client.consented()
    (answer,) = brought(client, caught)
    assert code_of(redeemed(client, answer)) == 7000218
    assert claims_of(redeemed(client, answer, client_secret=client.secret()).json()["access_token"])["appidacr"] == "1"


def test_under_web_without_the_certificate_the_code_is_refused(start: Start, caught: tuple[int, list[str]]) -> None:
    client = start("browser-web-certificate")
    client.consented()
    assert code_of(redeemed(client, brought(client, caught)[0])) == 7000218


def test_nobody_comes_back_to_an_address_that_is_not_registered(start: Start, caught: tuple[int, list[str]]) -> None:
    client = start("browser-not-registered")
    link = client.authorize_link(redirect_uri=redirect_uri(client), prompt="none")
    assert "AADSTS50011" in client.http.get(link).text
    assert brought(client, caught) == []


def test_a_single_page_app_s_code_is_refused(start: Start, caught: tuple[int, list[str]]) -> None:
    client = start("browser-single-page")
    client.consented()
    assert code_of(redeemed(client, brought(client, caught)[0])) == 9002327


@pytest.mark.parametrize("scene", ["browser-another-run", "browser-without-code"])
def test_what_is_pasted_first_is_no_answer_to_the_link_and_the_second_is(
    start: Start, caught: tuple[int, list[str]], scene: str
) -> None:
    client = start(scene)
    client.consented()
    first, second = brought(client, caught, 24.2)
    assert (first["state"], "code" in first) != ("some-state", True)
    assert second["state"] == "some-state"
    assert redeemed(client, second).status_code == 200


@pytest.mark.parametrize(("scene", "code", "seconds"), [("browser-used", 54005, 12.1), ("browser-too-old", 70008, 103)])
def test_what_is_pasted_for_the_first_link_is_of_no_use_and_for_the_second_it_is(
    start: Start, caught: tuple[int, list[str]], scene: str, code: int, seconds: float
) -> None:
    client = start(scene)
    client.consented()
    (answer,) = brought(client, caught, seconds)
    assert code_of(redeemed(client, answer)) == code
    (answer,) = brought(client, caught)
    assert redeemed(client, answer).status_code == 200


def test_a_code_of_another_tenant_is_refused(start: Start, caught: tuple[int, list[str]]) -> None:
    client = start("browser-another-tenant")
    client.consented()
    assert code_of(redeemed(client, brought(client, caught)[0])) == 700005


def test_an_error_comes_back_in_the_address(start: Start, caught: tuple[int, list[str]]) -> None:
    (answer,) = brought(start("browser-error"), caught)
    assert (answer["error"], answer["state"]) == ("access_denied", "some-state")
    assert answer["error_description"].startswith("AADSTS65004")


def test_the_wrong_person_s_token_says_so(start: Start, caught: tuple[int, list[str]]) -> None:
    client = start("browser-wrong-account")
    client.consented()
    token = redeemed(client, brought(client, caught)[0]).json()["access_token"]
    assert claims_of(token)["upn"] == "adele@contoso.com"


def test_a_browser_alone_is_no_second_factor(start: Start, caught: tuple[int, list[str]]) -> None:
    client = start("browser-without-mfa")
    client.consented()
    token = redeemed(client, brought(client, caught)[0]).json()["access_token"]
    assert claims_of(token)["amr"] == ["pwd"]


def test_the_administrator_opens_the_vault_in_a_browser(start: Start, caught: tuple[int, list[str]]) -> None:
    client = start("browser-vault")
    port, paths = caught
    uri = f"http://localhost:{port}"
    link = client.authorize_link(
        "organizations",
        client_id=AZURE_CLI,
        scope=f"https://{client.names.vault_suffix}/.default",
        redirect_uri=uri,
    )
    client.cloud.people.on_event({"type": "sign_in", "for": "vault", "method": "browser", "url": link})
    client.cloud.clock.advance(12.1)
    answer = dict(parse_qsl(urlsplit(paths[0]).query))
    token = client.redeem(answer["code"], client_id=AZURE_CLI, redirect_uri=uri).json()["access_token"]
    url = f"https://contoso-partner.{client.names.vault_suffix}/secrets/x?api-version=7.4"
    assert client.http.get(url, headers={"Authorization": f"Bearer {token}"}).status_code == 404


def test_the_address_to_paste_from_has_a_page_under_production_names(start: Start) -> None:
    client = start("browser-used", names="production")
    assert "copy this page" in client.http.get(f"{NATIVE}?code=x&state=y").text
