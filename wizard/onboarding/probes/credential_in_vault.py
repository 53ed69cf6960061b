"""The app's credential in the vault, as step 2 needs it: why it cannot be read, and what puts that right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from wizard.core.findings import Finding, Who
from wizard.core.fixes import Fix
from wizard.onboarding.finding_builders import fails
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.vault_checks import why_unread

NEW_SECRET: Final = "partner-center-app-secret"
"""The name under which a client secret that is made here is kept in the vault."""


def why_no_credential(onboarding: Onboarding, read: Callable[[], object]) -> Finding | None:
    """Read the app's credential from the vault; return why it cannot be read, with what makes vault or right.

    Args:
        onboarding: names the vault, and the credential there.
        read: reads it.

    Raises:
        NotInVault: the vault does not have it.
        Unreachable: another host than the vault did not answer.
        Cancelled: the cancel signal was set.
    """
    why = why_unread(onboarding, read, secret=onboarding.answers.credential_name)
    # The check that reads it is the one to ask again, in this step.
    return why and replace(why, fixes=tuple(replace(fix, check="") for fix in why.fixes))


def no_vault_named() -> Finding:
    """Return that the credential is to be in a vault, and none is named yet."""
    return fails(
        "The app's credential is to be kept in a key vault, and none is named.",
        (
            "Enter the vault's address.",
            "Or, if you have none, the name that it is to get: it is looked for, and created once you agree.",
        ),
        Who.OPERATOR,
        title="No key vault is named",
        field="vault_url",
    )


def keep_in_vault(check: str) -> Fix:
    """Return the fix that chooses a client secret in the vault, where it can be made; `check` is asked after it."""
    return Fix(
        "keep-in-vault",
        "Choose “client secret in the vault” as the credential",
        (),
        f"The secret is then looked for in the key vault as {NEW_SECRET}. You name the vault. What is missing, vault "
        "or secret, is made once you agree. Nothing is changed by this.",
        "Choose another credential.",
        "",
        check=check,
        fills={"client_secret": "", "credential": "vault_secret", "credential_name": NEW_SECRET},
    )
