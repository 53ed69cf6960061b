"""The identities that azure-identity could open the vault with from here, and why the others cannot.

Nothing is signed in and no token is asked for, so "can be used" says that an identity is set up, not that the vault
lets it in.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

import requests

from wizard.core.text import clean_line
from wizard.microsoft.http import IMDS_HOST, Http
from wizard.microsoft.http_response import read_json
from wizard.microsoft.program_output import find_program, read_program_output

PROGRAM_LIMIT: Final = 2.0
"""Seconds that a program of the machine is given to say who is signed in to it."""
IMDS_LIMIT: Final = 0.8
"""Seconds within which a virtual machine's endpoint has answered where there is one."""

TRIED_BY_DEFAULT: Final = (
    ("prod", "environmentcredential"),
    ("prod", "workloadidentitycredential"),
    ("prod", "managedidentitycredential"),
    ("dev", "azureclicredential"),
    ("dev", "azurepowershellcredential"),
    ("dev", "azuredeveloperclicredential"),
    (),
    (),
)
"""What AZURE_TOKEN_CREDENTIALS may say for DefaultAzureCredential to try each identity; it tries all where it is not
set."""


NOT_WANTED: Final = "another identity is chosen, or comes first"
"""Why an identity that takes time to check is not checked."""

_IN_A_BROWSER: Final = "somebody signs in when the vault is tried, in a browser here or elsewhere"
_BY_CODE: Final = "somebody signs in when the vault is tried, unless security defaults or a policy refuse the code"


class Usable(StrEnum):
    """Whether an identity could be used; `PERHAPS` where only using it would tell."""

    YES = "can be used"
    PERHAPS = "perhaps"
    NOT_CHECKED = "not checked"
    NO = "cannot be used"


@dataclass(frozen=True, slots=True)
class Identity:
    """One way to sign in to the vault.

    Args:
        key: what `vault_identity` of the answers calls it, "" where it cannot be chosen there by itself.
        name: a few words.
        usable: whether it could be used.
        why: which account it is, or why it cannot be used.
        is_default: whether "default" tries it.
    """

    key: str
    name: str
    usable: Usable
    why: str
    is_default: bool = False

    def __str__(self) -> str:
        return f"{self.usable.value}: {self.why}"


