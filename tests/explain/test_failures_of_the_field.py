"""The failures that operators of other tools report most: as a service gives each in, its cause and remedy come out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from wizard.catalogue import Diagnosis
from wizard.core.findings import Who
from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TRACE = "0a1b2c3d-0000-4111-8222-333344445555"
CORRELATION = "9f8e7d6c-0000-4111-8222-333344445555"
APP = "11111111-aaaa-4aaa-8aaa-000000000001"
USER = "22222222-bbbb-4bbb-8bbb-000000000002"
PARTNER_CENTER = "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"

OPERATOR, ADMIN, USER_HERSELF = Who.OPERATOR, Who.ADMIN, Who.INTEGRATION_USER


def entra(number: int, text: str, error: str = "invalid_grant", between: str = " ", **members: object) -> str:
    """A body of the token endpoint, as text."""
    description = between.join(
        (
            f"AADSTS{number}: {text}",
            f"Trace ID: {TRACE}",
            f"Correlation ID: {CORRELATION}",
            "Timestamp: 2026-11-21 09:59:58Z",
        )
    )
    body = {
        "error": error,
        "error_description": description,
        "error_codes": [number],
        "timestamp": "2026-11-21 09:59:58Z",
        "trace_id": TRACE,
        "correlation_id": CORRELATION,
        **members,
    }
    return json.dumps(body)


def message(number: int, text: str) -> str:
    """An error as a sign-in page or a module of PowerShell prints it."""
    return (
        f"AADSTS{number}: {text}\r\nTrace ID: {TRACE}\r\nCorrelation ID: {CORRELATION}\r\n"
        "Timestamp: 2026-11-21 09:59:58Z"
    )


def partner_center(status: str, code: object, text: str) -> str:
    """An answer of Partner Center with its headers."""
    body = {"code": code, "description": text, "data": [], "source": "PartnerFD"}
    return (
        f"HTTP/1.1 {status}\nContent-Type: application/json; charset=utf-8\nMS-CorrelationId: {CORRELATION}\n"
        f"MS-RequestId: {TRACE}\n\n\ufeff{json.dumps(body)}"
    )


def key_vault(inner: str, text: str, outer: str = "Forbidden") -> str:
    """A body of Key Vault."""
    error: dict[str, object] = {"code": outer, "message": text}
    if inner:
        error["innererror"] = {"code": inner}
    return json.dumps({"error": error})


MISSING_CREDENTIAL = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
PUBLIC = f"Client is public so neither 'client_assertion' nor 'client_secret' should be presented. Client: {APP}."
WRONG_SECRET = (
    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the "
    f"client secret ID, for a secret added to app '{APP}'."
)
NO_CONSENT = (
    f"The user or administrator has not consented to use the application with ID '{APP}' named 'Contoso onboarding'. "
    "Send an interactive authorization request for this user and resource."
)
MOVED = "Due to a configuration change made by your administrator, or because you moved to a new location, you must "


@dataclass(frozen=True, slots=True)
class Failure:
    """A row of the table of the field's failures, and what is to be said of it."""

    name: str
    text: str
    code: str
    title: str
    cause: str
    remedy: str
    who: Who


