"""What an answers file changes of an onboarding that is stored: the machine need not be the one that onboarded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from wizard.core.answers import Answers
from wizard.core.errors import BadInput
from wizard.onboarding.probes.identity import INTERACTIVE_IDENTITIES
from wizard.plain.answers_file import CREDENTIAL_ATTRIBUTES, key_of

IDENTITIES: Final = ("vault_identity", "graph_identity")
REPLACEABLE: Final = (*CREDENTIAL_ATTRIBUTES, *IDENTITIES)
"""What it replaces."""
FIXED: Final = ("cloud", "tenant", "client_id", "integration_user", "vault_url", "vault_secret")
"""What it, if it says it, has to say as the journey does."""


def with_credential_of(stored: Answers, answers: Answers, given: set[str]) -> Answers:
    """Return the stored answers with the credential and the identities of an answers file.

    Args:
        stored: of the journey.
        answers: of the file.
        given: the names of those that the file gives.

    Raises:
        BadInput: the file is of another journey.
    """
    for name in FIXED:
        theirs, ours = str(getattr(answers, name)), str(getattr(stored, name))
        if name in given and theirs.lower().rstrip("/") != ours.lower().rstrip("/"):
            raise BadInput(key_of(name), f"is {theirs} in the answers file, and {ours} in the saved journey")
    changed = {name: getattr(answers, name) for name in REPLACEABLE if name in given}
    if "credential" in given:
        changed |= {name: getattr(answers, name) for name in CREDENTIAL_ATTRIBUTES}
    return replace(stored, **changed)


def refuse_a_person(answers: Answers, command: str = "check", identities: Sequence[str] = IDENTITIES) -> None:
    """Raise `BadInput` if the vault or Graph would be opened by a person who signs in: nobody is here.

    Args:
        answers: name the identities.
        command: that asks nobody.
        identities: the names of those that it uses.
    """
    for name in identities:
        if (chosen := getattr(answers, name)) in INTERACTIVE_IDENTITIES:
            others = "environment, cli, managed, workload or default"
            why = f"is {chosen}, for which a person signs in, and {command} asks nobody"
            raise BadInput(key_of(name), f"{why}; name {others} with --answers FILE")
