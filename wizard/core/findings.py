"""The answer of a check: what holds, what does not, who can fix it, and how; or why it was not asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wizard.core.acts import as_remedy

if TYPE_CHECKING:  # whoever only explains an error loads no fix
    from wizard.core.first_password import FirstPassword
    from wizard.core.fixes import Action, Fix

Evidence = Mapping[str, str | int | bool]


class Outcome(StrEnum):
    """How a check ended. `UNKNOWN` (could not tell) is never success."""

    HOLDS = "holds"
    FAILS = "fails"
    WARNS = "warns"
    UNKNOWN = "unknown"


class Who(StrEnum):
    """Who can fix what a check found."""

    OPERATOR = "operator"
    ADMIN = "admin"
    INTEGRATION_USER = "integration_user"
    MICROSOFT = "microsoft"


class Retry(StrEnum):
    """Whether the same request can succeed: as it is, after a pause, after a fix, or never."""

    YES = "yes"
    WAIT = "wait"
    AFTER_FIX = "after_fix"
    NO = "no"


class Then(StrEnum):
    """What follows from a finding; the journey does it, never the check."""

    DROP_SIGN_IN = "drop_sign_in"
    """The token in memory cannot be used: somebody has to sign in again."""
    SET_SIGN_IN_ASIDE = "set_sign_in_aside"
    """The token is another account's; it is used only if the operator then expects that account."""
    PROVE_AGAIN = "prove_again"
    """No token is in memory; nothing is said of one that is stored, which the step of `back_to` proves again."""


class NotAsked(StrEnum):
    """Why a check was not asked."""

    DOES_NOT_APPLY = "does_not_apply"
    """It is no question with these answers; nothing is missing."""
    EARLIER_CHECK = "earlier_check"
    """A check that comes first does not hold, or was not asked itself."""
    COVERED = "covered"
    """Another check asks the same."""
    MISSING_INPUT = "missing_input"
    """Something that it needs is not there."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """That a check was not asked; `reason` follows on "because"."""

    kind: NotAsked
    reason: str

    def as_json(self) -> dict[str, str]:
        """Return it as a report and a saved journey write it."""
        return {"kind": self.kind.value, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class SupportIds:
    """The ids a service's support asks for, "" where the service gave none. `timestamp` is its own text."""

    correlation_id: str = ""
    trace_id: str = ""
    request_id: str = ""
    timestamp: str = ""

    def present(self) -> dict[str, str]:
        """Return the ids that are there, by name."""
        pairs = (
            ("correlation_id", self.correlation_id),
            ("trace_id", self.trace_id),
            ("request_id", self.request_id),
            ("timestamp", self.timestamp),
        )
        return {name: value for name, value in pairs if value}


SUPPORT_IDS: Final = tuple(each.name for each in fields(SupportIds))
"""The names of these ids, in the order they are written."""


class ItemKind(StrEnum):
    """What a check that looks at many things found of one of them; the words of `items` in JSON."""

    MISSING = "missing"
    """Wanted, and not there."""
    EXTRA = "extra"
    """There, and not wanted."""
    ONE_USER = "one_user"
    """Wanted for everybody, and there for one user."""
    EXPIRES = "expires"
    """Ends on a day, or has ended."""
    SETTING = "setting"
    """A setting that does not fit."""
    UNREAD = "unread"
    """Could not be read."""


@dataclass(frozen=True, slots=True)
class Item:
    """One of the things that a check looked at.

    Args:
        subject: which one, such as "User.Read of Microsoft Graph".
        outcome: how it is with it.
        message: what was found of it, in a few words that begin no sentence.
        kind: in which way it is or is not as it should be.
        link: the address where a person sees it, or "".
        id: what the service knows it by, for programs: of a permission "app id of the API/id of the permission", of a
            secret or certificate its key id; "" where it has none.
    """

    subject: str
    outcome: Outcome
    message: str
    kind: ItemKind
    link: str = ""
    id: str = ""

    def as_json(self) -> dict[str, str]:
        """Return it as a member of `items`, a form that scripts rely on."""
        return {
            "subject": self.subject,
            "outcome": self.outcome.value,
            "message": self.message,
            "kind": self.kind.value,
            "link": self.link,
            "id": self.id,
        }


