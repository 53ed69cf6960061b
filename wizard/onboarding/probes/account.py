"""The two accounts of a partner in Partner Center: the primary one, and the integration sandbox for tests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from wizard.core.answers import Field, Kind
from wizard.core.findings import Finding, Who
from wizard.onboarding.finding_builders import could_not_tell, fails, holds, warns
from wizard.onboarding.health_rule import HealthRule, needs_checks
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.step import Check
from wizard.tokens.record import ACCOUNT_TAG, PRIMARY, account_of

if TYPE_CHECKING:
    from wizard.microsoft.key_vault import StoredSecret

SANDBOX: Final = "sandbox"
ACCOUNT_NAMES: Final = {PRIMARY: "the primary account", SANDBOX: "the integration sandbox"}
TAG: Final = ACCOUNT_TAG
_LOOKS_LIKE_ONE: Final = re.compile(r"sandbox|\btest_test", re.IGNORECASE)
"""What names of sandboxes have in them; Partner Center itself does not say that an account is one (U)."""


def check_account_kind(onboarding: Onboarding) -> Finding:
    """The partner's name does not contradict what the operator says: primary account, or integration sandbox."""
    name, tenant, stated = onboarding.facts.partner_name, onboarding.answers.tenant, onboarding.answers.account
    looks_like_one = any(_LOOKS_LIKE_ONE.search(each) for each in (name, tenant))
    if stated == SANDBOX and not looks_like_one:
        return could_not_tell(
            f"You say that this is the integration sandbox; nothing in the name {name or tenant} shows it.",
            "Look it up: Partner Center > Account settings > Integration sandbox names the sandbox's account.",
            Who.OPERATOR,
            company=name,
        )
    if stated == PRIMARY and looks_like_one:
        return warns(
            f"The partner is called {name or tenant}: that looks like an integration sandbox, whose orders are tests.",
            "If it is one, say so under “Account” above.",
            Who.OPERATOR,
            title="This looks like an integration sandbox",
            company=name,
        )
    return holds(f"This is {ACCOUNT_NAMES[stated]}, as you said.", company=name, account=stated)


def other_accounts(onboarding: Onboarding, found: StoredSecret) -> Finding | None:
    """Return the finding of a secret that is the token of the other kind of account, None for any other secret.

    It is never superseded, whatever the operator allows: programs would act in the wrong account.
    """
    theirs, ours = account_of(found), onboarding.answers.account
    if "tenant_id" not in found.tags or theirs == ours:
        return None
    name = onboarding.answers.vault_secret
    return fails(
        f"{name} holds the token of {ACCOUNT_NAMES.get(theirs, 'another account')}, tenant {found.tags['tenant_id']}; "
        f"this onboarding is {ACCOUNT_NAMES[ours]}'s.",
        "Choose another name under “Secret's name”: the two tokens must not be mixed up.",
        Who.OPERATOR,
        title="The name belongs to the other account's token",
        field="vault_secret",
    )


ACCOUNT_FIELD: Final = Field(
    "account",
    "Account",
    "The primary account in Partner Center, or the integration sandbox, which has a tenant of its own. Each is an "
    "onboarding of its own.",
    Kind.CHOICE,
    choices=((PRIMARY, "primary"), (SANDBOX, "integration sandbox")),
    unproves=("user.account_kind", "user.secret_name", "store"),
)
ACCOUNT_CHECK: Final = Check(
    "user.account_kind",
    "The kind of account is right",
    "The account is of the other kind",
    "Partner Center",
    check_account_kind,
    advisory=True,
    fields_to_fix=("account",),
    health_rule=HealthRule(needs=needs_checks("store.partner_center")),
    facet="organization",
)
