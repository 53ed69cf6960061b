"""Every request of the happy journey with a public client under production names, in order, with its reason."""

from __future__ import annotations

from typing import NamedTuple


class Expected(NamedTuple):
    """A request.

    Args:
        asked_for: the product's own record of why: a check's id, or a sentence.
        path: with {domain}, {tenant} and {secret} for the values of the scene.
        query, form: the names sent.
        reason: why it cannot be left out.
    """

    asked_for: str
    method: str
    host: str
    path: str
    query: tuple[str, ...]
    form: tuple[str, ...]
    status: int
    reason: str


LOGIN = "login.microsoftonline.com"
PARTNER = "api.partnercenter.microsoft.com"
GRAPH = "graph.microsoft.com"
VAULT = "contoso-partner.vault.azure.net"
MANAGER = "management.azure.com"
DISCOVERY = "/{tenant}/v2.0/.well-known/openid-configuration"
DEVICE_CODE = "/{tenant}/oauth2/v2.0/devicecode"
TOKEN = "/{tenant}/oauth2/v2.0/token"
SECRET = "/secrets/{secret}"
PROFILE = "/v1/profiles/organization"
MSAL = "MSAL reads the tenant's endpoints"
VERSION = ("api-version",)
CODE_FORM = ("client_id", "scope", "claims")
POLL_FORM = ("client_id", "grant_type", "client_info", "code", "device_code")
OPERATOR_FORM = ("client_id", "grant_type", "client_info", "client_secret", "claims", "scope")
MANAGER_FORM = ("client_id", "grant_type", "client_info", "client_secret", "scope")
REDEEM_FORM = ("client_id", "grant_type", "client_info", "refresh_token", "scope")

REQUESTS = (
    Expected(
        "start.login", "GET", LOGIN, "/common/discovery/instance", ("api-version", "authorization_endpoint"), (), 200,
        "the sign-in host can be reached; what time it is there",
    ),
    Expected(
        "start.partner_center", "GET", PARTNER, "/v1/profiles/mpn", (), (), 401,
        "Partner Center can be reached: it refuses, without a token, by itself",
    ),
    Expected(
        "start.graph", "GET", GRAPH, "/v1.0/organization", (), (), 401,
        "Graph can be reached: it refuses, without a token, by itself",
    ),
    Expected(
        "start.vault", "HEAD", VAULT, "/secrets", (), (), 401,
        "the vault's host can be reached: it refuses, without a token, by itself",
    ),
    Expected(
        "tenant.exists", "GET", LOGIN, "/{domain}/v2.0/.well-known/openid-configuration", (), (), 200,
        "the domain names a tenant: its id, and the cloud it is in",
    ),
    Expected(
        MSAL, "GET", LOGIN, DISCOVERY, (), (), 200,
        "MSAL reads the endpoints itself, by the tenant's id, whatever was read before",
    ),
    Expected(
        "app.exists", "POST", LOGIN, DEVICE_CODE, (), CODE_FORM, 200,
        "an app without a credential shows that it and Partner Center are known here only by getting a device code",
    ),
    Expected(
        "user.vault_rights", "GET", LOGIN, DISCOVERY, (), (), 200,
        "azure-identity has an MSAL of its own for the vault's identity, which reads the endpoints for itself",
    ),
    Expected(
        "user.vault_rights", "POST", LOGIN, TOKEN, (), MANAGER_FORM, 200,
        "the vault identity signs in to Azure Resource Manager",
    ),
    Expected(
        "user.vault_rights", "GET", MANAGER, "/subscriptions", VERSION, (), 200,
        "where the vault is, and what the identity may do there; it may not look",
    ),
    Expected(
        "user.vault_reachable", "GET", VAULT, SECRET, VERSION, (), 401,
        "the vault's challenge names its tenant; the request carries neither token nor value",
    ),
    Expected(
        "user.vault_reachable", "GET", LOGIN, DISCOVERY, (), (), 200,
        "azure-identity has an MSAL of its own for the vault's identity, which reads the endpoints for itself",
    ),
    Expected(
        "user.vault_reachable", "POST", LOGIN, TOKEN, (), OPERATOR_FORM, 200,
        "the vault identity signs in",
    ),
    Expected(
        "user.vault_reachable", "GET", VAULT, SECRET, VERSION, (), 404,
        "the secret's name may be read; there is none yet",
    ),
    Expected(
        "user.vault_writable", "PUT", VAULT, SECRET + "-write-check", VERSION, (), 200,
        "secrets may be written: a disabled dummy beside the name",
    ),
    Expected(
        "user.secret_name", "GET", VAULT, SECRET, VERSION, (), 404,
        "asked again right before the sign-in: the name is free, or whose it is",
    ),
    Expected(
        "user.secret_name", "GET", VAULT, "/deletedsecrets/{secret}", VERSION, (), 404,
        "a deleted secret would hold the name",
    ),
    Expected(
        "user.sign_in_ready", "POST", LOGIN, DEVICE_CODE, (), CODE_FORM, 200,
        "the code the integration user signs in with",
    ),
    Expected(
        "user.signed_in", "POST", LOGIN, TOKEN, (), POLL_FORM, 200,
        "the tokens of the sign-in; once more for each interval in which the user has not finished",
    ),
    Expected(
        "user.partner_tenant", "GET", PARTNER, PROFILE, (), (), 200,
        "Partner Center knows the tenant as a partner's, and says whether the sign-in counts as MFA",
    ),
    Expected(
        "user.admin_agent", "GET", PARTNER, "/v1/customers", ("size",), (), 200,
        "an Admin agent alone gets customers: one is asked for",
    ),
    Expected(
        "user.other_programs", "GET", PARTNER, "/v1/applicationmfaadoptionstatus", (), (), 200,
        "one report says which other programs of this partner will be refused, because they call without MFA",
    ),
    Expected(
        "user.redeems", "POST", LOGIN, TOKEN, (), REDEEM_FORM, 200,
        "the refresh token redeems as a renewal will do it, before anything is kept",
    ),
    Expected(
        "store.written", "PUT", VAULT, SECRET, VERSION, (), 200,
        "the token becomes the newest version",
    ),
    Expected(
        "store.read_back", "GET", VAULT, SECRET, VERSION, (), 200,
        "the newest version is the one written, and equal to it",
    ),
    Expected(
        "store.redeems", "POST", LOGIN, TOKEN, (), REDEEM_FORM, 200,
        "the value read back redeems as a renewal will do it",
    ),
    Expected(
        "store.partner_center", "GET", PARTNER, PROFILE, (), (), 200,
        "Partner Center answers to the stored token, and says whether its MFA counts",
    ),
)  # fmt: skip
