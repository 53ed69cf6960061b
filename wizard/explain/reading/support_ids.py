"""The ids that stand near an error: correlation, trace, request and time, however they are written."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from wizard.core.findings import SUPPORT_IDS, SupportIds
from wizard.core.late_pattern import late_pattern
from wizard.core.shapes import GUID_PATTERN
from wizard.core.text import clean_line

_TIME: Final = (
    r"\d{4}-\d\d-\d\d[T\s]\d\d:\d\d:\d\d(?:\.\d{1,7})?(?:Z|[+-]\d\d:?\d\d)?"
    r"|[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT"
)
_LABELLED = late_pattern(
    r"(?:(?P<correlation_id>(?:ms-)?correlation[\s_-]?id|x-ms-client-request-id|client-?request-?id"
    r"|korrelations-?id|id de corrélation|相関 ?id|معرف الارتباط)"
    r"|(?P<trace_id>trace[\s_-]?id|ablaufverfolgungs-?id|id de trace|トレース ?id)"
    r"|(?P<request_id>(?:x-ms-|ms-)?request[\s_-]?id|anforderungs-?id|id de demande|要求 ?id|\bRef A)"
    r"|(?P<timestamp>time ?stamp|zeitstempel|horodatage|タイムスタンプ|createddatetime|(?<![a-z])date))"
    r"[\"'\]]{0,2}(?:[ \t]{0,24}[:=：]|\s{0,4}[:=：]?)\s{0,4}[\"'\[({]{0,2}"
    rf"(?:(?P<guid>{GUID_PATTERN}|[0-9A-F]{{32}}\b)|(?P<time>{_TIME}))",
    re.IGNORECASE,
    needs=(
        "correlation",
        "korrelation",
        "corrélation",
        "相関",
        "الارتباط",
        "trace",
        "ablaufverfolgung",
        "トレース",
        "request",
        "anforderung",
        "demande",
        "要求",
        "ref a",
        "time",
        "zeitstempel",
        "horodatage",
        "タイムスタンプ",
        "date",
    ),
)
_BREAK = late_pattern(r"=?\n(?:[>|<*] ?)*")
_LONGEST: Final = 6_000
# On Microsoft's page the ids of an error stand above its message: "Request Id: … Message: AADSTS…".
_MESSAGE_FOLLOWS = late_pattern(
    r"(?:message|nachricht|meldung|mensaje|mensagem|messaggio|bericht|メッセージ|消息|сообщение)"
    r"[ \t]{0,4}[:：]\s{0,4}[\"'`]?$",
    re.IGNORECASE,
)
_FARTHEST_ABOVE: Final = 500


def find_ids(text: str) -> SupportIds:
    """Return the first id of each kind that is named in the beginning of `text`."""
    text = text[:_LONGEST]
    found = _named(text)
    if len(found) < len(SUPPORT_IDS) and "\n" in text:
        # A terminal or a mail may have broken a label or an id in two.
        for name, value in _named(_BREAK.sub("", text)).items():
            if value.startswith(found.get(name, "")):
                found[name] = value
    return SupportIds(**found)


def find_ids_above(text: str, place: int) -> SupportIds:
    """Return the ids above the message that begins at `place`, as on Microsoft's page; none where it has no such form.

    What stands below such a message is of the next one: its ids are not those of this message.
    """
    above = text[max(0, place - _FARTHEST_ABOVE) : place]
    label = _MESSAGE_FOLLOWS.search(above)
    named = list(_LABELLED.finditer(above[: label.start()])) if label else []
    first = next((at for at in range(len(named) - 1, -1, -1) if named[at]["request_id"]), None)
    if label is None or first is None:
        return SupportIds()
    ends = [*(found.start() for found in named[first + 1 :]), label.start()]
    gaps = (above[found.end() : end] for found, end in zip(named[first:], ends, strict=True))
    is_block = not any(gap.strip(" \t\n,;|.\"'*_") for gap in gaps)
    return SupportIds(**_named(above[named[first].start() : label.start()])) if is_block else SupportIds()


def find_next_block(text: str) -> int:
    """Return where in `text` the ids above a further message begin; its length where none do."""
    for found in _LABELLED.finditer(text[:_LONGEST]):
        if found["request_id"]:
            return found.start()
    return len(text)


def _named(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    if "-" not in text and "GMT" not in text:  # no id and no time
        return found
    for match in _LABELLED.finditer(text):
        name = next(kind for kind in SUPPORT_IDS if match[kind])
        if value := match["time"] if name == "timestamp" else match["guid"]:
            found.setdefault(name, clean_line(value, 40))
    return found


def merge_ids(ids: SupportIds, others: SupportIds) -> SupportIds:
    """Return `ids`, with those of `others` where it has none, unless the two are of different requests."""
    for name, value in ids.present().items():
        if name != "timestamp" and others.present().get(name, value) != value:
            return ids
    return replace(others, **ids.present())
