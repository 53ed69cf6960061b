"""Signs and words of outcomes and people, and of how long something takes, as every face of the program shows them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from wizard.core.findings import Item, ItemKind, Outcome, Retry, Who

HOLDS_SIGN: Final = "✓"
FAILS_SIGN: Final = "✗"
LATER_SIGN: Final = "◐"
"""Of what a later step confirms."""
OUTCOME_SIGNS: Final = {
    Outcome.HOLDS: HOLDS_SIGN,
    Outcome.FAILS: FAILS_SIGN,
    Outcome.WARNS: "!",
    Outcome.UNKNOWN: "?",
}
OUTCOME_WORDS: Final = {
    Outcome.HOLDS: "holds",
    Outcome.FAILS: "fails",
    Outcome.WARNS: "warns",
    Outcome.UNKNOWN: "could not tell",
}
ITEM_WORDS: Final = {
    ItemKind.MISSING: "Missing",
    ItemKind.ONE_USER: "For one user only",
    ItemKind.EXTRA: "Extra",
    ItemKind.EXPIRES: "Expires",
    ItemKind.SETTING: "Setting",
    ItemKind.UNREAD: "Could not be read",
}
"""What stands before a thing that a check looked at; a report lists them in this order."""
PEOPLE: Final = {
    Who.OPERATOR: "you",
    Who.ADMIN: "an administrator",
    Who.INTEGRATION_USER: "the integration user",
    Who.MICROSOFT: "Microsoft",
}
_RETRIES: Final = {
    Retry.YES: "yes, as it is",
    Retry.WAIT: "yes, after a pause",
    Retry.AFTER_FIX: "only once this is done",
    Retry.NO: "not with this token or code: it takes a new one",
    None: "nobody knows yet",
}

OPERATOR: Final = "the operator"
"""The one who runs the wizard, in texts that others read."""


def people(who: Iterable[Who], *, operator: str = PEOPLE[Who.OPERATOR]) -> str:
    """Return who can fix something, in words; "" where nobody is named.

    Args:
        operator: the word for the one who runs the wizard: `OPERATOR` in texts that others read.
    """
    return " or ".join(operator if each is Who.OPERATOR else PEOPLE[each] for each in who)


def item_in_words(item: Item) -> str:
    """Return one of the things that a check looked at: "! Missing: User.Read of Microsoft Graph — not granted"."""
    return f"{OUTCOME_SIGNS[item.outcome]} {words_of_item(item)}"


def words_of_item(item: Item) -> str:
    """Return the same without its sign."""
    message = f" — {item.message}" if item.message else ""
    return f"{ITEM_WORDS[item.kind]}: {item.subject}{message}"


def retry_in_words(retry: Retry | None) -> str:
    """Return whether trying again helps, in words."""
    return _RETRIES[retry]


def time_left(seconds: float) -> str:
    """Return seconds as a kitchen timer shows them: 14:32, 0:09, 1:02:00."""
    whole = max(0, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def counted(number: int, thing: str) -> str:
    """Return how many of something there are: "1 day", "2 days"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def check_title(outcome: Outcome, title: str, failing_title: str) -> str:
    """Return what heads the finding of a check: what is true, what is wrong, or that it could not be told.

    Args:
        outcome: of the finding.
        title: what is true where the check holds.
        failing_title: what is wrong where it fails.
    """
    if outcome in (Outcome.FAILS, Outcome.WARNS):
        return failing_title
    if outcome is Outcome.HOLDS:
        return title
    is_name = title.startswith(("MFA", "Partner Center", "Microsoft", "Entra"))
    return f"Could not tell whether {title if is_name else lower_first(title)}"


def lower_first(sentence: str) -> str:
    """Return a sentence so that it can follow on another's beginning."""
    return sentence[:1].lower() + sentence[1:]


def sign_in_of(purpose: str, account: str) -> str:
    """Return which sign-in it is: "the sign-in of ada@contoso.com", or what it is for where nobody is named.

    Args:
        purpose: "integration_user", "vault" or "graph".
        account: who should sign in; "" for anybody who may.
    """
    if account:
        return f"the sign-in of {account}"
    return {"vault": "the sign-in for the key vault", "graph": "the sign-in for Microsoft Graph"}.get(
        purpose, "the sign-in of the integration user"
    )


def upper_first(sentence: str) -> str:
    """Return words so that they can begin a sentence."""
    return sentence[:1].upper() + sentence[1:]
