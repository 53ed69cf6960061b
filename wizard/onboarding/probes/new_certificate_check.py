"""The app's certificate: whether it is there, or is to be created, which is done only if the operator says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from wizard.core.answers import vault_host
from wizard.core.errors import BadInput
from wizard.core.findings import Finding, Who
from wizard.core.retries import with_retries
from wizard.core.timestamps import day, timestamp
from wizard.core.typed_commands import typed_command
from wizard.onboarding.finding_builders import fails, fixed_by, holds
from wizard.onboarding.health_rule import not_in_health_check
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.credential_in_vault import no_vault_named, why_no_credential
from wizard.onboarding.probes.credential_policy import read_credential_rules
from wizard.onboarding.probes.graph_identity import no_graph_identity
from wizard.onboarding.probes.key_fixes import add_certificate
from wizard.onboarding.probes.vault_access import open_vault
from wizard.onboarding.step import Check

if TYPE_CHECKING:
    from wizard.microsoft.credential_rules import CredentialRules
    from wizard.microsoft.key_vault import StoredSecret
    from wizard.microsoft.new_certificate import NewCertificate

UPLOAD_PAGE: Final = "entra.microsoft.com > App registrations > the app > Certificates & secrets > Certificates"
MADE: Final = "A new certificate waits for its upload"
SELF_SIGNED_IS_REFUSED: Final = fails(
    "The tenant takes certificates only from an authority that it trusts, so one that is created here would be "
    "refused; none was created.",
    (
        "Have that authority issue a certificate, and enter its file.",
        "Or no secret at all: a federated credential of a managed or workload identity.",
    ),
    Who.OPERATOR,
    title="The tenant refuses certificates that sign themselves",
    field="certificate",
)


def check_certificate(onboarding: Onboarding) -> Finding:
    """The certificate is there; a new one is created if it is not, and the operator has said so."""
    if onboarding.answers.credential == "certificate":
        return _in_file(onboarding)
    return _in_vault(onboarding)


def _in_file(onboarding: Onboarding) -> Finding:
    answers = onboarding.answers
    path = Path(answers.certificate).expanduser()
    if path.exists() or path.is_symlink():
        return holds(f"The file {path} is there.", file=str(path))
    if not answers.certificate_create:
        return _missing(f"There is no file {path}.")
    from wizard.microsoft.new_certificate import passphrase_error, public_path, write_certificate

    if answers.passphrase is None or passphrase_error(answers.passphrase):
        raise BadInput("passphrase", passphrase_error(answers.passphrase))
    rules = _rules(onboarding)
    if rules.needs_trusted_issuer:
        return SELF_SIGNED_IS_REFUSED
    made = write_certificate(
        path, _name(onboarding), onboarding.clock.now(), answers.passphrase, rules.certificate_life
    )
    return _made(
        onboarding,
        made,
        f"A new certificate is in {path}; its key is encrypted with the passphrase, and nowhere else.",
        public_path(path).name,
    )


def _in_vault(onboarding: Onboarding) -> Finding:
    answers = onboarding.answers
    if not answers.vault_url:
        return no_vault_named()
    name = answers.credential_name
    found: list[StoredSecret | None] = []
    if why := why_no_credential(onboarding, lambda: found.append(_read(onboarding, name))):
        return why
    vault = open_vault(onboarding)
    if found[0] is not None:
        return holds(f"The vault has {name}.", vault=vault.host)
    if not answers.certificate_create:
        return _missing(f"The vault {vault.host} has no {name}.")
    from wizard.microsoft.new_certificate import make_certificate

    rules = _rules(onboarding)
    if rules.needs_trusted_issuer:
        return SELF_SIGNED_IS_REFUSED
    made = make_certificate(_name(onboarding), onboarding.clock.now(), None, rules.certificate_life)
    tags = {**onboarding.owner.tags, "thumbprint": made.thumbprint, "created_at": onboarding.now_stamp()}
    with_retries(onboarding, "storing the certificate", lambda: vault.write(name, made.pem, tags, made.expires_at))
    label = vault_host(answers.vault_url).partition(".")[0]
    return _made(
        onboarding,
        made,
        f"A new certificate is in the vault {vault.host} as {name}; its key was never in a file.",
        "app-public.pem",
        f"Take out the public part: `az keyvault secret show --vault-name {label} --name {name} --query value -o tsv | "
        "openssl x509 -out app-public.pem`.",
    )


def _read(onboarding: Onboarding, name: str) -> StoredSecret | None:
    vault = open_vault(onboarding)
    return with_retries(onboarding, "reading the app's certificate", lambda: vault.read(name))


def _rules(onboarding: Onboarding) -> CredentialRules:
    """Return what the tenant wants of a new certificate, as far as a Graph identity may read it."""
    from wizard.microsoft.credential_rules import CredentialRules

    if no_graph_identity(onboarding):
        return CredentialRules()
    rules, _ = read_credential_rules(onboarding)
    return rules if isinstance(rules, CredentialRules) else CredentialRules()


def _missing(message: str) -> Finding:
    return fails(
        message,
        (
            "Correct it if it is somewhere else.",
            "Or tick “Create it if it is missing”: a new certificate is made, whose public part is then uploaded.",
        ),
        Who.OPERATOR,
        field="certificate_create",
    )


def _made(onboarding: Onboarding, made: NewCertificate, message: str, public_part: str, *before: str) -> Finding:
    """Return the finding that a new certificate has to be uploaded: what to do `before`, and the file to upload."""
    client_id, file = onboarding.answers.client_id, typed_command(f"@{public_part}")
    finding = fails(
        f"{message} Entra does not know it yet.",
        (
            *before,
            f"Upload {public_part}: {UPLOAD_PAGE} > Upload certificate.",
            f"Or: `az ad app credential reset --id {client_id} --cert {file} --append`.",
            "Then check again: Entra needs a minute or two.",
        ),
        Who.OPERATOR,
        Who.ADMIN,
        title=MADE,
        thumbprint=made.thumbprint,
        expires_at=timestamp(made.expires_at),
        valid_until=day(made.expires_at),
        public_part=made.public_pem,
    )
    return fixed_by(finding, *add_certificate(onboarding, made.public_pem, public_part))


def _name(onboarding: Onboarding) -> str:
    """Return the common name: it tells whoever sees the certificate in Entra who made it, and when."""
    return f"partner-wizard {day(onboarding.clock.now())}"


def _has_no_certificate(onboarding: Onboarding) -> str:
    if not onboarding.answers.client_id:
        return "there is no app registration yet"
    is_one = onboarding.answers.credential in ("certificate", "vault_certificate")
    return "" if is_one else "the app's credential is no certificate"


CERTIFICATE_CHECK: Final = Check(
    "app.certificate",
    "The certificate is there",
    "The certificate is missing",
    "App",
    check_certificate,
    fields_to_fix=("certificate", "credential_name"),
    skipped_because=_has_no_certificate,
    health_rule=not_in_health_check("nothing is created here, and the next check reads it"),
)
