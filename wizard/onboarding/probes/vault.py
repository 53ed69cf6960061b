"""The vault of a journey: opened as the identity the operator chose, and tried without touching a live secret."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wizard.core.answers import Answers, Field, Kind, check_secret_name, check_vault_url, vault_host
from wizard.core.errors import BadInput, ServiceRefusal, Unanswered, Unreachable
from wizard.core.findings import Finding, Outcome, Who
from wizard.core.inbox import Purpose
from wizard.core.retries import with_retries
from wizard.core.trouble import Trouble
from wizard.onboarding.probes.identity import IDENTITIES, blank_code, sign_in_prompts
from wizard.onboarding.sign_in.method import unanswered
from wizard.onboarding.step import SIGN_IN_ANEW, Onboarding, could_not_tell, fails, holds, refused

if TYPE_CHECKING:
    from wizard.microsoft.key_vault import KeyVault, StoredSecret

REPLACING = (
    "Best choose another name under “Secret's name”. Or tick “May replace another secret”: the token becomes the "
    "newest version, which programs that read this secret then get; its old value stays as an older version."
)
FORBIDDEN = {"ForbiddenByRbac", "ForbiddenByPolicy", "Forbidden"}
"""Key Vault's codes for a right that is missing (protocol 2.3)."""


def open_vault(onboarding: Onboarding) -> KeyVault:
    """The vault of the answers; a device-code sign-in for it is told as an event.

    Raises:
        BadInput: the address is no vault of the chosen cloud; nothing is sent to it.
        ServiceRefusal: the identity cannot sign in.
    """
    answers, cloud = onboarding.answers, onboarding.services.cloud
    host = vault_host(answers.vault_url)
    if not cloud.holds_vault(host):
        raise BadInput("vault_url", f"{host} is no vault of {cloud.title}, whose vaults end in .{cloud.vault_suffix}")

    return onboarding.services.vault(
        f"https://{host}",
        answers.vault_identity,
        onboarding.facts.tenant_id,
        sign_in_prompts(onboarding, Purpose.VAULT),
    )


def vault_refused(onboarding: Onboarding, refusal: ServiceRefusal, **evidence: str) -> Finding:
    """A vault's refusal as a finding, with the vault, the secret and what the service named put into its commands."""
    host, name = vault_host(onboarding.answers.vault_url), onboarding.answers.vault_secret
    names = {"<vault>": host.partition(".")[0], "<secret>": "" if check_secret_name(name) else name}
    finding = refused(refusal, names=names)
    return replace(finding, evidence={"vault": host, **evidence, **finding.evidence})


def vault_reachable(onboarding: Onboarding) -> Finding:
    """The vault answers, and lets the secret's name be read."""
    answers = onboarding.answers
    host = vault_host(answers.vault_url)
    why = "the code is of no use any more"
    try:
        vault = open_vault(onboarding)
        with_retries(onboarding, "reading the vault", lambda: vault.read(answers.vault_secret))
        why = "the code is used"
    except Unanswered as trouble:
        return unanswered(trouble, "somebody", "A new code is shown then.")
    except Unreachable as trouble:
        if trouble.kind not in {Trouble.NAME, Trouble.TUNNEL} or trouble.host != host:
            raise
        return fails(
            f"{host} cannot be found: {trouble.detail}.",
            "Check the vault's name (Azure portal > Key vaults > the vault > Vault URI). A vault with a private "
            "endpoint is found only from its own network.",
            Who.OPERATOR,
            host=host,
        )
    except ServiceRefusal as refusal:
        if refusal.code == "SecretDisabled":
            return holds("The vault can be reached and read.", vault=host)
        return vault_refused(onboarding, refusal, identity=answers.vault_identity)
    finally:
        blank_code(onboarding, why)
    return holds("The vault can be reached and read.", vault=host)


def vault_writable(onboarding: Onboarding) -> Finding:
    """A disabled dummy beside the name can be written; a live secret is not touched, and the dummy is kept."""
    from wizard.microsoft.key_vault import WRITE_CHECK

    name = onboarding.answers.vault_secret
    vault = open_vault(onboarding)
    try:
        with_retries(onboarding, "writing a disabled dummy", lambda: vault.prove_write_access(name))
    except ServiceRefusal as refusal:
        if refusal.status == 409:
            return could_not_tell(f"A deleted secret holds the name {name + WRITE_CHECK}; storing will show it.")
        if refusal.code in FORBIDDEN and not _may_read(onboarding, vault, name + WRITE_CHECK):
            return could_not_tell(
                f"The right to write may be given for the secret {name} alone, so a dummy beside it proves nothing; "
                "storing the token will show it.",
                "If storing fails, have the role Key Vault Secrets Officer given; the sign-in is kept meanwhile.",
                Who.ADMIN,
            )
        return vault_refused(onboarding, refusal)
    return holds("The vault can be written.", dummy=name + WRITE_CHECK)


def _may_read(onboarding: Onboarding, vault: KeyVault, name: str) -> bool:
    """Whether a name without a live secret may be read: then the rights are the whole vault's, not one secret's."""
    try:
        with_retries(onboarding, "reading the vault", lambda: vault.read(name))
    except ServiceRefusal as refusal:
        return refusal.code == "SecretDisabled"
    return True


