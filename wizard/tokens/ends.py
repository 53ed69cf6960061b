"""What ends a stored token, or the access without one: when, by what, and whether a renewal moves it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from wizard.core.answers import OUTSIDE_TOKENS
from wizard.core.timestamps import day, read_timestamp, timestamp
from wizard.core.wording import counted

if TYPE_CHECKING:
    from wizard.core.answers import Answers
    from wizard.core.facts import Facts


class Cause(StrEnum):
    """By what something ends."""

    CREDENTIAL = "credential"
    IDLE = "idle"
    REMEMBERED_MFA = "remembered_mfa"
    SIGN_IN_FREQUENCY = "sign_in_frequency"
    REPORT_ONLY = "report_only_policy"
    RULES = "rules"
    """What the tenant's rules may do on a day that nobody knows."""
    SECURITY_DEFAULTS = "security_defaults"
    APP = "app"
    PASSWORD = "password"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class End:
    """One of the things that end it.

    Args:
        cause: what does.
        sentence: when and how, for a person.
        at: when at the earliest, ISO 8601 in UTC; "" where nobody knows.
        why: a few words that follow on "it ends on …:".
    """

    cause: Cause
    sentence: str
    at: str = ""
    why: str = ""

    def as_json(self) -> dict[str, str]:
        """Return it as `expires` of a summary, a form that scripts rely on."""
        return {"at": self.at, "why": self.why}


def ends_of(answers: Answers, facts: Facts, *, has_user: bool) -> tuple[End, ...]:
    """Return everything that ends the stored token, or the access without one; those with a date first, the next first.

    Args:
        answers: of the operator.
        facts: what was learnt.
        has_user: whether there is a token of a user.
    """
    found = [*_credential(answers, facts, has_user=has_user)]
    if facts.token_expires_at:
        sentence = f"On {day(facts.token_expires_at)} it expires if nobody renews it before: 90 idle days."
        found.append(End(Cause.IDLE, sentence, facts.token_expires_at, "90 days without a renewal"))
    found += _by_rules(facts)
    dated = sorted((each for each in found if each.at), key=lambda each: each.at)
    undated = [each for each in found if not each.at]
    return (*dated, *undated, *_at_once(facts, has_user=has_user))


def next_end(answers: Answers, facts: Facts, *, has_user: bool) -> End | None:
    """Return what ends it next; None where nothing is proven, or no date is known. Arguments are as for `ends_of`."""
    if not facts.secret_version and not facts.access_proven_at:
        return None
    return next((each for each in ends_of(answers, facts, has_user=has_user) if each.at), None)


def _credential(answers: Answers, facts: Facts, *, has_user: bool) -> Iterator[End]:
    if at := facts.credential_expires_at:
        sentence = f"On {day(at)} the app's credential expires; renewals fail until it has a new one."
        yield End(Cause.CREDENTIAL, sentence, at, "the app's credential expires")
    elif answers.credential in OUTSIDE_TOKENS and facts.client_type != "public":
        yield End(
            Cause.CREDENTIAL,
            "At once, when the app's federated credential, or the identity that gives its token, is removed or "
            "changed.",
        )
    elif facts.client_type in ("secret", "certificate") or not has_user:
        yield End(
            Cause.CREDENTIAL,
            f"When the app's {facts.client_type or 'credential'} expires, on a date that could not be read here: look "
            "it up in Entra.",
        )


def _by_rules(facts: Facts) -> Iterator[End]:
    """Yield what the tenant's rules do: no renewal makes a sign-in, or its MFA, newer (protocol 8, 11.5)."""
    if facts.mfa_remembered_days and (at := _after(facts.signed_in_at, timedelta(days=facts.mfa_remembered_days))):
        days = counted(facts.mfa_remembered_days, "day")
        sentence = (
            f"On {day(at)} the MFA of its sign-in is {days} old, and MFA is remembered for no longer in this tenant: "
            "the token may end then (AADSTS50078), however often it is renewed."
        )
        yield End(Cause.REMEMBERED_MFA, sentence, at, f"MFA is remembered for {days}")
    if facts.sign_in_every_hours and (at := _after(facts.signed_in_at, timedelta(hours=facts.sign_in_every_hours))):
        sentence = (
            f"On {day(at)} the policy “{facts.sign_in_policy}” wants a new sign-in: the token ends then (AADSTS70043), "
            "however often it is renewed."
        )
        yield End(Cause.SIGN_IN_FREQUENCY, sentence, at, f"the policy “{facts.sign_in_policy}” wants a new sign-in")
    if facts.block_policy and facts.block_from:
        sentence = (
            f"From {day(facts.block_from)} on Microsoft may switch on the policy “{facts.block_policy}”, which is in "
            "report-only and blocks device codes: the token ends then (AADSTS530036)."
        )
        why = f"the policy “{facts.block_policy}” may be switched on"
        yield End(Cause.REPORT_ONLY, sentence, facts.block_from, why)
    elif facts.block_policy:
        yield End(
            Cause.REPORT_ONLY,
            f"When the policy “{facts.block_policy}” is switched on, which is in report-only and blocks device codes: "
            "the token ends then (AADSTS530036).",
        )
    if facts.security_defaults and facts.flow == "device_code":  # whether they look at the flow of a renewal is (U)
        yield End(
            Cause.SECURITY_DEFAULTS,
            "Security defaults are on, and refuse device codes: whether they also end a token that was got by one is "
            "not known (AADSTS530035).",
        )
    for note in facts.expiry_notes:
        yield End(Cause.RULES, note)


def _at_once(facts: Facts, *, has_user: bool) -> Iterator[End]:
    if not has_user:
        yield End(Cause.APP, "At once, when the app is removed from App management, or switched off in Entra.")
        return
    if facts.client_type == "public":
        sentence = "At once, when the account's password is changed or reset (a public client's token)."
        yield End(Cause.PASSWORD, sentence)
    yield End(
        Cause.ACCOUNT,
        "At once, when an administrator revokes the account's sessions, or disables or deletes the account.",
    )


def _after(stamp: str, life: timedelta) -> str:
    """Return a time stamp so much later, "" where it is none."""
    moment = read_timestamp(stamp)
    return timestamp(moment + life) if moment else ""
