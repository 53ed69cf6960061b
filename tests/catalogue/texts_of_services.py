"""Texts of services and libraries, by the cause of the catalogue that each stands for."""

from __future__ import annotations

from typing import Final

GUID: Final = "33333333-cccc-4ccc-8ccc-000000000003"
_RENEWAL: Final = "POST /oauth2/v2.0/token grant_type=refresh_token"
_MISMATCH: Final = "specified in the request does not match the redirect URIs configured for the application"
_POLICY: Final = f'claims={{"access_token":{{"capolids":{{"essential":true,"values":["{GUID}"]}}}}}}'
_CONTEXT: Final = 'claims={"access_token":{"acrs":{"essential":true,"value":"c1"}}}'
_AZURE_CLI: Final = "AzureCliCredential.get_token failed"
_POLL: Final = "polling with the device_code"
_FRESH: Final = "token of this sign-in"

CAUSES: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("entra", "50011"): (
        "The redirect URI 'ms-appx-web://Microsoft.AAD.BrokerPlugin/x' does not match",
        "The application does not have any reply URLs: no registered redirect URI.",
        f"The redirect URI 'https://login.microsoftonline.com/common/oauth2/nativeclient' {_MISMATCH}",
        f"The redirect URI 'http://portal.contoso.com/' {_MISMATCH}",
        f"The redirect URI 'http://127.0.0.1:8400/' {_MISMATCH}",
        f"The redirect URI 'https://localhost/done' {_MISMATCH}",
        f"The redirect URI 'http://localhost:8400/' {_MISMATCH}",
        "The reply address does not match the reply addresses of the application.",
    ),
    ("entra", "50012"): (
        "Client assertion is not within its valid time range.",
        "Invalid client secret is provided.",
        "Client assertion failed signature validation.",
    ),
    ("entra", "50013"): (
        "Assertion is not within its valid time range.",
        "Assertion failed signature validation. [Reason - The key was not found.]",
        "Assertion failed: the audience does not match the token endpoint.",
    ),
    ("entra", "50020"): (
        "User account 'a@contoso.com' does not exist in tenant 'y', asked in the customer tenant (GDAP)",
        "User account 'x' from identity provider 'live.com' does not exist",
    ),
    ("entra", "50053"): ("Sign-in was blocked because it came from an IP address with malicious activity.",),
    ("entra", "50074"): (_AZURE_CLI,),
    ("entra", "50076"): (
        _AZURE_CLI,
        _RENEWAL,
    ),
    ("entra", "50078"): (
        _AZURE_CLI,
        "acquire_token_by_refresh_token",
    ),
    ("entra", "50079"): (
        _AZURE_CLI,
        "the weekly renewal",
    ),
    ("entra", "50158"): (
        _AZURE_CLI,
        "renewing the stored token",
    ),
    ("entra", "53000"): (_AZURE_CLI,),
    ("entra", "53001"): (_AZURE_CLI,),
    ("entra", "53002"): (_AZURE_CLI,),
    ("entra", "53003"): (
        _AZURE_CLI,
        _CONTEXT,
        _POLICY,
        _RENEWAL,
    ),
    ("entra", "530032"): (_AZURE_CLI,),
    ("entra", "530035"): (
        _AZURE_CLI,
        _RENEWAL,
    ),
    ("entra", "65001"): (
        "client=microsoft",
        "admin_consent=True&tenant=contoso.com",
        "POST token grant_type=refresh_token scope=https://graph.microsoft.com/.default",
        "while asking for a token in the customer tenant (GDAP)",
    ),
    ("entra", "65004"): ("User declined to consent to access the app.\nredirect",),
    ("entra", "70000"): (
        _POLL,
        _FRESH,
        "suberror=bad_token",
        "Transmission data parser failure: Refresh Token is malformed or invalid.",
        "The request was denied because one or more scopes requested are unauthorized or expired.",
        "AADSTS70000: The provided access grant is invalid or malformed.",
    ),
    ("entra", "70008"): (
        _AZURE_CLI,
        _POLL,
        _FRESH,
        "The provided authorization code has expired.",
    ),
    ("entra", "90002"): (
        "Tenant 'undefined' not found.",
        "This may happen if there are no active subscriptions for the tenant.",
    ),
    ("entra", "500011"): (
        "The resource principal named was not found in the tenant named Contoso.",
        "The resource principal named https://api.partnercenter.microsoft.com was not found",
        "The resource principal named https://api.partner.microsoft.com was not found",
        "The resource principal named https://graph.windows.net was not found",
        "The resource principal named https://graph.microsoft.com// was not found",
        "The resource principal named https://vault.azure.net was not found",
        "The resource principal named https://management.azure.com was not found in the tenant named Contoso.",
    ),
    ("entra", "530036"): ("POST https://login.microsoftonline.com/contoso.com/oauth2/v2.0/devicecode",),
    ("entra", "650051"): ("The permission was retired by its owner.",),
    ("entra", "650052"): (
        "needs access to a service ('fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd')",
        "needs access to a service ('4990cffe-04e8-4e8b-808a-1175604b879f')",
        "needs access to a service ('00000003-0000-0000-c000-000000000000')",
        "needs access to a service ('cfa8b339-82a2-471a-a3c9-0fc0be7a4093')",
    ),
    ("entra", "700023"): ("Client assertion audience claim does not match Realm issuer.",),
    ("entra", "700025"): (
        _RENEWAL,
        "POST token grant_type=authorization_code",
    ),
    ("entra", "700027"): (
        "The certificate used to sign the assertion has expired.",
        "the certificate was uploaded a minute ago",
    ),
    ("entra", "900144"): (
        "The request body must contain the following parameter: 'device_code'.",
        "The request body must contain the following parameter: 'refresh_token'.",
        "The request body must contain the following parameter: 'grant_type'.",
        "The request body must contain the following parameter: 'scope'.",
    ),
    ("entra", "7000215"): (
        _AZURE_CLI,
        '"ClientSecret": "[Copy the client secret added to the app from the Azure portal]"',
        "the secret that was pasted has the form of a GUID",
        "the secret was made 20 seconds ago",
        "the same secret belongs to another app",
    ),
    ("entra", "7000218"): (
        _RENEWAL,
        "initiate_device_flow",
        _POLL,
        "result = app.acquire_token_by_username_password(USERNAME, PASSWORD, SCOPES)",
    ),
    ("entra", "9002313"): (
        _POLL,
        _FRESH,
        "error=invalid_grant",
        "error=invalid_request",
    ),
    ("entra", "interaction_required"): ("while renewing",),
    ("entra", "invalid_client"): (
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
        "The provided client secret keys are expired.",
        "Invalid client secret provided.",
    ),
    ("entra", "authority"): (
        "Unable to get authority configuration … error: invalid_tenant",
        "Unable to get authority configuration for https://login.microsoftonline.us/contoso.com",
        "Unable to get authority configuration for https://login.partner.microsoftonline.cn/contoso.com",
    ),
    ("entra", "there_already"): ("GDAP: Conflict, the resource already exists.",),
    ("partner_center", "900421"): (_RENEWAL,),
    ("partner_center", "900420"): ("The audience https://graph.microsoft.com is not accepted.",),
    ("partner_center", "400"): ("The audience of the token is wrong.",),
    ("partner_center", "800001"): ("Unauthorized: the partner token has expired.",),
    ("partner_center", "2032"): ("The access token lacks the permission user_impersonation.",),
    ("partner_center", "900150"): ("The request needs a token of an app and a user.",),
    ("partner_center", "http_401"): (
        "Connect-PartnerCenter -ServicePrincipal -Credential $credential",
        "POST /oauth2/v2.0/token scope=https://api.partner.microsoft.com/.default",
        "Identity cannot be authorized.",
        "GET https://api.partner.microsoft.com/v1.0/engagements/referrals",
        "The access token has expired.",
        "The audience is not valid.",
        "MFA is required.",
        "This tenant is not a partner.",
    ),
    ("partner_center", "http_403"): (
        "The Microsoft Partner Agreement is not accepted.",
        "An app-only token is not enough here.",
        "The user's role does not allow this.",
    ),
    ("entra", "50132"): (
        _POLL,
        _FRESH,
    ),
    ("entra", "50133"): (
        _POLL,
        _FRESH,
    ),
    ("entra", "50173"): (
        _AZURE_CLI,
        _POLL,
        _FRESH,
    ),
    ("entra", "54005"): (
        _POLL,
        "Microsoft.Identity.Client.MsalUiRequiredException: OAuth2 Authorization code was already redeemed",
    ),
    ("entra", "70043"): (
        _AZURE_CLI,
        _POLL,
    ),
    ("entra", "700081"): (
        _POLL,
        _FRESH,
    ),
    ("entra", "700082"): (
        _AZURE_CLI,
        _POLL,
        _FRESH,
        "We redeem it every day and ignore the new refresh token.",
    ),
    ("entra", "700084"): (
        _POLL,
        _FRESH,
    ),
    ("entra", "7000110"): (_POLL,),
    ("entra", "bad_token"): (
        _POLL,
        _FRESH,
    ),
    ("entra", "token_expired"): (
        _POLL,
        _FRESH,
    ),
    ("entra", "invalid_grant"): (
        "[Get-PartnerCustomer], PartnerException",
        _POLL,
        _FRESH,
    ),
    ("entra", "700016"): (
        "Application with identifier 'd1ddf0e4-d672-4dae-b554-9d5bdfd93547' was not found",
        "Application with identifier '' was not found in the directory 'Contoso'.",
        "Application with identifier '31359c7f-bd7e-475c-86db-fdb8c937548e' was not found",
        "was not found in the directory 'Microsoft Accounts'.",
        _AZURE_CLI,
    ),
    ("entra", "7000222"): (_AZURE_CLI,),
    ("key_vault", "ForbiddenByRbac"): (
        "Action: 'Microsoft.KeyVault/vaults/secrets/setSecret/action'",
        "Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'",
        "Action: 'Microsoft.KeyVault/vaults/secrets/recover/action'",
    ),
    ("key_vault", "AccessDenied"): ("The application does not have secrets get permission on key vault 'x'",),
    ("key_vault", "Unauthorized"): (
        "AKV10032: Invalid issuer.",
        "AKV10022: Invalid audience.",
        "AKV10000: Request is missing a Bearer or PoP token.",
        "The token has expired.",
        "Microsoft.Rest.TransientFaultHandling.HttpRequestWithStatusException: 401",
        "AKV10046: Unable to resolve the key used for signature validation.",
    ),
    ("key_vault", "AKV10022"): (
        "AKV10022: Invalid token: it has expired.",
        "AKV10022: Invalid audience. Expected https://vault.azure.net, found: https://graph.microsoft.com",
    ),
    ("key_vault", "Forbidden"): (
        "Client address is not authorized and caller is not a trusted service.",
        "Public network access is disabled.",
        "Operation get is not allowed on a disabled secret.",
        "Caller is not authorized to perform action on resource. If role assignments were changed recently …",
        "The user, group or application does not have secrets set permission on key vault 'contoso-partner'.",
        'Operation "set" is not allowed by vault policy',
    ),
    ("key_vault", "http_403"): (
        "Client address is not authorized.",
        "Request is not via an approved private link.",
        "Operation get is not allowed on a disabled secret.",
        "Caller is not authorized to perform action on resource.",
        "No access policy allows this.",
        'Operation is not allowed. Operation: "list"',
    ),
    ("key_vault", "BadParameter"): (
        "The request URI contains an invalid name: it must match the pattern.",
        "The value exceeds the limit.",
    ),
    ("key_vault", "no_identity"): (
        "AADSTS70020: The provided value for the input parameter 'device_code' has expired.",
        "authorization_declined: the person pressed Cancel",
        "EnvironmentCredential: Application with identifier 'x' was not found in the directory",
        "ClientSecretCredential: AADSTS7000222: The provided client secret keys are expired.",
        "EnvironmentCredential: Invalid client secret provided.",
        "AzureCliCredential: AADSTS700082: The refresh token has expired due to inactivity.",
        "DeviceCodeCredential: AADSTS530035: Access has been blocked by security defaults.",
        "AzureCliCredential: AADSTS53003: Access has been blocked by Conditional Access policies.",
        "AzureCliCredential: Please run 'az login' to set up an account",
        "ManagedIdentityCredential authentication failed.\n ---> Service request failed.\nStatus: 400 (Bad Request)",
    ),
    ("key_vault", "no_managed_identity"): (
        "Found AZURE_FEDERATED_TOKEN_FILE; Managed Identity authentication is not available.",
        "az ad app permission admin-consent\nFailed to connect to MSI.",
        "ManagedIdentityCredential: Identity not found",
        "ManagedIdentityCredential authentication failed: Service request failed. Status: 500",
    ),
    ("entra", "broker"): (
        "WAM_provider_error: ApiContractViolation",
        "Connect-ExchangeOnline: WAM Error",
        "Connect-MgGraph: failed_to_acquire_token_silently_from_broker",
        "Connect-AzAccount: WAM Error",
        "az login: WAM Error 0x80070520",
    ),
    ("entra", "70011"): ("The value for the input parameter 'scope' is not valid. The scope '' is not configured.",),
    ("entra", "sign_in_canceled"): (
        "Connect-AzAccount: User canceled authentication. at RuntimeBroker.SignInInteractivelyAsync",
        "Connect-MgGraph: InteractiveBrowserCredential authentication failed: User canceled authentication. (WAM)",
        "Connect-ExchangeOnline: User canceled authentication. at WamAdapters.HandleResponse",
        "az login: user_cancelled, WAM",
        "User canceled authentication. at RuntimeBroker.SignInInteractivelyAsync",
    ),
    ("graph", "Authorization_RequestDenied"): (
        "New-AzADApplication : Insufficient privileges to complete the operation.",
        "az ad sp create --id x: Insufficient privileges to complete the operation.",
        "Either scp or roles claim need to be present in the token.",
        "This operation can only be performed by an administrator.",
        "New-MgServicePrincipal : Insufficient privileges to complete it.",
    ),
    ("resource_manager", "AuthorizationFailed"): (
        "does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write' over scope",
    ),
    ("graph", "InvalidAuthenticationToken"): (
        "Access token is empty.",
        "at least one of the claims 'puid' or 'altsecid' or 'oid' should be present.",
        "Invalid x5t claim.",
        "Continuous access evaluation resulted in challenge with result: InteractionRequired",
        "Access token validation failure. Invalid audience.",
        "Lifetime validation failed, the token is expired.",
        "CompactToken parsing failed with error code: 80049217",
        "The token is refused at https://management.azure.com/subscriptions/x",
    ),
    ("key_vault", "ForbiddenByPolicy"): (
        "keyvault.BaseClient#Encrypt: Operation is not allowed.",
        "The policy requires the caller to use on-behalf-of (OBO) flow.",
    ),
    ("graph", "secrets_forbidden"): ("Credential lifetime exceeds the max value allowed as per assigned policy.",),
    ("graph", "Request_BadRequest"): (
        "permissions that are either invalid or out of date",
        "The appId 'x' of the service principal does not reference a valid application object.",
        "Credential type not allowed as per assigned policy.",
        "servicePrincipalLockConfiguration forbids this change.",
    ),
    ("graph", "BadRequest"): ("/me request is only valid with delegated authentication flow.",),
    ("network", "ca_file"): ("[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found (_ssl.c:4270)",),
    ("network", "proxy"): (
        "the proxy asks for a user name and password (407)",
        "Tunnel connection failed: 403 Forbidden",
        "the proxy's address (HTTPS_PROXY) cannot be used",
    ),
    ("network", "tls"): (
        "its certificate is not trusted: certificate is not yet valid",
        "its certificate is not trusted: certificate has expired",
        "its certificate is not trusted: Hostname mismatch",
        "its certificate is not trusted: unable to get local issuer certificate",
        "no certificate can be checked: REQUESTS_CA_BUNDLE names x.pem, which is not there",
        "[SSL: WRONG_VERSION_NUMBER] wrong version number",
        "bad handshake: certificate verify failed",
    ),
    ("resource_manager", "RequestDisallowedByPolicy"): (
        "Users must use MFA for Create operation.",
        "disallowed by policy. Reasons: MFA is required.",
    ),
    ("network", "name"): (
        "contoso-partner.vault.azure.net: its name does not resolve",
        "java.net.UnknownHostException: graph.microsoft.com",
        "getaddrinfo ENOTFOUND graph.microsoft.com",
        "The remote name could not be resolved: 'graph.microsoft.com'",
    ),
    ("network", "connect"): (
        "java.net.ConnectException: Connection refused",
        "connect ECONNREFUSED 192.0.2.7:443",
        "Unable to connect to the remote server",
    ),
    ("network", "timeout"): (
        "java.net.SocketTimeoutException: Read timed out",
        "connect ETIMEDOUT 192.0.2.7:443",
        "System.Net.WebException: The operation has timed out",
    ),
    ("entra", "65005"): (
        "The client has not specified this resource, and the tenant lacks a service principal for it.",
    ),
    ("entra", "530034"): ("A delegated administrator was blocked from accessing the tenant due to account risk.",),
    ("entra", "1000104"): ("Resource cloud partner.microsoftonline.cn is not allowed on identity tenant x.",),
    ("key_vault", "no_subscription"): (
        "Can't find token from MSAL cache.\nNo subscriptions found",
        "Authentication failed against tenant x.\nNo subscriptions found",
        "::add-mask::***\nNo subscriptions found",
    ),
    ("network", "tls_over_http"): ("C:\\Program Files\\az.cmd\n[SSL: WRONG_VERSION_NUMBER]",),
    ("entra", "70002"): (
        "The application 'Visual Studio' is not enabled for consumers.",
        "The body needs 'client_assertion' or 'client_secret'.",
        "Invalid client secret is provided.",
        "Client assertion is not within its valid time range.",
        "The client_assertion's signature does not fit.",
    ),
    ("entra", "50034"): ("does not exist in the 9188040d-6c67-4d5b-b112-36a304b66dad directory.",),
    ("entra", "900023"): ("Specified tenant identifier '{tenantId}' is neither a valid DNS name",),
    ("entra", "50059"): ("grant_type=client_credentials",),
    ("entra", "50105"): (
        "The application '33333333-cccc-4ccc-8ccc-000000000003' (x) is not assigned to a role for the application 'y'.",
    ),
    ("entra", "invalid_request"): (
        "The expected value is a URI which matches a redirect URI registered for this client application.",
        "Multiple user assigned identities exist",
        "Identity not found",
    ),
    ("exchange", "remote_powershell"): (
        "Connect-ExchangeOnline -AppId $a -CertificateThumbprint $t -DelegatedOrganization fabrikam.com",
        "Access is denied.",
    ),
    ("key_vault", "connector_rights"): ("User is not authorized to read secrets from x",),
    ("network", "edge_blocked"): ("Our services aren't available right now",),
    ("entra", "700024"): ("WorkloadIdentityCredential: Client assertion is not within its valid time range.",),
    ("entra", "module_missing"): (
        "The term 'Select-MgProfile' is not recognized",
        "The term 'Get-Mailbox' is not recognized",
        "The command 'Get-MgUser' was found in the module",
    ),
    ("network", "tls_self_signed"): (
        "PKIX path building failed",
        "SELF_SIGNED_CERT_IN_CHAIN",
    ),
    ("entra", "cache_unreadable"): (
        "ClientCertificateCredential authentication failed: Key not valid for use in specified state.",
    ),
    ("graph", "http_401"): (
        "Insufficient privileges to perform requested operation by the application 'x'.",
        "GET https://graph.microsoft.com/v1.0/me/events",
    ),
    ("graph", "ErrorAccessDenied"): ("The process failed to get the correct properties.",),
    ("exchange", "app_role"): ('The user "fabrikam.com\\anna" isn\'t assigned to any management roles.',),
    ("entra", "parameter_set"): ("A parameter cannot be found that matches parameter name 'Flux'.",),
    ("entra", "login_required"): ("at Microsoft.Identity.Web.TokenAcquisition.GetAuthenticationResultForUserAsync",),
    ("entra", "azps_no_tenant"): ("authentication failed: Retry failed after 4 tries.",),
    ("graph", "ad_rights"): ("az login --service-principal; az ad sp create-for-rbac",),
    ("graph", "Request_MultipleObjectsWithSameKeyValue"): (
        "Another object with the same value for property proxyAddresses already exists.",
    ),
    ("graph", "http_403"): (
        "Forbidden for url: https://graph.windows.net/contoso.com/users",
        "GET https://graph.microsoft.com/v1.0/me/events",
    ),
    ("network", "answer"): ("Unexpected character encountered while parsing value: {. Path '', line 1",),
    ("entra", "cli_fault"): (
        "Bad Request for url: http://localhost:50342/oauth2/token",
        "[Errno 22] Invalid argument",
    ),
    ("exchange", "mail_sign_in"): (
        "BYE Session invalidated - AccessTokenExpired",
        "4 BAD User is authenticated but not connected.",
        "535 5.7.139 SmtpClientAuthentication is disabled for the Tenant.",
        "535 5.7.139 basic authentication is disabled.",
    ),
    ("entra", "700213"): ("presented assertion subject 'repo:contoso/app:ref:refs/heads/main'",),
    ("entra", "500022"): ("Access to 'fabrikam.com' tenant is denied.",),
    ("entra", "90023"): ("Public clients can't send a client secret.",),
    ("graph", "Unauthenticated"): ("GET https://graph.microsoft.us/beta/identity/conditionalAccess/policies",),
}
"""By entry, one text for each of its causes, in their order."""
