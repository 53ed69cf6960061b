"""What was found, as it is told: duplicates joined, the most specific first, and no secret in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from wizard.catalogue.codes import explain, known
from wizard.catalogue.diagnosis import Diagnosis
from wizard.core.findings import SupportIds
from wizard.explain.reading.engine import Found
from wizard.explain.reading.ids import completed
from wizard.redaction.secret_patterns import redact_patterns

_VAGUE: Final = frozenset(
    {
        *("aadsts50000", "aadsts70000", "aadsts70001", "aadsts70002", "aadsts50012", "aadsts90014", "aadsts16000"),
        *("invalid_grant", "invalid_client", "invalid_request", "unauthorized_client", "interaction_required"),
        *("access_denied", "forbidden", "unauthorized", "conflict", "server_error"),
    }
)
_WAITING: Final = frozenset({"aadsts70016", "authorization_pending", "slow_down", "aadsts50199"})


def ranked(found: Sequence[Found]) -> tuple[Diagnosis, ...]:
    """Give a diagnosis for each different thing found: most specific first, then in the order of the text."""
    kinds: dict[tuple[str, str, str], list[Found]] = {}
    for each in found:
        kinds.setdefault(_key(each), []).append(each)
    told = [(_rank(group[0]), _joined(group)) for group in kinds.values()]
    return tuple(without_secrets(diagnosis) for _, diagnosis in sorted(told, key=lambda pair: pair[0]))


def without_secrets(diagnosis: Diagnosis) -> Diagnosis:
    """Give a diagnosis in which what looks like a secret is masked, wherever a service could have put it."""

    def masked(text: str) -> str:
        return redact_patterns(text) if text else text

    return replace(
        diagnosis,
        code=masked(diagnosis.code),
        title=masked(diagnosis.title),
        cause=masked(diagnosis.cause),
        remedy=masked(diagnosis.remedy),
        said=masked(diagnosis.said),
        evidence=tuple((masked(name), masked(value)) for name, value in diagnosis.evidence),
        ids=SupportIds(**{name: masked(value) for name, value in diagnosis.ids.present().items()}),
    )


def _key(found: Found) -> tuple[str, str, str]:
    """Give what makes two findings the same: a service's code, or the words where there is none."""
    diagnosis = found.diagnosis
    if diagnosis.code and found.kind not in ("token", "own", "open"):
        return diagnosis.service, diagnosis.code.lower(), ""
    return diagnosis.service, diagnosis.code.lower(), f"{diagnosis.title}\n{diagnosis.cause}"


def _joined(group: Sequence[Found]) -> Diagnosis:
    """Give one diagnosis for a group: the one that tells most, with the ids, and how often it was found."""
    first = max(group, key=lambda found: (_tells_more(found.diagnosis), len(found.diagnosis.ids.present())))
    ids = first.diagnosis.ids
    for other in group:
        ids = completed(ids, other.diagnosis.ids)
    said = first.diagnosis.said or next((each.diagnosis.said for each in group if each.diagnosis.said), "")
    return replace(first.diagnosis, ids=ids, said=said, times=_times(group))


def _tells_more(diagnosis: Diagnosis) -> bool:
    """Whether its text told causes apart that share its code."""
    return bool(diagnosis.service) and diagnosis.cause != explain(diagnosis.service, diagnosis.code).cause


def _times(group: Iterable[Found]) -> int:
    """Count records: a message often says its code twice."""
    return len({found.record for found in group})


def _rank(found: Found) -> int:
    diagnosis = found.diagnosis
    code = diagnosis.code.lower()
    if found.kind == "open":
        return 4
    if found.kind in ("token", "redirect") and not code:
        return 5 if diagnosis.is_well else 1
    if found.kind == "challenge":
        return 0
    if code in _WAITING:
        return 4
    if code in _VAGUE or found.kind in ("answer", "status"):
        return 3
    if code and diagnosis.service and found.kind != "own" and not known(diagnosis.service, code):
        return 2
    return 1 if found.kind == "sign" or diagnosis.service == "network" else 0
