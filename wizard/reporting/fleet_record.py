"""What the last run over many onboardings found, and what it found a day before: for `status`, the first page, reports.

A file for each command, written in one stroke at a run's end, 0600. Its head is lines that `status` prints as they are;
behind an empty line is what they are made of. It holds ids, names of onboardings, codes and titles, and no secret.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from wizard.core.files import read_own_file, sweep_leftovers, write_in_one_stroke
from wizard.core.text import clean_line
from wizard.core.timestamps import day, read_timestamp, timestamp, utc_time
from wizard.core.wording import counted

COMMANDS: Final = {"check": "Checked", "renew": "Renewed"}
"""The commands that leave a record, and the word with which it begins."""
HEAD: Final = "partner-wizard, many onboardings, form 1"
A_DAY: Final = timedelta(hours=20)
"""By then a run is compared with the one of the day before: a daily job does not start to the second."""
NAMED: Final = 2
"""How many onboardings, or causes, a line names."""
LARGEST: Final = 100_000_000
"""Bytes of a record."""
LONGEST_HEAD: Final = 8_000
"""Bytes."""
FAILING: Final = frozenset({"failed", "provisional", "unreachable"})


@dataclass(frozen=True, slots=True)
class Standing:
    """How it ended for one onboarding.

    Args:
        name: what it is called on the command line.
        tenant: as the operator calls it.
        outcome: "proven", "failed", "provisional" or "unreachable".
        check: the first that does not hold, "" for none.
        code: of its finding.
        title: says what is wrong, in a few words; also why nothing could be asked.
        act: the likeliest thing to do.
        who: may do it, as JSON names people.
        ends_at: when the token ends, "" where that is not known.
        ends_why: what ends it.
        scope: where the run found it: vaults, or this machine.
    """

    name: str
    tenant: str
    outcome: str
    check: str = ""
    code: str = ""
    title: str = ""
    act: str = ""
    who: tuple[str, ...] = ()
    ends_at: str = ""
    ends_why: str = ""
    scope: str = ""

    @property
    def cause(self) -> tuple[str, str, str]:
        """What has to change before it is news."""
        return self.outcome, self.check, self.code


@dataclass(frozen=True, slots=True)
class Change:
    """An onboarding that ends in another way than a day before: `before` is "" for a new one, `now` for one gone."""

    name: str
    before: str
    now: str
    title: str = ""


@dataclass(slots=True)
class FleetRecord:
    """What a command found.

    Args:
        command: a key of `COMMANDS`.
        at: when its last run ended, as facts keep times.
        standings: of each onboarding, by name.
        before_at: when the run ended with which it is compared, "" for none.
        before: the causes of that one, by name.
    """

    command: str
    at: str
    standings: dict[str, Standing] = field(default_factory=dict)
    before_at: str = ""
    before: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def followed_by(self, at: datetime, standings: Iterable[Standing], scope: str, *, is_part: bool) -> FleetRecord:
        """Return the record after another run.

        Args:
            at: when it ended, aware.
            standings: what it found.
            scope: where it looked; what it did not find there is gone.
            is_part: whether it was one part of a fleet: then nothing is gone.
        """
        found = {each.name: each for each in standings}
        kept = {name: each for name, each in self.standings.items() if is_part or each.scope != scope}
        last = read_timestamp(self.at)
        if last is None or at - last >= A_DAY or not self.before_at:
            before_at, before = self.at, {name: each.cause for name, each in self.standings.items()}
        else:
            before_at, before = self.before_at, self.before
        return FleetRecord(self.command, timestamp(at), kept | found, before_at, before)

    @property
    def failing(self) -> list[Standing]:
        """Those that do not end well, failed ones first."""
        order = {"failed": 0, "provisional": 1, "unreachable": 2}
        found = [each for each in self.standings.values() if each.outcome in FAILING]
        return sorted(found, key=lambda each: (order[each.outcome], each.name))

    @property
    def ending(self) -> list[Standing]:
        """Those of which it is known when they end, the first one first."""
        return sorted((each for each in self.standings.values() if each.ends_at), key=lambda each: each.ends_at)

    @property
    def changes(self) -> list[Change]:
        """What is not as it was a day before; nothing where there was no run then."""
        if not self.before_at:
            return []
        now = [
            Change(each.name, self.before.get(each.name, ("",))[0], each.outcome, each.title)
            for each in self.standings.values()
            if self.before.get(each.name) != each.cause
        ]
        gone = [Change(name, cause[0], "") for name, cause in self.before.items() if name not in self.standings]
        return sorted([*now, *gone], key=lambda each: each.name)

    @property
    def summary(self) -> dict[str, object]:
        """The same for programs, as a line of JSON."""
        ended = Counter(each.outcome for each in self.standings.values())
        first = self.ending[0] if self.ending else None
        return {
            "type": "fleet",
            "command": self.command,
            "at": self.at,
            "onboardings": len(self.standings),
            **{outcome: ended[outcome] for outcome in ("proven", "failed", "provisional", "unreachable")},
            "fails": [each.name for each in self.failing],
            "ends_next": {"onboarding": first.name, "at": first.ends_at, "why": first.ends_why} if first else {},
            "compared_with": self.before_at,
            "changed": [asdict(each) for each in self.changes],
        }

    @property
    def lines(self) -> list[str]:
        """A few lines for people: how many ended how, what fails, what ends next, what has changed."""
        moment = read_timestamp(self.at)
        ended = Counter(each.outcome for each in self.standings.values())
        counts = ", ".join(f"{number} {outcome}" for outcome, number in ended.most_common()) or "none to ask"
        when = utc_time(moment) if moment else self.at
        said = [f"{COMMANDS[self.command]} {counted(len(self.standings), 'onboarding')} on {when}: {counts}."]
        if failing := self.failing:
            causes: dict[str, list[str]] = {}
            for each in failing:
                causes.setdefault(_what(each), []).append(each.name)
            first, *others = sorted(causes.items(), key=lambda cause: -len(cause[1]))
            named = "; ".join(f"{what}: {_names(names)}" for what, names in (first, *others[: NAMED - 1]))
            said.append(f"Fails: {named}{_more(len(others) + 1 - NAMED)}.")
        if self.ending:
            soonest = self.ending[0]
            why = f": {soonest.ends_why}" if soonest.ends_why else ""
            said.append(f"Ends next: {soonest.name} on {day(soonest.ends_at)}{why}.")
        if self.before_at:
            said.append(f"Changed since {day(self.before_at)}: {_changes_in_words(self.changes)}.")
        if self.failing:
            said.append("All of it: partner-wizard report --all")
        total, *rest = (clean_line(each, 400) for each in said)
        return [total, *(f"  {each}" for each in rest)]


def record_path(state: str, command: str) -> str:
    """Return where the record of a command is kept, below the state folder."""
    return f"{state}/all-{command}.txt"


def read_lines(state: str, command: str) -> list[str]:
    """Return what the record of a command says for people, without the rest of it; nothing where there is none."""
    try:
        content = read_own_file(Path(record_path(state, command)), LARGEST)
        head, *lines = content[:LONGEST_HEAD].partition(b"\n\n")[0].decode("utf-8", "replace").split("\n")
    except OSError:
        return []
    return [clean_line(each, 400) for each in lines] if head == HEAD else []


def read_record(state: str, command: str) -> FleetRecord:
    """Return the record of a command, an empty one where there is none that can be read."""
    empty = FleetRecord(command, "")
    try:
        head, _, body = read_own_file(Path(record_path(state, command)), LARGEST).decode().partition("\n\n")
        return _from_json(command, json.loads(body)) if head.startswith(HEAD) else empty
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return empty


def write_record(state: str, record: FleetRecord) -> str:
    """Write a record in one stroke; return why it could not be written, "" where it is."""
    path = Path(record_path(state, record.command))
    body = {
        "at": record.at,
        "standings": [asdict(each) for each in record.standings.values()],
        "before_at": record.before_at,
        "before": record.before,
    }
    text = "\n".join([HEAD, *record.lines, "", json.dumps(body), ""])
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        sweep_leftovers(path.parent, path.name)
        write_in_one_stroke(path, text.encode("utf-8", "replace"))
    except OSError as error:
        return f"{path} cannot be written: {error.strerror}"
    return ""


def _from_json(command: str, body: Mapping[str, Any]) -> FleetRecord:
    standings = [Standing(**{**each, "who": tuple(each["who"])}) for each in body["standings"]]
    before = {str(name): (str(cause[0]), str(cause[1]), str(cause[2])) for name, cause in body["before"].items()}
    return FleetRecord(
        command, str(body["at"]), {each.name: each for each in standings}, str(body["before_at"]), before
    )


def _what(standing: Standing) -> str:
    code = f" ({standing.code})" if standing.code else ""
    return f"{standing.title or standing.outcome}{code}"


def _changes_in_words(changes: list[Change]) -> str:
    """Return how many have changed in which way, the bad news first."""
    kinds: dict[str, list[str]] = {each: [] for each in ("no longer proven", "proven again", "new", "gone")}
    for each in changes:
        if not each.now:
            kind = "gone"
        elif each.now == "proven":
            kind = "proven again" if each.before else "new"
        else:
            kind = "no longer proven" if each.before in ("", "proven") else f"{each.now} for another reason"
        kinds.setdefault(kind, []).append(each.name)
    said = [f"{len(names)} {kind} ({_names(names)})" for kind, names in kinds.items() if names]
    return "; ".join(said) or "nothing"


def _names(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _more(number: int) -> str:
    return f"; and {counted(number, 'other cause')}" if number > 0 else ""
