"""Recognises partner-wizard's own output, pasted back, by the id under each finding: [user.signed_in AADSTS50076].

What it says is the catalogue's: no sentence of a paste is repeated, for a paste can be made up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from wizard.catalogue.check_titles import check_service, is_advisory, step_titles, title_of_check
from wizard.catalogue.diagnosis import Diagnosis, diagnose_finding
from wizard.catalogue.lookup import explain, look_up_titled
from wizard.catalogue.members import as_identifier, as_object
from wizard.core.findings import SUPPORT_IDS, Finding, Outcome, SupportIds, Who
from wizard.core.late_pattern import late_pattern
from wizard.core.wording import HOLDS_SIGN, OUTCOME_SIGNS
from wizard.explain.reading.support_ids import find_ids
from wizard.explain.results import LocatedDiagnosis

_MEMBERS: Final = {
    "finding": {"step", "check", "outcome", "message"},
    "consent_link": {"url"},
    "sign_in": {"for", "method", "expires_at"},
    "submission_rejected": {"for", "message"},
    "summary": {"outcome", "steps", "hosts"},
}
"""What a line of JSON of ours has, by its type."""
_OUTCOMES: Final = {sign: outcome for outcome, sign in OUTCOME_SIGNS.items()}
_SERVICES: Final = ("entra", "key_vault", "partner_center", "graph", "resource_manager")
_LONGEST: Final = 6_000
"""Characters of a finding, from its sign to its id."""
_LONGEST_TITLE: Final = 200
_CODE: Final = r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,79}"
_IDS: Final = late_pattern(
    r"(?:[\s>|,·]{1,24}(?:(?:correlation_id|trace_id|request_id)[\s>|]{1,9}[\w:.+-]{8,60}"
    r"|timestamp[\s>|]{1,9}(?:[A-Z][a-z]{2},[\s>|]{1,9}\d\d?[\s>|]{1,9}[A-Z][a-z]{2}[\s>|]{1,9})?\d{4}[\d-]{0,6}"
    r"[T\s>|]{1,9}[\d:.]{8,16}(?:Z|[\s>|]{1,9}GMT)?)){0,4}"
)
# What a run says besides findings: people's links and codes, waits, the end. They name codes that are no errors.
_ROUTINE: Final = (
    r"(?:◇ [A-Z]|(?:proven|provisional|failed|unreachable|cancelled): [a-z]+ [a-z_]+, |token: https://|hosts asked: "
    r"|Waiting for .{1,300} UTC\.|! \S{1,253} is (?:busy|not answering)(?: as it should)? \("
    r"|! Entra (?:refuses the client secret|does not know the certificate|finds no federated credential for the token)"
    r" \(AADSTS"
    r"|The code or link shown before is no longer valid: "
    r"|The sign-in (?:of|for) .{1,300} has arrived; its code or link is used\."
    r"|Sign in (?:as|with) .{1,300}:$|  (?:address|code|until)  |- At once, when |- On \d{4}-\d\d-\d\d "
    r"|- When the app's |An administrator has to open this address and accept:(?:\n[>| ]{0,4}\S+(?=\n|$)){0,20})[^\n]*"
)


def find_own_findings(text: str) -> list[LocatedDiagnosis]:
    """Return each finding in our own lines and reports that asks for something, in the order of the text."""
    found, place = [], 0
    known: dict[tuple[str, str, Outcome, str], Diagnosis] = {}
    for printed in _printed_id().finditer(text):
        check, code = printed[1], printed[2] or ""
        start, outcome, title = _beginning(text, check, max(place, printed.start() - _LONGEST), printed.start())
        ids = _IDS.match(text, printed.end())
        place = ids.end() if ids else printed.end()
        same = check, code, outcome, title
        if same not in known:
            known[same] = _diagnose(*same, SupportIds())
        named = find_ids(re.sub(r"[\s>|]+", " ", text[printed.end() : place]))
        diagnosis = replace(known[same], ids=named) if named.present() else known[same]
        found.append(LocatedDiagnosis(diagnosis, start, place, _is_failure(check, outcome)))
    return found


def blank_routine_lines(text: str) -> str:
    """Return `text` with blanks, as many, for what our own output says besides findings that ask for something."""

    def blank(found: re.Match[str]) -> str:
        return found[0] if _printed_id().search(found[0]) else re.sub(r"[^\n]", " ", found[0])

    return _routine().sub(blank, text) if _head().search(text) else text


def is_own_object(members: Mapping[str, object]) -> bool:
    """Return whether an object is a line of our own JSON."""
    kind = as_identifier(members.get("type"))
    if not members.keys() >= _MEMBERS.get(kind, {kind}):
        return False
    return kind != "finding" or re.fullmatch(_check(), as_identifier(members["check"])) is not None


def read_own_object(members: Mapping[str, object]) -> tuple[Diagnosis, bool] | None:
    """Return what a finding in JSON means, and whether it is a failure; None for what asks for nothing."""
    outcome = next((each for each in Outcome if each.value == members.get("outcome")), Outcome.HOLDS)
    asks = outcome is Outcome.FAILS or (outcome is not Outcome.HOLDS and members.get("actions"))
    if members.get("type") != "finding" or not asks or members.get("settled_by"):
        return None
    ids = as_object(members.get("ids"))
    code = as_identifier(members.get("code"))
    named = SupportIds(**{name: as_identifier(ids.get(name)) for name in SUPPORT_IDS})
    code = code if re.fullmatch(_CODE, code) else ""
    title = as_identifier(members.get("title"))
    check = as_identifier(members.get("check"))
    return _diagnose(check, code, outcome, title, named), _is_failure(check, outcome)


def _is_failure(check: str, outcome: Outcome) -> bool:
    """Return whether a finding closed a gate: it comes before those that did not."""
    return outcome is Outcome.FAILS and not is_advisory(check)


def _beginning(text: str, check: str, start: int, end: int) -> tuple[int, Outcome, str]:
    """Return where the finding begins whose id stands at `end`, how it ended, and the words that hold its title."""
    in_a_run, in_a_report = text.rfind(f" {check}:", start, end), text.rfind(f"(`{check}`)", start, end)
    at = max(in_a_run, in_a_report)
    if at < 0:
        return end, Outcome.FAILS, ""
    line = max(start, text.rfind("\n", start, at) + 1)
    sign = next((each for each in text[line : at + 1] if each in _OUTCOMES), "")
    title = text[at : min(end, at + _LONGEST_TITLE)] if at == in_a_run else text[line:at]
    return line, _OUTCOMES.get(sign, Outcome.FAILS), re.sub(r"[\s>|]+", " ", title)


def _diagnose(check: str, code: str, outcome: Outcome, title: str, ids: SupportIds) -> Diagnosis:
    """Return what a finding means: by its code, and the cause that its title names; else the finding itself says it."""
    if not code:
        cause = f"partner-wizard's check {check} did not hold: the finding itself says why, and what to do."
        act = f'Do what stands under "to do" in the finding; `partner-wizard help {check}` shows the page about it.'
        own_title = title_of_check(check, outcome) or check
        return diagnose_finding(Finding(check, outcome, cause, {}, (act,), (Who.OPERATOR,), ids=ids, title=own_title))
    services = (check_service(check, code), *_SERVICES)
    titled = next((found for each in services if (found := look_up_titled(each, code, title))), None)
    entry = titled or explain(services[0] or "entra", code)
    return diagnose_finding(
        Finding(
            check,
            outcome,
            entry.cause,
            {},
            entry.actions,
            entry.who,
            code,
            ids,
            title=entry.title,
            retry=entry.retry,
            link=entry.link,
        )
    )


@cache
def _check() -> str:
    """Return the pattern of a check's id."""
    return rf"(?:{'|'.join(map(re.escape, step_titles()))})\.[a-z][a-z_]{{1,40}}"


@cache
def _printed_id() -> re.Pattern[str]:
    return re.compile(rf"\[({_check()})(?:[\s>|]{{1,20}}({_CODE}))?\]")


@cache
def _head() -> re.Pattern[str]:
    return re.compile(rf"\S {_check()}:|\(`{_check()}`\)|\"check\": ?\"{_check()}\"")


@cache
def _routine() -> re.Pattern[str]:
    """Return the pattern of a line that asks for nothing: what holds, waits or was not asked, with what hangs below."""
    holds = (
        rf"[{HOLDS_SIGN}·?+-] (?:{_check()}:|[^\n]{{1,200}}\(`{_check()}`\))[^\n]*(?:\n[>| ]{{0,4}}  [^\n]+){{0,20}}"
    )
    return re.compile(rf"^[>| \t*-]{{0,8}}(?:{holds}|{_ROUTINE})", re.MULTILINE)
