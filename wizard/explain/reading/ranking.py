"""Joins what was found several times, and orders the diagnoses: the most specific first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import Final

from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.lookup import explain, look_up
from wizard.core.findings import SupportIds
from wizard.explain.reading.support_ids import merge_ids
from wizard.explain.results import OWN_OUTPUT, Detection, Kind, is_only_a_link
from wizard.redaction.secret_patterns import redact_patterns

_VAGUE: Final = frozenset(
    {
        *("aadsts50000", "aadsts70000", "aadsts70001", "aadsts70002", "aadsts50012", "aadsts90014", "aadsts16000"),
        *("invalid_grant", "invalid_client", "invalid_request", "unauthorized_client", "interaction_required"),
        *("access_denied", "forbidden", "unauthorized", "conflict", "server_error"),
    }
)
_WAITING: Final = frozenset({"aadsts70016", "authorization_pending", "slow_down", "aadsts50199"})
_OF_A_SERVICE: Final = (Kind.BODY, Kind.CODE)
_OF_ANY_REFUSAL: Final = ("access_denied", "server_error")


def rank(detections: Sequence[Detection]) -> tuple[Diagnosis, ...]:
    """Return a diagnosis for each different thing found: most specific first, then in the order of the text."""
    groups: dict[tuple[str, str, str], list[Detection]] = {}
    for each in detections:
        groups.setdefault(_key(each), []).append(each)
    _join_twins(groups)
    _join_same_requests(groups)
    if any(found.kind in _OF_A_SERVICE for found in detections):  # then nothing waits for a person any more
        groups = {key: group for key, group in groups.items() if not _is_fine(group[0])}
    is_numbered = any(_is_numbered(found) for found in detections)
    if is_numbered or any(found.kind in _OF_A_SERVICE for found in detections):
        groups = {key: group for key, group in groups.items() if not _is_retold(group[0], is_numbered)}
    if any(found.kind is Kind.MESSAGE or found.kind in _OF_A_SERVICE for found in detections):  # it is of that page
        groups = {key: group for key, group in groups.items() if not is_only_a_link(group[0].diagnosis.title)}
    ranks = [(_rank(group[0]), _join(group)) for group in groups.values()]
    told: dict[tuple[str, str, str], Diagnosis] = {}  # an outer code often says the same as the inner one
    for _, diagnosis in sorted(ranks, key=lambda pair: pair[0]):
        told.setdefault((diagnosis.service, diagnosis.title, diagnosis.cause), diagnosis)
    ordered = list(told.values())
    whole = "\n\n".join(text for diagnosis in ordered for text in _texts(diagnosis))
    if redact_patterns(whole) == whole:
        return tuple(ordered)  # most texts hold nothing that looks like a secret
    mask = cache(redact_patterns)  # many codes have words in common
    return tuple(_mask_secrets(diagnosis, mask) for diagnosis in ordered)


def _texts(diagnosis: Diagnosis) -> Iterator[str]:
    """Yield what others wrote of a diagnosis; names that were put into the catalogue's own texts are evidence."""
    yield from (diagnosis.code, diagnosis.service_text, *diagnosis.ids.present().values())
    for row in diagnosis.evidence:
        yield from row
    if diagnosis.is_description or not diagnosis.service:
        yield from (diagnosis.title, diagnosis.cause, *diagnosis.actions)


def _join_twins(groups: dict[tuple[str, str, str], list[Detection]]) -> None:
    """Join a cause that was told by its words with the same one told by a code."""
    by_words = {(key[0], key[2]): key for key, group in groups.items() if group[0].kind is Kind.MESSAGE and not key[1]}
    if by_words:
        for key, group in list(groups.items()):
            if key[1] and group[0].kind in _OF_A_SERVICE:
                told = group[0].diagnosis
                twin = by_words.pop((told.service, f"{told.title}\n{told.cause}"), None)
                if twin:
                    groups[key] = max(group, groups.pop(twin), key=len)


def _join_same_requests(groups: dict[tuple[str, str, str], list[Detection]]) -> None:
    """Join what one answer of Entra was taken for where a program printed it again with more, or less, around it."""
    first: dict[tuple[str, str], tuple[str, str, str]] = {}
    for key, group in list(groups.items()):
        told = group[0].diagnosis
        request = told.ids.trace_id or told.ids.correlation_id
        if not request or not told.code.startswith("AADSTS"):
            continue
        same = first.setdefault((told.code, request), key)
        if same != key:
            groups[same] += groups.pop(key)


def _is_fine(found: Detection) -> bool:
    return found.kind is Kind.ADDRESS and found.diagnosis.is_healthy


