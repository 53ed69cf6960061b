"""Whether the app trusts the outside token that it proves itself with, by its federated credentials (protocol 11.4)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Item, ItemKind, Outcome
from wizard.core.wording import counted
from wizard.microsoft.graph import Unread
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_access import refusal_of_app_at_home
from wizard.onboarding.probes.app_fixes import shell_command
from wizard.onboarding.probes.graph_reading import read_trusted, unread_item
from wizard.onboarding.probes.key_mismatch import Mismatch
from wizard.onboarding.probes.known_credential import CREDENTIALS_PAGE
from wizard.onboarding.probes.outside_token import NOT_TRUSTED, SOURCES, outside_token

if TYPE_CHECKING:
    from wizard.microsoft.credentials import FederatedCredential
    from wizard.microsoft.federated import OutsideToken
    from wizard.microsoft.outside_trust import TrustedToken

TRUST_PAGE: Final = f"{CREDENTIALS_PAGE} > Federated credentials"
MAY_BE_NEW: Final = (
    "Added or corrected in the last minutes? It may not be listed, or in force, yet: wait two minutes, then check "
    "again."
)


def compare_trust(onboarding: Onboarding, credential: FederatedCredential) -> tuple[tuple[Item, ...], Mismatch | None]:
    """Return what was found of each federated credential, and what speaks against the token where none fits it.

    Raises:
        BadInput, Unreachable: as `outside_token` does.
    """
    trusted, token = read_trusted(onboarding), outside_token(onboarding, credential)
    if isinstance(trusted, Unread):
        return (unread_item(trusted),), None
    if isinstance(token, ServiceRefusal):  # said by the check of the ids, which comes before
        return (), None
    fitting = [each for each in trusted if not each.differences(token)]
    if not fitting:
        items = tuple(_item(each, f"has another {_others(each, token)}", Outcome.WARNS) for each in trusted)
        return items, _mismatch(onboarding, credential, trusted, token)
    is_exact = any(each.subject for each in fitting)
    return tuple(_of_fitting(onboarding, each, token, is_exact=is_exact) for each in trusted), None


def _of_fitting(onboarding: Onboarding, each: TrustedToken, token: OutsideToken, *, is_exact: bool) -> Item:
    """Return the item of a federated credential where one fits the token."""
    if each.differences(token):
        return _item(each, f"for another token: {_others(each, token)}", Outcome.HOLDS)
    if each.subject:
        return _item(each, "fits the token; in use here", Outcome.HOLDS)
    is_told = is_exact or refusal_of_app_at_home(onboarding) is None
    message = "compares the subject by an expression, which Graph does not show"
    return _item(each, message, Outcome.HOLDS if is_told else Outcome.UNKNOWN)


def _item(each: TrustedToken, message: str, outcome: Outcome) -> Item:
    return Item(f"federated credential “{each.name or each.id}”", outcome, message, ItemKind.SETTING, id=each.id)


def _others(each: TrustedToken, token: OutsideToken) -> str:
    """Return what a federated credential says otherwise than a token."""
    return ", ".join(f"{name} {each.says(name)}" for name in each.differences(token))


def _mismatch(
    onboarding: Onboarding, credential: FederatedCredential, trusted: Sequence[TrustedToken], token: OutsideToken
) -> Mismatch:
    source, page, says = SOURCES[credential.source], TRUST_PAGE, token.as_evidence()
    exactly = ", ".join(f"{name} {value}" for name, value in says.items())
    wanted = {"name": "partner-wizard", "issuer": token.issuer, "subject": token.subject, "audiences": [token.audience]}
    create = shell_command(
        "az", "ad", "app", "federated-credential", "create",
        "--id", onboarding.answers.client_id, "--parameters", json.dumps(wanted),
    )  # fmt: skip
    add: tuple[str, ...] = (f"Add one that says exactly this: {exactly}. {page}.", f"Or: `{create}`.", MAY_BE_NEW)
    if not trusted:
        what = "the app has no federated credential"
        message = f"Graph shows no federated credential of this app, so it does not trust the token of {source}."
        return Mismatch(f"the token of {source}", what, message, add, NOT_TRUSTED, says)
    near = min(trusted, key=lambda each: len(each.differences(token)))
    other = near.differences(token)
    names, name = " and ".join(other), near.name or near.id
    several = counted(len(trusted), "federated credential")
    message = (
        f"Graph shows {several} of this app, and none fits the token of {source}: "
        f"“{name}” has another {_others(near, token)}."
    )
    values = " and ".join(says.get(each, "") for each in other)
    correct = f"Correct “{name}”: its {names} has to be {values}, letter by letter. {page}."
    what = f"none of the app's federated credentials has its {names}"
    return Mismatch(
        f"the token of {source}", what, message, (correct, f"Or a{add[0][1:]}", *add[1:]), NOT_TRUSTED, says
    )
