"""The app's credential, read from where the operator says it is."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.core.answers import OUTSIDE_TOKENS, client_secret_error
from wizard.core.errors import BadInput
from wizard.core.retries import with_retries
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.vault_access import has_credential_in_vault, open_vault

if TYPE_CHECKING:
    from wizard.microsoft.credentials import Credential


class NotInVault(BadInput):
    """The vault has no secret of the name under which the app's credential is to be."""


def client_credential(onboarding: Onboarding) -> Credential | None:
    """Return the credential, or the new one that is being proven; None where the operator says there is none.

    Raises:
        BadInput: the file, the passphrase or the vault's secret does not give one; or a secret has to be entered
            again, because none is kept.
        ServiceRefusal: the vault does not give its secret.
    """
    from wizard.microsoft.credentials import ClientSecret, read_certificate_file

    answers = onboarding.answers
    if onboarding.memory.new_credential is not None:
        return onboarding.memory.new_credential
    if answers.credential == "secret":
        if not answers.client_secret:
            raise BadInput("client_secret", "has to be entered again, because it is never kept")
        return ClientSecret(answers.client_secret)
    if answers.credential == "certificate":
        return read_certificate_file(Path(answers.certificate).expanduser(), answers.passphrase)
    if source := OUTSIDE_TOKENS.get(answers.credential):
        place = {"managed": answers.managed_identity, "file": answers.assertion_file}.get(source, "")
        return onboarding.services.federated_credential(source, place)
    if has_credential_in_vault(answers):
        return _from_vault(onboarding)
    return None


def _from_vault(onboarding: Onboarding) -> Credential:
    from wizard.microsoft.credentials import ClientSecret, read_certificate

    answers = onboarding.answers
    vault = open_vault(onboarding)
    found = with_retries(onboarding, "reading the app's credential", lambda: vault.read(answers.credential_name))
    if found is None or found.value is None:
        raise NotInVault("credential_name", f"the vault {vault.host} has no secret {answers.credential_name}")
    if answers.credential == "vault_secret":
        if client_secret_error(found.value.reveal()):
            raise BadInput("credential_name", f"{answers.credential_name} in {vault.host} holds no client secret")
        return ClientSecret(found.value)
    text = found.value.reveal()
    name = f"{answers.credential_name} in {vault.host}"
    try:
        data = text.encode() if "-----BEGIN" in text else base64.b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise BadInput("credential_name", f"{name} holds neither a PEM nor a PFX in base64") from None
    return read_certificate(data, answers.passphrase, name)
