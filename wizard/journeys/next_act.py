"""What to do next with an onboarding. Imports nothing: `status` is to answer at once."""

from __future__ import annotations

SOON = 14 * 86_400
"""Seconds before its end in which a token's end is near."""
OF_AN_OPEN_ONE = {
    "failed": "fix what it names",
    "unreachable": "try it again",
    "unreadable": "move the file away",
    "revoked": "nothing: it has ended",
    "revoking": "go on with its end",
}


def next_act(outcome: str, expires_at: str, today: str, soon: str) -> str:
    """Return what to do next.

    Args:
        outcome: as an `Entry` has it.
        expires_at: when the stored token ends, ISO 8601 in UTC; "" where that is not known.
        today: in UTC, as "2026-11-27".
        soon: the day until which an end counts as near, in the same form.
    """
    if outcome != "proven":
        return OF_AN_OPEN_ONE.get(outcome, "go on with it")
    if not expires_at or expires_at > soon:
        return "check it daily"
    return "check it: it ends soon" if expires_at > today else "check it: it has ended unless renewed"


def next_command(outcome: str, name: str) -> str:
    """Return what to type for that; "" where no command helps."""
    if outcome in {"unreadable", "revoked"}:
        return ""
    if outcome == "revoking":
        return f"partner-wizard revoke {name}"
    return f"partner-wizard {'check' if outcome == 'proven' else '--tenant'} {name}"
