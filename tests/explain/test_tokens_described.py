"""Tokens are described: what is well, what is missing for Partner Center; and no part of one is repeated."""

from __future__ import annotations

import json
import re
from datetime import timedelta, timezone

import jwt
import pytest

from tests.made_tokens import (
    AUTHORIZATION_CODE,
    CLIENT,
    CLIENT_SECRET,
    CONTOSO,
    DEVICE_CODE,
    FABRIKAM,
    GLOBAL_ADMINISTRATOR,
    NOW,
    PARTNER_CENTER,
    REFRESH_TOKEN,
    access_claims,
    access_token,
    at,
    base64url,
    id_token,
    made,
    noise,
    only_token,
    parts_repeated,
    row_of,
)
from wizard.catalogue.well_known import role_name
from wizard.core.findings import Retry, Who
from wizard.explain.token_reader.token_finder import find_tokens
from wizard.microsoft.clouds import built_in_clouds

# --- a healthy one ---------------------------------------------------------------------------------------------------


def test_a_healthy_token_is_said_to_lack_nothing_and_its_rows_are_complete() -> None:
    diagnosis = only_token(access_token(auth_time=at(-90), wids=[GLOBAL_ADMINISTRATOR.upper()]))

    assert diagnosis.title == "An access token for Partner Center, with MFA, good until 2026-11-21 10:41 UTC"
    assert diagnosis.retry is Retry.YES
    assert diagnosis.step == "user"
    assert dict(diagnosis.evidence) == {
        "kind": "access token, v1.0 form, of a user",
        "tenant": CONTOSO,
        "client": CLIENT,
        "client type": "confidential: with a client secret",
        "user": "partner-integration@contoso.com",
        "object id": "bbbbbbbb-2222-4333-8444-555555555555",
        "account": "at home in this tenant",
        "roles": "Global Administrator",
        "permissions": "user_impersonation",
        "for": f"Partner Center ({PARTNER_CENTER})",
        "issued": "2026-11-21 09:59 UTC (5 minutes ago)",
        "expires": "2026-11-21 10:41 UTC (in 37 minutes)",
        "issuer": f"https://sts.windows.net/{CONTOSO}/",
        "cloud": "Global, or US Government (tokens in the older form may name it in both)",
        "MFA": "proven (amr: pwd, mfa)",
        "signed in": "2026-11-21 08:34 UTC (90 minutes ago)",
        "sign-in flow": "not said; the sign-in log shows it (Original transfer method: device code flow)",
        "unique token id": noise(22, 9),
        "signature": "not checked",
    }


def test_rows_that_decide_come_before_those_that_do_not() -> None:
    rows = [name for name, _ in only_token(access_token(auth_time=at(-90))).evidence]
    assert {"user", "permissions", "for", "issued", "expires", "MFA", "signed in"} <= set(rows[:16])


def test_a_healthy_token_lacks_nothing_and_does_not_promise_that_the_service_takes_it() -> None:
    diagnosis = only_token(access_token())
    assert diagnosis.is_healthy
    assert " Nothing is missing for Partner Center." in diagnosis.remedy
    assert "its signature is not checked, and a service may still refuse it" in diagnosis.cause
    assert diagnosis.code == ""
    assert diagnosis.service == "entra"


def test_a_token_signed_by_a_library_is_read_the_same() -> None:
    token = jwt.encode(access_claims(), "k" * 32, algorithm="HS256")
    assert only_token(token).title == only_token(access_token()).title


def test_the_clock_may_stand_in_any_time_zone() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=13)))
    assert find_tokens(access_token(), there)[0].diagnosis == find_tokens(access_token(), NOW)[0].diagnosis


# --- each missing thing alone ----------------------------------------------------------------------------------------

