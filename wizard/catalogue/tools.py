"""Fits the acts of an answer to the program that the text is of, such as Azure PowerShell or a workflow."""

from __future__ import annotations

import re
from typing import Final

from wizard.core.late_pattern import late_pattern

_POWERSHELL: Final = late_pattern(
    r"\b(?:Connect|Get|Set|New|Add|Remove|Select|Invoke|Update|Clear|Disconnect|Restore|Backup)-Az(?:ureRm)?[A-Z]"
    r"|\bAz\.[A-Z][A-Za-z]+\b|Microsoft\.Azure\.Commands\.|Unable to acquire token for tenant",
    needs=("-Az", "Az.", "Azure.Commands", "Unable to acquire"),
)
_AZURE_CLI: Final = late_pattern(
    r"(?<![\w./-])az (?:login|account|keyvault|ad|role|cloud|group|config|vm|aks|rest|storage|webapp)\b"
    r"|\bazure[ -]cli\b|AzureCliCredential",
    re.IGNORECASE,
    needs=("az ", "azure-cli", "azure cli", "azurecli"),
)
# What the logs of a workflow or pipeline have in front of their lines, or say of their step.
_WORKFLOW: Final = late_pattern(
    r"##\[(?:error|debug|section|command)\]|\bazure/login@|Running Azure CLI Login|/home/(?:runner|vsts)/"
    r"|Double check if the 'auth-type' is correct|hostedtoolcache",
    re.IGNORECASE,
    needs=("##[", "azure/login@", "azure cli login", "/home/", "auth-type", "hostedtoolcache"),
)
_USUAL: Final = ("get", "list", "set", "recover")
"""The permissions that a command of the catalogue gives for secrets."""
_SECRETS_PERMISSION: Final = late_pattern(
    r"\bsecrets? (get|list|set|delete|backup|restore|recover|purge) permission\b",
    re.IGNORECASE,
    needs=(" permission",),
)
_A_PERSON_SIGNS_IN: Final = late_pattern(r"`az login(?: --tenant <[^`]{1,40}>)?`")
# A command of the Azure CLI, and the same for Azure PowerShell. Source: Microsoft's reference pages of both.
_SAME: Final = (
    ("az login --tenant ", "Connect-AzAccount -Tenant "),
    ("az login", "Connect-AzAccount"),
    ("az logout", "Disconnect-AzAccount"),
    ("az account list -o table", "Get-AzSubscription"),
    ("az account set --subscription ", "Set-AzContext -Subscription "),
    ("az account show", "Get-AzContext"),
    ("az account clear", "Clear-AzContext"),
    ("az cloud set --name ", "Connect-AzAccount -Environment "),
    ("az ad sp create --id ", "New-AzADServicePrincipal -ApplicationId "),
    ("az ad sp show --id ", "Get-AzADServicePrincipal -ApplicationId "),
    ("az group list -o table", "Get-AzResourceGroup"),
    ("az resource list -o table", "Get-AzResource"),
    ("az keyvault list -o table", "Get-AzKeyVault"),
    ("az keyvault list-deleted -o table", "Get-AzKeyVault -InRemovedState"),
    ("az keyvault secret list --vault-name <vault> -o table", "Get-AzKeyVaultSecret -VaultName <vault>"),
    (
        "az keyvault set-policy --name <vault> --object-id <object id> --secret-permissions get list set recover",
        "Set-AzKeyVaultAccessPolicy -VaultName <vault> -ObjectId <object id> "
        "-PermissionsToSecrets get,list,set,recover",
    ),
    (
        "az keyvault network-rule add --name <vault> --ip-address ",
        "Add-AzKeyVaultNetworkRule -VaultName <vault> -IpAddressRange ",
    ),
    *(
        (
            f'az role assignment create --role "{role}" --assignee <object id> '
            "--scope $(az keyvault show --name <vault> --query id -o tsv)",
            f'New-AzRoleAssignment -ObjectId <object id> -RoleDefinitionName "{role}" '
            "-Scope (Get-AzKeyVault -VaultName <vault>).ResourceId",
        )
        for role in ("Key Vault Secrets User", "Key Vault Secrets Officer")
    ),
    ("az provider register --namespace ", "Register-AzResourceProvider -ProviderNamespace "),
)


def is_of_azure_powershell(text: str) -> bool:
    """Return whether a text is of Azure PowerShell, and not of the Azure CLI."""
    return bool(_POWERSHELL.search(text)) and not _AZURE_CLI.search(text)


def is_of_a_workflow(text: str) -> bool:
    """Return whether a text is of a workflow or pipeline, where nobody can sign in by hand."""
    return bool(_WORKFLOW.search(text))


def for_a_workflow(actions: tuple[str, ...]) -> tuple[str, ...]:
    """Return actions without those by which a person signs in; all of them where there are no others."""
    return tuple(act for act in actions if not _A_PERSON_SIGNS_IN.search(act)) or actions


def for_azure_powershell(actions: tuple[str, ...]) -> tuple[str, ...]:
    """Return actions with the commands of Azure PowerShell; one that has none there stays as it is.

    Args:
        actions: of the catalogue, with their placeholders.
    """
    return tuple(_translated(act) for act in actions)


def with_permission(actions: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Return actions in which a command that sets permissions for secrets names the one that a text asks for as well.

    Args:
        actions: of the catalogue.
        text: of the refusal, which may say "does not have secrets purge permission".
    """
    found = _SECRETS_PERMISSION.search(text)
    permission = found[1].lower() if found else ""
    if not permission or permission in _USUAL:
        return actions
    usual = (" ".join(_USUAL), ",".join(_USUAL))
    return tuple(
        act.replace(usual[0], f"{usual[0]} {permission}").replace(usual[1], f"{usual[1]},{permission}")
        for act in actions
    )


def _translated(act: str) -> str:
    for command, same in _SAME:
        if f"`{command}" in act and "Azure CLI" not in act:
            return act.replace(f"`{command}", f"`{same}").replace(" --allow-no-subscriptions`", "`")
    return act
