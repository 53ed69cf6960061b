"""The support bundle: one archive with all that a colleague or a support engineer needs, and no secret in it."""

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
from typing import Any, Final

from wizard import __version__
from wizard.catalogue import diagnosis_of, hand_over
from wizard.catalogue.handover import trying_again
from wizard.core.answers import SECRET_FIELDS
from wizard.core.environment import environment
from wizard.core.errors import BadInput
from wizard.core.findings import Finding, Outcome, Who
from wizard.core.secret import MASK
from wizard.core.text import clean
from wizard.microsoft.exchanges import KEPT, Exchange
from wizard.onboarding.journey import Journey
from wizard.onboarding.profile import Profile
from wizard.redaction.redactor import Redactor
from wizard.reporting.journey_report import SIGNS, about_journey, as_json, as_markdown, outcome_of

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

_FILES: Final = {
    "README.md": "this page",
    "report.md": "every check of every step, in words",
    "report.json": "the same for programs",
    "findings.jsonl": "what each check found, with codes and ids",
    "exchanges.jsonl": "every request: when, where, how long, what was refused and in which words",
    "environment.json": "versions, terminal, locale, clock, and the names of settings that are present",
    "answers.json": "what the operator entered, but no secret",
}
_CODE: Final = re.compile(r"(AADSTS\d{4,10})|\"(?:code|error)\":\s?\"([A-Za-z0-9_]{1,60})\"")
_STATE: Final = re.compile(r"((?:[?&]|%26)state(?:=|%3D))[A-Za-z0-9_.~-]+")
"""What tells an answer of the consent page from a forged one."""

_CAN: Final = {
    Who.OPERATOR: "the operator",
    Who.ADMIN: "an administrator",
    Who.INTEGRATION_USER: "the integration user",
    Who.MICROSOFT: "Microsoft",
}


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was written: where, its size in bytes, its files with theirs, and what is not in it."""

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
        target: the file, which must not exist; a folder, or None for the current one, gets a file of a telling name.
        now: aware.
        environ: the environment's variables.
        user_names: whether user names stay readable.

    Raises:
        BadInput: the file exists, or cannot be written.
    """
    made = members(journey, now=now, environ=environ, user_names=user_names)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in made.items():
            entry = zipfile.ZipInfo(name, now.astimezone(UTC).timetuple()[:6])
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, text, zipfile.ZIP_DEFLATED)
    sizes = tuple((name, len(text.encode())) for name, text in made.items())
    content = data.getvalue()
    path = _write(_places(journey, target, now), content)
    return Bundle(path, len(content), sizes, left_out(user_names=user_names))


def left_out(*, user_names: bool) -> tuple[str, ...]:
    """Give what is not in a bundle, a sentence each."""
    return LEFT_OUT if user_names else (*LEFT_OUT, _NO_NAMES)


def members(journey: Journey, *, now: datetime, environ: Mapping[str, str], user_names: bool = False) -> dict[str, str]:
    """Give the files of the bundle by name, in the order they are packed; everything in them is scrubbed."""
    stamp, around = _stamp(now), environment(environ, now)
    onboarding = journey.onboarding
    exchanges = onboarding.services.http.recorded_exchanges
    out = _Outgoing(onboarding.services.http.redactor, environ.get("HOME", ""), user_names)
    out.text(onboarding.answers.integration_user)  # the first user is the integration user
    page = "\n".join(_page(journey, exchanges, left_out(user_names=user_names), stamp, around))
    return {
        "README.md": out.text(page),
        "report.md": out.text(as_markdown(journey, stamp)),
        "report.json": out.json(_report(journey, stamp)),
        "findings.jsonl": out.lines(finding.as_json() for finding in journey.findings.values()),
        "exchanges.jsonl": out.lines(exchange.as_json() for exchange in exchanges),
        "environment.json": out.json(around),
        "answers.json": out.json(dict(_answers(journey))),
    }


def _answers(journey: Journey) -> Iterator[tuple[str, object]]:
    answers = journey.onboarding.answers
    for field in fields(answers):
        if field.name not in SECRET_FIELDS and (value := getattr(answers, field.name)) not in ("", None):
            yield field.name, value


