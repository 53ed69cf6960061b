"""How far a new integration account is, by the operator's word: asked where Graph cannot tell it."""

from __future__ import annotations

from typing import Final

from wizard.core.answers import Answers, Field, Kind
from wizard.core.findings import Finding, Item, ItemKind, Outcome, Who
from wizard.onboarding.finding_builders import of_items
from wizard.onboarding.health_rule import not_in_health_check
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.account_lines import account_lines
from wizard.onboarding.probes.graph_identity import NO_GRAPH_IDENTITY
from wizard.onboarding.step import Check

SET_UP: Final = "ready"
PROGRESS: Final = (
    (SET_UP, "done"),
    ("missing", "there is none yet: say how"),
    ("made", "made, without its role"),
    ("role", "has its role, never signed in"),
    ("signed-in", "has signed in, MFA not required"),
)
"""How far an account is; each but the first stands for as many of its lines as come before it."""
STORED: Final = "stored-token"
"""The way to sign in by which nobody signs in."""
SAY_SO: Final = "Then say so under “Account set-up” above, and check again."


def is_asked(answers: Answers) -> bool:
    """Return whether it is asked how far the account is: nobody reads Graph, and nothing says that it is set up."""
    is_open = not answers.integration_user or answers.account_progress != SET_UP
    return answers.graph_identity == NO_GRAPH_IDENTITY and answers.sign_in_flow != STORED and is_open


def not_said(onboarding: Onboarding) -> str:
    """Return why the operator's word is not looked at, "" where it is."""
    if onboarding.answers.graph_identity != NO_GRAPH_IDENTITY:
        return "Graph shows it"
    return "" if is_asked(onboarding.answers) else "you do not say that it is still to be set up"


def check_account_word(onboarding: Onboarding) -> Finding:
    """The account is set up, by the operator's word: made, with its role, signed in once, and MFA required of it.

    Asked only of one that is not.
    """
    said, lines = onboarding.answers.account_progress, account_lines(onboarding)
    done = [name for name, _words in PROGRESS[1:]].index(said)
    items = (
        *(Item(each.subject, Outcome.HOLDS, "done, you say", ItemKind.SETTING, each.link) for each in lines[:done]),
        *(Item(each.subject, Outcome.FAILS, each.missing, ItemKind.MISSING, each.link) for each in lines[done:]),
    )
    who = tuple(dict.fromkeys(each.who for each in lines[done:]))
    return of_items(
        f"{onboarding.answers.integration_user} is still to be set up: {len(lines) - done} of {len(lines)} things.",
        items,
        (*(each.act for each in lines[done:]), SAY_SO),
        *who,
        Who.OPERATOR,
        field=PROGRESS_FIELD.key,
    )


PROGRESS_FIELD: Final = Field(
    "account_progress",
    "Account set-up",
    "How far a new integration user is. If it is not set up yet, the wizard lists what it still needs, where and by "
    "whom, and asks nobody to sign in.",
    Kind.CHOICE,
    choices=PROGRESS,
    unproves=("user.account_word",),
    keeps_facts=True,
    asked_if=is_asked,
)
WORD_CHECK: Final = Check(
    "user.account_word",
    "The account is set up, you say",
    "The account is not set up yet",
    "Sign-in",
    check_account_word,
    fields_to_fix=(PROGRESS_FIELD.key,),
    skipped_because=not_said,
    health_rule=not_in_health_check("it is your word before the first sign-in"),
)
