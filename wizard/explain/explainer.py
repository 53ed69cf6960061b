"""Reads whatever an operator can copy, and says what it means: a diagnosis for each thing found."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from wizard.catalogue.diagnosis import Explanation
from wizard.explain.own_output.own_findings import MOST_FINDINGS as MOST_OWN
from wizard.explain.own_output.own_findings import NOT_CHECKED_NOTE as OWN_OUTPUT
from wizard.explain.reading.engine import ReadResult, read
from wizard.explain.reading.paste import PRIVATE_KEY, WHAT_HELPS, read_paste
from wizard.explain.reading.ranking import rank

_SERVICES: Final = {
    "entra": "Microsoft Entra ID",
    "graph": "Microsoft Graph",
    "partner_center": "Partner Center",
    "key_vault": "Key Vault",
}
_SECRET: Final = (
    "Nothing in it is known as a code. If it is a password, a secret or a token: it was not kept and is not shown. "
    "If others saw it, replace it where it comes from."
)
_SIGNS_NOT_READ: Final = "Errors without a code were looked for only at its beginning and at its end."


def explain_text(pasted: str | bytes, now: datetime) -> Explanation:
    """Give what a pasted text means.

    Args:
        pasted: anything an operator can copy: a code, a message, a body, headers, an address, a token, a log; bytes of
            a file.
        now: aware; tokens are held against it.

    Never raises, and never repeats a secret.
    """
    paste = read_paste(pasted)
    if not paste.text:
        return Explanation((), paste.read_as, paste.notes)
    result = read(paste.text, now)
    notes = list(paste.notes)
    if result.has_private_key and PRIVATE_KEY not in notes:
        notes.append(PRIVATE_KEY)
    if result.has_unread_signs:
        notes.append(_SIGNS_NOT_READ)
    if any(found.kind in ("own", "open") for found in result.found):
        notes.append(OWN_OUTPUT)
    if sum(found.kind in ("own", "open") for found in result.found) >= MOST_OWN:
        notes.append(f"Of partner-wizard's own output only the first {MOST_OWN} findings were read.")
    if not result.found:
        notes += [_SECRET] if _may_be_a_secret(paste.text) else []
        notes.append(f"No error, address or token that is known here was found in it. {WHAT_HELPS}")
    return Explanation(rank(result.found), _read_as(paste.text, result), tuple(notes))


def _may_be_a_secret(text: str) -> bool:
    """Whether it is a single word that is not of everyday language."""
    word = text.strip()
    return len(word.split()) == 1 and 6 <= len(word) <= 500 and not re.fullmatch(r"[A-Za-z]{1,20}|[0-9]{1,9}", word)


def _read_as(text: str, result: ReadResult) -> str:
    """Say in words what a text was taken for; never with a part of it."""
    lines = text.strip().count("\n") + 1
    kinds = {found.kind for found in result.found}
    first = result.found[0] if result.found else None
    service = _SERVICES.get(first.diagnosis.service, "") if first and first.kind != "challenge" else ""
    of_service = f" of {service}" if service else ""
    start = text.lstrip()[:200]
    if kinds & {"own", "open"}:
        return "output of partner-wizard"
    if result.answers == 1:
        return f"an HTTP answer{of_service} with its headers"
    if result.answers:
        return f"{result.answers} HTTP answers with their headers"
    if result.is_log:
        return f"a log of {lines} lines"
    if re.match(r"<(?:!doctype|html)", start, re.IGNORECASE):
        return "a page of HTML"
    if kinds == {"body"} and len(result.found) == 1 and start[:1] in "{[(":
        return f"an answer{of_service}"
    if lines == 1 and kinds <= {"redirect"} and kinds and len(text.split()) == 1:
        return "an address"
    if kinds == {"token"} and len(text.split()) <= 3:
        return "a token"
    if lines == 1 and kinds and kinds <= {"code", "name"} and len(text.split()) <= 3:
        return "a code"
    return "a line of text" if lines == 1 else f"a text of {lines} lines"
