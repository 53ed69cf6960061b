"""What each scene's deviation looks like on the wire, seen by a bare client."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest
import requests

from tests.rehearsals.cloud.bare_client import Client, claims_of, code_of
from tests.sampling import every
from wizard.rehearsal import load_scene, scene_names
from wizard.rehearsal.choices import Service
from wizard.rehearsal.machine_identity import new_token

SECRET = "/secrets/partner-center-refresh-token"
Start = Callable[..., Client]


def with_secret(client: Client) -> dict[str, str]:
    return {"client_secret": client.secret()}


def with_outside_token(client: Client) -> dict[str, str]:
    if not client.world.app.federated:
        return {}
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    return {"client_assertion_type": kind, "client_assertion": new_token(client.cloud.state)}


def profile(client: Client, **form: str) -> requests.Response:
    return client.partner_center(client.signed_in(**form)["access_token"])


def test_all_hold_public(start: Start) -> None:
    client = start("all-holds-public")
    tokens = client.signed_in()
    claims = claims_of(tokens["access_token"])
    assert claims["amr"] == ["pwd", "mfa"]
    assert (claims["appidacr"], claims["ver"], claims["tid"]) == ("0", "1.0", client.world.tenant.id)
    answer = client.partner_center(tokens["access_token"])
    assert answer.headers["isMfaCompliant"] == "true"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert (answer.headers["MS-RequestId"], answer.headers["MS-CorrelationId"]) == ("r", "c")
    assert client.vault("PUT", SECRET, {"value": tokens["refresh_token"]}).status_code == 200


def test_all_hold_secret(start: Start) -> None:
    client = start("all-holds-secret")
    tokens = client.signed_in(**with_secret(client))
    assert claims_of(tokens["access_token"])["appidacr"] == "1"
    renewed = client.token(
        grant_type="refresh_token", refresh_token=tokens["refresh_token"], scope=client.scope, **with_secret(client)
    )
    assert renewed.status_code == 200
    unproved = client.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"], scope=client.scope)
    assert (unproved.status_code, code_of(unproved)) == (401, 7000218)


def test_unknown_tenant(start: Start) -> None:
    answer = start("unknown-tenant").discovery("contoso-typo.com")
    assert (answer.status_code, answer.json()["error"], code_of(answer)) == (400, "invalid_tenant", 90002)


def test_malformed_tenant(start: Start) -> None:
    answer = start().discovery("contoso")
    assert (answer.status_code, answer.json()["error"], code_of(answer)) == (400, "invalid_request", 900023)


@pytest.mark.parametrize("names", ["own", "production"])
def test_other_cloud(start: Start, names: str) -> None:
    body = start("other-cloud", names=names).discovery().json()
    assert (body["cloud_instance_name"], body["tenant_region_scope"]) == ("microsoftonline.us", "USGov")


def test_app_not_here(start: Start) -> None:
    assert code_of(start("app-not-here").devicecode()) == 700016


def test_vendor_app_arrives_by_consent(start: Start) -> None:
    client = start("vendor-all-holds")
    assert code_of(client.devicecode()) == 700016
    client.consented()
    assert client.devicecode().status_code == 200


def test_wrong_secret_and_secret_id(start: Start) -> None:
    client = start("wrong-secret")
    for name in ("wrong-secret", "secret-id"):
        answer = client.app_token(client.secret(name))
        assert (answer.status_code, code_of(answer)) == (401, 7000215)
        assert answer.json()["error_uri"].endswith("code=7000215")
    assert client.app_token(client.secret()).status_code == 200


def test_expired_secret(start: Start) -> None:
    client = start("expired-secret")
    assert code_of(client.app_token(client.secret())) == 7000222


def test_secret_not_usable_yet(start: Start) -> None:
    client = start("secret-not-usable-yet")
    assert code_of(client.app_token(client.secret())) == 7000215
    client.cloud.clock.advance(41)
    assert client.app_token(client.secret()).status_code == 200


def test_partner_center_not_provisioned(start: Start) -> None:
    answer = start("partner-center-not-provisioned").devicecode()
    assert (answer.json()["error"], code_of(answer)) == ("invalid_resource", 500011)


def test_own_service_principal_missing(start: Start) -> None:
    client = start("own-service-principal-missing")
    assert code_of(client.app_token(client.secret())) == 7000229
    client.consented()
    assert client.app_token(client.secret()).status_code == 200


def test_client_type_7000218_after_approval_spends_the_code(start: Start) -> None:
    client = start("client-type-7000218")
    client.consented()
    assert code_of(client.poll(client.devicecode().json())) == 70016
    code = client.issued()
    refused = client.poll(code)
    assert (refused.status_code, code_of(refused)) == (401, 7000218)
    again = client.poll(code, **with_secret(client))
    assert (again.json()["error"], code_of(again)) == ("bad_verification_code", 70018)
    assert client.poll(client.issued(), **with_secret(client)).status_code == 200


def test_client_type_700025_at_first_poll_spares_the_code(start: Start) -> None:
    client = start("client-type-700025")
    client.consented()
    code = client.devicecode().json()
    assert code_of(client.poll(code, **with_secret(client))) == 700025
    assert code_of(client.poll(code)) == 70016
    code = client.issued()
    assert code_of(client.poll(code, **with_secret(client))) == 700025
    assert client.poll(code).status_code == 200


def test_client_type_7000218_without_a_secret(start: Start) -> None:
    client = start("client-type-7000218-no-secret")
    client.consented()
    assert code_of(client.poll(client.issued())) == 7000218


def test_grant_is_seen_late_by_graph_and_tokens(start: Start) -> None:
    client = start("consent-seen-late")
    client.consented()
    graph = client.app_token(client.secret(), f"https://{client.names.graph}/.default").json()["access_token"]
    url = f"https://{client.names.graph}/v1.0/servicePrincipals(appId='{client.client_id}')/oauth2PermissionGrants"
    headers = {"Authorization": f"Bearer {graph}"}
    assert client.http.get(url, headers=headers).json()["value"] == []
    code = client.issued()
    assert code_of(client.poll(code, **with_secret(client))) == 65001
    client.cloud.clock.advance(45)
    assert [grant["scope"] for grant in client.http.get(url, headers=headers).json()["value"]] == [
        " user_impersonation"
    ]
    assert client.poll(code, **with_secret(client)).status_code == 200


@pytest.mark.parametrize(
    ("scene", "error", "code"),
    [
        ("no-consent", "invalid_grant", 65001),
        ("password-must-change", "invalid_grant", 50055),
        ("mfa-not-registered", "invalid_grant", 50079),
        ("device-code-blocked", "invalid_grant", 53003),
        ("user-declines", "authorization_declined", 70017),
        ("code-expires", "authorization_pending", 70016),
    ],
)
def test_sign_in_fails(start: Start, scene: str, error: str, code: int) -> None:
    client = start(scene)
    client.consented()
    answer = client.poll(client.issued())
    assert (answer.status_code, answer.json()["error"], code_of(answer)) == (400, error, code)


def test_no_consent_names_its_suberror(start: Start) -> None:
    client = start("no-consent")
    assert client.poll(client.issued()).json()["suberror"] == "consent_required"


def test_blocked_device_code_carries_claims(start: Start) -> None:
    assert "capolids" in (client := start("device-code-blocked")).poll(client.issued()).json()["claims"]


def test_code_expires(start: Start) -> None:
    client = start("code-expires")
    code = client.issued()
    client.cloud.clock.advance(901)
    answer = client.poll(code)
    assert (answer.json()["error"], code_of(answer)) == ("expired_token", 70020)


def test_wrong_account(start: Start) -> None:
    claims = claims_of(start("wrong-account").signed_in()["access_token"])
    assert claims["upn"] == "adele@contoso.com"


def test_guest_has_the_utid_of_its_home(start: Start) -> None:
    client = start("guest-account")
    tokens = client.signed_in()
    info = json.loads(base64.urlsafe_b64decode(tokens["client_info"] + "=="))
    assert info["utid"] == client.world.home_tenant.id
    assert claims_of(tokens["access_token"])["tid"] == client.world.tenant.id
    assert claims_of(tokens["id_token"])["preferred_username"] == "partner-integration@fabrikam.com"


def test_global_administrator(start: Start) -> None:
    claims = claims_of(start("global-administrator").signed_in()["access_token"])
    assert "62e90394-69f5-4237-9190-012177145e10" in claims["wids"]


@pytest.mark.parametrize("scene", ["sign-in-without-mfa", "two-versions"])
def test_sign_in_without_mfa(start: Start, scene: str) -> None:
    tokens = (client := start(scene)).signed_in()
    assert claims_of(tokens["access_token"])["amr"] == ["pwd"]
    assert client.partner_center(tokens["access_token"]).headers["isMfaCompliant"] == "false"


def test_two_versions_hold_tokens_that_work(start: Start) -> None:
    client = start("two-versions")
    client.consented()
    versions = client.cloud.vault.versions("partner-center-refresh-token")
    assert len(versions) == 2
    for version in versions:
        answer = client.token(grant_type="refresh_token", refresh_token=str(version["value"]), scope=client.scope)
        assert claims_of(answer.json()["access_token"])["amr"] == ["pwd", "mfa"]


@pytest.mark.parametrize(
    ("scene", "inner"), [("vault-forbidden", "ForbiddenByRbac"), ("vault-firewall", "ForbiddenByFirewall")]
)
def test_vault_refuses(start: Start, scene: str, inner: str) -> None:
    client = start(scene)
    answer = client.vault("GET", SECRET)
    assert (answer.status_code, answer.json()["error"]["innererror"]["code"]) == (403, inner)
    client.cloud.repair()
    assert client.vault("GET", SECRET).status_code == 404


def test_vault_missing_is_a_proxy_that_cannot_resolve(start: Start) -> None:
    client = start("vault-missing")
    with pytest.raises(requests.exceptions.ProxyError, match="502"):
        client.vault("GET", SECRET)
    assert client.cloud.refused_hosts == []
    assert client.vault("GET", SECRET, vault="contoso-spare").status_code == 404


def test_vault_per_secret_role(start: Start) -> None:
    client = start("vault-per-secret-role")
    assert client.vault("PUT", SECRET + "-write-check", {"value": "x"}).status_code == 403
    assert client.vault("GET", SECRET.replace("/secrets/", "/deletedsecrets/")).status_code == 403
    assert client.vault("PUT", SECRET, {"value": "x"}).status_code == 200


def test_secret_name_deleted_can_be_recovered(start: Start) -> None:
    client = start("secret-name-deleted")
    assert client.vault("GET", SECRET).status_code == 404
    refused = client.vault("PUT", SECRET, {"value": "x"})
    assert (refused.status_code, refused.json()["error"]["innererror"]["code"]) == (
        409,
        "ObjectIsDeletedButRecoverable",
    )
    deleted = SECRET.replace("/secrets/", "/deletedsecrets/")
    assert client.vault("GET", deleted).status_code == 200
    assert client.vault("POST", deleted + "/recover").status_code == 200
    assert client.vault("PUT", SECRET, {"value": "x"}).status_code == 200


@pytest.mark.parametrize("scene", ["secret-name-in-use", "secret-name-replace"])
def test_secret_name_in_use(start: Start, scene: str) -> None:
    assert start(scene).vault("GET", SECRET).json()["tags"] == {"owner": "billing"}


def test_vault_throttles_and_says_how_long(start: Start) -> None:
    client = start("vault-throttles")
    answers = [client.vault("GET", SECRET) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [404, 429, 429, 404]
    assert answers[1].headers["Retry-After"] == "1"


def test_vault_refuses_a_put_until_it_is_repaired(start: Start) -> None:
    client = start("vault-fails-late")
    assert client.vault("PUT", SECRET + "-write-check", {"value": "x"}).status_code == 200
    refused = client.vault("PUT", SECRET, {"value": "x"})
    assert (refused.status_code, refused.json()["error"]["innererror"]["code"]) == (403, "ForbiddenByRbac")
    client.cloud.repair()
    assert client.vault("PUT", SECRET, {"value": "x"}).status_code == 200


def test_not_a_partner(start: Start) -> None:
    answer = profile(start("not-a-partner"))
    answer.encoding = "utf-8-sig"
    assert (answer.status_code, answer.json()["code"]) == (404, 60003)


def test_other_partner_tenant(start: Start) -> None:
    client = start("other-partner-tenant")
    answer = profile(client)
    answer.encoding = "utf-8-sig"
    assert answer.json()["tenantId"] == client.world.home_tenant.id


def test_not_admin_agent(start: Start) -> None:
    client = start("not-admin-agent")
    answer = client.partner_center(client.signed_in()["access_token"], "/v1/customers?size=1")
    answer.encoding = "utf-8-sig"
    assert (answer.status_code, answer.json()["code"]) == (403, 2032)


def test_mfa_enforced(start: Start) -> None:
    answer = profile(start("mfa-enforced"))
    answer.encoding = "utf-8-sig"
    assert (answer.status_code, answer.json()["code"]) == (401, 900421)


def test_mfa_not_compliant(start: Start) -> None:
    tokens = (client := start("mfa-not-compliant")).signed_in()
    assert "mfa" in claims_of(tokens["access_token"])["amr"]
    assert client.partner_center(tokens["access_token"]).headers["isMfaCompliant"] == "false"


def test_slow_and_flaky_has_faults_of_each_service(start: Start) -> None:
    client = start("slow-and-flaky")
    assert client.discovery().status_code == 429
    assert client.discovery().status_code == 200
    assert client.partner_center("none").status_code == 429
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        client.partner_center("none", "/v1/customers")
    statuses = [client.app_token("x").status_code for _ in range(4)]
    assert statuses == [401, 401, 503, 401]
    with pytest.raises(requests.exceptions.ConnectionError):
        client.app_token("x")
    client.cloud.repair()
    assert client.app_token("x").status_code == 401


@pytest.mark.parametrize("scene", every(2, scene_names()))
def test_in_the_base_of_a_scene_everything_holds(start: Start, scene: str) -> None:
    client = start(load_scene(scene).base or scene)
    assert client.cloud.scene.expected.exit_code == 0
    form = with_secret(client) if client.world.app.secrets else with_outside_token(client)
    if not client.world.app.certificate and Service.PARTNER_CENTER in client.world.app.requests:
        answer = profile(client, **form)
        assert answer.headers["isMfaCompliant"] == "true"


def test_every_scene_is_told_apart() -> None:
    scenes = [load_scene(name) for name in scene_names()]
    assert len({scene.title for scene in scenes}) == len(scenes)
    assert all(scene.watch_for.endswith(".") for scene in scenes)