FIELD = [
    Failure("1-7000218", entra(7000218, MISSING_CREDENTIAL, "invalid_client"), "AADSTS7000218",
            "has to send its credential", "confidential", "secret or certificate", OPERATOR),
    Failure("2-700025", message(700025, PUBLIC), "AADSTS700025",
            "must not send a credential", "is a public client", "Leave out the client secret", OPERATOR),
    Failure("3-7000215", entra(7000215, WRONG_SECRET, "invalid_client"), "AADSTS7000215",
            "secret is not valid", "seconds old", "the Value has to be sent", OPERATOR),
    Failure("4-7000222",
            entra(7000222, f"The provided client secret keys for app '{APP}' are expired.", "invalid_client"),
            "AADSTS7000222", "has expired", "end date", f"az ad app credential reset --id {APP}", ADMIN),
    Failure("5-700016",
            entra(700016, f"Application with identifier '{APP}' was not found in the directory 'Contoso'. This can "
                  "happen if the application has not been installed by the administrator of the tenant.",
                  "unauthorized_client"),
            "AADSTS700016", "not in this tenant", "client ID", "Application (client) ID", OPERATOR),
    Failure("6-700007", message(700007, "The token was issued to a different client id."), "AADSTS700007",
            "another client ID", "redeemed it", "client ID that obtained it", OPERATOR),
    Failure("7-700082",
            entra(700082, "The refresh token has expired due to inactivity. The token was issued on "
                  "2026-05-01T10:00:00.0000000Z and was inactive for 90.00:00:00."),
            "AADSTS700082", "inactivity", "90 days", "at least once a week", USER_HERSELF),
    Failure("8-70000",
            entra(70000, "Transmission data parser failure: Refresh Token is malformed or invalid."),
            "AADSTS70000", "not whole", "line break", "one line", OPERATOR),
    Failure("9-70008", message(70008, "The provided authorization code or refresh token has expired due to "
                               "inactivity. Send a new interactive authorization request for this user and resource."),
            "AADSTS70008", "expired", "revoked", "Sign in again", USER_HERSELF),
    Failure("9-70043",
            entra(70043, "The refresh token has expired or is invalid due to sign-in frequency checks by conditional "
                  "access. The token was issued on 2026-11-14 and the maximum allowed lifetime is 604800."),
            "AADSTS70043", "sign-in frequency", "Conditional Access", "Session > Sign-in frequency", USER_HERSELF),
    Failure("10-50076",
            entra(50076, f"{MOVED}use multi-factor authentication to access '{PARTNER_CENTER}'.",
                  suberror="basic_action"),
            "AADSTS50076", "authentication is required", "new location", "trusted locations", USER_HERSELF),
    Failure("11-50078",
            entra(50078, "Presented multi-factor authentication has expired due to policies configured by your "
                  f"administrator, you must refresh your multi-factor authentication to access '{PARTNER_CENTER}'.",
                  "interaction_required"),
            "AADSTS50078", "has expired", "longer ago", "remember multifactor", USER_HERSELF),
    Failure("12-50079", message(50079, f"{MOVED}enroll in multi-factor authentication to access '{PARTNER_CENTER}'."),
            "AADSTS50079", "register for MFA", "no method registered", "mysignins.microsoft.com", USER_HERSELF),
    Failure("13-50158", message(50158, "External security challenge not satisfied. User will be redirected to another "
                                "page or authentication provider to satisfy additional authentication challenges."),
            "AADSTS50158", "external MFA", "Duo", "Microsoft's own MFA", USER_HERSELF),
    Failure("14-50173",
            entra(50173, "The provided grant has expired due to it being revoked, a fresh auth token is needed. The "
                  "user might have changed or reset their password."),
            "AADSTS50173", "revoked", "password", "Sign in again", USER_HERSELF),
    Failure("14-50133", message(50133, "The session is not valid due to password expiration or recent password "
                                "change."),
            "AADSTS50133", "session was revoked", "password was changed", "Sign in again", USER_HERSELF),
    Failure("15-50020",
            message(50020, "User account 'someone@fabrikam.com' from identity provider 'https://sts.windows.net/x/' "
                    "does not exist in tenant 'Contoso' and cannot access the application in that tenant."),
            "AADSTS50020", "another tenant", "session that was open", "private window", USER_HERSELF),
    Failure("15-50177", message(50177, "User account 'someone@contoso.com' from identity provider "
                                "'https://sts.windows.net/x/' cannot access the application: ExternalChallengeNot"
                                "SupportedForPassthroughUsers."),
            "AADSTS50177", "Guests", "guest", "GDAP", USER_HERSELF),
    Failure("16-50011",
            message(50011, "The redirect URI 'https://portal.contoso.com/signin' specified in the request does not "
                    f"match the redirect URIs configured for the application '{APP}'."),
            "AADSTS50011", "redirect URI is not registered", "platform", "Mobile and desktop applications", ADMIN),
    Failure("17-53003",
            entra(53003, "Access has been blocked by Conditional Access policies. The access policy does not allow "
                  "token issuance.", suberror="message_only"),
            "AADSTS53003", "Conditional Access blocked", "Block device code flow", "Sign-in logs", ADMIN),
    Failure("18-530036",
            entra(530036, "Access has been blocked by Conditional Access authentication flows policy.",
                  suberror="message_only"),
            "AADSTS530036", "blocked now", "through renewals", "keep the new refresh token", Who.ADMIN),
    Failure("19-53000", message(53000, "Device is not in required device state: compliant. Conditional Access policy "
                                "requires a compliant device, and the device is not compliant."),
            "AADSTS53000", "compliant device", "Intune", "Sign-in logs", ADMIN),
    Failure("19-50097", message(50097, "Device authentication is required."),
            "AADSTS50097", "known device", "cannot provide it", "Users > Exclude", ADMIN),
    Failure("19-50005", message(50005, "User tried to log in to a device from a platform that's currently not "
                                "supported through Conditional Access policy."),
            "AADSTS50005", "device platform", "platforms", "Device platforms", ADMIN),
    Failure("20-65001", entra(65001, NO_CONSENT, suberror="consent_required"), "AADSTS65001",
            "no consent", "another API", "wait a minute", ADMIN),
    Failure("21-650051", message(650051, "Using application 'Contoso onboarding' is currently not supported for your "
                                 "organization contoso.com because it is in an unmanaged state: the service principal "
                                 "name is already present."),
            "AADSTS650051", "being created", "at this moment", "same consent link", OPERATOR),
    Failure("22-650052",
            message(650052, f"The app needs access to a service ('{PARTNER_CENTER}') that your organization 'Contoso' "
                    "has not subscribed to or enabled. Contact your IT Admin to review the configuration."),
            "AADSTS650052", "no Partner Center", "service principal", f"az ad sp create --id {PARTNER_CENTER}", ADMIN),
    Failure("23-500011",
            entra(500011, "The resource principal named https://api.partnercenter.microsoft.com was not found in the "
                  "tenant named Contoso.", "invalid_resource"),
            "AADSTS500011", "Partner Center has no service principal", "fa3d9a0c",
            f"az ad sp create --id {PARTNER_CENTER}", ADMIN),
    Failure("24-7000229",
            entra(7000229, f"The client application {APP} is missing service principal in the tenant {USER}.",
                  "unauthorized_client"),
            "AADSTS7000229", "no service principal", "March 2026", f"az ad sp create --id {APP}", ADMIN),
    Failure("25-900144", message(900144, "The request body must contain the following parameter: 'grant_type'."),
            "AADSTS900144", "is missing", "in the secret cut it", "form-urlencoded", OPERATOR),
    Failure("25-9002313", message(9002313, "Invalid request. Request is malformed or invalid."),
            "AADSTS9002313", "malformed", "cut off", "length", OPERATOR),
    Failure("26-700003", message(700003, "Device object was not found in the tenant 'Contoso' directory."),
            "AADSTS700003", "device behind the token was deleted", "deleted", "another computer", USER_HERSELF),
    Failure("27-90002",
            entra(90002, "Tenant 'fabrikam.example.com' not found. Check to make sure you have the correct tenant ID "
                  "and are signing into the correct cloud. Check with your subscription administrator, this may "
                  "happen if there are no active subscriptions for the tenant.", "invalid_tenant"),
            "AADSTS90002", "The tenant was not found", "subscription",
            "Tenant ID", OPERATOR),
    Failure("27-900023",
            entra(900023, "Specified tenant identifier 'https://contoso.com/' is neither a valid DNS name, nor a valid "
                  "external domain.", "invalid_request"),
            "AADSTS900023", "neither a GUID nor a domain", "DNS name", "contoso.com", OPERATOR),
    Failure("27-50059", message(50059, "No tenant-identifying information found in either the request or implied by "
                                "any provided credentials."),
            "AADSTS50059", "names no tenant", "organizations", "Tenant ID", OPERATOR),
    Failure("27-90038", message(90038, "Tenant 'contoso.us' request is being redirected to the National Cloud "
                                "'MicrosoftOnline.US'."),
            "AADSTS90038", "national cloud", "another cloud", "that cloud's portal", OPERATOR),
    Failure("28-policy",
            json.dumps({"error": {"code": "Request_BadRequest", "message": "Credential type not allowed as per "
                        "assigned policy 'Contoso default'.", "innerError": {"request-id": TRACE}}}),
            "Request_BadRequest", "forbids client secrets", "app management policy", "certificate", ADMIN),
    Failure("29-10001", partner_center("401 Unauthorized", "10001", "MFA required (10001)"), "10001",
            "requires MFA", "no proof of MFA", "Sign in again with MFA", USER_HERSELF),
    Failure("29-900421", partner_center("401 Unauthorized", 900421, "MFA is required to access the resource."),
            "900421", "requires MFA", "no proof", "private window", USER_HERSELF),
    Failure("30-900420",
            partner_center("401 Unauthorized", 900420, "The audience of the access token is not accepted."),
            "900420", "audience is not Partner Center", "graph.windows.net",
            "api.partnercenter.microsoft.com/.default", OPERATOR),
    Failure("31-403-role", partner_center("403 Forbidden", 2032, "The supplied role does not have the rights to "
                                          "perform this action."),
            "2032", "no role", "has the right", "Admin agent", ADMIN),
    Failure("32-403-900329", partner_center("403 Forbidden", 900329, "An app-only token is not allowed here."),
            "900329", "app-only token", "App+User", "refresh token", OPERATOR),
    Failure("33-401-plain",
            f"HTTP/1.1 401 Unauthorized\nMS-CorrelationId: {CORRELATION}\nMS-RequestId: {TRACE}\n"
            'WWW-Authenticate: OAuth realm="urn:cpsvc:cpid:production"\nContent-Length: 0\n',
            "", "did not accept the token", "wrong audience", "partner-wizard explain", OPERATOR),
    Failure("34-403-forbidden", key_vault("", "The request to the key vault is forbidden."), "Forbidden",
            "refused access", "does not say which", "Access configuration", ADMIN),
    Failure("35-name",
            "azure.core.exceptions.ServiceRequestError: HTTPSConnectionPool(host='.vault.azure.net', port=443): Max "
            "retries exceeded with url: https://.vault.azure.net/secrets/token: [Errno -2] Name or service not known",
            "", "name is missing", "variable", "Vault URI", OPERATOR),
    Failure("36-409",
            key_vault("ObjectIsDeletedButRecoverable", "Secret our-token is currently in a deleted but recoverable "
                      "state, and its name cannot be reused; in this state, the secret can only be recovered or "
                      "purged. Vault: contoso-partner;location=westeurope", "Conflict"),
            "ObjectIsDeletedButRecoverable", "deleted secret", "retention",
            "az keyvault secret recover --vault-name contoso-partner --name our-token", OPERATOR),
    Failure("37-account", "The refresh token was stored, but the token is of another user than the service account.",
            "", "Another account", "open session", "private window", USER_HERSELF),
    Failure("38-no-token", "Traceback (most recent call last):\n  File \"consent.py\", line 12, in <module>\n    "
            "store(result['refresh_token'])\nKeyError: 'refresh_token'\n",
            "", "No refresh token", "offline_access", "offline_access", OPERATOR),
    Failure("39-70020", entra(70020, "The provided value for the input parameter 'device_code' is not valid: it has "
                              "expired.", "expired_token"),
            "AADSTS70020", "code has expired", "lifetime of the device code", "new code", OPERATOR),
    Failure("40-write", "The script said success, but the secret was not stored in the vault: the old token is still "
            "there.", "", "does not hold", "reported success", "list-versions", OPERATOR),
    Failure("41-consent", "Admin consent not detected after 180 seconds, although the administrator pressed Accept.",
            "", "not visible yet", "with delay", "Permissions", OPERATOR),
    Failure("42-tls",
            "requests.exceptions.SSLError: HTTPSConnectionPool(host='login.microsoftonline.com', port=443): Max "
            "retries exceeded with url: / (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_"
            "FAILED] certificate verify failed: self-signed certificate in certificate chain (_ssl.c:1006)')))",
            "", "not from a trusted CA", "TLS inspecting proxy", "REQUESTS_CA_BUNDLE", OPERATOR),
    Failure("43-choice", "Which permissions do I need for the Secure Application Model, and is the app public or "
            "confidential?", "", "Which flow", "several ways", "user_impersonation", OPERATOR),
]  # fmt: skip


