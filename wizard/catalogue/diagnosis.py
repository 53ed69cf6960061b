"""What a diagnosis says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from wizard.catalogue.administrators import OF_CHECK
from wizard.catalogue.check_titles import check_service, title_of_check
from wizard.catalogue.prose import is_prose
from wizard.core.acts import as_remedy
from wizard.core.findings import Finding, Retry, SupportIds, Who
from wizard.core.wording import ITEM_WORDS

_STEPS: Final = {
    "start": "start",
    "tenant": "tenant",
    "app": "app",
    "admin_consent": "consent",
    "user_consent": "user",
    "key_vault": "user",
    "partner_center": "user",
    "renewal": "store",
    "access": "access",
}
"""The wizard's step, by the catalogue's word for where an error is met."""
_MET_IN: Final = {"consent": "admin_consent", "user": "user_consent", "store": "renewal"}
"""The catalogue's word for where an error is met, by the wizard's step; of the others they are the same."""

RECOGNISED_BY: Final = "Recognised by"
"""The name of the evidence that says by which words a failure was recognised, if no code stands in the text."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What an error of a service means, or what a token, a code or an address says.

    Args:
        code: "AADSTS53003", "900421", "ForbiddenByRbac", "expired_token"; "" if the service gave none.
        title: a few words for a heading.
        cause: what happened and why, in plain words.
        actions: what to do, with the exact place or command; each one act, the likeliest first.
        who: who can do it.
        retry: whether the same request can succeed, None if nobody knows.
        steps: where it is met, in the catalogue's words: start, tenant, app, admin_consent, user_consent, key_vault,
            partner_center, renewal; the likeliest first.
        link: Microsoft's own page.
        ids: for support.
        service: "entra", "graph", "partner_center", "key_vault", "network" or "" for what is no service's.
        service_text: the service's own words, cleaned and without secrets.
        evidence: names and values that support it, as a person reads them; no secret.
        count: how often it was found in the text.
        is_counted_in_part: whether it may stand there more often: of very many findings not all are looked at.
        administrator: which administrator `who` means, a key of `administrators.ADMINISTRATORS`; "" if it is not known.
        send_to: whom to ask, as a text of our own that was pasted says; "" if `who` says it.
        is_description: whether it describes a token, a code or an address, and is no error of a service.
    """

    code: str
    title: str
    cause: str
    actions: tuple[str, ...]
    who: tuple[Who, ...]
    retry: Retry | None
    steps: tuple[str, ...]
    link: str
    ids: SupportIds = field(default_factory=SupportIds)
    service: str = ""
    service_text: str = ""
    evidence: tuple[tuple[str, str], ...] = ()
    count: int = 1
    is_counted_in_part: bool = False
    administrator: str = ""
    send_to: str = ""
    is_description: bool = False

    @property
    def remedy(self) -> str:
        """What to do, in sentences; "" where nothing is to be done."""
        return as_remedy(self.actions)

    @property
    def is_known(self) -> bool:
        """Whether somebody knows what it means: of a code that is not in the catalogue nobody does."""
        return self.retry is not None

    @property
    def step(self) -> str:
        """The id of the wizard's step it belongs to, "" if none."""
        return next((_STEPS[step] for step in self.steps if step in _STEPS), "")

    @property
    def is_recognised_by_wording(self) -> bool:
        """Whether it was recognised by words, which may be somebody's account of it, and by no code or answer."""
        return any(name == RECOGNISED_BY for name, _ in self.evidence)

    @property
    def is_healthy(self) -> bool:
        """Whether there is nothing to fix: the token, code or address that is described lacks nothing."""
        return self.is_description and self.retry is Retry.YES

    def as_json(self) -> dict[str, object]:
        """Return the diagnosis as a line of `explain --json` (the shape is a promise to scripts)."""
        return {
            "type": "diagnosis",
            "code": self.code,
            "title": self.title,
            "cause": self.cause,
            "remedy": self.remedy,
            "actions": list(self.actions),
            "who": [who.value for who in self.who],
            "retry": self.retry.value if self.retry else "",
            "step": self.step,
            "ids": self.ids.present(),
            "link": self.link,
            "said": self.service_text,
            "evidence": dict(self.evidence),
            "times": self.count,
            **({"at_least": True} if self.is_counted_in_part else {}),
        }


def diagnose_finding(finding: Finding) -> Diagnosis:
    """Return a finding of our own, one that fails, warns or could not tell, in the form of a diagnosis."""
    words = str(finding.evidence.get("service_said", ""))
    service = "key_vault" if "vault" in finding.evidence else check_service(finding.check, finding.code)
    service = "network" if finding.unreachable else service
    return Diagnosis(
        code=finding.code,
        title=finding.title or title_of_check(finding.check, finding.outcome),
        cause=finding.message,
        actions=finding.actions,
        who=finding.who,
        retry=finding.retry or (None if finding.code else Retry.AFTER_FIX),
        steps=(_MET_IN.get(finding.step, finding.step),),
        link=finding.link,
        ids=finding.ids,
        service=service,
        service_text=words if is_prose(words) else "",
        evidence=(*_evidence(finding), *_open_items(finding)),
        administrator=finding.administrator or ("" if finding.code else OF_CHECK.get(finding.check, "")),
    )


def _evidence(finding: Finding) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in finding.evidence.items() if name != "service_said")


def _open_items(finding: Finding) -> tuple[tuple[str, str], ...]:
    """Return the things that are not as they should be: whoever is asked to fix them has to know which they are."""
    return tuple((ITEM_WORDS[item.kind].lower(), f"{item.subject} — {item.message}") for item in finding.open_items)
