"""What is generated, in README.md, the help and the assets: `python -m tests.documented` writes it."""

from __future__ import annotations

import argparse
import json
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from wizard.commands.explain import paragraphs
from wizard.commands.known_codes import is_word, written
from wizard.commands.options import build_parser
from wizard.commands.rehearse import grouped_scenes
from wizard.core.columns import Paragraph
from wizard.explain import explain_text
from wizard.jobs.renewal_checks import RENEWAL_CHECKS, ROTATION_CHECKS, STEP_ID, JobCheck
from wizard.onboarding.profile import CSP, EVERY_CHECK, PROFILES, STEPS
from wizard.onboarding.step import Check, Step
from wizard.rehearsal import Scene
from wizard.tokens.layouts import token_layouts

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
HELP = ROOT / "assets" / "help"
PROTOCOL = ROOT / "wizard" / "microsoft" / "PROTOCOL.md"
CHECK_LIST = ROOT / "assets" / "checks.json"
"""Steps and checks by name, for those who may not load the journey."""
CATALOGUE = ROOT / "assets" / "entra-errors.json"
KNOWN_CODES = ROOT / "assets" / "codes.txt"
"""What is said of a code that stands alone, for those who may not load the catalogue."""


def gate_of(check: Check) -> str:
    """Return when a check keeps the next step closed, in words."""
    if check.stops_if_fails:
        return "a failure stops; else advisory"
    if check.advisory:
        return "advisory"
    return f"now, or settled by `{check.settled_by}`" if check.settled_by else "now"


def checks() -> str:
    """Return the table of checks with what each proves, and the kinds of onboarding that have it."""
    rows = [
        f"| `{check.id}` | {check.title} | {gate_of(check)} | {kinds_with(check)} |" for check in EVERY_CHECK.values()
    ]
    return "\n".join(["| check | what holds | required | kind |", "|---|---|---|---|", *rows])


def renewal() -> str:
    """Return the table of the checks that a renewal alone asks."""
    rows = [f"| `{each.id}` | {each.title} |" for each in RENEWAL_CHECKS]
    return "\n".join(["| check | what holds |", "|---|---|", *rows])


def rotation() -> str:
    """Return the table of the checks that a renewal of the credential asks besides."""
    rows = [f"| `{each.id}` | {each.title} |" for each in ROTATION_CHECKS]
    return "\n".join(["| check | what holds |", "|---|---|", *rows])


def kinds_with(check: Check) -> str:
    """Return the kinds of onboarding that have a check, "all" for each of them."""
    names = [f"`{profile.name}`" for profile in PROFILES.values() if check.id in profile.checks]
    return "all" if len(names) == len(PROFILES) else ", ".join(names)


def kinds() -> str:
    """Return the kinds of onboarding: their names in an answers file, and who chooses them."""
    rows = [f"| `{each.name}` | {each.spec.title} | {each.spec.choice} |" for each in PROFILES.values()]
    return "\n".join(["| `profile` | kind | for |", "|---|---|---|", *rows])


def ending_of(scene: Scene) -> str:
    """How a scene ends, in words."""
    code = f", {scene.expected.code}" if scene.expected.code else ""
    return f"`{scene.expected.check}` {scene.expected.outcome}{code}; exit {scene.expected.exit_code}"


def scenes() -> str:
    """Return the table of scenes with question and end, in the order of the list in the wizard."""
    rows: list[str] = []
    for title, group in grouped_scenes():
        rows.append(f"| **{title}** | | |")
        rows += [f"| `{scene.name}` | {scene.title} | {ending_of(scene)} |" for scene in group]
    return "\n".join(["| scene | what it answers | how it ends |", "|---|---|---|", *rows])


