"""The fields for the app's credential: what the app proves itself with, and where that is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from wizard.core.answers import Answers, Field, Kind, client_secret_error, guid_error, secret_name_error
from wizard.core.pasted_values import read_client_id, read_client_secret
from wizard.onboarding.probes.graph_identity import NO_GRAPH_IDENTITY
from wizard.onboarding.probes.vault_access import VAULT_FIELDS

UNPROVEN_BY_CREDENTIAL: Final = ("app", "user", "store", "access")
"""A grant does not depend on the credential; nor does a stored token, which is proven again with the new one."""
_CHOICES: Final[tuple[tuple[str, str], ...]] = (
    ("secret", "client secret"),
    ("certificate", "certificate file"),
    ("none", "none (public client)"),
    ("vault_secret", "client secret in the vault"),
    ("vault_certificate", "certificate in the vault"),
    ("federated_managed", "no secret: managed identity"),
    ("federated_workload", "no secret: workload identity (AKS)"),
    ("federated_file", "no secret: token in a file"),
)


def _with_credential(*kinds: str) -> Callable[[Answers], bool]:
    """Return whether a credential of these kinds is asked for: not before there is an app to have one."""
    return lambda answers: bool(answers.client_id) and answers.credential in kinds


def _may_be_created(answers: Answers) -> bool:
    """Return whether the credential is a certificate that may not be there yet."""
    if not answers.client_id:
        return False
    if answers.credential == "certificate":
        return bool(answers.certificate) and not _is_file(answers.certificate)
    return answers.credential == "vault_certificate"


def _path_of(value: str) -> Path | None:
    """Return the path of a name, None for what no file system takes: too long, with a null, nobody's home."""
    try:
        path = Path(value).expanduser()
        with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            path.lstat()
    except (OSError, ValueError, RuntimeError):
        return None
    return path


def _is_file(value: str) -> bool:
    path = _path_of(value)
    return path is not None and path.is_file()


def _file_error(value: str) -> str:
    return "" if _is_file(value) else f"there is no file {value}"


def _new_file_error(value: str) -> str:
    """Return "" for a file that is there or could be created, else what is wrong."""
    path = _path_of(value)
    if path is None:
        return "no file can have this name"
    if path.is_dir():
        return f"{value} is a folder"
    return "" if path.parent.is_dir() else f"there is no folder {path.parent}"


_CREDENTIAL: Final = Field(
    "credential",
    "Credential",
    "What the app proves itself with. Without a secret: the app trusts a token that this machine has "
    "(Certificates & secrets > Federated credentials).",
    Kind.CHOICE,
    choices=_CHOICES,
    unproves=UNPROVEN_BY_CREDENTIAL,
    keeps_facts=True,
)
_IN_VAULT: Final = tuple(
    replace(field, asked_if=_with_credential("vault_secret", "vault_certificate")) for field in VAULT_FIELDS[:3]
)
CREDENTIAL_FIELDS: Final = (
    replace(_CREDENTIAL, facet="user"),
    replace(_CREDENTIAL, choices=tuple(each for each in _CHOICES if each[0] != "none"), facet="app_only"),
    Field(
        "client_secret",
        "Client secret",
        "The secret's value, not its id. It stays in memory.",
        Kind.SECRET,
        validate=client_secret_error,
        reader=read_client_secret,
        unproves=UNPROVEN_BY_CREDENTIAL,
        keeps_facts=True,
        asked_if=_with_credential("secret"),
        spared_if=lambda answers: answers.graph_identity != NO_GRAPH_IDENTITY,
        if_missing="needs a value. None yet? With a Graph identity, “client secret in the vault” has one made",
    ),
    Field(
        "certificate",
        "Certificate file",
        "A PEM with certificate and private key, or a PFX.",
        Kind.PATH,
        validate=_new_file_error,
        is_long=True,
        unproves=UNPROVEN_BY_CREDENTIAL,
        keeps_facts=True,
        asked_if=_with_credential("certificate"),
    ),
    Field(
        "passphrase",
        "Its passphrase",
        "Leave it empty if the file has none. It stays in memory.",
        Kind.SECRET,
        required=False,
        unproves=UNPROVEN_BY_CREDENTIAL,
        keeps_facts=True,
        asked_if=_with_credential("certificate"),
    ),
    Field(
        "certificate_create",
        "Create it if it is missing",
        "If ticked, a new certificate is made where none is: in the file, its key encrypted with the passphrase, or in "
        "the key vault. Then you upload its public part. Nothing that is there is changed.",
        Kind.YES_NO,
        unproves=UNPROVEN_BY_CREDENTIAL,
        keeps_facts=True,
        asked_if=_may_be_created,
    ),
    Field(
        "credential_name",
        "Its name in the vault",
        "The name of the secret or certificate in the key vault below.",
        validate=secret_name_error,
        unproves=UNPROVEN_BY_CREDENTIAL,
        keeps_facts=True,
        asked_if=_with_credential("vault_secret", "vault_certificate"),
    ),
    Field(
        "managed_identity",
        "Its client id",
        "Of the user-assigned managed identity, if this machine has several. Leave it empty if it has one.",
        validate=guid_error,
        reader=read_client_id,
        required=False,
        unproves=UNPROVEN_BY_CREDENTIAL,
        keeps_facts=True,
        asked_if=_with_credential("federated_managed"),
    ),
    Field(
        "assertion_file",
        "Token's file",
        "Whatever issues the token keeps a fresh one there. It is read again each time.",
        Kind.PATH,
        validate=_file_error,
        is_long=True,
        unproves=UNPROVEN_BY_CREDENTIAL,
        keeps_facts=True,
        asked_if=_with_credential("federated_file"),
    ),
    *(replace(field, facet="user") for field in _IN_VAULT),
    *(replace(field, unproves=UNPROVEN_BY_CREDENTIAL, facet="app_only") for field in _IN_VAULT),
)
