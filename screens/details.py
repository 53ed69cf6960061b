"""Long texts for the reader: all that is known of one check, and the help of a page."""

from __future__ import annotations

from importlib.resources import files

from textual.content import Content

from screens.plain import bold, plain
from screens.words import CHECK_SIGNS, CHECK_WORDS, people
from wizard.findings import Finding
from wizard.journey import CHECKS, STEPS, Journey

KEYS = """Tab and Shift+Tab go from field to field, Enter goes on. In the check list the arrows choose a check, Enter \
shows all that is known of it. F5 checks, F6 goes to the next step, Esc stops what is running or goes back, PgUp and \
PgDn scroll, Ctrl+P lists everything that can be done, Ctrl+Q quits."""


def details_of(journey: Journey, check: str) -> tuple[str, Content]:
    """Title and text on one check."""
    finding = journey.findings.get(check)
    title = CHECKS[check].question
    if finding is None:
        why = journey.skipped.get(check, "")
        return title, plain(f"{check}\n\n{f'Not needed: {why}.' if why else 'Not asked yet.'}")
    return title, Content("\n").join(_finding_lines(journey, finding))


def _finding_lines(journey: Journey, finding: Finding) -> list[Content]:
    lines = [
        plain(finding.check),
        plain(f"{CHECK_SIGNS[finding.outcome]} {CHECK_WORDS[finding.outcome]}"),
        plain(""),
        plain(finding.message),
    ]
    if settler := journey.settled_by(finding.check):
        lines += [plain(""), plain(f"✓ settled by: {CHECKS[settler].question} ({settler})")]
    if finding.remedy:
        lines += [plain(""), bold("What to do"), plain(finding.remedy)]
    if finding.who:
        lines += [plain(""), bold("Who can"), plain(people(finding.who))]
    if finding.code:
        lines += [plain(""), bold("Code"), plain(finding.code)]
    for heading, pairs in (("Evidence", finding.evidence), ("For support", finding.ids.present())):
        if pairs:
            lines += [plain(""), bold(heading)]
            for name, value in pairs.items():
                lines += [plain(f"{name.replace('_', ' ')}:"), plain(f"{value}")]
    return lines


def help_for(page: str) -> tuple[str, Content]:
    """Title and text of a page's help."""
    step = next((each for each in STEPS if each.id == page), None)
    lines = [plain(_help_file(page)), plain("")]
    if step is not None:
        if step.fields:
            lines.append(bold("What is asked"))
            lines += [plain(f"· {field.label}: {field.help}") for field in step.fields]
            lines.append(plain(""))
        lines.append(bold("What is checked"))
        lines += [plain(f"· {check.question} ({check.id})") for check in step.checks]
        lines.append(plain(""))
    lines += [bold("Keys"), plain(KEYS)]
    return (step.title if step else page.capitalize()), Content("\n").join(lines)


def _help_file(page: str) -> str:
    file = files("assets") / "help" / f"{page}.md"
    return file.read_text(encoding="utf-8").strip() if file.is_file() else ""
