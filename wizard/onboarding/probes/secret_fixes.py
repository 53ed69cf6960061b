"""The fix that makes a client secret of the app and puts it into the key vault: nobody sees it on the way.

Graph gives the value once, in its answer (protocol 6.2); if the vault does not take it, the secret is removed again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from wizard.core.answers import vault_host
from wizard.core.fix_conditions import Lacks, Precondition
from wizard.core.fixes import Api, ChangeRequest, Fix
from wizard.core.timestamps import day, timestamp
from wizard.microsoft.graph import Unread
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_fixes import CHANGES_APPS, application_path, shell_command
from wizard.onboarding.probes.credential_policy import read_credential_rules
from wizard.onboarding.probes.graph_identity import no_graph_identity
from wizard.onboarding.probes.key_fixes import CREDENTIAL_COMMAND, SECRETS
from wizard.onboarding.probes.vault_fixes import SECRETS_VERSION

LIFE: Final = timedelta(days=180)
"""How long a new secret lasts, unless the tenant wants less: what the portal proposes (protocol 6.2)."""
SETS: Final = "Microsoft.KeyVault/vaults/secrets/setSecret/action"
VALUE: Final = "secretText"
"""The member of Graph's answer that is the secret."""
MADE_TODAY: Final = (
    "A secret of this name was made a moment ago, and nobody can read its value again. Remove it under Certificates & "
    "secrets, or wait a minute, and check again."
)


def add_secret(onboarding: Onboarding) -> tuple[Fix, ...]:
    """Return the fix that makes a client secret and keeps it in the vault.

    None where the app's secret is not kept there, nobody reads Graph, or the tenant forbids secrets.

    Raises:
        Cancelled: the cancel signal was set.
    """
    answers = onboarding.answers
    if answers.credential != "vault_secret" or no_graph_identity(onboarding):
        return ()
    rules, _ = read_credential_rules(onboarding)
    if isinstance(rules, Unread) or rules.forbids_secrets:
        return ()
    now = onboarding.clock.now()
    ends = now + min(LIFE, rules.secret_life or LIFE)
    name = f"partner-wizard {onboarding.now_stamp()[:16]}"  # to the minute
    path, kept_as = application_path(answers.client_id), answers.credential_name
    host = vault_host(answers.vault_url)
    undo = ChangeRequest("POST", f"{path}/removePassword", {"keyId": "{secret.keyId}"}, CHANGES_APPS)
    is_new = Precondition(f"{path}?$select={SECRETS}", {SECRETS: Lacks({"displayName": name})}, otherwise=MADE_TODAY)
    wanted = {"passwordCredential": {"displayName": name, "endDateTime": timestamp(ends)}}
    make = ChangeRequest(
        "POST", f"{path}/addPassword", wanted, CHANGES_APPS, gives="secret", precondition=is_new, undo=undo,
        gives_secret=VALUE,
    )  # fmt: skip
    tags = {**onboarding.owner.tags, "created_at": onboarding.now_stamp()}
    kept = {"value": f"{{secret.{VALUE}}}", "tags": tags, "attributes": {"exp": int(ends.timestamp())}}
    keep = ChangeRequest("PUT", f"/secrets/{kept_as}?api-version={SECRETS_VERSION}", kept, SETS, api=Api.KEY_VAULT)
    return (
        Fix(
            "add-secret",
            f"Make a client secret and keep it in the vault as {kept_as}",
            (make, keep),
            f"The app gets a secret that lasts until {day(ends)}. Its value goes into {host} as the newest version of "
            f"{kept_as}, and nobody sees it. Secrets that the app has stay, and so do older versions.",
            f"Remove the secret “{name}” under App registrations > the app > Certificates & secrets.",
            _command(answers.client_id, name, day(ends), host.partition(".")[0], kept_as),
        ),
    )


def _command(client_id: str, name: str, ends: str, vault: str, kept_as: str) -> str:
    """Return the command that does the same; the value goes through a pipe."""
    made = shell_command(
        *CREDENTIAL_COMMAND, "reset", "--id", client_id, "--append", "--display-name", name, "--end-date", ends,
        "--query", "password", "--output", "tsv",
    )  # fmt: skip
    keep = shell_command(
        "az", "keyvault", "secret", "set", "--vault-name", vault, "--name", kept_as, "--file", "/dev/stdin"
    )
    return f"{made} | tr -d '\\n' | {keep} --output none"
