"""The cloud's pages, used as a browser without scripts would, and what they refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from tests.rehearsals.cloud.bare_client import Client, claims_of

Start = Callable[..., Client]


def ids_of(answer: requests.Response) -> list[str]:
    return re.findall(r'id="([^"]+)"', answer.text)


def walk(client: Client, page: str, *steps: dict[str, str]) -> requests.Response:
    """Posts one form after the other to a page; gives the last answer."""
    answer = client.http.get(page)
    for step in steps:
        answer = client.http.post(page, data=step, allow_redirects=False)
    return answer


@pytest.mark.parametrize("names", ["own", "production"])
def test_a_person_signs_in_on_the_device_page(start: Start, names: str) -> None:
    client = start(names=names, people="wait")
    walk(client, client.consent_link(), {"who": "admin", "answer": "accept"})
    code = client.devicecode().json()
    page = code["verification_uri"]
    assert ids_of(walk(client, page)) == ["user_code", "next"]
    said = {"user_code": code["user_code"].lower()}
    assert ids_of(walk(client, page, said))[:2] == ["account-1", "account-2"]
    said["who"] = "integration"
    assert ids_of(walk(client, page, said)) == ["password", "next"]
    assert ids_of(walk(client, page, said | {"step": "password"})) == ["next"]
    assert ids_of(walk(client, page, said | {"step": "mfa"})) == ["approve", "decline"]
    assert client.poll(code).json()["error"] == "authorization_pending"
    assert ids_of(walk(client, page, said | {"step": "approve"})) == ["done"]
    assert claims_of(client.poll(code).json()["access_token"])["amr"] == ["pwd", "mfa"]


def test_a_person_declines_on_the_device_page(start: Start) -> None:
    client = start(people="wait")
    code = client.devicecode().json()
    walk(client, client.cloud.device_page, {"user_code": code["user_code"], "who": "adele", "step": "decline"})
    assert client.poll(code).json()["error"] == "authorization_declined"


def test_a_wrong_code_is_said_so(start: Start) -> None:
    client = start(people="wait")
    assert ids_of(walk(client, client.cloud.device_page, {"user_code": "<b>"})) == ["error", "user_code", "next"]


def test_the_page_shows_why_a_sign_in_is_blocked(start: Start) -> None:
    client = start("device-code-blocked", people="wait")
    code = client.devicecode().json()
    answer = walk(
        client, client.cloud.device_page, {"user_code": code["user_code"], "who": "adele", "step": "password"}
    )
    assert "AADSTS53003" in answer.text


@pytest.mark.parametrize(
    ("who", "answer", "error", "code"),
    [("admin", "cancel", "consent_required", "AADSTS65004"), ("integration", "accept", "access_denied", "AADSTS90093")],
)
def test_consent_that_fails_says_admin_consent_all_the_same(
    start: Start, who: str, answer: str, error: str, code: str
) -> None:
    client = start(people="wait")
    redirect = walk(client, client.consent_link(), {"who": who, "answer": answer})
    query = {key: values[0] for key, values in parse_qs(urlsplit(redirect.headers["location"]).query).items()}
    assert (query["error"], query["admin_consent"], query["state"]) == (error, "True", "some-state")
    assert query["error_description"].startswith(code)
    assert client.cloud.state.grants == {}


def test_consent_lands_on_the_loopback_port_asked_for(start: Start) -> None:
    client = start(people="wait")
    redirect = walk(client, client.consent_link("http://localhost:4711"), {"who": "admin", "answer": "accept"})
    parts = urlsplit(redirect.headers["location"])
    assert (parts.scheme, parts.netloc, redirect.status_code) == ("http", "localhost:4711", 302)
    query = parse_qs(parts.query)
    assert (query["admin_consent"], query["tenant"]) == (["True"], [client.world.tenant.id])


def test_the_page_s_policy_lets_its_form_lead_to_the_redirect(start: Start) -> None:
    client = start(people="wait")
    answer = walk(client, client.consent_link(), {"who": "admin"})
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert policy.endswith("form-action 'self' http://localhost:4711")


def test_consent_without_redirect_uri_ends_on_a_page_of_the_cloud(start: Start) -> None:
    client = start(people="wait")
    link = f"{client.login()}/adminconsent?{urlencode({'client_id': client.client_id, 'state': 's'})}"
    redirect = walk(client, link, {"who": "admin", "answer": "accept"})
    answer = client.http.get(f"https://{client.names.login}{redirect.headers['location']}")
    assert "Consent was given" in answer.text
    assert client.devicecode().status_code == 200


def test_an_unregistered_redirect_uri_is_an_error_page(start: Start) -> None:
    client = start(people="wait")
    answer = client.http.get(client.consent_link("https://example.com/"))
    assert (answer.status_code, "AADSTS50011" in answer.text) == (400, True)


def test_pages_need_nothing_from_outside_and_escape_what_they_show(start: Start) -> None:
    client = start(people="wait")
    answer = client.http.get(f"https://{client.names.login}/consent-answer?error=<script>alert(1)</script>")
    assert "<script" not in answer.text
    assert set(re.findall(r'(?:src|href)="([^"]*)"', answer.text)) == {"/rehearsal.css"}
    assert client.http.get(f"https://{client.names.login}/rehearsal.css").status_code == 200


def test_the_device_page_says_that_security_defaults_refuse_a_finished_sign_in(start: Start) -> None:
    client = start("security-defaults", people="wait")
    code = client.devicecode().json()
    said = {"user_code": code["user_code"], "who": "integration"}
    page = f"https://{client.names.login}/device"
    asked = client.http.post(page, data={**said, "step": "password"})
    assert "Approve the sign-in request" in asked.text
    assert "Error Code: 530035" in client.http.post(page, data={**said, "step": "approve"}).text
    assert client.poll(code).json()["error_codes"] == [530035]


@pytest.mark.parametrize(("scene", "word"), [("all-holds-public", "tenant="), ("consent-declined", "AADSTS65004")])
def test_the_administrator_comes_back_to_the_loopback(
    start: Start, caught: tuple[int, list[str]], scene: str, word: str
) -> None:
    port, paths = caught
    client = start(scene)
    client.cloud.people.on_event({"type": "consent_link", "url": client.consent_link(f"http://localhost:{port}")})
    client.cloud.clock.advance(7)
    assert paths == []
    client.cloud.clock.advance(1.1)
    assert paths[1:] == ["/done"]
    assert word in paths[0]
    assert "admin_consent=True" in paths[0]


def test_people_who_wait_do_nothing(start: Start) -> None:
    client = start(people="wait")
    client.consented()
    assert client.cloud.state.grants == {}
