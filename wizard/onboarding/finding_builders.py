"""Builds the findings that checks return. `run_check` adds the check's id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from wizard.core.acts import Acts, as_actions
from wizard.core.errors import BadInput, ServiceRefusal, Unreachable, place_of
from wizard.core.findings import Finding, Item, Outcome, Then, Who, worst_outcome
from wizard.core.fixes import Fix

TOKEN_STAYS_IN_MEMORY: Final = "The token stays in memory: nobody has to sign in again while this program runs."
NEW_SIGN_IN: Final = (
    "Sign in again to get a new token: in step 4 of partner-wizard, or by partner-wizard run --restart."
)
"""What to do where what is stored can no longer be used."""
STOPPED_AT: Final = "stopped_at"
"""The evidence that a check ended by an error nobody expected: its kind and place."""


def holds(message: str, **evidence: str | int | bool) -> Finding:
    """Return a finding that holds."""
    return Finding("", Outcome.HOLDS, message, evidence)


def fails(
    message: str,
    acts: Acts,
    *who: Who,
    title: str = "",
    code: str = "",
    back_to: str = "",
    then: Then | None = None,
    **evidence: str | int | bool,
) -> Finding:
    """Return a finding that fails, with what to do and who can do it; all arguments are as in `Finding`.

    Args:
        acts: what to do.
        title: "" where the check's own failing title says it.
        code: of Entra; "" where no service gave one.
    """
    actions = as_actions(acts)
    finding = Finding("", Outcome.FAILS, message, evidence, actions, who, code, back_to=back_to, title=title, then=then)
    if not code:
        return finding
    from wizard.catalogue import explain  # the first page needs none of it

    entry = explain("entra", code)
    return replace(finding, retry=entry.retry, link=entry.link, administrator=entry.administrator)


def warns(message: str, acts: Acts, *who: Who, title: str, **evidence: str | int | bool) -> Finding:
    """Return a finding that holds, with a warning; arguments are as for `fails`."""
    return Finding("", Outcome.WARNS, message, evidence, as_actions(acts), who, title=title)


def could_not_tell(message: str, acts: Acts = (), *who: Who, **evidence: str | int | bool) -> Finding:
    """Return a finding that could not tell, which is never success; arguments are as for `fails`."""
    return Finding("", Outcome.UNKNOWN, message, evidence, as_actions(acts), who)


def of_items(
    message: str, items: tuple[Item, ...], acts: Acts = (), *who: Who, title: str = "", **evidence: str | int | bool
) -> Finding:
    """Return the finding of a check that looks at many things: its outcome is the worst of theirs.

    Args:
        message: one sentence on all of them.
        items: what was found of each.
        acts: what to do; dropped if it holds.
        who: who can do it; dropped as well.
        title: of a finding that does not hold, "" where the check's own says it.
        evidence: as in `Finding`.
    """
    outcome = worst_outcome(items)
    if outcome is Outcome.HOLDS:
        return Finding("", outcome, message, evidence, items=items)
    return Finding("", outcome, message, evidence, as_actions(acts), who, title=title, items=items)


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

    A code that the catalogue does not know gives no title: the check's own says more.

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
        diagnosis.cause,
        {**evidence, **service_said},
        diagnosis.actions,
        diagnosis.who,
        refusal.code or refusal.error,
        refusal.ids,
        back_to,
        title=diagnosis.title if diagnosis.is_known else "",
        retry=diagnosis.retry,
        link=diagnosis.link,
        administrator=diagnosis.administrator,
        then=then,
    )


def fixed_by(finding: Finding, *fixes: Fix) -> Finding:
    """Return a finding that offers fixes: they are shown with it, and made only after somebody has confirmed them."""
    return replace(finding, fixes=fixes)


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
        acts = as_actions(
            "Check the network, the proxy (HTTPS_PROXY) and its certificate (REQUESTS_CA_BUNDLE).", "Then check again."
        )
        return Finding("", Outcome.UNKNOWN, message, evidence, acts, (Who.OPERATOR,), unreachable=True)
    return Finding(
        "",
        Outcome.UNKNOWN,
        message,
        evidence,
        entry.actions,
        entry.who,
        unreachable=True,
        title=entry.title,
        retry=entry.retry,
        link=entry.link,
        administrator=entry.administrator,
    )


def unexpected_error(error: Exception, *, has_token: bool) -> Finding:
    """Return a finding that could not tell, because of an error nobody expected: its kind and place alone (T2, T4).

    Args:
        error: what ended the check.
        has_token: whether a sign-in is in memory, which stays there.
    """
    place = place_of(error)
    message = f"The check stopped unexpectedly ({place}): this is an error of the program, not of a setting."
    return could_not_tell(
        f"{message} {TOKEN_STAYS_IN_MEMORY}" if has_token else message,
        (
            "Check again.",
            "If it happens again, make a support bundle (partner-wizard support-bundle) and send it to whoever looks "
            "after partner-wizard.",
        ),
        Who.OPERATOR,
        **{STOPPED_AT: place},
    )