def first(text: str) -> Diagnosis:
    """What is said first of a text."""
    explanation = explain_text(text, NOW)
    assert explanation.diagnoses, explanation.notes
    return explanation.diagnoses[0]


@pytest.mark.parametrize("failure", FIELD, ids=lambda failure: failure.name)
def test_a_failure_of_the_field_is_explained_with_cause_remedy_and_who(failure: Failure) -> None:
    diagnosis = first(failure.text)

    assert diagnosis.code == failure.code
    assert failure.title in diagnosis.title
    assert failure.cause in diagnosis.cause
    assert failure.remedy in diagnosis.remedy
    assert diagnosis.who[0] is failure.who
    assert diagnosis.step


def test_all_rows_of_the_field_are_here() -> None:
    assert {int(failure.name.partition("-")[0]) for failure in FIELD} == set(range(1, 44))


@pytest.mark.parametrize("wrapped", [
    "{}",
    "2026-11-21T09:59:59Z ERROR worker[7] token request failed: {}",
    "> {}\n>\n> Can somebody help?",
    "<p>Sorry, but we’re having trouble signing you in.</p><div>{}</div>",
], ids=["bare", "log", "mail", "page"])  # fmt: skip
@pytest.mark.parametrize("number", [7000218, 700025, 7000215, 50076, 65001, 53003, 530036])
def test_the_same_failure_is_recognised_in_any_wrapping(number: int, wrapped: str) -> None:
    texts = {
        7000218: MISSING_CREDENTIAL, 700025: PUBLIC, 7000215: WRONG_SECRET, 65001: NO_CONSENT,
        50076: f"{MOVED}use multi-factor authentication to access '{PARTNER_CENTER}'.",
        53003: "Access has been blocked by Conditional Access policies.",
        530036: "Access has been blocked by Conditional Access authentication flows policy.",
    }  # fmt: skip
    plain = first(message(number, texts[number]))
    diagnosis = first(wrapped.format(f"AADSTS{number}: {texts[number]} Trace ID: {TRACE}"))

    assert (diagnosis.code, diagnosis.title, diagnosis.remedy) == (plain.code, plain.title, plain.remedy)
    assert diagnosis.ids.trace_id == TRACE


