"""Long texts for the reader: all that is known of one check, and an error explained."""

from __future__ import annotations

from textual.content import Content

from screens.plain import bold, plain, prose
from screens.words import CHECK_SIGNS, CHECK_WORDS, people
from wizard.diagnosis import Diagnosis
from wizard.findings import Finding
from wizard.journey import CHECKS, Journey


def details_of(journey: Journey, check: str) -> tuple[str, Content]:
    """Title and text on one check."""
    finding = journey.findings.get(check)
    title = CHECKS[check].question
    if finding is None:
        why = journey.skipped.get(check, "")
        return title, plain(f"{f'Not needed: {why}.' if why else 'Not asked yet.'}\n\nFor support: {check}")
    return title, Content("\n").join(_finding_lines(journey, finding))


def _finding_lines(journey: Journey, finding: Finding) -> list[Content]:
    lines = [
        plain(f"{CHECK_SIGNS[finding.outcome]} {CHECK_WORDS[finding.outcome]}"),
        plain(""),
        plain(finding.message),
    ]
    if settler := journey.settled_by(finding.check):
        lines += [plain(""), plain(f"✓ confirmed by: {CHECKS[settler].question}")]
    if finding.remedy:
        lines += [plain(""), bold("What to do"), prose(finding.remedy)]
    if finding.who:
        lines += [plain(""), bold("Who can"), plain(people(finding.who))]
    if finding.code:
        lines += [plain(""), bold("Code"), plain(finding.code)]
    for_support = {"check": finding.check, **finding.ids.present()}
    for heading, pairs in (("Evidence", finding.evidence), ("For support", for_support)):
        if pairs:
            lines += [plain(""), bold(heading)]
            for name, value in pairs.items():
                lines += [plain(f"{name.replace('_', ' ')}:"), plain(f"{value}")]
    return lines


def explained(diagnosis: Diagnosis) -> tuple[str, Content]:
    """Title and text on an error."""
    who = people(diagnosis.who)
    lines = [plain(diagnosis.code), plain(""), plain(diagnosis.cause)]
    lines += [plain(""), bold(f"What to do{f' ({who})' if who else ''}"), prose(diagnosis.remedy)]
    if diagnosis.link:
        lines += [plain(""), bold("Microsoft's page"), plain(diagnosis.link)]
    return diagnosis.title, Content("\n").join(lines)
