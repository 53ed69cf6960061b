"""The vault of an onboarding: the fields that name it, and how it is opened as the identity the operator chose."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wizard.core.answers import Answers, Field, Kind, secret_name_error, vault_host, vault_url_error
from wizard.core.errors import BadInput, ServiceRefusal
from wizard.core.findings import Finding
from wizard.core.inbox import Purpose
from wizard.core.pasted_values import read_vault_url
from wizard.core.retries import with_retries
from wizard.onboarding.finding_builders import refused
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.identity import IDENTITY_CHOICES, interactive_sign_in
from wizard.onboarding.token_place import layout_of, stays_in_vault

if TYPE_CHECKING:
    from wizard.microsoft.key_vault import KeyVault, StoredSecret


def open_vault(onboarding: Onboarding, url: str = "") -> KeyVault:
    """Return the vault of the answers, or that of another address; a sign-in by a person is emitted as an event.

    Raises:
        BadInput: the address is no vault of the chosen cloud; nothing is sent to it.
        ServiceRefusal: the identity cannot sign in.
    """
    answers, cloud = onboarding.answers, onboarding.services.cloud
    host = vault_host(url or answers.vault_url)
    if not cloud.holds_vault(host):
        raise BadInput("vault_url", f"{host} is no vault of {cloud.title}, whose vaults end in .{cloud.vault_suffix}")

    return onboarding.services.vault(
        f"https://{host}",
        answers.vault_identity,
        onboarding.app_tenant_id,
        interactive_sign_in(onboarding, Purpose.VAULT),
    )


def read_secret(onboarding: Onboarding, vault: KeyVault, name: str, doing: str) -> StoredSecret | None:
    """Return the newest version of a secret, None where there is none; where nothing is written, it is read once.

    Args:
        onboarding: remembers what was read.
        vault: to be asked.
        name: of the secret.
        doing: what is done, as a wait says it.

    Raises:
        ServiceRefusal: the vault refuses.
        Unreachable: it could not be asked.
        Cancelled: the cancel signal was set.
    """
    known, key = onboarding.memory.read_secrets, (vault.host, name)
    if known is not None and key in known:
        return known[key]
    found = with_retries(onboarding, doing, lambda: vault.read(name))
    if known is not None:
        known[key] = found
    return found


def vault_refused(onboarding: Onboarding, refusal: ServiceRefusal, **evidence: str) -> Finding:
    """Return a vault's refusal as a finding, with the vault and the secret named in its commands.

    The secret is the token's, unless `evidence` names another one as `secret`.
    """
    host, name = vault_host(onboarding.answers.vault_url), evidence.get("secret") or onboarding.secret_name
    names = {"<vault>": host.partition(".")[0], "<secret>": "" if secret_name_error(name) else name}
    finding = refused(refusal, names=names)
    return replace(finding, evidence={"vault": host, **evidence, **finding.evidence})


def login_host_check(onboarding: Onboarding) -> tuple[str, ...]:
    """Return the check of the sign-in host, which the vault's identity needs; two identities do not use that host."""
    return () if onboarding.answers.vault_identity in {"managed", "cli"} else ("start.login",)


def has_credential_in_vault(answers: Answers) -> bool:
    """Return whether the app's credential is kept in the vault."""
    return answers.credential in {"vault_secret", "vault_certificate"}


RIGHTS: Final = ("user.vault_rights", "user.vault_settings")
"""Checks of what Azure shows of the vault."""
VAULT_FIELDS: Final = (
    Field(
        "vault_url",
        "Key vault",
        "Azure portal > Key vaults > the vault > Vault URI, such as https://contoso-partner.vault.azure.net; or the "
        "name for a new one.",
        validate=vault_url_error,
        reader=read_vault_url,
        is_long=True,
        unproves=("start.vault", *RIGHTS, "user.vault_reachable", "store"),
        keeps_facts=True,
    ),
    Field(
        "vault_secret",
        "Secret's name",
        "The name in the vault under which the refresh token is kept.",
        validate=secret_name_error,
        unproves=("user.vault_reachable", "store"),
        keeps_facts=True,
        asked_if=lambda answers: layout_of(answers) is None,
    ),
    Field(
        "vault_identity",
        "Vault identity",
        "As whom the wizard opens the vault. This identity needs the role Key Vault Secrets Officer there. "
        "If you do not know, leave it.",
        Kind.CHOICE,
        choices=IDENTITY_CHOICES,
        unproves=("start.vault_identity", *RIGHTS, "user.vault_reachable", "store"),
        keeps_facts=True,
    ),
    Field(
        "vault_replace",
        "May replace another secret",
        "Leave it off, and choose another name if this one is taken. If ticked, the token becomes the newest version "
        "of a secret of that name: programs that read it get the token, and its old value stays as an older version.",
        Kind.YES_NO,
        unproves=("user.vault_reachable", "store"),
        keeps_facts=True,
        asked_if=lambda answers: not stays_in_vault(answers),
    ),
)
"""Asked in step 4; in step 2 as well where the app's credential is kept in the vault."""