LOOK_ALIKES = [
    ("7000218", "in the renewal",
     "POST /oauth2/v2.0/token grant_type=refresh_token\n" + entra(7000218, MISSING_CREDENTIAL, "invalid_client"),
     "redeemed with the credential"),
    ("7000218", "of the device code",
     "POST https://login.microsoftonline.com/contoso.com/oauth2/v2.0/devicecode\n"
     + entra(7000218, MISSING_CREDENTIAL, "invalid_client"), "devicecode request needs"),
    ("7000218", "after the sign-in",
     "acquire_token_by_device_flow failed: " + entra(7000218, MISSING_CREDENTIAL, "invalid_client"),
     "After the sign-in"),
    ("700025", "in the renewal", "acquire_token_by_refresh_token: " + message(700025, PUBLIC), "without the secret"),
    ("50011", "scheme", message(50011, "The redirect URI 'http://portal.contoso.com/' specified in the request does "
                                "not match the redirect URIs configured"), "has to use https"),
    ("50011", "port", message(50011, "The redirect URI 'http://localhost:8400/' specified in the request does not "
                              "match the redirect URIs configured"), "path or platform"),
    ("50011", "platform", message(50011, "The redirect URI 'https://login.microsoftonline.com/common/oauth2/native"
                                  "client' specified in the request does not match"), "under this platform"),
    ("50011", "number", message(50011, "The redirect URI 'http://127.0.0.1:8400/' specified in the request does not "
                                "match the redirect URIs configured"), "127.0.0.1 is not"),
    ("9002313", "token", entra(9002313, "Invalid request. Request is malformed or invalid."), "token is malformed"),
    ("9002313", "request",
     entra(9002313, "Invalid request. Request is malformed or invalid.", "invalid_request"), "could not be parsed"),
    ("500011", "graph", message(500011, "The resource principal named https://graph.windows.net was not found in the "
                                "tenant named Contoso."), "retired"),
    ("500011", "vault", message(500011, "The resource principal named https://vault.azure.net was not found in the "
                                "tenant named Contoso."), "Key Vault has no service principal"),
    ("53003", "claims",
     entra(53003, "Access has been blocked by Conditional Access policies.",
           claims=f'{{"access_token":{{"capolids":{{"essential":true,"values":["{USER}"]}}}}}}'),
     "named Conditional Access policy"),
    ("Key Vault 403", "role", key_vault("ForbiddenByRbac", "Caller is not authorized to perform action on resource."),
     "no role"),
    ("Key Vault 403", "policy", key_vault("ForbiddenByPolicy", f"The user, group or application 'appid={APP};"
                                          f"oid={USER}' does not have secrets set permission on key vault "
                                          "'contoso-partner;location=westeurope'."), "access policy"),
    ("Key Vault 403", "firewall",
     key_vault("ForbiddenByFirewall", "Client address is not authorized and caller is not a trusted service.\r\n"
               "Client address: 192.0.2.7"), "firewall"),
    ("Key Vault 403", "private", key_vault("ForbiddenByConnection", "Public network access is disabled and request is "
                                           "not from a trusted service nor via an approved private link."), "private"),
    ("Key Vault 403", "disabled",
     key_vault("SecretDisabled", "Operation get is not allowed on a disabled secret."), "disabled"),
    ("Partner Center 401", "audience", partner_center("401 Unauthorized", 401, "The audience is not valid."),
     "another API"),
    ("Partner Center 401", "expired", partner_center("401 Unauthorized", 401, "The access token has expired."),
     "has expired"),
    ("Partner Center 401", "MFA", partner_center("401 Unauthorized", 900421, "MFA is required."), "requires MFA"),
    ("Partner Center 401", "no partner",
     partner_center("401 Unauthorized", 800001, "Unauthorized: the partner token is missing or not accepted."),
     "no valid partner token"),
    ("Partner Center 403", "agreement", partner_center("403 Forbidden", 900124, "The agreement is not accepted."),
     "has not accepted the partner agreement"),
    ("Partner Center 403", "app-only", partner_center("403 Forbidden", 900150, "The request needs a token of an app "
                                                      "and a user."), "App+User"),
    ("Partner Center 403", "role", partner_center("403 Forbidden", 900150, "The role lacks the right."),
     "role lacks the right"),
    ("TLS", "expired", "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired",
     "certificate has expired"),
    ("TLS", "host", "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch, certificate is not "
     "valid for 'login.microsoftonline.com'", "another host"),
    ("TLS", "clock", "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate is not yet valid",
     "clock is wrong"),
]  # fmt: skip


