"""Checks of the vault, which never change a live secret."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from wizard.core.answers import Answers, vault_host
from wizard.core.errors import ServiceRefusal, Unanswered, Unreachable
from wizard.core.findings import Finding, Outcome, Who
from wizard.core.retries import wait, with_retries
from wizard.core.timestamps import utc_time
from wizard.core.trouble import Trouble
from wizard.onboarding.finding_builders import NEW_SIGN_IN, could_not_tell, fails, fixed_by, holds, warns
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.account import other_accounts
from wizard.onboarding.probes.azure_identity import tenant_of, vault_token
from wizard.onboarding.probes.identity import close_prompt
from wizard.onboarding.probes.vault_access import open_vault, read_secret, vault_refused
from wizard.onboarding.probes.vault_fixes import NAME_CHECK, recover_secret
from wizard.onboarding.probes.vault_not_found import vault_not_found
from wizard.onboarding.probes.vault_rights import missing_right, role_works_by
from wizard.onboarding.sign_in.method import unanswered
from wizard.onboarding.token_place import stays_in_vault

if TYPE_CHECKING:
    from wizard.microsoft.key_vault import KeyVault, StoredSecret

REPLACE_ACTS: Final = (
    "Best choose another name under “Secret's name”.",
    "Or tick “May replace another secret”: the token becomes the newest version, which programs that read this secret "
    "then get; its old value stays as an older version.",
)
SECRET_GONE: Final = "The secret is gone from the vault"
FORBIDDEN: Final = frozenset({"ForbiddenByRbac", "ForbiddenByPolicy", "Forbidden"})
"""Key Vault's codes for a right that is missing (protocol 2.3)."""
ROLE_WORKS: Final = "the role that was assigned a moment ago"
ROLE_PAUSE: Final = timedelta(seconds=20)
DELETED: Final = "ObjectIsDeletedButRecoverable"
"""Key Vault's code for a name that a deleted secret holds."""


def check_vault_readable(onboarding: Onboarding) -> Finding:
    """The vault answers, and lets the secret's name be read."""

    def read() -> None:
        vault = open_vault(onboarding)
        try:
            read_secret(onboarding, vault, onboarding.secret_name, "reading the vault")
        except ServiceRefusal as refusal:
            if refusal.code != "SecretDisabled":
                raise

    host = vault_host(onboarding.answers.vault_url)
    return why_unread(onboarding, read) or holds("The vault can be reached and read.", vault=host)


def why_unread(onboarding: Onboarding, read: Callable[[], object], **evidence: str) -> Finding | None:
    """Read what is in the vault, once a role that was assigned a moment ago works; return why it cannot be read.

    Args:
        onboarding: names the vault.
        read: opens the vault and reads.
        evidence: as for `vault_refused`.

    Raises:
        Unreachable: another host did not answer.
        Cancelled: the cancel signal was set.
    """
    answers = onboarding.answers
    host = vault_host(answers.vault_url)
    prompt_ended = "the code can no longer be used"
    try:
        once_role_works(onboarding, read)
        prompt_ended = "the code is used"
    except Unanswered as error:
        return unanswered(error, "somebody", "A new code is shown then.")
    except Unreachable as error:
        if error.kind not in {Trouble.NAME, Trouble.TUNNEL} or error.host != host:
            raise
        return vault_not_found(onboarding, host, error.detail)
    except ServiceRefusal as refusal:
        said = vault_refused(onboarding, refusal, identity=answers.vault_identity, **evidence)
        return with_missing_right(onboarding, refusal, said)
    finally:
        close_prompt(onboarding, prompt_ended)
    return None


def check_vault_writable(onboarding: Onboarding) -> Finding:
    """A disabled dummy beside the secret can be written; a live secret is not touched, and the dummy is kept."""
    from wizard.microsoft.key_vault import WRITE_CHECK

    name = onboarding.secret_name
    vault = open_vault(onboarding)
    try:
        once_role_works(
            onboarding,
            lambda: with_retries(onboarding, "writing a disabled dummy", lambda: vault.prove_write_access(name)),
        )
    except ServiceRefusal as refusal:
        if refusal.status == 409:
            finding = could_not_tell(f"A deleted secret holds the name {name + WRITE_CHECK}; storing will show it.")
            return with_recovery(onboarding, refusal, finding, name + WRITE_CHECK, "recover-write-check")
        if refusal.code in FORBIDDEN and not _may_read(onboarding, vault, name + WRITE_CHECK):
            return could_not_tell(
                f"The right to write may be given for the secret {name} alone, so a dummy beside it proves nothing; "
                "storing the token will show it.",
                "If storing fails, have the role Key Vault Secrets Officer given; the sign-in is kept meanwhile.",
                Who.ADMIN,
            )
        return with_missing_right(onboarding, refusal, vault_refused(onboarding, refusal))
    return holds("The vault can be written.", dummy=name + WRITE_CHECK)


def check_secret_name(onboarding: Onboarding) -> Finding:
    """The secret's name is free, ours by its tags, or may be replaced."""
    answers, vault = onboarding.answers, open_vault(onboarding)
    name = onboarding.secret_name
    if stays_in_vault(answers):
        return holds(f"{name} is the secret whose token is taken over; no value is written to it.", secret=name)
    try:
        found = with_retries(onboarding, "reading the vault", lambda: vault.read(name))
    except ServiceRefusal as refusal:
        if refusal.code != "SecretDisabled":
            return vault_refused(onboarding, refusal)
        return foreign_secret(answers, f"The newest version of {name} is disabled, so whose it is cannot be seen.")
    if found is None:
        return _free_or_deleted(onboarding, vault, name)
    if finding := other_accounts(onboarding, found):
        return finding
    if onboarding.owner.owns(found):
        return holds(f"{name} is this tenant's and app's own; a new version will follow it.", version=found.version)
    return foreign_secret(answers, f"The vault already has a secret {name} that is not of this tenant and app.")


