"""Entra's errors: status, OAuth error, code and text, and the body and headers they come in (protocol 1.2)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from wizard.rehearsal.choices import Separator


@dataclass(eq=False)
class EntraError(Exception):
    """An error of Entra.

    Args:
        status: HTTP status.
        error: the OAuth error name.
        code: the AADSTS number.
        text: what error_description says after the code.
        suberror: "" for none.
        has_uri: whether error_uri comes with it.
        claims: a claims challenge, "" for none.
    """

    status: int
    error: str
    code: int
    text: str
    suberror: str = ""
    has_uri: bool = False
    claims: str = ""

    def sentence(self) -> str:
        """Return the code and the text, without ids and time."""
        return f"AADSTS{self.code}: {self.text}"


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids and the time of one answer."""

    trace_id: str
    correlation_id: str
    at: datetime

    @classmethod
    def of(cls, correlation_id: str, at: datetime) -> Ids:
        """Return ids for an answer; a correlation id that is missing or no GUID is made up."""
        try:
            correlation = str(uuid.UUID(correlation_id))
        except ValueError:
            correlation = str(uuid.uuid4())
        return cls(str(uuid.uuid4()), correlation, at)

    def timestamp(self) -> str:
        """Return the time as Entra writes it."""
        return self.at.strftime("%Y-%m-%d %H:%M:%SZ")


def error_description(error: EntraError, ids: Ids, separator: Separator) -> str:
    """Return the text of error_description: text, ids and time."""
    between = "\r\n" if separator is Separator.CRLF else " "
    parts = (
        error.sentence(),
        f"Trace ID: {ids.trace_id}",
        f"Correlation ID: {ids.correlation_id}",
        f"Timestamp: {ids.timestamp()}",
    )
    return between.join(parts)


def error_body(error: EntraError, ids: Ids, separator: Separator, login: str) -> dict[str, object]:
    """Return the JSON body of an error; `login` is the host of its error_uri."""
    body: dict[str, object] = {
        "error": error.error,
        "error_description": error_description(error, ids, separator),
        "error_codes": [error.code],
        "timestamp": ids.timestamp(),
        "trace_id": ids.trace_id,
        "correlation_id": ids.correlation_id,
    }
    if error.has_uri:
        body["error_uri"] = f"https://{login}/error?code={error.code}"
    if error.suberror:
        body["suberror"] = error.suberror
    if error.claims:
        body["claims"] = error.claims
    return body


