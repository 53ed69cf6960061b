"""`partner-wizard explain`: what an error, an answer, an address, a token or a log means. Works offline."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from wizard.catalogue import Diagnosis
from wizard.catalogue.check_titles import step_titles
from wizard.catalogue.diagnosis_words import labelled_ids, quote_service, times
from wizard.catalogue.outgoing_message import write_message
from wizard.catalogue.recipients import send_to
from wizard.commands.paste_input import Pasted, read_pasted
from wizard.core.acts import numbered
from wizard.core.columns import Paragraph, columns_of, lay_out
from wizard.core.text import clean, clean_line
from wizard.core.wording import FAILS_SIGN, people, retry_in_words
from wizard.explain import Explanation, explain_text

_LONGEST_LINE: Final = 20_000
_SERVICES: Final = ("entra", "graph", "partner_center", "key_vault", "resource_manager")


def main(options: argparse.Namespace) -> int:
    """Explain what the command line names; return the exit code, 2 if nothing could be explained."""
    explained = [_explain(pasted, options) for pasted in read_pasted(options.text)]
    print(end="", flush=True)  # a reader that has gone away is noticed here, and not when the interpreter ends
    return 0 if any(explained) else 2


def _explain(pasted: Pasted, options: argparse.Namespace) -> bool:
    """Explain one text; return whether anything in it could be explained."""
    explanation = explain_text(pasted.content, datetime.now(UTC))
    explanation = replace(explanation, notes=(*pasted.notes, *explanation.notes))
    name = clean_line(pasted.name)
    if not explanation.diagnoses:
        _write_notes(("Nothing in it could be explained.", *explanation.notes), name)
    elif options.json:
        for diagnosis in explanation.diagnoses:
            print(json.dumps(_as_json(diagnosis, name, with_message=options.message)))
        _write_notes(explanation.notes, name)
    else:
        width = columns_of(sys.stdout, os.environ)
        lines = _messages(explanation) if options.message else lay_out(paragraphs(explanation), width)
        for line in [*([f"{name}:", ""] if name else []), *lines, *([""] if name else [])]:
            print(clean(line, _LONGEST_LINE))
    return bool(explanation.diagnoses)


def _write_notes(notes: tuple[str, ...], name: str) -> None:
    for note in notes:
        print(f"partner-wizard: {f'{name}: ' if name else ''}{clean(note)}", file=sys.stderr)


def _as_json(diagnosis: Diagnosis, name: str, *, with_message: bool) -> dict[str, object]:
    line = {**diagnosis.as_json(), "send_to": send_to(diagnosis), **({"file": name} if name else {})}
    if with_message:
        message = write_message(diagnosis, {})
        line |= {"subject": message.subject, "message": message.text}
    return line


def paragraphs(explanation: Explanation) -> Iterator[Paragraph | str]:
    """Yield an explanation as it is shown."""
    many = len(explanation.diagnoses) > 1
    for number, diagnosis in enumerate(explanation.diagnoses, 1):
        yield from _of_a_diagnosis(diagnosis, f"{number}. " if many else "")
        yield ""
    if explanation.read_as:
        yield "· ", "  ", f"Read as {explanation.read_as}."
    for note in explanation.notes:
        yield "· ", "  ", clean_line(note, _LONGEST_LINE)
    to_fix = [diagnosis for diagnosis in explanation.diagnoses if diagnosis.remedy and not diagnosis.is_healthy]
    if to_fix:
        whom = "that person" if len(to_fix) == 1 else "each of them"
        yield "· ", "  ", f"The message for {whom}: add --message."


def _of_a_diagnosis(diagnosis: Diagnosis, number: str) -> Iterator[Paragraph | str]:
    def prose(text: str) -> Paragraph:
        return "  ", "  ", clean_line(text, _LONGEST_LINE)

    sign = FAILS_SIGN if diagnosis.who and diagnosis.remedy and not diagnosis.is_healthy else "·"
    title = " · ".join(part for part in (diagnosis.code, diagnosis.title) if part)
    often = f" ({times(diagnosis)})" if diagnosis.count > 1 else ""
    yield "", "  ", clean_line(f"{number}{sign} {title}{often}", _LONGEST_LINE)
    yield prose(diagnosis.cause)
    if diagnosis.service_text:
        yield prose(quote_service(diagnosis, diagnosis.service_text))
    if diagnosis.evidence:
        yield ""
        longest = min(24, max(len(name) for name, _ in diagnosis.evidence))
        yield from (f"  {name.replace('_', ' '):{longest}}  {value}" for name, value in diagnosis.evidence)
    yield ""
    if diagnosis.actions:
        who = people(diagnosis.who)
        yield f"  To do{f' ({who})' if who else ''}:"
        for mark, act in numbered(diagnosis.actions):
            yield f"  {mark}", " " * (2 + len(mark)), clean_line(act, _LONGEST_LINE)
        if not diagnosis.is_healthy:
            yield prose(f"Send this to: {send_to(diagnosis)}")
            yield prose(f"Trying again helps: {retry_in_words(diagnosis.retry)}")
    if step := step_titles().get(diagnosis.step):
        yield f"  {step}"
    if diagnosis.link:
        yield f"  {diagnosis.link}"
    if ids := labelled_ids(diagnosis):
        yield "  For support:"
        longest = max(map(len, ids))
        yield from (f"    {name:{longest}}  {value}" for name, value in ids.items())
    elif diagnosis.service in _SERVICES and not diagnosis.is_description:
        yield "  For support: no ids came with it"


def _messages(explanation: Explanation) -> Iterator[str]:
    """Yield the message for each person, ready to send; a line separates several."""
    for number, diagnosis in enumerate(explanation.diagnoses):
        if number:
            yield "-" * 72
        message = write_message(diagnosis, {})
        yield f"To: {message.to}"
        yield f"Subject: {message.subject}"
        yield ""
        yield message.text
