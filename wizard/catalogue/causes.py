"""Tells apart the causes that share one code: the first whose words are found in what the service said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from wizard.catalogue.diagnosis import Diagnosis
from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Retry, Who

LONGEST_CLUES: Final = 12_000
"""Characters of a refusal and its surroundings that are looked through for a cause."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause of a code, and what it says instead of the code's own entry.

    Args:
        when: a pattern; the cause is meant where it is found, in any case of letters.
        unless: a pattern that must not be found; "" for none.
        same_as: the key of another entry that says it already, of another service as "key_vault/no_identity"; ""
            where `says` says it.
        says: members of a diagnosis that are said instead: title, cause, remedy, who, retry, steps, link, send_to.
    """

    when: str
    unless: str
    same_as: str
    says: Mapping[str, object]

    def matches(self, clues: str) -> bool:
        """Whether what was heard points at this cause."""
        if not re.search(self.when, clues, re.IGNORECASE):
            return False
        return not self.unless or not re.search(self.unless, clues, re.IGNORECASE)


def collect_clues(refusal: ServiceRefusal, context: str) -> str:
    """Give all that a cause may be told by: the service's text, its names, its claims challenge, and where it came.

    The names stand as `suberror=…`, `error=…`, `status=…` and `claims=…`, so that a pattern can ask for one of them.
    """
    parts = [refusal.description]
    parts += [f"suberror={refusal.suberror}"] if refusal.suberror else []
    parts += [f"error={refusal.error}"] if refusal.error else []
    parts += [f"status={refusal.status}"] if refusal.status else []
    parts += [f"claims={refusal.claims}"] if refusal.claims else []
    return "\n".join((*parts, context))[:LONGEST_CLUES]


def read_cause(members: Mapping[str, object], patterns: Mapping[str, str]) -> Cause:
    """Give a cause from its members in the catalogue.

    Args:
        members: its members; `when` and `unless` are patterns, or names of ones that several causes share.
        patterns: these, by name.

    Raises:
        KeyError, ValueError: the catalogue is wrong.
    """
    says: dict[str, object] = {
        name: value for name, value in members.items() if name not in ("when", "unless", "same_as")
    }
    for name, of in (("who", Who), ("steps", str)):
        if isinstance(named := says.get(name), list):
            says[name] = tuple(of(each) for each in named)
    if "retry" in says:
        says["retry"] = Retry(str(says["retry"]))
    when, unless = str(members["when"]), str(members.get("unless", ""))
    same_as = str(members.get("same_as", ""))
    return Cause(patterns.get(when, when), patterns.get(unless, unless), same_as, says)


def apply_cause(diagnosis: Diagnosis, cause: Cause) -> Diagnosis:
    """Give the diagnosis with what its cause says instead."""
    return replace(diagnosis, **cause.says)  # type: ignore[arg-type]
