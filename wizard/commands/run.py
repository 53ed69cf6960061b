"""`partner-wizard run`: the journey in plain lines, unattended or asked for line by line."""

from __future__ import annotations

import argparse
import os
from dataclasses import fields, replace
from pathlib import Path
from typing import Final

from wizard.commands.context import open_session, the_one, wanted_onboarding
from wizard.commands.plain_run import run_in_plain_lines
from wizard.core.answers import Answers
from wizard.core.errors import BadInput
from wizard.journeys.index import refresh_index
from wizard.journeys.saved_journey import JourneyFile
from wizard.journeys.session import Session
from wizard.plain.answers_file import CREDENTIAL_ATTRIBUTES, key_of, read_answers
from wizard.plain.fix_orders import FixOrders
from wizard.plain.hidden_input import can_ask

SUBJECT: Final = ("cloud", "tenant", "client_id")
"""The answers that say which onboarding it is."""


def main(options: argparse.Namespace) -> int:
    """Run the journey; return the exit code."""
    answers, given = read_answers(Path(options.answers), os.environ) if options.answers else (Answers(), set())
    session = open_session(options, answers)
    if session.file is None and (entries := session.entries()):
        asks = not options.json and can_ask()
        if len(entries) == 1 or not (options.answers or asks):  # nobody says which one is meant
            session.file = JourneyFile(Path(the_one(entries, "").path))
    if wanted_onboarding(options):
        answers = with_what_is_known(session, answers, given)
    try:
        return run_in_plain_lines(
            session,
            answers,
            given,
            as_json=options.json,
            no_color=options.no_color,
            again=options.again,
            restart=options.restart,
            orders=FixOrders(options.apply or (), is_dry_run=options.dry_run, says_yes=options.yes),
        )
    finally:
        refresh_index()


def with_what_is_known(session: Session, answers: Answers, given: set[str]) -> Answers:
    """Return the answers of the onboarding that was named, with those of an answers file in their place.

    Cloud, tenant, app, and that the tenant is associated, count as given from then on: they are not asked again.

    Raises:
        BadInput: the answers file is of another onboarding.
    """
    saved = session.saved()
    if saved is None:
        return answers
    for name in SUBJECT:
        theirs, ours = getattr(answers, name), getattr(saved.answers, name)
        if name in given and ours and theirs.lower() not in (ours.lower(), saved.facts.tenant_id):
            raise BadInput(key_of(name), f"is {theirs} in the answers file, and {ours} in the onboarding that is named")
    said = [each.name for each in fields(Answers) if each.name in given and each.name != "tenant"]
    if "credential" in given:
        said += CREDENTIAL_ATTRIBUTES
    given |= {name for name in (*SUBJECT, "associated") if getattr(saved.answers, name)}
    known = replace(saved.answers, **{name: getattr(answers, name) for name in said})
    return known if known.tenant else replace(known, tenant=answers.tenant)
