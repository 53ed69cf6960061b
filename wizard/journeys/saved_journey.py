"""The saved journey: answers, facts and findings on disk, so that it can be resumed. No secret, ever.

The file is 0600 in a folder 0700, written to a temporary file, synced and renamed, so that a reader finds the old or
the new state and never half of one (T12). A lock keeps two wizards from working on the same journey.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, Final

from wizard.core.answers import SECRET_FIELDS, Answers
from wizard.core.errors import BadInput, WizardError
from wizard.core.facts import Facts
from wizard.core.findings import Finding, Outcome, Retry, SupportIds, Who
from wizard.microsoft.exchanges import Exchange, latest_exchanges, read_exchange
from wizard.onboarding.journey import Journey

VERSION: Final = 1
LARGEST: Final = 1_000_000
OWN_FOLDER: Final = "partner-wizard"


class JourneyInUse(WizardError):
    """Another wizard works on the journey."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class SavedJourney:
    """What was on disk, with what an earlier version may have found of checks that there are no more."""

    answers: Answers
    facts: Facts
    findings: dict[str, Finding]
    skipped: dict[str, str]
    saved_at: str
    exchanges: tuple[Exchange, ...] = ()


class JourneyFile:
    """The file of one journey.

    Args:
        path: where; its folder is made, 0700, when it is missing.

    Raises:
        BadInput: the path, or its folder, is a link, somebody else's, or no plain file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[str] | None = None

    def lock(self) -> None:
        """Keep others away until `unlock` or the end of the process; raises `JourneyInUse`."""
        try:
            self._prepare_folder()
            handle = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise BadInput("--journey", f"{self.path} cannot be kept there: {error.strerror}") from None
        lock = os.fdopen(handle, "w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise JourneyInUse(f"another partner-wizard works on {self.path}; end it first") from None
        self._lock = lock

    def unlock(self) -> None:
        """Let others in."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def read(self) -> SavedJourney | None:
        """The saved journey, None where there is none; raises `BadInput` for a file that is not one."""
        try:
            handle = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise BadInput(str(self.path), f"cannot be opened ({error.strerror}); a plain file is expected") from None
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_uid != os.getuid() or status.st_size > LARGEST:
                raise BadInput(str(self.path), "is no plain file of yours; move it away and start anew")
            try:
                return _from_json(json.loads(file.read()))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                raise BadInput(str(self.path), "is not a saved journey; move it away and start anew") from None

    def write(self, journey: Journey, saved_at: str) -> None:
        """Write the journey's state in one stroke; raises OSError when the disk does not take it."""
        self._prepare_folder()
        with NamedTemporaryFile("w", dir=self.path.parent, prefix=".journey-", delete=False, encoding="utf-8") as file:
            try:
                os.fchmod(file.fileno(), 0o600)
                file.write(json.dumps(_as_json(journey, saved_at)))
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(self.path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise

    def remove(self) -> None:
        """Forget the journey."""
        self.path.unlink(missing_ok=True)

    def _prepare_folder(self) -> None:
        """Make the folder, 0700; one that was there keeps its mode, unless its name says that it is ours."""
        folder = self.path.parent
        is_ours = not folder.exists() or folder.name == OWN_FOLDER
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
            raise BadInput(str(folder), "is no folder of yours")
        if is_ours and stat.S_IMODE(status.st_mode) & 0o077:
            folder.chmod(0o700)


def default_path(environ: Mapping[str, str]) -> Path:
    """Where a journey is kept: $XDG_STATE_HOME/partner-wizard, else ~/.local/state/partner-wizard."""
    base = environ.get("XDG_STATE_HOME", "")
    folder = Path(base) if base.startswith("/") else Path(environ.get("HOME", "~")).expanduser() / ".local" / "state"
    return folder / OWN_FOLDER / "journey.json"


def _as_json(journey: Journey, saved_at: str) -> dict[str, Any]:
    answers = {
        field.name: getattr(journey.onboarding.answers, field.name)
        for field in fields(Answers)
        if field.name not in SECRET_FIELDS
    }
    return {
        "version": VERSION,
        "saved_at": saved_at,
        "answers": answers,
        "facts": asdict(journey.onboarding.facts),
        "findings": [_finding_as_json(finding) for finding in journey.findings.values()],
        "skipped": journey.skipped,
        "exchanges": [exchange.as_json() for exchange in journey.onboarding.services.http.recorded_exchanges],
    }


def _finding_as_json(finding: Finding) -> dict[str, Any]:
    return {
        **finding.as_json(),
        "ids": asdict(finding.ids),
        "back_to": finding.back_to,
        "unreachable": finding.unreachable,
    }


def _from_json(data: Any) -> SavedJourney:
    if data["version"] != VERSION:
        raise ValueError("another version")
    answers = _typed(Answers, data["answers"])
    facts = _typed(Facts, data["facts"])
    findings = {item["check"]: _finding(item) for item in data["findings"]}
    skipped = {str(check): str(why) for check, why in data["skipped"].items()}
    exchanges = latest_exchanges([read_exchange(item) for item in data.get("exchanges", [])])
    return SavedJourney(answers, facts, findings, skipped, str(data["saved_at"]), exchanges)


def _typed(kind: type[Any], data: dict[str, Any]) -> Any:
    """An Answers or Facts of JSON, every value of the type its default has; raises ValueError."""
    known = {field.name: field for field in fields(kind) if field.name not in SECRET_FIELDS}
    values: dict[str, Any] = {}
    for name, value in data.items():
        if name not in known:
            raise ValueError(name)
        default = known[name].default
        if isinstance(default, tuple):
            value = tuple(str(item) for item in value)
        elif default is None:
            if not isinstance(value, bool | None):
                raise ValueError(name)
        elif type(value) is not type(default):
            raise ValueError(name)
        values[name] = value
    return kind(**values)


def _finding(item: dict[str, Any]) -> Finding:
    return Finding(
        str(item["check"]),
        Outcome(item["outcome"]),
        str(item["message"]),
        {str(name): value for name, value in item["evidence"].items() if isinstance(value, str | int | bool)},
        str(item["remedy"]),
        tuple(Who(who) for who in item["who"]),
        str(item["code"]),
        SupportIds(**{name: str(value) for name, value in item["ids"].items()}),
        str(item["back_to"]),
        bool(item["unreachable"]),
        str(item.get("title", "")),
        Retry(item["retry"]) if item.get("retry") else None,
        str(item.get("link", "")),
    )
