"""The rows of a check list: groups, and the checks of those that are open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from screens.step_words import CHECKING_SIGN, STATE_SIGNS
from wizard.core.findings import Finding, NotAsked, Outcome
from wizard.core.wording import FAILS_SIGN, HOLDS_SIGN, LATER_SIGN, OUTCOME_SIGNS, words_of_item
from wizard.onboarding.gate import State
from wizard.onboarding.step import Check, Step
from wizard.onboarding.view import JourneyView

WAITING: Final = "·"
CHECKING: Final = CHECKING_SIGN
UNDER_WAY: Final = "▾"
"""Of a group in which a check is being asked: that one alone is marked as such."""
NOT_NEEDED: Final = STATE_SIGNS[State.NOT_NEEDED]
CONFIRMED_LATER: Final = LATER_SIGN
SLOW: Final = 2
"""Seconds from which a check says how long it has been asked."""
MOST_ITEMS: Final = 12
"""Things that a check looked at which stand on the page; all of them are in Details and in the report."""
_WORST_FIRST: Final = (
    FAILS_SIGN,
    CHECKING,
    OUTCOME_SIGNS[Outcome.UNKNOWN],
    OUTCOME_SIGNS[Outcome.WARNS],
    CONFIRMED_LATER,
    HOLDS_SIGN,
)
_STYLES: Final = {Outcome.HOLDS: "$good", Outcome.FAILS: "$bad", Outcome.WARNS: "$warn", Outcome.UNKNOWN: "$warn"}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list, and under it what is to be known.

    Args:
        sign: of its state.
        title: what it says.
        style: of the sign, and of the title where that matters.
        aside: what stands behind it, muted: a code, a count, why it was not asked.
        notes: sentences under it.
        items: the things that the check looked at, under these: a sign and words each.
        check: the id of the check, "" for a group.
        group: the group that it is, or belongs to.
        is_quiet: whether it needs no attention.
    """

    sign: str
    title: str
    style: str
    aside: str = ""
    notes: tuple[str, ...] = ()
    items: tuple[tuple[str, str], ...] = ()
    check: str = ""
    group: str = ""
    is_quiet: bool = False

    @property
    def name(self) -> str:
        """Which row it is, whatever it says now: a check, a group, or how many are not needed."""
        return self.check or self.group or self.sign


def row_of(view: JourneyView, check: Check, *, has_block: bool = False) -> Row:
    """Return the row of a check as the journey knows it; `has_block`: its cause stands in a block of its own."""
    finding = view.findings.get(check.id)
    if finding is None:
        return _row_not_asked(view, check)
    if finding.outcome is Outcome.HOLDS:
        return Row(HOLDS_SIGN, check.title, "$good", check=check.id, group=check.group)
    if view.is_settled(finding.check):
        settler = view.profile.checks[view.settled_by(check.id)]
        return Row(HOLDS_SIGN, check.title, "$good", f"confirmed: {settler.title}", check=check.id, group=check.group)
    if is_confirmed_later(view, finding):
        number = view.profile.number_of(check.settled_by)
        return Row(
            CONFIRMED_LATER, check.title, "$fine", f"step {number} confirms it", check=check.id, group=check.group
        )
    title = finding.title or check.title
    is_alone = finding.outcome is Outcome.FAILS and view.is_passed(finding.step)  # no block says what to do
    tells_remedy = is_alone or finding.outcome is Outcome.WARNS
    acts = finding.remedy if tells_remedy else "".join(finding.actions[:1])  # where to look by hand
    notes = () if has_block else _notes(finding, title, acts)
    sign, style = OUTCOME_SIGNS[finding.outcome], _STYLES[finding.outcome]
    return Row(sign, title, style, finding.code, notes, _items(finding), check.id, check.group)


def row_of_running(check: Check, seconds: int = 0) -> Row:
    """Return the row of a check that is being asked, since so many seconds."""
    since = f"checking · {seconds} s" if seconds >= SLOW else "checking"
    return Row(CHECKING, check.title, "$accent", since, check=check.id, group=check.group)


