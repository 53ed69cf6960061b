"""The support bundle: one archive with everything a colleague or a support engineer needs, and no secret in it."""

from __future__ import annotations

import io
import json
import os
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from wizard.core.answers import SECRET_FIELDS
from wizard.core.environment import environment
from wizard.core.errors import BadInput
from wizard.core.own_files import open_own, set_mode
from wizard.core.secret import MASK
from wizard.core.text import clean
from wizard.core.timestamps import timestamp
from wizard.microsoft.exchanges import KEPT
from wizard.onboarding.journey import Journey
from wizard.onboarding.view import JourneyView
from wizard.redaction.redactor import Redactor
from wizard.reporting.bundle_page import bundle_page
from wizard.reporting.journey_report import as_json, as_markdown

LONGEST: Final = 400_000
"""Characters of a file of the bundle that is text."""

LEFT_OUT: Final = (
    "Secrets, tokens, device codes, private keys and passphrases: they are kept nowhere",
    "What services answered to requests that succeeded, and the headers and contents of all requests",
    "The part of every address behind the question mark",
    "Values of environment variables, but for the host and port of a proxy",
    f"Requests before the latest {KEPT}, and any made by other programs",
)
_NO_NAMES: Final = "User names: each is <user 1>, <user 2> … throughout; --user-names leaves them in"

_STATE: Final = re.compile(r"((?:[?&]|%26)state(?:=|%3D))[A-Za-z0-9_.~-]+")
"""What tells an answer of the consent page from a forged one."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was written.

    Args:
        path: where it is.
        size: bytes.
        files: its files by name, with their sizes in bytes.
        left_out: what is not in it, a sentence each.
    """

    path: Path
    size: int
    files: tuple[tuple[str, int], ...]
    left_out: tuple[str, ...]


def write_bundle(
    journey: Journey,
    target: Path | None,
    *,
    now: datetime,
    environ: Mapping[str, str],
    user_names: bool = False,
) -> Bundle:
    """Write the bundle of a journey, for its owner alone to read (0600).

    Args:
        journey: as it stands; nothing is asked and nothing changed.
        target: the file, which must not exist, or a folder for it; None is the current folder.
        now: aware.
        environ: the environment's variables.
        user_names: whether user names stay readable.

    Raises:
        BadInput: the file exists, or cannot be written.
    """
    packed = bundle_files(journey, now=now, environ=environ, user_names=user_names)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in packed.items():
            entry = zipfile.ZipInfo(name, now.astimezone(UTC).timetuple()[:6])
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, text, zipfile.ZIP_DEFLATED)
    sizes = tuple((name, len(text.encode())) for name, text in packed.items())
    content = data.getvalue()
    path = _write(_paths(journey.view(), target, now), content)
    return Bundle(path, len(content), sizes, left_out(user_names=user_names))


def left_out(*, user_names: bool) -> tuple[str, ...]:
    """Return what is not in a bundle, a sentence each."""
    return LEFT_OUT if user_names else (*LEFT_OUT, _NO_NAMES)


def bundle_files(
    journey: Journey, *, now: datetime, environ: Mapping[str, str], user_names: bool = False
) -> dict[str, str]:
    """Return the files of the bundle by name, in the order they are packed; everything in them is redacted.

    Args:
        journey: with its exchanges.
        now: aware.
        environ: the environment's variables; a few are named, none with a secret.
        user_names: whether user names stay as they are; else each becomes `<user 1>` and so on.
    """
    made_at, machine = timestamp(now), environment(environ, now)
    view, http = journey.view(), journey.onboarding.services.http
    out = _BundleRedactor(http.redactor, environ.get("HOME", ""), user_names)
    out.text(view.answers.integration_user)  # the first user is the integration user
    page = bundle_page(
        view,
        http.recorded_exchanges,
        left_out=left_out(user_names=user_names),
        made_at=made_at,
        environment=machine,
    )
    return {
        "README.md": out.text(page),
        "report.md": out.text(as_markdown(view, made_at)),
        "report.json": out.json(as_json(view, made_at)),
        "findings.jsonl": out.lines(finding.as_json() for finding in view.findings.values()),
        "exchanges.jsonl": out.lines(exchange.as_json() for exchange in http.recorded_exchanges),
        "actions.jsonl": out.lines(action.as_json() for action in view.actions),
        "environment.json": out.json(machine),
        "answers.json": out.json(dict(_answers(view))),
    }


def _answers(view: JourneyView) -> Iterator[tuple[str, object]]:
    for field in fields(view.answers):
        if field.name not in SECRET_FIELDS and (value := getattr(view.answers, field.name)) not in ("", None):
            yield field.name, value


class _BundleRedactor:
    """Takes secrets, user names and the home folder's name out of everything that goes into the bundle."""

    def __init__(self, redactor: Redactor, home: str, user_names: bool) -> None:
        self._redactor = redactor
        self._home = home.rstrip("/")
        self._user_names = user_names

    def text(self, text: str) -> str:
        """Return a text of several lines, redacted."""
        text = clean(_STATE.sub(rf"\1{MASK}", self._redactor.redact(text)), LONGEST)
        if len(self._home) > 1:
            text = text.replace(self._home, "~")
        return text if self._user_names else self._redactor.replace_user_names(text)

    def json(self, value: object) -> str:
        """Return a JSON file, redacted."""
        return json.dumps(self._value(self._redactor.redact_json(value)), indent=2, ensure_ascii=False) + "\n"

    def lines(self, values: Iterable[object]) -> str:
        """Return JSON Lines, redacted."""
        redacted = (self._value(self._redactor.redact_json(value)) for value in values)
        return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in redacted)

    def _value(self, value: object) -> object:
        if isinstance(value, Mapping):
            return {self.text(str(name)): self._value(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._value(item) for item in value]
        return self.text(value) if isinstance(value, str) else value


def _paths(view: JourneyView, target: Path | None, now: datetime) -> Iterator[Path]:
    """Yield the paths to try: the file that was named, else names in a folder until one is free."""
    if target is not None and not target.is_dir():
        yield target
        return
    answers, facts = view.answers, view.facts
    tenant = re.sub(r"[^A-Za-z0-9.-]+", "-", answers.tenant or facts.tenant_id or "journey")[:60].strip("-.")
    stem = f"partner-wizard-support-{tenant or 'journey'}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    for suffix in ("", *(f"-{number}" for number in range(2, 100))):
        yield (target or Path()) / f"{stem}{suffix}.zip"


def _write(paths: Iterator[Path], content: bytes) -> Path:
    """Write to the first free path, and return it; raise `BadInput` if none is free, or it cannot be written."""
    taken = Path()
    for path in paths:
        try:
            handle = open_own(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        except FileExistsError:
            taken = path
            continue
        except OSError as error:
            raise BadInput("FILE", f"{path} cannot be written: {error.strerror}") from None
        try:
            with os.fdopen(handle, "wb") as file:
                set_mode(handle, 0o600)
                file.write(content)
        except OSError as error:
            path.unlink(missing_ok=True)
            raise BadInput("FILE", f"{path} cannot be written: {error.strerror}") from None
        return path.resolve()
    raise BadInput("FILE", f"{taken} exists already, and is not overwritten; name another file")
