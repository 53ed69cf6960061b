"""What a renewal of the credential asks of it, whether the vault keeps it or the machine gives a token in its place."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeAlias

from wizard.core.answers import OUTSIDE_TOKENS
from wizard.jobs.stored_keys import StoredKeys
from wizard.jobs.trusted_tokens import TrustedTokens

if TYPE_CHECKING:
    from wizard.onboarding.onboarding_context import Onboarding

Keys: TypeAlias = StoredKeys | TrustedTokens
"""The app's keys beside the credential that is used; both answer to the same names."""


def keys_of(onboarding: Onboarding, wanted: str) -> Keys:
    """Return the keys of an onboarding, unread.

    Args:
        onboarding: whose they are.
        wanted: "secret", "certificate" or "federated"; "" for the kind that the credential is.
    """
    from wizard.microsoft.federated import TOKEN_FILE

    now = onboarding.answers.credential
    if wanted == "federated" or (not wanted and now in OUTSIDE_TOKENS):
        machine = "federated_workload" if os.environ.get(TOKEN_FILE) else "federated_managed"
        return TrustedTokens(onboarding, now if now in OUTSIDE_TOKENS else machine)
    return StoredKeys.of(onboarding, wanted)
