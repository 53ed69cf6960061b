"""What a run found, as a file for the textfile collector of a node exporter: the text format of Prometheus.

Labels are names of onboardings and tenant ids: no names of persons, no text of a service. Two files may lie in one
folder of a collector: the labels `command` and `run` keep the series of one from being those of another.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wizard.core.errors import BadInput
from wizard.core.files import read_file, sweep_leftovers, write_in_one_stroke
from wizard.core.findings import WORST_FIRST, Outcome
from wizard.core.text import clean_line
from wizard.core.timestamps import read_timestamp
from wizard.jobs.fleet import OUTCOMES

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from wizard.jobs.fleet import Result, Totals

OPTION: Final = "--metrics"
MODE: Final = 0o644
"""An exporter runs as somebody else, and reads what this file holds: nothing in it is secret."""
LARGEST: Final = 200_000_000
"""Bytes of a file."""
LAST_SUCCESS: Final = "partner_wizard_last_success_timestamp_seconds"
VALUES: Final = {outcome: len(WORST_FIRST) - 1 - at for at, outcome in enumerate(WORST_FIRST)}
"""The number of an outcome of a step: the greater, the worse."""
_IN_WORDS: Final = "0 holds, 1 warns, 2 could not tell, 3 fails"
_OF_ONE: Final = ("command", "onboarding", "tenant_id")
_OF_RUN: Final = ("command", "run")


@dataclass(frozen=True, slots=True)
class Measured:
    """What is counted of an onboarding.

    Args:
        name: what it is called on the command line.
        tenant_id: as Entra calls it, "" where it is not known.
        outcome: one of `OUTCOMES`.
        steps: by the id of a step, the worst outcome of its checks.
        checks: how many checks ended how.
        expires_at: when what is stored ends, as far as it is known; None where it is not.
    """

    name: str
    tenant_id: str
    outcome: str
    steps: Mapping[str, Outcome]
    checks: Mapping[Outcome, int]
    expires_at: datetime | None


def measure(result: Result) -> Measured:
    """Return what is counted of how it ended for one onboarding."""
    steps: dict[str, set[Outcome]] = {}
    checks: Counter[Outcome] = Counter()
    expires_at = None
    for line in result.lines:
        if line["type"] == "finding":
            outcome = Outcome(str(line["outcome"]))
            checks[outcome] += 1
            steps.setdefault(str(line["step"]), set()).add(outcome)
        elif line["type"] == "summary":
            expires = line.get("expires")
            expires_at = read_timestamp(str(expires.get("at", ""))) if isinstance(expires, Mapping) else None
    worst = {step: next(each for each in WORST_FIRST if each in found) for step, found in steps.items()}
    return Measured(result.member.name, result.member.tenant_id, result.outcome, worst, checks, expires_at)


@dataclass(slots=True)
class Metrics:
    """What is written of a run.

    Args:
        path: of the file; those that a collector reads end in ".prom".
        command: "check" or "renew".
        run: which run of it: the name of the one onboarding, or "--all" with its part.
        measured: each onboarding that was asked.
    """

    path: Path
    command: str
    run: str
    measured: list[Measured] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Raise `BadInput` where no such file can be."""
        if not self.path.name or self.path.is_dir() or (self.path.exists() and not self.path.is_file()):
            raise BadInput(OPTION, f"{self.path} is not a file")
        if not self.path.parent.is_dir():
            raise BadInput(OPTION, f"the folder of {self.path} is not there")

    def add(self, result: Result) -> None:
        """Count an onboarding."""
        self.measured.append(measure(result))

    def write(self, now: datetime, totals: Totals | None, alert_failures: int) -> str:
        """Write the file in one stroke, and return why it could not be written, "" where it is.

        Args:
            now: aware.
            totals: of all onboardings; None where it was one.
            alert_failures: how many alerts could not be sent.
        """
        text = self._text(now, totals, alert_failures)
        sweep_leftovers(self.path.parent, self.path.name)
        try:
            write_in_one_stroke(self.path, text, MODE)
        except OSError as error:
            return f"{self.path} cannot be written: {error.strerror}"
        return ""

    def _text(self, now: datetime, totals: Totals | None, alert_failures: int) -> bytes:
        from prometheus_client import CollectorRegistry, Gauge, generate_latest

        registry = CollectorRegistry()

        def gauge(name: str, says: str, labels: tuple[str, ...]) -> Gauge:
            return Gauge(f"partner_wizard_{name}", says, labels, registry=registry)

        self._of_each(registry, now)
        of_run = (self.command, self.run)
        at = gauge("last_run_timestamp_seconds", "When a run last came to its end.", _OF_RUN)
        at.labels(*of_run).set(now.timestamp())
        failed = gauge("alerts_failed", "Alerts of the last run that could not be sent.", _OF_RUN)
        failed.labels(*of_run).set(alert_failures)
        if totals is not None:
            ended = gauge("onboardings", "Onboardings of the last run, by how they ended.", (*_OF_RUN, "outcome"))
            for outcome in OUTCOMES:
                ended.labels(*of_run, outcome).set(totals.ended[outcome])
        return generate_latest(registry)

    def _of_each(self, registry: CollectorRegistry, now: datetime) -> None:
        """Add the series of each onboarding."""
        from prometheus_client import Gauge

        outcomes = Gauge(
            "partner_wizard_outcome", "1 for how it ended for an onboarding, 0 for how it did not.",
            (*_OF_ONE, "outcome"), registry=registry,
        )  # fmt: skip
        steps = Gauge(
            "partner_wizard_step_outcome", f"The worst outcome of a step's checks: {_IN_WORDS}.",
            (*_OF_ONE, "step"), registry=registry,
        )  # fmt: skip
        checks = Gauge(
            "partner_wizard_checks", "Checks that were asked, by their outcome.",
            (*_OF_ONE, "outcome"), registry=registry,
        )  # fmt: skip
        expires = Gauge(
            "partner_wizard_expires_timestamp_seconds", "When what is stored ends; left out where that is not known.",
            _OF_ONE, registry=registry,
        )  # fmt: skip
        success = Gauge(
            LAST_SUCCESS, "When an onboarding was last proven, as far as this file knows.", _OF_ONE, registry=registry
        )
        before = self._successes()
        for each in self.measured:
            labels = (self.command, clean_line(each.name, 200), each.tenant_id)
            for outcome in OUTCOMES:
                outcomes.labels(*labels, outcome).set(each.outcome == outcome)
            for step, worst in each.steps.items():
                steps.labels(*labels, step).set(VALUES[worst])
            for found in Outcome:
                checks.labels(*labels, found.value).set(each.checks.get(found, 0))
            if each.expires_at:
                expires.labels(*labels).set(each.expires_at.timestamp())
            proven_at = now.timestamp() if each.outcome == "proven" else before.get(labels)
            if proven_at is not None:
                success.labels(*labels).set(proven_at)

    def _successes(self) -> dict[tuple[str, ...], float]:
        """Return when each onboarding was last proven, as the file says that is there; nothing where it cannot be read.

        Only lines of that metric are read: of a fleet's file they are the smallest part.
        """
        from prometheus_client.parser import text_string_to_metric_families

        try:
            text = read_file(self.path, LARGEST).decode("utf-8")
            lines = re.findall(rf"^{LAST_SUCCESS}\{{.*$", text, re.MULTILINE)
            families = text_string_to_metric_families("\n".join([*lines, ""]))
            samples = [each for family in families for each in family.samples]
            return {tuple(each.labels[name] for name in _OF_ONE): each.value for each in samples}
        except (OSError, ValueError, KeyError):
            return {}
