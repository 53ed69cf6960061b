"""The page of a support bundle that a person reads first: what is wrong, who can fix it, what is in the bundle."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from wizard import __version__
from wizard.catalogue import diagnose_finding, write_message
from wizard.core.findings import Finding, Outcome
from wizard.core.timestamps import timestamp
from wizard.core.wording import OPERATOR, OUTCOME_SIGNS, item_in_words, people, retry_in_words
from wizard.microsoft.exchanges import Exchange
from wizard.onboarding.outcome import outcome_of
from wizard.onboarding.profile import Profile
from wizard.onboarding.view import JourneyView
from wizard.reporting.inert_markdown import as_page
from wizard.reporting.journey_report import about_journey

FILES: Final = {
    "README.md": "this page",
    "report.md": "every check of every step, in words",
    "report.json": "the same for programs",
    "findings.jsonl": "what each check found, with codes and ids",
    "exchanges.jsonl": "every request: when, where, how long, what was refused and in which words",
    "actions.jsonl": "what fixes have changed: when, who, which request, what came of it",
    "environment.json": "versions, terminal, locale, clock, and the names of settings that are present",
    "answers.json": "what the operator entered, but no secret",
}
"""The files of a bundle, in the order they are packed, and what is in them."""
MOST_REFUSALS: Final = 5
_CODE: Final = re.compile(r"(AADSTS\d{4,10})|\"(?:code|error)\":\s?\"([A-Za-z0-9_]{1,60})\"")


def bundle_page(
    view: JourneyView,
    exchanges: tuple[Exchange, ...],
    *,
    left_out: tuple[str, ...],
    made_at: str,
    environment: Mapping[str, object],
) -> str:
    """Return the page, as Markdown.

    Args:
        view: of the journey.
        exchanges: the requests that are recorded, in order.
        left_out: what is not in the bundle, a sentence each.
        made_at: ISO 8601, UTC.
        environment: of this machine, as `wizard.core.environment` describes it.
    """
    return as_page(_lines(view, exchanges, left_out, made_at, environment))


def _lines(
    view: JourneyView,
    exchanges: tuple[Exchange, ...],
    left_out: tuple[str, ...],
    made_at: str,
    environment: Mapping[str, object],
) -> Iterator[str]:
    about = about_journey(view)
    yield f"# Support bundle: Partner Center onboarding of {about.get('tenant', 'a tenant')}"
    yield ""
    yield f"Made by partner-wizard {__version__} at {made_at}, on {environment['python']}, {environment['system']}."
    yield ""
    yield f"- Outcome: **{outcome_of(view)}**"
    yield f"- Open step: {'none' if view.is_proven else view.open_step.title}"
    yield from (f"- {name[0].upper()}{name[1:]}: {value}" for name, value in about.items())
    yield ""
    wrong, unknown = _problems(view)
    yield "## What is wrong"
    yield ""
    if not wrong:
        yield "No check fails or warns." + ("" if view.is_proven else " The journey is not complete.")
        yield ""
    for finding in wrong:
        yield from _failure(finding, about)
    if unknown:
        yield "## What could not be told yet"
        yield ""
    for finding in unknown:
        yield from _failure(finding, about)
    yield from _refusals(exchanges, view.profile)
    yield from _not_checked(view)
    yield "## In this bundle"
    yield ""
    yield from (f"- `{name}`: {what}" for name, what in FILES.items())
    yield ""
    yield "## Not in this bundle"
    yield ""
    yield from (f"- {sentence}" for sentence in left_out)
    yield ""
    yield "Ids (GUIDs) of the tenant, the app and requests are in it: support needs them to find the same requests."
    yield "What looked like a secret is `•••`. It is taken out by form and by name, so look through the files yourself"
    yield "before you send them."
    yield ""


def _problems(view: JourneyView) -> tuple[list[Finding], list[Finding]]:
    """Return what fails, closes a gate or warns, the gravest first; and apart what could not be told."""
    wrong = [finding for step in view.profile.steps if (finding := view.blocking(step.id))]
    unknown: list[Finding] = []
    for finding in view.findings.values():
        if finding.outcome is Outcome.HOLDS or view.is_settled(finding.check) or finding in wrong:
            continue
        (unknown if finding.outcome is Outcome.UNKNOWN and not finding.unreachable else wrong).append(finding)
    return wrong, unknown


def _failure(finding: Finding, about: Mapping[str, str]) -> Iterator[str]:
    diagnosis = diagnose_finding(finding)
    who = people(diagnosis.who, operator=OPERATOR)
    parts = {
        "Check": f"`{finding.check}`",
        "Code": diagnosis.code,
        "What happened": diagnosis.cause,
        "Who can": who,
        "Send this to": write_message(diagnosis, about).to if diagnosis.remedy else "",
        "Trying again helps": retry_in_words(finding.retry) if finding.retry else "",
        "The service's words": diagnosis.service_text,
        **{name.replace("_", " ").capitalize(): value for name, value in diagnosis.ids.present().items()},
        "Microsoft's page": diagnosis.link,
    }
    yield f"### {OUTCOME_SIGNS[finding.outcome]} {diagnosis.title}"
    yield ""
    yield from (f"- {name}: {' '.join(value.split())}" for name, value in parts.items() if value)
    if finding.open_items:
        yield "- Found:"
        yield from (f"  - {' '.join(item_in_words(item).split())}" for item in finding.open_items)
    if diagnosis.actions:
        yield "- What to do:"
        yield from (f"  {number}. {' '.join(act.split())}" for number, act in enumerate(diagnosis.actions, 1))
    yield ""


def _refusals(exchanges: tuple[Exchange, ...], profile: Profile) -> Iterator[str]:
    """Yield the last requests that were not granted."""
    refused = [each for each in exchanges if each.error and not _is_expected(each, profile)]
    yield "## The last requests that were not granted"
    yield ""
    if exchanges:
        first, last = timestamp(exchanges[0].at), timestamp(exchanges[-1].at)
        yield f"{len(exchanges)} requests are recorded, from {first} to {last}."
        if refused:
            yield f"{len(refused)} were not granted; one that looked for a name, and found it free, is among these."
    else:
        yield "No request is recorded."
    yield ""
    for each in refused[-MOST_REFUSALS:]:
        answer = f"HTTP {each.status}" if each.status else "no answer"
        code = _CODE.search(each.error)
        yield (
            f"- {timestamp(each.at)} {each.method} {each.host}{each.path} had {answer} after {each.seconds:.1f} s, "
            f"for `{each.reason}`"
        )
        ids = {"code": next(filter(None, code.groups())) if code else "", **each.ids.present()}
        if named := " · ".join(f"{name.replace('_', ' ')} {value}" for name, value in ids.items() if value):
            yield f"  - {named}"
    yield ""


def _is_expected(exchange: Exchange, profile: Profile) -> bool:
    """Return whether a refusal is expected: a poll before the person has signed in, a host that is only probed."""
    is_probed = any(each.is_anonymous for each in profile.steps if exchange.reason.startswith(f"{each.id}."))
    is_poll = re.search(r"authorization_pending|slow_down", exchange.error) is not None
    return is_poll or (is_probed and exchange.status == 401)


def _not_checked(view: JourneyView) -> Iterator[str]:
    not_made = [check for check in view.profile.checks if check not in view.findings and check not in view.skipped]
    yield "## Not checked"
    yield ""
    if not_made:
        yield f"{len(not_made)} checks were not made: {', '.join(f'`{check}`' for check in not_made)}."
    else:
        yield "Nothing: every check was made, or did not apply."
    yield ""
