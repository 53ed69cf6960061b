"""What an action of the catalogue may name: pages of the portals, commands and roles that are known to be there."""

from __future__ import annotations

from typing import Final

# Portal paths of entra.microsoft.com, portal.azure.com and partner.microsoft.com, one level a space; the words after a
# path's last part are the sentence's. Source: protocol 1.6, 2.3, 3.2, 4.5, 4.6, 6.1, 11.4, and Microsoft's own pages.
PLACES: Final = """
entra.microsoft.com
 Entra ID
  App registrations
   All applications
    <app>
     API permissions
      Add a permission
       <API>
       APIs my organization uses
       Microsoft Graph
        Delegated permissions
         User.Read
      Grant admin consent
     Authentication
      Add a platform
       Mobile and desktop applications
        http://localhost
         Configure
      Allow public client flows
       Yes
        Save
      App instance property lock
      ID tokens
       Save
      Supported account types
       Accounts in any organizational directory
        Save
       Accounts in this organizational directory only
      Web
       Redirect URIs
        Save
     Certificates & secrets
      Certificates
       Upload certificate
      Client secrets
      Federated credentials
       Audience
       Issuer
       Subject identifier
      New client secret
       Expires
        Custom
     Manifest
     Overview
     Token configuration
      Add optional claim
  Authentication methods
   Policies
  Conditional Access
   Authentication contexts
   Policies
    the policy
     Users
      Exclude
       Guest or external users
  Devices
   All devices
    the device
     Enable
  Enterprise apps
   Admin consent requests
   All applications
    <API>
     Properties
      Enabled for users to sign in
       Yes
    <app>
     Permissions
      Grant admin consent
     Properties
      Assignment required
       No
        Save
      Enabled for users to sign in
       Yes
        Save
     Users and groups
      Add user/group
       the account
        Assign
   Application policies
  Entra Connect
   Pass-through authentication
  External Identities
   Cross-tenant access settings
    Inbound access settings
    Microsoft cloud settings
    Outbound access settings
  Monitoring & health
   Sign-in logs
    Non-interactive user sign-ins
     the failed entry
      Conditional Access
    the failed entry
     Conditional Access
     Location
  Overview
  Roles & admins
   Exchange Administrator
    Add assignments
  Users
   Deleted users
   All users
    Per-user MFA
     Service settings
    the user
     Authentication methods
      Add authentication method
     Edit properties
      Age group
       Save
      Settings
       Account enabled
        Save
     Reset password
 ID Protection
  Risky users
 Learn & support
  New support request
partner.microsoft.com
 Account settings
  Agreements
  App management
  Identifiers
  Legal info
  Programs
  Tenants
   Associate another Microsoft Entra tenant
  User management
   Add user
    Create new users
   Microsoft Entra applications
   the user
    Admin agent
     Update
 Customers
  the customer
   Admin relationships
portal.azure.com
 Key vaults
  the vault
   Access configuration
   Access control (IAM)
    Role assignments
   Access policies
   Networking
   Overview
    Directory ID
    Vault URI
 Policy
  Assignments
 Subscriptions
  the subscription
   Access control (IAM)
    Add role assignment
   Overview
 Virtual machines
  the VM
   Security
    Identity
     System assigned
      On
       Save
 the resource
  Access control (IAM)
   Add role assignment
  Identity
   System assigned
    On
     Save
  Microsoft Entra ID
  Networking
"""

