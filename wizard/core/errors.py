"""The errors of partner-wizard in one flat tree; each knows the exit code of a command that ends with it.

WizardError                exit 1
├── BadInput               exit 2   a value the operator gave is wrong: names the field and what is expected
├── ServiceRefusal         exit 1   a service answered, and refused
├── Unreachable            exit 3   a service could not be reached, or its answer could not be read
│   ├── Busy               exit 3   a service answered 408, 429 or 5xx
│   └── Unanswered         exit 3   a code has expired, and whether somebody signed in with it is not known
├── AuthorizationPending   exit 1   a person has not finished signing in yet: ask again
├── NotRecorded            exit 1   the record of actions cannot be written, so that nothing is changed
├── ForeignHost            exit 1   a request to a host outside the chosen cloud was stopped
└── Cancelled              exit 130 the operator, or a signal, ended it
"""

from __future__ import annotations

from typing import ClassVar, Final

from wizard.core.findings import SupportIds
from wizard.core.trouble import Trouble

SAVED: Final = "what is proven is saved"
"""A note on an error that ended a command, where that is so."""
OUR_PACKAGES: Final = frozenset({"wizard", "screens"})


class WizardError(Exception):
    """Base of all errors that partner-wizard raises on purpose."""

    exit_code: ClassVar[int] = 1


class BadInput(WizardError):
    """A value the operator gave is wrong.

    Args:
        field: the name the operator knows the field by, such as `client_id`.
        expected: what is wrong, or what is expected, as the end of a sentence.
    """

    exit_code = 2

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field}: {expected}")
        self.field = field
        self.expected = expected


class ServiceRefusal(WizardError):
    """A service answered with an error of its own.

    Args:
        service: "entra", "graph", "partner_center", "key_vault" or "resource_manager".
        code: the most specific code it gave, such as "AADSTS7000218", "900421", "ForbiddenByRbac"; else "".
        error: the OAuth error or the outer code, such as "invalid_client", "Forbidden"; else "".
        description: its text, cleaned.
        status: the HTTP status, 0 where the error came in a redirect.
        ids: what its support asks for.
        claims: the claims challenge that came with it, "" for none.
        suberror: the OAuth suberror, such as "bad_token", "" for none.
    """

    def __init__(
        self,
        service: str,
        code: str,
        error: str,
        description: str,
        *,
        status: int = 0,
        ids: SupportIds | None = None,
        claims: str = "",
        suberror: str = "",
    ) -> None:
        super().__init__(f"{service}: {code or error or status}: {description}")
        self.service = service
        self.code = code
        self.error = error
        self.description = description
        self.status = status
        self.ids = ids or SupportIds()
        self.claims = claims
        self.suberror = suberror


class Unreachable(WizardError):
    """A service could not be reached, or gave an answer that cannot be read.

    Args:
        host: the host that was asked.
        kind: a `Trouble`.
        detail: one cleaned sentence.
    """

    exit_code = 3

    def __init__(self, host: str, kind: Trouble, detail: str) -> None:
        super().__init__(f"{host}: {detail}")
        self.host = host
        self.kind = kind
        self.detail = detail


class Busy(Unreachable):
    """A service answered 408, 429 or 5xx.

    Args:
        retry_after: seconds the service asks for, None where it names none.
    """

    def __init__(self, host: str, status: int, retry_after: float | None) -> None:
        super().__init__(host, Trouble.BUSY, f"answered HTTP {status}")
        self.status = status
        self.retry_after = retry_after


class Unanswered(Unreachable):
    """A device code has expired, and its last answers could not be read: whether somebody signed in is not known.

    Args:
        host: that was asked.
        kind: a `Trouble`.
        detail: what came back instead, and how often.
        silent_for: seconds from the last "not yet" to the end of the code; None where there was none.
    """

    def __init__(self, host: str, kind: Trouble, detail: str, silent_for: float | None) -> None:
        super().__init__(host, kind, detail)
        self.silent_for = silent_for


class ForeignHost(WizardError):
    """A request to a host that is not the chosen cloud's was stopped before it left."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} is not a host of the chosen cloud; the request was not sent")
        self.host = host


class NotRecorded(WizardError):
    """The record of actions cannot be written, so that nothing more is changed."""


class AuthorizationPending(WizardError):
    """The person has not finished yet. `slow_down` asks for 5 s more between polls (RFC 8628, 3.5)."""

    def __init__(self, slow_down: bool) -> None:
        super().__init__("authorization_pending")
        self.slow_down = slow_down


class Cancelled(WizardError):
    """The operator, or a signal, ended it."""

    exit_code = 130


def place_of(error: BaseException) -> str:
    """Return the kind of an error that nobody expected, and where it was raised (T2, T4).

    Such as "KeyError in store.py:57"; if a library raised it, with the line of ours that called. Never its text, or
    the values around it.
    """
    from pathlib import Path

    raised, ours, trace = "", "", error.__traceback__
    while trace is not None:
        raised = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        if str(trace.tb_frame.f_globals.get("__name__")).partition(".")[0] in OUR_PACKAGES:
            ours = raised
        trace = trace.tb_next
    where = f" in {raised}" if raised else ""
    return f"{type(error).__name__}{where}{f', called in {ours}' if ours and ours != raised else ''}"
