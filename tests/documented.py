"""The parts of README.md and the list of checks that are generated: `python -m tests.documented` writes them."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

from screens.help import DIALOG_TITLES, asked_in, help_source
from wizard.commands.options import build_parser
from wizard.commands.rehearse import grouped_scenes
from wizard.onboarding.profile import CSP
from wizard.onboarding.step import Check
from wizard.rehearsal import Scene

PAGES_WITHIN = {"consent": ("consent-link",), "user": ("browser", "device-code")}
"""What a step shows while it waits for somebody."""
README = Path(__file__).parents[1] / "README.md"
CHECK_LIST = README.parent / "assets" / "checks.json"
"""Steps and checks by name, for those who may not load the journey."""


def gate_of(check: Check) -> str:
    """Return when a check keeps the next step closed, in words."""
    if check.advisory:
        return "advisory"
    return f"now, or settled by `{check.settled_by}`" if check.settled_by else "now"


def checks() -> str:
    """Return the table of checks with what each proves."""
    rows = [f"| `{check.id}` | {check.question} | {gate_of(check)} |" for check in CSP.checks.values()]
    return "\n".join(["| check | what holds | required |", "|---|---|---|", *rows])


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


def steps() -> str:
    """Return every step as its help explains it: why it is there, what is checked, what is asked."""
    parts: list[str] = []
    for step in CSP.steps:
        parts += [f"### {CSP.number_of(step.id)}. {step.title}", step.why]
        parts.append(re.sub(r"^## ", "#### ", help_source(step.id), flags=re.MULTILINE))
        if step.fields:
            parts += ["#### What is asked", "\n".join(f"- {asked}" for asked in asked_in(step))]
        for page in PAGES_WITHIN.get(step.id, ()):
            parts.append(f"#### {DIALOG_TITLES[page]}")
            parts.append(re.sub(r"^## ", "##### ", help_source(page), flags=re.MULTILINE))
    return "\n\n".join(parts)


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


MADE = {"options": options, "checks": checks, "scenes": scenes, "steps": steps}


def check_list() -> str:
    """Return every step with its number and title, and its checks with what holds, as JSON."""
    steps = [
        {
            "id": step.id,
            "number": CSP.number_of(step.id),
            "title": step.title,
            "checks": {check.id: check.question for check in step.checks},
        }
        for step in CSP.steps
    ]
    return json.dumps(steps, indent=1, ensure_ascii=False) + "\n"


def between(name: str) -> re.Pattern[str]:
    """Return the pattern of a part of the README, between its two marks."""
    return re.compile(rf"(?<=<!-- {name} -->\n).*?(?=\n<!-- /{name} -->)", re.DOTALL)


def part(name: str) -> str:
    """Return a part of the README as it is now."""
    found = between(name).search(README.read_text(encoding="utf-8"))
    assert found, f"README.md has no part {name}"
    return found[0]


def write() -> None:
    """Write every generated part."""
    text = README.read_text(encoding="utf-8")
    for name, make in MADE.items():
        before, after = between(name).split(text, maxsplit=1)
        text = before + make() + after
    README.write_text(text, encoding="utf-8")
    write_check_list()


def write_check_list() -> None:
    """Write the list of checks."""
    CHECK_LIST.write_text(check_list(), encoding="utf-8")


if __name__ == "__main__":
    write()
