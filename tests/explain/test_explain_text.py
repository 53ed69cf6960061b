"""A paste is explained: what stands in it, the most specific first, each thing once, with its ids."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from tests.patience import PATIENCE
from wizard.catalogue import explain
from wizard.catalogue.diagnosis_words import quote_service
from wizard.catalogue.recipients import send_to
from wizard.core.findings import SupportIds
from wizard.explain import explain_text
from wizard.redaction.secret_patterns import redact_patterns

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TRACE = "0a1b2c3d-0000-1111-2222-333344445555"
CORRELATION = "9f8e7d6c-0000-1111-2222-333344445555"
OTHER = "11111111-2222-3333-4444-555566667777"


def _codes(text: str | bytes) -> list[str]:
    return [diagnosis.code for diagnosis in explain_text(text, NOW).diagnoses]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("AADSTS65001: The user or administrator has not consented", "AADSTS65001"),
        ('{"error":"invalid_grant","error_description":"aadsts50076: Due to a configuration change"}', "AADSTS50076"),
        ("53003", "AADSTS53003"),
        ("  (53003) ", "AADSTS53003"),
        ("Fehler 50076", "AADSTS50076"),
        ("AADSTS 50076", "AADSTS50076"),
        ("aadsts-50076!", "AADSTS50076"),
        ("Sign-in error code 50076 since 2026-11-21", "AADSTS50076"),
        ("Sign-in error code: 500133", "AADSTS500133"),
        ("ResultType 50074, port 53003", "AADSTS50074"),
        ("code: 900421", "900421"),
        ("MFA required (10001)", "10001"),
        ("(Forbidden) inner error: ForbiddenByRbac", "ForbiddenByRbac"),
        ("Partner Center answered 900421", "900421"),
        ("Partner Center error 2032", "2032"),
        ("With Submit-PartnerCustomerCart I get an 800089 error code", "800089"),
        ("expired_token", "expired_token"),
        ("error=authorization_declined", "authorization_declined"),
        ("AKV10032: Invalid issuer.", "AKV10032"),
        ("the vault says Forbidden for key vault contoso", "Forbidden"),
    ],
)
def test_the_code_in_a_text_is_found(text: str, code: str) -> None:
    assert _codes(text) == [code]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("AADSTS530036 7000222", ["AADSTS530036", "AADSTS7000222"]),
        ("530036, 7000222", ["AADSTS530036", "AADSTS7000222"]),
        ("53003\n50076;50079", ["AADSTS53003", "AADSTS50076", "AADSTS50079"]),
        ("70002 7000218", ["AADSTS7000218", "AADSTS70002"]),
        ("2032 / 900421", ["2032", "900421"]),
        ("ForbiddenByRbac|ForbiddenByFirewall", ["ForbiddenByRbac", "ForbiddenByFirewall"]),
        ("AADSTS50076 invalid_grant", ["AADSTS50076", "invalid_grant"]),
        ("2026 11 21", []),
        ("8080 443", []),
        ("53003 files of 7000222", []),
    ],
)
def test_each_code_of_a_list_of_codes_is_explained(text: str, codes: list[str]) -> None:
    assert _codes(text) == codes
    assert not any(diagnosis.service_text for diagnosis in explain_text(text, NOW).diagnoses)


@pytest.mark.parametrize(
    "ids",
    [
        f"Trace ID: {TRACE} Correlation ID: {CORRELATION} Timestamp: 2026-11-20 13:05:11Z",
        f"Trace ID: {TRACE} Correlation\n ID: {CORRELATION} Timestamp:\n2026-11-20 13:05:11Z",
        f"Trace\n>  ID: {TRACE} Correlation ID: {CORRELATION[:20]}\n> {CORRELATION[20:]} "
        "Timestamp: 2026-11-20\n> 13:05:11Z",
        f"Trace ID: {TRACE[:3]}\n{TRACE[3:]} Correl\nation ID: {CORRELATION} Time\nstamp: 2026-11-20 13:05:11Z",
        f"Correl\nation ID: {CORRELATION[:9]}\n{CORRELATION[9:]} Trace ID: {TRACE} Timestamp: 2026-11-20 13:05:11Z",
    ],
    ids=["whole", "label", "quote_service", "in words", "the first in words"],
)
def test_ids_that_a_line_end_breaks_are_no_part_of_the_services_text(ids: str) -> None:
    (diagnosis,) = explain_text(f"AADSTS50076: Due to a change, MFA is needed. {ids}", NOW).diagnoses

    assert diagnosis.service_text == "Due to a change, MFA is needed."
    assert diagnosis.ids == SupportIds(CORRELATION, TRACE, "", "2026-11-20 13:05:11Z")


@pytest.mark.parametrize(
    ("behind", "quoted"),
    [
        (
            "The grant was revoked, a fresh one is needed\n3. AADSTS50078: x",
            "The grant was revoked, a fresh one is needed",
        ),
        ("The grant was revoked.` from https://login.microsoftonline.com/common", "The grant was revoked."),
        ("The grant `x` was revoked.", "The grant `x` was revoked."),
        ("The grant was revoked.**\nHelp", "The grant was revoked."),
        ("The grant was revoked_**", "The grant was revoked"),
        ("The keys for app '***' are revoked.", "The keys for app '***' are revoked."),
        ("The app '...' named '...Debug' was revoked. Help", "The app '...' named '...Debug' was revoked."),
        ('The grant was not found in the directory"\n\nIt seems', "The grant was not found in the directory"),
        ("One of 'a' or 'b'\nHelp", "One of 'a' or 'b' Help"),
        ("The device has to be managed.\n│ Trace ID: XX\n│ To go on", "The device has to be managed."),
        (
            "Neither is known  oauth_proxy.py:1665\n             'a' nor 'b' is there. Trace ID:",
            "Neither is known 'a' nor 'b' is there.",
        ),
        ("The grant xx This was revoked Trace ID: xx-1a Correlation ID: xx", "The grant xx This was revoked"),
    ],
)
def test_what_stands_around_the_services_text_is_no_part_of_it(behind: str, quoted: str) -> None:
    assert explain_text(f"AADSTS50173: {behind}", NOW).diagnoses[0].service_text == quoted


@pytest.mark.parametrize(
    "text",
    [
        "it does not work",
        "port 8443 in 2026",
        "error_description",
        "the server listens on port 50076",
        "pid 53003 took 50011 ms, 65001 bytes, line 90002",
        "at 2026-11-21 10:50:076 in build 1.50076.3, see 50076-1",
        "10.50076.1.1 and https://contoso.example:50076/53003",
        "exit code 50076, http code 50011, zip code 90002",
        "Forbidden",
        "Conflict of interest, Unauthorized copy",
        "the key vault is at floor 403",
        "year 2032, 1000 pieces, 400 people",
        "aadsts",
        "AADSTS12",
        "AADSTS12345678901",
        "AADSTS: 2026-11-21",
        "AADSTS0050076",
    ],
)
def test_a_text_without_a_code_is_not_explained(text: str) -> None:
    explanation = explain_text(text, NOW)
    assert explanation.diagnoses == ()
    assert explanation.notes


def test_the_most_specific_comes_first_and_each_thing_once() -> None:
    text = "\n".join(
        [
            "2026-11-21 10:00:00 INFO authorization_pending",
            "2026-11-21 10:00:01 ERROR AADSTS90094999: new",
            "2026-11-21 10:00:02 ERROR invalid_grant",
            "2026-11-21 10:00:03 ERROR AADSTS50032: weak key",
            "2026-11-21 10:00:04 ERROR AADSTS65001: The user or administrator has not consented",
            "2026-11-21 10:00:05 ERROR AADSTS50076: MFA",
            "2026-11-21 10:00:06 ERROR AADSTS65001: The user or administrator has not consented",
        ]
    )
    found = explain_text(text, NOW).diagnoses

    assert [diagnosis.code for diagnosis in found] == [
        "AADSTS65001",
        "AADSTS50076",
        "AADSTS90094999",
        "AADSTS50032",
        "invalid_grant",
        "authorization_pending",
    ]
    assert [diagnosis.count for diagnosis in found] == [2, 1, 1, 1, 1, 1]


def test_a_vague_code_gives_way_to_the_one_that_says_what_it_is_about() -> None:
    assert _codes("AADSTS70002: Error validating credentials. AADSTS50012: Invalid client secret.") == ["AADSTS50012"]
    assert _codes("invalid_client: AADSTS7000215: Invalid client secret (basic_action)") == ["AADSTS7000215"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("AADSTS50076\n2026-11-21 10:00 next", "AADSTS50076"),
        ("AADSTS50076\n3 attempts were made", "AADSTS50076"),
        ("AADSTS50011\n10.0.0.1", "AADSTS50011"),
        ("It ends with AADSTS70002\n15: Invalid client secret provided", "AADSTS7000215"),
        ("It ends with AAD\n> STS70=\n00218: The request body", "AADSTS7000218"),
    ],
)
def test_a_number_goes_on_in_the_next_line_only_where_it_was_broken(text: str, code: str) -> None:
    assert _codes(text) == [code]


def test_an_error_uri_beside_its_code_counts_once() -> None:
    body = {
        "error": "invalid_client",
        "error_description": "AADSTS7000215: Invalid client secret provided.",
        "error_codes": [7000215],
        "error_uri": "https://login.microsoftonline.com/error?code=7000215",
    }
    found = explain_text(json.dumps(body, indent=2), NOW).diagnoses
    assert [(diagnosis.code, diagnosis.count) for diagnosis in found] == [("AADSTS7000215", 1)]
    assert found[0].service_text == "Invalid client secret provided."


def test_an_http_answer_gives_its_headers_ids_and_its_services_name() -> None:
    head = f"HTTP/1.1 {{}}\r\nDate: Sat, 21 Nov 2026 10:00:00 GMT\r\nMS-CorrelationId: {CORRELATION}\r\n\r\n"
    answer = head.format("401 Unauthorized") + '\ufeff{"code":"900421","description":"MFA","data":[],"source":"x"}'
    explanation = explain_text(answer.encode(), NOW)

    assert explanation.read_as == "an HTTP answer of Partner Center with its headers"
    assert [diagnosis.code for diagnosis in explanation.diagnoses] == ["900421"]
    assert explanation.diagnoses[0].ids == SupportIds(CORRELATION, "", "", "Sat, 21 Nov 2026 10:00:00 GMT")

    page = explain_text(head.format("403 Forbidden") + "<html><h1>Forbidden</h1></html>", NOW).diagnoses
    assert "Admin agent" in page[0].remedy
    assert page[0].ids.correlation_id == CORRELATION


def test_several_answers_of_curl_keep_their_own_status_host_and_ids() -> None:
    text = f"""> GET /secrets/x HTTP/1.1