MISSING: dict[str, tuple[dict[str, object], str, str, Who]] = {
    "another audience": (
        {"aud": "https://graph.microsoft.com/"},
        "It is for Microsoft Graph;",
        "ask for the scope",
        Who.OPERATOR,
    ),
    "the retired audience": ({"aud": "https://graph.windows.net"}, "900420", "ask for the scope", Who.OPERATOR),
    "Key Vault": ({"aud": "https://vault.azure.net"}, "It is for Azure Key Vault;", "ask for the scope", Who.OPERATOR),
    "ARM": ({"aud": "https://management.azure.com/"}, "It is for Azure Resource Manager;", "ask for", Who.OPERATOR),
    "referrals": ({"aud": "https://api.partner.microsoft.com"}, "It is for Microsoft Partner", "ask for", Who.OPERATOR),
    "an unknown audience": ({"aud": "api://contoso"}, "It is for api://contoso;", "ask for the scope", Who.OPERATOR),
    "no audience": ({"aud": None}, "does not say which service", "ask for the scope", Who.OPERATOR),
    "another permission": (
        {"scp": "User.Read"},
        "lacks the permission user_impersonation. It carries User.Read",
        "API permissions",
        Who.ADMIN,
    ),
    "MFA": ({"amr": ["pwd"]}, "amr says pwd. Partner Center refuses such tokens (900421)", "every sign-in", Who.ADMIN),
    "MFA, with no method": ({"amr": []}, "amr says nothing readable", "every sign-in", Who.ADMIN),
    "expired": (
        {"exp": at(-180)},
        "It expired 3 hours ago, at 2026-11-21 07:04 UTC",
        "with the refresh token",
        Who.OPERATOR,
    ),
    "the future": ({"iat": at(20), "nbf": at(20), "exp": at(80)}, "20 minutes slow", "timedatectl", Who.OPERATOR),
    "no end": ({"exp": None}, "does not say when it expires", "with the refresh token", Who.OPERATOR),
    "a guest": (
        {"idp": f"https://sts.windows.net/{FABRIKAM}/"},
        f"a guest in this tenant: its home is {FABRIKAM}",
        "private window",
        Who.INTEGRATION_USER,
    ),
    "a guest by acct": ({"idp": None, "acct": 1}, "a guest in this tenant.", "private window", Who.INTEGRATION_USER),
    "a personal guest": ({"idp": "live.com"}, "its home is live.com", "private window", Who.INTEGRATION_USER),
    "a personal account": (
        {
            "tid": "9188040d-6c67-4c5b-b112-36a304b66dad",
            "iss": "https://sts.windows.net/9188040d-6c67-4c5b-b112-36a304b66dad/",
            "idp": None,
        },
        "a personal Microsoft account",
        "partner tenant",
        Who.INTEGRATION_USER,
    ),
    "a forged tenant": (
        {"tid": FABRIKAM, "idp": None},
        "Its issuer names another tenant",
        "where the token comes from",
        Who.OPERATOR,
    ),
    "another issuer": (
        {"iss": "https://accounts.example.com"},
        "is not Microsoft Entra ID",
        "where the token comes from",
        Who.OPERATOR,
    ),
    "no user": (
        {"scp": None, "upn": None, "unique_name": None, "amr": None, "roles": ["x"]},
        "the app's own token",
        "refresh token",
        Who.OPERATOR,
    ),
    "no user by idtyp": ({"idtyp": "app"}, "the app's own token", "refresh token", Who.OPERATOR),
}


@pytest.mark.parametrize("name", MISSING)
def test_what_is_missing_is_said_with_what_to_do_and_who_can(name: str) -> None:
    changed, cause, remedy, who = MISSING[name]
    diagnosis = only_token(access_token(**changed))
    assert cause in diagnosis.cause
    assert remedy in diagnosis.remedy
    assert who in diagnosis.who
    assert diagnosis.retry is not Retry.YES
    assert "Nothing is missing" not in diagnosis.remedy


@pytest.mark.parametrize("name", MISSING)
def test_one_missing_thing_brings_no_other_complaint(name: str) -> None:
    complaints = {
        "audience": ("Partner Center takes only tokens", "900420", "which service it is for"),
        "scope": ("lacks the permission",),
        "mfa": ("MFA is not proven",),
        "end": ("It expired", "when it expires"),
        "begin": ("slow",),
        "guest": ("guest",),
        "tenant": ("names another tenant", "personal Microsoft account"),
        "issuer": ("is not Microsoft Entra ID",),
        "user": ("the app's own token",),
    }
    cause = only_token(access_token(**MISSING[name][0])).cause
    raised = [complaint for complaint, words in complaints.items() if any(each in cause for each in words)]
    assert len(raised) == 1, raised


@pytest.mark.parametrize("kind", ["mfa", "ngcmfa"])
def test_both_words_for_mfa_count(kind: str) -> None:
    assert row_of(only_token(access_token(amr=["rsa", kind])), "MFA") == f"proven (amr: rsa, {kind})"


@pytest.mark.parametrize("method", ["pwd", "wiaormfa", "fed", "otp", "MFA2", "nomfa"])
def test_no_other_word_counts_as_mfa(method: str) -> None:
    diagnosis = only_token(access_token(amr=[method]))
    assert row_of(diagnosis, "MFA") == f"not proven (amr: {method})"
    assert "without MFA" in diagnosis.title