def headers(ids: Ids, code: int, sent: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of an answer to a program.

    Args:
        ids: those of the answer.
        code: the AADSTS number, 0 for a success.
        sent: the headers of the request.
    """
    result = {
        "Cache-Control": "no-store, no-cache",
        "Pragma": "no-cache",
        "Expires": "-1",
        "P3P": 'CP="DSP CUR OTPi IND OTRi ONL FIN"',
        "X-Content-Type-Options": "nosniff",
        "x-ms-request-id": ids.trace_id,
        "x-ms-ests-server": "2.1.20000.0 - REHEARSAL",
        "x-ms-clitelem": f"1,{code},0,,",
    }
    if "client-request-id" in sent:
        result["client-request-id"] = sent["client-request-id"]
    return result


def unknown_tenant(tenant: str, error: str = "invalid_request") -> EntraError:
    """Return 90002; discovery names it invalid_tenant, the other endpoints invalid_request."""
    words = (
        f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the "
        "correct cloud. Check with your subscription administrator, this may happen if there are no active "
        "subscriptions for the tenant."
    )
    return EntraError(400, error, 90002, words, has_uri=True)


def malformed_tenant(tenant: str) -> EntraError:
    """Return 900023."""
    words = f"Specified tenant identifier '{tenant}' is neither a valid DNS name, nor a valid external domain."
    return EntraError(400, "invalid_request", 900023, words, has_uri=True)


def missing(name: str) -> EntraError:
    """Return 900144: a parameter is missing."""
    words = f"The request body must contain the following parameter: '{name}'."
    return EntraError(400, "invalid_request", 900144, words, has_uri=True)


def app_not_found(client_id: str, directory: str) -> EntraError:
    """Return 700016, or 700038 for the all-zero id."""
    if client_id and not client_id.replace("0", "").replace("-", ""):
        words = f"{client_id} is not a valid application identifier."
        return EntraError(400, "unauthorized_client", 700038, words)
    words = (
        f"Application with identifier '{client_id}' was not found in the directory '{directory}'. This can happen if "
        "the application has not been installed by the administrator of the tenant or consented to by any user in the "
        "tenant. You may have sent your authentication request to the wrong tenant."
    )
    return EntraError(400, "unauthorized_client", 700016, words, has_uri=True)


def app_disabled(client_id: str, name: str) -> EntraError:
    """Return 7000112."""
    words = f"Application '{client_id}'({name}) is disabled."
    return EntraError(401, "unauthorized_client", 7000112, words)


def wrong_secret(client_id: str) -> EntraError:
    """Return 7000215."""
    words = (
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not "
        f"the client secret ID, for a secret added to app '{client_id}'."
    )
    return EntraError(401, "invalid_client", 7000215, words, has_uri=True)


def expired_secret(client_id: str) -> EntraError:
    """Return 7000222."""
    words = (
        f"The provided client secret keys for app '{client_id}' are expired. Visit the Azure portal to create new keys "
        "for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: "
        "https://aka.ms/certCreds."
    )
    return EntraError(401, "invalid_client", 7000222, words, has_uri=True)


def no_service_principal(client_id: str, tenant: str) -> EntraError:
    """Return 7000229."""
    words = f"The client application {client_id} is missing service principal in the tenant {tenant}."
    return EntraError(401, "invalid_client", 7000229, words, has_uri=True)


def account_unknown(directory: str) -> EntraError:
    """Return 50020: the account of a token is not in the directory that is asked."""
    words = (
        "User account '{EmailHidden}' from identity provider 'live.com' does not exist in tenant "
        f"'{directory}' and cannot access the application in that tenant. The account needs to be added as an external "
        "user in the tenant first."
    )
    return EntraError(400, "invalid_grant", 50020, words, has_uri=True)


def external_challenge() -> EntraError:
    """Return 50177: a guest, or a delegated administrator, is asked for what only the tenant's own can do."""
    words = "External challenge is not supported for passthrough users."
    return EntraError(400, "invalid_grant", 50177, words, has_uri=True)


def mfa_asked(directory: str) -> EntraError:
    """Return 50076: the tenant asks for MFA of its own."""
    words = (
        "Due to a configuration change made by your administrator, or because you moved to a new location, you must "
        f"use multi-factor authentication to access '{directory}'."
    )
    return EntraError(400, "invalid_grant", 50076, words, "basic_action", has_uri=True)


def no_resource(resource: str, tenant: str) -> EntraError:
    """Return 500011."""
    words = (
        f"The resource principal named {resource} was not found in the tenant named {tenant}. This can happen if the "
        "application has not been installed by the administrator of the tenant or consented to by any user in the "
        "tenant. You might have sent your authentication request to the wrong tenant."
    )
    return EntraError(400, "invalid_resource", 500011, words, has_uri=True)


def invalid_scope(scope: str) -> EntraError:
    """Return 70011."""
    words = f"The provided request must include a 'scope' input parameter. The scope '{scope}' is not valid."
    return EntraError(400, "invalid_scope", 70011, words, has_uri=True)


def no_consent(client_id: str, name: str) -> EntraError:
    """Return 65001."""
    words = (
        f"The user or administrator has not consented to use the application with ID '{client_id}' named '{name}'. "
        "Send an interactive authorization request for this user and resource."
    )
    return EntraError(400, "invalid_grant", 65001, words, "consent_required", has_uri=True)


def credential_missing() -> EntraError:
    """Return 7000218."""
    words = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
    return EntraError(401, "invalid_client", 7000218, words, has_uri=True)


def credential_unwanted(client_id: str) -> EntraError:
    """Return 700025."""
    words = (
        f"Client is public so neither 'client_assertion' nor 'client_secret' should be presented. Client: {client_id}."
    )
    return EntraError(401, "invalid_client", 700025, words, has_uri=True)


def bad_assertion(code: int, text: str) -> EntraError:
    """Return an error of a client assertion, such as 700027."""
    return EntraError(401, "invalid_client", code, text, has_uri=True)


def redirect_uri_unknown(redirect_uri: str, client_id: str) -> EntraError:
    """Return 50011: the browser stays on the page."""
    words = (
        f"The redirect URI '{redirect_uri}' specified in the request does not match the redirect URIs configured for "
        f"the application '{client_id}'. Make sure the redirect URI sent in the request matches one added to your "
        "application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how "
        "to troubleshoot this error."
    )
    return EntraError(400, "invalid_request", 50011, words, has_uri=True)


def no_redirect_uri(client_id: str) -> EntraError:
    """Return 500113: the app has none at all, and the browser stays on the page."""
    words = f"No reply address is registered for the application '{client_id}'."
    return EntraError(400, "invalid_request", 500113, words, has_uri=True)


def blocked_by_policy() -> EntraError:
    """Return 53003, with the claims challenge Conditional Access sends."""
    words = "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance."
    policy = "88888888-9999-4999-8999-000000000001"
    claims = json.dumps({"access_token": {"capolids": {"essential": True, "values": [policy]}}}, separators=(",", ":"))
    return EntraError(400, "invalid_grant", 53003, words, "message_only", has_uri=True, claims=claims)


def blocked_by_security_defaults() -> EntraError:
    """Return 530035. Its body at the poll is (U) (protocol 11.2)."""
    words = "Access has been blocked by security defaults. The request uses a flow that they do not allow."
    return EntraError(400, "invalid_grant", 530035, words, has_uri=True)


def flow_blocked_later() -> EntraError:
    """Return 530036: the session began with a device code, which a policy blocks now."""
    words = "Access has been blocked by Conditional Access authentication flows policy. The session was started with a blocked flow."  # noqa: E501
    return EntraError(400, "invalid_grant", 530036, words, "message_only", has_uri=True)


def password_must_change() -> EntraError:
    """Return 50055."""
    words = "The password is expired. The user must change it before signing in."
    return EntraError(400, "invalid_grant", 50055, words, "user_password_expired", has_uri=True)


def mfa_not_registered(resource: str) -> EntraError:
    """Return 50079."""
    words = (
        "Due to a configuration change made by your administrator, or because you moved to a new location, you must "
        f"enroll in multi-factor authentication to access '{resource}'."
    )
    return EntraError(400, "invalid_grant", 50079, words, "basic_action", has_uri=True)


PENDING = EntraError(
    400,
    "authorization_pending",
    70016,
    "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
    has_uri=True,
)
CODE_EXPIRED = EntraError(
    400, "expired_token", 70020, "The provided value for the input parameter 'device_code' has expired.", has_uri=True
)
CODE_UNKNOWN = EntraError(
    400, "bad_verification_code", 70018, "Invalid verification code. The device code was not recognized or is spent."
)
DECLINED = EntraError(400, "authorization_declined", 70017, "The user declined the authorization request.")
REDEEMED = EntraError(
    400, "invalid_grant", 54005, "OAuth2 Authorization code was already redeemed, please retry with a new valid code."
)
CODE_OF_ANOTHER_TENANT = EntraError(
    400,
    "invalid_grant",
    700005,
    "The provided authorization code is intended to use against other tenant, thus rejected.",
    has_uri=True,
)
REDIRECT_URI_NOT_NAMED = EntraError(400, "invalid_request", 900971, "No reply address provided.", has_uri=True)
NOBODY_SIGNED_IN = EntraError(
    400, "login_required", 50058, "A silent sign-in request was sent but no user is signed in.", has_uri=True
)
NO_CONSENT_GIVEN = EntraError(400, "access_denied", 65004, "The user declined to consent to access the app.")
PKCE_REQUIRED = EntraError(
    400,
    "invalid_request",
    9002325,
    "Proof Key for Code Exchange is required for cross-origin authorization code redemption.",
    has_uri=True,
)
CROSS_ORIGIN_ONLY = EntraError(
    400,
    "invalid_request",
    9002327,
    "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.",
    has_uri=True,
)
MALFORMED_GRANT = EntraError(
    400, "invalid_grant", 9002313, "Invalid request. Request is malformed or invalid.", has_uri=True
)
WRONG_CLIENT = EntraError(400, "invalid_grant", 7000110, "The token was issued to another client.", has_uri=True)
SESSIONS_REVOKED = EntraError(
    400,
    "invalid_grant",
    50173,
    "The provided grant has expired due to it being revoked, a fresh auth token is needed.",
    "bad_token",
    has_uri=True,
)
INACTIVE = EntraError(
    400,
    "invalid_grant",
    700082,
    "The refresh token has expired due to inactivity. The token was inactive for 90.00:00:00.",
    "token_expired",
    has_uri=True,
)
REVOKED = EntraError(
    400,
    "invalid_grant",
    50173,
    "The provided grant has expired due to it being revoked, a fresh auth token is needed.",
    "bad_token",
    has_uri=True,
)
ACCOUNT_DISABLED = EntraError(400, "invalid_grant", 50057, "The user account is disabled.", has_uri=True)
ACCOUNT_GONE = EntraError(
    400, "invalid_grant", 50034, "The user account {EmailHidden} does not exist in the directory.", has_uri=True
)
"""Which code a redemption gets for an account that was deleted is (U)."""
MFA_EXPIRED = EntraError(
    400,
    "invalid_grant",
    50078,
    "Presented multi-factor authentication has expired due to policies configured by your administrator, you must "
    "refresh your multi-factor authentication.",
    "basic_action",
    has_uri=True,
)
SIGN_IN_DUE = EntraError(
    400,
    "invalid_grant",
    70043,
    "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access.",
    "token_expired",
    has_uri=True,
)
