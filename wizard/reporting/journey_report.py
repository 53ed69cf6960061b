"""The report of a journey: what was proven, when it expires and why. Markdown for people, JSON for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from wizard.core.findings import Finding, Item, ItemKind, Outcome
from wizard.core.fixes import ActionState, in_a_line, latest
from wizard.core.timestamps import day
from wizard.core.wording import HOLDS_SIGN, ITEM_WORDS, OPERATOR, OUTCOME_SIGNS, people
from wizard.onboarding.outcome import outcome_of
from wizard.onboarding.step import Check, Step
from wizard.onboarding.token_place import TAKEN_OVER, layout_of, secret_name_of
from wizard.onboarding.view import JourneyView
from wizard.reporting.inert_markdown import as_page
from wizard.tokens.ends import ends_of

_SIGN_INS: Final = {"device_code": "with a device code", "auth_code": "in a browser (authorization code)"}
"""The sign-in flows in words, by their name in facts and tags."""
_CONSENT_STATE: Final = "consent_state"
"""The fact that tells an answer of the consent page from a forged one: in no report."""


def expiry_reasons(view: JourneyView) -> list[str]:
    """Return what ends the stored token, or the access without one, each in a sentence; those with a date first."""
    return [each.sentence for each in ends_of(view.answers, view.facts, has_user=view.profile.spec.has("user"))]


def how_obtained(view: JourneyView) -> str:
    """Return how the token was obtained, in words; "" where nobody has signed in."""
    facts = view.facts
    if not facts.flow:
        return ""
    if facts.flow == TAKEN_OVER:
        layout = layout_of(view.answers)
        stored = f" stored on {day(facts.signed_in_at)}" if facts.signed_in_at else " had stored"
        return f"a take-over of the token that {layout.title if layout else 'another tool'}{stored}"
    sign_in = _SIGN_INS.get(facts.flow, f"by {facts.flow}")
    platform = f", redirect URI under {facts.redirect_platform}" if facts.redirect_platform else ""
    return f"a sign-in {sign_in}{platform}" + (f" on {day(facts.signed_in_at)}" if facts.signed_in_at else "")


def about_journey(view: JourneyView) -> dict[str, str]:
    """Return what a journey is about, by name as a person reads it; what is not known is left out."""
    answers, facts = view.answers, view.facts
    named = {
        "kind": view.profile.spec.title,
        "tenant": answers.tenant,
        "account": "integration sandbox" if answers.account == "sandbox" else "",
        "tenant id": facts.tenant_id,
        "own tenant": answers.home_tenant,
        "app": f"{facts.app_name} ({answers.client_id})" if facts.app_name and answers.client_id else answers.client_id,
        "integration user": answers.integration_user,
        "vault": answers.vault_url,
        "secret": secret_name_of(answers, facts) if answers.vault_url else "",
        "cloud": view.cloud_title,
    }
    return {name: value for name, value in named.items() if value}


def as_json(view: JourneyView, made_at: str) -> dict[str, Any]:
    """Return the report for programs; `made_at` is ISO 8601, UTC."""
    facts = {name: value for name, value in asdict(view.facts).items() if name != _CONSENT_STATE}
    return {
        "made_at": made_at,
        "profile": view.profile.name,
        "outcome": outcome_of(view),
        "steps": {step.id: view.state(step.id).value for step in view.profile.steps},
        "facts": {
            name: value for name, value in facts.items() if value not in ("", None, ()) and not _is_no_number(value)
        },
        "findings": [_finding_as_json(view, finding) for finding in view.findings.values()],
        "items": items_by_kind(view),
        "actions": [action.as_json() for action in latest(view.actions)],
        "not_asked": {check: skipped.as_json() for check, skipped in view.skipped.items()},
        "expires_when": expiry_reasons(view) if view.facts.secret_version or view.facts.access_proven_at else [],
    }


def _is_no_number(value: object) -> bool:
    """Return whether a fact is a number that is not known; "no" is known."""
    return type(value) is int and not value


def items_by_kind(view: JourneyView) -> dict[str, list[dict[str, str]]]:
    """Return what is missing, extra, about to expire and so on, by kind, each with the check that found it."""
    return {
        kind.value: [{"check": check, **item.as_json()} for check, item in found]
        for kind, found in _listed_items(view).items()
    }


def _listed_items(view: JourneyView) -> dict[ItemKind, list[tuple[str, Item]]]:
    """Return what is to be listed of each kind: what is not as it should be, and of what expires all."""
    every = [(finding.check, item) for finding in view.findings.values() for item in finding.items]
    listed = [
        (check, item) for check, item in every if item.outcome is not Outcome.HOLDS or item.kind is ItemKind.EXPIRES
    ]
    return {kind: found for kind in ITEM_WORDS if (found := [each for each in listed if each[1].kind is kind])}


def _item_lines(view: JourneyView) -> list[str]:
    """Return the table of what is missing, extra and expiring; nothing where no check has looked at many things."""
    listed = _listed_items(view)
    if not listed:
        return []
    rows = [
        " | ".join(
            (
                f"| {OUTCOME_SIGNS[item.outcome]} {ITEM_WORDS[kind]}",
                _cell(item.subject),
                _cell(item.message),
                f"`{check}` |",
            )
        )
        for kind, found in listed.items()
        for check, item in found
    ]
    return ["## Missing, extra, expiring", "", "| | what | how it is | check |", "|---|---|---|---|", *rows, ""]


def _cell(text: str) -> str:
    """Return a text so that it stays in its cell of a table."""
    return " ".join(text.replace("|", "\\|").split())


def as_markdown(view: JourneyView, made_at: str) -> str:
    """Return the report for people; `made_at` is ISO 8601, UTC."""
    lines = [
        f"# Partner Center onboarding of {view.answers.tenant or 'a tenant'}: {outcome_of(view)}",
        "",
        f"Made by partner-wizard at {made_at}. Kind: {view.profile.spec.title}. Cloud: {view.cloud_title}.",
        "",
    ]
    if view.facts.secret_version:
        lines += _token_lines(view)
    elif view.facts.access_proven_at:
        lines += _access_lines(view)
    lines += _item_lines(view)
    for step in view.profile.steps:
        lines += _step_lines(view, step)
    lines += _action_lines(view)
    return as_page(lines)


def _token_lines(view: JourneyView) -> list[str]:
    facts = view.facts
    lines = [
        "## The token",
        "",
        f"- Kept in {facts.vault_url}, secret `{facts.secret_name}`, version `{facts.secret_version}`,"
        f" since {facts.stored_at}",
        f"- Renewed by a {facts.client_type} client, app `{view.answers.client_id}`, tenant `{facts.tenant_id}`",
    ]
    if how := how_obtained(view):
        lines.append(f"- Obtained by {how}")
    lines.append(f"- Acts as {facts.user_name} for {facts.partner_name or 'the partner'}")
    return [*lines, "", "It expires:", "", *(f"- {reason}" for reason in expiry_reasons(view)), ""]


def access_in_words(view: JourneyView) -> str:
    """Return how a program uses the access of an app without a user."""
    facts, spec = view.facts, view.profile.spec
    return (
        f"Ask the token endpoint of tenant {facts.tenant_id} for client {view.answers.client_id}, with the app's "
        f"credential (grant_type client_credentials) and the scope of {spec.api.title} that ends in /.default. "
        "The answer is an access token; nothing has to be stored or renewed."
    )


def _access_lines(view: JourneyView) -> list[str]:
    facts = view.facts
    return [
        "## The access without a user",
        "",
        f"- App `{view.answers.client_id}` for {facts.partner_name or 'the partner'}",
        f"- Proven at {facts.access_proven_at}",
        f"- {access_in_words(view)}",
        "",
        "It ends:",
        "",
        *(f"- {reason}" for reason in expiry_reasons(view)),
        "",
    ]


def _action_lines(view: JourneyView) -> list[str]:
    """Return what fixes have changed: who, when, which request, and what came of it."""
    if not view.actions:
        return []
    rows = [
        f"- {each.at} {each.account}: "
        + (f"checked again after {each.fix}: {each.message}" if each.state is ActionState.CHECKED else in_a_line(each))
        for each in latest(view.actions)
    ]
    return ["## Changes made", "", *rows, ""]


def _step_lines(view: JourneyView, step: Step) -> list[str]:
    lines = [f"## {step.title}: {view.state(step.id).value}", ""]
    if step.not_needed:
        return [*lines, step.not_needed, ""]
    for check in step.checks:
        if finding := view.findings.get(check.id):
            lines += _finding_lines(view, check, finding)
        elif check.id in view.skipped:
            lines.append(f"- · not asked: {check.title} — {view.skipped[check.id].reason} (`{check.id}`)")
        else:
            lines.append(f"- · waiting: {check.title} (`{check.id}`)")
    return [*lines, ""]


def _finding_lines(view: JourneyView, check: Check, finding: Finding) -> list[str]:
    from wizard.catalogue.diagnosis import diagnose_finding  # for what failed; the first page needs none of it
    from wizard.catalogue.recipients import send_to

    is_settled = view.is_settled(finding.check)
    head = (
        f"{HOLDS_SIGN} settled later: {check.title}"
        if is_settled
        else f"{OUTCOME_SIGNS[finding.outcome]} {finding.title}"
    )
    lines = [f"- {head} (`{finding.check}`)", f"  - {finding.message}"]
    if finding.actions and finding.outcome is not Outcome.HOLDS and not is_settled:
        who = people(finding.who, operator=OPERATOR)
        lines.append(f"  - What to do{f' ({who})' if who else ''}:")
        lines += [f"    {number}. {act}" for number, act in enumerate(finding.actions, 1)]
        if finding.outcome is Outcome.FAILS or finding.unreachable:
            lines.append(f"  - Send this to: {send_to(diagnose_finding(finding))}")
    ids = [f"{name} {value}" for name, value in finding.ids.present().items()]
    if finding.printed_id and not is_settled:
        ids.insert(0, finding.printed_id)
    return [*lines, f"  - {' · '.join(ids)}"] if ids else lines


def _finding_as_json(view: JourneyView, finding: Finding) -> dict[str, Any]:
    settler = view.settled_by(finding.check)
    return finding.as_json() | ({"settled_by": settler} if settler else {})