> Host: contoso.vault.azure.net
>
< HTTP/1.1 403 Forbidden
< x-ms-request-id: {TRACE}
<
{{"error":{{"code":"Forbidden","message":"No.","innererror":{{"code":"ForbiddenByFirewall"}}}}}}
* Connection #0 left intact
> GET /v1/profiles/mpn HTTP/1.1
> Host: api.partnercenter.microsoft.com
>
< HTTP/1.1 401 Unauthorized
< MS-RequestId: {OTHER}
<
"""
    found = explain_text(text, NOW).diagnoses
    assert [(each.code, each.service, each.ids.request_id) for each in found] == [
        ("ForbiddenByFirewall", "key_vault", TRACE),
        ("", "partner_center", OTHER),
    ]


def test_the_message_of_the_azure_libraries_is_read_with_its_inner_error() -> None:
    text = (
        "azure.core.exceptions.HttpResponseError: (Forbidden) Caller is not authorized to perform action on resource.\n"
        f"Caller: appid=x;oid={OTHER};iss=https://sts.windows.net/{TRACE}/\nVault: contoso;location=westeurope\n\n"
        "Code: Forbidden\nMessage: Caller is not authorized to perform action on resource.\n"
        'Vault: contoso;location=westeurope\n\nInner error: {\n    "code": "ForbiddenByRbac"\n}\n'
    )
    found = explain_text(text, NOW).diagnoses
    assert [diagnosis.code for diagnosis in found] == ["ForbiddenByRbac"]


def test_a_sign_in_log_gives_a_code_and_its_own_ids_for_each_record() -> None:
    records = [
        {"correlationId": CORRELATION, "status": {"errorCode": 50076, "failureReason": "MFA"}, "port": 50011},
        {"correlationId": OTHER, "status": {"errorCode": 53003, "failureReason": "Blocked"}},
        {"correlationId": TRACE, "status": {"errorCode": 0}},
    ]
    found = explain_text(json.dumps({"value": records}), NOW).diagnoses
    assert [(diagnosis.code, diagnosis.ids.correlation_id) for diagnosis in found] == [
        ("AADSTS50076", CORRELATION),
        ("AADSTS53003", OTHER),
    ]


def test_the_page_of_the_portal_gives_ids_that_stand_paragraphs_away() -> None:
    text = (
        "Sorry, but we're having trouble signing you in.\n\nAADSTS50105: Your administrator has configured it.\n\n"
        f"Troubleshooting details\n\nRequest Id: {TRACE}\n\nCorrelation Id: {CORRELATION}\n\n"
        "Timestamp: 2026-11-21T09:59:00Z\n\nMessage: AADSTS50105: Your administrator has configured it.\n"
    )
    found = explain_text(text, NOW).diagnoses
    assert [diagnosis.code for diagnosis in found] == ["AADSTS50105"]
    assert found[0].ids == SupportIds(CORRELATION, "", TRACE, "2026-11-21T09:59:00Z")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "requests: 403 Client Error: Forbidden for url: https://api.partnercenter.microsoft.com/v1/x",
            "Partner Center",
        ),
        ("urllib3: Failed to resolve host ([Errno -2] Name or service not known)", ""),
        ("ssl.SSLCertVerificationError: certificate verify failed: self-signed certificate in chain", ""),
        ('{"message": "The supplied role does not have the rights to perform this."}', ""),
    ],
)
def test_an_error_without_a_code_is_recognised_by_its_words(text: str, title: str) -> None:
    found = explain_text(text, NOW).diagnoses
    assert len(found) == 1
    assert title in found[0].title
    assert not re.match(r"AADSTS", found[0].code)


def test_a_colleagues_account_is_not_quoted_as_the_services_and_is_sent_to_the_same_person() -> None:
    (told,) = explain_text("The page said: you can't access this right now", NOW).diagnoses
    (coded,) = explain_text("AADSTS53003: Access has been blocked by Conditional Access policies.", NOW).diagnoses

    assert told.is_recognised_by_wording
    assert not coded.is_recognised_by_wording
    assert send_to(told) == send_to(coded)
    assert quote_service(told, told.service_text).startswith("The text says")
    assert quote_service(coded, coded.service_text).startswith("In the service's words")


def test_a_token_comes_after_an_error_that_has_a_code() -> None:
    claims = "eyJhdWQiOiJodHRwczovL2NvbnRvc28uZXhhbXBsZSIsImV4cCI6NDEwMDAwMDAwMCwiaWF0IjoxNzAwMDAwMDAwfQ"
    token = f"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.{claims}.{'c2lnbmF0dXJl' * 8}"
    found = explain_text(f"Authorization: Bearer {token}\nand then AADSTS50076: MFA", NOW).diagnoses

    assert len(found) == 2
    assert found[0].code == "AADSTS50076"
    assert "token" in found[1].title
    assert token[40:80] not in repr(found)


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("53003", "a code"),
        ("AADSTS53003: blocked by a policy of the administrator", "a line of text"),
        ('{"error":"invalid_grant","error_description":"AADSTS53003: x"}', "an answer of Microsoft Entra ID"),
        ("<!DOCTYPE html><html><body>AADSTS53003</body></html>", "a page of HTML"),
        ("2026-11-21 10:00:00 a\n2026-11-21 10:00:01 AADSTS53003\n2026-11-21 10:00:02 c", "a log of 3 lines"),
        ("hello\nAADSTS53003\nbye", "a text of 3 lines"),
    ],
)
def test_it_says_what_a_text_was_taken_for(text: str, read_as: str) -> None:
    assert explain_text(text, NOW).read_as == read_as


def test_masking_changes_no_word_of_the_catalogue() -> None:
    catalogue = json.loads(files("assets").joinpath("entra-errors.json").read_text(encoding="utf-8"))
    for entry in (*catalogue["aadsts"], *catalogue["other"]):
        for part in (entry, *entry.get("causes", ())):
            for member in ("title", "cause", "remedy"):
                assert redact_patterns(part.get(member, "")) == part.get(member, "")


def test_reading_loads_nothing_heavy() -> None:
    code = (
        "import sys; from datetime import UTC, datetime; from wizard.explain import explain_text;"
        "assert explain_text('AADSTS50076', datetime.now(UTC)).diagnoses;"
        "heavy = {'textual', 'msal', 'azure.core', 'requests', 'urllib3', 'cryptography'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=PATIENCE)


TUNNEL = "(Caused by ProxyError('Unable to connect to proxy', OSError('Tunnel connection failed: 403 Forbidden')))"
CONNECT = "> CONNECT api.partnercenter.microsoft.com:443 HTTP/1.1\n> Host: api.partnercenter.microsoft.com:443\n>\n"


def _titles(text: str) -> list[str]:
    return [diagnosis.title for diagnosis in explain_text(text, NOW).diagnoses]


@pytest.mark.parametrize(
    "text",
    [
        f"HTTPSConnectionPool(host='api.partnercenter.microsoft.com', port=443): url: /v1/customers?size=1 {TUNNEL}",
        f"HTTPSConnectionPool(host='contoso-partner.vault.azure.net', port=443): url: /secrets/x {TUNNEL}",
        f"{CONNECT}< HTTP/1.1 403 Forbidden\n< Content-Type: text/html\n<\n<html>Forbidden</html>",
        f"{CONNECT}< HTTP/1.1 403 Forbidden\n<\n{{\"code\": 2032, \"message\": \"blocked by policy\"}}",
        "HTTP/1.1 403 Forbidden\nServer: api.partnercenter.microsoft.com\n\n"
        "curl: (56) CONNECT tunnel failed, response 403",
    ],
)  # fmt: skip
def test_a_proxys_refusal_is_not_the_services(text: str) -> None:
    assert _titles(text) == ["The proxy refused the connection to this host"]


def test_behind_an_open_tunnel_a_refusal_is_the_services() -> None:
    opened = f"{CONNECT}< HTTP/1.1 200 Connection established\n<\n"
    asked = "> GET /v1/customers HTTP/1.1\n> Host: api.partnercenter.microsoft.com\n>\n"
    answer = f"< HTTP/1.1 403 Forbidden\n< MS-CorrelationId: {CORRELATION}\n<\n"
    assert _titles(opened + asked + answer) == ["Partner Center refused the call"]


@pytest.mark.parametrize(
    "text",
    [
        '{"code":400,"message":"Bad Request"}',
        '{"level":"info","code":2032,"message":"job done"}',
        '{"code":400,"description":"Bad Request","data":[]}',
        "error: 90002 records could not be imported",
        "code: 50034 items",
        "code: 50034 items were read; the sign-in page is https://login.microsoftonline.com/common",
        'POST https://accounts.google.com/o/oauth2/token\n{"error":"invalid_grant","error_description":"Bad Request"}',
        'POST https://www.googleapis.com/oauth2/v4/token\n{"error":"invalid_grant"}',
        'POST https://github.com/login/oauth/access_token\n{"error":"authorization_pending","error_description":"x"}',
        "oauth2.googleapis.com said invalid_grant: the token has been revoked.",
        "authorization_pending from github.com",
        "s3: access_denied for bucket foo",
    ],
)
def test_a_number_or_a_name_that_is_anothers_is_no_code(text: str) -> None:
    assert _codes(text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"code":2032,"description":"No rights","data":[],"source":"PartnerFD"}', "2032"),
        ('GET https://api.partnercenter.microsoft.com/v1/customers\n{"code":2032,"message":"no"}', "2032"),
        ("Sign-in error code: 50076 for user partner@contoso.com", "AADSTS50076"),
        ("error 50034 was returned", "AADSTS50034"),
        ('see https://github.com/Azure/azure-sdk-for-python/issues/1\n{"error":"invalid_grant"}', "invalid_grant"),
        ("x-ms-clitelem: 1,53003,0,,", "AADSTS53003"),
    ],
)
def test_what_is_microsofts_stays_a_code(text: str, code: str) -> None:
    assert _codes(text) == [code]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("ERROR: AADSTS70043: The refresh token has expired due to sign-in frequency checks by conditional access.\n"
         "Interactive authentication is needed. Please run:\naz login --scope https://vault.azure.net/.default",
         "The Azure identity has to sign in again"),
        ("AzureCliCredential.get_token failed: ERROR: AADSTS700082: The refresh token has expired due to inactivity.",
         "The Azure identity has to sign in again"),
        ("AADSTS50076: you must use multi-factor authentication to access 'cfa8b339-82a2-471a-a3c9-0fc0be7a4093'.",
         "The Azure identity has to sign in again"),
        ("DefaultAzureCredential failed to retrieve a token from the included credentials.\nAttempted credentials:\n"
         "\tEnvironmentCredential: Authentication failed: AADSTS7000215: Invalid client secret provided.\n"
         "\tAzureCliCredential: Please run 'az login' to set up an account",
         "The client secret of the Azure identity is rejected"),
        ("EnvironmentCredential: AADSTS700016: Application with identifier 'x' was not found in the directory 'y'.",
         "The app of the Azure identity is not in the tenant"),
    ],
)  # fmt: skip
def test_an_error_of_the_vault_identity_is_not_taken_for_the_integration_users(text: str, title: str) -> None:
    (diagnosis,) = explain_text(text, NOW).diagnoses

    assert diagnosis.title == title
    assert [who.value for who in diagnosis.who] == ["operator"]
    assert "key_vault" in diagnosis.steps
    assert re.search(r"az login|AZURE_CLIENT_(SECRET|ID)", diagnosis.remedy)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"HTTP/1.1 200 OK\nisMfaCompliant: false\nMS-CorrelationId: {CORRELATION}\n\n{{\"totalCount\":1}}",
         "Partner Center requires MFA"),
        ("Invoke-RestMethod : The remote server returned an error: (401) Unauthorized.\nAt line:1 char:1\n"
         "+ Invoke-RestMethod -Uri https://api.partnercenter.microsoft.com/v1/customers",
         "Partner Center did not accept the token"),
        ("Response status code does not indicate success: 403 (Forbidden).\n"
         "GET https://api.partnercenter.microsoft.com/v1/customers",
         "Partner Center refused the call"),
        ("Contoso\nMore information required\nYour organization needs more information to keep your account secure",
         "The account has to register for MFA"),
        ('{"error":{"code":"Forbidden","message":"Access denied to first party service. Caller: name=x",'
         '"innererror":{"code":"AccessDenied"}}}', "No access policy of the vault covers this caller"),
        ('{"error":{"code":"Unauthorized","message":"[BearerReadAccessTokenFailed] Error validating token"}}',
         "Key Vault did not accept the token"),
    ],
)  # fmt: skip
def test_forms_of_headers_programs_and_pages_are_read(text: str, title: str) -> None:
    assert _titles(text) == [title]


def test_mfa_that_counts_is_no_error() -> None:
    assert _titles("isMfaCompliant: true") == []


def test_the_table_of_the_graph_module_gives_its_ids() -> None:
    table = f"Date              : 2026-11-20T13:05:11\nrequest-id        : {TRACE}\nclient-request-id : {CORRELATION}"
    (diagnosis,) = explain_text(f"Connect-MgGraph: TooManyRequests\n\n{table}", NOW).diagnoses

    assert diagnosis.ids == SupportIds(CORRELATION, "", TRACE, "2026-11-20T13:05:11")


@pytest.mark.parametrize("number", [70018, 70000])
@pytest.mark.parametrize("error", ["authorization_declined", "expired_token", "bad_verification_code"])
def test_the_error_says_how_a_poll_ended(error: str, number: int) -> None:
    body = {"error": error, "error_description": f"AADSTS{number}: x", "error_codes": [number]}
    (diagnosis,) = explain_text(json.dumps(body), NOW).diagnoses

    assert diagnosis.title == explain("entra", error).title
    assert diagnosis.code == f"AADSTS{number}"


def test_a_name_that_anybody_uses_is_a_services_only_where_it_is_named() -> None:
    of_another = (
        "New-PSSession : [server01.contoso.com] Access is denied.\n  + FullyQualifiedErrorId : AccessDenied,Failed"
    )

    assert _codes(of_another) == []
    assert _codes("The key vault contoso-partner says AccessDenied") == ["AccessDenied"]
    assert _codes("reason: UnknownError, message: the widget failed") == []
    assert _codes('{"error": {"code": "UnknownError", "message": "x"}}') == []
    assert _codes("graph.microsoft.com answered 403 UnknownError") == ["UnknownError"]
    assert _codes("ERROR: QuotaExceeded for project 12") == []
    assert _codes("management.azure.com answered 409 QuotaExceeded") == ["QuotaExceeded"]


def test_a_sentence_that_a_console_broke_behind_a_blank_is_read_whole() -> None:
    text = "New-PSSession : [outlook.office365.com] Connecting to remote server failed: Access is \ndenied."
    (diagnosis,) = explain_text(text, NOW).diagnoses

    assert diagnosis.title == "Exchange Online denied access to remote PowerShell"


def test_the_number_of_a_page_is_of_the_words_above_it() -> None:
    text = (
        "Help us keep your device secure\nYour sign-in was successful, but your admin requires the device requesting "
        "access to be managed by Contoso to access this resource.\n\nError Code: 530033\nApp name: Microsoft Azure CLI"
    )

    assert _codes(text) == ["AADSTS530033"]
