"""Many onboardings at once: each result as it comes, and one that goes wrong stops no other.

They are asked in threads of this process, or in processes of its own (`fleet_processes`). Nothing here elects or
queues. `Shard` cuts the list, so that an engine which exists (an indexed Job, several cron entries) spreads it
over machines.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final

from wizard.core.errors import BadInput, Cancelled, Unreachable, WizardError, place_of
from wizard.core.findings import NotAsked
from wizard.core.text import clean
from wizard.core.waiting import POLL_INTERVAL
from wizard.microsoft.transport import MOST_WORKERS

if TYPE_CHECKING:
    from wizard.core.findings import Finding
    from wizard.core.waiting import Cancel
    from wizard.journeys.saved_journey import SavedJourney

OUTCOMES: Final = ("proven", "failed", "provisional", "unreachable")
"""How an onboarding may end, as a summary says it."""
ONBOARDING: Final = "onboarding"
CUSTOMER: Final = "customer"
INDEX_VARIABLE: Final = "JOB_COMPLETION_INDEX"
"""Set in each pod of a Kubernetes indexed Job, from 0 on."""
COUNT_VARIABLE: Final = "PARTNER_WIZARD_SHARDS"
"""Kubernetes tells a pod its index and not of how many it is one; the manifest that `--install` prints sets this."""


@dataclass(frozen=True, slots=True)
class Member:
    """An onboarding of the fleet, or another of many that are asked alike.

    Args:
        name: what it is called on the command line.
        tenant: as the operator calls it.
        tenant_id: as Entra calls it, "" where it is not known.
        path: of its file, "" where it was found in a vault.
        found: what the vault tells of it, None where it has a file.
        kind: "onboarding", or "customer" of one.
    """

    name: str
    tenant: str
    tenant_id: str
    path: str = ""
    found: SavedJourney | None = None
    kind: str = ONBOARDING


Begin = Callable[[Member], "Future[Result | None]"]
"""Begins to ask for an onboarding, and returns what its result will be in."""


@dataclass(frozen=True, slots=True)
class Result:
    """How it ended for one onboarding.

    Args:
        member: which one.
        outcome: one of `OUTCOMES`.
        lines: what `--json` says of it, its summary last.
        findings: those that do not hold.
        mistake: why nothing could be asked, "" where it could.
    """

    member: Member
    outcome: str
    lines: tuple[Mapping[str, object], ...] = ()
    findings: tuple[Finding, ...] = ()
    mistake: str = ""

    @property
    def not_asked(self) -> Counter[str]:
        """Why checks could not be asked for want of something, and how many each time."""
        summary = self.lines[-1] if self.lines else {}
        skipped = summary.get("not_asked")
        each = skipped.values() if isinstance(skipped, dict) else ()
        return Counter(str(one["reason"]) for one in each if one["kind"] == NotAsked.MISSING_INPUT)

    def as_json(self) -> list[dict[str, object]]:
        """Return its lines, each with the name and the tenant of the onboarding; the summary is last."""
        whose = {self.member.kind: self.member.name, "tenant": self.member.tenant}
        lines = [{"type": line["type"], **whose, **line} for line in self.lines]
        if lines and lines[-1]["type"] == "summary":
            return lines
        return [*lines, {"type": "summary", **whose, "outcome": self.outcome, "error": self.mistake}]


@dataclass(slots=True)
class Totals:
    """How many onboardings ended how.

    Args:
        ended: the outcomes, counted.
        earlier: how many of them an earlier run has asked.
        kind: of what is counted.
    """

    ended: Counter[str] = field(default_factory=Counter)
    earlier: int = 0
    kind: str = ONBOARDING

    @property
    def exit_code(self) -> int:
        """1 if one fails or is provisional, else 3 if a service could not be reached for one, else 0."""
        if self.ended["failed"] or self.ended["provisional"]:
            return 1
        return 3 if self.ended["unreachable"] else 0

    def as_json(self) -> dict[str, object]:
        """Return the last line."""
        counts = {outcome: self.ended[outcome] for outcome in OUTCOMES}
        return {"type": "total", f"{self.kind}s": self.ended.total(), **counts, "asked_earlier": self.earlier}


@dataclass(frozen=True, slots=True)
class Shard:
    """One part of a fleet, cut by tenant id: the same tenant is always in the same part, whatever else there is.

    Args:
        index: which part, from 0 on.
        count: of how many.
    """

    index: int = 0
    count: int = 1

    def holds(self, member: Member) -> bool:
        """Return whether an onboarding is in this part."""
        key = (member.tenant_id or member.tenant).lower().encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.sha256(key).digest()[:8]) % self.count == self.index


def read_shard(text: str | None, environ: Mapping[str, str]) -> Shard:
    """Return the part that an option, or the environment of an indexed Job, asks for.

    Args:
        text: of the option: "2/4" is the second of four; None where it is not given.
        environ: the environment's variables.

    Raises:
        BadInput: it is no part of so many.
    """
    if text:
        found = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", text)
        index, count = (int(found[1]) - 1, int(found[2])) if found else (-1, 0)
        if not 0 <= index < count:
            raise BadInput("--shard", "expected which part of how many, such as 2/4")
        return Shard(index, count)
    at, of = environ.get(INDEX_VARIABLE, ""), environ.get(COUNT_VARIABLE, "")
    if not at or not of:
        return Shard()
    if not (re.fullmatch(r"[0-9]{1,4}", at) and re.fullmatch(r"[0-9]{1,4}", of) and int(at) < int(of)):
        raise BadInput(INDEX_VARIABLE, f"expected a number below that of {COUNT_VARIABLE}")
    return Shard(int(at), int(of))


def ask_all(
    members: Iterable[Member], ask: Callable[[Member], Result], workers: int, cancel: Cancel
) -> Iterator[Result]:
    """Ask for each onboarding in threads of this process, and yield each result as it comes.

    Args:
        members: whom to ask; taken as workers become free, so that the list may be long.
        ask: is called in a thread; what it raises is that onboarding's result, and nobody else's.
        workers: how many are asked side by side, at most `MOST_WORKERS`.
        cancel: ends the whole.

    Raises:
        Cancelled: the cancel signal was set; what had ended before was yielded.
    """
    with ThreadPoolExecutor(min(workers, MOST_WORKERS), thread_name_prefix="onboarding") as pool:
        yield from results_of(members, lambda member: pool.submit(result_of, member, ask), workers, cancel)


def results_of(members: Iterable[Member], begin: Begin, workers: int, cancel: Cancel) -> Iterator[Result]:
    """Begin with each onboarding as others end, and yield each result as it comes.

    Args:
        members: whom to ask; taken as workers become free, so that the list may be long.
        begin: begins to ask one; its result is None where it was cancelled.
        workers: how many are asked side by side, at most `MOST_WORKERS`.
        cancel: ends the whole.

    Raises:
        Cancelled: the cancel signal was set; what had ended before was yielded.
    """
    waiting, ended = iter(members), SimpleQueue[Future[Result | None]]()

    def begin_with(number: int) -> int:
        """Begin with so many more, and return with how many: fewer, where no more are waiting."""
        begun = [begin(member) for member in islice(waiting, number)]
        for each in begun:
            each.add_done_callback(ended.put)
        return len(begun)

    under_way = begin_with(min(workers, MOST_WORKERS))
    while under_way:
        try:
            result = ended.get(timeout=POLL_INTERVAL).result()
        except Empty:
            cancel.check()
            continue
        under_way -= 1
        if result is not None:
            yield result
        cancel.check()
        under_way += begin_with(1)
    cancel.check()


def result_of(member: Member, ask: Callable[[Member], Result]) -> Result | None:
    """Return the result for one onboarding, None where it was cancelled; no error leaves it."""
    try:
        return ask(member)
    except Cancelled:
        return None
    except Exception as error:  # noqa: BLE001  # ends one onboarding, and not the thousand beside it
        return ended_by(member, error)


def ended_by(member: Member, error: Exception) -> Result:
    """Return the result for an onboarding whose run an error has ended: in its words if it is ours, else its place."""
    if isinstance(error, WizardError):
        outcome = "unreachable" if isinstance(error, Unreachable) else "failed"
        return Result(member, outcome, mistake=clean(str(error)))
    return Result(member, "failed", mistake=f"stopped unexpectedly ({place_of(error)})")
