"""`partner-wizard revoke`: the end of an onboarding in order, shown first, confirmed part by part, and proven.

Without --yes, and without a person at the terminal, it shows what it would do and changes nothing. Each request is in
the record of actions before it leaves; what an earlier run has done is said, and not done again.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wizard.commands.context import journey_file, read_clouds, read_saved_journey, stop_on_signals
from wizard.commands.stored_answers import refuse_a_person, with_credential_of
from wizard.core.findings import Finding, FixResult, Outcome
from wizard.core.wording import OUTCOME_SIGNS
from wizard.journeys.index import refresh_index
from wizard.journeys.journey_folder import JourneyFolder
from wizard.journeys.saved_journey import JourneyFile, SavedJourney
from wizard.journeys.session import Session
from wizard.journeys.state_folder import state_folder
from wizard.onboarding.fixing import apply_fix, record_check
from wizard.onboarding.revoking import (
    OLD_VERSIONS,
    SESSIONS,
    RevocationPlan,
    done_before,
    plan,
    prove_end,
    stored_token,
    version_note,
)
from wizard.plain.answers_file import read_answers
from wizard.plain.hidden_input import can_ask
from wizard.plain.line_writer import LineWriter
from wizard.plain.page_width import page_width_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from wizard.core.fixes import Fix
    from wizard.onboarding.onboarding_context import Onboarding

STAYS_VALID: Final = (
    "What stays valid: access tokens that were given out before, 60 to 90 minutes; where the API checks continuously, "
    "they may live up to 28 hours, and are refused before that. What programs have copied of the data stays copied."
)
"""Protocol 8."""
NOTHING_CHANGED: Final = "Nothing was changed. At a terminal each part is asked for; elsewhere --yes makes all of them."


def main(options: argparse.Namespace) -> int:
    """Revoke an onboarding; return the exit code."""
    file, saved = journey_file(options), read_saved_journey(options)
    folder = None if options.journey else JourneyFolder(Path(state_folder(os.environ)))
    session = Session(read_clouds(options), file=file, folder=folder)
    if options.answers:
        answers, given = read_answers(Path(options.answers), os.environ)
        saved = replace(saved, answers=with_credential_of(saved.answers, answers, given))
    is_attended = not options.json and can_ask()
    if not is_attended:
        refuse_a_person(saved.answers)
    lines = LineWriter(as_json=options.json, width_of=partial(page_width_of, no_color=options.no_color))
    with stop_on_signals(session):
        confirm = _yes if options.yes else _ask if is_attended else None
        try:
            return revoke_stored(session, file, saved, lines, confirm, deletes=options.delete)
        finally:
            refresh_index()


def revoke_stored(
    session: Session,
    file: JourneyFile,
    saved: SavedJourney,
    lines: LineWriter,
    confirm: Callable[[Fix], bool] | None,
    *,
    deletes: bool = False,
) -> int:
    """Show what is to be revoked, and revoke what is confirmed.

    Args:
        session: opens the journey; its cancel signal ends the waits.
        file: in which the journey is kept, and marked as revoked.
        saved: the stored journey, with the answers to use.
        lines: where it is written.
        confirm: is asked for each part; None: nothing is changed.
        deletes: whether the secret is deleted as well.

    Returns:
        The exit code: 0 if the end is proven, or if nothing was to be changed; else 1.

    Raises:
        BadInput: an answer does not lead to what is stored, or another process works on the journey.
        Cancelled: the session was stopped.
    """
    onboarding = session.load(saved, lines.emit).onboarding
    if (known := done_before(onboarding)) and saved.revoked_at:
        lines.say("\n  ".join(["An earlier run has done this; what is left follows:", *known]))
    found = plan(onboarding, deletes=deletes)
    _show(onboarding, found, lines)
    if confirm is None:
        lines.say(NOTHING_CHANGED)
        return 0
    file.lock()
    try:
        file.mark_revoked(saved.revoked_at or onboarding.now_stamp(), is_end_proven=False)
        finding, left = _revoke(onboarding, found, lines, confirm)
        is_over = finding.outcome is Outcome.HOLDS and not left
        if is_over:
            file.mark_revoked(saved.revoked_at or onboarding.now_stamp(), is_end_proven=True)
    finally:
        file.unlock()
    _say_end(finding, left, lines)
    return 0 if is_over else 1


def _revoke(
    onboarding: Onboarding, found: RevocationPlan, lines: LineWriter, confirm: Callable[[Fix], bool]
) -> tuple[Finding, list[str]]:
    """Make the parts that are confirmed; return whether the token has ended, and which parts are left."""
    token, left = stored_token(onboarding), list(found.unread)
    finding: Finding | None = None
    for part in found.parts:
        after_sessions = part.name not in {OLD_VERSIONS, SESSIONS}
        if finding is None and after_sessions:
            finding = prove_end(onboarding, token, is_revoked=False)
        if not confirm(part):
            left.append(f"{part.title}: not confirmed")
            continue
        result = apply_fix(onboarding, part)
        lines.fix_result(result)
        if not result.is_made:
            left.append(f"{part.title}: {result.message}")
        elif part.name == SESSIONS:
            finding = prove_end(onboarding, token, is_revoked=True)
            _record(onboarding, result, finding)
    return finding or prove_end(onboarding, token, is_revoked=False), left


def _record(onboarding: Onboarding, result: FixResult, finding: Finding) -> None:
    if result.actions:
        said = f"{finding.title or finding.message} {version_note(onboarding)}"
        record_check(onboarding, result, replace(finding, title=said))


def _show(onboarding: Onboarding, found: RevocationPlan, lines: LineWriter) -> None:
    """Write what is to be revoked, and what breaks by it."""
    from wizard.core.answers import vault_host
    from wizard.microsoft.changes import hosts_of

    answers = onboarding.answers
    hosts = hosts_of(onboarding.services.cloud, vault_host(answers.vault_url))
    lines.note(f"To be revoked for {answers.tenant}, app {onboarding.facts.app_name or answers.client_id}:")
    for number, part in enumerate(found.parts, 1):
        if lines.as_json:
            lines.fix(part, hosts, in_full=False)
        else:
            host = hosts[part.api.value]
            lines.note(f"{number}. {part.title}\n    {part.effect}\n    takes {', '.join(part.permissions)}, at {host}")
    if not found.parts:
        lines.note("    nothing: it has been revoked already")
    for each in found.unread:
        lines.note(f"? {each}")
    lines.note(STAYS_VALID)


def _say_end(finding: Finding, left: list[str], lines: LineWriter) -> None:
    sign = OUTCOME_SIGNS[finding.outcome]
    if lines.as_json:
        said = {"outcome": finding.outcome.value, "message": finding.message, "code": finding.code, "left": left}
        print(json.dumps({"type": "revocation", **said}), file=lines.out, flush=True)
        return
    for each in left:
        lines.note(f"! left: {each}")
    lines.note(f"{sign} {finding.message}")
    for act in finding.actions:
        lines.note(f"    {act}")


def _yes(_part: Fix) -> bool:
    return True


def _ask(part: Fix) -> bool:
    """Ask the person at the terminal; no answer is no."""
    print(f"{part.title}? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