def test_a_token_that_does_not_say_how_its_user_signed_in_is_neither_praised_nor_blamed() -> None:
    diagnosis = only_token(access_token(amr=None, ver="2.0", appid=None, azp=CLIENT))
    assert row_of(diagnosis, "MFA") == "not said"
    assert "MFA" not in diagnosis.title
    assert "does not say whether MFA was done" in diagnosis.cause
    assert "ValidateMfa" in diagnosis.remedy
    assert diagnosis.retry is Retry.YES


def test_a_global_administrator_is_a_warning_and_no_fault() -> None:
    diagnosis = only_token(access_token(wids=[GLOBAL_ADMINISTRATOR]))
    assert "whoever gets such a token has the whole tenant" in diagnosis.cause
    assert diagnosis.who == (Who.ADMIN,)
    assert diagnosis.retry is Retry.YES


def test_microsofts_own_client_is_named() -> None:
    diagnosis = only_token(access_token(appid="04b07795-8ddb-461a-bbee-02f9e1bf7b46", appidacr="0"))
    assert row_of(diagnosis, "client") == "Azure CLI (04b07795-8ddb-461a-bbee-02f9e1bf7b46)"
    assert row_of(diagnosis, "client type") == "public: no secret and no certificate"
    assert "not to your app registration" in diagnosis.cause


def test_a_clock_that_differs_by_some_minutes_is_no_fault() -> None:
    assert only_token(access_token(iat=at(4), nbf=at(4))).retry is Retry.YES
    assert only_token(access_token(iat=at(6), nbf=at(6))).retry is Retry.WAIT


def test_a_title_names_date_and_time_so_that_it_can_be_read_later() -> None:
    assert only_token(access_token(exp=at(60 * 26))).title.endswith("good until 2026-11-22 12:04 UTC")
    assert only_token(access_token(exp=at(-4))).title.endswith("expired on 2026-11-21 10:00 UTC")


def test_without_mfa_the_remedy_is_not_to_refresh_an_expired_token() -> None:
    remedy = only_token(access_token(amr=["pwd"], exp=at(-180))).remedy

    assert "a refresh does not add MFA" in remedy
    assert "with the refresh token" not in remedy


def test_the_leak_of_a_valid_token_comes_first_in_what_to_do() -> None:
    token_acts = only_token(access_token(amr=["pwd"])).actions
    first, rest = " ".join(token_acts[:2]), " ".join(token_acts[2:])
    for part in (
        "can open Partner Center",
        "until 2026-11-21 10:41 UTC",
        "Delete the paste",
        "> Revoke sessions",
        "until its end",
    ):
        assert part in first
    assert "Have MFA required" in rest
    graph = only_token(access_token(aud="00000003-0000-0000-c000-000000000000"))
    assert "can open Microsoft Graph with it" in graph.remedy


def test_an_apps_own_token_has_no_sessions_to_revoke() -> None:
    claims = {"scp": None, "amr": None, "upn": None, "unique_name": None, "sub": "bbbbbbbb-2222-4333-8444-555555555555"}
    remedy = only_token(access_token(**claims, roles=["x"], idtyp="app")).remedy
    assert "Revoke sessions" not in remedy
    assert "secret or certificate" in remedy


@pytest.mark.parametrize(
    "text",
    [
        access_token(exp=at(-1)),
        access_token()[:-20],
        access_token()[:300],
        id_token(),
    ],
    ids=["expired", "cut signature", "cut", "id token"],
)
def test_a_token_that_opens_nothing_is_no_leak(text: str) -> None:
    assert "Whoever has this token" not in only_token(text).remedy


def test_the_audience_of_each_cloud_is_known_by_its_address_and_by_its_app_id() -> None:
    for cloud in built_in_clouds().values():
        assert "for Partner Center" in only_token(access_token(aud=f"https://{cloud.partner_center}/")).title
        assert "for Microsoft Graph" in only_token(access_token(aud=f"https://{cloud.graph}")).title
        assert "for Azure Key Vault" in only_token(access_token(aud=f"https://{cloud.vault_suffix}")).title
    assert "for Partner Center" in only_token(access_token(aud="fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd")).title


def test_a_token_of_the_chinese_cloud_is_sent_to_its_own_partner_center() -> None:
    issuer = f"https://login.partner.microsoftonline.cn/{CONTOSO}/v2.0"
    diagnosis = only_token(access_token(iss=issuer, aud="https://vault.azure.cn", idp=None))
    assert row_of(diagnosis, "cloud") == "China (21Vianet)"
    assert "https://partner.partnercenterapi.microsoftonline.cn/user_impersonation" in diagnosis.remedy