WORST_FIRST: Final = (Outcome.FAILS, Outcome.UNKNOWN, Outcome.WARNS, Outcome.HOLDS)
"""How outcomes of many things become one: what could not be told comes before a warning, which opens the gate."""


def worst_outcome(items: Iterable[Item]) -> Outcome:
    """Return the outcome of a check from those of the things that it looked at; it holds where there are none."""
    found = {item.outcome for item in items}
    return next((outcome for outcome in WORST_FIRST if outcome in found), Outcome.HOLDS)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Args:
        check: the id of the check, such as "tenant.exists".
        outcome: holds, fails, warns or unknown.
        message: one sentence for the operator.
        evidence: names and values that support it; no secret.
        actions: what to do, each one act, the likeliest first; none where nothing is to be done.
        who: who can do it.
        code: the service's code, such as "AADSTS90002"; "" where there is none.
        ids: for support.
        back_to: the id of an earlier check that fails by it, or "".
        unreachable: whether it is so because a service could not be reached.
        title: a few words for what was found; whoever runs the check sets the check's own where this is "".
        retry: whether asking the same again can succeed, None where nobody knows.
        link: Microsoft's own page on the code, or "".
        administrator: which administrator `who` means, by the catalogue's word for one; "" where the code or the
            check says it.
        then: what follows from it, None for nothing; not saved.
        items: what was found of each thing, where the check looks at many.
        fixes: what would put it right, made only after somebody has confirmed it; not saved.
    """

    check: str
    outcome: Outcome
    message: str
    evidence: Evidence = field(default_factory=dict)
    actions: tuple[str, ...] = ()
    who: tuple[Who, ...] = ()
    code: str = ""
    ids: SupportIds = field(default_factory=SupportIds)
    back_to: str = ""
    unreachable: bool = False
    title: str = ""
    retry: Retry | None = None
    link: str = ""
    administrator: str = ""
    then: Then | None = None
    items: tuple[Item, ...] = ()
    fixes: tuple[Fix, ...] = ()

    @property
    def step(self) -> str:
        """The id of the step the check belongs to."""
        return self.check.partition(".")[0]

    @property
    def remedy(self) -> str:
        """What to do, in sentences; "" where nothing is to be done."""
        return as_remedy(self.actions)

    @property
    def open_items(self) -> tuple[Item, ...]:
        """The things that are not as they should be, or could not be told."""
        return tuple(item for item in self.items if item.outcome is not Outcome.HOLDS)

    @property
    def printed_id(self) -> str:
        """How lines and reports name it, such as "[user.signed_in AADSTS50076]"; "" where nothing is to be done.

        `partner-wizard explain` recognises a pasted finding by it.
        """
        asks = self.outcome is Outcome.FAILS or (self.outcome is not Outcome.HOLDS and self.actions)
        return f"[{self.check} {self.code}]".replace(" ]", "]") if asks else ""

    def as_json(self) -> dict[str, object]:
        """Return the finding as a line of `run --json`, a form that scripts rely on."""
        return {
            "type": "finding",
            "step": self.step,
            "check": self.check,
            "outcome": self.outcome.value,
            "title": self.title,
            "message": self.message,
            "evidence": dict(self.evidence),
            "remedy": self.remedy,
            "actions": list(self.actions),
            "who": [who.value for who in self.who],
            "code": self.code,
            "ids": self.ids.present(),
            "retry": self.retry.value if self.retry else "",
            "link": self.link,
            "items": [item.as_json() for item in self.items],
        }


@dataclass(frozen=True, slots=True)
class FixResult:
    """What a fix came to.

    Args:
        fix: it.
        is_made: whether all of its requests were made, or were not needed, and the check sees it.
        message: what happened, in a sentence or two.
        actions: its requests, each with what is known of it; none where nothing was sent.
        found: what the check found that was asked again; None where nothing was sent.
        answers: what it gives for answers, by name; "" takes one away.
        first_password: of the account that it has made, or may have made; told once, and kept nowhere.
    """

    fix: Fix
    is_made: bool
    message: str
    actions: tuple[Action, ...] = ()
    found: Finding | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    first_password: FirstPassword | None = None