def _is_numbered(found: Detection) -> bool:
    """Return whether it is an answer of Entra with its number, in whatever form it was pasted."""
    return found.kind in (*_OF_A_SERVICE, Kind.ADDRESS) and found.diagnosis.code.startswith("AADSTS")


def _is_retold(found: Detection, is_numbered: bool) -> bool:
    """Return whether it says no more beside another: a name of any refusal, or words about an answer that was read.

    Args:
        found: beside the answer of a service.
        is_numbered: whether that has a number of Entra: an address or form with a class of OAuth alone is of it then.
    """
    code = found.diagnosis.code
    if found.kind is Kind.ADDRESS and not found.diagnosis.service_text:
        return is_numbered and code in _VAGUE
    if found.kind is Kind.NAME:
        return code in _OF_ANY_REFUSAL
    return found.kind is Kind.MESSAGE and found.diagnosis.title == explain("network", "answer").title


def _mask_secrets(diagnosis: Diagnosis, mask: Callable[[str], str]) -> Diagnosis:
    """Return a diagnosis in which what looks like a secret is masked, wherever a service could have put it."""
    return replace(
        diagnosis,
        code=mask(diagnosis.code),
        title=mask(diagnosis.title),
        cause=mask(diagnosis.cause),
        actions=tuple(map(mask, diagnosis.actions)),
        service_text=mask(diagnosis.service_text),
        evidence=tuple((mask(name), mask(value)) for name, value in diagnosis.evidence),
        ids=SupportIds(**{name: mask(value) for name, value in diagnosis.ids.present().items()}),
    )


def _key(found: Detection) -> tuple[str, str, str]:
    """Return what makes two findings the same: a service's code, or the words if there is none."""
    diagnosis = found.diagnosis
    if diagnosis.code and found.kind is not Kind.TOKEN and found.kind not in OWN_OUTPUT:
        return diagnosis.service, diagnosis.code.lower(), ""
    return diagnosis.service, diagnosis.code.lower(), f"{diagnosis.title}\n{diagnosis.cause}"


def _join(group: Sequence[Detection]) -> Diagnosis:
    """Return one diagnosis for a group: the one with the finest cause, with the ids, and how often it was found."""
    diagnoses = [found.diagnosis for found in sorted(group, key=lambda found: found.last)]
    first = diagnoses[0]
    if len(diagnoses) > 1:
        first = max(diagnoses, key=lambda each: (_is_of_a_cause(each), len(each.ids.present())))
    ids = first.ids
    for other in diagnoses:
        ids = merge_ids(ids, other.ids)
    words = (each.service_text for each in (first, *diagnoses))
    return replace(
        first,
        ids=ids,
        service_text=next(filter(None, words), ""),
        count=_count(group),
        is_counted_in_part=not all(found.is_all for found in group),
    )


def _is_of_a_cause(diagnosis: Diagnosis) -> bool:
    """Return whether its text says which of the causes that share its code is meant."""
    service = "entra" if diagnosis.code.startswith("AADSTS") else diagnosis.service  # whatever it is about
    return bool(diagnosis.service) and diagnosis.cause != _general_cause(service, diagnosis.code)


@lru_cache(2_000)
def _general_cause(service: str, code: str) -> str:
    return explain(service, code).cause


def _count(group: Iterable[Detection]) -> int:
    """Return the number of records: a message often says its code twice, and one answer is printed more than once."""
    records: set[int] = set()
    of_requests: dict[str, set[int]] = {}
    for found in group:
        trace_id = found.diagnosis.ids.trace_id
        is_one = trace_id and len(found.records) == 1
        (of_requests.setdefault(trace_id, set()) if is_one else records).update(found.records)
    return len(of_requests) + len(records.difference(*of_requests.values()))


def _rank(found: Detection) -> int:
    diagnosis = found.diagnosis
    code = diagnosis.code.lower()
    if found.kind is Kind.OWN_WARNING:
        return 4
    if found.kind in (Kind.TOKEN, Kind.ADDRESS) and not code:
        return 5 if diagnosis.is_healthy else 1
    if found.kind is Kind.CHALLENGE:
        return 0
    if code in _WAITING:
        return 4
    if code in _VAGUE or found.kind in (Kind.ANSWER, Kind.STATUS):
        return 3
    if code and diagnosis.service and found.kind is not Kind.OWN_FAILURE and not look_up(diagnosis.service, code):
        return 2
    return 1 if found.kind is Kind.MESSAGE or diagnosis.service == "network" else 0