def test_roles_are_named_and_unknown_ones_stand_as_they_are() -> None:
    unknown = "99999999-0000-4000-8000-000000000000"
    roles = ["158c047a-c907-4556-b7ef-446551a6b5f7", unknown, "not a role"]
    assert row_of(only_token(access_token(wids=roles)), "roles") == f"Cloud Application Administrator, {unknown}"
    assert role_name(GLOBAL_ADMINISTRATOR) == "Global Administrator"


# --- other kinds -----------------------------------------------------------------------------------------------------


def test_an_id_token_is_no_pass_and_not_blamed_for_what_it_never_carries() -> None:
    diagnosis = only_token(id_token())
    assert diagnosis.title == "An id token, good until 2026-11-21 10:59 UTC"
    assert "No service accepts it" in diagnosis.cause
    assert "member access_token" in diagnosis.remedy
    assert row_of(diagnosis, "MFA") == ""
    assert "user_impersonation" not in diagnosis.cause
    assert diagnosis.retry is Retry.YES


def test_an_id_token_of_a_cloud_of_ones_own_is_known_without_a_nonce() -> None:
    diagnosis = only_token(id_token(nonce=None, iss=f"https://login.localhost:8443/{CONTOSO}/v2.0"))
    assert diagnosis.title.startswith("An id token, good until")
    assert row_of(diagnosis, "cloud") == ""


def test_a_client_assertion_is_known_by_its_subject() -> None:
    audience = f"https://login.microsoftonline.com/{CONTOSO}/oauth2/v2.0/token"
    payload = {"aud": audience, "iss": CLIENT, "sub": CLIENT, "jti": "1", "nbf": at(-1), "exp": at(-2)}
    diagnosis = only_token(f"client_assertion={made(payload)}&client_id={CLIENT}")
    assert diagnosis.title == "A client assertion, expired on 2026-11-21 10:02 UTC"
    assert "made it with its certificate" in diagnosis.cause
    assert "check its clock" in diagnosis.remedy
    assert "refresh token" not in diagnosis.remedy


def test_the_token_of_an_app_is_called_app_only() -> None:
    claims = {"scp": None, "amr": None, "upn": None, "unique_name": None, "sub": "bbbbbbbb-2222-4333-8444-555555555555"}
    diagnosis = only_token(access_token(**claims, roles=["Application.Read.All"], xms_mirid="/subscriptions/x"))
    assert diagnosis.title.startswith("An access token for Partner Center, app-only, good until")
    assert row_of(diagnosis, "kind") == "access token, v1.0 form, app-only, of a managed identity"
    assert row_of(diagnosis, "app roles") == "Application.Read.All"
    assert "MFA is not proven" not in diagnosis.cause


def test_an_encrypted_token_is_left_to_its_service() -> None:
    head = base64url(json.dumps({"alg": "RSA-OAEP", "enc": "A256CBC-HS512", "typ": "JWT"}))
    token = ".".join((head, noise(100, 11), noise(20, 12), noise(200, 13), noise(20, 14)))
    diagnosis = only_token(token)
    assert diagnosis.title == "An encrypted token"
    assert parts_repeated(token, diagnosis) == []


@pytest.mark.parametrize(
    "wrapping", ['"refresh_token": "{}"', "refresh_token={}&x=1", "{}", "RefreshToken : {}", "'refresh_token': '{}'"]
)
def test_a_refresh_token_is_known_by_its_name_and_by_its_form(wrapping: str) -> None:
    text = wrapping.format(REFRESH_TOKEN)
    [located] = find_tokens(text, NOW)
    diagnosis = located.diagnosis
    assert text[located.start : located.end] == REFRESH_TOKEN
    assert diagnosis.title == "A refresh token"
    assert "90 days without use" in diagnosis.cause
    assert "Only Entra can read it" in diagnosis.cause
    assert "`partner-wizard check`" in diagnosis.remedy
    first = " ".join(diagnosis.actions[:2])
    for part in ("can get new tokens", "Delete the paste", "Revoke sessions", "store the new one"):
        assert part in first
    assert row_of(diagnosis, "length") == f"{len(REFRESH_TOKEN):,} characters"
    assert row_of(diagnosis, "white space, line breaks, quotes") == "none"
    assert diagnosis.step == "store"
    assert diagnosis.retry is Retry.YES


