"""The causes that share one code: the first one whose pattern is found in what the service wrote is meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from wizard.catalogue.diagnosis import Diagnosis
from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Retry, Who
from wizard.core.late_pattern import late_pattern

LONGEST_CLUES: Final = 12_000
"""Characters of a refusal and its context that are searched for a cause."""

# MSAL for .NET puts a paragraph of advice on the class of the error between its exception's name and the error.
_WRAPPED: Final = "Original exception:"
_EXCEPTION: Final = late_pattern(r"[^:\n]{0,300}(?:Exception|failed|Credential)[^:\n]{0,60}:")


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause of a code, and what it says in place of the code's own entry.

    Args:
        when: a pattern; the cause is meant where it is found, in any case of letters.
        unless: a pattern that must not be found; "" for none.
        same_as: the key of another entry that says it, of another service as "key_vault/no_identity"; "" for none.
        overrides: members of a diagnosis that replace those of the entry: title, cause, actions, who, retry, steps,
            link, administrator.
    """

    when: str
    unless: str
    same_as: str
    overrides: Mapping[str, object]

    def matches(self, clues: str) -> bool:
        """Return whether the clues point at this cause.

        Args:
            clues: as `collect_clues` gives them.
        """
        if not re.search(self.when, clues, re.IGNORECASE):
            return False
        return not self.unless or not re.search(self.unless, clues, re.IGNORECASE)


def collect_clues(refusal: ServiceRefusal, context: str) -> str:
    """Return all by which a cause may be recognised: the service's text, its names, its claims, and the context.

    The names stand as `suberror=…`, `error=…`, `status=…` and `claims=…`, so that a pattern can ask for one of them.
    """
    parts = [refusal.description]
    parts += [f"suberror={refusal.suberror}"] if refusal.suberror else []
    parts += [f"error={refusal.error}"] if refusal.error else []
    parts += [f"status={refusal.status}"] if refusal.status else []
    parts += [f"claims={refusal.claims}"] if refusal.claims else []
    return "\n".join((*parts, _without_preambles(context)))[:LONGEST_CLUES]


def _without_preambles(context: str) -> str:
    """Return a context without what a library says in front of an error of each kind: it is no word about this one."""
    first, *others = context.split(_WRAPPED)
    kept = []
    for part in (first, *others)[: len(others)]:
        above, end, line = part.rpartition("\n")
        named = _EXCEPTION.match(line)
        kept.append(f"{above}{end}{named[0] if named else ''} ")
    return "".join((*kept, others[-1] if others else first))


def read_cause(members: Mapping[str, object], patterns: Mapping[str, str]) -> Cause:
    """Return a cause from its members in the catalogue.

    Args:
        members: its members; `when` and `unless` are patterns, or names of ones that several causes share.
        patterns: the shared patterns, by name.

    Raises:
        KeyError, ValueError: the catalogue is wrong.
    """
    overrides: dict[str, object] = {
        name: value for name, value in members.items() if name not in ("when", "unless", "same_as")
    }
    for name, of in (("who", Who), ("steps", str), ("actions", str)):
        if isinstance(named := overrides.get(name), list):
            overrides[name] = tuple(of(each) for each in named)
    if "retry" in overrides:
        overrides["retry"] = Retry(str(overrides["retry"]))
    when, unless = str(members["when"]), str(members.get("unless", ""))
    same_as = str(members.get("same_as", ""))
    when, unless = (patterns.get(name, name).replace(" ", r"\s") for name in (when, unless))  # a console breaks lines
    return Cause(when, unless, same_as, overrides)


def apply_cause(diagnosis: Diagnosis, cause: Cause) -> Diagnosis:
    """Return the diagnosis with what its cause says in place of the entry."""
    return replace(diagnosis, **cause.overrides)  # type: ignore[arg-type]
