"""Texts of services, libraries and people without a code, by the entry of the catalogue that they mean."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

MESSAGES: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("key_vault", "Forbidden"): (
        "our job cannot get into the key vault any more, it says we have no permission",
        "Microsoft.Azure.KeyVault.Models.KeyVaultErrorException: Access denied",
        "The service principal does not have read permissions for secrets within Key Vault "
        "https://contoso.vault.azure.net/.",
    ),
    ("partner_center", "http_403"): ("When I open Partner Center it says you don't have access to this page",),
    ("entra", "50011"): (
        "The reply URL specified in the request does not match the reply URLs configured for the application",
    ),
    ("entra", "50020"): ("User account 'a@fabrikam.com' from identity provider 'x' does not exist in tenant 'y'",),
    ("key_vault", "purge_refused"): ('(Forbidden) Operation is not allowed. Operation: "purge"',),
    ("key_vault", "purge_protected"): (
        "Purge protection is enabled for this vault.",
        "Operation 'purge' is not allowed, for the vault has purge protection.",
    ),
    ("resource_manager", "partner_link_foreign"): (
        "If you are a partner, you will not be able to link the partner ID",
        "New-AzManagementPartner : The user does not have an account in this tenant.",
        "A partner ID can only be linked by an account of that directory.",
    ),
    ("entra", "cache_unreadable"): (
        "[WinError -2146893813] : ''",
        "Error Code 2148073483, Context 'Error decrypting data'",
    ),
    ("entra", "token_request_refused"): ("Failed to obtain the access token: HTTP 401 Unauthorized",),
    ("entra", "renewal_unsaid"): (
        "Our job has used this refresh token since spring, and since Monday it does not work any more.",
        "We use a refresh token that was made in May. Now we are told that the token is no longer valid.",
        "Somebody reset the password of our account, and now the token cannot be renewed.",
        "The user's password was changed on Monday. Since then its tokens are refused.",
    ),
    ("entra", "token_not_jwt"): ("The provided access token is invalid.",),
    ("entra", "50057"): ("The user account is disabled.",),
    ("entra", "50059"): ("No tenant-identifying information found in the request.",),
    ("entra", "50076"): ("you must use multi-factor authentication to access 'x'",),
    ("entra", "50078"): ("Presented multi-factor authentication has expired due to policies",),
    ("entra", "50079"): ("you must enroll in multi-factor authentication to access 'x'",),
    ("entra", "90008"): (
        "This happened because application is misconfigured: it must require access to Microsoft Graph by "
        "specifying at least 'Sign in and read user profile' permission",
    ),
    ("graph", "claims_challenge"): (
        "Client must be configured to support conditional access claims challenges to proceed.",
        "GET /me/messages: a claims challenge was returned",
        "Exception of type 'Microsoft.Graph.AGS.Contracts.ClaimsChallengeRequiredException' was thrown.",
        "The mail service sent a claims challenge",
    ),
    ("graph", "needs_user"): (
        "Applications without a signed-in user are not allowed to access this report or data.",
        "Requested API is not supported in application-only context",
    ),
    ("key_vault", "service_connection"): (
        'The specified Azure service connection needs to have "Get, List" secret management permissions on it.',
        "The specified Azure service connection needs to have Get, List secret management permissions on it.",
    ),
    ("entra", "90112"): ("New-PartnerAccessToken : Error: ClientId is not a Guid.",),
    ("entra", "90130"): ("Application 'x' (widget) is not supported over the /common or /consumers endpoints.",),
    ("entra", "50105"): ("The signed in user is not assigned to a role for the application 'x'.",),
    ("entra", "50173"): ("The provided grant has expired due to it being revoked.",),
    ("entra", "50196"): ("The server stopped a client request loop.",),
    ("entra", "53003"): ("Access has been blocked by Conditional Access policies.", "You cannot access this right now"),
    ("entra", "65001"): ("The user or administrator has not consented to use the application with ID 'x'.",),
    ("entra", "65004"): ("User declined to consent to access the app.",),
    ("entra", "70000"): (
        "Transmission data parser failure",
        "The provided value for the input parameter 'refresh_token' or 'assertion' is not valid.",
        "The provided grant is invalid or malformed.",
    ),
    ("entra", "70008"): (
        "The provided authorization code or refresh token has expired due to inactivity.",
        "The refresh token has expired or been revoked",
    ),
    ("entra", "70016"): ("OAuth 2.0 device flow error. Authorization is pending. Continue polling.",),
    ("entra", "70020"): ("The provided value for the input parameter 'device_code' has expired.",),
    ("entra", "70021"): (
        "No matching federated identity record found for presented assertion. Assertion Issuer: 'x'.",
    ),
    ("entra", "700211"): ("No matching federated identity record found for presented assertion issuer 'x'.",),
    ("entra", "700212"): ("No matching federated identity record found for presented assertion audience 'x'.",),
    ("entra", "700213"): ("No matching federated identity record found for presented assertion subject 'x'.",),
    ("entra", "there_already"): (
        "The resource already exists.",
        "The access assignment for this group already exists",
    ),
    ("entra", "no_code_came"): (
        "No authorization code came back to the program",
        "Contoso onboarding did not receive an authorization code.",
        "The auth code is missing.",
        "Missing parameter: 'code' in the callback",
    ),
    ("entra", "kept_token_unreadable"): (
        "Widget could not decrypt the stored refresh token",
        "refresh token failed: BadPaddingException",
        "cryptography.fernet.InvalidToken",
    ),
    ("entra", "50000"): ("There was an error issuing a token or an issue with our sign-in service.",),
    ("entra", "7000216"): (
        "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type",
    ),
    ("entra", "500201"): ("We are unable to issue tokens from this API version for a Microsoft account.",),
    ("entra", "70044"): (
        "The session has expired or is invalid due to sign-in frequency checks by conditional access.",
    ),
    ("entra", "70046"): (
        "The session has expired or is invalid due to re-authentication checks by conditional access.",
    ),
    ("entra", "70043"): (
        "The token is invalid due to sign-in frequency checks by conditional access.",
        "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access.",
    ),
    ("entra", "90002"): (
        "Tenant 'fabrikam.example' not found.",
        "Failed to resolve tenant 'fabrikam.exampel'.",
    ),
    ("entra", "500011"): ("The resource principal named https://x was not found in the tenant named Contoso.",),
    ("entra", "500113"): ("No reply address is registered for the application.",),
    ("entra", "500133"): ("The assertion is not within its valid time range.",),
    ("entra", "530035"): ("Access has been blocked by security defaults.",),
    ("entra", "530036"): ("Access has been blocked by Conditional Access authentication flows policy.",),
    ("entra", "650052"): ("The app needs access to a service that your organization has not subscribed to",),
    ("entra", "700003"): ("Device object was not found in the tenant 'Contoso' directory.",),
    ("entra", "700016"): ("Application with identifier 'x' was not found in the directory 'Contoso'.",),
    ("entra", "700024"): ("Client assertion is not within its valid time range.",),
    ("entra", "700025"): ("Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",),
    ("entra", "700082"): ("The refresh token has expired due to inactivity.",),
    ("entra", "900023"): ("is neither a valid DNS name, nor a valid external domain.",),
    ("entra", "900144"): ("The request body must contain the following parameter: 'scope'.",),
    ("entra", "7000215"): ("Invalid client secret is provided.",),
    ("entra", "7000218"): ("must contain the following parameter: 'client_assertion' or 'client_secret'.",),
    ("entra", "7000222"): ("The provided client secret keys are expired.", "the secret in our app ran out yesterday"),
    ("entra", "7000229"): ("The client application x is missing service principal in the tenant y.",),
    ("entra", "9002313"): ("Invalid request. Request is malformed or invalid.",),
    ("entra", "9002325"): ("Proof Key for Code Exchange is required for cross-origin authorization code redemption.",),
    ("entra", "9002327"): ("Tokens issued for the 'Single-Page Application' client-type may only be redeemed via …",),
    ("partner_center", "900421"): ("MFA is required to access the resource.", "isMfaCompliant: false"),
    ("partner_center", "10001"): ("MFA required (10001)",),
    ("partner_center", "900420"): ("The token for graph.windows.net is not accepted.",),
    ("partner_center", "2032"): ("The supplied role does not have the rights to perform this action.",),
    ("partner_center", "900329"): ("An app-only token is not supported for this call.",),
    ("partner_center", "429"): ('{"statusCode":429,"message":"Rate limit is exceeded. Try again in 57 seconds."}',),
    ("key_vault", "ForbiddenByRbac"): ("Caller is not authorized to perform action on resource.",),
    ("key_vault", "ForbiddenByPolicy"): ("does not have secrets get, set permission on key vault 'contoso-partner'",),
    ("key_vault", "ForbiddenByFirewall"): ("Client address is not authorized.",),
    ("key_vault", "ForbiddenByConnection"): ("Public network access is disabled.",),
    ("key_vault", "SecretDisabled"): ("Operation get is not allowed on a disabled secret.",),
    ("key_vault", "SecretNotFound"): ("A secret with (name/id) our-token was not found in this key vault.",),
    ("key_vault", "ObjectIsDeletedButRecoverable"): ("Secret x is currently in a deleted but recoverable state",),
    ("key_vault", "ObjectIsBeingDeleted"): ("Secret our-token is currently being deleted.",),
    ("key_vault", "no_identity"): (
        "DefaultAzureCredential failed to retrieve a token from the included credentials.",
        'Unexpected content type "text/html"\n  File "azure/identity/_credentials/imds.py", line 62',
        'azure/identity/_credentials/imds.py: ClientAuthenticationError: Unexpected content type "text/plain"',
    ),
    ("graph", "no_exchange_tenant"): ("The tenant for tenant guid 'x' does not exist.",),
    ("network", "telemetry"): (
        "107: Field 'duration' on type 'RequestData' is not a valid time span.",
        'Original body: {"name":"Microsoft.ApplicationInsights.Event"}',
        "POST https://dc.services.visualstudio.com/v2/track\nHTTP 400",
    ),
    ("entra", "50072"): ("More information required",),
    ("entra", "90094"): ("Need admin approval",),
    ("key_vault", "AccessDenied"): ("Access denied to first party service. Caller: name=x",),
    ("key_vault", "Unauthorized"): ("[BearerReadAccessTokenFailed] Error validating token",),
    ("key_vault", "roles_not_yours"): (
        "does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write'",
    ),
    ("key_vault", "policy_on_roles"): ("Cannot set policies to a vault with '--enable-rbac-authorization' specified",),
    ("key_vault", "no_subscription"): ("No subscriptions found for partner@contoso.com.",),
    ("resource_manager", "AuthorizationFailed"): (
        "The client 'x' does not have authorization to perform action 'Microsoft.KeyVault/vaults/write' over scope 'y'",
    ),
    ("resource_manager", "VaultAlreadyExists"): ("The vault name 'contoso-partner' is already in use.",),
    ("graph", "already_there"): ("the service principal name x is already in use.",),
    ("graph", "ad_rights"): ("az ad sp create --id x\nInsufficient privileges to complete the operation.",),
    ("graph", "Authorization_RequestDenied"): ("Insufficient privileges to complete the operation.",),
    ("graph", "InvalidAuthenticationToken"): ("Access token has expired or is not yet valid.",),
    ("graph", "secrets_forbidden"): (
        "Credential type not allowed as per assigned policy 'x'.",
        "CredentialTypeNotAllowedAsPerAppPolicy",
        "Credential lifetime exceeds the max value allowed.",
        "CredentialInvalidLifetimeAsPerAppPolicy",
    ),
    ("key_vault", "vault_name_missing"): (
        "GET https://.vault.azure.net/secrets/token: Name or service not known",
        "HTTPSConnectionPool(host='.vault.azure.net', port=443): Failed to resolve",
    ),
    ("entra", "no_refresh_token"): (
        "There is no refresh token in the answer.",
        "refresh_token: null",
        "KeyError: 'refresh_token'",
        "service: oauth2, Error: Missing refresh token.",
        "It did not return a refresh token.",
        "an answer without a refresh_token",
        "A parameter cannot be found that matches parameter name 'Consent'.",
    ),
    ("key_vault", "not_stored"): (
        "The value read back differs from what was written.",
        "Writing to the key vault failed, it says on the next line.",
        "It reported success, but nothing is there.",
        "The secret was not stored.",
    ),
    ("entra", "wrong_account"): (
        "It is the wrong account.",
        "The browser signed in as somebody else.",
        "The token is of another user.",
        "It kept another user's token.",
        "unexpected upn",
        "expected partner@contoso.com but got admin@contoso.com",
    ),
    ("entra", "consent_not_seen"): (
        "Consent not detected after 180 seconds.",
        "Waiting for admin consent timed out.",
        "We granted admin consent, and the app still cannot be used.",
    ),
    ("entra", "which_flow"): (
        "Which permissions do I need?",
        "Which flow should we use?",
        "device code or authorization code",
        "Is the app public or confidential?",
    ),
    ("entra", "authority"): (
        "ValueError: Unable to get authority configuration for https://login.microsoftonline.com/x.",
        "OIDC Discovery failed on https://login.microsoftonline.com/x.",
    ),
    ("entra", "authority_form"): ("authority should consist of an https url with a minimum of one segment in a path",),
    ("entra", "public_with_secret"): ("ValueError: Public Client should not possess credentials",),
    ("entra", "reserved_scope"): ("You cannot use any scope value that is reserved.",),
    ("entra", "state_mismatch"): ("ValueError: state mismatch: a vs b",),
    ("key_vault", "challenge_resource"): (
        "The challenge resource 'vault.azure.net' does not match the requested domain.",
        "The challenge contains invalid scope 'x'.",
    ),
    ("key_vault", "other_tenant"): ("The current credential is not configured to acquire tokens for tenant x.",),
    ("key_vault", "cli_not_signed_in"): ("Please run 'az login' to set up an account",),
    ("key_vault", "cli_not_found"): ("Azure CLI not found on path",),
    ("key_vault", "cli_failed"): ("AzureCliCredential: the program timed out",),
    ("key_vault", "ps_not_signed_in"): ('Please run "Connect-AzAccount" to set up account',),
    ("key_vault", "no_managed_identity"): ("ManagedIdentityCredential authentication unavailable, no response.",),
    ("key_vault", "no_workload_identity"): ("WorkloadIdentityCredential authentication unavailable.",),
    ("key_vault", "environment_incomplete"): ("Environment variables are not fully configured.",),
    ("key_vault", "cached_account"): ("SharedTokenCacheCredential authentication unavailable. No accounts were found",),
    ("network", "proxy_407"): ("ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407 x'))",),
    ("network", "tunnel"): ("curl: (56) Received HTTP code 403 from proxy after CONNECT",),
    ("network", "tls_over_http"): ("[SSL: WRONG_VERSION_NUMBER] wrong version number",),
    ("network", "proxy"): (
        "connect ECONNREFUSED 192.0.2.7:8080, the proxy",
        "tunneling socket could not be established, cause=getaddrinfo ENOTFOUND px.contoso.lan",
    ),
    ("network", "ca_file"): ("OSError: Could not find a suitable TLS CA certificate bundle, invalid path: x",),
    ("network", "clock"): ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate is not yet valid", "the clock is ahead"),
    ("network", "tls_expired"): ("curl: (60) SSL certificate problem: certificate has expired",),
    ("network", "tls_host"): (
        "hostname 'x' doesn't match 'y'",
        "x509: certificate is valid for proxy.contoso.com, not login.microsoftonline.com",
    ),
    ("network", "tls_strict"): ("certificate verify failed: Missing Subject Key Identifier (_ssl.c:1020)",),
    ("network", "tls_weak"): ("certificate verify failed: CA certificate key too weak",),
    ("network", "tls_self_signed"): ("curl: (60) SSL certificate problem: self-signed certificate in chain",),
    ("network", "tls"): (
        "The SSL connection could not be established, see inner exception.",
        "SSLHandshakeException: Remote host terminated the handshake",
    ),
    ("network", "name"): ("curl: (6) Could not resolve host: login.microsoftonline.com",),
    ("network", "connect"): ("curl: (7) Failed to connect to login.microsoftonline.com port 443",),
    ("network", "timeout"): ("Connection to login.microsoftonline.com timed out.",),
    ("network", "cut"): ("('Connection aborted.', RemoteDisconnected('Remote end closed connection'))",),
    ("network", "busy"): ("HTTP Error: 503", "<title>502 Bad Gateway</title>", "Service Unavailable"),
    ("network", "answer"): (
        "SyntaxError: Unexpected token '<' in JSON at position 0",
        "Get Token request returned http error: 403 and server response: blocked",
    ),
    ("entra", "invalid_client"): ("It says that the client ID and secret are wrong.",),
    ("entra", "expired_token"): ("ClientAuthError: device_code_expired: Device code is expired.",),
    ("entra", "sign_in_canceled"): (
        "Unable to acquire token for tenant 'x' with error 'MsalClientException: User canceled authentication.'",
        "ErrorCode: authentication_canceled",
        "BrowserAuthError: user_cancelled: User cancelled the flow.",
    ),
    ("entra", "login_required"): ("no_tokens_found: No refresh token found in the cache.",),
    ("entra", "53000"): ("your admin requires the device requesting access to be managed by Fabrikam",),
    ("entra", "50126"): ("Error validating credentials due to Invalid username or password.",),
    ("entra", "broker"): ("ErrorCode: WAM_provider_error_1", '{"error": "broker_error"}'),
    ("entra", "loopback_page"): (
        "localhost refused to connect.",
        "Firefox can’t establish a connection to the server at localhost:8400.",
        "Safari can’t connect to the server “localhost”.",
    ),
    ("entra", "answer_unread"): (
        "KeyError: 'access_token'",
        "TypeError: Cannot read properties of undefined (reading 'refresh_token')",
        'Undefined array key "access_token"',
        "Cannot bind argument to parameter 'RefreshToken' because it is an empty string.",
        "You cannot call a method on a null-valued expression.\n+ $answer.access_token.Length",
        "curl … | jq .access_token\nnull",
        "Cannot bind argument to parameter 'RefreshToken' because it is an empty string.",
        "You cannot call a method on a null-valued expression.\n+ $answer.access_token.Length",
        "curl … | jq .access_token\nnull",
    ),
    ("graph", "Request_MultipleObjectsWithSameKeyValue"): ("Another object with the same value for property x",),
    ("graph", "calling_app"): ("The identity of the calling application could not be established.",),
    ("partner_center", "1002"): ("Get-PartnerCustomer : 1002 Authorization Failed",),
    ("partner_center", "20002"): ("No relationship between caller and account.",),
    ("key_vault", "vault_not_found"): ("The Vault 'contoso-partnr' not found within subscription.",),
    ("network", "proxy_cut"): ("ProxyError('Cannot connect to proxy.', RemoteDisconnected('Remote end closed'))",),
    ("graph", "Unauthorized_MissingMFA"): ("MFA is required for this request.",),
    ("graph", "scopes_missing"): ("API requires one of 'User.Read.All, Directory.Read.All'.",),
    ("entra", "retired_module"): (
        "Microsoft.Online.Administration.Automation.AccessDeniedException",
        "Connect-MsolService : An unexpected error occurred.",
        "Microsoft.Open.AzureAD16.Client.ApiException",
        "Access to this API is blocked, as the module is deprecated.",
    ),
    ("entra", "module_conflict"): (
        "Could not load file or assembly 'Microsoft.Identity.Client, Version=4.21.0.0'",
        "Method 'get_SerializationSettings' in type 'x' does not have an implementation.",
        "Assembly with same name is already loaded",
        "Impossible de charger le type 'x' à partir de l'assembly 'Microsoft.Graph.Core, Version=4.21.0.0, "
        "Culture=neutral, PublicKeyToken=0a613f4dd989e8ae'.",
    ),
    ("entra", "parameter_set"): ("A parameter cannot be found that matches parameter name 'AccessToken'.",),
    ("entra", "parameter_empty"): (
        "Cannot bind argument to parameter 'CustomerId' because it is null.",
        "Set-Thing : Cannot validate argument on parameter 'Name'. The argument is null or empty.",
        "System.ArgumentNullException: Value cannot be null. (Parameter 'resourceUrl')",
        "Value cannot be null.\nParameter name: userAssertion",
        "System.ArgumentException: The value cannot be an empty string. (Parameter 'vaultUri')",
        "ValueError: parameter 'vault_url' must not be None",
        'TypeError [ERR_INVALID_ARG_TYPE]: The "key" argument must be of type string or Buffer. Received undefined',
    ),
    ("entra", "program_fault"): (
        "The property 'Id' cannot be found on this object.\nAt C:\\jobs\\sync.ps1:12 char:3",
        'Cannot find an overload for "Add" and the argument count: "3".',
        "New-PartnerAccessToken : Object reference not set to an instance of an object.",
        "Could not create relationship: Object reference not set to an instance of an object.",
        "Error creating GDAP relationship: You cannot call a method on a null-valued expression.",
        "TypeError: Cannot read properties of undefined (reading 'tenantFilter')",
    ),
    ("entra", "certificate_not_found"): (
        "The certificate with thumbprint 'AB' could not be found in the store.",
        'Cannot convert value "A1B2" to type '
        '"Microsoft.TeamsCmdlets.Powershell.Connect.Utilities.CertificateParameter". Error: "Sequence '
        'contains no elements"',
    ),
    ("entra", "guest_or_no_gdap"): (
        "The service account is a guest in this tenant, or uses GDAP without the group.",
        "With GDAP the user was not added to the right group.",
    ),
    ("exchange", "remote_powershell"): (
        "New-PSSession : [outlook.office365.com] Connecting to remote server outlook.office365.com failed",
        "https://outlook.office365.com/powershell-liveid?DelegatedOrg=x refused",
    ),
    ("exchange", "access_denied"): (
        "Connecting to remote server outlook.office365.com failed: Access is denied.",
        "Connect-IPPSSession : UnAuthorized",
    ),
    ("exchange", "cmdlet_not_allowed"): ("User is not allowed to call Set-Mailbox",),
    ("entra", "api_not_in_tenant"): (
        "It does not have a subscription (or service principal) for the following API(s): Contoso Billing",
    ),
    ("entra", "permissions_out_of_date"): (
        "Claim is invalid: Vulnerability.Read does not exist on resource application x",
    ),
    ("entra", "app_registration_forbidden"): (
        "You do not have permission to register applications in this directory.",
    ),
    ("entra", "7000112"): ("Application 'x'(Contoso SAM) is disabled.",),
    ("key_vault", "connector_rights"): (
        "User is not authorized to read secrets from '/subscriptions/x/vaults/contoso/secrets/y' resource.",
        "Access denied for KeyVault Secret 'https://contoso.vault.azure.net/secrets/tls' for Application Gateway 'x'.",
    ),
    ("key_vault", "vault_deleted"): ("A vault with the same name already exists in deleted state.",),
    ("entra", "workflow_step"): ("Login failed with Error: The process '/usr/bin/az' failed with exit code 1.",),
    ("entra", "web_app_setting"): ("IDW10106: The 'ClientId' option must be provided.",),
    ("entra", "api_no_scope"): ("IDW10201: no claim of the kind was found",),
    ("entra", "sign_in_cookie"): (
        "OpenIdConnectProtocolValidationContext.Nonce was null",
        "'.AspNetCore.Correlation.x1' cookie not found.",
    ),
    ("resource_manager", "SubscriptionNotFound"): (
        "The subscription of 'x' doesn't exist in cloud 'AzureCloud'.",
        "The subscription 'x' could not be found.",
        "the provided subscription ID 33333333-cccc-4ccc-8ccc-000000000003 is not known by Azure CLI",
        "failed to resolve user 'anna@contoso.com' access to subscription with ID 'x'",
    ),
    ("entra", "installation"): ("ModuleNotFoundError: No module named 'msal'",),
    ("entra", "setting_empty"): (
        "The tenant id cannot be empty.",
        "Application ID must not be blank.",
        "client_id should be the id of a Microsoft Entra application",
        "Value cannot be null. (Parameter 'clientId')",
        "ClientSecretCredential: tenantId is a required parameter.",
        "System.NullReferenceException: Object reference not set.\n   at "
        "Microsoft.Identity.Client.Internal.ClientCredentialWrapper.get_Thumbprint()",
    ),
    ("key_vault", "pod_identity"): ('Get "http://localhost:2579/host/token/": connection refused',),
    ("key_vault", "csi_driver"): (
        "driver name secrets-store.csi.k8s.io not found in the list of registered CSI drivers",
        'provider not found: provider "azure"',
        "stat /etc/kubernetes/secrets-store-csi-providers/azure/provider-azure: no such file or directory",
    ),
    ("network", "edge_blocked"): (
        "<h2>The request is blocked.</h2>",
        "Ref A: 0123456789ABCDEF0123456789ABCDEF Ref B: X",
    ),
    ("network", "blocked_page"): ("Zscaler: access to this site is not allowed",),
    ("entra", "hidden_400"): (
        "Network request failed. Please check network trace. | Fetch client threw: Error: HTTP status code 400",
        "Could not get a token for fabrikam.com: The remote server returned an error: (400) Bad Request.",
        "token_cache.py, line 241, in remove_rt\n    assert x\nAttributeError: 'str' object has no attribute 'get'",
    ),
    ("entra", "workflow_id_token"): ('githubAssertion: cannot request token: unsupported protocol scheme ""',),
    ("entra", "pem_file"): ("error:0909006C:PEM routines:get_name:no start line",),
    ("resource_manager", "storage_network"): (
        "ErrorCode: 'AuthorizationFailure'. Message: 'This request is not authorized to perform this operation.'",
    ),
    ("entra", "federated_password"): ("Federated service at https://sts.fabrikam.com/adfs/x returned error: ID3242",),
    ("entra", "inner_message"): (
        "Connect-MgGraph : ClientCertificateCredential authentication failed:\nAt line:1 char:1",
    ),
    ("entra", "cors"): ("fetch at 'https://login.microsoftonline.com/x' has been blocked by CORS policy",),
    ("entra", "framed"): ("Refused to display 'https://login.microsoftonline.com/' in a frame.",),
    ("entra", "redirect_uri_form"): ('Must start with "HTTPS" or "http://localhost".',),
    ("entra", "workflow_json"): (
        "Login failed with SyntaxError: Unexpected token 'W', \"WARNING\" is not valid JSON.",
    ),
    ("entra", "module_missing"): (
        "The term 'Connect-MgGraph' is not recognized as the name of a cmdlet",
        "The term     'Get-PartnerCustomer' is not recognized as the name of a cmdlet, function, or   program",
        "The specified module 'PartnerCenter' was not loaded because no valid module file was found",
        'Die Benennung "Get-PartnerCustomer" wurde nicht als Name eines Cmdlet erkannt.',
    ),
    ("entra", "function_capacity"): ("function capacity 4096 has been exceeded for this scope",),
    ("entra", "secure_string"): (
        'Cannot convert the value of type "System.String" to type "System.Security.SecureString".',
        'Cannot convert "System.Security.SecureString" to type "System.String"',
    ),
    ("entra", "sharepoint_401"): (
        "Get-PnPSite: The remote server returned an error: (401) Unauthorized.",
        "urllib.error.HTTPError: 401 for https://fabrikam-admin.sharepoint.com/_vti_bin/client.svc",
    ),
    ("entra", "api_audience"): ("WWW-Authenticate: Bearer error_description=\"The audience 'api://x' is invalid\"",),
    ("entra", "adfs_refused"): ("MSIS9642: The request cannot be completed, an id token hint is needed",),
    ("entra", "no_email_claim"): (
        "login failed: user info does not contain an e-mail",
        "oidc: claim set of the id_token has no email",
    ),
    ("network", "identity_endpoint"): (
        "GET /msi/token?resource=https%3A%2F%2Fgraph.microsoft.com HTTP/1.1\nHost: 127.0.0.1:41741\nHTTP/1.1 401",
        "curl http://169.254.169.254/metadata/identity/oauth2/token?resource=x\nHTTP/1.1 400 Bad Request",
    ),
    ("graph", "Authentication_Unauthorized"): ("Get-AzADUser : User was not found.",),
    ("graph", "error_hidden"): (
        "Exception of type 'Microsoft.Graph.Models.ODataErrors.ODataError' was thrown.",
        "500 : Exception of type 'Microsoft.Graph.Models.ODataErrors.ODataError'",
        "MicrosoftGraph::Models::ODataErrorsODataError: MicrosoftGraph::Models::ODataErrorsODataError",
        "raise: msgraph.generated.models.o_data_errors.o_data_error.ODataError",
    ),
    ("graph", "identifier_uri"): ("Values of identifierUris property must use a verified domain of the organization.",),
    ("resource_manager", "role_not_azure"): (
        "Role 'Directory Readers' doesn't exist.",
        "The specified role definition with ID 'x' does not exist.",
    ),
    ("key_vault", "editor_not_signed_in"): (
        'Microsoft.Asal.TokenService.exe" has failed with unexpected error: TS003: Error',
    ),
    ("graph", "sending_failed"): (
        "ServiceException: Code: generalException Message: An error occurred sending the request.",
    ),
    ("entra", "sharepoint_403"): (
        "Connect-SPOService : The remote server returned an error: (403) Forbidden.",
        "The remote server returned an error: (403) Forbidden.\n   at "
        "Microsoft.SharePoint.Client.ClientContext.ExecuteQuery()",
    ),
    ("entra", "workflow_oidc"): (
        "Login failed with Error: Error message: Cannot read properties of undefined (reading 'message')",
    ),
    ("entra", "power_platform_app"): (
        "The service principal with id 'x' for application\n y does not have permission to access the path "
        "'https://10.0.0.1/providers/PowerPlatform.Governance/v1'",
    ),
    ("entra", "sharepoint_acs"): (
        "RequestFailedException: Token request failed. ---> System.Net.WebException\n   at "
        "Microsoft.IdentityModel.S2S.Protocols.OAuth2.OAuth2WebRequest.GetResponse()",
    ),
    ("entra", "davmail_sign_in"): (
        "Authentication failed: invalid user or password\n   at "
        "davmail.exchange.auth.O365Authenticator.authenticate(O365Authenticator.java:217)",
    ),
    ("entra", "cli_fault"): (
        "az keyvault network-rule add -n x: ERROR: 'NoneType' object has no attribute 'bypass'",
        "400 Client Error: Bad Request for url: http://localhost:50342/oauth2/token",
        "az keyvault secret list\n[Errno 22] Invalid argument",
    ),
    ("entra", "dataverse_member"): (
        "code: 0x80072560 x",
        "The user is not a member of the organization.\nGET https://contoso.crm.dynamics.com/api/data/v9.2/x",
    ),
    ("entra", "library_version"): (
        "TypeError: GraphServiceClient.__init__() got an unexpected keyword argument 'flux'",
        "AttributeError: module 'msal' has no attribute 'FluxApplication'",
        "ImportError: cannot import name 'Flux' from 'kiota_abstractions.api_error'",
    ),
    ("exchange", "mail_sign_in"): (
        "Error login on [outlook.office365.com] auth [XOAUTH2]: 2 NO AUTHENTICATE failed.",
        "535 5.7.3 Authentication unsuccessful [x.PROD.OUTLOOK.COM]",
    ),
    ("resource_manager", "principal_lookup"): (
        "Set-AzKeyVaultAccessPolicy : Operation returned an invalid status code 'BadRequest'\n + "
        "CategoryInfo : CloseError: (:), GraphErrorException",
    ),
    ("network", "retries"): ("ClientCertificateCredential authentication failed: Retry failed after 4 tries.",),
    ("resource_manager", "access_policies"): (
        "An invalid value was provided for 'accessPolicies'.",
        "Invalid value found at accessPolicies[1].ObjectId: e40a0daa-0e3e-4f5d-a1fd-333e578181e1",
    ),
    ("partner_center", "error_hidden"): (
        "New-PartnerCustomer : Exception of type 'Microsoft.Store.PartnerCenter.Exceptions.PartnerException' "
        "was thrown.",
    ),
    ("entra", "pipelines_credential"): (
        "AzurePipelinesCredential: Authentication Failed. Received null token from OIDC request.",
    ),
    ("partner_center", "value_unknown"): (
        "Get-PartnerCustomerSubscription : Requested value 'Disabled' was not found.",
    ),
    ("key_vault", "certificate_content"): ("Import-AzKeyVaultCertificate : Cannot find the requested object.",),
    ("entra", "private_key"): (
        "NullReferenceException: x\n at NetCoreCryptographyManager.SignWithCertificate(X509Certificate2 c)",
    ),
    ("resource_manager", "PrincipalNotFound"): (
        "Principal 0123456789abcdef0123456789abcdef does not exist in\n   the directory x",
    ),
}
"""By entry, texts that stand for its patterns; its plain wordings stand for themselves."""

SENTENCES: Final[dict[str, dict[str, list[str]]]] = tomllib.loads(
    Path(__file__).with_name("sentences_of_codes.toml").read_text(encoding="utf-8")
)
"""What services say beside their codes: by service, then by code."""


def heard(service: str, key: str) -> tuple[str, ...]:
    """Return the texts that mean an entry: people's and programs', and the sentence that a service has for its code."""
    return (*MESSAGES.get((service, key), ()), *SENTENCES.get(service, {}).get(key, ()))