@pytest.mark.parametrize(
    ("value", "found", "cause"),
    [
        (REFRESH_TOKEN[:600] + "\n" + REFRESH_TOKEN[600:], "line breaks", "It holds line breaks"),
        (REFRESH_TOKEN[:600] + "\\r\\n" + REFRESH_TOKEN[600:], "line breaks", "It holds line breaks"),
        (REFRESH_TOKEN[:600] + " " + REFRESH_TOKEN[600:], "spaces", "It holds spaces"),
        ("'" + REFRESH_TOKEN + "'", "quotes", "It holds quotes"),
        (REFRESH_TOKEN[:200], "none", "It looks cut"),
    ],
)
def test_a_damaged_refresh_token_is_distinguished_from_a_whole_one(value: str, found: str, cause: str) -> None:
    diagnosis = only_token('{"refresh_token": "' + value + '"}')
    assert row_of(diagnosis, "white space, line breaks, quotes") == found
    assert cause in diagnosis.cause
    assert diagnosis.title == "A refresh token, not in one piece"
    assert diagnosis.retry is Retry.AFTER_FIX
    assert parts_repeated(REFRESH_TOKEN, diagnosis) == []


@pytest.mark.parametrize(
    ("text", "title", "secret"),
    [
        (f'"device_code":"{DEVICE_CODE}"', "A device code", DEVICE_CODE),
        (f"grant_type=x&device_code={DEVICE_CODE}&client_id=y", "A device code", DEVICE_CODE),
        (f"code={AUTHORIZATION_CODE}&client_id=y", "An authorization code", AUTHORIZATION_CODE),
        (f"authorization_code: {AUTHORIZATION_CODE}", "An authorization code", AUTHORIZATION_CODE),
        (f"client_secret={CLIENT_SECRET}&x", "A client secret of an app registration", CLIENT_SECRET),
        (f"the secret is {CLIENT_SECRET}, they said", "A client secret of an app registration", CLIENT_SECRET),
        (f'"secretText": "{CLIENT_SECRET}"', "A client secret of an app registration", CLIENT_SECRET),
        (f'"access_token": "{noise(900, 20)}"', "An access token that cannot be read", noise(900, 20)),
    ],
)
def test_codes_and_secrets_are_known_and_never_repeated(text: str, title: str, secret: str) -> None:
    diagnosis = only_token(text)
    assert diagnosis.title == title
    assert parts_repeated(secret, diagnosis, 8) == []
    assert diagnosis.remedy
    assert diagnosis.link.startswith("https://learn.microsoft.com/")


def test_the_id_of_a_secret_is_distinguished_from_its_value() -> None:
    diagnosis = only_token("client_secret=11111111-2222-4333-8444-555555555555")
    assert "AADSTS7000215" in diagnosis.cause
    assert "column Value" in diagnosis.remedy
    assert parts_repeated("11111111-2222-4333-8444-555555555555", diagnosis) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        "AADSTS70000: Provided grant is invalid: refresh_token has expired due to inactivity.",
        '{"code": "900421", "description": "MFA"}',
        "grant_type=refresh_token&refresh_token=***&client_secret=<your-secret>",
        "refresh_token: null, client_secret: None, device_code=device_code",
        "client_secret=os.environ['CLIENT_SECRET']",
        "client_secret=settings.client_secret",
        '{"code": "ObjectIsDeletedButRecoverableAndMoreThanThatIsIn2"}',
        "eyJ eyJhbGciOi. ey.ey.ey e30.e30.e30",
        base64url('{"access_token":{"capolids":{"essential":true}}}'),
        base64url('{"uid":"bbbbbbbb-2222-4333-8444-555555555555","utid":"' + CONTOSO + '"}'),
        "version 0.Alpha, build 1.Abcdefghij",
        "a" * 5000,
    ],
)
def test_what_is_no_token_is_left_alone(text: str) -> None:
    assert find_tokens(text, NOW) == []


@pytest.mark.parametrize(
    "text", [access_token(), id_token(exp=at(5)), REFRESH_TOKEN, f"device_code={DEVICE_CODE}", CLIENT_SECRET]
)
def test_a_healthy_token_asks_for_no_fix(text: str) -> None:
    assert only_token(text).retry is Retry.YES


@pytest.mark.parametrize("text", [access_token(), REFRESH_TOKEN, f"device_code={DEVICE_CODE}", CLIENT_SECRET])
def test_it_is_said_that_nothing_is_wrong_where_nothing_is(text: str) -> None:
    assert only_token(text).is_healthy
    said = f"{only_token(text).cause} {only_token(text).remedy}"
    assert re.search(r"(^|\. )Nothing (in its form )?is (wrong|missing)", said)


@pytest.mark.parametrize("text", [access_token(exp=at(-1)), REFRESH_TOKEN[:90], access_token()[:300]])
def test_the_remedy_does_not_say_so_where_something_is_wrong(text: str) -> None:
    assert not only_token(text).is_healthy
    assert "Nothing" not in only_token(text).remedy