def recheck_secret_name(onboarding: Onboarding) -> Finding:
    """The newest version of the stored secret is this tenant's and app's own, by its tags."""
    name, vault = onboarding.secret_name, open_vault(onboarding)
    try:
        found = read_secret(onboarding, vault, name, "reading the vault")
    except ServiceRefusal as refusal:
        return vault_refused(onboarding, refusal)
    if found is None:
        deleted = _free_or_deleted(onboarding, vault, name)
        if deleted.outcome is Outcome.FAILS:
            return deleted
        acts = ("Find out who removed it.", NEW_SIGN_IN)
        return fails(f"The vault has no secret {name} any more.", acts, Who.ADMIN, title=SECRET_GONE)
    if is_renewed_by_tool(onboarding, found):
        return warns(
            f"The newest version of {name} carries no tags of this onboarding. The token was taken over from another "
            "tool, which writes such versions when it renews it.",
            "Let it be marked: partner-wizard run --again, or step 5 of the wizard.",
            Who.OPERATOR,
            title="The newest version is not marked yet",
            version=found.version,
        )
    if not onboarding.owner.owns(found):
        return foreign_version(name, found)
    return holds(f"The newest version of {name} is this tenant's and app's own.", version=found.version)


def is_renewed_by_tool(onboarding: Onboarding, found: StoredSecret) -> bool:
    """Return whether a version without tags follows a token that was taken over where another tool keeps it."""
    says_whose = any(tag in found.tags for tag in onboarding.owner.tags)
    return stays_in_vault(onboarding.answers) and found.enabled and not says_whose


def foreign_secret(answers: Answers, message: str) -> Finding:
    """Return the finding of a secret that is not this onboarding's: it holds if the operator lets it be replaced."""
    if answers.vault_replace:
        return holds(f"{message} It may become a new version, as you said.", replace=True)
    return fails(message, REPLACE_ACTS, Who.OPERATOR, replace=False)


def foreign_version(name: str, found: StoredSecret) -> Finding:
    """Return the finding of a newest version that is somebody else's: programs get that one in place of the token."""
    when = f", written on {utc_time(found.created_at)}," if found.created_at else ""
    return fails(
        f"The newest version of {name}{when} is not marked as this tenant's and app's.",
        (
            f"Find out who wrote it: programs that read {name} get it instead of the token.",
            "If a program of yours renews the token there, let it write the tags tenant_id and client_id too.",
            NEW_SIGN_IN,
        ),
        Who.OPERATOR,
        Who.ADMIN,
        title="The newest version is somebody else's",
        version=found.version,
    )


def once_role_works(onboarding: Onboarding, call: Callable[[], object]) -> None:
    """Make a request to the vault; while a role that was assigned a moment ago does not work there yet, wait for it.

    Raises:
        ServiceRefusal: the vault refuses for another reason, or still does.
        Unreachable, Cancelled: as the request.
    """
    since = onboarding.clock.now()
    while True:
        try:
            call()
        except ServiceRefusal as refusal:
            until = role_works_by(onboarding) if refusal.code in FORBIDDEN else None
            if until is None or onboarding.clock.now() + ROLE_PAUSE > until:
                raise
            wait(onboarding, ROLE_WORKS, ROLE_PAUSE.total_seconds(), until=until, since=since)
        else:
            return


def with_vault_fixes(onboarding: Onboarding, refusal: ServiceRefusal, finding: Finding) -> Finding:
    """Return the finding of a write that was refused, with what puts it right: a right, or the deleted secret."""
    return with_recovery(onboarding, refusal, with_missing_right(onboarding, refusal, finding), onboarding.secret_name)


def with_missing_right(onboarding: Onboarding, refusal: ServiceRefusal, finding: Finding) -> Finding:
    """Return the finding of a refusal with the fix that gives the right, if it is one that is missing."""
    return fixed_by(finding, *missing_right(onboarding)) if refusal.code in FORBIDDEN else finding


def with_recovery(
    onboarding: Onboarding, refusal: ServiceRefusal, finding: Finding, name: str, fix: str = "recover-secret"
) -> Finding:
    """Return a finding with the fix that recovers a secret of this name, where the vault says that it lies deleted."""
    if refusal.code != DELETED:
        return finding
    try:
        tenant_id = tenant_of(vault_token(onboarding))
    except (ServiceRefusal, Unreachable):
        return finding
    check = NAME_CHECK if fix == "recover-secret" else ""
    host = vault_host(onboarding.answers.vault_url)
    return fixed_by(finding, recover_secret(host, name, tenant_id, name=fix, check=check))


def _free_or_deleted(onboarding: Onboarding, vault: KeyVault, name: str) -> Finding:
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
    deleted = ServiceRefusal("key_vault", DELETED, "Conflict", taken, status=409)
    return with_recovery(onboarding, deleted, vault_refused(onboarding, deleted, secret=name), name)


def _may_read(onboarding: Onboarding, vault: KeyVault, name: str) -> bool:
    """Return whether a name without a live secret may be read: then the rights are for the whole vault."""
    try:
        with_retries(onboarding, "reading the vault", lambda: vault.read(name))
    except ServiceRefusal as refusal:
        return refusal.code == "SecretDisabled"
    return True
