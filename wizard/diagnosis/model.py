"""What a diagnosis says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wizard.findings import Who


class Retry(StrEnum):
    """Whether the same request can succeed: as it is, after a pause, once mended, or never."""

    YES = "yes"
    WAIT = "wait"
    AFTER_FIX = "after_fix"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What an error of a service means.

    Args:
        code: "AADSTS53003", "900421", "ForbiddenByRbac", "expired_token"; "" where the service gave none.
        title: a few words for a heading.
        cause: what happened, in plain words.
        remedy: what to do, with the exact place or command.
        who: who can do it.
        retry: whether the same request can succeed.
        steps: where it is met, in the catalogue's words: tenant, app, admin_consent, user_consent, key_vault,
            partner_center, renewal.
        link: Microsoft's own page.
    """

    code: str
    title: str
    cause: str
    remedy: str
    who: tuple[Who, ...]
    retry: Retry
    steps: tuple[str, ...]
    link: str
