"""Where a saved journey stands, as its line in the index says it."""

from __future__ import annotations

from pathlib import Path

from wizard.core.errors import BadInput
from wizard.core.text import clean_line
from wizard.core.timestamps import day
from wizard.journeys.entry import Entry
from wizard.journeys.resuming import as_resumed, gate_of
from wizard.journeys.saved_journey import JourneyFile, SavedJourney
from wizard.onboarding.outcome import outcome_of
from wizard.onboarding.profile import PROFILES
from wizard.tokens.ends import next_end

LONGEST = 300
"""Characters of a text in the index."""


def entry_of(path: str, name: str) -> Entry | None:
    """Return the line of the journey in a file, None where the file is gone; one that cannot be used says why."""
    try:
        saved = JourneyFile(Path(path)).read()
    except BadInput as mistake:
        return Entry(path, name, stands=f"cannot be used: it {clean_line(mistake.expected.partition(';')[0], LONGEST)}")
    if saved is None:
        return None
    answers, facts = saved.answers, saved.facts
    profile = PROFILES.get(answers.profile)
    if profile is None:
        return Entry(
            path, name, stands=f"cannot be used: its profile, {clean_line(answers.profile, 30)}, is not known here"
        )
    if saved.revoked_at:
        return _revoked(path, name, saved)
    gate = gate_of(as_resumed(saved, profile), profile)
    ends, step = next_end(answers, facts, has_user=profile.spec.has("user")), gate.open_step
    blocking = gate.blocking(step.id)
    stands = profile.full_name(step.id) + (f": {blocking.title}" if blocking else "")
    words = {
        "cloud": answers.cloud,
        "profile": answers.profile,
        "tenant": answers.tenant,
        "tenant_id": facts.tenant_id,
        "app": answers.client_id,
        "app_name": facts.app_name,
        "saved_at": saved.saved_at,
        "stands": "proven" if gate.is_proven else stands,
        "expires_at": ends.at if ends else "",
        "expires_why": ends.why if ends else "",
    }
    return Entry(
        path,
        name,
        outcome=outcome_of(gate),
        step="" if gate.is_proven else step.id,
        **{key: clean_line(text, LONGEST) for key, text in words.items()},
    )


def _revoked(path: str, name: str, saved: SavedJourney) -> Entry:
    """Return the line of a journey that was revoked: nothing is left of it that could end."""
    answers, facts, when = saved.answers, saved.facts, day(saved.revoked_at)
    stands = f"revoked on {when}" if saved.is_end_proven else f"its end began on {when}, and is not proven"
    words = {
        "cloud": answers.cloud,
        "profile": answers.profile,
        "tenant": answers.tenant,
        "tenant_id": facts.tenant_id,
        "app": answers.client_id,
        "app_name": facts.app_name,
        "saved_at": saved.saved_at,
        "outcome": "revoked" if saved.is_end_proven else "revoking",
        "stands": stands,
    }
    return Entry(path, name, **{key: clean_line(text, LONGEST) for key, text in words.items()})
