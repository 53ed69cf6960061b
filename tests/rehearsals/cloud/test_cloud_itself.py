"""The cloud as a thing: its files, proxy, clock, log, and scene files that are refused."""

from __future__ import annotations

import stat
import threading
import tomllib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests

from tests.harness import wait_for
from tests.patience import PATIENCE
from tests.rehearsals.cloud.bare_client import Client, code_of
from wizard.rehearsal import RehearsalClock, RehearsalCloud, SceneError, load_scene, scene_files, scene_names
from wizard.rehearsal.choices import Service
from wizard.rehearsal.fault_injection import FaultInjector
from wizard.rehearsal.tables import read_table
from wizard.rehearsal.world import Fault, read_world

Start = Callable[..., Client]
FLOWS = {
    "name": "Blocks device codes, and names another flow",
    "blocks_device_code": True,
    "transfer_methods": "authenticationTransfer",
}
REPAIR = {"who": "you", "says": "You did it.", "ends": "proven", "sign_in_again": False}


def test_every_scene_loads_and_the_default_is_first() -> None:
    assert scene_names()[0] == "all-holds-public"
    assert {load_scene(name).name for name in scene_names()} == set(scene_names())


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"worlds": {}}, "worlds"),
        ({"world": {"app": {"colour": "red"}}}, "colour"),
        ({"world": {"app": {"public_client": "yes"}}}, "public_client"),
        ({"world": {"behaviour": {"admin": "sleep"}}}, "accept, decline, nobody"),
        ({"world": {"behaviour": {"signs_in_as": "bob"}}}, "bob"),
        ({"world": {"behaviour": {"browser_results": []}}}, "at least one"),
        ({"world": {"behaviour": {"browser_results": ["used"]}}}, "elsewhere"),
        ({"world": {"behaviour": {"browser": "elsewhere", "browser_results": ["lost"]}}}, "another-run"),
        ({"world": {"app": {"redirect_uris": []}}}, "redirect_uris"),
        ({"world": {"policy": {"conditional_access": [{"name": "a", "state": "on"}]}}}, "enabled, disabled"),
        ({"world": {"policy": {"conditional_access": [FLOWS]}}}, "transfer_methods"),
        ({"world": {"policy": {"conditional_access": [FLOWS | {"transfer_methods": "code"}]}}}, "transfer_methods"),
        ({"answers": {"sign_in": {"wait": "long"}}}, "wait"),
        ({"answers": {"graph": {"who": "me"}}}, "identity"),
        ({"world": {"vault": {"secrets": {}}}}, "list"),
        ({"world": {"faults": [{"service": "mail"}]}}, "faults"),
        ({"answers": {"password": "x"}}, "password"),
        ({"answers": {"vault": {"replace": "yes"}}}, "replace"),
        ({"expected": {"check": "a.b"}}, "outcome"),
        ({"base": "nothing"}, "base"),
        ({"repair": []}, "repair: expected a table"),
        ({"repair": {"who": "you"}}, "says"),
        ({"repair": REPAIR | {"who": "somebody"}}, "the administrator"),
        ({"repair": REPAIR | {"ends": "well"}}, "proven, provisional"),
        ({"repair": REPAIR | {"worlds": {}}}, "worlds"),
        ({"repair": REPAIR | {"world": {"app": {"colour": "red"}}}}, "repair: world.app: unknown key 'colour'"),
        ({"repair": REPAIR | {"world": {"app": {"client_id": "another"}}}}, "stays as it is"),
        ({"repair": REPAIR | {"world": {"tenant": {"domain": "another.com"}}}}, "stays as it is"),
        ({"repair": REPAIR | {"answers": {"password": "x"}}}, "password"),
    ],
)
def test_a_scene_file_with_a_mistake_is_refused_by_name(change: dict[str, Any], word: str) -> None:
    expected = {"check": "a.b", "outcome": "holds", "code": "", "exit_code": 0}
    table = {"order": 1, "title": "t", "watch_for": "w.", "base": "all-holds-public", "expected": expected} | change
    with pytest.raises(SceneError, match=word):
        scene_files._read_scene("mine", table)


def test_an_unknown_scene_names_those_there_are() -> None:
    with pytest.raises(SceneError, match="all-holds-public"):
        load_scene("world")


def test_worlds_lack_nothing() -> None:
    with pytest.raises(SceneError, match="tenant"):
        read_world({}, "mine")
    with pytest.raises(SceneError, match="table"):
        read_table(Fault, [], "mine")


@pytest.mark.parametrize("names", ["own", "production"])
def test_files_are_private_and_whole(names: Any) -> None:
    with RehearsalCloud(load_scene("all-holds-certificate"), names=names) as cloud:
        folder = cloud.folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        described = tomllib.loads(cloud.cloud_file.read_text())["rehearsal"]
        assert described["proxy"] == cloud.proxy_url
        answers = tomllib.loads(cloud.answers_file.read_text())
        assert answers["cloud"] == ("rehearsal" if names == "own" else "global")
        assert answers["vault"]["url"] == f"https://contoso-partner.{described['vault_suffix']}"
        assert answers["credential"]["certificate"] == str(folder / "client-certificate.pem")
        secrets = [path for path in folder.iterdir() if path.name not in ("ca.pem", "server.pem")]
        assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}
        assert ("HTTPS_PROXY" in cloud.environment) == (names == "production")
    assert not folder.exists()


def test_an_answer_that_is_left_out_is_left_out() -> None:
    with RehearsalCloud(load_scene("no-consent")) as cloud:
        assert "redirect_uri" not in tomllib.loads(cloud.answers_file.read_text())["consent"]