class Identities:
    """Finds identities without loading azure-identity.

    Args:
        http: the one HTTP path, for a virtual machine's own endpoint; its cancel signal ends the search.
        environ: the environment's variables.
        find: returns the path of a program.
    """

    def __init__(
        self,
        http: Http,
        environ: Mapping[str, str] | None = None,
        find: Callable[[str], str | None] = find_program,
    ) -> None:
        self._http = http
        self._environ = os.environ if environ is None else environ
        self._find = find

    def find_all(self, wanted: str) -> tuple[Identity, ...]:
        """Return every identity, in the order in which "default" tries them.

        Args:
            wanted: the `vault_identity` of the answers: a virtual machine's endpoint is asked only where it would be.

        Raises:
            Cancelled: the cancel signal was set.
        """
        narrowed = self._environ.get("AZURE_TOKEN_CREDENTIALS", "").strip().lower()
        is_tried = [bool(words) and (not narrowed or narrowed in words) for words in TRIED_BY_DEFAULT]

        def is_asked(key: str, before: list[Identity]) -> bool:
            """Return whether the vault is opened with it: it is chosen, or "default" comes as far as it."""
            is_found = any(tried and each.usable is Usable.YES for each, tried in zip(before, is_tried, strict=False))
            return wanted == key or (wanted == "default" and is_tried[len(before)] and not is_found)

        first = [self._environment_identity(), self._workload_identity()]
        first.append(self._managed_identity(is_asked=is_asked("managed", first)))
        found = (
            *first,
            self._cli_identity(is_asked=is_asked("cli", first)),
            self._program_identity("pwsh", "Azure PowerShell", "Connect-AzAccount"),
            self._program_identity("azd", "Azure Developer CLI", "azd auth login"),
            Identity("browser", "Sign-in in a browser", Usable.PERHAPS, _IN_A_BROWSER),
            Identity("device-code", "Sign-in with a code", Usable.PERHAPS, _BY_CODE),
        )
        return tuple(replace(each, is_default=tried) for each, tried in zip(found, is_tried, strict=True))

    def _environment_identity(self) -> Identity:
        """Read the variables as EnvironmentCredential does: a secret, else a certificate, else a password."""
        has, name = self._environ.get, "Environment"
        client = clean_line(has("AZURE_CLIENT_ID", ""), 80)
        forms = (
            (("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET"), "its secret"),
            (("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_CERTIFICATE_PATH"), "its certificate"),
            (("AZURE_CLIENT_ID", "AZURE_USERNAME", "AZURE_PASSWORD"), "a user's password"),
        )
        for needed, by in forms:
            if not all(has(variable) for variable in needed):
                continue
            file = has("AZURE_CLIENT_CERTIFICATE_PATH", "") if by == "its certificate" else ""
            if file and not Path(file).is_file():
                why = "AZURE_CLIENT_CERTIFICATE_PATH names a file that is not there"
                return Identity("environment", name, Usable.NO, why)
            return Identity("environment", name, Usable.YES, f"app {client} with {by}")
        missing = [each for each in ("AZURE_CLIENT_ID", "AZURE_TENANT_ID") if not has(each)]
        if not missing:
            missing = ["neither AZURE_CLIENT_SECRET nor AZURE_CLIENT_CERTIFICATE_PATH"]
        return Identity("environment", name, Usable.NO, _not_set(missing))

    def _workload_identity(self) -> Identity:
        """Read the variables as WorkloadIdentityCredential does."""
        needed = ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE")
        missing = [each for each in needed if not self._environ.get(each)]
        name = "Workload identity"
        if missing:
            return Identity("workload", name, Usable.NO, _not_set(missing))
        if not Path(self._environ["AZURE_FEDERATED_TOKEN_FILE"]).is_file():
            return Identity("workload", name, Usable.NO, "AZURE_FEDERATED_TOKEN_FILE names a file that is not there")
        return Identity("workload", name, Usable.YES, f"app {clean_line(self._environ['AZURE_CLIENT_ID'], 80)}")

    def _managed_identity(self, *, is_asked: bool) -> Identity:
        """Search as ManagedIdentityCredential does: a host's variables, else the endpoint of virtual machines."""
        has, name = self._environ.get, "Managed identity"
        if has("IDENTITY_ENDPOINT") and (has("IDENTITY_HEADER") or has("IMDS_ENDPOINT")):
            return Identity("managed", name, Usable.YES, "IDENTITY_ENDPOINT says that this host has one")
        if has("MSI_ENDPOINT") and not has("IDENTITY_ENDPOINT"):
            return Identity("managed", name, Usable.YES, "MSI_ENDPOINT says that this host has one")
        if not is_asked:
            return Identity("managed", name, Usable.NOT_CHECKED, NOT_WANTED)
        if self._is_azure_machine():
            why = "this is an Azure machine; whether an identity is assigned to it shows when the vault is tried"
            return Identity("managed", name, Usable.PERHAPS, why)
        return Identity(
            "managed", name, Usable.NO, "this is not an Azure machine (169.254.169.254 does not answer as one)"
        )

    def _is_azure_machine(self) -> bool:
        """Return whether the metadata endpoint is Azure's: it answers 400 and JSON to a request without its header."""
        http = self._http
        http.allowed_hosts.add_identity_endpoint(IMDS_HOST)
        url = f"http://{IMDS_HOST}/metadata/identity/oauth2/token"
        try:
            with http.scope.limited_to(IMDS_LIMIT):
                answer = http.session.request("GET", url, proxies={"http": ""}, allow_redirects=False)
        except requests.exceptions.RequestException:
            return False
        body = read_json(answer)
        return answer.status_code == 400 and isinstance(body, dict) and "error" in body

    def _cli_identity(self, *, is_asked: bool) -> Identity:
        """Ask as AzureCliCredential does: the az of the PATH, for whoever is signed in to it."""
        name, program = "Azure CLI", self._find("az")
        if program is None:
            return Identity("cli", name, Usable.NO, "az is not installed, or not on the PATH")
        if not is_asked:
            return Identity("cli", name, Usable.NOT_CHECKED, NOT_WANTED)
        output = read_program_output([program, "account", "show", "--output", "json"], PROGRAM_LIMIT, self._http.cancel)
        if output is None:
            return Identity("cli", name, Usable.PERHAPS, f"az did not answer within {PROGRAM_LIMIT:.0f} s")
        try:
            account = json.loads(output)
            user, tenant = account["user"]["name"], account["tenantId"]
        except (ValueError, TypeError, LookupError, RecursionError):
            return Identity("cli", name, Usable.NO, "nobody is signed in to it: run az login")
        return Identity("cli", name, Usable.YES, f"{clean_line(str(user), 120)}, tenant {clean_line(str(tenant), 60)}")

    def _program_identity(self, program: str, name: str, command: str) -> Identity:
        if self._find(program) is None:
            return Identity("", name, Usable.NO, f"{program} is not installed, or not on the PATH")
        return Identity("", name, Usable.PERHAPS, f"{program} is installed; whether {command} was run is not checked")


def _not_set(names: list[str]) -> str:
    if len(names) == 1 and names[0].startswith("neither"):
        return f"{names[0]} is set"
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} not set"