COMMANDS: Final = frozenset(
    {
        "CREATE USER [<name>] FROM EXTERNAL PROVIDER",
        "az aks update -g <resource group> -n <cluster> --enable-oidc-issuer --enable-workload-identity",
        "Connect-ExchangeOnline",
        "Get-MgDomainFederationConfiguration -DomainId <domain>",
        "certutil -URL <file>",
        "az bicep build --file <file>",
        "certutil -dump <file>",
        "dsregcmd /status",
        "Get-PfxCertificate -FilePath <file>",
        "Update-Module PartnerCenter",
        "Resolve-PartnerError",
        "az login --service-principal -u <client id> --certificate <file> --tenant <tenant>",
        "mgc login --tenant-id <tenant>",
        "openssl pkcs12 -in <file> -out app.pem -nodes",
        "az ad sp show --id <app id> --query id -o tsv",
        "Set-AzKeyVaultAccessPolicy -VaultName <vault> -ObjectId <object id> -PermissionsToSecrets get,list",
        "Set-CASMailbox -Identity <user> -SmtpClientAuthenticationDisabled $false",
        "Get-CASMailbox -Identity <user> | Format-List ImapEnabled,PopEnabled,SmtpClientAuthenticationDisabled",
        "pip install --upgrade <package>",
        "pip show <package>",
        "nslookup <vault>.vault.azure.net",
        "Get-Recipient -Identity <address>",
        "az keyvault set-policy --name <vault> --object-id <object id> --key-permissions get encrypt decrypt "
        "sign verify wrapKey unwrapKey",
        "curl -v https://login.microsoftonline.com/",
        "Get-Module -ListAvailable <module>",
        "Get-Module -ListAvailable PartnerCenter",
        "Install-Module PartnerCenter -Scope CurrentUser",
        "$Error[0].ErrorDetails.Message",
        "Connect-PartnerCenter -ApplicationId <app id> -Credential <credential> -RefreshToken <token>",
        "az account get-access-token --resource https://graph.microsoft.com --query accessToken -o tsv",
        "RunAs=App;AppId=<client id>",
        "Update-Module <module>",
        "az cloud set --name <cloud>",
        "New-PowerAppManagementApp -ApplicationId <app id>",
        "Get-Mailbox -Identity <user>",
        "curl -v https://www.powershellgallery.com/",
        "Connect-ExchangeOnline -DisableWAM",
        "Connect-PnPOnline -Url <site> -Interactive -ClientId <app id>",
        "ConvertFrom-SecureString <token> -AsPlainText",
        "Disconnect-ExchangeOnline -Confirm:$false",
        "Install-Module <module> -Scope CurrentUser",
        "Set-ExecutionPolicy RemoteSigned -Scope CurrentUser",
        "Update-Module Microsoft.Graph.Authentication",
        "az role definition list -o table",
        "export NODE_EXTRA_CA_CERTS=/path/to/root.pem",
        "keytool -importcert -cacerts -alias proxy -file root.pem",
        "$Error[0] | Format-List * -Force",
        '$env:HTTPS_PROXY = "http://proxy.contoso.com:8080"',
        "Connect-AzAccount -TenantId <tenant>",
        "Connect-ExchangeOnline -DelegatedOrganization <tenant>",
        "Connect-MgGraph -TenantId <tenant>",
        "Connect-MgGraph -TenantId <tenant> -UseDeviceCode",
        "ConvertTo-SecureString <token> -AsPlainText -Force",
        "Get-ApplicationAccessPolicy | Format-List",
        "Get-ChildItem Cert:\\CurrentUser\\My",
        "Get-Command <cmdlet> -Syntax",
        "Get-ManagementRole -Cmdlet <cmdlet>",
        "Get-MgDomain -DomainId <domain>",
        "Get-Module -ListAvailable Az.Accounts,Microsoft.Graph.Authentication,ExchangeOnlineManagement",
        'New-SelfSignedCertificate -Provider "Microsoft Enhanced RSA and AES Cryptographic Provider" '
        "-KeySpec Signature",
        "Set-MgGraphOption -DisableLoginByWAM $true",
        "Update-AzConfig -EnableLoginByWam $false",
        "[Net.ServicePointManager]::SecurityProtocol = 'Tls12'",
        "az aks enable-addons --addons azure-keyvault-secrets-provider -n <cluster> -g <group>",
        "az keyvault recover --name <vault>",
        "az provider register --namespace Microsoft.PowerPlatform",
        "az upgrade",
        "azd auth login --tenant-id <tenant>",
        "azd config set auth.useAzCliAuth true",
        "kubectl get pods -A",
        "kubectl get pods -n kube-system -o wide",
        "Connect-AzAccount -AuthScope <auth scope>",
        "-Dhttps.proxyHost=<proxy> -Dhttps.proxyPort=<port>",
        "az cloud set --name AzureCloud",
        "az account clear",
        "az account get-access-token",
        "az login --service-principal --username <app id> --tenant <tenant>",
        'curl -s -H Metadata:true --noproxy "*" "http://169.254.169.254/metadata/instance?api-version=2021-02-01"',
        "az account list -o table",
        "az account set --subscription <subscription>",
        "az account show",
        "az ad app credential reset --id <app id> --append",
        "az ad sp create --id 4990cffe-04e8-4e8b-808a-1175604b879f",
        "az ad sp create --id <api id>",
        "az ad sp create --id <app id>",
        "az ad sp create --id fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd",
        "az ad sp show --id <app id>",
        "az ad sp show --id <app id> --query id",
        "az ad sp update --id <app id> --set accountEnabled=true",
        "az ad user update --id <user name> --account-enabled true",
        "az config set core.allow_broker=false",
        "az config set core.enable_broker_on_windows=false",
        "curl -v -x <proxy> https://<host>",
        "msstore reconfigure --tenantId <tenant> --sellerId <seller id> --clientId <client id> --clientSecret <secret>",
        "az group list -o table",
        "az keyvault certificate get-default-policy",
        "az keyvault certificate import --vault-name <vault> --name <name> --file <file>",
        "az keyvault list -o table",
        "az keyvault list-deleted -o table",
        "az keyvault network-rule add --name <vault> --ip-address <the address the service named>",
        "az keyvault secret list --vault-name <vault> -o table",
        "az keyvault secret list-deleted --vault-name <vault> -o table",
        "az keyvault secret list-versions --vault-name <vault> --name <secret> -o table",
        "az keyvault secret recover --vault-name <vault> --name <secret>",
        "az keyvault secret set-attributes --vault-name <vault> --name <secret> --enabled true",
        "az keyvault set-policy --name <vault> --object-id <object id> --secret-permissions get list set recover",
        "az login",
        "az login --tenant <tenant>",
        "az login --tenant <tenant> --allow-no-subscriptions",
        "az login --tenant <the vault's tenant id>",
        "az login --tenant <the vault's tenant id> --allow-no-subscriptions",
        "az logout",
        "az provider register --namespace <namespace>",
        "az provider register --namespace Microsoft.KeyVault",
        "az resource list -o table",
        "az role assignment create",
        'az role assignment create --role "Key Vault Certificates Officer" --assignee <object id> '
        "--scope $(az keyvault show --name <vault> --query id -o tsv)",
        'az role assignment create --role "Key Vault Crypto User" --assignee <object id> '
        "--scope $(az keyvault show --name <vault> --query id -o tsv)",
        'az role assignment create --role "Key Vault Secrets Officer" --assignee <object id> '
        "--scope $(az keyvault show --name <vault> --query id -o tsv)",
        'az role assignment create --role "Key Vault Secrets User" --assignee <object id> '
        "--scope $(az keyvault show --name <vault> --query id -o tsv)",
        "curl -sS -o /dev/null -w '%{http_code}\\n' https://<host>",
        "curl -sS -o /dev/null -w '%{time_total}' https://login.microsoftonline.com",
        "curl -v https://<host>/",
        "Connect-MgGraph -Scopes <permission>",
        "date -u",
        "echo $HTTPS_PROXY",
        "export HTTPS_PROXY=http://proxy.contoso.com:8080",
        "export REQUESTS_CA_BUNDLE=/path/to/bundle.pem",
        "nslookup <host>",
        "openssl pkcs8 -topk8 -nocrypt -in key.pem",
        "openssl s_client -connect <host>:443 </dev/null",
        "openssl x509 -in app.pem -noout -fingerprint -sha1",
        "openssl x509 -in cert.pem -text -noout",
        "partner-wizard explain -",
        "partner-wizard customers list --ask",
        "partner-wizard customers consent",
        "sudo timedatectl set-ntp true",
        "unset HTTPS_PROXY https_proxy",
        "unset REQUESTS_CA_BUNDLE CURL_CA_BUNDLE SSL_CERT_FILE",
        "w32tm /resync",
    }
)

ROLES: Final = frozenset(
    {
        "Admin agent",
        "Application Administrator",
        "Authentication Administrator",
        "Authentication Policy Administrator",
        "Cloud Application Administrator",
        "Cloud Device Administrator",
        "Conditional Access Administrator",
        "Contributor",
        "Directory Readers",
        "Exchange Administrator",
        "Fabric Administrator",
        "Global Administrator",
        "Intune Administrator",
        "Key Vault Certificate User",
        "Key Vault Certificates Officer",
        "Key Vault Crypto User",
        "Key Vault Secrets Officer",
        "Key Vault Secrets User",
        "Manager",
        "Owner",
        "Power Platform Administrator",
        "Privileged Role Administrator",
        "Referrals admin",
        "Role Based Access Control Administrator",
        "Security Administrator",
        "System Administrator",
        "User Access Administrator",
        "User Administrator",
    }
)
"""Roles of Entra ID, Azure and Partner Center. Source: protocol 1.6, 2.3, 4.5, 4.6, 6.5, 11.4, 11.7, 11.11."""
