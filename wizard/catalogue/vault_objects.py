"""Fits the acts of a vault's refusal to what was refused: roles and permissions of secrets, keys and certificates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from wizard.core.late_pattern import late_pattern

_NAMED: Final = late_pattern(
    r"[A-Z]\w{1,12}-AzKeyVault(?:Managed(?=\w))?(Certificate|Key|Secret)(?![a-z])"
    r"|\baz keyvault (certificate|key|secret)\b"
    r"|\bdoes not have (certificate|key|secret)s? [a-z, ]{1,60}permission"
    r"|\bKeyVault/vaults/(certificate|key|secret)s/"
    r"|\.vault\.(?:azure\.net|azure\.cn|usgovcloudapi\.net)(?::443)?/(certificate|key|secret)s\b"
    r"|\b(Certificate|Key|Secret)Client\b",
    re.IGNORECASE,
    needs=("azkeyvault", "keyvault", "does not have", ".vault.", "client"),
)
_PERMISSION: Final = late_pattern(r"\bdoes not have (?:key|certificate)s? ([a-z]{3,20}) permission", re.IGNORECASE)
_OF_SECRETS: Final = (("get", "list", "set", "recover"), ("get", "list", "set"), ("get", "list"))


@dataclass(frozen=True, slots=True)
class _Rights:
    """The roles and the permissions of one kind of object. Source: Microsoft's guide of Key Vault's roles."""

    writes: str
    reads: str
    permissions: tuple[str, ...]


_RIGHTS: Final = {
    "certificate": _Rights(
        "Key Vault Certificates Officer", "Key Vault Certificate User", ("get", "list", "create", "import")
    ),
    "key": _Rights("Key Vault Crypto Officer", "Key Vault Crypto User", ("get", "list", "create", "import")),
}


def find_object(text: str) -> str:
    """Return which kind of object a text is about: "certificate", "key" or "secret"; "" for none, or several."""
    kinds = {next(filter(None, found.groups())).lower() for found in _NAMED.finditer(text)}
    return kinds.pop() if len(kinds) == 1 else ""


def for_object(actions: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Return actions with the roles and permissions of the kind of object that a text is about.

    Args:
        actions: of the catalogue, which names those of secrets.
        text: of the refusal and what stands around it.
    """
    kind = find_object(text)
    rights = _RIGHTS.get(kind)
    if rights is None:
        return actions
    asked = _PERMISSION.search(text)
    extra = (asked[1].lower(),) if asked and asked[1].lower() not in rights.permissions else ()
    permissions = (*rights.permissions, *extra)
    return tuple(_fitted(act, kind, rights, permissions) for act in actions)


def _fitted(act: str, kind: str, rights: _Rights, permissions: tuple[str, ...]) -> str:
    act = act.replace("Key Vault Secrets Officer", rights.writes).replace("Key Vault Secrets User", rights.reads)
    spaced, listed = " ".join(permissions), ",".join(permissions)
    for usual in _OF_SECRETS:
        act = act.replace(f"--secret-permissions {' '.join(usual)}`", f"--{kind}-permissions {spaced}`")
        act = act.replace(f"-PermissionsToSecrets {','.join(usual)}", f"-PermissionsTo{kind.title()}s {listed}")
        act = act.replace(f"({', '.join(usual)})", f"({kind} permissions {', '.join(permissions)})")
    return act
