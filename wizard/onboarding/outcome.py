"""How an onboarding has ended so far, in a word; and until when its stored token can be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.core.facts import Facts
    from wizard.onboarding.gate import Gate


def outcome_of(gate: Gate) -> str:
    """Return "proven", "failed", "unreachable" or "provisional", as a summary line says it."""
    if gate.is_proven:
        return "proven"
    blocking = [finding for step in gate.profile.steps if (finding := gate.blocking(step.id))]
    if any(finding.unreachable for finding in blocking):
        return "unreachable"
    return "failed" if blocking else "provisional"


def expiry(facts: Facts) -> dict[str, str]:
    """Return when the stored token, or the access without one, ends at the latest, and why.

    {"at": ISO 8601, UTC, "why": words}.

    Empty where nothing is proven, and where no date is known.
    """
    reasons = {
        facts.token_expires_at: "90 days without a renewal",
        facts.credential_expires_at: "the app's credential expires",
    }
    dates = sorted(at for at in reasons if at) if facts.secret_version or facts.access_proven_at else []
    return {"at": dates[0], "why": reasons[dates[0]]} if dates else {}
