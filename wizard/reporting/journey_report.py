"""The report of a journey: what was proven, when it ends and why. Markdown for people, JSON for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from wizard.catalogue.diagnosis import diagnose_finding
from wizard.catalogue.recipients import send_to
from wizard.core.findings import Finding, Outcome
from wizard.onboarding.journey import Journey

SIGNS = {
    Outcome.HOLDS: "✓ holds",
    Outcome.FAILS: "✗ fails",
    Outcome.WARNS: "! warns",
    Outcome.UNKNOWN: "? could not tell",
}
"""Outcomes in a sign and words."""


def outcome_of(journey: Journey) -> str:
    """ "proven", "failed", "unreachable" or "provisional", as a summary line says it."""
    if journey.is_proven:
        return "proven"
    found = [journey.blocking(step.id) for step in journey.profile.steps]
    blocking = [finding for finding in found if finding]
    if any(finding.unreachable for finding in blocking):
        return "unreachable"
    return "failed" if blocking else "provisional"


def endings(journey: Journey) -> list[str]:
    """What ends the stored token, the nearest known first, each in a sentence."""
    facts = journey.onboarding.facts
    lines = []
    if facts.credential_expires_at:
        lines.append(
            f"On {facts.credential_expires_at[:10]} the app's credential ends; renewals stop until a new one is made."
        )
    elif facts.client_type in ("secret", "certificate"):
        lines.append(f"When the app's {facts.client_type} ends, which could not be read here: look it up in Entra.")
    if facts.token_expires_at:
        lines.append(f"On {facts.token_expires_at[:10]} it ends if nobody renews it before: 90 idle days.")
    lines += facts.expiry_notes
    if facts.client_type == "public":
        lines.append("At once, when the account's password is changed or reset (a public client's token).")
    lines.append("At once, when an administrator revokes the account's sessions, or disables or deletes the account.")
    return lines


def expiry(journey: Journey) -> dict[str, str]:
    """When what is stored ends at the latest, and why; nothing where no token is stored. Times are ISO 8601, UTC."""
    facts = journey.onboarding.facts
    ends = {
        facts.token_expires_at: "90 days without a renewal",
        facts.credential_expires_at: "the app's credential ends",
    }
    known = sorted(at for at in ends if at) if facts.secret_version else []
    return {"at": known[0], "why": ends[known[0]]} if known else {}


HOW_OBTAINED = {"device_code": "with a device code", "auth_code": "in a browser (authorization code)"}
"""The ways to sign in, by their name in facts and tags, in words."""


def obtained(journey: Journey) -> str:
    """How the token was obtained, "" where nobody has signed in."""
    facts = journey.onboarding.facts
    if not facts.flow:
        return ""
    way = HOW_OBTAINED.get(facts.flow, f"by {facts.flow}")
    platform = f", redirect URI under {facts.redirect_platform}" if facts.redirect_platform else ""
    return f"a sign-in {way}{platform}" + (f" on {facts.signed_in_at[:10]}" if facts.signed_in_at else "")


def about_journey(journey: Journey) -> dict[str, str]:
    """What a journey is about, as a person reads it; what is not known is left out."""
    answers, facts = journey.onboarding.answers, journey.onboarding.facts
    named = {
        "tenant": answers.tenant,
        "tenant id": facts.tenant_id,
        "app": f"{facts.app_name} ({answers.client_id})" if facts.app_name and answers.client_id else answers.client_id,
        "integration user": answers.integration_user,
        "vault": answers.vault_url,
        "secret": answers.vault_secret if answers.vault_url else "",
        "cloud": journey.onboarding.services.cloud.title,
    }
    return {name: value for name, value in named.items() if value}


def as_json(journey: Journey, made_at: str) -> dict[str, Any]:
    """The report as JSON."""
    onboarding = journey.onboarding
    kept_back = {"consent_state"}  # what tells an answer of the consent page from a forged one
    facts = {name: value for name, value in asdict(onboarding.facts).items() if name not in kept_back}
    return {
        "made_at": made_at,
        "outcome": outcome_of(journey),
        "steps": {step.id: journey.state(step.id).value for step in journey.profile.steps},
        "facts": {name: value for name, value in facts.items() if value not in ("", None, ())},
        "findings": [_settled(journey, finding) for finding in journey.findings.values()],
        "not_asked": dict(journey.skipped),
        "ends": endings(journey) if journey.onboarding.facts.secret_version else [],
    }


def as_markdown(journey: Journey, made_at: str) -> str:
    """The report as Markdown."""
    onboarding, facts = journey.onboarding, journey.onboarding.facts
    lines = [
        f"# Partner Center onboarding of {onboarding.answers.tenant or 'a tenant'}: {outcome_of(journey)}",
        "",
        f"Made by partner-wizard at {made_at}. Cloud: {onboarding.services.cloud.title}.",
        "",
    ]
    if facts.secret_version:
        lines += [
            "## The token",
            "",
            f"- Kept in {facts.vault_url}, secret `{facts.secret_name}`, version `{facts.secret_version}`,"
            f" since {facts.stored_at}",
            f"- Renewed by a {facts.client_type} client, app `{onboarding.answers.client_id}`,"
            f" tenant `{facts.tenant_id}`",
            *([f"- Obtained by {how}"] if (how := obtained(journey)) else []),
            f"- Acts as {facts.user_name} for {facts.partner_name or 'the partner'}",
            "",
            "It ends:",
            "",
            *(f"- {line}" for line in endings(journey)),
            "",
        ]
    for step in journey.profile.steps:
        lines += [f"## {step.title}: {journey.state(step.id).value}", ""]
        for check in step.checks:
            if finding := journey.findings.get(check.id):
                lines += _finding_lines(journey, check.question, finding)
            elif check.id in journey.skipped:
                lines.append(f"- · not asked: {check.question} — {journey.skipped[check.id]} (`{check.id}`)")
            else:
                lines.append(f"- · waiting: {check.question} (`{check.id}`)")
        lines.append("")
    return "\n".join(lines)


def _finding_lines(journey: Journey, question: str, finding: Finding) -> list[str]:
    is_settled = journey.is_settled(finding.check)
    sign = "✓ settled later" if is_settled else SIGNS[finding.outcome]
    lines = [f"- {sign}: {question} (`{finding.check}`)", f"  - {finding.message}"]
    if finding.remedy and finding.outcome is not Outcome.HOLDS and not is_settled:
        who = ", ".join(each.value.replace("_", " ") for each in finding.who)
        lines.append(f"  - What to do{f' ({who})' if who else ''}: {finding.remedy}")
        if finding.outcome is Outcome.FAILS or finding.unreachable:
            lines.append(f"  - Send this to: {send_to(diagnose_finding(finding, question))}")
    ids = [f"{name} {value}" for name, value in finding.ids.present().items()]
    if finding.code or ids:
        lines.append("  - " + " · ".join([finding.code, *ids] if finding.code else ids))
    return lines


def _settled(journey: Journey, finding: Finding) -> dict[str, Any]:
    by = journey.settled_by(finding.check)
    return finding.as_json() | ({"settled_by": by} if by else {})