def _report(journey: Journey, stamp: str) -> dict[str, Any]:
    """The report as JSON, without the value by which an answer of the consent page is known to be ours."""
    report = as_json(journey, stamp)
    return {**report, "facts": {name: value for name, value in report["facts"].items() if name != "consent_state"}}


class _Outgoing:
    """The last look at everything that leaves: secrets, user names, the home folder's name."""

    def __init__(self, redactor: Redactor, home: str, user_names: bool) -> None:
        self._redactor = redactor
        self._home = home.rstrip("/")
        self._user_names = user_names

    def text(self, text: str) -> str:
        """A text of several lines."""
        text = clean(_STATE.sub(rf"\1{MASK}", self._redactor.redact(text)), LONGEST)
        if len(self._home) > 1:
            text = text.replace(self._home, "~")
        return text if self._user_names else self._redactor.replace_user_names(text)

    def json(self, value: object) -> str:
        """A JSON file."""
        return json.dumps(self._value(self._redactor.redact_json(value)), indent=2, ensure_ascii=False) + "\n"

    def lines(self, values: Iterable[object]) -> str:
        """JSON Lines."""
        scrubbed = (self._value(self._redactor.redact_json(value)) for value in values)
        return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in scrubbed)

    def _value(self, value: object) -> object:
        if isinstance(value, Mapping):
            return {self.text(str(name)): self._value(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._value(item) for item in value]
        return self.text(value) if isinstance(value, str) else value


def _page(
    journey: Journey, exchanges: tuple[Exchange, ...], missing: tuple[str, ...], stamp: str, around: Mapping[str, Any]
) -> Iterator[str]:
    """The page a person reads first."""
    about = about_journey(journey)
    outcome = outcome_of(journey)
    yield f"# Support bundle: Partner Center onboarding of {about.get('tenant', 'a tenant')}"
    yield ""
    yield f"Made by partner-wizard {__version__} at {stamp}, on {around['python']}, {around['system']}."
    yield ""
    yield f"- Outcome: **{outcome}**"
    yield f"- Open step: {'none' if journey.is_proven else journey.open_step.title}"
    yield from (f"- {name[0].upper()}{name[1:]}: {value}" for name, value in about.items())
    yield ""
    wrong, unknown = _unwell(journey)
    yield "## What is wrong"
    yield ""
    if not wrong:
        yield "No check that was made fails or warns." + (
            "" if journey.is_proven else " The journey is not at its end."
        )
        yield ""
    for finding in wrong:
        yield from _failure(finding, journey.profile, about)
    if unknown:
        yield "## What could not be told yet"
        yield ""
    for finding in unknown:
        yield from _failure(finding, journey.profile, about)
    yield from _refusals(exchanges, journey.profile)
    yield from _not_checked(journey)
    yield "## In this bundle"
    yield ""
    yield from (f"- `{name}`: {what}" for name, what in _FILES.items())
    yield ""
    yield "## Not in this bundle"
    yield ""
    yield from (f"- {sentence}" for sentence in missing)
    yield ""
    yield "Ids (GUIDs) of the tenant, the app and requests are in it: support needs them to find the same requests."
    yield "What looked like a secret is `•••`. It is taken out by form and by name, so look through the files yourself"
    yield "before you send them."
    yield ""


def _unwell(journey: Journey) -> tuple[list[Finding], list[Finding]]:
    """Every finding that is no success: what fails, closes a gate or warns, the gravest first; what could not tell."""
    wrong = [finding for step in journey.profile.steps if (finding := journey.blocking(step.id))]
    unknown: list[Finding] = []
    for finding in journey.findings.values():
        if finding.outcome is Outcome.HOLDS or journey.is_settled(finding.check) or finding in wrong:
            continue
        (unknown if finding.outcome is Outcome.UNKNOWN and not finding.unreachable else wrong).append(finding)
    return wrong, unknown


def _failure(finding: Finding, profile: Profile, about: Mapping[str, str]) -> Iterator[str]:
    diagnosis = diagnosis_of(finding, profile.checks[finding.check].question)
    who = " or ".join(_CAN[each] for each in diagnosis.who)
    told = {
        "Check": f"`{finding.check}`",
        "Code": diagnosis.code,
        "What happened": diagnosis.cause,
        "What to do": diagnosis.remedy,
        "Who can": who,
        "Send this to": hand_over(diagnosis, about).to if diagnosis.remedy else "",
        "Trying again helps": trying_again(finding.retry) if finding.retry else "",
        "The service's words": diagnosis.said,
        **{name.replace("_", " ").capitalize(): value for name, value in diagnosis.ids.present().items()},
        "Microsoft's page": diagnosis.link,
    }
    yield f"### {SIGNS[finding.outcome]}: {diagnosis.title}"
    yield ""
    yield from (f"- {name}: {' '.join(value.split())}" for name, value in told.items() if value)
    yield ""


def _refusals(exchanges: tuple[Exchange, ...], profile: Profile) -> Iterator[str]:
    """The last requests that were not granted."""
    refused = [each for each in exchanges if each.error and not _is_expected(each, profile)]
    yield "## The last requests that were not granted"
    yield ""
    if exchanges:
        yield f"{len(exchanges)} requests are recorded, from {_stamp(exchanges[0].at)} to {_stamp(exchanges[-1].at)}."
        if refused:
            yield f"{len(refused)} were not granted; one that looked for a name, and found it free, is among these."
    else:
        yield "No request is recorded."
    yield ""
    for each in refused[-5:]:
        answered = f"HTTP {each.status}" if each.status else "no answer"
        code = _CODE.search(each.error)
        yield (
            f"- {_stamp(each.at)} {each.method} {each.host}{each.path} had {answered} after {each.seconds:.1f} s, "
            f"for `{each.reason}`"
        )
        ids = {"code": next(filter(None, code.groups())) if code else "", **each.ids.present()}
        if told := " · ".join(f"{name.replace('_', ' ')} {value}" for name, value in ids.items() if value):
            yield f"  - {told}"
    yield ""


def _is_expected(exchange: Exchange, profile: Profile) -> bool:
    """Whether a refusal is part of the way: a poll before the person has signed in, a host only looked for."""
    looks = any(each.looks_only for each in profile.steps if exchange.reason.startswith(f"{each.id}."))
    is_looked_for = looks and exchange.status == 401
    return is_looked_for or re.search(r"authorization_pending|slow_down", exchange.error) is not None


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _not_checked(journey: Journey) -> Iterator[str]:
    waiting = [
        check for check in journey.profile.checks if check not in journey.findings and check not in journey.skipped
    ]
    yield "## Not checked"
    yield ""
    if waiting:
        yield f"{len(waiting)} checks were not made: {', '.join(f'`{check}`' for check in waiting)}."
    else:
        yield "Nothing: every check was made, or did not apply."
    yield ""


def _places(journey: Journey, target: Path | None, now: datetime) -> Iterator[Path]:
    """Where the bundle may go: one place where a file was named, else names until one is free."""
    if target is not None and not target.is_dir():
        yield target
        return
    answers, facts = journey.onboarding.answers, journey.onboarding.facts
    named = re.sub(r"[^A-Za-z0-9.-]+", "-", answers.tenant or facts.tenant_id or "journey")[:60].strip("-.")
    stem = f"partner-wizard-support-{named or 'journey'}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    for ending in ("", *(f"-{number}" for number in range(2, 100))):
        yield (target or Path()) / f"{stem}{ending}.zip"


def _write(places: Iterator[Path], content: bytes) -> Path:
    """Write to the first free place; raises BadInput."""
    taken = Path()
    for path in places:
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        except FileExistsError:
            taken = path
            continue
        except OSError as error:
            raise BadInput("FILE", f"{path} cannot be written: {error.strerror}") from None
        try:
            with os.fdopen(handle, "wb") as file:
                os.fchmod(handle, 0o600)
                file.write(content)
        except OSError as error:
            path.unlink(missing_ok=True)
            raise BadInput("FILE", f"{path} cannot be written: {error.strerror}") from None
        return path.resolve()
    raise BadInput("FILE", f"{taken} is there already, and is not written over; name another file")
