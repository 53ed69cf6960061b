"""Where other tools keep a refresh token in a key vault: assets/token-layouts.toml (protocol 11.10)."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from wizard.core.assets import read_asset

HASH_LENGTH: Final = 16
"""Hexadecimal digits of `{user_hash}`."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where one tool keeps the token.

    Args:
        title: of the tool, as people call it.
        secret: the secret's name, with `{tenant_id}`, `{client_id}` and `{user_hash}` for what differs.
        tenant_id_secret, client_id_secret: names of secrets beside it that hold these ids, "" for none.
    """

    title: str
    secret: str
    tenant_id_secret: str = ""
    client_id_secret: str = ""

    def secret_name(self, tenant_id: str, client_id: str, user_name: str) -> str:
        """Return the name under which the tool keeps the token of this tenant, app and user."""
        user_hash = hashlib.sha256(user_name.lower().encode()).hexdigest()[:HASH_LENGTH]
        return self.secret.format(tenant_id=tenant_id, client_id=client_id.lower(), user_hash=user_hash)


@cache
def token_layouts() -> Mapping[str, Layout]:
    """Return the layouts that come with the program, by name; raise TypeError for one that lacks something."""
    return MappingProxyType(
        {name: Layout(**each) for name, each in tomllib.loads(read_asset("token-layouts.toml")).items()}
    )
