"""Says what a known wording means: what its line and the text around it name, and by what it was recognised."""

from __future__ import annotations

from dataclasses import replace

from wizard.catalogue.diagnosis import RECOGNISED_BY, Diagnosis
from wizard.catalogue.lookup import explain_refusal
from wizard.catalogue.placeholders import find_placeholder_values
from wizard.catalogue.recipients import send_to
from wizard.core.errors import ServiceRefusal


def explain_message(service: str, key: str, line: str, around: str, rest: str) -> Diagnosis:
    """Return what a message without a code means.

    Args:
        service: of the catalogue's entry.
        key: the catalogue's own name of the entry, and no code that a service gave.
        line: the line that the message stands in.
        around: what stands around it.
        rest: of its paragraph.
    """
    in_line = find_placeholder_values(line)
    beside = {**find_placeholder_values(around), **find_placeholder_values(rest)}
    names = {name: value for name, value in beside.items() if name not in in_line}
    diagnosis = explain_refusal(ServiceRefusal(service, key, "", line), around, names, sentence="")
    if diagnosis.code.lower() in line.lower():
        return diagnosis
    usual = f", which come with {diagnosis.code}" if diagnosis.code.startswith("AADSTS") else ""
    by_words = (RECOGNISED_BY, f"its words{usual}; no code stands in the text")
    return replace(diagnosis, code="", send_to=send_to(diagnosis), evidence=(*diagnosis.evidence, by_words))
