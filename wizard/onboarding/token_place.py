"""Where the token of an onboarding lies: under a name of its own, or where another tool has stored it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wizard.tokens.layouts import Layout, token_layouts

if TYPE_CHECKING:
    from wizard.core.answers import Answers
    from wizard.core.facts import Facts

STORED_TOKEN: Final = "stored-token"
"""The value of the answer `sign_in_flow` for a token that another tool stored."""
TAKEN_OVER: Final = "stored_token"
"""The flow of such a token in facts and tags: how its user signed in is not known."""
OTHER_NAME: Final = "other"
TYPED: Final = "typed"
"""Values of the answer `token_layout` that are no tool's: any name in the vault, and no vault at all."""
PLACE_CHOICES: Final = (
    *((name, f"in the vault of {each.title}") for name, each in token_layouts().items()),
    (OTHER_NAME, "under another name in the vault"),
    (TYPED, "in no vault: it is pasted here"),
)
"""Values of the answer `token_layout`, and their words."""


def takes_over(answers: Answers) -> bool:
    """Return whether a token is taken over in place of a sign-in."""
    return answers.sign_in_flow == STORED_TOKEN


def is_pasted(answers: Answers) -> bool:
    """Return whether the token that is taken over lies in no vault."""
    return takes_over(answers) and answers.token_layout == TYPED


def stays_in_vault(answers: Answers) -> bool:
    """Return whether the token that is taken over lies in the vault, where its value is never rewritten."""
    return takes_over(answers) and answers.token_layout != TYPED


def layout_of(answers: Answers) -> Layout | None:
    """Return the layout of the tool that stored the token, None where the operator names the secret."""
    return token_layouts().get(answers.token_layout) if takes_over(answers) else None


def secret_name_of(answers: Answers, facts: Facts) -> str:
    """Return the name under which the vault keeps the token, or is to keep it."""
    layout = layout_of(answers)
    if layout is None:
        return answers.vault_secret
    return layout.secret_name(facts.tenant_id, answers.client_id, answers.integration_user)
