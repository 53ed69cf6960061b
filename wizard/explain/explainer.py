"""Reads whatever an operator can copy, and says what it means: a diagnosis for each thing found.

The order of the reading, from a pasted text to an entry of the catalogue:

1. `reading.paste.read_paste`: bytes become text; pictures, archives and private keys are named and left out.
2. `reading.extraction.Extraction` takes out what has a form of its own, and leaves a mark in its place: first our own
   output (`own_output`), then, layer by layer (`reading.layers`: mail, escapes, pages), error bodies
   (`reading.error_bodies`), claims challenges (`claims_challenge`), addresses (`addresses`) and tokens
   (`token_reader`).
3. `reading.free_text.FreeText` finds in what is left codes, names of errors, HTTP statuses
   (`reading.code_finder`), and messages without a code.
4. Each of these asks the catalogue: `wizard.catalogue.lookup.explain_refusal` chooses the entry, and the cause of it
   that the words around it tell (`reading.object_context`, `reading.nearby_words`).
5. `reading.ranking.rank` joins what was found several times, and puts the most specific first.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from wizard.catalogue import Diagnosis
from wizard.core.collector import without_collector
from wizard.core.late_pattern import lowers_once
from wizard.explain.followable import fit_to_ids, is_more_than_a_code, is_of_a_request
from wizard.explain.reading.http_answers import MOST_ANSWERS
from wizard.explain.reading.paste import PRIVATE_KEY, WHAT_HELPS, read_paste
from wizard.explain.reading.ranking import rank
from wizard.explain.reading.text_reader import ReadResult, read_text
from wizard.explain.results import OWN_OUTPUT, Explanation, Kind

_SERVICES: Final = {
    "entra": "Microsoft Entra ID",
    "graph": "Microsoft Graph",
    "partner_center": "Partner Center",
    "key_vault": "Key Vault",
    "resource_manager": "Azure Resource Manager",
}
_MAY_BE_A_SECRET: Final = (
    "Nothing in it is known as a code. If it is a password, a secret or a token: it was not kept and is not shown. "
    "If others saw it, replace it where it comes from."
)
_ONE_ERROR: Final = 8_000
"""Characters of a text that can be of one program; a longer one is of many."""
_FEW: Final = 12
"""Errors that one paste of one program tells at the most; more are a log."""
_PARTLY_READ: Final = "Errors without a code were looked for only at its beginning and at its end."


@without_collector
@lowers_once
def explain_text(pasted: str | bytes, now: datetime) -> Explanation:
    """Return what a pasted text means. Never raises, and never repeats a secret.

    Args:
        pasted: anything an operator can copy: a code, a message, a body, headers, an address, a token, a log; bytes of
            a file.
        now: aware; tokens are compared with it.
    """
    paste = read_paste(pasted)
    if not paste.text:
        return Explanation((), paste.read_as, paste.notes)
    result = read_text(paste.text, now)
    notes = list(paste.notes)
    if result.has_private_key and PRIVATE_KEY not in notes:
        notes.append(PRIVATE_KEY)
    if result.is_partly_read:
        notes.append(_PARTLY_READ)
    if not result.detections:
        notes += [_MAY_BE_A_SECRET] if _may_be_a_secret(paste.text) else []
        notes += _describe_unknown(paste.text) or [
            f"No error, address or token that is known here was found in it. {WHAT_HELPS}"
        ]
    elif result.detections[0].kind is Kind.UNNAMED_STATUS:  # what its line says, its title says as well
        notes += [note for note in _describe_unknown(paste.text) if not re.search(r"\b[45][0-9]{2}\b", note)]
    notes += [f"Another error in it is not known here: “{words}”" for words in result.unread]
    ranked = rank(result.detections)
    if is_more_than_a_code(paste.text) and all(found.kind not in OWN_OUTPUT for found in result.detections):
        ranked = tuple(map(fit_to_ids, ranked))
        if len(paste.text) <= _ONE_ERROR and len(ranked) <= _FEW and any(map(is_of_a_request, ranked)):
            ranked = _fit_to_program(ranked, paste.text)
    return Explanation(ranked, _describe_form(paste.text, result), tuple(notes))


def _fit_to_program(diagnoses: tuple[Diagnosis, ...], text: str) -> tuple[Diagnosis, ...]:
    """Return diagnoses whose acts are for the ready-made program that a text names; as they are where it names none."""
    from wizard.explain.programs_named import find_program, fit_to_program

    program = find_program(text)
    return tuple(fit_to_program(each, program) for each in diagnoses) if program else diagnoses


def _describe_unknown(text: str) -> list[str]:
    """Return what can be said of an error that is not known, [] where nothing looks like one."""
    from wizard.explain.reading.unknown_text import describe_unknown

    return list(describe_unknown(text))


def _may_be_a_secret(text: str) -> bool:
    """Return whether it is a single word that is not of everyday language."""
    word = text.strip()
    return len(word.split()) == 1 and 6 <= len(word) <= 500 and not re.fullmatch(r"[A-Za-z]{1,20}|[0-9]{1,9}", word)


def _describe_form(text: str, result: ReadResult) -> str:
    """Return in words what a text was taken for; never a part of it."""
    lines = text.strip().count("\n") + 1
    kinds = {found.kind for found in result.detections}
    first = result.detections[0] if result.detections else None
    service = _service_of(first.diagnosis) if first and first.kind is not Kind.CHALLENGE else ""
    of_service = f" of {service}" if service else ""
    start = text.lstrip()[:200]
    if not kinds.isdisjoint(OWN_OUTPUT):
        return "output of partner-wizard"
    if result.answers == 1:
        return f"an HTTP answer{of_service} with its headers"
    if result.answers:
        more = " or more" if result.answers >= MOST_ANSWERS else ""
        return f"{result.answers}{more} HTTP answers with their headers"
    if result.is_log:
        return f"a log of {lines} lines"
    if re.match(r"<(?:!doctype|html)", start, re.IGNORECASE):
        return "a page of HTML"
    if kinds == {Kind.BODY} and len(result.detections) == 1 and start[:1] in "{[(":
        return f"an answer{of_service}"
    if lines == 1 and kinds == {Kind.ADDRESS} and len(text.split()) == 1:
        return "an address"
    if kinds == {Kind.TOKEN} and len(text.split()) <= 3:
        return "a token"
    if lines == 1 and kinds and kinds <= {Kind.CODE, Kind.NAME} and len(text.split()) <= 3:
        return "a code"
    return "a line of text" if lines == 1 else f"a text of {lines} lines"


def _service_of(diagnosis: Diagnosis) -> str:
    """Return the name of the service that gave a code, whatever it is about; "" if that is not known."""
    return _SERVICES.get("entra" if diagnosis.code.startswith("AADSTS") else diagnosis.service, "")
