"""Builds the findings that checks return. `run_check` adds the check's id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from wizard.core.errors import BadInput, ServiceRefusal, Unreachable, place_of
from wizard.core.findings import Finding, Outcome, Then, Who

TOKEN_STAYS_IN_MEMORY: Final = "The token stays in memory: nobody has to sign in again while this program runs."
NEW_SIGN_IN_REMEDY: Final = (
    "Sign in again to get a new token: partner-wizard, step 4, F7; or partner-wizard run --restart."
)
"""What to do where what is stored can no longer be used."""
STOPPED_AT: Final = "stopped_at"
"""The evidence that a check ended by an error nobody expected: its kind and place."""


def holds(message: str, **evidence: str | int | bool) -> Finding:
    """Return a finding that holds."""
    return Finding("", Outcome.HOLDS, message, evidence)


def fails(
    message: str,
    remedy: str,
    *who: Who,
    code: str = "",
    back_to: str = "",
    then: Then | None = None,
    **evidence: str | int | bool,
) -> Finding:
    """Return a finding that fails, with what to do and who can do it; all arguments are as in `Finding`."""
    return Finding("", Outcome.FAILS, message, evidence, remedy, who, code, back_to=back_to, then=then)


def warns(message: str, remedy: str, *who: Who, **evidence: str | int | bool) -> Finding:
    """Return a finding that holds, with a warning; all arguments are as in `Finding`."""
    return Finding("", Outcome.WARNS, message, evidence, remedy, who)


def could_not_tell(message: str, remedy: str = "", *who: Who, **evidence: str | int | bool) -> Finding:
    """Return a finding that could not tell, which is never success; all arguments are as in `Finding`."""
    return Finding("", Outcome.UNKNOWN, message, evidence, remedy, who)


def refused(
    refusal: ServiceRefusal,
    *,
    back_to: str = "",
    context: str = "",
    names: Mapping[str, str] | None = None,
    then: Then | None = None,
    **evidence: str | int | bool,
) -> Finding:
    """Return a finding that fails by a service's refusal, in the words of its diagnosis.

    Args:
        refusal: what the service answered.
        back_to: as in `Finding`.
        context: what was being done, a `RefusalContext`; "" where the code alone tells the cause.
        names: what to put in the place of the catalogue's placeholders, as for `explain_refusal`.
        then: as in `Finding`.
        evidence: as in `Finding`; the service's own text is added.
    """
    from wizard.catalogue import explain_refusal  # the first page needs none of it

    diagnosis = explain_refusal(refusal, context, names)
    service_said = {"service_said": refusal.description} if refusal.description else {}
    return Finding(
        "",
        Outcome.FAILS,
        f"{diagnosis.title}. {diagnosis.cause}",
        {**evidence, **service_said},
        diagnosis.remedy,
        diagnosis.who,
        refusal.code or refusal.error,
        refusal.ids,
        back_to,
        title=diagnosis.title,
        retry=diagnosis.retry,
        link=diagnosis.link,
        then=then,
    )


def invalid_field(error: BadInput, label: str) -> Finding:
    """Return a finding that fails by the value of a field, which its evidence names."""
    message = f"{label[0].upper()}{label[1:]}: {error.expected}."
    return fails(message, "Correct this field, then check again.", Who.OPERATOR, field=error.field)


def not_reached(error: Unreachable) -> Finding:
    """Return a finding that could not tell, because a service could not be reached."""
    message = f"{error.host} could not be used: {error.detail}."
    evidence = {"host": error.host, "kind": error.kind}
    from wizard.catalogue.lookup import look_up

    entry = look_up("network", error.kind)
    if entry is None:
        remedy = (
            "Check the network, the proxy (HTTPS_PROXY) and its certificate (REQUESTS_CA_BUNDLE), then check again."
        )
        return Finding("", Outcome.UNKNOWN, message, evidence, remedy, (Who.OPERATOR,), unreachable=True)
    return Finding(
        "",
        Outcome.UNKNOWN,
        message,
        evidence,
        entry.remedy,
        entry.who,
        unreachable=True,
        title=entry.title,
        retry=entry.retry,
        link=entry.link,
    )


def unexpected_error(error: Exception, *, has_token: bool) -> Finding:
    """Return a finding that could not tell, because of an error nobody expected: its kind and place alone (T2, T4).

    Args:
        error: what ended the check.
        has_token: whether a sign-in is in memory, which stays there.
    """
    place = place_of(error)
    remedy = (
        "Check again. If it happens again, make a support bundle (partner-wizard support-bundle, or Ctrl+P in the "
        "wizard) and send it to whoever looks after partner-wizard: this is an error of the program, not of a setting."
    )
    return could_not_tell(
        f"The check stopped unexpectedly ({place}).",
        f"{remedy} {TOKEN_STAYS_IN_MEMORY}" if has_token else remedy,
        Who.OPERATOR,
        **{STOPPED_AT: place},
    )
