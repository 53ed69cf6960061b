"""Finds the first code of a service in a text that a person copied, and says what it means."""

from __future__ import annotations

import re

from wizard.diagnosis.catalogue import explain, known
from wizard.diagnosis.model import Diagnosis

_ENTRA = re.compile(r"AADSTS\d{4,7}", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w-])\d{4,7}(?![\w-])")
_NAME = re.compile(r"[A-Za-z_]{8,60}")


def explain_text(text: str) -> Diagnosis | None:
    """Give what the first AADSTS code in `text` means, else the first code the catalogue knows; None without one."""
    for code in _ENTRA.findall(text):
        return explain("entra", code.upper())
    # The longest name says most: ForbiddenByRbac comes inside Forbidden.
    for word in (*_NUMBER.findall(text), *sorted(_NAME.findall(text), key=len, reverse=True)):
        for service in ("entra", "partner_center", "key_vault", "graph"):
            if found := known(service, word):
                return found
    return None
