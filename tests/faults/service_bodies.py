"""What each endpoint of the services answers, as it should be."""

from __future__ import annotations

import hashlib
from typing import Final

from tests.made_tokens import CLIENT, CONTOSO, access_token, id_token
from wizard.microsoft.graph import JsonObject

LOGIN: Final = "https://login.microsoftonline.com"
VAULT: Final = "https://contoso-partner.vault.azure.net"
NAME: Final = "partner-center-refresh-token"
SCOPE: Final = "https://api.partnercenter.microsoft.com/user_impersonation"
SUBSCRIPTION: Final = "88888888-aaaa-4aaa-8aaa-000000000001"
VAULT_ID: Final = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/p/providers/Microsoft.KeyVault/vaults/contoso-partner"
ROLE: Final = f"{VAULT_ID}/providers/Microsoft.Authorization/roleDefinitions/88888888-bbbb-4bbb-8bbb-000000000001"

DISCOVERED: JsonObject = {
    "issuer": f"{LOGIN}/{CONTOSO}/v2.0",
    "authorization_endpoint": f"{LOGIN}/{CONTOSO}/oauth2/v2.0/authorize",
    "token_endpoint": f"{LOGIN}/{CONTOSO}/oauth2/v2.0/token",
    "device_authorization_endpoint": f"{LOGIN}/{CONTOSO}/oauth2/v2.0/devicecode",
    "cloud_instance_name": "microsoftonline.com",
    "tenant_region_scope": "EU",
    "tenant_region_sub_scope": None,
}
INSTANCES: JsonObject = {
    "tenant_discovery_endpoint": f"{LOGIN}/{CONTOSO}/v2.0/.well-known/openid-configuration",
    "api-version": "1.1",
    "metadata": [
        {
            "preferred_network": "login.microsoftonline.com",
            "preferred_cache": "login.windows.net",
            "aliases": ["login.microsoftonline.com", "login.windows.net"],
        }
    ],
}
CODE: JsonObject = {
    "user_code": "A1B2C3D4E",
    "device_code": "DAQABIQEAAAA" + "kV1rT9cQ2pZx" * 8,
    "verification_uri": "https://microsoft.com/devicelogin",
    "expires_in": 900,
    "interval": 5,
    "message": "To sign in, use a web browser …",
}
GRANTED: JsonObject = {
    "token_type": "Bearer",
    "scope": SCOPE,
    "expires_in": 3599,
    "ext_expires_in": 3599,
    "access_token": access_token(),
    "refresh_token": "1.AXkA-of-the-integration-user",
    "id_token": id_token(nonce=None),
    "client_info": "eyJ1aWQiOiJ1IiwidXRpZCI6InQifQ",
}
OF_A_BROWSER: JsonObject = {**GRANTED, "id_token": id_token(nonce=hashlib.sha256(b"n").hexdigest())}
OF_THE_APP: JsonObject = {
    name: GRANTED[name] for name in ("token_type", "expires_in", "ext_expires_in", "access_token")
}
SECRET: JsonObject = {
    "value": "1.AXkA-of-the-integration-user",
    "id": f"{VAULT}/secrets/{NAME}/0123456789abcdef0123456789abcdef",
    "contentType": "text/plain",
    "attributes": {"enabled": True, "created": 1_795_000_000, "updated": 1_795_000_000, "exp": 1_802_000_000},
    "tags": {"tenant_id": CONTOSO, "client_id": CLIENT},
}
SECRETS: JsonObject = {"value": [{**SECRET, "value": None}] * 2, "nextLink": None}
APP: JsonObject = {
    "id": "55555555-aaaa-4aaa-8aaa-000000000001",
    "appId": CLIENT,
    "displayName": "Partner app",
    "signInAudience": "AzureADMultipleOrgs",
    "isFallbackPublicClient": True,
    "web": {"redirectUris": ["http://localhost"]},
    "publicClient": {"redirectUris": ["https://login.microsoftonline.com/common/oauth2/nativeclient"]},
    "spa": {"redirectUris": []},
    "passwordCredentials": [
        {"keyId": CONTOSO, "displayName": "a", "hint": "aBc", "endDateTime": "2027-05-01T00:00:00Z"}
    ],
    "keyCredentials": [
        {"keyId": CONTOSO, "customKeyIdentifier": "Uu2bUDike54uIZBxXMI4NZ1Pj3M=", "endDateTime": "2027-05-01T00:00:00Z"}
    ],
    "requiredResourceAccess": [
        {"resourceAppId": "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd", "resourceAccess": [{"id": CONTOSO, "type": "Scope"}]}
    ],
    "servicePrincipalLockConfiguration": {"isEnabled": True},
}
PRINCIPAL: JsonObject = {
    "id": "55555555-bbbb-4bbb-8bbb-000000000001",
    "appId": CLIENT,
    "displayName": "Partner app",
    "accountEnabled": True,
    "appRoleAssignmentRequired": False,
    "appOwnerOrganizationId": CONTOSO,
    "appRoles": [{"id": CONTOSO, "value": "A.Read", "isEnabled": True}],
    "oauth2PermissionScopes": [{"id": CONTOSO, "value": "user_impersonation", "isEnabled": True}],
}
GRANTS: JsonObject = {
    "value": [{"clientId": CONTOSO, "resourceId": CONTOSO, "consentType": "AllPrincipals", "scope": "a b", "id": "g"}],
    "@odata.nextLink": "",
}
POLICIES: JsonObject = {
    "value": [
        {
            "displayName": "Block device codes",
            "state": "enabled",
            "createdDateTime": "2026-01-01T00:00:00Z",
            "conditions": {
                "users": {"includeUsers": ["All"], "excludeUsers": [], "includeGroups": [], "includeRoles": []},
                "applications": {"includeApplications": ["All"], "excludeApplications": []},
                "clientAppTypes": ["all"],
                "authenticationFlows": {"transferMethods": "deviceCodeFlow"},
                "locations": {"includeLocations": ["All"], "excludeLocations": []},
                "signInRiskLevels": ["high"],
            },
            "grantControls": {"operator": "OR", "builtInControls": ["block"], "authenticationStrength": None},
            "sessionControls": {"signInFrequency": {"value": 4, "type": "hours", "isEnabled": True}},
        }
    ]
}
ACCOUNT: JsonObject = {
    "id": CONTOSO, "userPrincipalName": "partner-integration@contoso.com", "userType": "Member",
    "accountEnabled": True, "onPremisesSyncEnabled": None, "jobTitle": None,
}  # fmt: skip
MEMBERSHIPS: JsonObject = {
    "value": [{"@odata.type": "#microsoft.graph.group", "displayName": "AdminAgents", "id": CONTOSO}]
}
METHODS: JsonObject = {"value": [{"@odata.type": "#microsoft.graph.fido2AuthenticationMethod", "id": "m"}]}
GDAP: JsonObject = {
    "value": [
        {
            "id": "r", "displayName": "GDAP", "status": "active", "endDateTime": "2027-05-01T00:00:00Z",
            "customer": {"tenantId": CONTOSO, "displayName": "Fabrikam"},
            "accessDetails": {"unifiedRoles": [{"roleDefinitionId": CONTOSO}]},
        }
    ]
}  # fmt: skip
CUSTOMERS: JsonObject = {
    "totalCount": 1,
    "items": [
        {"id": CONTOSO, "companyProfile": {"tenantId": CONTOSO, "domain": "f.example", "companyName": "Fabrikam"}}
    ],
    "links": {"self": {"uri": "/customers?size=500", "method": "GET", "headers": []}},
}
MFA_REPORT: JsonObject = {
    "items": [{
        "applicationId": CLIENT, "applicationName": "Partner app", "loginDate": "2026-11-20T00:00:00Z",
        "totalRequestCount": 7, "mfaCompliantRequestCount": 7,
    }]
}  # fmt: skip
OF_A_VAULT: JsonObject = {
    "properties": {
        "tenantId": CONTOSO, "enableRbacAuthorization": True, "enablePurgeProtection": True,
        "publicNetworkAccess": "Enabled",
        "networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "203.0.113.9/32"}]},
        "accessPolicies": [{"objectId": CONTOSO, "permissions": {"secrets": ["get", "set"]}}],
    }
}  # fmt: skip
ASSIGNED: JsonObject = {
    "value": [{"properties": {
        "roleDefinitionId": ROLE, "scope": VAULT_ID, "createdOn": "2026-11-20T00:00:00Z", "condition": None,
    }}]
}  # fmt: skip
OF_A_ROLE: JsonObject = {
    "properties": {
        "roleName": "Writer of secrets",
        "permissions": [{"dataActions": ["Microsoft.KeyVault/vaults/secrets/*"], "notDataActions": []}],
    }
}
REFUSED: JsonObject = {
    "error": "invalid_client",
    "error_description": "AADSTS7000215: Invalid client secret. Trace ID: 7f9e1c2d-1111-4222-8333-0123456789ab",
    "error_codes": [7000215],
    "suberror": "bad_token",
    "claims": '{"access_token": {"amr": {"values": ["mfa"]}}}',
    "correlation_id": "7f9e1c2d-1111-4222-8333-0123456789ab",
}
FORBIDDEN: JsonObject = {
    "error": {
        "code": "Forbidden",
        "message": "Caller is not authorized.\r\nCaller: oid=x",
        "innererror": {"code": "ForbiddenByRbac", "request-id": CONTOSO},
    }
}
OF_PARTNER_CENTER: JsonObject = {"code": "900421", "description": "MFA is needed.", "data": [], "source": "PartnerAPI"}