@pytest.mark.parametrize(("group", "which", "text", "title"), LOOK_ALIKES, ids=lambda value: str(value)[:24])
def test_look_alikes_are_distinguished(group: str, which: str, text: str, title: str) -> None:
    assert title in first(text).title, (group, which)


def test_no_two_look_alikes_of_a_group_get_the_same_remedy() -> None:
    for group in {group for group, _, _, _ in LOOK_ALIKES}:
        remedies = [first(text).remedy for each, _, text, _ in LOOK_ALIKES if each == group]
        assert len(set(remedies)) == len(remedies), group


def test_a_policy_named_by_the_answer_stands_in_the_remedy() -> None:
    claims = f'{{"access_token":{{"capolids":{{"essential":true,"values":["{USER}"]}}}}}}'
    diagnosis = first(entra(53003, "Access has been blocked by Conditional Access policies.", claims=claims))

    assert f"policyId/{USER}" in diagnosis.remedy
    assert ("policy id", USER) in diagnosis.evidence


def test_the_firewall_remedy_names_vault_and_address() -> None:
    text = (
        "Client address is not authorized and caller is not a trusted service.\r\nClient address: 192.0.2.7\r\n"
        f"Caller: appid={APP};oid={USER}\r\nVault: contoso-partner;location=westeurope"
    )
    remedy = first(key_vault("ForbiddenByFirewall", text)).remedy

    assert "az keyvault network-rule add --name contoso-partner --ip-address 192.0.2.7`" in remedy
