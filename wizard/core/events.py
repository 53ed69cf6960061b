"""The events of a running step, for whoever shows them: a screen, plain lines or JSON lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from wizard.core.findings import Finding, Skipped
from wizard.core.first_password import FirstPassword
from wizard.core.timestamps import timestamp


@dataclass(frozen=True, slots=True)
class CheckStarted:
    """A check began."""

    check: str


@dataclass(frozen=True, slots=True)
class CheckEnded:
    """A check ended with a finding."""

    finding: Finding


@dataclass(frozen=True, slots=True)
class CheckSkipped:
    """A check was not asked."""

    check: str
    skipped: Skipped


@dataclass(frozen=True, slots=True)
class ConsentLink:
    """An administrator has to grant consent.

    Args:
        url: the address administrator that is done; never a link of another host.
        message: a text to send to an administrator elsewhere.
        is_caught: whether the answer comes back to this machine by itself.
    """

    url: str
    message: str
    is_caught: bool = False

    def as_json(self) -> dict[str, object]:
        """Return the event as a line of `run --json`."""
        return {"type": "consent_link", "url": self.url}


@dataclass(frozen=True, slots=True)
class DeviceCodePrompt:
    """Somebody has to sign in with a device code.

    Args:
        purpose: "integration_user", "vault" or "graph".
        account: who should sign in; "" for anybody who may.
        verification_uri: the cloud's own page; never a link of another host.
        user_code: the code, valid until it is used or expires.
        expires_at: aware, UTC.
        warning: "" or why the address is not the one the service sent.
    """

    purpose: str
    account: str
    verification_uri: str
    user_code: str
    expires_at: datetime
    warning: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the event as a line of `run --json`."""
        return {
            "type": "sign_in",
            "for": self.purpose,
            "method": "device-code",
            "account": self.account,
            "verification_uri": self.verification_uri,
            "user_code": self.user_code,
            "expires_at": timestamp(self.expires_at),
            "warning": self.warning,
        }


@dataclass(frozen=True, slots=True)
class BrowserPrompt:
    """Somebody has to sign in in a browser; emitted again, with the same `expires_at`, when a new link replaces it.

    Args:
        purpose: "integration_user", "vault" or "graph".
        account: who should sign in; "" for anybody who may.
        url: the cloud's own page; never a link of another host.
        redirect_uri: where the browser ends; with the listener's port where one listens.
        expires_at: how long the answer is awaited; aware, UTC.
        port: of the listener on this machine, 0 where there is none and the address has to be pasted.
        app: how the page names the app.
    """

    purpose: str
    account: str
    url: str
    redirect_uri: str
    expires_at: datetime
    port: int = 0
    app: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the event as a line of `run --json`."""
        return {
            "type": "sign_in",
            "for": self.purpose,
            "method": "browser",
            "account": self.account,
            "url": self.url,
            "redirect_uri": self.redirect_uri,
            "expires_at": timestamp(self.expires_at),
        }


@dataclass(frozen=True, slots=True)
class SubmissionRejected:
    """What was pasted, or received, is no answer to the sign-in's link; the wait goes on. `why` is a sentence."""

    purpose: str
    why: str

    def as_json(self) -> dict[str, object]:
        """Return the event as a line of `run --json`."""
        return {"type": "submission_rejected", "for": self.purpose, "message": self.why}


@dataclass(frozen=True, slots=True)
class PromptClosed:
    """The device code, or the link, shown so far can no longer be used.

    Args:
        why: a clause.
        arrived: what has come of it, such as "the sign-in of ada@contoso.com"; "" where nothing has.
    """

    why: str
    arrived: str = ""

    @property
    def sentence(self) -> str:
        """That the answer is there, and which; else why the code or link is of no use any more."""
        if self.arrived:
            return f"{self.arrived[:1].upper()}{self.arrived[1:]} has arrived; its code or link is used."
        return f"The code or link shown before is no longer valid: {self.why}."


@dataclass(frozen=True, slots=True)
class Waiting:
    """A wait. `wizard.core.wait_words` says it.

    Args:
        what: what is waited for, as the end of a sentence that begins with "Waiting for"; or, where there is trouble,
            what is tried again, such as "reading the vault".
        since: when it began; aware, UTC.
        until: when it ends at the latest; aware, UTC.
        again_at: when it is tried again, None where nothing is; aware, UTC.
        trouble: what holds it up, as a sentence without its full stop; "" where all goes as it should.
        advice: what is to be known or done meanwhile, in sentences.
        next_try: the number of the try at `again_at`, 0 where tries are not counted.
        tries: how many there are at most, where they are counted.
    """

    what: str
    since: datetime
    until: datetime
    again_at: datetime | None = None
    trouble: str = ""
    advice: str = ""
    next_try: int = 0
    tries: int = 0


@dataclass(frozen=True, slots=True)
class WaitEnded:
    """The latest wait is over."""


@dataclass(frozen=True, slots=True)
class NotSaved:
    """The journey could not be written to disk; it goes on in memory. `why` is a sentence."""

    why: str


@dataclass(frozen=True, slots=True)
class PasswordMade:
    """A fix has made an account, or may have: somebody is told its first password now, and never again."""

    first: FirstPassword


Event = (
    CheckStarted
    | CheckEnded
    | CheckSkipped
    | ConsentLink
    | DeviceCodePrompt
    | BrowserPrompt
    | SubmissionRejected
    | PromptClosed
    | Waiting
    | WaitEnded
    | NotSaved
    | PasswordMade
)
Emit = Callable[[Event], None]