def secret_name(onboarding: Onboarding) -> Finding:
    """The secret's name is absent, ours by its tags, or may be replaced."""
    answers, vault = onboarding.answers, open_vault(onboarding)
    name = answers.vault_secret
    try:
        found = with_retries(onboarding, "reading the vault", lambda: vault.read(name))
    except ServiceRefusal as refusal:
        if refusal.code != "SecretDisabled":
            return vault_refused(onboarding, refusal)
        return someone_elses(answers, f"The newest version of {name} is disabled, so whose it is cannot be seen.")
    if found is None:
        return _deleted_or_free(onboarding, vault, name)
    if onboarding.owner.owns(found):
        return holds(f"{name} is this tenant's and app's own; a new version will follow it.", version=found.version)
    return someone_elses(answers, f"The vault already has a secret {name} that is not of this tenant and app.")


def someone_elses(answers: Answers, message: str) -> Finding:
    """A secret that is not this journey's own: holds only where the operator says that it may be replaced."""
    if answers.vault_replace:
        return holds(f"{message} It may become a new version, as you said.", replace=True)
    return fails(
        message,
        REPLACING,
        Who.OPERATOR,
        replace=False,
    )


def identity_first(onboarding: Onboarding) -> tuple[str, ...]:
    """The check of the host where the vault's identity signs in; two identities have ways of their own."""
    return () if onboarding.answers.vault_identity in {"managed", "cli"} else ("start.login",)


def still_ours(onboarding: Onboarding) -> Finding:
    """The newest version of the stored secret is this tenant's and app's own, by its tags."""
    name, vault = onboarding.answers.vault_secret, open_vault(onboarding)
    try:
        found = with_retries(onboarding, "reading the vault", lambda: vault.read(name))
    except ServiceRefusal as refusal:
        return vault_refused(onboarding, refusal)
    if found is None:
        deleted = _deleted_or_free(onboarding, vault, name)
        if deleted.outcome is Outcome.FAILS:
            return deleted
        return fails(f"The vault has no secret {name} any more.", f"Find out who removed it. {SIGN_IN_ANEW}", Who.ADMIN)
    if not onboarding.owner.owns(found):
        return not_ours(name, found)
    return holds(f"The newest version of {name} is this tenant's and app's own.", version=found.version)


def not_ours(name: str, found: StoredSecret) -> Finding:
    """The newest version is somebody else's: programs that read the secret get that one instead of the token."""
    when = f", written on {found.created_at:%Y-%m-%d at %H:%M} UTC," if found.created_at else ""
    return fails(
        f"The newest version of {name}{when} is not marked as this tenant's and app's.",
        f"Find out who wrote it: programs that read {name} get it instead of the token. Does a program of yours renew "
        f"the token there, let it write the tags tenant_id and client_id too. {SIGN_IN_ANEW}",
        Who.OPERATOR,
        Who.ADMIN,
        version=found.version,
    )


def _deleted_or_free(onboarding: Onboarding, vault: KeyVault, name: str) -> Finding:
    try:
        is_deleted = with_retries(onboarding, "looking for a deleted secret", lambda: vault.is_soft_deleted(name))
    except ServiceRefusal as refusal:
        if refusal.code not in FORBIDDEN:
            return vault_refused(onboarding, refusal)
        return could_not_tell(
            f"There is no secret {name}; whether a deleted one holds the name cannot be seen. Storing will show it."
        )
    if not is_deleted:
        return holds(f"The name {name} is free.", secret=name)
    taken = f"a deleted secret holds the name {name}"
    return vault_refused(
        onboarding,
        ServiceRefusal("key_vault", "ObjectIsDeletedButRecoverable", "Conflict", taken, status=409),
        secret=name,
    )


def in_vault(answers: Answers) -> bool:
    """Whether the app's credential lies in the vault."""
    return answers.credential in {"vault_secret", "vault_certificate"}


VAULT_FIELDS = (
    Field(
        "vault_url",
        "Key vault",
        "Azure portal > Key vaults > the vault > Vault URI, such as https://contoso-partner.vault.azure.net.",
        check=check_vault_url,
        is_long=True,
        unproves=("start.vault", "user.vault_reachable", "store"),
    ),
    Field(
        "vault_secret",
        "Secret's name",
        "The name in the vault under which the refresh token is kept.",
        check=check_secret_name,
        unproves=("user.vault_reachable", "store"),
    ),
    Field(
        "vault_identity",
        "Vault identity",
        "As whom the wizard opens the vault. This identity needs the role Key Vault Secrets Officer there.",
        Kind.CHOICE,
        choices=IDENTITIES,
        unproves=("start.vault_identity", "user.vault_reachable", "store"),
    ),
    Field(
        "vault_replace",
        "May replace another secret",
        "Another name is better. Ticked, the token becomes the newest version of a secret of that name: programs that "
        "read it get the token, and its old value stays as an older version.",
        Kind.YES_NO,
        unproves=("user.vault_reachable", "store"),
    ),
)
"""Asked in step 4; in step 2 as well where the app's credential lies in the vault."""
