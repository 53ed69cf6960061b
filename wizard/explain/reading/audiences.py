"""Compares the API that a token was asked for with the one that was called and refused it."""

from __future__ import annotations

import re
from typing import Final

from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.lookup import explain_refusal
from wizard.catalogue.well_known import audience
from wizard.core.errors import ServiceRefusal
from wizard.core.late_pattern import late_pattern

_HOST: Final = r"https://([A-Za-z0-9.-]{4,100})"
_ASKED: Final = late_pattern(
    rf"(?:\bresource|-scopes?|\bscopes?|\baud(?:ience)?)[\"']?\s{{0,3}}[=: ]\s{{0,3}}[@\[({{]{{0,2}}[\"']?{_HOST}",
    re.IGNORECASE,
    needs=("https://",),
)
_CALLED: Final = late_pattern(
    rf"(?:\b(?:GET|POST|PUT|PATCH|DELETE)|-Uri|\bUri:|\bcurl)\s{{1,9}}[\"']?{_HOST}", needs=("https://",)
)
_REFUSED: Final = late_pattern(
    r"\b(?:401|403|Unauthorized|Forbidden|audience)\b",
    re.IGNORECASE,
    needs=("401", "403", "unauthorized", "forbidden", "audience"),
)
_VAULT: Final = late_pattern(r"(?:[\w-]+\.)?(vault\.(?:azure\.net|azure\.cn|usgovcloudapi\.net))")


def compare_audiences(text: str) -> tuple[Diagnosis, int] | None:
    """Return what is wrong where a token for one API was sent to another, and where the call stands; else None.

    Args:
        text: in which a request for a token and a call stand, each for one API, and that the call was refused.
    """
    asked = {_api(found[1]) for found in _ASKED.finditer(text)} - {""}
    called = {name: found.start() for found in _CALLED.finditer(text) if (name := _api(found[1]))}
    if len(asked) != 1 or len(called) != 1 or asked == called.keys():
        return None
    (name,), ((other, place),) = asked, called.items()
    if not _REFUSED.search(text, place):
        return None
    names = {"<API of the token>": name, "<API that was called>": other}
    return explain_refusal(ServiceRefusal("entra", "other_audience", "", ""), "", names), place


def _api(host: str) -> str:
    """Return the name of the API at a host, "" for one that is not known, such as one that issues tokens."""
    vault = _VAULT.fullmatch(host)
    return audience(f"https://{vault[1] if vault else host}").name