def test_no_thread_is_left_behind() -> None:
    before = set(threading.enumerate())
    with RehearsalCloud(load_scene("all-holds-public")) as cloud:
        requests.get(cloud.device_page, verify=str(cloud.ca_bundle), timeout=PATIENCE).close()
    assert set(threading.enumerate()) <= before  # one of an earlier test may have ended meanwhile


@pytest.mark.parametrize("names", ["own", "production"])
def test_the_proxy_refuses_and_logs_every_other_host(start: Start, names: str) -> None:
    client = start(names=names)
    for host in ("example.com", "localhost:1", "login.microsoftonline.com.example.com"):
        with pytest.raises(requests.exceptions.ProxyError, match="403"):
            client.http.get(f"https://{host}/")
    client.http.proxies["http"] = client.cloud.proxy_url
    assert client.http.get("http://example.org/").status_code == 403
    assert client.cloud.refused_hosts == [
        "example.com",
        "localhost:1",
        "login.microsoftonline.com.example.com",
        "example.org",
    ]


def test_own_names_do_not_answer_for_production(start: Start) -> None:
    client = start()
    with pytest.raises(requests.exceptions.ProxyError):
        client.http.get("https://login.microsoftonline.com/")


def test_the_log_holds_names_and_no_values(start: Start) -> None:
    client = start("all-holds-secret")
    client.app_token(client.secret())
    exchange = client.cloud.log[-1]
    assert (exchange.method, exchange.status) == ("POST", 200)
    assert set(exchange.form) == {"client_id", "grant_type", "client_secret", "scope"}
    assert client.secret() not in repr(client.cloud.log)


def test_a_vault_that_nobody_made_does_not_resolve(start: Start) -> None:
    with pytest.raises(requests.exceptions.ProxyError, match="502"):
        start().vault("GET", "/secrets/x", vault="contoso-typo")


def test_people_act_in_real_time_as_well() -> None:
    clock = RehearsalClock()
    with RehearsalCloud(load_scene("all-holds-public"), clock=clock) as cloud:
        client = Client(cloud)
        cloud.people.on_event({"type": "consent_link", "url": client.consent_link("")})
        clock._offset += timedelta(seconds=8)  # no move that would wake people up
        wait_for(lambda: cloud.state.grants, "the administrator's answer")
        client.http.close()


def test_faults_count_what_they_meet() -> None:
    faults = FaultInjector([Fault(Service.VAULT, "GET", "/secrets/*", after=1, times=2, status=429)])
    struck = [faults.next_fault(Service.VAULT, "GET", "/secrets/x") is not None for _ in range(4)]
    assert struck == [False, True, True, False]
    assert faults.next_fault(Service.GRAPH, "GET", "/secrets/x") is None


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, 900144),
        ({"grant_type": "password"}, 70003),
        ({"grant_type": "client_credentials", "scope": "x/.default"}, 7000218),
        ({"grant_type": "refresh_token", "refresh_token": "cut off"}, 9002313),
        ({"grant_type": "device_code", "device_code": "unknown"}, 70018),
        (
            {"grant_type": "refresh_token", "refresh_token": "x", "client_id": "0" * 8 + "-0000-0000-0000-" + "0" * 12},
            700038,
        ),
    ],
)
def test_token_requests_that_are_wrong(start: Start, form: dict[str, str], code: int) -> None:
    assert code_of(start().token(**form)) == code


def test_errors_carry_what_support_asks_for(start: Start) -> None:
    client = start("all-holds-secret")
    url = f"{client.login()}/oauth2/v2.0/token"
    ours = "12345678-1234-4234-8234-123456789012"
    answer = client.http.post(url, data={"grant_type": "x"}, headers={"client-request-id": ours})
    body = answer.json()
    assert answer.headers["x-ms-request-id"] == body["trace_id"]
    assert answer.headers["client-request-id"] == body["correlation_id"] == ours
    assert answer.headers["x-ms-clitelem"] == "1,70003,0,,"
    assert "\r\nTrace ID: " in body["error_description"]
    basic = client.http.post(
        url,
        auth=(client.client_id, client.secret()),
        data={"grant_type": "client_credentials", "scope": f"https://{client.names.graph}/.default"},
    )
    assert basic.status_code == 200


def test_a_token_for_another_audience_is_refused_by_partner_center(start: Start) -> None:
    client = start("all-holds-secret")
    token = client.app_token(client.secret(), f"https://{client.names.graph}/.default").json()["access_token"]
    answer = client.partner_center(token, "/v1/customers")
    answer.encoding = "utf-8-sig"
    assert (answer.status_code, answer.json()["code"]) == (401, 900420)


def test_an_app_token_reads_what_apps_may(start: Start) -> None:
    client = start("all-holds-secret")
    token = client.app_token(client.secret()).json()["access_token"]
    paths = ("/v1/customers?size=1", "/v1/profiles/legalbusiness?vettingVersion=Current", "/v1/profiles/organization")
    answers = [client.partner_center(token, path) for path in paths]
    assert [answer.status_code for answer in answers] == [200, 200, 403]
    assert all("isMfaCompliant" not in answer.headers for answer in answers)


def test_graph_needs_the_app_s_roles(start: Start) -> None:
    path = "/v1.0/applications(appId='{}')"
    for scene, status in (("all-holds-secret", 403), ("consent-seen-late", 200)):
        client = start(scene)
        token = client.app_token(client.secret(), f"https://{client.names.graph}/.default").json()["access_token"]
        url = f"https://{client.names.graph}{path.format(client.client_id)}"
        answer = client.http.get(url, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == status
        if status == 200:
            assert answer.json()["passwordCredentials"][0]["hint"] == client.secret()[:3]
        else:
            assert answer.json()["error"]["code"] == "Authorization_RequestDenied"
