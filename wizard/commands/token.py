"""`partner-wizard token`: a short-lived access token for any program, out of what is stored.

It goes to a pipe, or to a file that nobody else may read, as JSON in the form of `az account get-access-token`. The
refresh token that a redemption brings is dropped: the stored one stays valid (protocol 8), and is `renew`'s to replace.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wizard.commands.context import read_clouds, read_saved_journey, stop_on_signals
from wizard.commands.stored_answers import refuse_a_person, with_credential_of
from wizard.core.acts import numbered
from wizard.core.answers import tenant_error
from wizard.core.errors import BadInput, ServiceRefusal, Unreachable
from wizard.core.own_files import is_own, is_root
from wizard.core.shapes import is_guid
from wizard.core.text import clean
from wizard.core.wording import people
from wizard.journeys.pace_file import NAME, PaceFile
from wizard.journeys.session import Session, revoked
from wizard.journeys.state_folder import state_folder
from wizard.onboarding.finding_builders import not_reached, refused
from wizard.onboarding.token_issuing import NoToken, WhyNone, issue, require_credential
from wizard.plain.answers_file import read_answers
from wizard.plain.line_writer import LineWriter
from wizard.plain.page_width import page_width_of
from wizard.tokens.named_apis import audience_of

if TYPE_CHECKING:
    import argparse
    from typing import TextIO

    from wizard.journeys.saved_journey import SavedJourney
    from wizard.onboarding.onboarding_context import Onboarding
    from wizard.tokens.pace import Pace

OTHERS_MAY_READ: Final = stat.S_IRGRP | stat.S_IROTH


def main(options: argparse.Namespace) -> int:
    """Write an access token; return the exit code.

    Raises:
        BadInput: standard output is no place for a token, an option is wrong, or nothing is stored.
    """
    gives_secret = options.serve is None or options.serve.isdecimal()
    if gives_secret and not options.force and (why := why_not_to(sys.stdout)):
        raise BadInput("standard output", why)
    if options.customer and (wrong := tenant_error(options.customer)):
        raise BadInput("--customer", wrong)
    saved = read_saved_journey(options)
    session = Session(read_clouds(options))
    if options.answers:
        saved = _at_hand(saved, Path(options.answers))
    refuse_a_person(saved.answers)
    audience = audience_of(session.cloud(saved.answers.cloud), options.resource, saved.answers.token_resources)
    lines = LineWriter(out=sys.stderr, width_of=partial(page_width_of, no_color=options.no_color))
    with stop_on_signals(session):
        pace = PaceFile(Path(state_folder(os.environ)) / NAME)
        if options.serve is not None:
            from wizard.commands.token_serving import serve_tokens

            return serve_tokens(session, saved, options.serve, (options.resource, options.customer or ""), pace, lines)
        code = write_token(session, saved, audience, options.customer or "", pace, lines)
    if not pace.is_kept:
        lines.say("When this token was redeemed cannot be kept here: nothing holds back who asks again at once.")
    return code


def write_token(
    session: Session, saved: SavedJourney, audience: str, customer: str, pace: Pace, lines: LineWriter
) -> int:
    """Write an access token to standard output, or why there is none; return the exit code.

    Args:
        session: opens the journey; its cancel signal ends the waits.
        saved: the stored journey, with the answers to use.
        audience: of the API.
        customer: the id or domain of a customer's tenant, "" for the onboarded one.
        pace: says whether it may be redeemed now.
        lines: where a person reads what is waited for, and why there is none.

    Raises:
        BadInput: nothing is stored, or an answer does not lead to it.
        Cancelled: the session was stopped.
    """
    onboarding = session.load(saved, lines.emit).onboarding
    if saved.revoked_at:
        raise BadInput("token", revoked(saved))
    require_stored_token(onboarding)
    tenant_id = tenant_of(onboarding, customer)
    found = tenant_id if isinstance(tenant_id, NoToken) else issue(onboarding, audience, tenant_id, pace)
    print(json.dumps(found.as_json()))
    if not isinstance(found, NoToken):
        return 0
    lines.say(in_words(found))
    return exit_code_of(found)


def why_not_to(stream: TextIO) -> str:
    """Return why a token does not belong on a stream, "" if it may go there: a pipe, a socket, a file of one's own."""
    if stream.isatty():
        return (
            "is a terminal, which keeps what it shows; pipe it to the program that needs the token, or say --force "
            "(partner-wizard help programs has recipes)"
        )
    try:
        status = os.fstat(stream.fileno())
    except OSError:  # it is no file of the system's
        return ""
    mode = status.st_mode
    if (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)) and mode & OTHERS_MAY_READ:
        return (
            f"is a {'file' if stat.S_ISREG(mode) else 'named pipe'} that others on this machine may read (mode "
            f"{stat.S_IMODE(mode):04o}); set umask 077 before, pipe it, or say --force"
        )
    if stat.S_ISREG(mode) and not is_own(status) and not is_root():
        return "is a file of somebody else, who may read it; name another one, pipe it, or say --force"
    return ""


def require_stored_token(onboarding: Onboarding) -> None:
    """Raise `BadInput` where this onboarding has stored no token, or nobody can say what it is redeemed with."""
    if not onboarding.facts.secret_version:
        raise BadInput("token", "no token is stored yet; partner-wizard, or partner-wizard run, goes on to that step")
    require_credential(onboarding)


def tenant_of(onboarding: Onboarding, customer: str) -> str | NoToken:
    """Return the id of the tenant to redeem in: the onboarded one, or the customer's, by its id or domain."""
    if not customer:
        return onboarding.facts.tenant_id
    if is_guid(customer):
        return customer.lower()
    try:
        return onboarding.services.entra.discover_tenant(customer).tenant_id
    except ServiceRefusal as refusal:
        return NoToken(WhyNone.CUSTOMER_REFUSED, refused(refusal))
    except Unreachable as error:
        return NoToken(WhyNone.UNREACHABLE, not_reached(error))


def in_words(found: NoToken) -> str:
    """Return why there is no token, and what to do, as lines."""
    finding = found.finding
    said = [f"No token ({found.why}{f', {finding.code}' if finding.code else ''}): {finding.title or finding.message}"]
    if finding.title:
        said.append(f"    {finding.message}")
    if finding.actions:
        who = people(finding.who)
        said.append(f"    to do{f' ({who})' if who else ''}:")
        said += [f"      {number}{act}" for number, act in numbered(finding.actions)]
    if ids := finding.ids.present():
        said.append("    " + ", ".join(f"{name} {value}" for name, value in ids.items()))
    return clean("\n".join(said))


def exit_code_of(found: NoToken) -> int:
    """Return 3 where a service could not be reached, else 1."""
    return 3 if found.why is WhyNone.UNREACHABLE else 1


def _at_hand(saved: SavedJourney, path: Path) -> SavedJourney:
    """Return a saved journey with the credential, the identities and the other resources of an answers file."""
    answers, given = read_answers(path, os.environ)
    merged = with_credential_of(saved.answers, answers, given)
    if "token_resources" in given:
        merged = replace(merged, token_resources=answers.token_resources)
    return replace(saved, answers=merged)