def row_of_waiting(check: Check) -> Row:
    """Return the row of a check that is to be asked."""
    return Row(WAITING, check.title, "$quiet", check=check.id, group=check.group, is_quiet=True)


def folded(step: Step, rows: dict[str, Row], opened: Iterable[str]) -> list[Row]:
    """Return the rows to show: of each group one, and its checks where something in it needs attention or it is opened.

    Args:
        step: gives the groups in their order.
        rows: of every check, by its id.
        opened: groups that a person has opened.
    """
    groups: dict[str, list[Row]] = {}
    for check in step.checks:
        groups.setdefault(check.group, []).append(rows[check.id])
    shown: list[Row] = []
    for group, members in groups.items():
        if len(groups) == 1:
            shown += [row for row in members if not row.is_quiet or row.sign != NOT_NEEDED]
            continue
        is_open = group in opened or any(
            row.sign not in (HOLDS_SIGN, WAITING, NOT_NEEDED, CONFIRMED_LATER) for row in members
        )
        head = _group_row(group, members)
        shown += [head, *members] if is_open else [head]
    if not_needed := sum(row.sign == NOT_NEEDED for row in rows.values()) if len(groups) == 1 else 0:
        shown.append(Row(NOT_NEEDED, f"{not_needed} not needed here", "$quiet", is_quiet=True))
    return shown


def is_confirmed_later(view: JourneyView, finding: Finding) -> bool:
    """Return whether a finding could not tell by its nature, and a later step is going to."""
    check = view.profile.checks[finding.check]
    is_open = finding.outcome is Outcome.UNKNOWN and check.opens_gate(finding)
    return is_open and not check.advisory and not view.is_settled(finding.check)


def _group_row(group: str, members: list[Row]) -> Row:
    """Return the row of a group: how many of its checks hold, in the sign of the worst of them."""
    asked = [row for row in members if row.sign != NOT_NEEDED]
    held = sum(row.sign == HOLDS_SIGN for row in asked)
    signs = {row.sign for row in asked}
    worst = next((sign for sign in _WORST_FIRST if sign in signs), WAITING)
    if worst == HOLDS_SIGN and WAITING in signs:
        worst = WAITING
    style = "$quiet" if worst == CHECKING else next((row.style for row in asked if row.sign == worst), "$quiet")
    if not asked:
        return Row(NOT_NEEDED, group, "$quiet", "not needed here", group=group, is_quiet=True)
    count = (
        f"{held} of {len(asked)}" if held or worst != WAITING else f"{len(asked)} check{'s' if len(asked) > 1 else ''}"
    )
    sign = UNDER_WAY if worst == CHECKING else worst
    return Row(sign, group, style, count, group=group, is_quiet=worst == WAITING)


def _row_not_asked(view: JourneyView, check: Check) -> Row:
    skipped = view.skipped.get(check.id)
    if skipped is not None and skipped.kind is not NotAsked.DOES_NOT_APPLY:
        return Row(WAITING, check.title, "$quiet", "not asked", check=check.id, group=check.group, is_quiet=True)
    if why := skipped.reason if skipped is not None else view.foreseen.get(check.id, ""):
        return Row(NOT_NEEDED, check.title, "$quiet", why, check=check.id, group=check.group, is_quiet=True)
    return row_of_waiting(check)


def _notes(finding: Finding, title: str, acts: str) -> tuple[str, ...]:
    message = finding.message.removeprefix(f"{title}. ")
    notes = [message] if message.rstrip(".") != title else []
    if acts:
        notes.append(acts.replace("`", ""))
    return tuple(notes)


def _items(finding: Finding) -> tuple[tuple[str, str], ...]:
    """Return the first of the things that are not as they should be, and how many more there are."""
    items = [(OUTCOME_SIGNS[item.outcome], words_of_item(item)) for item in finding.open_items]
    if len(items) > MOST_ITEMS:
        items[MOST_ITEMS - 1 :] = [("…", f"and {len(items) - MOST_ITEMS + 1} more, which Details shows")]
    return tuple(items)