def wrapped(text: str, first: str = "", rest: str = "") -> str:
    """Return a paragraph in lines as long as those around it."""
    return textwrap.fill(
        text, 120, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def why(step: Step) -> str:
    """Return why a step is there."""
    return wrapped(step.why)


def asked(step: Step) -> str:
    """Return what a step asks for: each field with its help."""
    if not step.fields:
        return ""
    usual = {field.key for each in CSP.steps for field in each.fields}
    lines = [
        wrapped(
            f"{field.label}{'' if field.key in usual else ' (of a control panel vendor)'}: {field.help}", "- ", "  "
        )
        for field in {each.key: each for each in reversed(step.fields)}.values()
    ]
    return "\n".join(["## What is asked", *reversed(lines)])


def layouts() -> str:
    """Return the table of the tools whose token can be taken over, and where they keep it."""
    places = {"tenant_id": "<tenant id>", "client_id": "<application id>", "user_hash": "<16 digits>"}
    rows = [f"| `{name}` | {each.title} | `{each.secret.format(**places)}` |" for name, each in token_layouts().items()]
    return "\n".join(["| `layout` | tool | secret in the vault |", "|---|---|---|", *rows])


def commands() -> dict[str, argparse.ArgumentParser]:
    """Every command's parser by its name; "" is the wizard."""
    top = build_parser()
    (subparsers,) = (each for each in top._actions if isinstance(each, argparse._SubParsersAction))
    return {"": top, **subparsers.choices}


def options() -> str:
    """Every option with the commands that take it."""
    takers: dict[tuple[str, str], list[str]] = {}
    for name, parser in commands().items():
        for action in parser._actions:
            flag = next((each for each in action.option_strings if each.startswith("--")), "")
            if flag and flag != "--help" and action.help and action.help != argparse.SUPPRESS:
                words = f"`{flag} {action.metavar}`" if action.metavar else f"`{flag}`"
                takers.setdefault((words, action.help), []).append(f"`{name}`" if name else "the wizard")
    rows = [f"| {words} | {', '.join(names)} | {purpose} |" for (words, purpose), names in takers.items()]
    return "\n".join(["| option | of | what it does |", "|---|---|---|", *rows])


def counted_marks(protocol: str) -> list[tuple[str, str, int]]:
    """Return each mark of PROTOCOL.md, what the legend at its head says of it, and how many facts below have it."""
    legend, _, facts = protocol.partition("\n## ")
    meanings: list[tuple[str, str]] = re.findall(r"^\| \(([A-Z])\) \| (.*?)(?:\. .*)? \|$", legend, re.MULTILINE)
    one = f"[{''.join(mark for mark, _ in meanings)}]"
    marked = "".join(re.findall(rf"\({one}(?:, (?:quoted|{one}))*\)", facts))
    return [(mark, means, marked.count(mark)) for mark, means in meanings]


def marks() -> str:
    """Return the table of the marks of PROTOCOL.md: how many facts rest on what."""
    counted = counted_marks(PROTOCOL.read_text(encoding="utf-8"))
    rows = [f"| ({mark}) | {means} | {count} |" for mark, means, count in counted]
    return "\n".join(["| mark | what the fact rests on | facts |", "|---|---|---|", *rows])


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a document between two marks, and what makes it."""

    file: Path
    name: str
    make: Callable[[], str]

    def __str__(self) -> str:
        return f"{self.file.name} {self.name}"

    def read(self) -> str:
        """Return the part as it is now."""
        return part(self.file, self.name)

    def write(self) -> None:
        """Write the part as it should be."""
        before, after = between(self.name).split(self.file.read_text(encoding="utf-8"), maxsplit=1)
        made = self.make()
        self.file.write_text(before + made + ("\n" if made else "") + after, encoding="utf-8")


def made_parts() -> list[Part]:
    """Return every generated part."""
    parts = [
        Part(README, "marks", marks),
        Part(HELP / "commands.md", "options", options),
        Part(HELP / "checks.md", "checks", checks),
        Part(HELP / "profiles.md", "kinds", kinds),
        Part(HELP / "scenes.md", "scenes", scenes),
        Part(HELP / "renewal.md", "renewal", renewal),
        Part(HELP / "rotation.md", "rotation", rotation),
        Part(HELP / "takeover.md", "layouts", layouts),
    ]
    for step in STEPS.values():
        page = HELP / f"{step.id}.md"
        parts += [Part(page, "why", partial(why, step)), Part(page, "asked", partial(asked, step))]
    return parts


MADE = made_parts()


def _listed(check: Check) -> dict[str, str | bool]:
    """Return what the list says of a check: its titles, and whether it is advisory, which most are not."""
    titles: dict[str, str | bool] = {"title": check.title, "failing_title": check.failing_title}
    return titles | {"advisory": True} if check.advisory and not check.stops_if_fails else titles


def _listed_of_job(check: JobCheck) -> dict[str, str | bool]:
    titles: dict[str, str | bool] = {"title": check.title, "failing_title": check.failing_title}
    return titles | {"advisory": True} if check.is_advisory else titles


def check_list() -> str:
    """Return every step with its number and title, and its checks with what holds, as JSON."""
    steps: list[dict[str, object]] = [
        {
            "id": step.id,
            "number": next(each.number_of(step.id) for each in PROFILES.values() if step.id in each.spec.steps),
            "title": step.title,
            "checks": {check.id: _listed(EVERY_CHECK[check.id]) for check in step.checks},
        }
        for step in STEPS.values()
    ]
    of_jobs = {each.id: _listed_of_job(each) for each in (*RENEWAL_CHECKS, *ROTATION_CHECKS)}
    steps.append({"id": STEP_ID, "title": "Renewal", "checks": of_jobs})
    return json.dumps(steps, indent=1, ensure_ascii=False) + "\n"


def known_codes() -> str:
    """Return what `partner-wizard explain` says of each code of the catalogue that stands alone."""
    catalogue = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    # What Partner Center's orders answer is hardly typed alone: such a code is left to the catalogue.
    others = [entry for entry in catalogue["other"] if "actions" in entry or "same_as" in entry]
    codes = [str(entry["code"]) for entry in (*catalogue["aadsts"], *others)]
    pages: dict[tuple[Paragraph | str, ...], list[str]] = {}
    forms = [form for code in codes for form in ((f"AADSTS{code}", code) if code.isdecimal() else (code,))]
    for code in filter(is_word, dict.fromkeys(forms)):
        explanation = explain_text(code, datetime.now(UTC))
        if explanation.diagnoses:
            pages.setdefault(tuple(paragraphs(explanation)), []).append(code)
    return written((codes, list(page)) for page, codes in pages.items())


def between(name: str) -> re.Pattern[str]:
    """Return the pattern of a part of a document, between its two marks."""
    return re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)


def part(file: Path, name: str) -> str:
    """Return a part of a document as it is now."""
    found = between(name).search(file.read_text(encoding="utf-8"))
    assert found, f"{file.name} has no part {name}"
    return found[0].removesuffix("\n")


def write() -> None:
    """Write every generated part."""
    for each in MADE:
        each.write()
    write_check_list()
    KNOWN_CODES.write_text(known_codes(), encoding="utf-8")


def write_check_list() -> None:
    """Write the list of checks."""
    CHECK_LIST.write_text(check_list(), encoding="utf-8")


if __name__ == "__main__":
    write()
